/* plan_replay.c - see plan_replay.h. */
#include "plan_replay.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "plan_stop.h"

enum { EVENTS_AT_ONCE = 64, CLOCKS_MAX = 64 };

typedef struct replay {
    const plan_horizon *horizon;
    plan_pace *pace;
    plan_figures *figures;
    plan_watch *watch; /* or NULL */
    sla_engine *engine;
    sla_time now;
    int hour;             /* of the week, on the wall clock */
    uint64_t first, came; /* numbers of the tickets of these weeks, half open */
    uint64_t undecided;   /* ... all before it are decided */
    uint64_t left;        /* of them, with stages before them, when it was over */
} replay;

void plan_watch_init(plan_watch *watch, plan_tape *tape)
{
    *watch = (plan_watch){.tape = tape};
    plan_scales_init(&watch->scales);
}

void plan_watch_fini(plan_watch *watch)
{
    plan_scales_fini(&watch->scales);
    plan_bursts_fini(&watch->bursts);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool counts(const replay *r)
{
    return r->now >= r->horizon->figures_from && r->now < r->horizon->until;
}

/* A promise to a ticket of these weeks counts whenever it is decided. */
static void take_promise(replay *r, const sla_event *event)
{
    const uint64_t number = plan_number_of(event->ticket);

    if (number < r->first || number >= r->came)
        return;
    if (event->kind == SLA_EVENT_MET)
        plan_figures_promise(r->figures, event->policy, event->target, PLAN_MET);
    else if (event->kind == SLA_EVENT_BREACHED)
        plan_figures_promise(r->figures, event->policy, event->target, PLAN_BREACHED);
}

static void take_events(replay *r, const sla_event *events, size_t count)
{
    if (r->watch != NULL)
        r->watch->steps += count;
    for (size_t i = 0; i < count; i++)
        take_promise(r, &events[i]);
    if (!counts(r))
        return;
    for (size_t i = 0; i < count; i++)
        plan_figures_event(r->figures, r->hour, &events[i], r->now);
    if (r->watch == NULL)
        return;
    plan_bursts_add(&r->watch->bursts, r->now, 0, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        plan_scales_event(&r->watch->scales, &events[i]);
        plan_load_add(&r->watch->load, r->now, r->hour, events[i].ticket, true);
    }
}

static size_t poll_engine(replay *r, sla_event *events)
{
    const double began = r->watch != NULL ? seconds() : 0;
    const size_t count = sla_engine_poll_many(r->engine, r->now, events, EVENTS_AT_ONCE);

    if (r->watch != NULL)
        r->watch->engine_s += seconds() - began;
    return count;
}

static void tell_all(replay *r)
{
    sla_event events[EVENTS_AT_ONCE];
    size_t count;

    while ((count = poll_engine(r, events)) > 0)
        take_events(r, events, count);
}

/* Everything that falls due before `end`, each at its instant. */
static void pass_time(replay *r, sla_time end)
{
    sla_time at;

    while ((at = sla_engine_wakeup(r->engine)) < end) {
        if (at > r->now)
            r->now = at;
        tell_all(r);
        if (sla_engine_wakeup(r->engine) <= at)
            return; /* the engine wants no more than the next recording gives */
    }
}

static int record(replay *r, const plan_taken *taken, sla_error *error)
{
    char ticket[PLAN_TICKET_TEXT];
    const sla_fact fact = plan_fact_of(taken, ticket);
    const double began = r->watch != NULL ? seconds() : 0;
    const int result = sla_engine_record(r->engine, &fact, taken->at, NULL, error);

    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (r->watch != NULL) {
        r->watch->engine_s += seconds() - began;
        r->watch->steps++;
    }
    return result;
}

static void watch_fact(replay *r, const plan_taken *taken)
{
    char ticket[PLAN_TICKET_TEXT];

    if (r->watch->tape != NULL && r->now < r->horizon->until)
        plan_tape_add(r->watch->tape, taken);
    if (!counts(r))
        return;
    plan_bursts_add(&r->watch->bursts, r->now, 1, 0);
    plan_scales_fact(&r->watch->scales, taken);
    plan_load_add(&r->watch->load, r->now, r->hour, plan_fact_of(taken, ticket).ticket, false);
}

/* How far this course is. */
static void look_at_pace(const replay *r)
{
    const plan_horizon *h = r->horizon;

    plan_pace_look(
        r->pace, r->now < h->until ? (double)(r->now - h->from) / (double)(h->until - h->from) : 1);
}

static void on_fact(void *user, uint64_t number, const plan_kind *kind, const char *name,
                    sla_time at)
{
    replay *r = user;
    const plan_taken taken = {at, number, kind, name};
    const bool opens = strcmp(name, "opened") == 0;
    sla_error error = {0};
    int result;

    pass_time(r, at);
    r->now = at;
    look_at_pace(r);
    if (counts(r) && opens) {
        r->first = r->first < number ? r->first : number;
        r->came = number + 1;
    }
    result = record(r, &taken, &error);
    if (result < 0 && at < r->horizon->until && r->figures->refused++ == 0) {
        r->figures->refusal = error;
        r->figures->refusal.code = result;
    }
    if (counts(r) && result >= 0)
        plan_figures_fact(r->figures, r->hour, opens, at);
    if (r->watch != NULL && result >= 0)
        watch_fact(r, &taken);
    tell_all(r);
}

/* How many clocks the ticket has, up to CLOCKS_MAX. */
static size_t clocks_of(const replay *r, uint64_t number, sla_clock_view *clocks)
{
    char ticket[PLAN_TICKET_TEXT];
    const plan_taken taken = {.number = number, .name = ""};
    const sla_fact fact = plan_fact_of(&taken, ticket);
    size_t count = 0;

    if (sla_engine_clocks(r->engine, fact.tenant, fact.ticket, clocks, CLOCKS_MAX, &count) !=
        SLA_OK)
        return 0;
    return count < CLOCKS_MAX ? count : CLOCKS_MAX;
}

/* The earliest due of the clocks that run. */
static sla_time on_due(void *user, uint64_t number)
{
    const replay *r = user;
    sla_clock_view clocks[CLOCKS_MAX];
    sla_time due = SLA_NEVER;
    const size_t count = clocks_of(r, number, clocks);

    for (size_t i = 0; i < count; i++)
        if (clocks[i].state == SLA_RUNNING && clocks[i].due_at < due)
            due = clocks[i].due_at;
    return due;
}

static void on_passed(void *user, sla_time at)
{
    replay *r = user;
    const int minute = plan_profile_minute(r->horizon->profile, at);
    sla_engine_stats stats;

    pass_time(r, at);
    r->now = at;
    look_at_pace(r);
    if (minute % 60 != 0)
        return;
    r->hour = minute / 60;
    if (r->watch != NULL && at <= r->horizon->until)
        plan_scales_look(&r->watch->scales, r->engine);
    sla_engine_expire(r->engine, at);
    if (counts(r) && at < r->horizon->until) {
        sla_engine_get_stats(r->engine, &stats);
        plan_figures_look(r->figures, r->hour, &stats, at);
    }
}

/* ------------------------------------------------------------ after the weeks */

static bool is_undecided(const replay *r, uint64_t number)
{
    sla_clock_view clocks[CLOCKS_MAX];
    const size_t count = clocks_of(r, number, clocks);

    for (size_t i = 0; i < count; i++)
        if (!clocks[i].breached && clocks[i].ended_at == SLA_NEVER)
            return true;
    return false;
}

static bool keep_up(const replay *r)
{
    const plan_horizon *h = r->horizon;

    for (size_t i = 0; i < h->profile->desk_count; i++)
        if (!plan_keeps_up(plan_profile_load(h->profile, (int)i), &r->figures->desks[i],
                           (double)(h->until - h->figures_from)))
            return false;
    return true;
}

/* Who kept a promise is known at once, who did not only when it was due: without what comes after
 * the weeks, shares would be too good.  Where a queue grows there is no good share. */
static bool on_goes_on(void *user, sla_time at, uint64_t left)
{
    replay *r = user;

    r->figures->decided = at;
    r->left = left;
    if (left == 0 || at >= r->horizon->until + PLAN_AFTER || !keep_up(r))
        return false;
    if (r->undecided < r->first)
        r->undecided = r->first;
    while (r->undecided < r->came && !is_undecided(r, r->undecided))
        r->undecided++;
    return r->undecided < r->came;
}

/* Clocks that still run: nothing comes any more for tickets that are through, so they will be
 * breached. */
static void take_undecided(replay *r)
{
    const plan_decided decided = r->left == 0 ? PLAN_BREACHED : PLAN_OPEN;
    sla_clock_view clocks[CLOCKS_MAX];

    for (uint64_t number = r->undecided; number < r->came; number++) {
        const size_t count = clocks_of(r, number, clocks);

        for (size_t i = 0; i < count; i++)
            if (!clocks[i].breached && clocks[i].state == SLA_RUNNING &&
                clocks[i].due_at != SLA_NEVER)
                plan_figures_promise(r->figures, clocks[i].policy, clocks[i].target, decided);
    }
}

static bool on_stopped(const void *user)
{
    (void)user;
    return plan_stop_asked() != 0;
}

static void run_course(replay *r, const plan_course *course, const plan_sink *sink)
{
    plan_queue_run(course, sink, r->figures->desks);
    if (r->undecided < r->first)
        r->undecided = r->first;
    take_undecided(r);
}

int plan_replay(const plan_horizon *horizon, const int32_t *most, plan_pace *pace,
                plan_figures *figures, plan_watch *watch)
{
    const world *w = horizon->world;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    replay r = {.horizon = horizon,
                .pace = pace,
                .figures = figures,
                .watch = watch,
                .now = horizon->from,
                .first = UINT64_MAX};
    const plan_course course = {horizon->profile,      most,          horizon->seed, horizon->from,
                                horizon->figures_from, horizon->until};
    const plan_sink sink = {on_fact, on_due, on_passed, on_stopped, on_goes_on, &r};
    sla_error error = {0};
    int result;

    options.keep = PLAN_KEEP;
    if (sla_engine_new(&options, &r.engine) != SLA_OK)
        give_up("out of memory");
    result =
        sla_engine_adopt(r.engine, w->policies, w->calendars, w->calendar_count, r.now, &error);
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (result == SLA_OK)
        run_course(&r, &course, &sink);
    else
        say_error(&error);
    sla_engine_free(r.engine);
    if (watch != NULL)
        plan_load_end(&watch->load);
    if (plan_stop_asked() != 0)
        return PLAN_STOPPED;
    plan_pace_step(pace);
    return result == SLA_OK ? EXIT_FINE : EXIT_INVALID;
}
