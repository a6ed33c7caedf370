/* plan_figures.c - see plan_figures.h. */
#include "plan_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

void plan_figures_init(plan_figures *figures, size_t desks)
{
    memset(figures, 0, sizeof *figures);
    figures->desks = need_memory(desks, sizeof *figures->desks);
    memset(figures->desks, 0, desks * sizeof *figures->desks);
}

void plan_figures_fini(plan_figures *figures)
{
    free(figures->desks);
    free(figures->promises);
}

void plan_peak_count(plan_peak *peak, sla_time at, sla_duration span)
{
    at -= at % span;
    if (at != peak->now_at) {
        peak->now_at = at;
        peak->now = 0;
    }
    if (++peak->now > peak->most) {
        peak->most = peak->now;
        peak->at = at;
    }
}

void plan_figures_fact(plan_figures *figures, int hour, bool opens, sla_time at)
{
    figures->facts++;
    figures->opened += opens;
    figures->hours[hour].facts++;
    figures->hours[hour].opened += opens;
    plan_peak_count(&figures->facts_second, at, SLA_SECOND);
    plan_peak_count(&figures->facts_hour, at, SLA_HOUR);
    plan_peak_count(&figures->work_hour, at, SLA_HOUR);
}

static plan_promise *promise_of(plan_figures *figures, const char *policy, const char *target)
{
    plan_promise *promise = figures->promises;

    for (size_t i = 0; i < figures->promise_count; i++, promise++)
        if (strcmp(promise->policy, policy) == 0 && strcmp(promise->target, target) == 0)
            return promise;
    figures->promises = need_room(figures->promises, &figures->promise_capacity,
                                  figures->promise_count + 1, sizeof *promise);
    promise = &figures->promises[figures->promise_count++];
    *promise = (plan_promise){.policy = policy, .target = target};
    return promise;
}

void plan_figures_promise(plan_figures *figures, const char *policy, const char *target,
                          plan_decided decided)
{
    plan_promise *promise = promise_of(figures, policy, target);

    if (decided == PLAN_MET) {
        figures->met++;
        promise->met++;
    } else if (decided == PLAN_BREACHED) {
        figures->breached++;
        promise->breached++;
    } else {
        figures->open++;
        promise->open++;
    }
}

void plan_figures_event(plan_figures *figures, int hour, const sla_event *event, sla_time now)
{
    plan_hour *h = &figures->hours[hour];

    figures->events++;
    h->events++;
    plan_peak_count(&figures->herd, now, 1);
    plan_peak_count(&figures->events_second, now, SLA_SECOND);
    plan_peak_count(&figures->events_hour, now, SLA_HOUR);
    plan_peak_count(&figures->work_hour, now, SLA_HOUR);
    if (event->kind == SLA_EVENT_BREACHED) {
        figures->breaches++;
        h->breached++;
    } else if (event->kind == SLA_EVENT_ESCALATED && event->level >= 1 &&
               event->level <= PLAN_LEVELS) {
        figures->escalated[event->level - 1]++;
        h->escalated[event->level - 1]++;
    }
}

void plan_figures_look(plan_figures *figures, int hour, const sla_engine_stats *stats, sla_time at)
{
    plan_hour *h = &figures->hours[hour];

    h->looks++;
    h->live += stats->live_tickets;
    if (stats->live_tickets > h->live_most)
        h->live_most = stats->live_tickets;
    if (stats->live_tickets > figures->live_most) {
        figures->live_most = stats->live_tickets;
        figures->live_most_at = at;
    }
    if (stats->bytes > figures->bytes_most) {
        figures->bytes_most = stats->bytes;
        figures->bytes_live = stats->live_tickets;
        figures->bytes_tickets = stats->tickets;
    }
}

double plan_on_time(uint64_t met, uint64_t breached, uint64_t open)
{
    const uint64_t all = met + breached + open;

    return all > 0 ? (double)met / (double)all : NAN;
}

/* Handlers at a desk that falls behind have no idle moment, so what they do, on shift and after
 * it, is all that it can do. */
bool plan_keeps_up(double load, const plan_desk_figures *desk, double span)
{
    return load <= 0 || load * span < (desk->there + desk->longer) * (1 - 1e-9);
}
