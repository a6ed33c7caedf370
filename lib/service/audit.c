/*
 * audit.c - the service asks the store, now and then, for tickets that should have
 * been looked at a minute ago (rule 31).
 *
 * A row says when its ticket next wants to be looked at as of its writing.  Some of
 * that passes without anything to tell, and then the row is merely old; and after a
 * wake, or at a start, much is only about to be told.  So what the store counts is a
 * suspicion: old rows are written again, what is due is told, and when all that is on
 * the record the store is asked once more for the same.  What it counts then is an
 * alarm, and so is what is not on the record after a whole minute.
 */
#include "service/log.h"
#include "service/parts.h"

/* While the clock stands before the last decision there is nothing to ask; while it
 * differs from the store's, the answer says when it no longer does.  What cannot be
 * asked now does not want to be called for either. */
bool sla__audit_wants(const sla_service *service)
{
    return service->state == SLA_SERVICE_LIVE && !service->behind && !service->audit.asked &&
           sla__may_ask(service);
}

/* What it asks for waits in memory, and will be told. */
static bool is_telling(const sla_service *service)
{
    return sla__tickets_next_at(service) < service->audit_limit;
}

static bool gathers(const sla_service *service)
{
    return service->gathering != NULL && !sla__unit_is_empty(service->gathering);
}

/* All that was decided when nothing was left to be told is on the record. */
static bool is_settled(sla_service *service)
{
    const sla__writing *const first = service->units_first;

    if (is_telling(service))
        service->audit_after = UINT64_MAX;
    else if (service->audit_after == UINT64_MAX)
        service->audit_after = service->unit_number + gathers(service);
    return (first != NULL ? first->number - 1 : service->unit_number) >= service->audit_after;
}

void sla__audit_round(sla_service *service)
{
    const sla_store_ops *ops = service->store->ops;
    const uint64_t number = sla__ask_next(service);
    const bool settled = service->suspicious && is_settled(service);

    if (!sla__audit_wants(service) || (!settled && service->pace < service->audit_at))
        return;
    if (!service->suspicious)
        service->audit_limit = service->now - SLA_MINUTE;
    if (sla__ask_made(service, &service->audit, SLA__ASK_AUDIT, service,
                      ops->audit(service->store, service->audit_limit, number)))
        service->audit_at = sla__later(service->pace, service->options.audit_every);
}

/* Nothing of it is due, and nothing of it is on its way. */
static bool is_old_row(const sla_service *service, const sla__line *line)
{
    sla_packed packed;
    int result;

    if (line->units > 0 || line->next_at >= service->audit_limit)
        return false;
    result = sla_engine_pack(service->engine, line->tenant, line->ticket, NULL, 0, &packed);
    return (result == SLA_OK || result == SLA_ERR_SPACE) && packed.next_at >= service->audit_limit;
}

static void write_old_rows(sla_service *service)
{
    for (size_t i = 0; i < service->line_count; i++) {
        sla__line *const line = service->lines[i];

        if (line != NULL && is_old_row(service, line) && sla__gathering(service))
            sla__gather_line(service, line);
    }
}

static void suspect(sla_service *service)
{
    const sla_duration every = service->options.audit_every;

    service->suspicious = true;
    service->audit_after = UINT64_MAX;
    service->audit_at = sla__later(service->pace, every > SLA_MINUTE ? every : SLA_MINUTE);
    write_old_rows(service);
}

static void judge(sla_service *service, uint64_t count)
{
    service->suspicious = false;
    service->overdue = count;
    if (count > 0)
        sla__log(service, SLA__LOG_OVERDUE, "tickets=%llu", (unsigned long long)count);
}

void sla__audit_done(sla_service *service, const sla_store_done *done)
{
    if (done->result != SLA_OK)
        return; /* it is asked again when its time comes */
    if (service->held)
        service->suspicious = false; /* nothing is told now */
    else if (done->count > 0 && !service->suspicious)
        suspect(service);
    else
        judge(service, done->count);
}
