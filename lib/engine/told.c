/* told.c - see told.h. */
#include "engine/told.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/told_parts.h"

/* --------------------------------------------------------------- undecided */

sla__note *sla__told_note(const sla__fold *fold, sla__note_kind kind, uint16_t target,
                          uint16_t cycle, uint8_t step, uint32_t n)
{
    for (size_t i = 0; i < fold->note_count; i++) {
        sla__note *note = &fold->notes[i];

        if (note->kind == kind && note->target == target && note->cycle == cycle &&
            note->step == step && (kind == SLA__NOTE_REPEAT || note->n == n))
            return note;
    }
    return NULL;
}

sla__note *sla__told_at_once(const sla__fold *fold, uint32_t rule, uint32_t seq, uint16_t cycle)
{
    for (size_t i = 0; i < fold->note_count; i++) {
        sla__note *note = &fold->notes[i];

        if (note->kind == SLA__NOTE_AT_ONCE && note->n == rule && note->m == seq &&
            note->cycle == cycle)
            return note;
    }
    return NULL;
}

sla_event_kind sla__told_end_kind(const sla__clock *clock)
{
    return clock->state == SLA_MET      ? SLA_EVENT_MET
           : clock->state == SLA_MISSED ? SLA_EVENT_MISSED
                                        : SLA_EVENT_CANCELLED;
}

static bool step_undecided(const sla__fold *fold, const sla__clock *clock, const sla__tell *tell)
{
    const uint32_t bit = UINT32_C(1) << tell->step;
    const sla__note *note;

    if (!(clock->held & bit))
        return false;
    if (tell->repeat == 0)
        return !(clock->told & bit);
    note = sla__told_note(fold, SLA__NOTE_REPEAT, tell->target, tell->cycle, tell->step, 0);
    return note != NULL && note->n >= tell->repeat && note->m < tell->repeat;
}

bool sla__told_undecided(const sla__fold *fold, const sla__tell *tell)
{
    const sla__clock *clock =
        tell->target == SLA__NONE ? NULL : sla__fold_clock(fold, tell->target, tell->cycle);
    const sla__note *note;

    switch ((sla__sort)tell->sort) {
    case SLA__SORT_STEP:
        return clock != NULL && step_undecided(fold, clock, tell);
    case SLA__SORT_END:
        return clock != NULL && sla__clock_ended(clock) &&
               sla__told_end_kind(clock) == tell->kind && clock->end_seq == tell->repeat &&
               clock->told_end == 0;
    case SLA__SORT_CAP:
        note = sla__told_note(fold, SLA__NOTE_REASON, tell->target, tell->cycle, tell->step,
                              tell->repeat);
        return note != NULL && (note->flags & SLA__NOTE_CAPPED) &&
               !(note->flags & SLA__NOTE_CAP_TOLD);
    case SLA__SORT_FOLLOW_UP:
        note = sla__told_note(fold, SLA__NOTE_REASON, tell->target, tell->cycle, tell->step,
                              tell->repeat);
        return note != NULL && (note->flags & SLA__NOTE_FOLLOWED) &&
               !(note->flags & SLA__NOTE_FOLLOW_TOLD);
    case SLA__SORT_AT_ONCE:
        note = sla__told_at_once(fold, tell->rule, tell->repeat, tell->cycle);
        return note != NULL && !(note->flags & SLA__NOTE_TOLD);
    default:
        return true; /* an announcement */
    }
}

void sla__told_decide(sla__fold *fold, const sla__tell *tell, bool quiet)
{
    sla__clock *clock =
        tell->target == SLA__NONE ? NULL : sla__fold_clock(fold, tell->target, tell->cycle);
    const uint32_t bit = UINT32_C(1) << (tell->step & 31);

    switch ((sla__sort)tell->sort) {
    case SLA__SORT_STEP:
        if (tell->repeat > 0) {
            sla__note *note =
                sla__told_note(fold, SLA__NOTE_REPEAT, tell->target, tell->cycle, tell->step, 0);

            note->m = tell->repeat;
            if (!quiet) {
                note->flags = note->flags == 0 ? (uint16_t)tell->repeat : note->flags;
                note->repeats.told = (uint16_t)tell->repeat;
            }
        } else {
            clock->told |= bit;
            clock->quiet = quiet ? clock->quiet | bit : clock->quiet & ~bit;
        }
        break;
    case SLA__SORT_END:
        clock->told_end = tell->kind;
        clock->told_end_seq = tell->repeat;
        clock->told_end_cause = tell->cause;
        break;
    case SLA__SORT_CAP:
        sla__told_note(fold, SLA__NOTE_REASON, tell->target, tell->cycle, tell->step, tell->repeat)
            ->flags |= SLA__NOTE_CAP_TOLD;
        break;
    case SLA__SORT_FOLLOW_UP:
        sla__told_note(fold, SLA__NOTE_REASON, tell->target, tell->cycle, tell->step, tell->repeat)
            ->flags |= SLA__NOTE_FOLLOW_TOLD;
        break;
    case SLA__SORT_AT_ONCE:
        sla__told_at_once(fold, tell->rule, tell->repeat, tell->cycle)->flags |= SLA__NOTE_TOLD;
        break;
    default:
        break;
    }
}

bool sla__told_heard(const sla__fold *fold, const sla__clock *clock, size_t step)
{
    const sla__note *note;

    if ((clock->told & ~clock->quiet) >> step & 1)
        return true;
    if (!(clock->told >> step & 1))
        return false;
    note = sla__told_note(fold, SLA__NOTE_REPEAT, clock->target, clock->cycle, (uint8_t)step, 0);
    return note != NULL && note->flags != 0;
}

void sla__told_skip(sla__fold *fold, const sla__tell *tell)
{
    sla__note *note =
        sla__told_note(fold, SLA__NOTE_REPEAT, tell->target, tell->cycle, tell->step, 0);

    note->repeats.skipped++;
}

uint32_t sla__told_skipped(sla__fold *fold, const sla__tell *tell)
{
    sla__note *note = tell->repeat > 0 ? sla__told_note(fold, SLA__NOTE_REPEAT, tell->target,
                                                        tell->cycle, tell->step, 0)
                                       : NULL;
    uint32_t skipped = 0;

    if (note != NULL) {
        skipped = note->repeats.skipped;
        note->repeats.skipped = 0;
    }
    return skipped;
}

/* ---------------------------------------------------------------- carrying */

static int carry_note(sla_engine *engine, const sla__note *note, sla__fold *to)
{
    sla__note *found;

    switch ((sla__note_kind)note->kind) {
    case SLA__NOTE_REVISION:
    case SLA__NOTE_AWAY:
        if (!sla__fold_reserve(to, &engine->allocator, sla__rules_of(engine, to), to->clock_count,
                               to->note_count + 1))
            return SLA_ERR_NOMEM;
        to->notes[to->note_count++] = *note;
        break;
    case SLA__NOTE_REPEAT:
        found = sla__told_note(to, SLA__NOTE_REPEAT, note->target, note->cycle, note->step, 0);
        if (found != NULL) {
            found->m = note->m;
            found->repeats.told = note->repeats.told;
            found->repeats.skipped = note->repeats.skipped;
            found->flags = note->flags;
        }
        break;
    case SLA__NOTE_REASON:
        found =
            sla__told_note(to, SLA__NOTE_REASON, note->target, note->cycle, note->step, note->n);
        if (found != NULL)
            found->flags |= note->flags & (SLA__NOTE_CAP_TOLD | SLA__NOTE_FOLLOW_TOLD);
        break;
    case SLA__NOTE_AT_ONCE:
        found = sla__told_at_once(to, note->n, note->m, note->cycle);
        if (found != NULL)
            found->flags |= note->flags & SLA__NOTE_TOLD;
        break;
    default:
        break;
    }
    return SLA_OK;
}

bool sla__told_carry(sla_engine *engine, const sla__fold *from, sla__fold *to)
{
    for (size_t i = 0; i < from->clock_count; i++) {
        const sla__clock *old = &from->clocks[i];
        sla__clock *made = sla__fold_clock(to, old->target, old->cycle);

        if (made == NULL)
            continue;
        made->told = old->told;
        made->quiet = old->quiet;
        made->told_end = old->told_end;
        made->told_end_seq = old->told_end_seq;
        made->told_end_cause = old->told_end_cause;
        memcpy(made->collapsed, old->collapsed, sizeof made->collapsed);
    }
    for (size_t i = 0; i < from->note_count; i++) {
        if (carry_note(engine, &from->notes[i], to) != SLA_OK)
            return false;
    }
    return true;
}
