/* rest.c - see rest.h. */
#include "engine/rest.h"

#include <assert.h>
#include <string.h>

#include "engine/adopt.h"
#include "engine/change.h"
#include "engine/fold.h"
#include "engine/rest_form.h"
#include "engine/ticket.h"

/* More than this is not left over in a berth. */
enum { WASTE_MOST = 16 };

/* How far the hand goes at least, beside two steps for each that is too many. */
enum { STEPS = 64 };

/* -------------------------------------------------------------------- rooms */

sla__ticket *sla__room_take(sla_engine *engine)
{
    sla__ticket *ticket = engine->spare;

    if (!sla__grow(&engine->allocator, (void **)&engine->awake, &engine->awake_capacity,
                   engine->awake_count + 1, sizeof(sla__ticket *)))
        return NULL;
    engine->spare = NULL;
    return ticket != NULL ? ticket : sla__new(&engine->allocator, 1, sizeof *ticket);
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

void sla__room_leave(sla_engine *engine, sla__ticket *ticket)
{
    if (engine->spare != NULL) {
        sla__room_free(engine, ticket);
        return;
    }
    blank(ticket);
    engine->spare = ticket;
}

void sla__ticket_awakes(sla_engine *engine, uint32_t slot, sla__ticket *ticket)
{
    assert(engine->awake_count < engine->awake_capacity);
    ticket->slot = slot;
    ticket->place = (uint32_t)engine->awake_count;
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
    return sla__rest_touched_at(read_state_of(berth));
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

    blank(ticket);
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

sla__ticket *sla__ticket_wake(sla_engine *engine, uint32_t slot)
{
    sla__berth *const berth = engine->berths[slot];
    sla__ticket *ticket = berth->ticket;
    int result;

    if (ticket != NULL) {
        ticket->touched = true;
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
    berth->used = 0;
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
    if (wanted > berth->room || berth->room - wanted > WASTE_MOST) {
        sla__berth *const other = berth_like(engine, berth, wanted);

        if (other == NULL && wanted > berth->room)
            return false;
        if (other != NULL) {
            engine->berths[ticket->slot] = other;
            sla__free(&engine->allocator, berth);
            berth = other;
        }
    }
    leave_awake(engine, ticket);
    fill(engine, berth, ticket, state);
    leave_facts(engine, &ticket->history);
    sla__room_leave(engine, ticket);
    return true;
}

/* The hand goes round: who was touched since it came by last is let be once more. */
void sla__engine_settle(sla_engine *engine)
{
    size_t steps;

    if (engine->awake_count <= engine->awake_most)
        return;
    steps = 2 * (engine->awake_count - engine->awake_most) + STEPS;
    for (; engine->awake_count > engine->awake_most && steps > 0; steps--, engine->hand++) {
        sla__ticket *ticket;

        if (engine->hand >= engine->awake_count)
            engine->hand = 0;
        ticket = engine->awake[engine->hand];
        if (ticket->touched)
            ticket->touched = false;
        else if (may_rest(engine, ticket))
            (void)rest(engine, ticket);
    }
}
