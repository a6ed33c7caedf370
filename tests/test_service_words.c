/* Goal: whoever is told of an error is told that one, whole, and nothing else.  Method:
 * a host of one thread (service_host.h); the stack is filled before each round, so
 * that an error nobody has cleared shows. */
#include "service_host.h"

#include <stdlib.h>
#include <string.h>

enum { STACK_FILLED = 65536 };

/* What was on the stack before: a complaint that never was. */
static void fill_stack(void)
{
    volatile unsigned char filling[STACK_FILLED];

    for (size_t i = 0; i < sizeof filling; i++)
        filling[i] = 0x41;
}

static void settle(host *h)
{
    do
        fill_stack();
    while (sla_service_run(h->service));
}

/* ------------------------------------------------------------- facts not valid */

static sla_engine *engine_with_rules(void)
{
    static const char text[] = "{\"policy\": \"p\", \"version\": \"1\", \"targets\":"
                               " [{\"target\": \"t\", \"stop\": \"resolved\","
                               " \"goals\": [{\"elapsed\": \"PT4H\"}]}]}";
    sla_engine *engine;
    sla_policies *policies;

    CHECK_OK(sla_engine_new(NULL, &engine));
    CHECK_OK(sla_policies_new(NULL, &policies));
    CHECK_OK(sla_policies_add(policies, text, strlen(text), "p", NULL));
    CHECK_OK(sla_policies_finish(policies, NULL));
    CHECK_OK(sla_engine_adopt(engine, policies, NULL, 0, HOST_START, NULL));
    sla_policies_unref(policies);
    return engine;
}

static void check_same(const char *why, const sla_error *want, const sla_error *got)
{
    CHECK_EQ(why, want->code, got->code);
    CHECK_EQ(why, want->line, got->line);
    CHECK_EQ(why, want->column, got->column);
    CHECK_STR(why, want->source, got->source);
    CHECK_STR(why, want->pointer, got->pointer);
    CHECK_STR(why, want->text, got->text);
}

TEST(a_recorder_hears_the_engine_s_own_words)
{
    static const sla_attribute unnamed = {.name = {"Bad Name", 8}, .type = SLA_VALUE_INT};
    static const struct {
        const char *why;
        sla_fact fact;
    } rows[] = {
        {"no ticket", {.name = {"opened", 6}, .occurred_at = HOST_START}},
        {"no name", {.ticket = {"T", 1}, .name = {"Bad", 3}, .occurred_at = HOST_START}},
        {"never", {.ticket = {"T", 1}, .name = {"opened", 6}, .occurred_at = SLA_NEVER}},
        {"a control character",
         {.ticket = {"a\nb", 3}, .name = {"opened", 6}, .occurred_at = HOST_START}},
        {"ahead of the clock",
         {.ticket = {"T", 1}, .name = {"opened", 6}, .occurred_at = HOST_START + SLA_DAY}},
        {"an attribute without a name",
         {.ticket = {"T", 1},
          .name = {"opened", 6},
          .occurred_at = HOST_START,
          .attributes = &unnamed,
          .attribute_count = 1}},
        {"both at once",
         {.ticket = {"T", 1},
          .name = {"opened", 6},
          .occurred_at = HOST_START,
          .corrects = {"a", 1},
          .withdraws = {"b", 1}}},
        {"corrects nothing",
         {.ticket = {"T", 1},
          .name = {"note", 4},
          .occurred_at = HOST_START,
          .corrects = {"a", 1}}},
    };
    sla_engine *const engine = engine_with_rules();
    host h;

    host_init(&h);
    host_open(&h);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_error want = {0};
        const int result = sla_engine_record(engine, &rows[i].fact, HOST_START, NULL, &want);

        CHECK_TRUE(rows[i].why, result < 0);
        CHECK_OK(sla_service_record(h.service, &rows[i].fact, host_recorded, &h.answers));
        settle(&h);
        CHECK_EQ(rows[i].why, i + 1, h.answers.count);
        CHECK_RESULT(result, h.answers.last);
        check_same(rows[i].why, &want, &h.answers.error);
    }
    sla_engine_free(engine);
    host_stop(&h);
    host_fini(&h);
}
