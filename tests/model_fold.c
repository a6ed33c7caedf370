/* model_fold.c - see model_truth.h: a timeline folded from nothing. */
#include "model_truth.h"

#include <stdlib.h>
#include <string.h>

/* The calendars of a world, by their numbers in the ticket's policies. */
static void take_calendars(model_truth *truth, const model_world *world)
{
    for (size_t i = 0; i < truth->set->calendar_count; i++) {
        const char *name = sla__policies_symbol(truth->set, truth->set->calendars[i]);

        for (size_t j = 0; j < world->calendar_count; j++)
            if (strcmp(sla_calendar_name(world->calendars[j]), name) == 0)
                truth->calendars[i] = world->calendars[j];
    }
}

/* As if known from the start, for clocks that run or stand still. */
static void apply_world(model_truth *truth, const model_item *item)
{
    const sla_calendar *before[MODEL_CALENDARS];

    memcpy(before, truth->calendars, sizeof before);
    model_remember_dues(truth);
    for (size_t i = 0; i < truth->clock_count; i++)
        truth->clocks[i]->was_provisional =
            model_live(truth->clocks[i]) && truth->clocks[i]->provisional;
    take_calendars(truth, &truth->timeline->worlds[item->world]);
    for (size_t i = 0; i < truth->clock_count; i++) {
        model_clock *clock = truth->clocks[i];

        if (!model_live(clock) || clock->calendar == SLA__NONE ||
            truth->calendars[clock->calendar] == before[clock->calendar])
            continue;
        model_replan(truth, clock, item->at, "calendar_changed");
        if (clock->was_provisional && !clock->provisional && clock->due_before == clock->plan.due)
            truth->moves[truth->move_count++] = (model_move){.policy = clock->policy,
                                                             .target = clock->target,
                                                             .cycle = clock->cycle,
                                                             .at = item->at,
                                                             .when = item->at,
                                                             .old_due = clock->plan.due,
                                                             .new_due = clock->plan.due,
                                                             .world = item->world,
                                                             .because = "calendar_changed",
                                                             .confirmed = true};
    }
    model_note_moves(truth, item->at, 0, item->world, NULL);
}

typedef struct next {
    sla_time at;
    enum { NOTHING, FACT, DERIVED, INSTANT, WORLD } what;
    model_clock *clock;
    model_instant instant;
} next;

static void consider(next *best, sla_time at, int what, model_clock *clock,
                     const model_instant *instant)
{
    if (best->what != NOTHING && (best->at < at || (best->at == at && (int)best->what <= what)))
        return;
    *best = (next){.at = at, .what = what, .clock = clock};
    if (instant != NULL)
        best->instant = *instant;
}

static next find_next(model_truth *truth, size_t item)
{
    next best = {.at = SLA_NEVER, .what = NOTHING};

    if (item < truth->timeline->count) {
        const model_item *it = &truth->timeline->items[item];

        consider(&best, it->at, it->fact != NULL ? FACT : WORLD, NULL, NULL);
    }
    if (truth->pending_count > 0)
        consider(&best, truth->pending[0].at, DERIVED, NULL, NULL);
    for (size_t i = 0; i < truth->clock_count; i++) {
        model_instant instant;

        if (model_clock_next(truth, truth->clocks[i], &instant))
            consider(&best, instant.at, INSTANT, truth->clocks[i], &instant);
    }
    return best;
}

static void pass(model_truth *truth, const next *coming)
{
    model_remember_dues(truth);
    if (coming->what == DERIVED) {
        const model_derived derived = truth->pending[0];

        memmove(&truth->pending[0], &truth->pending[1],
                --truth->pending_count * sizeof truth->pending[0]);
        model_apply_derived(truth, &derived);
    } else {
        model_clock_pass(truth, coming->clock, &coming->instant, coming->at);
    }
    model_note_moves(truth, coming->what == INSTANT ? coming->instant.at : coming->at, 0, 0, NULL);
}

/* The policies that were in force when the ticket was opened. */
static const sla_policies *set_of(const model_timeline *timeline)
{
    return timeline->worlds[timeline->first_world].policies;
}

static bool fact_follows(const model_timeline *timeline, size_t item, sla_time now)
{
    return item < timeline->count && timeline->items[item].fact != NULL &&
           timeline->items[item].at == now;
}

/* One is made for every question: what need not be cleared is not. */
static model_truth *truth_new(const model_timeline *timeline)
{
    const sla_policies *set = set_of(timeline);
    model_truth *truth = malloc(sizeof *truth + set->target_count * sizeof(model_memory));

    memset(truth, 0, offsetof(model_truth, moves));
    for (size_t i = 0; i < set->target_count; i++)
        memset(&truth->memory[i], 0, offsetof(model_memory, pauses.notes));
    truth->set = set;
    truth->timeline = timeline;
    return truth;
}

model_truth *model_fold(const model_timeline *timeline, sla_time limit, bool passing,
                        const model_fact *watch)
{
    model_truth *truth = truth_new(timeline);
    size_t item = 0;

    truth->watch = watch;
    truth->now = truth->undone = truth->undone_itself = truth->last_fact_at = truth->last_instant =
        truth->world_at = INT64_MIN;
    take_calendars(truth, &timeline->worlds[timeline->first_world]);
    for (;;) {
        const next coming = find_next(truth, item);
        /* What is overdue (the cap of a pause that is older than its clock) comes now, before the
         * next fact of this very instant. */
        const bool overdue = coming.at < truth->now;
        const sla_time now = overdue ? truth->now : coming.at;

        truth->item_count = item;
        truth->next_instant = coming.what == NOTHING ? SLA_NEVER : now;
        if (coming.what == NOTHING || now > limit ||
            (coming.what != FACT && now == limit && !passing &&
             !(overdue && fact_follows(timeline, item, now))))
            return truth;
        /* Within any poll that comes so far; what a new world derives, the engine leaves to it. */
        if (overdue || (coming.what == DERIVED && now == truth->world_at))
            truth->undone = now + 1;
        truth->now = now;
        if (coming.what == FACT) {
            truth->last_fact_at = now;
            truth->in_fact = true;
            model_apply(truth, &timeline->items[item++]);
            truth->in_fact = false;
        } else {
            truth->last_instant = overdue ? truth->last_instant : now;
            truth->world_at = coming.what == WORLD ? now : truth->world_at;
            if (coming.what == WORLD)
                apply_world(truth, &timeline->items[item++]);
            else
                pass(truth, &coming);
        }
    }
}

void model_truth_free(model_truth *truth)
{
    if (truth == NULL)
        return;
    for (size_t i = 0; i < truth->clock_count; i++)
        free(truth->clocks[i]);
    free(truth);
}
