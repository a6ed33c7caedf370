/* bench_peers_service.c - see bench_peers.h: a service on a libev loop over PostgreSQL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ev.h>

#include <sla/ev.h>
#include <sla/pg.h>
#include <sla/sla.h>

#include "bench.h"
#include "bench_engine_work.h"
#include "bench_latency.h"
#include "bench_peers.h"

enum { PATIENCE = 60 }; /* seconds after the herd is due */

/* One clock, one step: the breach at the instant that is asked for. */
static const char one_deadline[] =
    "{\"policy\": \"deadline\", \"version\": \"1\", \"targets\": [{\"target\": \"answer\","
    " \"stop\": \"over\", \"goals\": [{\"elapsed\": \"PT1H\"}]}]}";

typedef struct live {
    bench_deadlines *deadlines;
    struct ev_loop *loop;
    sla_ev *ev;
    sla_time begin; /* the first one is due */
    size_t recorded, failed, told;
    double start;
    bool stopped;
} live;

static size_t count_of(const bench_deadlines *deadlines)
{
    return deadlines->spread + deadlines->herd;
}

/* To the millisecond, as race.js has it. */
static sla_time due_of(const live *self, size_t i)
{
    const bench_deadlines *of = self->deadlines;
    const size_t ms = i < of->spread
                          ? i * 1000 / of->rate
                          : (of->spread * 1000 + of->rate - 1) / of->rate + BENCH_PAUSE_MS;

    return self->begin + (sla_duration)ms * BENCH_MILLISECOND;
}

/* ---------------------------------------------------------------------- handlers */

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    live *self = context;
    bench_deadlines *of = self->deadlines;

    (void)answer, (void)error;
    self->failed += result != SLA_OK;
    if (++self->recorded < count_of(of))
        return;
    of->armed_seconds = bench_seconds() - self->start;
    of->lead_over = bench_now_ns() / 1000 > self->begin - SLA_SECOND;
    if (of->lead_over)
        ev_break(self->loop, EVBREAK_ALL);
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    live *self = context;
    bench_deadlines *of = self->deadlines;
    const size_t i = strtoul(event->ticket.data + 1, NULL, 10);
    const double late = (double)(bench_now_ns() - due_of(self, i) * 1000) * 1e-6;

    (void)number;
    if (event->kind != SLA_EVENT_BREACHED || event->at != due_of(self, i) || attempt != 1) {
        self->failed++;
        return SLA_OK;
    }
    of->early += late < 0;
    if (i < of->spread)
        of->spread_ms[of->spread_count++] = late;
    else
        of->herd_ms[of->herd_count++] = late;
    if (++self->told == count_of(of))
        sla_service_stop(sla_ev_service(self->ev));
    return SLA_OK;
}

static void on_stopped(void *context)
{
    live *self = context;
    bench_deadlines *of = self->deadlines;

    self->stopped = true;
    of->whole_ms = (double)(bench_now_ns() / 1000 - due_of(self, of->spread)) / 1000;
    ev_break(self->loop, EVBREAK_ALL);
}

static void on_patience(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

/* ------------------------------------------------------------------------- begin */

/* `now` is the host's clock, or NULL for the machine's. */
static bool make_service(live *self, const bench_server *server, const sla_document *documents,
                         size_t count, sla_event_handler handler, sla_time (*now)(void *context))
{
    sla_pg_options pg = SLA_PG_OPTIONS_INIT;
    sla_ev_options on_loop = SLA_EV_OPTIONS_INIT;
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error = {0};
    char conninfo[256];

    snprintf(conninfo, sizeof conninfo, "host=%s dbname=%s user=sla_test", server->folder,
             BENCH_PEERS_DATABASE);
    pg.conninfo = conninfo;
    options.documents = documents;
    options.document_count = count;
    options.queue_max = 1000000;
    options.clock.now = now;
    options.apart_allowed = now != NULL ? INT64_MAX : 0;
    on_loop.stopped = on_stopped;
    on_loop.context = self;
    consumer.name = "bench";
    consumer.handler = handler;
    consumer.context = self;
    self->loop = ev_loop_new(EVFLAG_AUTO);
    if (self->loop != NULL && sla_store_pg_init(&pg, &error) == SLA_OK &&
        sla_store_pg_new(&pg, &options.store, &error) == SLA_OK &&
        sla_ev_new(self->loop, &on_loop, &options, &self->ev, &error) == SLA_OK &&
        sla_service_subscribe(sla_ev_service(self->ev), &consumer) == SLA_OK)
        return true;
    fprintf(stderr, "sla-bench: no service: %s\n", error.text);
    return false;
}

/* Until it is live, so that the first fact finds what the last one will. */
static bool wait_until_live(live *self)
{
    const double limit = bench_seconds() + PATIENCE;

    while (sla_service_get_state(sla_ev_service(self->ev)) == SLA_SERVICE_LOADING &&
           bench_seconds() < limit)
        ev_run(self->loop, EVRUN_ONCE);
    return sla_service_get_state(sla_ev_service(self->ev)) == SLA_SERVICE_LIVE;
}

static void end(live *self)
{
    sla_ev_free(self->ev);
    if (self->loop != NULL)
        ev_loop_destroy(self->loop);
}

static void run_for(live *self, double seconds)
{
    ev_timer patience;

    ev_timer_init(&patience, on_patience, seconds, 0);
    ev_now_update(self->loop);
    ev_timer_start(self->loop, &patience);
    ev_run(self->loop, 0);
    ev_timer_stop(self->loop, &patience);
}

/* ---------------------------------------------------------------- one clock each */

static bool arm(live *self)
{
    self->begin =
        (bench_now_ns() / 1000 + self->deadlines->lead) / BENCH_MILLISECOND * BENCH_MILLISECOND;
    self->start = bench_seconds();
    for (size_t i = 0; i < count_of(self->deadlines); i++) {
        char ticket[32];
        const sla_fact opened = {
            .ticket = {ticket, (size_t)snprintf(ticket, sizeof ticket, "D%zu", i)},
            .name = {"opened", 6},
            .occurred_at = due_of(self, i) - SLA_HOUR,
        };

        if (sla_service_record(sla_ev_service(self->ev), &opened, on_recorded, self) != SLA_OK)
            return false;
    }
    return true;
}

static bool fire(live *self)
{
    const bench_deadlines *of = self->deadlines;

    if (!arm(self))
        return false;
    run_for(self, (double)(due_of(self, count_of(of) - 1) - self->begin + of->lead) / SLA_SECOND +
                      PATIENCE);
    if (of->lead_over)
        return true;
    if (!self->stopped || self->failed > 0 || self->told != count_of(of)) {
        fprintf(stderr, "sla-bench: of %zu deadlines %zu were recorded, %zu told, %zu wrong\n",
                count_of(of), self->recorded, self->told, self->failed);
        return false;
    }
    return true;
}

bool bench_deadlines_service(const bench_server *server, bench_deadlines *deadlines)
{
    const sla_document document = {{"deadline", 8}, {one_deadline, sizeof one_deadline - 1}};
    live self = {.deadlines = deadlines};
    bool good;

    good = make_service(&self, server, &document, 1, on_event, NULL) && wait_until_live(&self) &&
           fire(&self);
    end(&self);
    if (good && !deadlines->lead_over)
        deadlines->done = bench_peers_acknowledged(server);
    return good;
}

/* --------------------------------------------------------------------- complaints */

/* Steps of a policy that fall due by time alone, each counted once. */
static bool is_step(const sla_event *event)
{
    return event->repeat == 0 &&
           (event->kind == SLA_EVENT_WARNING || event->kind == SLA_EVENT_BREACHED ||
            event->kind == SLA_EVENT_REMINDED || event->kind == SLA_EVENT_SUPERVISED ||
            event->kind == SLA_EVENT_ESCALATED);
}

/* How many steps opening the first `count` arms: an engine of its own goes on until
 * nothing falls due any more, or a year is over. */
static size_t steps_of(size_t count)
{
    sla_engine *engine = bench_engine_new(&bench_complaint, NULL);
    sla_time now = BENCH_START;
    size_t steps = 0;
    sla_event event;

    for (size_t i = 0; engine != NULL && i < count; i++) {
        if (sla_engine_record(engine, bench_opening(i, now), now, NULL, NULL) != SLA_OK)
            now = SLA_NEVER;
    }
    for (; engine != NULL && now < BENCH_START + 365 * SLA_DAY; now = sla_engine_wakeup(engine))
        while (sla_engine_poll(engine, now, &event))
            steps += is_step(&event);
    sla_engine_free(engine);
    return steps;
}

static sla_time that_monday(void *context)
{
    (void)context;
    return BENCH_START;
}

static int take(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    (void)context, (void)event, (void)number, (void)attempt;
    return SLA_OK;
}

static void on_opened(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    live *self = context;

    (void)answer, (void)error;
    self->failed += result != SLA_OK;
    if (++self->recorded < count_of(self->deadlines))
        return;
    self->deadlines->armed_seconds = bench_seconds() - self->start;
    ev_break(self->loop, EVBREAK_ALL);
}

static bool open_complaints(live *self, size_t count)
{
    self->start = bench_seconds();
    for (size_t i = 0; i < count; i++) {
        const sla_fact *opened = bench_opening(i, BENCH_START);

        if (sla_service_record(sla_ev_service(self->ev), opened, on_opened, self) != SLA_OK)
            return false;
    }
    run_for(self, PATIENCE);
    return self->recorded == count && self->failed == 0;
}

double bench_open_complaints(const bench_server *server, size_t count, size_t *steps_out)
{
    sla_document documents[2];
    const size_t document_count = bench_complaint_documents(documents);
    bench_deadlines deadlines = {.herd = count};
    live self = {.deadlines = &deadlines};
    double seconds = -1;

    if (make_service(&self, server, documents, document_count, take, that_monday) &&
        wait_until_live(&self) && open_complaints(&self, count))
        seconds = deadlines.armed_seconds;
    end(&self);
    *steps_out = steps_of(count);
    return seconds;
}
