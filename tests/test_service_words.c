/* Goal: whoever is told of an error is told that one, whole, and nothing else.  Method:
 * a host of one thread (service_host.h); the stack is filled before each round, so
 * that an error nobody has cleared shows. */
#include "service_host.h"

#include <string.h>

#include "bent_store.h"

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

/* -------------------------------------------------------------- the store's words */

static sla_store *bent;

static sla_store *wrap(host *h, sla_store *inner)
{
    (void)h;
    return bent = bent_store_new(inner);
}

TEST(a_full_disk_is_lost_until_something_is_written)
{
    sla_error error = {0};
    uint64_t commits;
    host h;

    host_init(&h);
    h.wrap = wrap;
    host_open(&h);
    bent_store_say(bent, BENT_COMMIT, SLA_ERR_STORE, "the disk is \"full\"");
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    host_go_to(&h, h.now + SLA_MINUTE);
    commits = bent_store_calls(bent, BENT_COMMIT);
    for (size_t i = 0; i < 10; i++) {
        host_go_to(&h, h.now + SLA_MINUTE);
        CHECK_RESULT(SLA_ERR_STORE, sla_service_health(h.service, &error));
        CHECK_TRUE("in its words", strstr(error.text, "the disk is 'full'") != NULL);
    }
    CHECK_TRUE("in its words",
               strstr(h.warning,
                      "result=SLA_ERR_STORE retry_us=100000 why=\"the disk is 'full'\"") != NULL);
    CHECK_EQ("said once", 1, host_logged(&h, "store_lost"));
    CHECK_EQ("and not taken back", 0, host_logged(&h, "store_back"));
    CHECK_EQ("each five seconds", 120, bent_store_calls(bent, BENT_COMMIT) - commits);
    bent_store_say(bent, BENT_COMMIT, SLA_OK, NULL);
    host_go_to(&h, h.now + 5 * SLA_SECOND);
    CHECK_EQ("back", 1, host_logged(&h, "store_back"));
    CHECK_OK(sla_service_health(h.service, &error));
    CHECK_OK(h.answers.last);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_store_that_is_read_from_is_back_when_nothing_is_to_be_written)
{
    host h;

    host_init(&h);
    h.wrap = wrap;
    host_open(&h);
    bent_store_say(bent, BENT_TICKET, SLA_ERR_STORE, "gone");
    CHECK_OK(host_record(&h, "T-1", "called", "a"));
    host_go_to(&h, h.now + 10 * SLA_SECOND);
    CHECK_EQ("lost", 1, host_logged(&h, "store_lost"));
    bent_store_say(bent, BENT_TICKET, SLA_OK, NULL);
    host_go_to(&h, h.now + 10 * SLA_SECOND);
    CHECK_EQ("back", 1, host_logged(&h, "store_back"));
    CHECK_OK(sla_service_health(h.service, NULL));
    host_stop(&h);
    host_fini(&h);
}

TEST(what_an_open_is_answered_is_said)
{
    static const struct {
        int result;
        const char *code;
        bool again;
    } rows[] = {{SLA_ERR_FENCED, "fenced", false},     {SLA_ERR_NEWER, "newer", false},
                {SLA_ERR_REFUSED, "unusable", false},  {SLA_ERR_ARGUMENT, "unusable", false},
                {SLA_ERR_STORE, "store_lost", true},   {SLA_ERR_BUSY, "store_held", true},
                {SLA_ERR_NOMEM, "out_of_memory", true}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_error error = {0};
        host h;

        host_init(&h);
        h.wrap = wrap;
        CHECK_OK(host_new(&h, NULL));
        bent_store_say(bent, BENT_OPEN, rows[i].result, "the words of a store");
        CHECK_OK(host_record(&h, "T-1", "opened", "a"));
        host_settle(&h);
        CHECK_EQ(rows[i].code, 1, host_logged(&h, rows[i].code));
        CHECK_RESULT(rows[i].again ? SLA_OK : rows[i].result, sla_service_given_up(h.service));
        if (rows[i].result != SLA_ERR_NOMEM) {
            CHECK_RESULT(rows[i].result, sla_service_health(h.service, &error));
            CHECK_TRUE(rows[i].code, strstr(error.text, "the words of a store") != NULL);
        }
        CHECK_EQ(rows[i].code, !rows[i].again, h.answers.count);
        bent_store_say(bent, BENT_OPEN, SLA_OK, NULL);
        host_go_to(&h, h.now + SLA_SECOND);
        CHECK_EQ(rows[i].code, rows[i].again ? SLA_SERVICE_LIVE : SLA_SERVICE_HELD,
                 sla_service_get_state(h.service));
        CHECK_RESULT(rows[i].again ? SLA_OK : rows[i].result, h.answers.last);
        host_drop(&h);
        host_fini(&h);
    }
}

TEST(who_is_fenced_at_a_ticket_hears_that_and_not_that_it_is_unreadable)
{
    static const bent_kind kinds[] = {BENT_TICKET, BENT_HISTORY};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        host h;

        host_init(&h);
        h.wrap = wrap;
        host_open(&h);
        host_fact(&h, "T-1", "opened", "a");
        host_stop(&h);
        host_open(&h);
        bent_store_say(bent, kinds[i], SLA_ERR_FENCED, "somebody else");
        CHECK_OK(host_record(&h, kinds[i] == BENT_TICKET ? "T-2" : "T-1", "called", "b"));
        host_settle(&h);
        CHECK_RESULT(SLA_ERR_FENCED, h.answers.last);
        CHECK_STR("its words", sla_result_text(SLA_ERR_FENCED), h.answers.error.text);
        CHECK_EQ("the ticket is all right", 0,
                 host_logged(&h, "ticket_unreadable") + host_logged(&h, "history_unreadable"));
        CHECK_EQ("fenced", 1, host_logged(&h, "fenced"));
        host_drop(&h);
        host_fini(&h);
    }
}

/* ------------------------------------------------------------------ nobody asked */

static const sla_store_ops *plain_ops;
static sla_store_sink ear;
static bool taken_over;

static int open_and_listen(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    ear = *sink;
    return plain_ops->open(store, sink, ask);
}

static void run_and_say(sla_store *store, sla_time now)
{
    sla_error error = {.code = SLA_ERR_FENCED, .text = "the lease was taken"};
    const sla_store_done done = {.result = SLA_ERR_FENCED, .error = &error};

    plain_ops->run(store, now);
    if (taken_over)
        ear.done(ear.context, &done);
    taken_over = false;
}

static sla_store *wrap_taken_over(host *h, sla_store *store)
{
    static sla_store_ops ops;

    (void)h;
    plain_ops = store->ops;
    ops = *store->ops;
    ops.open = open_and_listen;
    ops.run = run_and_say;
    store->ops = &ops;
    return store;
}

TEST(a_store_that_was_taken_over_is_given_up_though_nothing_was_asked)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    h.wrap = wrap_taken_over;
    host_open(&h);
    host_fact(&h, "T-1", "opened", NULL);
    taken_over = true;
    settle(&h);
    CHECK_RESULT(SLA_ERR_FENCED, sla_service_given_up(h.service));
    CHECK_RESULT(SLA_ERR_FENCED, sla_service_health(h.service, &error));
    CHECK_TRUE("why", strstr(error.text, "the lease was taken") != NULL);
    CHECK_EQ("said once", 1, host_logged(&h, "fenced"));
    host_go_to(&h, h.now + SLA_DAY);
    CHECK_EQ("nothing is told", 0, h.told_count);
    host_drop(&h);
    host_fini(&h);
}
