/* plan_sweep.c - see plan_sweep.h: one desk. */
#include "plan_sweep.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"

static plan_row *find(const plan_sweep *sweep, int32_t handlers)
{
    for (size_t i = 0; i < sweep->count; i++)
        if (sweep->rows[i].handlers == handlers)
            return &sweep->rows[i];
    return NULL;
}

int plan_behind(const plan_horizon *horizon, const plan_figures *figures)
{
    const plan_profile *profile = horizon->profile;

    for (size_t i = 0; i < profile->desk_count; i++)
        if (!plan_keeps_up(plan_profile_load(profile, (int)i), &figures->desks[i],
                           (double)(horizon->until - horizon->figures_from)))
            return (int)i;
    return PLAN_NOBODY;
}

void plan_sweep_add(plan_sweep *sweep, int32_t handlers, const plan_figures *figures)
{
    size_t at = sweep->count++;
    plan_row *row;

    sweep->rows = need_room(sweep->rows, &sweep->capacity, sweep->count, sizeof *sweep->rows);
    for (; at > 0 && sweep->rows[at - 1].handlers > handlers; at--)
        sweep->rows[at] = sweep->rows[at - 1];
    row = &sweep->rows[at];
    *row = (plan_row){.handlers = handlers,
                      .met = figures->met,
                      .breached = figures->breached,
                      .open = figures->open,
                      .breaches = figures->breaches,
                      .behind = plan_behind(sweep->horizon, figures),
                      .live_most = figures->live_most,
                      .desk = figures->desks[sweep->desk]};
    memcpy(row->escalated, figures->escalated, sizeof row->escalated);
    for (int i = 0; i < PLAN_HOURS; i++)
        row->breached_hour[i] = figures->hours[i].breached;
}

/* One more course, where there was none with so many. */
static int run(plan_sweep *sweep, int32_t handlers)
{
    const plan_profile *profile = sweep->horizon->profile;
    int32_t *most;
    plan_figures figures;
    int status;

    if (find(sweep, handlers) != NULL)
        return EXIT_FINE;
    most = need_memory(profile->desk_count, sizeof *most);
    for (size_t i = 0; i < profile->desk_count; i++)
        most[i] = (int)i == sweep->desk ? handlers : profile->desks[i].most;
    plan_figures_init(&figures, profile->desk_count);
    status = plan_replay(sweep->horizon, most, sweep->pace, &figures, NULL);
    if (status == EXIT_FINE)
        plan_sweep_add(sweep, handlers, &figures);
    plan_figures_fini(&figures);
    free(most);
    return status;
}

int plan_sweep_range(plan_sweep *sweep, int32_t first, int32_t last, int32_t step)
{
    const size_t halvings = plan_pace_halvings(sweep->horizon->profile->desks[sweep->desk].most);
    int status = EXIT_FINE;

    sweep->first = first;
    sweep->last = last;
    sweep->pace->here = (size_t)((last - first) / step) + 1 + halvings;
    for (int32_t handlers = first; handlers <= last && status == EXIT_FINE; handlers += step)
        status = run(sweep, handlers);
    return status;
}

static bool keeps(const plan_row *row, double share)
{
    return row->behind == PLAN_NOBODY && plan_on_time(row->met, row->breached, row->open) >= share;
}

/* `high` keeps them, `low` does not (0 never would). */
static int halve(plan_sweep *sweep, int32_t low, int32_t high, double share)
{
    while (high - low > 1) {
        const int32_t middle = low + (high - low) / 2;
        int status;

        sweep->pace->here = plan_pace_halvings(high - low);
        status = run(sweep, middle);
        if (status != EXIT_FINE)
            return status;
        if (keeps(find(sweep, middle), share))
            high = middle;
        else
            low = middle;
    }
    return EXIT_FINE;
}

/* Whether twice as many as in `half` did nothing for anybody at this desk, nor would more. */
static bool helps_nobody(const plan_sweep *sweep, const plan_row *row, const plan_row *half)
{
    return half != NULL && row->desk.wait == half->desk.wait &&
           (row->behind != sweep->desk || row->desk.there <= 0);
}

static int search(plan_sweep *sweep, double share)
{
    int32_t low = 0, high = sweep->horizon->profile->desks[sweep->desk].most;

    for (;;) {
        const plan_row *row;
        int status;

        sweep->pace->here = 1 + plan_pace_halvings(high - low);
        status = run(sweep, high);
        if (status != EXIT_FINE)
            return status;
        row = find(sweep, high);
        if (keeps(row, share))
            return halve(sweep, low, high, share);
        if (high == PLAN_HANDLERS_MAX || helps_nobody(sweep, row, find(sweep, low)))
            return EXIT_FINE;
        low = high;
        high = high > PLAN_HANDLERS_MAX / 2 ? PLAN_HANDLERS_MAX : high * 2;
    }
}

/* Rows that were to be tried anyway may have fewer. */
int plan_sweep_search(plan_sweep *sweep, double share)
{
    int status = search(sweep, share);

    for (size_t i = 0; i < sweep->count && status == EXIT_FINE && sweep->enough == 0; i++)
        if (keeps(&sweep->rows[i], share))
            sweep->enough = sweep->rows[i].handlers;
    return status;
}

void plan_sweep_fini(plan_sweep *sweep)
{
    free(sweep->rows);
}
