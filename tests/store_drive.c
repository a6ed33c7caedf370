/* store_drive.c - see store_drive.h. */
#include "store_drive.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include "support/check.h"

enum { WAITS_MAX = 8, ROUNDS_MAX = 100000, WAIT_MS = 10000, JUMPS_MAX = 8 };

/* ----------------------------------------------------------------- the sink */

static void take_world(void *context, const sla_stored_world *world)
{
    store_drive *const drive = context;

    store_text_world(&drive->told, world);
    drive->items++;
}

static void take_ticket(void *context, const sla_stored_ticket *ticket)
{
    store_drive *const drive = context;

    store_text_ticket(&drive->told, ticket);
    drive->items++;
}

static void take_fact(void *context, const sla_stored_fact *fact)
{
    store_drive *const drive = context;

    store_text_fact(&drive->told, fact);
    drive->items++;
}

static void take_event(void *context, const sla_stored_event *event)
{
    store_drive *const drive = context;

    store_text_event(&drive->told, event);
    drive->items++;
}

static void take_mark(void *context, const sla_stored_mark *mark)
{
    store_drive *const drive = context;

    store_text_mark(&drive->told, mark);
    drive->items++;
}

static void take_done(void *context, const sla_store_done *done)
{
    store_drive *const drive = context;

    if (done->ask == 0) {
        CHECK_RESULT(SLA_ERR_FENCED, done->result);
        CHECK_TRUE("with words", done->error != NULL && done->error->text[0] != '\0');
        drive->fenced++;
        return;
    }
    CHECK_EQ("answers come once, in the order of the calls", drive->answered + 1, done->ask);
    CHECK_TRUE("an answer always has an error to look at", done->error != NULL);
    drive->answered = done->ask;
    drive->jumps = 0;
    drive->results[done->ask % STORE_DRIVE_CALLS] = done->result;
    drive->error = *done->error;
    drive->done = *done;
    drive->done.error = &drive->error;
    if (drive->on_done != NULL)
        drive->on_done(drive);
}

/* ------------------------------------------------------------------ waiting */

static sla_time machine_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

/* Until a descriptor is ready or the time has come; the clock goes on as the machine's. */
static void wait_for_descriptors(store_drive *drive, const sla_wait *waits, size_t count,
                                 sla_time until)
{
    const sla_time began = machine_time();
    struct pollfd polled[WAITS_MAX];
    int64_t span = WAIT_MS;

    if (until != SLA_NEVER)
        span = until > drive->now ? (until - drive->now) / 1000 + 1 : 0;
    for (size_t i = 0; i < count; i++) {
        polled[i].fd = waits[i].fd;
        polled[i].events = (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0));
    }
    CHECK_TRUE("what it waits for comes",
               poll(polled, count, span < WAIT_MS ? (int)span : WAIT_MS) != 0 || span < WAIT_MS);
    drive->now += machine_time() - began;
}

/* Lets the store wait for what it says it waits for. */
static void wait_for(store_drive *drive)
{
    const sla_time until = drive->store->ops->until(drive->store);
    sla_wait waits[WAITS_MAX];
    const size_t count = drive->store->ops->waits(drive->store, waits, WAITS_MAX);

    CHECK_TRUE("a handful of descriptors is enough", count <= WAITS_MAX);
    CHECK_TRUE("a store that owes an answer waits for something", until != SLA_NEVER || count > 0);
    if (count > 0)
        wait_for_descriptors(drive, waits, count, until);
    else if (drive->now < until && drive->jumps++ < JUMPS_MAX)
        drive->now = until;
    else if (drive->now < until) /* a store that goes by the machine's time */
        wait_for_descriptors(drive, waits, 0, until);
}

void store_drive_wait(store_drive *drive, uint64_t ask)
{
    for (size_t round = 0; drive->answered < ask; round++) {
        CHECK_TRUE("an answer comes at last", round < ROUNDS_MAX);
        drive->runs++;
        drive->store->ops->run(drive->store, drive->now);
        if (drive->answered < ask)
            wait_for(drive);
    }
}

/* -------------------------------------------------------------------- calls */

void store_drive_init(store_drive *drive, sla_store *store)
{
    const sla_store_sink sink = {drive,      take_world, take_ticket, take_fact,
                                 take_event, take_mark,  take_done};

    memset(drive, 0, sizeof *drive);
    drive->store = store;
    drive->sink = sink;
    store_text_init(&drive->told);
}

void store_drive_fini(store_drive *drive)
{
    drive->store->ops->close(drive->store);
    store_text_fini(&drive->told);
}

/* What a call was asked with. */
typedef struct question {
    int (*ask)(store_drive *drive, const struct question *question);
    sla_string tenant, ticket;
    uint64_t after;
    size_t limit;
    sla_time before;
    const sla_unit *unit;
} question;

static int put(store_drive *drive, const question *asked)
{
    for (int tries = 0; tries < STORE_DRIVE_TRIES; tries++) {
        int result;

        store_text_fini(&drive->told);
        store_text_init(&drive->told);
        drive->items = 0;
        drive->asked++;
        result = asked->ask(drive, asked);
        if (result != SLA_OK) {
            drive->asked--;
            return result;
        }
        store_drive_wait(drive, drive->asked);
        if (drive->done.result != SLA_ERR_STORE)
            break;
    }
    return drive->done.result;
}

static int ask_open(store_drive *drive, const question *asked)
{
    (void)asked;
    return drive->store->ops->open(drive->store, &drive->sink, drive->asked);
}

static int ask_ticket(store_drive *drive, const question *asked)
{
    return drive->store->ops->ticket(drive->store, asked->tenant, asked->ticket, drive->asked);
}

static int ask_history(store_drive *drive, const question *asked)
{
    return drive->store->ops->history(drive->store, asked->tenant, asked->ticket, drive->asked);
}

static int ask_outbox(store_drive *drive, const question *asked)
{
    return drive->store->ops->outbox(drive->store, asked->after, asked->limit, drive->asked);
}

static int ask_audit(store_drive *drive, const question *asked)
{
    return drive->store->ops->audit(drive->store, asked->before, drive->asked);
}

static int ask_commit(store_drive *drive, const question *asked)
{
    return drive->store->ops->commit(drive->store, asked->unit, drive->asked);
}

static int ask_release(store_drive *drive, const question *asked)
{
    (void)asked;
    return drive->store->ops->release(drive->store, drive->asked);
}

int store_drive_open(store_drive *drive)
{
    const question asked = {.ask = ask_open};

    return put(drive, &asked);
}

int store_drive_ticket(store_drive *drive, sla_string tenant, sla_string ticket)
{
    const question asked = {.ask = ask_ticket, .tenant = tenant, .ticket = ticket};

    return put(drive, &asked);
}

int store_drive_history(store_drive *drive, sla_string tenant, sla_string ticket)
{
    const question asked = {.ask = ask_history, .tenant = tenant, .ticket = ticket};

    return put(drive, &asked);
}

int store_drive_outbox(store_drive *drive, uint64_t after, size_t limit)
{
    const question asked = {.ask = ask_outbox, .after = after, .limit = limit};

    return put(drive, &asked);
}

int store_drive_audit(store_drive *drive, sla_time before)
{
    const question asked = {.ask = ask_audit, .before = before};

    return put(drive, &asked);
}

int store_drive_commit(store_drive *drive, const sla_unit *unit)
{
    const question asked = {.ask = ask_commit, .unit = unit};

    return put(drive, &asked);
}

int store_drive_release(store_drive *drive)
{
    const question asked = {.ask = ask_release};

    return put(drive, &asked);
}
