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

    sweep->pace->here = (size_t)((last - first) / step) + 1 + halvings;
    for (int32_t handlers = first; handlers <= last && status == EXIT_FINE; handlers += step)
        status = run(sweep, handlers);
    return status;
}

static bool keeps(const plan_sweep *sweep, int32_t handlers, double share)
{
    const plan_row *row = find(sweep, handlers);

    return plan_on_time(row->met, row->breached) >= share;
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
        if (keeps(sweep, middle, share))
            high = middle;
        else
            low = middle;
    }
    sweep->enough = high;
    return EXIT_FINE;
}

int plan_sweep_search(plan_sweep *sweep, double share)
{
    int32_t low = 0, high = sweep->horizon->profile->desks[sweep->desk].most;

    for (;;) {
        int status;

        sweep->pace->here = 1 + plan_pace_halvings(high - low);
        status = run(sweep, high);
        if (status != EXIT_FINE)
            return status;
        if (keeps(sweep, high, share))
            return halve(sweep, low, high, share);
        if (high == PLAN_HANDLERS_MAX ||
            (low > 0 && find(sweep, high)->desk.wait == find(sweep, low)->desk.wait))
            return EXIT_FINE;
        low = high;
        high = high > PLAN_HANDLERS_MAX / 2 ? PLAN_HANDLERS_MAX : high * 2;
    }
}

void plan_sweep_fini(plan_sweep *sweep)
{
    free(sweep->rows);
}
