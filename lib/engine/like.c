/* like.c - see like.h. */
#include "engine/like.h"

#include "engine/state.h"

static int adopt(sla_engine *to, const sla_engine *from, size_t number, uint32_t rules_before)
{
    const sla__world *const world = &from->worlds[number];
    sla_policies *const policies =
        world->rules > rules_before ? from->rules[world->rules - 1].policies : NULL;
    sla_calendar **const calendars =
        sla__new(&from->allocator, world->calendar_count, sizeof(sla_calendar *));
    int result;

    if (calendars == NULL)
        return SLA_ERR_NOMEM;
    for (uint32_t i = 0; i < world->calendar_count; i++)
        calendars[i] = from->adopted[world->calendar_first + i].calendar;
    result = sla_engine_adopt(to, policies, calendars, world->calendar_count, world->at, NULL);
    sla__free(&from->allocator, calendars);
    return result;
}

int sla__engine_like(const sla_engine *engine, sla_engine **engine_out)
{
    const sla_engine_options options = {.size = sizeof options, .allocator = &engine->allocator};
    sla_engine *like;
    int result = sla_engine_new(&options, &like);
    uint32_t rules = 0;

    if (result != SLA_OK)
        return result;
    for (size_t i = 0; i < engine->world_count && result == SLA_OK; i++) {
        result = adopt(like, engine, i, rules);
        rules = engine->worlds[i].rules;
    }
    like->next_number = engine->next_number;
    if (result == SLA_OK)
        *engine_out = like;
    else
        sla_engine_free(like);
    return result;
}
