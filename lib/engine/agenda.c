/* agenda.c - see agenda.h. */
#include "engine/agenda.h"

#include "engine/ticket.h"

static bool hurries(const sla_engine *engine, uint32_t slot)
{
    return engine->hurry.at != SLA_NEVER && engine->hurry.id == slot;
}

void sla__agenda_set(sla_engine *engine, uint32_t slot, sla_time at, uint64_t order)
{
    if (hurries(engine, slot)) {
        engine->hurry.at = SLA_NEVER;
        if (order == engine->hurry_order && at == sla__timers_at(&engine->timers, slot))
            return; /* as it was left, by far the most often */
    }
    sla__timers_set(&engine->timers, slot, at);
}

void sla__agenda_hurry(sla_engine *engine, uint32_t slot, sla_time at, uint64_t order,
                       sla_time later)
{
    const sla__timer other = engine->hurry;

    if (other.at != SLA_NEVER && other.id != slot)
        sla__timers_set(&engine->timers, other.id, other.at);
    engine->hurry = (sla__timer){at, slot};
    engine->hurry_order = order;
    sla__timers_set(&engine->timers, slot, later);
}

sla_time sla__agenda_at(const sla_engine *engine, uint32_t slot)
{
    return hurries(engine, slot) ? engine->hurry.at : sla__timers_at(&engine->timers, slot);
}

/* Does the ticket in a hurry come before another one, which may be itself, later? */
static bool comes_before(const sla_engine *engine, const sla__timer *other)
{
    return engine->hurry.at < other->at ||
           (engine->hurry.at == other->at && engine->hurry.at != SLA_NEVER &&
            engine->hurry_order < sla__ticket_number(engine, other->id));
}

bool sla__agenda_first(const sla_engine *engine, sla__timer *first_out)
{
    const sla__timer *const first = sla__timers_first(&engine->timers);

    *first_out = first == NULL || comes_before(engine, first) ? engine->hurry : *first;
    return first_out->at != SLA_NEVER;
}
