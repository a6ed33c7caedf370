/* in_force.c - which policies a ticket has where one of its facts lies. */
#include <string.h>

#include "engine/migrate.h"
#include "engine/timeline.h"

static bool is_named(const sla_fact *fact, const char *name)
{
    return fact->name.length == strlen(name) &&
           memcmp(fact->name.data, name, fact->name.length) == 0;
}

/* Nothing that could change the policies lies between the fold and the fact. */
static bool follows_on(const sla__ticket *ticket, const sla_fact *fact)
{
    return fact->corrects.length == 0 && fact->withdraws.length == 0 &&
           !is_named(fact, "migrated") && fact->occurred_at < ticket->future_at &&
           sla__timeline_in_order(&ticket->fold, fact->occurred_at, ticket->next_seq);
}

/* Up to the fact and with it; before `opened` nothing migrates. */
static uint32_t walk(const sla__ticket *ticket, const sla__order *order, const sla_fact *fact,
                     size_t offset)
{
    uint32_t rules = ticket->rules;
    bool opened = false;

    for (size_t i = 0; i < order->count; i++) {
        const sla__entry *entry = &order->entries[i];
        sla__read read;

        if (entry->at > fact->occurred_at ||
            (entry->at == fact->occurred_at && entry->seq > ticket->next_seq))
            break;
        sla__history_read(&ticket->history, entry->offset, &read);
        opened |= is_named(&read.fact, "opened");
        if (opened && is_named(&read.fact, "migrated"))
            rules = read.rules;
        if (entry->offset == offset)
            break;
    }
    return rules;
}

int sla__rules_in_force(sla_engine *engine, const sla__ticket *ticket, const sla_fact *fact,
                        size_t offset, uint32_t *rules_out)
{
    /* Until it is opened it takes the newest with every fact. */
    *rules_out = ticket->opened ? ticket->fold.rules : (uint32_t)(engine->rules_count - 1);
    if (!ticket->opened || engine->rules_count == 1 || follows_on(ticket, fact))
        return SLA_OK;
    if (!sla__history_is_whole(&ticket->history))
        return SLA_NEED_HISTORY;
    if (!sla__order_reserve(&engine->order, &engine->allocator, ticket->history.count))
        return SLA_ERR_NOMEM;
    sla__history_order(&ticket->history, &engine->order);
    *rules_out = walk(ticket, &engine->order, fact, offset);
    return SLA_OK;
}
