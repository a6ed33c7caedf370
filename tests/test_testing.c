/* Goal: a host's own tests see exactly what a driver that is never late would show
 * them, at once.  Method: tickets that beat once a second (pulse.h), instants worked
 * out by hand. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include <sla/testing.h>

#include "pulse.h"

#define START INT64_C(1780000000000000)

typedef struct scene {
    sla_test *test;
    sla_service *service;
    size_t told, off, skipped; /* off: told at another instant than its own */
    sla_time last;
    int answer; /* of the handler */
    void (*also)(struct scene *self, const sla_event *event);
} scene;

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    scene *self = context;

    (void)number, (void)attempt;
    if (strcmp(event->step, "beat") != 0)
        return SLA_OK;
    self->told++;
    self->skipped += event->skipped;
    self->off += sla_test_now(self->test) != event->at;
    self->last = event->at;
    if (self->also != NULL)
        self->also(self, event);
    return SLA_OK;
}

static void scene_open(scene *self, const sla_service_options *options)
{
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error = {0};

    memset(self, 0, sizeof *self);
    CHECK_OK_OR_SAY(sla_test_new(options, START, &self->test, &error), &error);
    self->service = sla_test_service(self->test);
    consumer.name = "test";
    consumer.handler = on_event;
    consumer.context = self;
    CHECK_OK(sla_service_subscribe(self->service, &consumer));
}

/* With a memory store of the test's own. */
static sla_service_options storeless(void)
{
    sla_service_options options = pulse_options();

    options.store->ops->close(options.store);
    options.store = NULL;
    return options;
}

TEST(the_clock_stops_at_every_instant)
{
    const sla_service_options options = storeless();
    scene self;

    scene_open(&self, &options);
    CHECK_EQ("it stands", START, sla_test_now(self.test));
    CHECK_OK(pulse_begin(self.service, 1, START + 10 * SLA_SECOND, NULL, NULL));
    CHECK_OK(pulse_begin(self.service, 2, START + 10 * SLA_SECOND + 1, NULL, NULL));
    CHECK_OK(sla_test_advance(self.test, 10 * SLA_SECOND - 1));
    CHECK_EQ("a microsecond before", 0, self.told);
    CHECK_OK(sla_test_advance(self.test, 1));
    CHECK_EQ("due means at <= now", 1, self.told);
    CHECK_OK(sla_test_advance(self.test, 5 * SLA_SECOND));
    CHECK_EQ("and five more, the other one six of them less one", 6 + 5, self.told);
    CHECK_EQ("each at its own instant", 0, self.off);
    CHECK_EQ("the span, whatever happened in it", START + 15 * SLA_SECOND, sla_test_now(self.test));
    sla_test_free(self.test);
}

TEST(long_spans_are_short)
{
    const sla_service_options options = storeless();
    scene self;

    scene_open(&self, &options);
    CHECK_OK(pulse_begin(self.service, 1, START + SLA_SECOND, NULL, NULL));
    CHECK_OK(sla_test_advance(self.test, 30 * SLA_DAY));
    CHECK_EQ("the first and all its repeats", 1 + PULSE_BEATS, self.told);
    CHECK_EQ("each at its own instant", 0, self.off);
    CHECK_EQ("a month later", START + 30 * SLA_DAY, sla_test_now(self.test));
    sla_test_free(self.test);
}

TEST(a_machine_that_sleeps)
{
    const sla_service_options options = storeless();
    scene self;

    scene_open(&self, &options);
    CHECK_OK(pulse_begin(self.service, 1, START + SLA_SECOND, NULL, NULL));
    CHECK_OK(sla_test_settle(self.test));
    CHECK_OK(sla_test_sleep(self.test, 10 * SLA_SECOND));
    CHECK_EQ("the level, and the newest of its repeats", 2, self.told);
    CHECK_EQ("which stands for the others", 8, self.skipped);
    CHECK_EQ("the newest", START + 10 * SLA_SECOND, self.last);
    sla_test_free(self.test);
}

TEST(a_clock_that_is_set)
{
    const sla_service_options options = storeless();
    scene self;

    scene_open(&self, &options);
    CHECK_OK(pulse_begin(self.service, 1, START + 5 * SLA_SECOND, NULL, NULL));
    CHECK_OK(sla_test_advance(self.test, 5 * SLA_SECOND));
    CHECK_EQ("one", 1, self.told);
    CHECK_OK(sla_test_set_clock(self.test, START));
    CHECK_EQ("put back", START, sla_test_now(self.test));
    CHECK_OK(sla_test_advance(self.test, 5 * SLA_SECOND));
    CHECK_EQ("nothing is told twice", 1, self.told);
    CHECK_OK(sla_test_set_clock(self.test, START + 8 * SLA_SECOND));
    CHECK_EQ("put forward", START + 8 * SLA_SECOND, self.last);
    sla_test_free(self.test);
}

TEST(a_store_with_descriptors_is_waited_for)
{
    sla_service_options options = storeless();
    scene self;

    options.store = pulse_pipe_store();
    scene_open(&self, &options);
    CHECK_OK(pulse_begin(self.service, 1, START + SLA_SECOND, NULL, NULL));
    CHECK_OK(sla_test_advance(self.test, 20 * SLA_SECOND));
    CHECK_EQ("all", 20, self.told);
    CHECK_EQ("each at its own instant", 0, self.off);
    sla_test_free(self.test);
}

static void another(scene *self, const sla_event *event)
{
    static uint32_t next = 100;

    CHECK_OK(pulse_begin(self->service, next++, event->at, NULL, NULL));
}

/* Every beat opens a ticket that beats at the same instant: no end to it. */
TEST(no_end_to_it)
{
    const sla_service_options options = storeless();
    scene self;

    scene_open(&self, &options);
    self.also = another;
    CHECK_OK(pulse_begin(self.service, 1, START + SLA_SECOND, NULL, NULL));
    CHECK_RESULT(SLA_ERR_STATE, sla_test_advance(self.test, SLA_SECOND));
    sla_test_free(self.test);
}

static void drive(scene *self, const sla_event *event)
{
    (void)event;
    CHECK_RESULT(SLA_ERR_STATE, sla_test_advance(self->test, SLA_SECOND));
    CHECK_RESULT(SLA_ERR_STATE, sla_test_sleep(self->test, SLA_SECOND));
    CHECK_RESULT(SLA_ERR_STATE, sla_test_set_clock(self->test, START));
}

TEST(a_handler_does_not_move_the_clock)
{
    const sla_service_options options = storeless();
    scene self;

    scene_open(&self, &options);
    self.also = drive;
    CHECK_OK(pulse_begin(self.service, 1, START + SLA_SECOND, NULL, NULL));
    CHECK_OK(sla_test_advance(self.test, 3 * SLA_SECOND));
    CHECK_EQ("each at its instant", 0, self.off);
    CHECK_TRUE("told", self.told > 0);
    sla_test_free(self.test);
}

static uint64_t clock_steps(sla_service *service)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(service, &stats);
    return stats.clock_steps;
}

TEST(what_cannot_be)
{
    sla_service_options options = storeless();
    const sla_document nothing = {{"nothing", 7}, {"{}", 2}};
    sla_error error = {0};
    scene self;

    scene_open(&self, &options);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_test_advance(self.test, -1));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_test_sleep(self.test, -1));
    sla_test_free(self.test);
    sla_test_free(NULL);
    CHECK_RESULT(SLA_ERR_RANGE, sla_test_new(&options, SLA_NEVER, &self.test, &error));
    CHECK_TRUE("it says which", strstr(error.text, "1900") != NULL);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_test_new(NULL, START, &self.test, &error));
    CHECK_STR("which", "service is NULL", error.text);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_test_new(&options, START, NULL, &error));
    CHECK_STR("which", "test_out is NULL", error.text);
    options.size = 0;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_test_new(&options, START, &self.test, &error));
    CHECK_TRUE("which", strncmp(error.text, "size", 4) == 0);
    options = storeless();
    error = (sla_error){0};
    options.documents = &nothing;
    CHECK_TRUE("a document that is not valid",
               sla_test_new(&options, START, &self.test, &error) != SLA_OK);
    CHECK_TRUE("the complaint says where", self.test == NULL && error.source[0] != '\0');
}

/* The clock stays where the engine's time is. */
TEST(the_end_of_time)
{
    const sla_service_options options = storeless();
    scene self;

    scene_open(&self, &options);
    CHECK_OK(sla_test_settle(self.test));
    CHECK_RESULT(SLA_ERR_RANGE, sla_test_sleep(self.test, INT64_MAX));
    CHECK_RESULT(SLA_ERR_RANGE, sla_test_advance(self.test, INT64_MAX));
    CHECK_RESULT(SLA_ERR_RANGE, sla_test_advance(self.test, SLA_TIME_MAX - START + 1));
    CHECK_RESULT(SLA_ERR_RANGE, sla_test_set_clock(self.test, SLA_TIME_MAX + 1));
    CHECK_RESULT(SLA_ERR_RANGE, sla_test_set_clock(self.test, SLA_TIME_MIN - 1));
    CHECK_RESULT(SLA_ERR_RANGE, sla_test_set_clock(self.test, SLA_NEVER));
    CHECK_EQ("it stands", START, sla_test_now(self.test));
    CHECK_EQ("and is well", SLA_OK, sla_service_health(self.service, NULL));
    CHECK_OK(sla_test_sleep(self.test, SLA_TIME_MAX - START));
    CHECK_EQ("the last instant", SLA_TIME_MAX, sla_test_now(self.test));
    CHECK_EQ("nobody set it", 0, clock_steps(self.service));
    sla_test_free(self.test);
}

/* 1970 is an instant like others, also for the clock that shows whether one was set. */
TEST(the_beginning_of_unix_time)
{
    const sla_service_options options = storeless();
    sla_test *test;

    CHECK_OK(sla_test_new(&options, 0, &test, NULL));
    CHECK_OK(sla_test_settle(test));
    CHECK_OK(sla_test_set_clock(test, SLA_HOUR));
    CHECK_EQ("it is seen to be set", 1, clock_steps(sla_test_service(test)));
    sla_test_free(test);
}

static sla_service_options starved;

static int make_and_free(void)
{
    sla_test *test;
    const int result = sla_test_new(&starved, START, &test, NULL);

    sla_test_free(test);
    return result;
}

TEST(no_memory)
{
    starved = storeless();
    CHECK_EVERY_OOM(make_and_free);
}
