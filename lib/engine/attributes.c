/* attributes.c - what the facts of a ticket have set, for those who keep it in
 * columns; asked of the facts, not of the policies, which read only some of it. */
#include "engine/rest.h"
#include "engine/ticket.h"

/* All facts of the ticket, or NULL where they are in a store. */
static const sla__history *history_of(const sla_engine *engine, uint32_t slot)
{
    const sla__ticket *const ticket = sla__ticket_read(engine, slot);

    if (sla__history_is_whole(&ticket->history))
        return &ticket->history;
    return engine->recorded_slot == slot + 1 && engine->recorded.used > 0 ? &engine->recorded
                                                                          : NULL;
}

int sla_engine_attributes(sla_engine *engine, sla_string tenant, sla_string ticket,
                          sla_attribute *attributes, size_t capacity, size_t *count_out)
{
    const uint32_t slot = sla__ticket_find(engine, tenant, ticket);
    const sla__history *history;
    size_t count = 0;

    if (slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    history = history_of(engine, slot);
    if (history == NULL)
        return SLA_NEED_HISTORY;
    if (!sla__order_reserve(&engine->order, &engine->allocator, history->count))
        return SLA_ERR_NOMEM;
    sla__history_order(history, &engine->order);
    for (size_t i = 0; i < engine->order.count; i++) {
        sla__read read;

        sla__history_read(history, engine->order.entries[i].offset, &read);
        for (size_t k = 0; k < read.fact.attribute_count; k++, count++) {
            if (count < capacity)
                attributes[count] = read.attributes[k];
        }
    }
    *count_out = count;
    return SLA_OK;
}
