/* Goal: out of memory is an ordinary error: nothing crashes, leaks, is lost or told
 * twice, wherever it strikes.  Method: a small life of a service (open, facts that
 * need history, events, acknowledgements, an adoption, stop) with each allocation of
 * the process failing once, and then everything from there on for a while. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 100000, TOLD_MAX = 256 };

/* What starves: the n-th allocation from the beginning of a life. */
typedef struct starving {
    size_t n;
    bool refused;
} starving;

static const char hour[] = "{'policy': 'p', 'version': '2', 'targets': [{'target': 't',"
                           " 'stop': 'resolved', 'goals': [{'elapsed': 'PT1H'}]}]}";

/* Until it is taken: the host tries again, as hosts do. */
static void record(host *h, const char *ticket, const char *name, const char *id, sla_time at)
{
    for (size_t i = 0; i < 100; i++) {
        const size_t before = h->answers.count;

        while (host_record_at(h, ticket, name, id, at) != SLA_OK)
            if (++i > 100)
                CHECK_FAIL("%s of %s is never taken", name, ticket);
        for (size_t k = 0; k < 50 && h->answers.count == before; k++)
            host_go_to(h, h->now + SLA_SECOND / 5);
        CHECK_EQ("answered", before + 1, h->answers.count);
        if (h->answers.last == SLA_OK || h->answers.last == SLA_DUPLICATE)
            return;
        CHECK_RESULT(SLA_ERR_NOMEM, h->answers.last);
    }
    CHECK_FAIL("%s of %s is never recorded", name, ticket);
}

static int open_again(host *h)
{
    int result = host_new(h, NULL);

    for (size_t i = 0; i < 100 && result == SLA_ERR_NOMEM; i++)
        result = host_new(h, NULL);
    return result;
}

static void subscribe(host *h)
{
    int result = SLA_ERR_NOMEM;

    for (size_t i = 0; i < 100 && result == SLA_ERR_NOMEM; i++)
        result = sla_service_subscribe(h->service, &h->consumer);
    CHECK_OK(result);
    for (size_t i = 0; i < 100 && sla_service_get_state(h->service) == SLA_SERVICE_LOADING; i++)
        host_go_to(h, h->now + SLA_SECOND / 5);
    CHECK_EQ("it loads", SLA_SERVICE_LIVE, sla_service_get_state(h->service));
}

static void adopt(host *h)
{
    static char json[8192];
    sla_document documents[8];
    const size_t count = host_documents(hour, documents, json, sizeof json);
    int result = SLA_ERR_NOMEM;

    for (size_t i = 0; i < 100 && result != SLA_OK; i++) {
        result = sla_service_adopt(h->service, documents, count, NULL, NULL, NULL);
        host_go_to(h, h->now + SLA_SECOND / 5);
    }
    CHECK_OK(result);
    host_go_to(h, h->now + SLA_SECOND);
}

static void forgotten(void *context, int result, const sla_error *error)
{
    (void)error;
    *(int *)context = result;
}

static void forget(host *h, const char *ticket)
{
    int result = SLA_PENDING;

    for (size_t i = 0;
         i < 100 && sla_service_forget(h->service, host_string("north"), host_string(ticket),
                                       forgotten, &result) != SLA_OK;
         i++)
        CHECK_TRUE("it is taken", i < 99);
    for (size_t i = 0; i < 50 && result == SLA_PENDING; i++)
        host_go_to(h, h->now + SLA_SECOND / 5);
    CHECK_OK(result);
}

static void live(host *h, starving *point)
{
    failmalloc_arm(point->n, false);
    CHECK_OK(open_again(h));
    subscribe(h);
    record(h, "T-1", "opened", "a", HOST_START);
    record(h, "T-1", "called", "b", HOST_START);
    record(h, "T-1", "called", "b", HOST_START);
    host_go_to(h, HOST_START + 4 * SLA_HOUR + SLA_MINUTE);
    record(h, "T-1", "held", "c", HOST_START + SLA_HOUR);
    adopt(h);
    record(h, "T-2", "opened", "a", HOST_START + 4 * SLA_HOUR);
    host_go_to(h, HOST_START + SLA_DAY);
    host_stop(h);
    CHECK_OK(open_again(h));
    subscribe(h);
    record(h, "T-1", "free", "d", HOST_START + SLA_DAY);
    host_go_to(h, HOST_START + 2 * SLA_DAY);
    record(h, "T-1", "resolved", "e", HOST_START + 2 * SLA_DAY);
    host_go_to(h, HOST_START + 2 * SLA_DAY + 2 * SLA_HOUR);
    forget(h, "T-1");
    host_stop(h);
    point->refused = failmalloc_disarm(NULL);
}

TEST(each_allocation_of_a_life_fails_once)
{
    /* Each of them in the long run; elsewhere every third, or what time allows. */
    const size_t step = CHECK_UNDER_ASAN ? 17 : check_count(3, 1);
    size_t told = 0;

    if (!failmalloc_works())
        CHECK_SKIP("malloc cannot be put in front of here");
    for (size_t n = 0; n < POINTS_MAX; n += step) {
        starving point = {n, false};
        host h;

        host_init(&h);
        h.told_capacity = TOLD_MAX; /* the host itself does not run out */
        h.told = calloc(TOLD_MAX, sizeof *h.told);
        CHECK_TRUE("memory", h.told != NULL);
        live(&h, &point);
        host_check_told(&h);
        if (n == 0)
            told = host_told_of(&h, "T-1") + host_told_of(&h, "T-2");
        CHECK_EQ("as much is told", told, h.told_count);
        host_fini(&h);
        if (!point.refused) {
            printf("%zu allocations\n", n);
            return;
        }
    }
    CHECK_FAIL("more allocations than the test thinks of");
}
