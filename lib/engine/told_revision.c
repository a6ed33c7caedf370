/* told_revision.c - how often the same thing was told and taken back. */
#include "engine/told_parts.h"

sla__told_key sla__told_key_of(const sla__tell *tell)
{
    sla__told_key key = {tell->target, tell->cycle, tell->step, 0, 0};

    switch ((sla__sort)tell->sort) {
    case SLA__SORT_END:
        key.step = (uint8_t)(SLA__KEY_END + tell->kind);
        key.n = tell->repeat;
        break;
    case SLA__SORT_AT_ONCE:
        key.step = SLA__KEY_AT_ONCE;
        key.n = tell->repeat;
        key.a = tell->rule;
        break;
    case SLA__SORT_CAP:
        key.step = (uint8_t)(SLA__KEY_CAP + tell->step);
        key.n = tell->repeat;
        break;
    case SLA__SORT_FOLLOW_UP:
        key.step = (uint8_t)(SLA__KEY_FOLLOW_UP + tell->step);
        key.n = tell->repeat;
        break;
    default:
        break;
    }
    return key;
}

static sla__note *find_revision(const sla__fold *fold, sla__told_key key)
{
    for (size_t i = 0; i < fold->note_count; i++) {
        sla__note *note = &fold->notes[i];

        if (note->kind == SLA__NOTE_REVISION && note->target == key.target &&
            note->cycle == key.cycle && note->step == key.step && note->n == key.n &&
            note->a == key.a)
            return note;
    }
    return NULL;
}

uint32_t sla__told_count(const sla__fold *fold, sla__told_key key)
{
    const sla__note *note = find_revision(fold, key);

    return note != NULL ? note->m : 0;
}

uint32_t sla__told_revision(const sla__fold *fold, const sla__tell *tell)
{
    return sla__told_count(fold, sla__told_key_of(tell));
}

int sla__told_revise(sla_engine *engine, sla__fold *fold, sla__told_key key)
{
    sla__note *note = find_revision(fold, key);

    if (note == NULL) {
        if (!sla__fold_reserve(fold, &engine->allocator, sla__rules_of(engine, fold),
                               fold->clock_count, fold->note_count + 1))
            return SLA_ERR_NOMEM;
        note = sla__fold_note(fold, NULL, SLA__NOTE_REVISION);
        note->target = key.target;
        note->cycle = key.cycle;
        note->step = key.step;
        note->n = key.n;
        note->a = key.a;
    }
    note->m++;
    return SLA_OK;
}
