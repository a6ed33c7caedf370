/* testing.c - see sla/testing.h: a driver whose time passes by being told so. */
#include <sla/testing.h>

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/options.h"

/* Rounds at one instant before nobody believes in their end any more, and
 * milliseconds of real time for a store that works. */
enum { ROUNDS_MAX = 100000, PATIENCE = 1000 };

struct sla_test {
    sla_allocator allocator;
    sla_service *service;
    sla_time now, steady;
    atomic_bool woken; /* any thread */
    bool settling;     /* a handler is or may be at work */
    sla_wait *waits;
    struct pollfd *polls;
    size_t waits_capacity, polls_capacity;
};

static sla_time hook_now(void *context)
{
    return ((const sla_test *)context)->now;
}

static sla_time hook_steady(void *context)
{
    return ((const sla_test *)context)->steady;
}

/* sla_service_until says the same when it is wanted. */
static void hook_arm(void *context, sla_time at)
{
    (void)context;
    (void)at;
}

static void hook_wake(void *context)
{
    atomic_store(&((sla_test *)context)->woken, true);
}

/* What the store waits for, into test->polls. */
static int list_descriptors(sla_test *test, size_t *count_out)
{
    const sla_service *service = test->service;
    size_t count = sla_service_waits(service, test->waits, test->waits_capacity);

    if (count > test->waits_capacity || count > test->polls_capacity) {
        if (!sla__grow(&test->allocator, (void **)&test->polls, &test->polls_capacity, count,
                       sizeof *test->polls) ||
            !sla__grow(&test->allocator, (void **)&test->waits, &test->waits_capacity, count,
                       sizeof *test->waits))
            return SLA_ERR_NOMEM;
        count = sla_service_waits(service, test->waits, test->waits_capacity);
    }
    for (size_t i = 0; i < count; i++) {
        const sla_wait *wait = &test->waits[i];

        test->polls[i].fd = wait->fd;
        test->polls[i].events = (short)((wait->read ? POLLIN : 0) | (wait->write ? POLLOUT : 0));
    }
    *count_out = count;
    return SLA_OK;
}

static bool is_busy(const sla_test *test)
{
    const sla_service_state state = sla_service_get_state(test->service);
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(test->service, &stats);
    return state == SLA_SERVICE_LOADING || state == SLA_SERVICE_STOPPING ||
           stats.units_in_flight > 0 || stats.queued > 0;
}

/* Whether a descriptor has news; waits for it while the service has something to do. */
static int wait_for_store(sla_test *test, bool *news_out)
{
    size_t count = 0;
    const int result = list_descriptors(test, &count);

    *news_out =
        result == SLA_OK && count > 0 && poll(test->polls, count, is_busy(test) ? PATIENCE : 0) > 0;
    return result;
}

static int settle(sla_test *test)
{
    for (size_t round = 0; round < ROUNDS_MAX; round++) {
        bool again;
        int result;

        atomic_store(&test->woken, false);
        if (sla_service_run(test->service) != 0 || atomic_load(&test->woken) ||
            sla_service_until(test->service) <= test->now)
            continue;
        result = wait_for_store(test, &again);
        if (result != SLA_OK || !again)
            return result;
    }
    return SLA_ERR_STATE;
}

int sla_test_settle(sla_test *test)
{
    int result;

    if (test->settling)
        return SLA_ERR_STATE; /* a handler asks */
    test->settling = true;
    result = settle(test);
    test->settling = false;
    return result;
}

static bool is_outside(sla_time now)
{
    return now < SLA_TIME_MIN || now > SLA_TIME_MAX;
}

static void pass(sla_test *test, sla_duration span)
{
    test->now += span;
    test->steady += span;
}

/* Whether the clock may go on by so much. */
static int check_span(const sla_test *test, sla_duration span)
{
    if (span < 0)
        return SLA_ERR_ARGUMENT;
    if (test->settling)
        return SLA_ERR_STATE;
    return span > SLA_TIME_MAX - test->now ? SLA_ERR_RANGE : SLA_OK;
}

int sla_test_advance(sla_test *test, sla_duration span)
{
    int result = check_span(test, span);

    if (result == SLA_OK)
        result = sla_test_settle(test);

    while (result == SLA_OK && span > 0) {
        const sla_duration wanted = sla_service_until(test->service) - test->now;
        const sla_duration step = wanted < span ? wanted : span;

        pass(test, step);
        span -= step;
        result = sla_test_settle(test);
    }
    return result;
}

int sla_test_sleep(sla_test *test, sla_duration span)
{
    const int result = check_span(test, span);

    if (result != SLA_OK)
        return result;
    pass(test, span);
    return sla_test_settle(test);
}

int sla_test_set_clock(sla_test *test, sla_time now)
{
    if (test->settling)
        return SLA_ERR_STATE;
    if (is_outside(now))
        return SLA_ERR_RANGE;
    test->now = now;
    return sla_test_settle(test);
}

sla_service *sla_test_service(const sla_test *test)
{
    return test->service;
}

sla_time sla_test_now(const sla_test *test)
{
    return test->now;
}

static int make_service(sla_test *test, sla_service_options *wanted, sla_error *error)
{
    wanted->clock = (sla_clock_hook){test, hook_now, hook_steady, hook_arm, hook_wake};
    if (wanted->incarnation[0] == 0 && wanted->incarnation[1] == 0)
        (void)!getrandom(wanted->incarnation, sizeof wanted->incarnation, 0);
    if (wanted->store == NULL) {
        const int result = sla_store_memory_new(wanted->allocator, &wanted->store);

        if (result != SLA_OK)
            return result;
    }
    return sla_service_new(wanted, &test->service, error);
}

/* The store goes with the service that is not made. */
static int refuse(const sla_service_options *service, int result, const char *why, sla_error *error)
{
    if (error != NULL) {
        memset(error, 0, sizeof *error);
        error->code = result;
        memcpy(error->text, why, strlen(why) + 1);
    }
    if (service != NULL && service->store != NULL)
        service->store->ops->close(service->store);
    return result;
}

int sla_test_new(const sla_service_options *service, sla_time start, sla_test **test_out,
                 sla_error *error)
{
    sla_service_options wanted = SLA_SERVICE_OPTIONS_INIT;
    const char *why = NULL;
    sla_allocator allocator;
    sla_test *test;
    int result;

    if (test_out == NULL || service == NULL)
        return refuse(service, SLA_ERR_ARGUMENT,
                      service == NULL ? "service is NULL" : "test_out is NULL", error);
    *test_out = NULL;
    why = sla__options_read(&wanted, sizeof wanted, SLA__SERVICE_OPTIONS_LEAST, service);
    if (why == NULL)
        why = sla__allocator_why_not(wanted.allocator);
    if (why != NULL)
        return refuse(service, SLA_ERR_ARGUMENT, why, error);
    if (is_outside(start))
        return refuse(service, SLA_ERR_RANGE, "the clock starts in the years 1900 to 2199", error);
    allocator = sla__allocator_or_default(wanted.allocator);
    test = sla__new(&allocator, 1, sizeof *test);
    if (test == NULL)
        return refuse(service, SLA_ERR_NOMEM, sla_result_text(SLA_ERR_NOMEM), error);
    test->allocator = allocator;
    test->now = start;
    test->steady = 1; /* 0 would say that there is none */
    result = make_service(test, &wanted, error);
    if (result != SLA_OK)
        sla_test_free(test);
    else
        *test_out = test;
    return result;
}

void sla_test_free(sla_test *test)
{
    if (test == NULL)
        return;
    sla_service_free(test->service);
    sla__free(&test->allocator, test->waits);
    sla__free(&test->allocator, test->polls);
    sla__free(&test->allocator, test);
}
