/* judged.c - see judged.h. */
#include "engine/judged.h"

#include "engine/counterpart.h"
#include "engine/fold.h"

sla__note *sla__judged_note(const sla__fold *fold, const sla__clock *clock)
{
    return clock->goal == SLA__NONE ? sla__note_next(fold, clock, SLA__NOTE_JUDGED, NULL) : NULL;
}

sla__judge sla__judged_by(const sla_engine *engine, const sla__fold *fold, const sla__clock *clock)
{
    const sla__note *note = sla__judged_note(fold, clock);
    const sla_policies *policies =
        note != NULL ? engine->rules[note->n].policies : sla__rules_of(engine, fold);
    const sla__target *target = &policies->targets[note != NULL ? note->flags : clock->target];
    const uint16_t calendar = note != NULL ? (uint16_t)note->m : clock->calendar;
    sla__judge judge = {sla__policies_symbol(policies, policies->policies[target->policy].version),
                        ""};

    if (calendar != SLA__NONE)
        judge.calendar = sla__policies_symbol(policies, policies->calendars[calendar]);
    return judge;
}

/* How many facts of the world came before the clock's end: those of its instant
 * come after the fact that ended it, unless that one was derived. */
static uint32_t world_of_end(const sla_engine *engine, const sla__ticket *ticket,
                             const sla__clock *clock)
{
    const bool derived = clock->end_seq == 0;
    uint32_t world = ticket->fold.world;

    while (world > ticket->world && (engine->worlds[world - 1].at > clock->mark_at ||
                                     (engine->worlds[world - 1].at == clock->mark_at && !derived)))
        world--;
    return world;
}

/* The calendar too is the one in force when the clock ended. */
static void look_back(const sla_engine *engine, const sla__ticket *ticket, uint32_t rules,
                      uint16_t calendar, sla__view *view)
{
    uint32_t world = world_of_end(engine, ticket, view->clock);

    view->calendar = sla__calendar_at(engine, rules, calendar, world);
    /* A derived fact may lie on either side of a world of its instant: the due tells. */
    while (view->calendar != NULL && world > ticket->world &&
           sla__plan_of(view).due != view->clock->due_at)
        view->calendar = sla__calendar_at(engine, rules, calendar, --world);
}

sla__view sla__judged_view(const sla_engine *engine, const sla__ticket *ticket,
                           const sla__clock *clock)
{
    const sla__note *note = sla__judged_note(&ticket->fold, clock);
    sla__view view = sla__view_of(engine, &ticket->fold, clock);

    if (note != NULL) {
        view.policies = engine->rules[note->n].policies;
        view.target = &view.policies->targets[note->flags];
        view.goal = &view.policies->goals[view.target->goal_first + (note->m >> 16)];
    }
    if (sla__clock_ended(clock) && view.goal != NULL)
        look_back(engine, ticket, note != NULL ? note->n : ticket->fold.rules,
                  note != NULL ? (uint16_t)note->m : clock->calendar, &view);
    return view;
}

void sla__judged_anew(const sla_engine *engine, sla__fold *fold, const sla__clock *clock)
{
    sla__note *judged = sla__note_next(fold, clock, SLA__NOTE_JUDGED, NULL);
    sla__note *pause = NULL;
    sla__pair pair;

    if (judged == NULL)
        return;
    pair = (sla__pair){engine->rules[judged->n].policies, sla__rules_of(engine, fold)};
    while ((pause = sla__note_next(fold, clock, SLA__NOTE_PAUSE, pause)) != NULL)
        pause->n = sla__pair_pauses(&pair, judged->flags, clock->target, pause->n);
    sla__note_remove(fold, judged);
}
