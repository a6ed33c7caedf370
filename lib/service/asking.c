/*
 * asking.c - calls to the store and their answers.
 *
 * The store answers in the order in which it was asked, so what it hands over
 * belongs to the first call that has not been answered.
 */
#include <assert.h>

#include "service/parts.h"

uint64_t sla__ask_next(const sla_service *service)
{
    return service->ask_number + 1;
}

bool sla__ask_made(sla_service *service, sla__ask *ask, sla__ask_kind kind, void *owner, int result)
{
    if (result == SLA_ERR_NOMEM)
        return sla__starve(service);
    if (result != SLA_OK) {
        sla__store_lost(service, result, sla_result_text(result)); /* not at once again */
        return false;
    }
    *ask = (sla__ask){NULL, kind, true, ++service->ask_number, owner, service->pace};
    if (service->asked_last != NULL)
        service->asked_last->next = ask;
    else
        service->asked_first = ask;
    service->asked_last = ask;
    return true;
}

/* ---------------------------------------------------------------- what comes */

static void world_came(void *context, const sla_stored_world *world)
{
    sla__loading_world_came(context, world);
}

static void mark_came(void *context, const sla_stored_mark *mark)
{
    sla__loading_mark_came(context, mark);
}

static void ticket_came(void *context, const sla_stored_ticket *ticket)
{
    sla_service *service = context;
    const sla__ask *ask = service->asked_first;

    if (ask->kind == SLA__ASK_OPEN)
        sla__loading_ticket_came(service, ticket);
    else
        sla__fetch_ticket_came(service, ask->owner, ticket);
}

static void fact_came(void *context, const sla_stored_fact *fact)
{
    sla_service *service = context;

    sla__fetch_fact_came(service, service->asked_first->owner, fact);
}

static void event_came(void *context, const sla_stored_event *event)
{
    sla_service *service = context;

    sla__outbox_event_came(service, service->asked_first->owner, event);
}

/* -------------------------------------------------------------------- answers */

static void dispatch(sla_service *service, const sla__ask *ask, const sla_store_done *done)
{
    switch (ask->kind) {
    case SLA__ASK_OPEN:
        sla__loading_done(service, done);
        break;
    case SLA__ASK_TICKET:
    case SLA__ASK_HISTORY:
        sla__fetch_done(service, ask->owner, done);
        break;
    case SLA__ASK_OUTBOX:
        sla__outbox_done(service, ask->owner, done);
        break;
    case SLA__ASK_AUDIT:
        sla__audit_done(service, done);
        break;
    case SLA__ASK_COMMIT:
        sla__unit_done(service, ask->owner, done);
        break;
    case SLA__ASK_RELEASE:
        sla__stop_released(service, done);
        break;
    }
}

/* Behind a unit that was refused nothing is written: that the store says so does not
 * mean that it cannot be reached. */
static bool is_behind_refused(const sla_service *service, const sla__ask *ask)
{
    if (ask->kind != SLA__ASK_COMMIT)
        return false;
    for (const sla__writing *unit = service->units_first; unit != ask->owner; unit = unit->next) {
        if (unit->state == SLA__WRITING_FAILED)
            return true;
    }
    return false;
}

static void give_up_where_fenced(sla_service *service, const sla_store_done *done)
{
    if (done->result == SLA_ERR_FENCED || done->result == SLA_ERR_NEWER)
        sla__give_up_for(service, done->result, done->error->text);
}

/* What the answer says of the store itself. */
static void weigh(sla_service *service, const sla__ask *ask, const sla_store_done *done)
{
    if (done->result == SLA_ERR_STORE && is_behind_refused(service, ask))
        return;
    if (ask->kind == SLA__ASK_COMMIT)
        service->commits_fail = done->result == SLA_ERR_STORE;
    if (done->result == SLA_ERR_STORE)
        sla__store_lost(service, done->result, done->error->text);
    else
        sla__store_back(service);
    give_up_where_fenced(service, done);
}

static void answered(void *context, const sla_store_done *done)
{
    sla_service *service = context;
    sla__ask *ask = service->asked_first;
    sla__ask own;

    if (done->ask == 0) { /* nobody asked */
        give_up_where_fenced(service, done);
        return;
    }
    assert(ask != NULL && ask->number == done->ask);
    service->asked_first = ask->next;
    if (service->asked_first == NULL)
        service->asked_last = NULL;
    ask->asked = false;
    own = *ask; /* its owner may ask again */
    weigh(service, &own, done);
    if (done->result == SLA_OK && (own.kind == SLA__ASK_OPEN || own.kind == SLA__ASK_AUDIT))
        sla__clock_compare(service, done->clock, own.asked_at);
    dispatch(service, &own, done);
}

sla_store_sink sla__sink(sla_service *service)
{
    return (sla_store_sink){service,    world_came, ticket_came, fact_came,
                            event_came, mark_came,  answered};
}
