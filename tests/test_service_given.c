/* Goal: whatever a host gives a service, it is taken or refused with a word on why,
 * and what it asks before the first round or after the last is answered in sense.
 * Method: rows of what is given, by hand. */
#include "service_host.h"

#include <string.h>

/* ------------------------------------------------- before the first round, and after */

TEST(before_the_first_round)
{
    sla_service_stats stats = {.size = sizeof stats};
    char page[16384];
    host h;

    host_init(&h);
    CHECK_OK(host_new(&h, NULL));
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("nothing waits", SLA_NEVER, stats.oldest_unacknowledged);
    CHECK_EQ("nothing falls due", SLA_NEVER, stats.next_at);
    CHECK_TRUE("it fits", sla_metrics_text(h.service, page, sizeof page) < sizeof page);
    CHECK_TRUE("and has no sample of an age",
               strstr(page, "\nsla_oldest_unacknowledged_timestamp_seconds ") == NULL);
    CHECK_TRUE("it wants its first round at once", sla_service_until(h.service) <= h.now);
    host_stop(&h);
    host_fini(&h);
}

TEST(nobody_subscribes_to_what_has_stopped)
{
    host h;

    host_init(&h);
    CHECK_OK(host_new(&h, NULL));
    host_settle(&h);
    sla_service_stop(h.service);
    host_settle(&h);
    CHECK_EQ("stopped", SLA_SERVICE_STOPPED, sla_service_get_state(h.service));
    CHECK_RESULT(SLA_ERR_STATE, sla_service_subscribe(h.service, &h.consumer));
    host_fini(&h);
}
