/*
 * health.c - whether all is well now, and if not, what to do about it.
 */
#include "base/error.h"
#include "service/parts.h"

/* Those of the store, if it has any. */
static int in_its_words(const sla_service *service, int result, sla_error *error)
{
    return sla__error_set(error, result, "", "%s%s%s", sla_result_text(result),
                          service->store_says[0] != '\0' ? ": " : "", service->store_says);
}

int sla_service_given_up(const sla_service *service)
{
    return atomic_load(&service->fatal);
}

int sla_service_health(const sla_service *service, sla_error *error)
{
    sla__error_clear(error);
    if (service->fatal != 0)
        return in_its_words(service, service->fatal, error);
    if (service->store_held)
        return sla__error_set(error, SLA_ERR_BUSY, "", "another service holds the store: %s",
                              service->holder);
    if (service->parted)
        return sla__error_set(error, SLA_ERR_STATE, "",
                              "the clock and the store's are apart by %lld s; set them right",
                              (long long)(service->apart / SLA_SECOND));
    if (service->held)
        return sla__error_set(
            error, SLA_ERR_STATE, "",
            "the clock is before the last decision on the record by %lld s: set it "
            "right; if it is right, the record is ahead: wait, or start with a "
            "larger step_allowed (docs/service.md, The clock)",
            (long long)((service->decided_at - service->now) / SLA_SECOND));
    if (service->retry_at != 0)
        return in_its_words(service, SLA_ERR_STORE, error);
    if (service->adoption.code != SLA_OK) {
        if (error != NULL)
            *error = service->adoption;
        return service->adoption.code;
    }
    if (service->overdue > 0)
        return sla__error_set(error, SLA_ERR_STATE, "",
                              "%llu tickets have steps that were due a minute ago and are not told",
                              (unsigned long long)service->overdue);
    if (service->aside > 0)
        return sla__error_set(
            error, SLA_ERR_REFUSED, "",
            "%llu tickets are set aside: the store refused them, or what it has of "
            "them cannot be read; the log says why",
            (unsigned long long)service->aside);
    return SLA_OK;
}
