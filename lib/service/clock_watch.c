/*
 * clock_watch.c - the host's clock: is it sane, was it set, when to look again.
 *
 * Facts are recorded at the later of the clock and the last decision, so that
 * what is on the record stands in order.  Events are told by the clock itself,
 * never early; a clock that lies before the last decision by more than it may
 * tells nothing until it has come up again.
 */
#include "service/log.h"
#include "service/parts.h"

/* A difference below this is drift or a slow call, not somebody setting the clock. */
#define STEP_SEEN (500 * SLA_SECOND / 1000)

static sla_time clamp(sla_time now)
{
    return now < SLA_TIME_MIN ? SLA_TIME_MIN : now > SLA_TIME_MAX ? SLA_TIME_MAX : now;
}

static sla_time read_steady(const sla_service *service)
{
    const sla_clock_hook *clock = &service->options.clock;

    return clock->steady != NULL ? clock->steady(clock->context) : 0;
}

/* Without a steady clock only a clock that went back can be seen. */
static sla_duration step_of(const sla_service *service, sla_time now, sla_time steady)
{
    if (!service->clock_seen)
        return 0;
    if (steady != 0 && service->steady != 0)
        return (now - service->now) - (steady - service->steady);
    return now < service->now ? now - service->now : 0;
}

static void go_on(sla_service *service, sla_time now, sla_time steady)
{
    const sla_duration passed =
        steady != 0 && service->steady != 0 ? steady - service->steady : now - service->now;

    if (service->clock_seen && passed > 0)
        service->pace += passed;
    service->now = now;
    service->steady = steady;
    service->clock_seen = true;
}

static void judge_decision(sla_service *service)
{
    const bool known = service->decided_at != SLA_NEVER;
    const sla_duration by = known ? service->decided_at - service->now : 0;
    const bool behind = by > service->options.step_allowed;

    if (behind && !service->behind)
        sla__log(service, SLA__LOG_CLOCK_HELD, "behind_us=%lld", (long long)by);
    if (!behind && service->behind)
        sla__log(service, SLA__LOG_CLOCK_RELEASED, "behind_us=%lld", (long long)by);
    service->behind = behind;
}

static void judge_apart(sla_service *service)
{
    const sla_duration allowed = service->options.apart_allowed;
    const bool parted = service->apart > allowed || service->apart < -allowed;

    if (parted && !service->parted)
        sla__log(service, SLA__LOG_CLOCK_PARTED, "store_ahead_us=%lld", (long long)service->apart);
    if (!parted && service->parted)
        sla__log(service, SLA__LOG_CLOCK_AGREES, "store_ahead_us=%lld", (long long)service->apart);
    service->parted = parted;
}

static void judge(sla_service *service)
{
    judge_decision(service);
    judge_apart(service);
    service->held = service->behind || service->parted;
}

/* The store read its clock some time between the question and the answer. */
void sla__clock_compare(sla_service *service, sla_time clock, sla_time asked_at)
{
    const sla_time asked = service->now - (service->pace - asked_at);

    service->apart = 0;
    if (clock != SLA_NEVER && clock > service->now)
        service->apart = clock - service->now;
    else if (clock < asked)
        service->apart = clock - asked;
    judge(service);
}

void sla__host_look(sla_service *service)
{
    const sla_clock_hook *clock = &service->options.clock;
    const sla_time now = clamp(clock->now(clock->context));
    const sla_time steady = read_steady(service);
    const sla_duration step = step_of(service, now, steady);

    go_on(service, now, steady);
    if (step > STEP_SEEN || step < -STEP_SEEN) {
        service->clock_steps++;
        service->audit_at = service->pace; /* what does the store's clock say to that? */
        sla__log(service, SLA__LOG_CLOCK_STEPPED, "by_us=%lld", (long long)step);
    }
    judge(service);
}

sla_time sla__later(sla_time at, sla_duration span)
{
    return at > 0 && span > SLA_NEVER - at ? SLA_NEVER : at + span;
}
