/*
 * fetching.c - a ticket, or its facts, asked for from the store and taken in.
 */
#include "base/error.h"
#include "service/log.h"
#include "service/parts.h"

#include <sla/pack.h>

/* -------------------------------------------------------------------- asking */

void sla__fetch(sla_service *service, sla__line *line)
{
    const sla_store_ops *ops = service->store->ops;
    const uint64_t number = sla__ask_next(service);

    if (line->ask.asked || !sla__may_ask(service))
        return;
    line->failed = false;
    line->taken = SLA_ERR_NOT_FOUND;
    if (line->state == SLA__LINE_TICKET)
        sla__ask_made(service, &line->ask, SLA__ASK_TICKET, line,
                      ops->ticket(service->store, line->tenant, line->ticket, number));
    /* What is on its way belongs to the history as well. */
    if (line->state == SLA__LINE_HISTORY && line->units == 0)
        sla__ask_made(service, &line->ask, SLA__ASK_HISTORY, line,
                      ops->history(service->store, line->tenant, line->ticket, number));
}

/* ------------------------------------------------------------------ what came */

int sla__ticket_take_in(sla_service *service, sla__line *line, const sla_stored_ticket *ticket)
{
    /* While an event is lent out by the engine, the engine stands still. */
    const int result = service->has_stuck
                           ? SLA_ERR_NOMEM
                           : sla_engine_unpack(service->engine, line->tenant, line->ticket,
                                               ticket->state, ticket->state_length, NULL);

    if (result != SLA_OK)
        return result;
    line->on_record = true;
    line->ids_known = line->whole = false;
    line->live = ticket->live;
    line->next_at = ticket->next_at;
    service->live_clocks += line->live;
    service->live_tickets += line->live > 0;
    return SLA_OK;
}

void sla__fetch_ticket_came(sla_service *service, sla__line *line, const sla_stored_ticket *ticket)
{
    line->taken = sla__ticket_take_in(service, line, ticket);
}

void sla__fetch_drop(sla_service *service, sla__line *line)
{
    while (line->supply_first != NULL) {
        sla__kept_fact *const next = line->supply_first->next;

        sla__free(&service->allocator, line->supply_first);
        line->supply_first = next;
    }
    line->supply_last = NULL;
    line->supply_count = 0;
}

void sla__fetch_fact_came(sla_service *service, sla__line *line, const sla_stored_fact *fact)
{
    sla__kept_fact *const kept = line->failed ? NULL : sla__keep_fact(&service->allocator, fact);

    if (kept == NULL) {
        line->failed = true;
        sla__starve(service);
        return;
    }
    kept->next = NULL;
    if (line->supply_last != NULL)
        line->supply_last->next = kept;
    else
        line->supply_first = kept;
    line->supply_last = kept;
    line->supply_count++;
}

/* What cannot be read cannot be recorded upon. */
static void refuse(sla_service *service, sla__line *line, int result, sla__log_code code,
                   const char *text)
{
    sla__log(service, code, "result=%s", sla_result_name(result));
    sla__answer_all(service, &line->waiting, result, text);
}

static void cannot_be_read(sla_service *service, sla__line *line, int result, const char *text)
{
    refuse(service, line, result, SLA__LOG_TICKET_UNREADABLE, text);
    sla__line_set_aside(service, line);
    sla__line_blame(service, line, true);
}

static void ticket_done(sla_service *service, sla__line *line, int result)
{
    const bool known = line->known;

    line->known = known && result == SLA_ERR_STORE;
    if (result == SLA_ERR_NOT_FOUND && known) {
        /* Recorded as its first, the fact would be refused as one of a ticket that is there. */
        cannot_be_read(service, line, SLA_ERR_REFUSED,
                       "facts of the ticket are on the record, and the ticket is not");
        return;
    }
    if (result == SLA_ERR_NOT_FOUND || line->taken == SLA_OK)
        sla__line_blame(service, line, false);
    if (result == SLA_ERR_NOT_FOUND) {
        line->ids_known = true;
        line->on_record = false;
        line->state = SLA__LINE_READY;
        return;
    }
    if (line->taken == SLA_OK) { /* also when the store was lost behind it */
        line->state = SLA__LINE_READY;
        return;
    }
    if (result == SLA_OK && line->taken == SLA_ERR_NOMEM) {
        sla__starve(service);
        return;
    }
    if (result == SLA_OK || result != SLA_ERR_STORE)
        cannot_be_read(service, line, result == SLA_OK ? line->taken : result,
                       "what is on the record of the ticket cannot be read");
}

static void history_done(sla_service *service, sla__line *line, int result)
{
    if (result == SLA_OK && !line->failed) {
        line->whole = true; /* it is there; the engine gets it when the fact is recorded */
        return;
    }
    sla__fetch_drop(service, line);
    if (result == SLA_OK || result == SLA_ERR_STORE)
        return; /* asked again */
    line->state = SLA__LINE_READY;
    refuse(service, line, result, SLA__LOG_HISTORY_UNREADABLE,
           "the facts on the record of the ticket cannot be read");
}

void sla__fetch_done(sla_service *service, sla__line *line, const sla_store_done *done)
{
    if (service->fatal != 0)
        return; /* nothing is wrong with the ticket: all that waits is answered with that */
    if (line->state == SLA__LINE_TICKET)
        ticket_done(service, line, done->result);
    else
        history_done(service, line, done->result);
    if (line->state != SLA__LINE_SET_ASIDE)
        sla__line_serve(service, line);
}

/* ------------------------------------------------------------------- supplying */

static int supply(sla_service *service, const sla__line *line)
{
    const size_t count = line->supply_count;
    sla_fact *const facts = sla__new(&service->allocator, count, sizeof *facts);
    uint32_t *const rules = sla__new(&service->allocator, count, sizeof *rules);
    size_t i = 0;
    int result = SLA_ERR_NOMEM;

    if (facts != NULL && rules != NULL) {
        for (const sla__kept_fact *kept = line->supply_first; kept != NULL; kept = kept->next) {
            facts[i] = kept->fact;
            rules[i++] = kept->stored.rules;
        }
        result = sla_engine_supply_history(service->engine, line->tenant, line->ticket, facts,
                                           rules, count);
    }
    sla__free(&service->allocator, facts);
    sla__free(&service->allocator, rules);
    return result;
}

bool sla__fetch_supply(sla_service *service, sla__line *line)
{
    int result;

    if (!sla__line_reserve_ids(service, line, line->supply_count + 1))
        return false;
    result = line->supply_count > 0 ? supply(service, line) : SLA_OK;
    if (result == SLA_ERR_NOMEM)
        return sla__starve(service);
    line->id_count = 0;
    for (const sla__kept_fact *kept = line->supply_first; kept != NULL; kept = kept->next)
        sla__line_add_id(line, kept->fact.id);
    sla__fetch_drop(service, line);
    line->state = SLA__LINE_READY;
    line->ids_known = result == SLA_OK;
    if (result == SLA_OK)
        return true;
    line->whole = false;
    refuse(service, line, result, SLA__LOG_HISTORY_UNREADABLE,
           "the facts on the record are not those of the ticket");
    return false;
}
