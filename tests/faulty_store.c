/*
 * faulty_store.c - see faulty_store.h.
 *
 * Calls wait in a line.  What the inner store says is copied and kept with its
 * call; only the first in line is handed on, once it is complete and its time has
 * come.
 */
#include "faulty_store.h"

#include <stdlib.h>

#include "around_store.h"
#include "service/memory_copy.h"
#include "support/check.h"

typedef enum item_kind { ITEM_WORLD, ITEM_TICKET, ITEM_FACT, ITEM_EVENT, ITEM_MARK } item_kind;

/* A copy of something that the sink is to be told. */
typedef struct item {
    struct item *next;
    item_kind kind;
    void *kept;
} item;

typedef enum fate { FATE_PASS, FATE_FAIL, FATE_LOSE, FATE_REFUSE, FATE_STARVE } fate;

typedef struct call {
    struct call *next;
    fate fate;
    uint64_t inner; /* its number for the inner store; 0: it was not passed on */
    item *first, *last;
    bool complete;
    sla_time not_before; /* once it is complete */
    sla_duration late;
    sla_store_done done;
    sla_error error;
} call;

typedef struct faulty {
    around_store around;
    sla_allocator allocator;
    faulty_options options;
    faulty_counts counts;
    prng random;
    sla_time now; /* of the last run */
    bool is_open;
    uint64_t asked; /* the last number given to the inner store */
    call *first, *last;
} faulty;

static faulty *faulty_of(sla_store *store)
{
    return (faulty *)(void *)store;
}

/* --------------------------------------------------- what the inner store says */

/* It answers in the order of its calls: the first in line that is not complete. */
static call *call_at_hand(const faulty *own)
{
    call *at = own->first;

    while (at != NULL && at->complete)
        at = at->next;
    CHECK_TRUE("an answer belongs to a call", at != NULL && at->inner != 0);
    return at;
}

static void add_item(faulty *own, item_kind kind, void *kept)
{
    call *const at = call_at_hand(own);
    item *const added = calloc(1, sizeof *added);

    CHECK_TRUE("memory for what is held back", added != NULL && kept != NULL);
    added->kind = kind;
    added->kept = kept;
    if (at->last != NULL)
        at->last->next = added;
    else
        at->first = added;
    at->last = added;
}

static void hear_world(void *context, const sla_stored_world *world)
{
    faulty *const own = context;

    add_item(own, ITEM_WORLD, sla__keep_world(&own->allocator, world));
}

static void hear_ticket(void *context, const sla_stored_ticket *ticket)
{
    faulty *const own = context;

    add_item(own, ITEM_TICKET, sla__keep_row(&own->allocator, ticket));
}

static void hear_fact(void *context, const sla_stored_fact *fact)
{
    faulty *const own = context;

    add_item(own, ITEM_FACT, sla__keep_fact(&own->allocator, fact));
}

static void hear_event(void *context, const sla_stored_event *event)
{
    faulty *const own = context;

    add_item(own, ITEM_EVENT, sla__keep_event(&own->allocator, event));
}

static void hear_mark(void *context, const sla_stored_mark *mark)
{
    faulty *const own = context;

    add_item(own, ITEM_MARK, sla__keep_mark(&own->allocator, mark));
}

static void free_items_from(faulty *own, item **place)
{
    while (*place != NULL) {
        item *const gone = *place;

        *place = gone->next;
        sla__free(&own->allocator, gone->kept);
        free(gone);
    }
}

/* A connection breaks anywhere: what lies behind the break was never received. */
static void lose_some(faulty *own, call *at)
{
    item **place = &at->first;
    size_t count = 0;

    for (const item *each = at->first; each != NULL; each = each->next)
        count++;
    for (count = prng_below(&own->random, count + 1); count > 0; count--)
        place = &(*place)->next;
    free_items_from(own, place);
}

static void say_failed(call *at, int result)
{
    at->done = (sla_store_done){
        .ask = at->done.ask, .result = result, .decided_at = SLA_NEVER, .clock = SLA_NEVER};
    at->error = (sla_error){.code = result, .text = "by the faulty store"};
}

static void hear_done(void *context, const sla_store_done *done)
{
    faulty *const own = context;
    call *const at = call_at_hand(own);
    const uint64_t number = at->done.ask;

    CHECK_EQ("the inner store answers in the order of its calls", at->inner, done->ask);
    at->done = *done;
    at->done.ask = number;
    at->error = *done->error;
    if (at->fate == FATE_LOSE) {
        lose_some(own, at);
        say_failed(at, SLA_ERR_STORE);
    }
    at->complete = true;
    at->not_before = own->now + at->late;
}

/* ------------------------------------------------------------------- the fates */

static fate draw_fate(faulty *own, const sla_unit *unit)
{
    const faulty_options *const options = &own->options;
    uint64_t drawn = prng_below(&own->random, 1000);

    if (unit != NULL && options->refuse != NULL && options->refuse(options->context, unit))
        return FATE_REFUSE;
    if (drawn < options->fail)
        return FATE_FAIL;
    drawn -= options->fail;
    if (drawn < options->lose)
        return FATE_LOSE;
    return drawn - options->lose < options->starve ? FATE_STARVE : FATE_PASS;
}

static sla_duration draw_delay(faulty *own)
{
    const sla_duration most = own->options.late_most > 0 ? own->options.late_most : SLA_SECOND;

    if (prng_below(&own->random, 1000) >= own->options.late)
        return 0;
    own->counts.late++;
    return prng_between(&own->random, 1, most);
}

static void count_fate(faulty_counts *counts, fate drawn)
{
    counts->calls++;
    counts->failed += drawn == FATE_FAIL;
    counts->lost += drawn == FATE_LOSE;
    counts->starved += drawn == FATE_STARVE;
    counts->refused += drawn == FATE_REFUSE;
}

static void enqueue(faulty *own, call *added)
{
    if (own->last != NULL)
        own->last->next = added;
    else
        own->first = added;
    own->last = added;
}

/* What a call was asked with. */
typedef struct question {
    int (*ask)(sla_store *inner, const struct question *asked, uint64_t number);
    const sla_store_sink *sink;
    sla_string tenant, ticket;
    uint64_t after;
    size_t limit;
    sla_time before;
    const sla_unit *unit;
} question;

/* Passes the question on.  The inner store is not open where opening it failed. */
static int pass(faulty *own, const question *asked, call *added)
{
    int result;

    added->inner = ++own->asked;
    result = asked->ask(own->around.inner, asked, added->inner);
    if (result == SLA_OK)
        return SLA_OK;
    own->asked--;
    added->inner = 0;
    added->fate = FATE_FAIL;
    return result == SLA_ERR_STATE && own->is_open ? SLA_OK : result;
}

static int put(faulty *own, const question *asked, uint64_t number)
{
    call *const added = calloc(1, sizeof *added);
    int result = SLA_OK;

    CHECK_TRUE("memory for a call", added != NULL);
    added->done.ask = number;
    added->fate = draw_fate(own, asked->unit);
    added->late = draw_delay(own);
    count_fate(&own->counts, added->fate);
    if (!own->is_open)
        result = SLA_ERR_STATE;
    else if (added->fate == FATE_STARVE)
        result = SLA_ERR_NOMEM;
    else if (added->fate == FATE_PASS || added->fate == FATE_LOSE)
        result = pass(own, asked, added);
    if (result != SLA_OK) {
        free(added);
        return result;
    }
    if (added->inner == 0) {
        say_failed(added, added->fate == FATE_REFUSE ? SLA_ERR_REFUSED : SLA_ERR_STORE);
        added->complete = true;
        added->not_before = own->now + added->late;
    }
    enqueue(own, added);
    return SLA_OK;
}

/* ------------------------------------------------------------------- the calls */

static int ask_open(sla_store *inner, const question *asked, uint64_t number)
{
    return inner->ops->open(inner, asked->sink, number);
}

static int ask_ticket(sla_store *inner, const question *asked, uint64_t number)
{
    return inner->ops->ticket(inner, asked->tenant, asked->ticket, number);
}

static int ask_history(sla_store *inner, const question *asked, uint64_t number)
{
    return inner->ops->history(inner, asked->tenant, asked->ticket, number);
}

static int ask_outbox(sla_store *inner, const question *asked, uint64_t number)
{
    return inner->ops->outbox(inner, asked->after, asked->limit, number);
}

static int ask_audit(sla_store *inner, const question *asked, uint64_t number)
{
    return inner->ops->audit(inner, asked->before, number);
}

static int ask_commit(sla_store *inner, const question *asked, uint64_t number)
{
    return inner->ops->commit(inner, asked->unit, number);
}

static int ask_release(sla_store *inner, const question *asked, uint64_t number)
{
    (void)asked;
    return inner->ops->release(inner, number);
}

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t number)
{
    faulty *const own = faulty_of(store);
    const question asked = {.ask = ask_open, .sink = &own->around.ear};

    own->around.sink = *sink;
    own->is_open = true;
    return put(own, &asked, number);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    const question asked = {.ask = ask_ticket, .tenant = tenant, .ticket = ticket};

    return put(faulty_of(store), &asked, number);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    const question asked = {.ask = ask_history, .tenant = tenant, .ticket = ticket};

    return put(faulty_of(store), &asked, number);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t number)
{
    const question asked = {.ask = ask_outbox, .after = after, .limit = limit};

    return put(faulty_of(store), &asked, number);
}

static int call_audit(sla_store *store, sla_time before, uint64_t number)
{
    const question asked = {.ask = ask_audit, .before = before};

    return put(faulty_of(store), &asked, number);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t number)
{
    const question asked = {.ask = ask_commit, .unit = unit};

    return put(faulty_of(store), &asked, number);
}

static int call_release(sla_store *store, uint64_t number)
{
    const question asked = {.ask = ask_release};

    return put(faulty_of(store), &asked, number);
}

/* --------------------------------------------------------------- handing it on */

static void tell(const sla_store_sink *sink, const item *each)
{
    switch (each->kind) {
    case ITEM_WORLD:
        sink->world(sink->context, &((const sla__kept_world *)each->kept)->stored);
        break;
    case ITEM_TICKET:
        sink->ticket(sink->context, &((const sla__kept_row *)each->kept)->stored);
        break;
    case ITEM_FACT:
        sink->fact(sink->context, &((const sla__kept_fact *)each->kept)->stored);
        break;
    case ITEM_EVENT:
        sink->event(sink->context, &((const sla__kept_event *)each->kept)->stored);
        break;
    case ITEM_MARK:
        sink->mark(sink->context, &((const sla__kept_mark *)each->kept)->stored);
        break;
    }
}

static void drop_first(faulty *own)
{
    call *const gone = own->first;

    own->first = gone->next;
    if (own->first == NULL)
        own->last = NULL;
    free_items_from(own, &gone->first);
    free(gone);
}

static void hand_on(faulty *own)
{
    call *const at = own->first;

    for (const item *each = at->first; each != NULL; each = each->next)
        tell(&own->around.sink, each);
    at->done.error = &at->error;
    own->around.sink.done(own->around.sink.context, &at->done);
    drop_first(own);
}

static bool is_ready(const faulty *own)
{
    return own->first != NULL && own->first->complete && own->first->not_before <= own->now;
}

/* What the sink asks meanwhile waits for the next run. */
static void call_run(sla_store *store, sla_time now)
{
    faulty *const own = faulty_of(store);
    const call *const last = own->last;
    bool more = own->first != NULL;

    own->now = now;
    own->around.inner->ops->run(own->around.inner, now);
    while (more && is_ready(own)) {
        more = own->first != last;
        hand_on(own);
    }
}

static sla_time call_until(const sla_store *store)
{
    const faulty *const own = (const faulty *)(const void *)store;
    const sla_time inner = own->around.inner->ops->until(own->around.inner);

    if (own->first == NULL || !own->first->complete || own->first->not_before > inner)
        return inner;
    return own->first->not_before;
}

static void call_close(sla_store *store)
{
    faulty *const own = faulty_of(store);

    while (own->first != NULL)
        drop_first(own);
    around_store_close(store);
}

/* ------------------------------------------------------------------------- new */

static void replace_calls(sla_store_ops *ops)
{
    ops->name = "faulty";
    ops->open = call_open;
    ops->ticket = call_ticket;
    ops->history = call_history;
    ops->outbox = call_outbox;
    ops->audit = call_audit;
    ops->commit = call_commit;
    ops->release = call_release;
    ops->until = call_until;
    ops->run = call_run;
    ops->close = call_close;
}

sla_store *faulty_store_new(sla_store *inner, const faulty_options *options)
{
    faulty *const own = calloc(1, sizeof *own);

    CHECK_TRUE("memory for a store", own != NULL);
    around_store_init(&own->around, inner);
    replace_calls(&own->around.ops);
    own->around.ear =
        (sla_store_sink){own, hear_world, hear_ticket, hear_fact, hear_event, hear_mark, hear_done};
    own->allocator = sla__allocator_or_default(NULL);
    own->options = *options;
    own->random = prng_seeded(options->seed);
    return &own->around.base;
}

void faulty_store_set(sla_store *store, const faulty_options *options)
{
    faulty_of(store)->options = *options;
}

faulty_counts faulty_store_counts(const sla_store *store)
{
    return ((const faulty *)(const void *)store)->counts;
}
