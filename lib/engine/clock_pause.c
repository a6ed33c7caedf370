/* clock_pause.c - the reasons for which a clock stands still. */
#include <assert.h>

#include "engine/clock_parts.h"

uint16_t sla__clock_held_reasons(sla__run *run, const sla__clock *clock)
{
    const sla__target *target = sla__clock_target(run, clock);
    sla__scene scene = sla__scene_of(run->policies, run->fold, SLA__NONE);
    uint16_t reasons = 0;

    for (uint32_t i = 0; i < target->pause_count; i++) {
        const sla__pause *pause = &run->policies->pauses[target->pause_first + i];

        if (pause->hold != SLA__IMPOSSIBLE && sla__holds(&scene, pause->hold))
            reasons |= (uint16_t)(1u << i);
    }
    return reasons;
}

uint16_t sla__clock_fact_reasons(const sla__run *run, const sla__clock *clock)
{
    const sla__target *target = sla__clock_target(run, clock);
    uint16_t reasons = 0;

    for (uint32_t i = 0; i < target->pause_count; i++) {
        if (run->policies->pauses[target->pause_first + i].on != SLA__IMPOSSIBLE)
            reasons |= (uint16_t)(1u << i);
    }
    return reasons;
}

/* A reason whose cap was reached cannot pause the clock again in this cycle. */
static bool is_capped(const sla__run *run, const sla__clock *clock, size_t pause)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        if (note->step == pause && (note->flags & SLA__NOTE_CAPPED))
            return true;
    }
    return false;
}

static void begin_reason(sla__run *run, sla__clock *clock, size_t number, sla_time at)
{
    const sla__pause *pause = sla__clock_pause(run, clock, number);
    uint32_t ordinal = 1;
    sla__note *note = NULL;

    if (pause->cap == 0 && pause->follow_up == 0)
        return;
    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL)
        ordinal += note->step == number;
    note = sla__fold_note(run->fold, clock, SLA__NOTE_REASON);
    note->a = at;
    note->b = SLA_NEVER;
    note->n = ordinal;
    note->step = (uint8_t)number;
}

static void end_reason(sla__run *run, const sla__clock *clock, size_t number, sla_time at)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_REASON, note)) != NULL) {
        if (note->step == number && note->b == SLA_NEVER)
            note->b = at;
    }
}

static void stand_still(sla__run *run, sla__clock *clock, sla_time at)
{
    sla__note *note = sla__fold_note(run->fold, clock, SLA__NOTE_PAUSE);

    note->a = at;
    note->b = SLA_NEVER;
    clock->flags |= SLA__NOTED;
    if (clock->state == SLA_RUNNING) {
        clock->state = SLA_PAUSED;
        clock->mark_at = at > clock->start_at ? at : clock->start_at;
    }
}

/* All the reasons that the pause had while it lasted. */
static void name_reasons(sla__run *run, const sla__clock *clock)
{
    sla__note *note = NULL;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, note)) != NULL) {
        if (note->b == SLA_NEVER)
            note->n |= clock->reasons;
    }
}

/* The note of the pause moves to the end: notes count in the order in which
 * pauses ended and extensions came. */
static void go_on(sla__run *run, sla__clock *clock, sla_time at, sla__cause cause)
{
    sla__note *note = NULL;
    sla__note ended;

    while ((note = sla__note_next(run->fold, clock, SLA__NOTE_PAUSE, note)) != NULL) {
        if (note->b == SLA_NEVER)
            break;
    }
    assert(note != NULL);
    ended = *note;
    ended.b = at;
    sla__note_remove(run->fold, note);
    if (ended.a < at)
        run->fold->notes[run->fold->note_count++] = ended;
    if (clock->state == SLA_PAUSED) {
        clock->state = SLA_RUNNING;
        clock->mark_at = SLA_NEVER;
        sla__clock_replan(run, clock, at, cause);
    }
}

void sla__clock_set_reasons(sla__run *run, sla__clock *clock, uint16_t reasons, sla_time at,
                            sla__cause cause)
{
    const uint16_t had = clock->reasons;
    const uint16_t target = clock->target;
    const uint16_t cycle = clock->cycle;
    const uint32_t count = sla__clock_target(run, clock)->pause_count;

    for (uint32_t i = 0; i < count; i++) {
        if ((reasons & ~had) >> i & 1 && is_capped(run, clock, i))
            reasons &= (uint16_t) ~(1u << i);
    }
    if (reasons == had)
        return;
    if ((reasons & ~had) != 0 &&
        !sla__fold_reserve(run->fold, &run->engine->allocator, run->policies,
                           run->fold->clock_count, run->fold->note_count + count + 2)) {
        run->result = SLA_ERR_NOMEM;
        return;
    }
    clock->reasons = reasons;
    for (uint32_t i = 0; i < count; i++) {
        if ((reasons & ~had) >> i & 1)
            begin_reason(run, clock, i, at);
        if ((had & ~reasons) >> i & 1)
            end_reason(run, clock, i, at);
    }
    if (had == 0)
        stand_still(run, clock, at);
    if (reasons != 0)
        name_reasons(run, clock);
    else
        go_on(run, clock, at, cause);
    run->effects = run->grew = run->moved = true;
    /* Going on may breach and so begin a cycle: the clock may have moved. */
    sla__clock_arm(run, sla__fold_clock(run->fold, target, cycle));
}
