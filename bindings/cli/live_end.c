/*
 * live_end.c - how sla run ends: what is recorded is delivered first, and what others
 * have to do for it is waited for, though not for ever.
 */
#include "cli.h"
#include "live_parts.h"
#include "service_drive.h"

void live_begin_end(live *l)
{
    if (l->ending)
        return;
    l->ending = true;
    feed_end(&l->feed);
    jobs_end(&l->jobs, l->options->store.kind != STORE_MEMORY);
    notify_say(&l->notify, "STOPPING=1\nSTATUS=delivering what is recorded");
}

/* ------------------------------------------------------------ what there is to do */

static bool is_told(const live *l)
{
    return line_out_is_empty(&l->out) && jobs_are_done(&l->jobs);
}

/* All that was read is on the record; then the figures are in `stats`. */
static bool is_recorded(const live *l, sla_service_stats *stats)
{
    *stats = (sla_service_stats){.size = sizeof *stats};
    sla_service_get_stats(l->service, stats);
    return l->feed.ended && feed_is_empty(&l->feed) && feed_is_answered(&l->feed) &&
           stats->queued == 0 && stats->units_in_flight == 0;
}

/* Nothing is on its way, and nothing more can fall due, or be told when it is tried again. */
static bool is_idle(live *l)
{
    sla_service_stats stats;

    return sla_service_get_state(l->service) == SLA_SERVICE_LIVE && is_told(l) &&
           is_recorded(l, &stats) && stats.unacknowledged == 0 && stats.backlog == 0 &&
           stats.next_at == SLA_NEVER && !left_aside_waits(&l->aside, &stats, monotonic_now());
}

/* Nothing more can be tried: what is left is behind programs that failed, or would be. */
static bool is_stuck(const live *l, const sla_service_stats *stats)
{
    return l->jobs.count > 0 && jobs_are_done(&l->jobs) &&
           l->jobs.acknowledged == stats->acknowledged &&
           (stats->backlog == 0 || l->jobs.count >= JOBS_WAITING_MAX);
}

/* What was on the record when the input had ended is told: acknowledged, or given up
 * after its program failed once more.  A stop delivers only what is at hand, not what
 * waits in the store for its turn. */
static bool is_drained(live *l, bool again)
{
    sla_service_stats stats;

    if (l->out.broken)
        return feed_is_empty(&l->feed);
    if (!is_recorded(l, &stats))
        return false;
    if (l->out.left)
        return true;
    if (!l->counted) {
        l->counted = true;
        l->to_tell = stats.acknowledged + stats.unacknowledged + stats.backlog;
    }
    return stats.acknowledged >= l->to_tell || stats.unacknowledged + stats.backlog == 0 ||
           (!again && is_stuck(l, &stats));
}

/* Programs have a limit of their own. */
static patience_for waits_for(const live *l)
{
    if (!line_out_is_empty(&l->out))
        return FOR_READER;
    return jobs_are_done(&l->jobs) ? FOR_STORE : FOR_NOTHING;
}

static int exit_without_store(const live *l)
{
    return sla_service_health(l->service, NULL) == SLA_ERR_BUSY ? EXIT_HELD : EXIT_MACHINE;
}

static void give_up_store(live *l)
{
    if (feed_left(&l->feed) > 0)
        left_say_unrecorded(feed_left(&l->feed));
    l->status = exit_with(l->status, exit_without_store(l));
    l->given_up = true;
}

/* An end waits for others as long as something comes of it, and a little longer; for a
 * store that never was there only where there is something to write. */
static void be_patient(live *l)
{
    const bool loading = sla_service_get_state(l->service) == SLA_SERVICE_LOADING;
    const bool away = sla_service_health(l->service, NULL) == SLA_ERR_STORE;
    const patience_for what = waits_for(l);
    sla_service_stats stats;
    const bool recorded = is_recorded(l, &stats);

    if (loading && away && recorded) {
        l->given_up = true;
        return;
    }
    if (what == FOR_STORE && l->store_patience.over) {
        give_up_store(l);
        return;
    }
    if (!patience_is_over(&l->patience, what,
                          what == FOR_READER ? l->out.written
                                             : stats.facts + stats.acknowledged + l->feed.recorded,
                          what == FOR_STORE && (away || loading), monotonic_now()))
        return;
    if (what == FOR_READER)
        line_out_leave(&l->out);
    else
        give_up_store(l);
}

/* What another has may be given back before anything is loaded. */
static bool is_lost(const live *l)
{
    const sla_service_state state = sla_service_get_state(l->service);

    return state == SLA_SERVICE_HELD || sla_service_given_up(l->service) != SLA_OK ||
           (state == SLA_SERVICE_LOADING && sla_service_health(l->service, NULL) != SLA_ERR_BUSY);
}

bool live_is_over(const live *l)
{
    if (l->lost != EXIT_FINE || l->given_up)
        return true;
    return sla_service_get_state(l->service) == SLA_SERVICE_STOPPED && is_told(l);
}

void live_come_to_an_end(live *l, bool again)
{
    if (l->out.broken || l->feed.broken) {
        l->status = exit_with(l->status, EXIT_MACHINE);
        live_begin_end(l);
    }
    if (l->options->until_idle && l->ready && is_idle(l))
        live_begin_end(l);
    if (!l->ending && store_patience_is_over(&l->store_patience, l->service)) {
        l->status = exit_with(l->status, exit_without_store(l));
        live_begin_end(l);
    }
    if (is_lost(l))
        l->lost = service_drive_health(l->service);
    if (l->ending && !live_is_over(l))
        be_patient(l);
    if (l->ending && !l->stopping && is_drained(l, again)) {
        l->stopping = true;
        sla_service_stop(l->service);
    }
}
