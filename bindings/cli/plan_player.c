/* plan_player.c - see plan_player.h. */
#define _GNU_SOURCE /* ppoll */
#include "plan_player.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "cli.h"
#include "host_clock.h"
#include "live_service.h"
#include "plan_stop.h"
#include "service_drive.h"
#include "waits.h"

enum { WAITS_MAX = 8, WAIT_MS = 20, ON_THE_WAY = 64 };

/* How long the store may leave everything unanswered, and how long when it says why; how much of a
 * span without work is not left out. */
#define PATIENCE (30 * SLA_SECOND)
#define PATIENCE_LOST (3 * SLA_SECOND)
#define MOMENT (2 * SLA_SECOND / 1000)

static sla_time hook_now(void *context)
{
    return ((const plan_player *)context)->now;
}

/* What the service puts off is put off by this clock, so it goes on where the other stands. */
static sla_time hook_steady(void *context)
{
    const plan_player *p = context;

    return p->now + p->stood;
}

static void hook_arm(void *context, sla_time at)
{
    (void)context, (void)at; /* the player asks sla_service_until */
}

static void hook_wake(void *context)
{
    (void)context; /* nobody else calls, and every round is followed by one */
}

static void add_span(plan_spans *s, sla_duration span)
{
    s->list = need_room(s->list, &s->capacity, s->count + 1, sizeof *s->list);
    s->list[s->count++] = (double)span / (double)SLA_SECOND;
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    plan_player *p = context;

    (void)number, (void)attempt;
    p->heard = monotonic_now();
    if (p->paced && event->at == p->herd)
        add_span(&p->late_herd, p->heard + p->ahead - event->at);
    if (p->paced)
        add_span(&p->late, p->heard + p->ahead - event->at);
    return SLA_OK;
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    plan_player *p = context;

    (void)answer, (void)error;
    p->answered++;
    p->refused += result < 0;
    p->heard = monotonic_now();
}

/* ------------------------------------------------------------ rounds */

static bool is_lost(const plan_player *p, sla_error *error)
{
    return sla_service_health(p->service, error) == SLA_ERR_STORE;
}

/* Whether nothing was answered for so long that it is given up. */
static bool is_over(plan_player *p, bool lost)
{
    const sla_time now = monotonic_now();

    if (!lost)
        p->lost_at = SLA_NEVER;
    else if (p->lost_at == SLA_NEVER)
        p->lost_at = now;
    return now - p->heard > PATIENCE ||
           (lost && now - (p->heard > p->lost_at ? p->heard : p->lost_at) > PATIENCE_LOST);
}

/* It goes on without end by itself: what comes back later is no measure of anything. */
static void look_at_store(plan_player *p)
{
    sla_error error = {0};
    const bool lost = is_lost(p, &error);

    p->status = service_drive_health(p->service);
    if (!is_over(p, lost) || p->status != EXIT_FINE)
        return;
    if (lost)
        say("the store: %s", error.text);
    else
        say("the store does not answer");
    p->status = EXIT_MACHINE;
}

static void wait_for_span(plan_player *p, sla_duration most)
{
    const struct timespec span = {most / SLA_SECOND, most % SLA_SECOND * 1000};
    sla_wait waits[WAITS_MAX];
    struct pollfd polled[WAITS_MAX];
    const size_t count =
        waits_fill(polled, WAITS_MAX, waits, sla_service_waits(p->service, waits, WAITS_MAX));

    (void)ppoll(polled, count, &span, NULL);
    look_at_store(p);
}

/* Our clock stands; while the store is lost its retries come due all the same. */
static void wait_once(plan_player *p)
{
    const sla_time began = monotonic_now();
    const sla_duration most = WAIT_MS * SLA_SECOND / 1000;
    sla_error error = {0};

    wait_for_span(p, most);
    if (is_lost(p, &error)) {
        const sla_duration span = monotonic_now() - began;

        p->stood += span < most ? span : most;
    }
}

static void turn(plan_player *p)
{
    if (plan_stop_asked() != 0)
        p->status = PLAN_STOPPED;
    while (sla_service_run(p->service) != 0)
        ;
}

static bool is_settled(const plan_player *p)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(p->service, &stats);
    return p->answered == p->given && stats.units_in_flight == 0 && stats.unacknowledged == 0 &&
           stats.backlog == 0;
}

void plan_player_pass(plan_player *p, sla_time at)
{
    while (p->status == EXIT_FINE) {
        sla_error error = {0};
        sla_time wanted;

        turn(p);
        if (is_lost(p, &error)) {
            wait_once(p); /* our clock would pass its retries in no time */
            continue;
        }
        wanted = sla_service_until(p->service);
        if (wanted >= at)
            break;
        if (wanted > p->now)
            p->now = wanted;
        else
            wait_once(p);
    }
    if (at > p->now)
        p->now = at;
}

void plan_player_start(plan_player *p, sla_time from)
{
    p->paced = true;
    p->ahead = (p->now > from ? p->now : from) - monotonic_now();
}

void plan_player_pass_paced(plan_player *p, sla_time at)
{
    while (p->status == EXIT_FINE && (p->now = monotonic_now() + p->ahead) < at) {
        sla_time next;

        turn(p);
        next = sla_service_until(p->service);
        if (next > at)
            next = at;
        p->now = monotonic_now() + p->ahead;
        if (is_settled(p) && next - p->now > MOMENT)
            p->ahead += next - p->now - MOMENT;
        p->now = monotonic_now() + p->ahead;
        if (next > p->now)
            wait_for_span(p, next - p->now < MOMENT ? next - p->now : MOMENT);
    }
    if (p->now > at)
        p->now = at; /* what came first is given first, however late it is */
}

void plan_player_give(plan_player *p, const plan_taken *next)
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

void plan_player_settle(plan_player *p)
{
    turn(p);
    while (p->status == EXIT_FINE && !is_settled(p)) {
        wait_once(p);
        turn(p);
    }
}

/* ------------------------------------------------------------ the service */

static int open_service(plan_player *p, const world *w, const store_uri *uri)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_document *documents;
    sla_error error = {0};
    int result, status = store_uri_open(uri, false, &options.store);

    if (status != EXIT_FINE)
        return status;
    documents = world_documents(w);
    options.clock = (sla_clock_hook){p, hook_now, hook_steady, hook_arm, hook_wake};
    options.log = live_service_say;
    options.documents = documents;
    options.document_count = w->text_count;
    options.units_max = ON_THE_WAY; /* so that nothing waits for the clock to go on */
    options.sleep_max = options.audit_every = SLA_DAY;
    options.apart_allowed = INT64_MAX; /* the store's clock is today's */
    (void)!getrandom(options.incarnation, sizeof options.incarnation, 0);
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

static void wait_for(plan_player *p, sla_service_state state)
{
    turn(p);
    while (p->status == EXIT_FINE && sla_service_get_state(p->service) != state) {
        wait_once(p);
        turn(p);
    }
}

void plan_player_rest(plan_player *p)
{
    plan_player_settle(p);
    p->paced = false;
}

void plan_player_init(plan_player *p, const world *w, const store_uri *uri, sla_time from)
{
    *p = (plan_player){.now = from, .heard = monotonic_now(), .lost_at = SLA_NEVER};
    p->status = open_service(p, w, uri);
    if (p->status == EXIT_FINE)
        wait_for(p, SLA_SERVICE_LIVE);
}

void plan_player_stop(plan_player *p)
{
    if (p->status != EXIT_FINE)
        return;
    sla_service_stop(p->service);
    wait_for(p, SLA_SERVICE_STOPPED);
    sla_service_free(p->service);
    p->service = NULL;
}

void plan_player_fini(plan_player *p)
{
    sla_service_free(p->service);
    free(p->late.list);
    free(p->late_herd.list);
}
