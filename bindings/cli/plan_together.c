/* plan_together.c - see plan_sweep.h: all desks at once. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "plan_sweep.h"

typedef struct search {
    const plan_horizon *horizon;
    plan_pace *pace;
    double share;
    plan_together *found; /* the last course that kept it, or the best before */
    bool kept;            /* ... it was kept */
    double wait;          /* of the last one, at all desks */
    int behind;           /* ... a desk whose queue grew, and nobody was there to see to it: */
    bool alone;
    int status;
} search;

/* Whether it is better than the best so far; desks that keep up go before. */
static bool is_better(const search *s, double on_time)
{
    const plan_together *best = s->found;

    if (best->handlers[0] == 0 || (s->behind == PLAN_NOBODY) != (best->behind == PLAN_NOBODY))
        return best->handlers[0] == 0 || s->behind == PLAN_NOBODY;
    return on_time > best->on_time;
}

static void remember(search *s, const int32_t *handlers, double on_time)
{
    memcpy(s->found->handlers, handlers, s->horizon->profile->desk_count * sizeof *handlers);
    s->found->on_time = on_time;
    s->found->behind = s->behind;
}

/* Whether so many keep the promises; false also after a failure. */
static bool keep(search *s, const int32_t *handlers)
{
    const size_t desks = s->horizon->profile->desk_count;
    plan_figures figures;
    double on_time;
    bool kept;

    plan_figures_init(&figures, desks);
    s->status = plan_replay(s->horizon, handlers, s->pace, &figures, NULL);
    on_time = plan_on_time(figures.met, figures.breached, figures.open);
    s->behind = plan_behind(s->horizon, &figures);
    s->alone = s->behind != PLAN_NOBODY && figures.desks[s->behind].there <= 0;
    s->wait = 0;
    for (size_t i = 0; i < desks; i++)
        s->wait += figures.desks[i].wait;
    plan_figures_fini(&figures);
    kept = s->status == EXIT_FINE && s->behind == PLAN_NOBODY && on_time >= s->share;
    if (kept || (s->status == EXIT_FINE && !s->kept && is_better(s, on_time)))
        remember(s, handlers, on_time);
    s->kept |= kept;
    return kept;
}

/* `part` of `whole` of those of the profile, rounded up. */
static void multiply(const search *s, int64_t part, int64_t whole, int32_t *handlers)
{
    const plan_profile *profile = s->horizon->profile;

    for (size_t i = 0; i < profile->desk_count; i++) {
        const int64_t wanted = (profile->desks[i].most * part + whole - 1) / whole;

        handlers[i] = wanted > PLAN_HANDLERS_MAX ? PLAN_HANDLERS_MAX : (int32_t)wanted;
    }
}

/* Whether no desk can have more. */
static bool are_most(const search *s, const int32_t *handlers)
{
    for (size_t i = 0; i < s->horizon->profile->desk_count; i++)
        if (handlers[i] < PLAN_HANDLERS_MAX)
            return false;
    return true;
}

/* What taking away from the desks from `desk` on costs, about. */
static size_t takes_about(const plan_profile *profile, size_t desk)
{
    size_t courses = 0;

    for (; desk < profile->desk_count; desk++)
        courses += 1 + plan_pace_halvings(profile->desks[desk].most) / 2; /* near first */
    return courses;
}

/* The least multiple of 1 / `whole` that keeps them, or 0. */
static int64_t least_multiple(search *s, int64_t whole, int32_t *handlers)
{
    int64_t low = 0, high = whole;
    double wait = -1;

    for (;; low = high, high *= 2) {
        multiply(s, high, whole, handlers);
        s->pace->here = 1 + plan_pace_halvings(high - low) + takes_about(s->horizon->profile, 0);
        if (keep(s, handlers))
            break;
        if (s->status != EXIT_FINE || are_most(s, handlers) ||
            (s->wait == wait && (s->behind == PLAN_NOBODY || s->alone)))
            return 0; /* nobody waits less: more do not help */
        wait = s->wait;
    }
    while (high - low > 1 && s->status == EXIT_FINE) {
        const int64_t middle = low + (high - low) / 2;

        multiply(s, middle, whole, handlers);
        s->pace->here = plan_pace_halvings(high - low) + takes_about(s->horizon->profile, 0);
        if (keep(s, handlers))
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* The fewest at one desk that keep them, the others as they are. */
static void take_from(search *s, int32_t *handlers, size_t desk)
{
    int32_t low = 0, high = handlers[desk], step = 1; /* little can go: look near first */

    for (; high - low > 1 && s->status == EXIT_FINE; step = (high - low) / 2) {
        handlers[desk] = high - step;
        s->pace->here =
            1 + plan_pace_halvings(high - low) / 2 + takes_about(s->horizon->profile, desk + 1);
        if (keep(s, handlers))
            high = handlers[desk];
        else
            low = handlers[desk];
        handlers[desk] = high;
    }
}

static int32_t most_of(const plan_profile *profile)
{
    int32_t most = 1;

    for (size_t i = 0; i < profile->desk_count; i++)
        if (profile->desks[i].most > most)
            most = profile->desks[i].most;
    return most;
}

size_t plan_together_about(const plan_profile *profile)
{
    return 1 + plan_pace_halvings(most_of(profile)) + takes_about(profile, 0);
}

int plan_together_search(const plan_horizon *horizon, plan_pace *pace, double share,
                         plan_together *together)
{
    const plan_profile *profile = horizon->profile;
    search s = {.horizon = horizon, .pace = pace, .share = share, .found = together};
    int32_t *handlers = need_memory(profile->desk_count, sizeof *handlers);
    const int32_t whole = most_of(profile);
    int64_t part;

    memset(together->handlers, 0, profile->desk_count * sizeof *handlers);
    part = least_multiple(&s, whole, handlers);
    together->kept = part > 0 && s.status == EXIT_FINE;
    if (together->kept)
        multiply(&s, part, whole, handlers);
    for (size_t i = 0; i < profile->desk_count && together->kept && s.status == EXIT_FINE; i++)
        take_from(&s, handlers, i);
    free(handlers);
    return s.status;
}
