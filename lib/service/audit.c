/*
 * audit.c - the service asks the store, now and then, for tickets that should have
 * been looked at a minute ago (rule 31).
 *
 * A row says when its ticket next wants to be looked at as of its writing.  Some
 * of that passes without anything to tell, and then the row is merely old: it is
 * written again.  What remains is an alarm.
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

void sla__audit_round(sla_service *service)
{
    const sla_store_ops *ops = service->store->ops;
    const uint64_t number = sla__ask_next(service);

    if (!sla__audit_wants(service) || service->pace < service->audit_at)
        return;
    service->audit_limit = service->now - SLA_MINUTE;
    if (sla__ask_made(service, &service->audit, SLA__ASK_AUDIT, service,
                      ops->audit(service->store, service->audit_limit, number)))
        service->audit_at = sla__later(service->pace, service->options.audit_every);
}

/* On its way to the store already, or only its row is old. */
static bool is_old_row(sla_service *service, sla__line *line)
{
    sla_packed packed;
    const int result =
        sla_engine_pack(service->engine, line->tenant, line->ticket, NULL, 0, &packed);

    if (line->units > 0)
        return true;
    if ((result != SLA_OK && result != SLA_ERR_SPACE) || packed.next_at < service->audit_limit ||
        !sla__gathering(service))
        return false;
    sla__line_wake(service, line);
    sla__gather_line(service, line);
    return true;
}

static uint64_t count_old_rows(sla_service *service)
{
    uint64_t count = 0;

    for (size_t i = 0; i < service->line_count; i++) {
        sla__line *const line = service->lines[i];

        if (line != NULL && line->next_at < service->audit_limit && is_old_row(service, line))
            count++;
    }
    return count;
}

void sla__audit_done(sla_service *service, const sla_store_done *done)
{
    uint64_t old;

    if (done->result != SLA_OK || service->held)
        return; /* it is asked again when its time comes; meanwhile nothing is told */
    old = done->count > 0 ? count_old_rows(service) : 0;
    service->overdue = done->count > old ? done->count - old : 0;
    if (service->overdue > 0)
        sla__log(service, SLA__LOG_OVERDUE, "tickets=%llu", (unsigned long long)service->overdue);
}
