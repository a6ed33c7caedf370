/* store_patience.c - see store_patience.h. */
#include "store_patience.h"

#include "cli.h"
#include "host_clock.h"

static bool hangs(const sla_service *service, sla_error *error)
{
    const int result = sla_service_health(service, error);
    const sla_service_state state = sla_service_get_state(service);

    return result == SLA_ERR_STORE ||
           (result != SLA_OK && (state == SLA_SERVICE_HELD || state == SLA_SERVICE_LOADING));
}

bool store_patience_is_over(store_patience *p, const sla_service *service)
{
    const sla_time now = monotonic_now();
    sla_error error = {0};

    if (p->over || p->most == 0)
        return p->over;
    if (!hangs(service, &error)) {
        p->since = 0;
        return false;
    }
    if (p->since == 0)
        p->since = now;
    p->over = now - p->since >= p->most;
    if (p->over)
        say("the store: waited for %lld s: %s", (long long)(p->most / SLA_SECOND), error.text);
    return p->over;
}

sla_time store_patience_next(const store_patience *p)
{
    return p->since != 0 && !p->over ? p->since + p->most : SLA_NEVER;
}
