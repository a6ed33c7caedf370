/* told_across.c - truth before and after a ticket went over to other policies. */
#include "engine/migrate.h"
#include "engine/told_parts.h"

/* All that the comparison could ask for: what waits is not translated back. */
static bool reserve(sla_engine *engine, const sla__fold *before, sla__fold *after,
                    const sla__tells *passings, sla__tells *tells)
{
    const sla_policies *policies = sla__rules_of(engine, before);
    size_t room = passings->count + 2 * before->note_count;

    for (size_t i = 0; i < before->clock_count; i++)
        room += policies->targets[before->clocks[i].target].step_count + 5u;
    return sla__grow(&engine->allocator, (void **)&tells->items, &tells->capacity,
                     tells->count + room, sizeof(sla__tell)) &&
           sla__fold_reserve(after, &engine->allocator, sla__rules_of(engine, after),
                             after->clock_count, after->note_count + 2 * room);
}

int sla__told_compare_across(sla_engine *engine, const sla__fold *before, sla__fold *after,
                             const sla__source *source, const sla__tells *passings,
                             sla__tells *tells)
{
    const sla__pair pair = {sla__rules_of(engine, before), sla__rules_of(engine, after)};
    sla__fold translated;
    int result = SLA_ERR_NOMEM;

    if (!sla__fold_translate(engine, before, after->rules, &translated))
        return SLA_ERR_NOMEM;
    if (reserve(engine, &translated, after, passings, tells)) {
        sla__tells_translate(&pair, tells, 0);
        result = sla__told_compare(engine, &translated, after, source, passings, tells);
    }
    sla__fold_fini(&translated, &engine->allocator);
    return result;
}
