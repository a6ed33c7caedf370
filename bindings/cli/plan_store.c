/* plan_store.c - see plan_store.h. */
#include "plan_store.h"

#include <string.h>

#include "cli.h"
#include "host_clock.h"
#include "plan_player.h"
#include "store_use.h"

/* How long a stretch at the plan's own pace may take. */
#define PACED_MAX (10 * SLA_SECOND)

enum { STRETCHES_MAX = 4 };

/* What is played at the plan's own pace. */
typedef struct stretch {
    sla_time from, until;
    bool is_hour; /* a part of the busiest one */
} stretch;

static size_t add_stretch(stretch *list, size_t count, sla_time from, sla_time until, bool is_hour)
{
    if (from >= until)
        return count;
    list[count] = (stretch){from, until, is_hour};
    return count + 1;
}

/* The busiest hour and the time around the peak herd, in order; how many there are.  A herd in the
 * hour has a stretch of its own, so that it is played though the hour takes too long. */
static size_t stretches_of(const plan_figures *figures, stretch list[STRETCHES_MAX])
{
    const sla_time from = figures->work_hour.at, until = from + SLA_HOUR, at = figures->herd.at;
    const sla_time before = at - SLA_SECOND, after = at + SLA_MINUTE;
    size_t count = 0;

    if (figures->work_hour.most == 0)
        return 0;
    if (figures->herd.most == 0)
        return add_stretch(list, 0, from, until, true);
    if (at < from) {
        count = add_stretch(list, count, before, after < from ? after : from, false);
        return add_stretch(list, count, from, until, true);
    }
    count = add_stretch(list, count, from, before < until ? before : until, true);
    if (at >= until)
        return add_stretch(list, count, before > until ? before : until, after, false);
    count = add_stretch(list, count, before > from ? before : from, after < until ? after : until,
                        true);
    return add_stretch(list, count, after, until, true);
}

/* ------------------------------------------------------------ what was counted */

static plan_work work_now(const plan_player *p, plan_server *server)
{
    sla_service_stats stats = {.size = sizeof stats};
    plan_work work;

    sla_service_get_stats(p->service, &stats);
    work = (plan_work){.facts = stats.facts, .events = stats.events, .units = stats.units};
    plan_server_look(server, &work.cost);
    work.cost.wall -= (double)p->stood / (double)SLA_SECOND; /* nothing could be done in that */
    return work;
}

static void add_work(plan_work *sum, const plan_work *more)
{
    sum->facts += more->facts;
    sum->events += more->events;
    sum->units += more->units;
    plan_counters_add(&sum->cost, &more->cost);
}

static void take_work(plan_work *sum, const plan_work *before)
{
    sum->facts -= before->facts;
    sum->events -= before->events;
    sum->units -= before->units;
    plan_counters_take(&sum->cost, &before->cost);
}

/* What has been done since. */
static plan_work work_since(const plan_player *p, plan_server *server, const plan_work *before)
{
    plan_work work = work_now(p, server);

    take_work(&work, before);
    return work;
}

int plan_store_look(const store_uri *uri)
{
    sla_store *store;
    store_use use;
    int status = store_uri_open(uri, false, &store), result;

    if (status != EXIT_FINE)
        return status;
    result = store_use_open(&use, store);
    if (result == SLA_OK && use.worlds + use.tickets > 0) {
        say("%s: has a record already; a plan wants a store of its own: name another",
            store_uri_name(uri));
        status = EXIT_USAGE;
    }
    result = store_use_close(&use);
    return result == SLA_OK ? status : store_uri_complain(uri, result, &use.error);
}

/* ------------------------------------------------------------ the course of it */

typedef struct course {
    plan_player player;
    plan_server server;
    const plan_tape *tape;
    size_t next; /* fact of the tape */
    plan_pace *pace;
    plan_store_figures *stored;
    plan_work paced; /* in all stretches */
} course;

static void give_next(course *c)
{
    plan_player_give(&c->player, &c->tape->facts[c->next++]);
    progress_count(&c->pace->progress, c->next, c->tape->count, "facts on the record");
}

static bool is_before(const course *c, sla_time until)
{
    return c->player.status == EXIT_FINE && c->next < c->tape->count &&
           c->tape->facts[c->next].at < until;
}

static void play_fast(course *c, sla_time until)
{
    while (is_before(c, until)) {
        plan_player_pass(&c->player, c->tape->facts[c->next].at);
        give_next(c);
    }
    plan_player_pass(&c->player, until);
    plan_player_settle(&c->player);
}

/* Until the stretch is over or has taken too long. */
static void play_paced(course *c, const stretch *s)
{
    const sla_time began = monotonic_now();
    plan_player *p = &c->player;

    plan_player_start(p, s->from);
    while (is_before(c, s->until) && monotonic_now() - began < PACED_MAX) {
        plan_player_pass_paced(p, c->tape->facts[c->next].at);
        give_next(c);
    }
    if (!is_before(c, s->until))
        plan_player_pass_paced(p, s->until - 1);
    plan_player_rest(p);
}

static void play_stretch(course *c, const stretch *s)
{
    plan_player *p = &c->player;
    const plan_work before = work_now(p, &c->server);
    const size_t late = p->late.count;
    plan_work spent;

    play_paced(c, s);
    if (p->status != EXIT_FINE)
        return;
    spent = work_since(p, &c->server, &before);
    add_work(&c->paced, &spent);
    if (s->is_hour) {
        add_work(&c->stored->hour, &spent);
        c->stored->hour_played += (p->now < s->until - 1 ? p->now : s->until) - s->from;
    } else {
        p->late.count = late; /* the herd is looked at by itself */
    }
}

static void play(course *c, const plan_figures *figures, sla_time until)
{
    const plan_work before = work_now(&c->player, &c->server);
    stretch stretches[STRETCHES_MAX];
    const size_t count = stretches_of(figures, stretches);

    c->player.herd = figures->herd.at;
    for (size_t i = 0; i < count; i++) {
        play_fast(c, stretches[i].from - 1); /* what is told at its first instant is its own */
        if (c->player.status == EXIT_FINE)
            play_stretch(c, &stretches[i]);
    }
    play_fast(c, until);
    if (c->player.status != EXIT_FINE)
        return;
    c->stored->all = c->stored->fast = work_since(&c->player, &c->server, &before);
    take_work(&c->stored->fast, &c->paced);
    c->stored->late = plan_lateness_of(c->player.late.list, c->player.late.count);
    c->stored->herd = plan_lateness_of(c->player.late_herd.list, c->player.late_herd.count);
}

static uint64_t tickets_of(const plan_tape *tape)
{
    uint64_t tickets = 0;

    for (size_t i = 0; i < tape->count; i++)
        tickets += strcmp(tape->facts[i].name, "opened") == 0;
    return tickets;
}

static void run(course *c, const plan_horizon *horizon, const plan_figures *figures)
{
    plan_store_figures *stored = c->stored;
    uint64_t rows = 0;

    stored->has_rows = plan_server_rows(&c->server, &rows);
    plan_player_init(&c->player, horizon->world, c->server.uri, horizon->from);
    plan_server_find(&c->server);
    if (c->player.status == EXIT_FINE)
        play(c, figures, horizon->until);
    plan_player_stop(&c->player);
    plan_player_fini(&c->player);
    if (c->player.status != EXIT_FINE)
        return; /* who does not answer is not asked anything else */
    stored->disk = plan_server_disk(&c->server);
    stored->tickets = tickets_of(c->tape);
    /* A session counts its rows at its end. */
    stored->has_rows &= plan_server_rows(&c->server, &stored->rows) && stored->rows >= rows;
    stored->rows -= rows;
    plan_server_say(&c->server);
}

int plan_store_run(const plan_horizon *horizon, const plan_figures *figures, const plan_tape *tape,
                   const store_uri *uri, plan_pace *pace, plan_store_figures *stored)
{
    course c = {.tape = tape, .pace = pace, .stored = stored};
    const int status = plan_server_open(&c.server, uri);

    memset(stored, 0, sizeof *stored);
    if (status != EXIT_FINE)
        return status;
    run(&c, horizon, figures);
    progress_count_end(&pace->progress, c.next, "facts on the record");
    plan_server_close(&c.server);
    return c.player.status;
}
