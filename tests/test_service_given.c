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

/* ------------------------------------------------------------------------ options */

typedef void (*spoil)(sla_service_options *options);

static void no_size(sla_service_options *options)
{
    options->size = 0;
}

static void small(sla_service_options *options)
{
    options->size = sizeof options->size;
}

static void huge(sla_service_options *options)
{
    options->size = SIZE_MAX;
}

static void no_store(sla_service_options *options)
{
    options->store = NULL;
}

static void no_clock(sla_service_options *options)
{
    options->clock.now = NULL;
}

static void no_bits(sla_service_options *options)
{
    options->incarnation[1] = 0;
}

static void no_documents(sla_service_options *options)
{
    options->document_count = 2;
}

static void keeps(sla_service_options *options)
{
    options->keep = -1;
}

static void sleeps(sla_service_options *options)
{
    options->sleep_max = -1;
}

static void audits(sla_service_options *options)
{
    options->audit_every = -1;
}

static void steps(sla_service_options *options)
{
    options->step_allowed = -1;
}

static void parts(sla_service_options *options)
{
    options->apart_allowed = -1;
}

static const sla_document no_text = {{"a", 1}, {NULL, 0}};

static void textless(sla_service_options *options)
{
    options->documents = &no_text;
    options->document_count = 1;
}

static sla_time at_start(void *context)
{
    (void)context;
    return HOST_START;
}

/* As every program says it, and what a later release might say beside. */
typedef struct wider {
    sla_service_options options;
    uint64_t more;
} wider;

static wider all_right(void)
{
    wider given = {SLA_SERVICE_OPTIONS_INIT, 0};

    CHECK_OK(sla_store_memory_new(NULL, &given.options.store));
    given.options.clock.now = at_start;
    given.options.incarnation[1] = 1;
    return given;
}

TEST(the_member_that_is_wrong_is_named)
{
    static const struct {
        spoil spoil;
        const char *named;
    } rows[] = {{no_size, "size"},          {small, "size"},         {huge, "size"},
                {no_store, "store"},        {no_clock, "clock.now"}, {no_documents, "documents"},
                {textless, "documents[0]"}, {keeps, "keep"},         {sleeps, "sleep_max"},
                {audits, "audit_every"},    {steps, "step_allowed"}, {parts, "apart_allowed"},
                {no_bits, "incarnation"}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        wider given = all_right();
        sla_store *const store = given.options.store;
        sla_service *service;
        sla_error error;

        rows[i].spoil(&given.options);
        CHECK_EQ(rows[i].named, SLA_ERR_ARGUMENT,
                 sla_service_new(&given.options, &service, &error));
        CHECK_EQ(rows[i].named, SLA_ERR_ARGUMENT, error.code);
        CHECK_TRUE(error.text, strncmp(error.text, rows[i].named, strlen(rows[i].named)) == 0);
        if (given.options.store == NULL)
            store->ops->close(store);
    }
}

/* A program of a later release runs as long as it asks for nothing new. */
TEST(a_later_release_may_know_more)
{
    struct {
        sla_consumer consumer;
        uint64_t more;
    } consumer = {SLA_CONSUMER_INIT, 0};
    struct {
        sla_engine_options options;
        uint64_t more;
    } engine_given = {SLA_ENGINE_OPTIONS_INIT, 0};
    struct {
        sla_service_stats stats;
        uint64_t more;
    } stats = {.more = 7};
    wider given = all_right();
    sla_engine *engine;
    sla_error error;
    host h;

    given.options.size = sizeof given;
    host_init(&h);
    CHECK_OK_OR_SAY(sla_service_new(&given.options, &h.service, &error), &error);
    consumer.consumer = h.consumer;
    consumer.consumer.size = sizeof consumer;
    consumer.more = 1;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_subscribe(h.service, &consumer.consumer));
    consumer.more = 0;
    CHECK_OK(sla_service_subscribe(h.service, &consumer.consumer));
    stats.stats.size = sizeof stats;
    sla_service_get_stats(h.service, &stats.stats);
    CHECK_EQ("a figure that nobody knows", 0, stats.more);
    CHECK_EQ("its own size", sizeof stats, stats.stats.size);
    host_fini(&h);
    given = all_right();
    given.options.size = sizeof given;
    given.more = 1;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_new(&given.options, &h.service, &error));
    CHECK_TRUE(error.text, strstr(error.text, "a member is set") != NULL);
    engine_given.options.size = sizeof engine_given;
    CHECK_OK(sla_engine_new(&engine_given.options, &engine));
    sla_engine_free(engine);
    engine_given.more = 1;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_engine_new(&engine_given.options, &engine));
    engine_given.options.size = 0;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_engine_new(&engine_given.options, &engine));
}

/* ----------------------------------------------------------------------- pointers */

TEST(what_is_required_is_not_null)
{
    const sla_fact fact = {
        .ticket = host_string("T-1"), .name = host_string("opened"), .occurred_at = HOST_START};
    wider given = all_right();
    sla_service *service = NULL;
    sla_import counts = {0};
    sla_error error;

    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_new(NULL, &service, &error));
    CHECK_STR("which", "options is NULL", error.text);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_new(&given.options, NULL, &error));
    CHECK_STR("which", "service_out is NULL", error.text);
    given = all_right();
    CHECK_OK(sla_service_new(&given.options, &service, NULL));
    while (sla_service_run(service))
        continue;
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_adopt(NULL, NULL, 0, NULL, NULL, &error));
    CHECK_STR("which", "service is NULL", error.text);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_adopt(service, NULL, 1, NULL, NULL, &error));
    CHECK_TRUE(error.text, strstr(error.text, "documents is NULL") != NULL);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_adopt(service, &no_text, 1, NULL, NULL, &error));
    CHECK_STR("which", "documents[0].text is NULL", error.text);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_record(service, NULL, NULL, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_record(NULL, &fact, NULL, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_subscribe(service, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_import(service, NULL, NULL, 0, HOST_START, true,
                                                      NULL, NULL, &counts, &error));
    CHECK_STR("which", "facts is NULL", error.text);
    sla_service_free(service);
}

/* ------------------------------------------------------------------------- import */

TEST(an_import_that_cannot_be_says_why)
{
    const sla_fact facts[] = {{.ticket = host_string("T-1"),
                               .name = host_string("opened"),
                               .occurred_at = HOST_START - SLA_HOUR},
                              {.ticket = host_string("T-1"),
                               .name = host_string("called"),
                               .occurred_at = HOST_START - SLA_HOUR}};
    static const struct {
        sla_time recorded_at[2];
        sla_time told_until;
        int result;
        const char *why;
    } rows[] = {
        {{HOST_START, HOST_START}, INT64_MIN, SLA_ERR_RANGE, "told_until is outside"},
        {{HOST_START, HOST_START}, SLA_NEVER, SLA_ERR_RANGE, "told_until is outside"},
        {{HOST_START, HOST_START}, HOST_START + 1, SLA_ERR_ARGUMENT, "told_until is ahead"},
        {{HOST_START, HOST_START + 1}, HOST_START, SLA_ERR_ARGUMENT, "fact 2 was recorded ahead"},
        {{HOST_START, HOST_START - 1}, HOST_START, SLA_ERR_ARGUMENT, "fact 2 was recorded before"},
    };
    sla_import counts = {0};
    sla_error error;
    host h;

    host_init(&h);
    host_open(&h);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_EQ(rows[i].why, rows[i].result,
                 sla_service_import(h.service, facts, rows[i].recorded_at, 2, rows[i].told_until,
                                    true, NULL, NULL, &counts, &error));
        CHECK_TRUE(error.text, strstr(error.text, rows[i].why) != NULL);
    }
    host_stop(&h);
    host_fini(&h);
}

/* Not the clock of the last round, which may be long ago. */
TEST(an_import_asks_the_clock)
{
    static const struct {
        const char *why;
        const char *ticket;
        sla_duration idle;
        int result;
        const char *text;
    } rows[] = {
        {"an hour without a round", "T-1", SLA_HOUR, SLA_OK, ""},
        {"set back a little", "T-2", -10 * SLA_SECOND, SLA_OK, ""},
        {"set back behind what is on the record", "T-3", -SLA_HOUR, SLA_ERR_BUSY, "is held"},
        {"and forward again", "T-4", SLA_HOUR, SLA_OK, ""},
    };
    sla_import counts = {0};
    sla_error error;
    host h;

    host_init(&h);
    host_open(&h);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const sla_time before = h.now;
        const sla_fact fact = {.ticket = host_string(rows[i].ticket),
                               .name = host_string("opened"),
                               .occurred_at = before + rows[i].idle};

        h.now += rows[i].idle;
        h.steady += rows[i].idle > 0 ? rows[i].idle : SLA_SECOND;
        CHECK_EQ(rows[i].why, rows[i].result,
                 sla_service_import(h.service, &fact, &fact.occurred_at, 1, h.now, false,
                                    host_recorded, &h.answers, &counts, &error));
        CHECK_TRUE(error.text, strstr(error.text, rows[i].text) != NULL);
        if (rows[i].result == SLA_OK)
            CHECK_RESULT(SLA_ERR_ARGUMENT,
                         sla_service_import(h.service, &fact, &fact.occurred_at, 1, h.now + 1, true,
                                            NULL, NULL, &counts, &error));
    }
    host_settle(&h);
    CHECK_EQ("on the record", 3, h.answers.count);
    CHECK_EQ("none refused", 0, h.answers.refused);
    CHECK_EQ("seen as it was asked", 2, host_logged(&h, "clock_stepped"));
    host_stop(&h);
    host_fini(&h);
}
