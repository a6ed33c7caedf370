/* plan_store.c - see plan_store.h. */
#include "plan_store.h"

#include <string.h>

#include "cli.h"
#include "host_clock.h"
#include "plan_player.h"
#include "store_use.h"

/* How long a stretch at the plan's own pace may take. */
#define PACED_MAX (15 * SLA_SECOND)

/* What is played at the plan's own pace. */
typedef struct stretch {
    sla_time from, until;
    bool is_hour;
} stretch;

/* The busiest hour and the peak herd, in order; how many there are. */
static size_t stretches_of(const plan_figures *figures, stretch list[2])
{
    const stretch hour = {figures->work_hour.at, figures->work_hour.at + SLA_HOUR, true};
    const stretch herd = {figures->herd.at - SLA_SECOND, figures->herd.at + SLA_MINUTE, false};
    size_t count = 0;

    if (figures->work_hour.most == 0)
        return 0;
    if (figures->herd.most > 0 && herd.until <= hour.from)
        list[count++] = herd;
    list[count++] = hour;
    if (figures->herd.most > 0 && herd.from >= hour.until)
        list[count++] = herd;
    return count;
}

/* ------------------------------------------------------------ what was counted */

static plan_counters less(const plan_counters *all, const plan_counters *part)
{
    plan_counters left = *all;

    left.wall -= part->wall;
    left.cpu -= part->cpu;
    left.written -= part->written;
    left.server_cpu -= part->server_cpu;
    left.writers_cpu -= part->writers_cpu;
    left.wal -= part->wal;
    return left;
}

static plan_work work_now(const plan_player *p, const plan_server *server)
{
    sla_service_stats stats = {.size = sizeof stats};
    plan_work work;

    sla_service_get_stats(p->service, &stats);
    work = (plan_work){.facts = stats.facts, .events = stats.events, .units = stats.units};
    plan_server_look(server, &work.cost);
    return work;
}

/* What lies between, or is left of the first without the second. */
static plan_work without(const plan_work *all, const plan_work *part)
{
    return (plan_work){.facts = all->facts - part->facts,
                       .events = all->events - part->events,
                       .units = all->units - part->units,
                       .cost = less(&all->cost, &part->cost)};
}

/* EXIT_FINE, or a complaint. */
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

/* ------------------------------------------------------------ the course of it */

typedef struct course {
    plan_player player;
    plan_server server;
    const plan_tape *tape;
    size_t next; /* fact of the tape */
    plan_pace *pace;
    plan_store_figures *stored;
    plan_work paced[2];
    size_t paced_count;
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
        while (is_before(c, p->now + 1))
            give_next(c);
    }
    if (!is_before(c, s->until))
        plan_player_pass_paced(p, s->until);
    plan_player_rest(p);
}

static void play_stretch(course *c, const stretch *s)
{
    plan_player *p = &c->player;
    const plan_work before = work_now(p, &c->server);
    const sla_time from = p->now > s->from ? p->now : s->from;
    plan_work after, spent;

    play_paced(c, s);
    if (p->status != EXIT_FINE)
        return;
    after = work_now(p, &c->server);
    spent = without(&after, &before);
    c->paced[c->paced_count++] = spent;
    if (s->is_hour) {
        c->stored->hour = spent;
        c->stored->hour_played =
            (double)((p->now < s->until ? p->now : s->until) - from) / SLA_SECOND;
        c->stored->late = plan_lateness_of(p->late.list, p->late.count);
    }
    p->late.count = 0;
}

static void play(course *c, const plan_figures *figures, sla_time until)
{
    const plan_work before = work_now(&c->player, &c->server);
    stretch stretches[2];
    const size_t count = stretches_of(figures, stretches);
    plan_work after;

    c->player.herd = figures->herd.at;
    for (size_t i = 0; i < count; i++) {
        play_fast(c, stretches[i].from);
        if (c->player.status == EXIT_FINE)
            play_stretch(c, &stretches[i]);
    }
    play_fast(c, until);
    after = work_now(&c->player, &c->server);
    c->stored->all = c->stored->fast = without(&after, &before);
    for (size_t i = 0; i < c->paced_count; i++)
        c->stored->fast = without(&c->stored->fast, &c->paced[i]);
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
    stored->herd = plan_lateness_of(c->player.late_herd.list, c->player.late_herd.count);
    plan_player_stop(&c->player);
    plan_player_fini(&c->player);
    stored->disk = plan_server_disk(&c->server);
    stored->tickets = tickets_of(c->tape);
    /* A session counts its rows at its end. */
    stored->has_rows &= plan_server_rows(&c->server, &stored->rows);
    stored->rows -= rows;
}

int plan_store_run(const plan_horizon *horizon, const plan_figures *figures, const plan_tape *tape,
                   const store_uri *uri, plan_pace *pace, plan_store_figures *stored)
{
    course c = {.tape = tape, .pace = pace, .stored = stored};
    int status = is_empty(uri);

    memset(stored, 0, sizeof *stored);
    if (status == EXIT_FINE)
        status = plan_server_open(&c.server, uri);
    if (status != EXIT_FINE)
        return status;
    run(&c, horizon, figures);
    progress_count_end(&pace->progress, c.next, "facts on the record");
    plan_server_close(&c.server);
    return c.player.status;
}
