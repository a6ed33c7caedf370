/* rest.c - see rest.h. */
#include "engine/rest.h"

#include <assert.h>
#include <string.h>

#include "engine/adopt.h"
#include "engine/change.h"
#include "engine/fold.h"
#include "engine/rest_form.h"
#include "engine/ticket.h"

/*
 * Who comes to rest.  Where there are more tickets than can be awake, hardly any is touched
 * again soon, and to rest the one that was touched longest ago costs most: its memory has
 * left the caches.  So those that woke last, the newcomers, rest in turn.  The others are
 * the residents; one of them makes way for a newcomer that was touched once more, and now
 * and then for another one, lest they grow old.  One that waits for nothing more goes first.
 */
enum {
    NEWCOMERS = 64,
    STAYS = 16,  /* each so manyth newcomer stays */
    AT_ONCE = 8, /* touched again before as many others woke, it is the same touch */
    STEPS = 64   /* as far the hand goes at least, beside two steps for each too many */
};

/* -------------------------------------------------------------------- rooms */

sla__ticket *sla__room_take(sla_engine *engine)
{
    sla__ticket *ticket;

    if (!sla__grow(&engine->allocator, (void **)&engine->awake, &engine->awake_capacity,
                   engine->awake_count + 1, sizeof(sla__ticket *)))
        return NULL;
    if (engine->spare_count > 0)
        return engine->spares[--engine->spare_count];
    ticket = sla__new(&engine->allocator, 1, sizeof *ticket);
    if (ticket != NULL)
        ticket->future_at = SLA_NEVER;
    return ticket;
}

static void blank(sla__ticket *ticket)
{
    sla__ticket made = {.fold = ticket->fold, .tells = ticket->tells, .future_at = SLA_NEVER};

    made.tells.count = 0;
    *ticket = made;
}

void sla__room_free(sla_engine *engine, sla__ticket *ticket)
{
    if (ticket == NULL)
        return;
    sla__fold_fini(&ticket->fold, &engine->allocator);
    sla__free(&engine->allocator, ticket->tells.items);
    sla__free(&engine->allocator, ticket);
}

/* No more than an eighth of what may be awake is kept beside it. */
static bool is_kept(const sla_engine *engine)
{
    return engine->spare_count < SLA__SPARES_MOST && engine->spare_count <= engine->awake_most / 8;
}

void sla__room_leave(sla_engine *engine, sla__ticket *ticket)
{
    if (!is_kept(engine)) {
        sla__room_free(engine, ticket);
        return;
    }
    blank(ticket);
    engine->spares[engine->spare_count++] = ticket;
}

void sla__ticket_awakes(sla_engine *engine, uint32_t slot, sla__ticket *ticket)
{
    assert(engine->awake_count < engine->awake_capacity);
    ticket->slot = slot;
    ticket->place = (uint32_t)engine->awake_count;
    ticket->woken = engine->wakes++;
    engine->awake[engine->awake_count++] = ticket;
    engine->berths[slot]->ticket = ticket;
}

/* The last one takes its place. */
static void leave_awake(sla_engine *engine, const sla__ticket *ticket)
{
    sla__ticket *const last = engine->awake[--engine->awake_count];

    engine->awake[ticket->place] = last;
    last->place = ticket->place;
}

/* ------------------------------------------------------------------ berths */

static unsigned char *state_of(sla__berth *berth)
{
    return (unsigned char *)(berth + 1) + berth->tenant_length + berth->ticket_length;
}

static const unsigned char *read_state_of(const sla__berth *berth)
{
    return (const unsigned char *)(berth + 1) + berth->tenant_length + berth->ticket_length;
}

size_t sla__berth_size(const sla__berth *berth)
{
    return sizeof *berth + berth->tenant_length + berth->ticket_length + berth->room;
}

sla_time sla__berth_touched_at(const sla__berth *berth)
{
    return sla__rest_touched_at(read_state_of(berth), berth->used);
}

uint64_t sla__berth_number(const sla__berth *berth)
{
    return sla__rest_number(read_state_of(berth), berth->used);
}

/* One like the old, with so much room. */
static sla__berth *berth_like(sla_engine *engine, const sla__berth *old, size_t room)
{
    const size_t head = sizeof *old + old->tenant_length + old->ticket_length;
    sla__berth *berth =
        room <= INT32_MAX ? engine->allocator.alloc(head + room, engine->allocator.user) : NULL;

    if (berth == NULL)
        return NULL;
    memcpy(berth, old, head);
    berth->room = (uint32_t)room & 0x7FFFFFFF;
    return berth;
}

/* One like the old, with so much room, takes its place. */
static sla__berth *berth_change(sla_engine *engine, uint32_t slot, size_t room)
{
    sla__berth *const old = engine->berths[slot];
    sla__berth *const berth = berth_like(engine, old, room);

    if (berth == NULL)
        return NULL;
    engine->berths[slot] = berth;
    sla__free(&engine->allocator, old);
    return berth;
}

void sla__berth_drop(sla_engine *engine, uint32_t slot)
{
    sla__berth *const berth = engine->berths[slot];

    if (berth->ticket != NULL) {
        leave_awake(engine, berth->ticket);
        sla__history_fini(&berth->ticket->history, &engine->allocator);
        sla__room_leave(engine, berth->ticket);
    }
    engine->berths[slot] = NULL;
    sla__free(&engine->allocator, berth);
}

/* --------------------------------------------------------- out of the bytes */

int sla__berth_read(sla_engine *engine, uint32_t slot, sla__ticket *ticket)
{
    const sla__berth *const berth = engine->berths[slot];
    uint32_t worlds;

    sla__ticket_name(ticket, berth);
    if (!sla__rest_read(engine, read_state_of(berth), berth->used, ticket, &worlds))
        return SLA_ERR_NOMEM;
    /* After an adoption has ended, what came since the ticket was packed passes it by. */
    return sla__adopted_since(engine, ticket, worlds);
}

/* More will come to them: they get memory of their own, that of the ticket that came to
 * rest last or as much as there is. */
static bool take_facts(sla_engine *engine, sla__ticket *ticket)
{
    sla__history *const history = &ticket->history;
    sla__block *const spare = &engine->spare_facts;
    const size_t used = history->used;

    if (used == 0)
        return true;
    if (!sla__grow(&engine->allocator, (void **)&spare->bytes, &spare->capacity, used, 1))
        return false;
    memcpy(spare->bytes, history->bytes, used);
    history->bytes = spare->bytes;
    history->capacity = spare->capacity;
    *spare = (sla__block){NULL, 0};
    return true;
}

/* They lie in the berth now. */
static void leave_facts(sla_engine *engine, sla__history *history)
{
    sla__block *const spare = &engine->spare_facts;

    if (history->capacity > spare->capacity) {
        sla__free(&engine->allocator, spare->bytes);
        *spare = (sla__block){history->bytes, history->capacity};
        history->bytes = NULL;
    }
    sla__history_fini(history, &engine->allocator);
}

/* What lay in the berth goes while it is at hand: the next one that comes to rest may take its
 * place.  Without memory for less it stays as it is. */
static void empty(sla_engine *engine, uint32_t slot, sla__ticket *ticket)
{
    const sla__berth *const berth = berth_change(engine, slot, 0);

    if (berth != NULL)
        sla__ticket_name(ticket, berth);
    engine->berths[slot]->used = 0;
}

sla__ticket *sla__ticket_wake(sla_engine *engine, uint32_t slot)
{
    sla__berth *const berth = engine->berths[slot];
    sla__ticket *ticket = berth->ticket;
    int result;

    if (ticket != NULL) {
        ticket->touched = ticket->touched || engine->wakes - ticket->woken > AT_ONCE;
        return ticket;
    }
    ticket = sla__room_take(engine);
    if (ticket == NULL)
        return NULL;
    result = sla__berth_read(engine, slot, ticket);
    assert(result == SLA_OK || result == SLA_ERR_NOMEM);
    if (result != SLA_OK || !sla__change_make_ready(engine, ticket) ||
        !take_facts(engine, ticket)) {
        sla__room_leave(engine, ticket);
        return NULL;
    }
    empty(engine, slot, ticket);
    sla__ticket_awakes(engine, slot, ticket);
    return ticket;
}

const sla__ticket *sla__ticket_read(const sla_engine *engine, uint32_t slot)
{
    /* Only the engine's own room changes, and nothing that it says of itself. */
    sla_engine *const whole = (sla_engine *)engine;
    int result;

    if (engine->berths[slot]->ticket != NULL)
        return engine->berths[slot]->ticket;
    blank(&whole->guest);
    result = sla__berth_read(whole, slot, &whole->guest);
    assert(result == SLA_OK);
    (void)result;
    return &engine->guest;
}

/* ----------------------------------------------------------- into the bytes */

/* A poll is in the midst of it, or its facts are to be let go. */
static bool may_rest(const sla_engine *engine, const sla__ticket *ticket)
{
    return ticket != sla__half_told(engine) && ticket->drained == 0;
}

static bool guest_reserve(sla_engine *engine, const sla__ticket *ticket)
{
    sla__ticket *const guest = &engine->guest;

    return sla__fold_copy_reserve(&guest->fold, &engine->allocator, &ticket->fold) &&
           sla__grow(&engine->allocator, (void **)&guest->tells.items, &guest->tells.capacity,
                     ticket->tells.count, sizeof(sla__tell));
}

/* Into engine->resting, without its facts; false: out of memory. */
static bool write_state(sla_engine *engine, const sla__ticket *ticket, size_t *used_out)
{
    if (!sla__grow(&engine->allocator, (void **)&engine->resting.bytes, &engine->resting.capacity,
                   sla__rest_bound(engine, ticket), 1))
        return false;
    *used_out = sla__rest_write(engine, ticket, engine->resting.bytes);
    return true;
}

static uint16_t count_live(const sla__fold *fold)
{
    size_t live = 0;

    for (size_t i = 0; i < fold->clock_count; i++)
        live += sla__clock_live(&fold->clocks[i]);
    return (uint16_t)(live < UINT16_MAX ? live : UINT16_MAX);
}

/* The state, as it was written, then the facts. */
static void fill(sla_engine *engine, sla__berth *berth, const sla__ticket *ticket, size_t state)
{
    const sla__history *const history = &ticket->history;

    berth->ticket = NULL;
    berth->used = (uint32_t)(state + history->used);
    berth->live = count_live(&ticket->fold);
    memcpy(state_of(berth), engine->resting.bytes, state);
    if (history->used > 0)
        memcpy(state_of(berth) + state, history->bytes, history->used);
}

sla__berth *sla__berth_make(sla_engine *engine, uint32_t slot, const sla__ticket *ticket)
{
    sla__berth *berth;
    size_t state;

    if (!guest_reserve(engine, ticket) || !write_state(engine, ticket, &state))
        return NULL;
    berth = berth_like(engine, engine->berths[slot], state + ticket->history.used);
    if (berth != NULL)
        fill(engine, berth, ticket, state);
    return berth;
}

static bool rest(sla_engine *engine, sla__ticket *ticket)
{
    sla__berth *berth = engine->berths[ticket->slot];
    size_t state, wanted;

    if (!guest_reserve(engine, ticket) || !write_state(engine, ticket, &state))
        return false;
    wanted = state + ticket->history.used;
    if (wanted > berth->room)
        berth = berth_change(engine, ticket->slot, wanted);
    if (berth == NULL)
        return false;
    leave_awake(engine, ticket);
    fill(engine, berth, ticket, state);
    leave_facts(engine, &ticket->history);
    sla__room_leave(engine, ticket);
    return true;
}

/* ------------------------------------------------------------------ whom to rest */

/* So many of those awake are the residents: they come first. */
static size_t resident_count(const sla_engine *engine)
{
    return engine->awake_most > 2 * NEWCOMERS ? engine->awake_most - NEWCOMERS : 0;
}

static void change_places(sla_engine *engine, sla__ticket *one, sla__ticket *other)
{
    const uint32_t place = one->place;

    one->place = other->place;
    other->place = place;
    engine->awake[one->place] = one;
    engine->awake[other->place] = other;
}

/* The newcomer that the hand comes to. */
static sla__ticket *newcomer_at_hand(sla_engine *engine)
{
    const size_t residents = resident_count(engine);

    if (engine->hand < residents || engine->hand >= engine->awake_count)
        engine->hand = residents;
    return engine->awake[engine->hand];
}

void sla__ticket_makes_way(sla_engine *engine, sla__ticket *ticket)
{
    const size_t residents = resident_count(engine);

    if (ticket->place < residents && engine->awake_count > residents)
        change_places(engine, ticket, newcomer_at_hand(engine));
}

/* The newcomer stays, for a resident that was let be once and not touched since; returns who
 * is to rest, or NULL. */
static sla__ticket *let_stay(sla_engine *engine, sla__ticket *newcomer)
{
    const size_t residents = resident_count(engine);
    sla__ticket *resident;

    if (residents == 0)
        return NULL;
    engine->resident_hand = (engine->resident_hand + 1) % residents;
    resident = engine->awake[engine->resident_hand];
    if (resident->touched) {
        resident->touched = false;
        return NULL;
    }
    change_places(engine, newcomer, resident);
    return resident;
}

/* The newcomer that the hand comes to, or for whom it stays; NULL: none. */
static sla__ticket *choose(sla_engine *engine)
{
    sla__ticket *const newcomer = newcomer_at_hand(engine);
    sla__ticket *chosen = NULL;

    engine->hand++;
    if (newcomer->touched || ++engine->rests % STAYS == 0)
        chosen = let_stay(engine, newcomer);
    if (chosen == NULL && !newcomer->touched)
        chosen = newcomer;
    newcomer->touched = false;
    return chosen;
}

void sla__engine_settle(sla_engine *engine)
{
    size_t steps;

    if (engine->awake_count <= engine->awake_most)
        return;
    steps = 2 * (engine->awake_count - engine->awake_most) + STEPS;
    for (; engine->awake_count > engine->awake_most && steps > 0; steps--) {
        sla__ticket *const ticket = choose(engine);

        if (ticket != NULL && may_rest(engine, ticket))
            (void)rest(engine, ticket);
    }
}
