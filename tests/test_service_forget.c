/* Goal: a ticket that is forgotten is gone from memory and store, and never before all
 * that was told of it is acknowledged; one that is needed stays.  Method: by hand, on a
 * memory store that is opened again to see what it holds; then a thousand tickets over
 * a store that goes wrong. */
#include "service_host.h"

#include <stdio.h>
#include <string.h>

static sla_string north(void)
{
    return host_string("north");
}

static void forgotten(void *context, int result, const sla_error *error)
{
    host_answers *const answers = context;

    answers->count++;
    answers->last = result;
    answers->error = *error;
    CHECK_EQ("an error says so", result, error->code);
}

static int forget(host *h, const char *ticket, host_answers *answers)
{
    return sla_service_forget(h->service, north(), host_string(ticket), forgotten, answers);
}

/* Opened, and resolved an hour later: told `met`. */
static void live(host *h, const char *ticket)
{
    host_fact(h, ticket, "opened", "a");
    host_go_to(h, h->now + SLA_HOUR);
    host_fact(h, ticket, "resolved", "b");
}

/* What only a ticket that is not on the record takes: `opened` under its old id. */
static void check_gone(host *h, const char *ticket)
{
    host_fact(h, ticket, "opened", "a");
    CHECK_EQ("its first fact", 1, h->answers.answer.seq);
}

static void check_there(host *h, const char *ticket)
{
    CHECK_OK(host_record(h, ticket, "called", "z"));
    host_settle(h);
    CHECK_OK(h->answers.last);
    CHECK_EQ("behind the others", 3, h->answers.answer.seq);
}

TEST(a_ticket_that_ended_is_forgotten)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    host_open(&h);
    live(&h, "T-1");
    live(&h, "T-2");
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_EQ("told", 1, gone.count);
    CHECK_OK(gone.last);
    host_drop(&h);
    host_open(&h);
    check_gone(&h, "T-1");
    check_there(&h, "T-2");
    CHECK_OK(sla_service_forget(h.service, north(), host_string("T-2"), NULL, NULL));
    host_settle(&h);
    check_gone(&h, "T-2");
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

/* It need not be in memory. */
TEST(one_that_left_memory_is_read_for_it)
{
    host_answers gone = {0}, unknown = {0};
    host h;

    host_init(&h);
    host_open(&h);
    live(&h, "T-1");
    host_stop(&h);
    host_open(&h);
    CHECK_OK(forget(&h, "T-1", &gone));
    CHECK_OK(forget(&h, "T-9", &unknown));
    host_settle(&h);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_OK(gone.last);
    CHECK_EQ("answered", 1, unknown.count);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, unknown.last);
    check_gone(&h, "T-1");
    host_stop(&h);
    host_fini(&h);
}

TEST(what_is_refused_stays)
{
    static const char long_name[SLA_ID_MAX + 2] =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    host_answers gone = {0};
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_RESULT(SLA_ERR_ARGUMENT, forget(&h, "", &gone));
    CHECK_RESULT(SLA_ERR_ARGUMENT, forget(&h, long_name, &gone));
    host_fact(&h, "T-1", "opened", "a");
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_RESULT(SLA_ERR_STATE, gone.last);
    CHECK_TRUE("why", strstr(gone.error.text, "live clock") != NULL);
    host_go_to(&h, h.now + 3 * SLA_HOUR + SLA_MINUTE);
    CHECK_EQ("it tells as before", 1, h.told_count);
    host_stop(&h);
    CHECK_EQ("nothing came for those that were not taken", 1, gone.count);
    host_fini(&h);
}

/* Loaded and not needed yet, it is looked at all the same, and goes on. */
TEST(one_at_rest_that_lives_stays)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_stop(&h);
    host_open(&h);
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_STATE, gone.last);
    host_go_to(&h, h.now + 5 * SLA_HOUR);
    CHECK_EQ("warned, breached, level 1", 3, h.told_count);
    host_stop(&h);
    host_fini(&h);
}

TEST(it_waits_for_who_has_not_acknowledged)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    host_open(&h);
    live(&h, "T-1");
    CHECK_EQ("told", 1, h.told_count);
    CHECK_OK(forget(&h, "T-1", &gone));
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_EQ("the second is one too many", 1, gone.count);
    CHECK_RESULT(SLA_ERR_BUSY, gone.last);
    host_go_to(&h, h.now + SLA_DAY);
    CHECK_EQ("not yet", 1, gone.count);
    CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
    host_settle(&h);
    CHECK_EQ("now", 2, gone.count);
    CHECK_OK(gone.last);
    check_gone(&h, "T-1");
    host_stop(&h);
    host_fini(&h);
}

/* Also for one that is known and not here. */
TEST(it_waits_for_a_consumer_that_is_to_come_back)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    host_open(&h);
    live(&h, "T-1");
    host_stop(&h);
    CHECK_OK(host_new(&h, NULL));
    host_settle(&h);
    CHECK_OK(forget(&h, "T-1", &gone));
    host_go_to(&h, h.now + SLA_HOUR);
    CHECK_EQ("not yet", 0, gone.count);
    h.reply = SLA_OK;
    h.told_count = 0;
    CHECK_OK(sla_service_subscribe(h.service, &h.consumer));
    host_settle(&h);
    CHECK_EQ("it hears what it has not acknowledged", 1, h.told_count);
    CHECK_EQ("and then the ticket goes", 1, gone.count);
    CHECK_OK(gone.last);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_fact_that_comes_keeps_the_ticket)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    host_open(&h);
    live(&h, "T-1");
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    check_there(&h, "T-1");
    CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
    host_settle(&h);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_RESULT(SLA_ERR_STATE, gone.last);
    CHECK_TRUE("why", strstr(gone.error.text, "a fact came") != NULL);
    /* What was recorded just before comes first as well. */
    CHECK_OK(host_record(&h, "T-1", "called", "y"));
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_EQ("on the record", 4, h.answers.answer.seq);
    CHECK_OK(gone.last);
    check_gone(&h, "T-1");
    host_stop(&h);
    host_fini(&h);
}

/* Queued behind the request, it keeps the ticket however soon both are taken up; also where
 * the ticket has to be read first, and where more are asked for than a round looks at. */
TEST(a_fact_that_comes_at_once_keeps_the_ticket)
{
    static const struct {
        const char *why;
        bool away, acknowledged;
        size_t others;
    } rows[] = {
        {"in memory", false, true, 0},         {"in memory, behind others", false, true, 600},
        {"not in memory", true, true, 0},      {"not in memory, behind others", true, true, 600},
        {"not acknowledged", false, false, 0}, {"not acknowledged, not in memory", true, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        host_answers gone = {0}, others = {0};
        host h;

        host_init(&h);
        h.reply = rows[i].acknowledged ? SLA_OK : SLA_PENDING;
        host_open(&h);
        live(&h, "T-1");
        if (rows[i].away) {
            host_stop(&h);
            host_open(&h);
        }
        for (size_t other = 0; other < rows[i].others; other++)
            CHECK_OK(forget(&h, "T-9", &others));
        CHECK_OK(forget(&h, "T-1", &gone));
        CHECK_OK(host_record(&h, "T-1", "called", "z"));
        host_settle(&h);
        CHECK_EQ(rows[i].why, 3, h.answers.answer.seq);
        if (!rows[i].acknowledged)
            CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
        host_settle(&h);
        CHECK_EQ("answered", 1, gone.count);
        CHECK_EQ(rows[i].why, SLA_ERR_STATE, gone.last);
        CHECK_TRUE("why", strstr(gone.error.text, "a fact came") != NULL);
        CHECK_EQ("the others as well", rows[i].others, others.count);
        host_fact(&h, "T-1", "called", "y");
        CHECK_EQ(rows[i].why, 4, h.answers.answer.seq);
        host_stop(&h);
        host_fini(&h);
    }
}

/* One that is refused, or there already, does not. */
TEST(a_fact_that_is_not_recorded_keeps_nothing)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    host_open(&h);
    live(&h, "T-1");
    CHECK_OK(forget(&h, "T-1", &gone));
    CHECK_OK(host_record(&h, "T-1", "no such fact!", "c"));
    CHECK_OK(host_record_at(&h, "T-1", "opened", "a", HOST_START));
    host_settle(&h);
    CHECK_EQ("refused", 1, h.answers.refused);
    CHECK_EQ("there already", 1, h.answers.duplicates);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_OK(gone.last);
    check_gone(&h, "T-1");
    host_stop(&h);
    host_fini(&h);
}

/* Asked for in a round, behind its look at the others. */
static int forget_then_record(void *context, const sla_event *event, uint64_t number,
                              uint32_t attempt)
{
    host *const h = context;

    (void)event;
    (void)number;
    (void)attempt;
    if (h->told_count == 1) {
        CHECK_OK(forget(h, "T-1", h->wrap_context));
        CHECK_OK(host_record(h, "T-1", "called", "z"));
    }
    return SLA_OK;
}

TEST(a_fact_that_comes_in_the_round_keeps_the_ticket)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    h.wrap_context = &gone;
    h.on_event = forget_then_record;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    CHECK_OK(host_record(&h, "T-1", "resolved", "b"));
    host_settle(&h);
    CHECK_EQ("behind the others", 3, h.answers.answer.seq);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_RESULT(SLA_ERR_STATE, gone.last);
    host_fact(&h, "T-1", "called", "y");
    CHECK_EQ("it is there", 4, h.answers.answer.seq);
    host_stop(&h);
    host_fini(&h);
}

/* What is taken over behind a request is not taken by it. */
TEST(an_import_waits_for_it)
{
    const sla_time at = HOST_START - SLA_HOUR;
    const sla_fact opened = {.tenant = north(),
                             .ticket = host_string("T-1"),
                             .id = host_string("a"),
                             .name = host_string("opened"),
                             .occurred_at = at};
    host_answers gone = {0};
    sla_import counts = {0};
    sla_error error;
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_OK(forget(&h, "T-1", &gone));
    CHECK_RESULT(SLA_ERR_BUSY, sla_service_import(h.service, &opened, &at, 1, h.now, false, NULL,
                                                  NULL, &counts, &error));
    CHECK_TRUE("why", strstr(error.text, "forgotten") != NULL);
    host_settle(&h);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, gone.last);
    CHECK_OK_OR_SAY(
        sla_service_import(h.service, &opened, &at, 1, h.now, false, NULL, NULL, &counts, &error),
        &error);
    host_fact(&h, "T-1", "called", "b");
    CHECK_EQ("it is there", 2, h.answers.answer.seq);
    host_stop(&h);
    host_fini(&h);
}

/* A fact that comes while the row is on its way out finds no ticket. */
TEST(a_fact_that_comes_too_late_opens_a_new_one)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    host_open(&h);
    live(&h, "T-1");
    CHECK_OK(forget(&h, "T-1", &gone));
    CHECK_TRUE("on its way", sla_service_run(h.service));
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    host_settle(&h);
    CHECK_OK(gone.last);
    CHECK_OK(h.answers.last);
    CHECK_EQ("its first fact", 1, h.answers.answer.seq);
    host_stop(&h);
    host_fini(&h);
}

TEST(the_end_does_not_wait_for_it)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    host_open(&h);
    live(&h, "T-1");
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    sla_service_stop(h.service);
    CHECK_RESULT(SLA_ERR_STATE, forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_EQ("stopped", SLA_SERVICE_STOPPED, sla_service_get_state(h.service));
    CHECK_EQ("answered", 1, gone.count);
    CHECK_RESULT(SLA_ERR_STATE, gone.last);
    host_drop(&h);
    /* Nor does a service that goes at once. */
    host_open(&h);
    CHECK_OK(forget(&h, "T-1", &gone));
    host_drop(&h);
    CHECK_EQ("and says nothing", 1, gone.count);
    host_fini(&h);
}

/* ---------------------------------------------------------- what the store says */

static bool refusing;

static bool refuse(void *context, const sla_unit *unit)
{
    (void)context;
    for (size_t i = 0; i < unit->ticket_count; i++) {
        if (refusing && unit->tickets[i].gone)
            return true;
    }
    return false;
}

TEST(a_store_that_refuses_keeps_the_ticket)
{
    host_answers gone = {0};
    host h;

    host_init(&h);
    h.refuse = refuse;
    host_open(&h);
    live(&h, "T-1");
    live(&h, "T-2");
    refusing = true;
    CHECK_OK(forget(&h, "T-1", &gone));
    CHECK_OK(host_record(&h, "T-2", "called", "c"));
    host_settle(&h);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_RESULT(SLA_ERR_REFUSED, gone.last);
    CHECK_STR("in the store's words", "by the faulty store", gone.error.text);
    CHECK_OK(h.answers.last);
    check_there(&h, "T-1");
    refusing = false;
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_OK(gone.last);
    check_gone(&h, "T-1");
    host_stop(&h);
    host_fini(&h);
}

TEST(a_service_that_was_replaced_forgets_nothing)
{
    host_answers gone = {0};
    host h, other;

    host_init(&h);
    host_init(&other);
    other.kept->ops->close(other.kept);
    CHECK_OK(sla_store_memory_share(h.kept, &other.kept));
    host_open(&h);
    live(&h, "T-1");
    host_open(&other);
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_EQ("answered", 1, gone.count);
    CHECK_RESULT(SLA_ERR_FENCED, gone.last);
    CHECK_OK(forget(&h, "T-1", &gone));
    host_settle(&h);
    CHECK_EQ("answered", 2, gone.count);
    host_stop(&h);
    check_there(&other, "T-1");
    host_stop(&other);
    host_fini(&other);
    host_fini(&h);
}
