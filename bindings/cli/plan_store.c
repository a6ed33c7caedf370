/* plan_store.c - see plan_store.h. */
#include "plan_store.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <sla/service.h>

#include "cli.h"
#include "host_clock.h"
#include "live_service.h"
#include "plan_disk.h"
#include "service_drive.h"
#include "store_use.h"

enum { WAITS_MAX = 8, WAIT_MS = 20, ON_THE_WAY = 64 };

/* How long the store may leave everything unanswered. */
#define PATIENCE (30 * SLA_SECOND)

/* When the clock came to show an instant. */
typedef struct shown {
    sla_time instant, at;
} shown;

typedef struct player {
    sla_service *service;
    sla_time now;
    shown *shown;
    size_t shown_count, shown_capacity;
    double *late; /* of each event, in seconds */
    size_t late_count, late_capacity;
    uint64_t given, answered, refused;
    sla_time heard; /* when something was answered last */
    int status;
} player;

static sla_time hook_now(void *context)
{
    return ((const player *)context)->now;
}

static void hook_arm(void *context, sla_time at)
{
    (void)context, (void)at; /* the player asks sla_service_until */
}

static void hook_wake(void *context)
{
    (void)context; /* nobody else calls, and every round is followed by one */
}

static void show(player *p, sla_time instant)
{
    p->now = instant;
    p->shown = need_room(p->shown, &p->shown_capacity, p->shown_count + 1, sizeof *p->shown);
    p->shown[p->shown_count++] = (shown){instant, monotonic_now()};
}

/* When the clock first showed this instant or a later one. */
static sla_time shown_at(const player *p, sla_time instant)
{
    size_t low = 0, high = p->shown_count - 1;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (p->shown[middle].instant >= instant)
            high = middle;
        else
            low = middle + 1;
    }
    return p->shown[low].at;
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    player *p = context;
    const sla_time now = monotonic_now();

    (void)number, (void)attempt;
    p->late = need_room(p->late, &p->late_capacity, p->late_count + 1, sizeof *p->late);
    p->late[p->late_count++] = (double)(now - shown_at(p, event->at)) / (double)SLA_SECOND;
    p->heard = now;
    return SLA_OK;
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    player *p = context;

    (void)answer, (void)error;
    p->answered++;
    p->refused += result < 0;
    p->heard = monotonic_now();
}

/* ------------------------------------------------------------ rounds */

static void wait_once(player *p)
{
    sla_wait waits[WAITS_MAX];
    struct pollfd polled[WAITS_MAX];
    size_t count = sla_service_waits(p->service, waits, WAITS_MAX);

    if (count > WAITS_MAX)
        count = WAITS_MAX;
    for (size_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){
            .fd = waits[i].fd,
            .events = (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0))};
    (void)poll(polled, count, WAIT_MS);
    p->status = service_drive_health(p->service);
    if (p->status == EXIT_FINE && monotonic_now() - p->heard > PATIENCE) {
        say("the store does not answer");
        p->status = EXIT_MACHINE;
    }
}

static void turn(player *p)
{
    while (sla_service_run(p->service) != 0)
        ;
}

/* The clock goes on to `at`, and stops where the service wants to do something. */
static void pass(player *p, sla_time at)
{
    while (p->status == EXIT_FINE) {
        sla_time wanted;

        turn(p);
        wanted = sla_service_until(p->service);
        if (wanted >= at)
            break;
        if (wanted > p->now)
            show(p, wanted);
        else
            wait_once(p);
    }
    if (at > p->now)
        show(p, at);
}

static void give(player *p, const plan_taken *next)
{
    char ticket[PLAN_TICKET_TEXT];
    const sla_fact fact = plan_fact_of(next, ticket);

    while (p->status == EXIT_FINE && p->given - p->answered >= ON_THE_WAY) {
        turn(p);
        if (p->given - p->answered >= ON_THE_WAY)
            wait_once(p);
    }
    if (p->status != EXIT_FINE)
        return;
    if (sla_service_record(p->service, &fact, on_recorded, p) != SLA_OK)
        give_up("out of memory");
    p->given++;
    turn(p);
}

static bool is_settled(const player *p)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(p->service, &stats);
    return p->answered == p->given && stats.units_in_flight == 0 && stats.unacknowledged == 0 &&
           stats.backlog == 0;
}

static void settle(player *p)
{
    turn(p);
    while (p->status == EXIT_FINE && !is_settled(p)) {
        wait_once(p);
        turn(p);
    }
}

static void play(player *p, const plan_tape *tape, sla_time until, plan_pace *pace)
{
    for (size_t i = 0; i < tape->count && p->status == EXIT_FINE; i++) {
        pass(p, tape->facts[i].at);
        give(p, &tape->facts[i]);
        progress_count(&pace->progress, i, tape->count, "facts on the record");
    }
    pass(p, until);
    settle(p);
}

/* ------------------------------------------------------------ the service */

static int is_empty(const store_uri *uri)
{
    sla_store *store;
    store_use use;
    int status = store_uri_open(uri, false, &store), result;

    if (status != EXIT_FINE)
        return status;
    result = store_use_open(&use, store);
    if (result == SLA_OK && use.worlds + use.tickets > 0) {
        say("%s: has a record already; a plan wants a store of its own", store_uri_name(uri));
        status = EXIT_USAGE;
    }
    result = store_use_close(&use);
    return result == SLA_OK ? status : store_uri_complain(uri, result, &use.error);
}

static int open_service(player *p, const plan_horizon *horizon, const store_uri *uri)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_document *documents;
    sla_error error = {0};
    int result, status = store_uri_open(uri, false, &options.store);

    if (status != EXIT_FINE)
        return status;
    documents = world_documents(horizon->world);
    options.clock = (sla_clock_hook){p, hook_now, hook_now, hook_arm, hook_wake};
    options.log = live_service_say;
    options.documents = documents;
    options.document_count = horizon->world->text_count;
    options.units_max = ON_THE_WAY; /* so that nothing waits for the clock to go on */
    options.sleep_max = options.audit_every = SLA_DAY;
    options.apart_allowed = INT64_MAX; /* the store's clock is today's */
    (void)!getrandom(options.incarnation, sizeof options.incarnation, GRND_NONBLOCK);
    consumer.name = "plan";
    consumer.handler = on_event;
    consumer.context = p;
    result = sla_service_new(&options, &p->service, &error);
    free(documents);
    if (result == SLA_OK)
        result = sla_service_subscribe(p->service, &consumer);
    if (result == SLA_OK)
        return EXIT_FINE;
    error.code = result;
    say_error(&error);
    return EXIT_INVALID;
}

static void wait_for(player *p, sla_service_state state)
{
    turn(p);
    while (p->status == EXIT_FINE && sla_service_get_state(p->service) != state) {
        wait_once(p);
        turn(p);
    }
}

/* ------------------------------------------------------------ figures */

static double cpu_seconds(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static int by_size(const void *left, const void *right)
{
    const double one = *(const double *)left, other = *(const double *)right;

    return (one > other) - (one < other);
}

static void count(player *p, plan_store_figures *figures)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(p->service, &stats);
    figures->facts = stats.facts;
    figures->events = stats.events;
    figures->units = stats.units;
    if (p->late_count == 0)
        return;
    qsort(p->late, p->late_count, sizeof *p->late, by_size);
    figures->late_half = p->late[p->late_count / 2];
    figures->late_most = p->late[p->late_count * 99 / 100];
    figures->late_all = p->late[p->late_count - 1];
}

static uint64_t tickets_of(const plan_tape *tape)
{
    uint64_t tickets = 0;

    for (size_t i = 0; i < tape->count; i++)
        tickets += strcmp(tape->facts[i].name, "opened") == 0;
    return tickets;
}

static void measure(player *p, const plan_horizon *horizon, const plan_tape *tape, plan_pace *pace,
                    plan_store_figures *figures)
{
    const double cpu = cpu_seconds();
    const sla_time began = monotonic_now();

    play(p, tape, horizon->until, pace);
    figures->took = (double)(monotonic_now() - began) / (double)SLA_SECOND;
    figures->cpu = cpu_seconds() - cpu;
    figures->tickets = tickets_of(tape);
    count(p, figures);
}

int plan_store_run(const plan_horizon *horizon, const plan_tape *tape, const store_uri *uri,
                   plan_pace *pace, plan_store_figures *figures)
{
    player p = {.heard = monotonic_now()};
    int status = is_empty(uri);

    memset(figures, 0, sizeof *figures);
    if (status != EXIT_FINE)
        return status;
    show(&p, horizon->from);
    p.status = open_service(&p, horizon, uri);
    if (p.status == EXIT_FINE)
        wait_for(&p, SLA_SERVICE_LIVE);
    if (p.status == EXIT_FINE)
        measure(&p, horizon, tape, pace, figures);
    if (p.status == EXIT_FINE) {
        sla_service_stop(p.service);
        wait_for(&p, SLA_SERVICE_STOPPED);
    }
    sla_service_free(p.service);
    free(p.shown);
    free(p.late);
    return p.status == EXIT_FINE ? plan_disk_bytes(uri, &figures->bytes) : p.status;
}
