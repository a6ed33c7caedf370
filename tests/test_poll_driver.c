/* Goal: a service needs no loop library: poll(2) will do.  Method: tickets that beat
 * once a second (pulse.h) under the tests' own driver and the machine's clock. */
#include "check.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "poll_driver.h"
#include "pulse.h"

static sla_time real_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

typedef struct scene {
    poll_driver driver;
    size_t told, early, wanted;
    int result; /* of the other thread */
} scene;

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    scene *self = context;

    (void)number, (void)attempt;
    self->early += real_now() < event->at;
    self->told += strcmp(event->step, "beat") == 0;
    return SLA_OK;
}

static bool all_told(void *context)
{
    const scene *self = context;

    return self->told >= self->wanted;
}

static void *record_and_stop(void *context)
{
    scene *self = context;

    self->result = pulse_begin_wait(self->driver.service, 999, real_now());
    sla_service_stop(self->driver.service);
    return NULL;
}

static void beat_and_stop(const char *why, const sla_service_options *options)
{
    sla_consumer consumer = SLA_CONSUMER_INIT;
    scene self = {.wanted = 300};
    pthread_t thread;
    const sla_time now = real_now();

    poll_driver_open(&self.driver, options);
    consumer.name = "test";
    consumer.handler = on_event;
    consumer.context = &self;
    CHECK_OK(sla_service_subscribe(self.driver.service, &consumer));
    for (uint32_t i = 0; i < 200; i++)
        CHECK_OK(pulse_begin(self.driver.service, i, now + SLA_SECOND / 10 + i * 5000, NULL, NULL));
    CHECK_TRUE(why, poll_driver_run(&self.driver, all_told, &self, 20 * SLA_SECOND));
    CHECK_EQ("a thread", 0, pthread_create(&thread, NULL, record_and_stop, &self));
    CHECK_TRUE("it stops", poll_driver_run(&self.driver, NULL, NULL, 20 * SLA_SECOND));
    pthread_join(thread, NULL);
    CHECK_OK(self.result);
    CHECK_EQ(why, 0, self.early);
    poll_driver_close(&self.driver);
}

TEST(by_poll)
{
    sla_service_options options = pulse_options();

    beat_and_stop("memory", &options);
}

TEST(by_poll_with_descriptors)
{
    sla_service_options options = pulse_options();

    options.store->ops->close(options.store);
    options.store = pulse_pipe_store();
    beat_and_stop("a store that opens pipes", &options);
}
