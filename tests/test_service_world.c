/* Goal: documents come into force together or not at all, what the store refuses is
 * set aside and read again, and what is overdue is noticed (rules 25, 29, 31).
 * Method: as test_service.c, with a store that refuses what the test says. */
#include "service_host.h"

#include <stdio.h>
#include <string.h>

/* ----------------------------------------------------------------- documents */

static void adopted(void *context, int result, const sla_error *error)
{
    host_answers *const answers = context;

    answers->count++;
    answers->last = result;
    answers->error = *error;
}

static int adopt_and_tell(host *h, const char *text, host_answers *answers, sla_error *error)
{
    static char json[8192];
    sla_document documents[8];
    const size_t count = host_documents(text, documents, json, sizeof json);

    return sla_service_adopt(h->service, documents, count, answers != NULL ? adopted : NULL,
                             answers, error);
}

static int adopt(host *h, const char *text, sla_error *error)
{
    return adopt_and_tell(h, text, NULL, error);
}

static const char hour[] = "{'policy': 'p', 'version': '2', 'targets': [{'target': 't',"
                           " 'stop': 'resolved', 'goals': [{'elapsed': 'PT1H'}]}]}";

TEST(new_tickets_take_what_was_adopted_and_old_ones_keep_theirs)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    CHECK_OK_OR_SAY(adopt(&h, hour, &error), &error);
    CHECK_RESULT(SLA_ERR_BUSY, adopt(&h, hour, &error));
    CHECK_OK(host_record(&h, "T-2", "opened", "a"));
    host_settle(&h);
    CHECK_EQ("in force", 2, host_logged(&h, "adopted"));
    CHECK_EQ("the fact waited for it", 2, h.answers.count);
    host_go_to(&h, HOST_START + 2 * SLA_HOUR);
    CHECK_EQ("breached by the new one", 1, host_told_of(&h, "T-2"));
    CHECK_OK(adopt(&h, hour, &error));
    host_settle(&h);
    CHECK_EQ("the same again is nothing", 2, host_logged(&h, "adopted"));
    h.documents = hour;
    host_stop(&h);
    host_open(&h);
    CHECK_EQ("as it was", 2, host_logged(&h, "adopted"));
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_EQ("the old ticket tells by the old one", 7, host_told_of(&h, "T-1"));
    host_stop(&h);
    host_fini(&h);
}

/* Told when they are on the record and the engine follows, whether anything changed
 * or not; and not told what was never taken. */
static char last_source[32];

static bool note_source(void *context, const sla_unit *unit)
{
    (void)context;
    if (unit->world != NULL) {
        const sla_string source = unit->world->documents[0].source;

        snprintf(last_source, sizeof last_source, "%.*s", (int)source.length, source.data);
    }
    return false;
}

/* A database keeps texts: what is no text would be refused by it, and all documents with it. */
TEST(a_file_may_have_a_name_that_is_no_text)
{
    sla_document document = {.text = {hour, sizeof hour - 1}};
    char json[sizeof hour];
    sla_error error = {0};
    host h;

    for (size_t i = 0; i < sizeof hour; i++)
        json[i] = hour[i] == '\'' ? '"' : hour[i];
    document.text.data = json;
    document.source = (sla_string){"caf\xe9-\xc3\xa9.json", 12};
    host_init(&h);
    h.refuse = note_source;
    host_open(&h);
    CHECK_OK_OR_SAY(sla_service_adopt(h.service, &document, 1, NULL, NULL, &error), &error);
    host_settle(&h);
    CHECK_EQ("in force", 2, host_logged(&h, "adopted"));
    CHECK_STR("under a name that is", "caf?-\xc3\xa9.json", last_source);
    host_fini(&h);
}

TEST(who_adopts_is_told_when_they_are_in_force)
{
    host_answers answers = {0};
    sla_error error = {0};
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_OK_OR_SAY(adopt_and_tell(&h, hour, &answers, &error), &error);
    while (sla_service_run(h.service) && answers.count == 0)
        continue;
    CHECK_EQ("told", 1, answers.count);
    CHECK_OK(answers.last);
    CHECK_EQ("in force", 2, host_logged(&h, "adopted"));
    host_settle(&h);
    CHECK_OK(adopt_and_tell(&h, hour, &answers, &error));
    host_settle(&h);
    CHECK_EQ("told", 2, answers.count);
    CHECK_EQ("nothing was to be done", 2, host_logged(&h, "adopted"));
    CHECK_TRUE("refused at once", adopt_and_tell(&h, "{'policy': 1}", &answers, &error) < 0);
    CHECK_OK(adopt_and_tell(&h, hour, &answers, &error));
    host_stop(&h);
    CHECK_EQ("told before it stops", 3, answers.count);
    host_fini(&h);
}

/* LIVE says that what the options say is in force. */
TEST(it_loads_until_its_documents_are_in_force)
{
    size_t loading = 0;
    host h;

    host_init(&h);
    CHECK_OK(host_new(&h, NULL));
    while (sla_service_run(h.service) || loading == 0) {
        if (sla_service_get_state(h.service) != SLA_SERVICE_LOADING)
            break;
        CHECK_EQ("not yet", 0, host_logged(&h, "adopted"));
        loading++;
    }
    CHECK_EQ("now", 1, host_logged(&h, "adopted"));
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    host_stop(&h);
    host_fini(&h);
}

TEST(a_bad_document_changes_nothing)
{
    static const struct {
        const char *why;
        const char *text;
        int result;
    } rows[] = {
        {"no JSON", "{'policy'", SLA_ERR_SYNTAX},
        {"no goal", "{'policy': 'q', 'version': '1', 'targets': [{'target': 't'}]}",
         SLA_ERR_POLICY},
        {"a calendar that nobody has",
         "{'policy': 'q', 'version': '1', 'targets': [{'target': 't', 'stop': 'resolved',"
         " 'calendar': 'elsewhere', 'goals': [{'business': 'PT4H'}]}]}",
         SLA_ERR_NOT_FOUND},
        {"no hours", "{'kind': 'calendar', 'name': 'c', 'version': '1'}", SLA_ERR_CALENDAR},
    };
    sla_error error = {0};
    host h;

    host_init(&h);
    host_open(&h);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_EQ(rows[i].why, rows[i].result, adopt(&h, rows[i].text, &error));
        CHECK_EQ(rows[i].why, rows[i].result, error.code);
    }
    host_settle(&h);
    CHECK_EQ("only the first", 1, host_logged(&h, "adopted"));
    CHECK_EQ("healthy", SLA_OK, sla_service_health(h.service, NULL));
    host_stop(&h);
    host_fini(&h);
}

/* -------------------------------------------------------------- what is refused */

static bool refusing;

static bool refuse(void *context, const sla_unit *unit)
{
    (void)context;
    for (size_t i = 0; i < unit->ticket_count && refusing; i++) {
        if (unit->tickets[i].ticket.data[0] == 'X')
            return true;
    }
    return false;
}

TEST(a_ticket_that_is_refused_is_set_aside_and_the_others_go_on)
{
    host h;

    host_init(&h);
    h.refuse = refuse;
    refusing = false;
    host_open(&h);
    host_fact(&h, "X-1", "opened", "a");
    refusing = true;
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    CHECK_OK(host_record(&h, "X-1", "called", "b"));
    CHECK_OK(host_record(&h, "T-2", "opened", "a"));
    host_settle(&h);
    CHECK_EQ("three answers", 4, h.answers.count);
    CHECK_EQ("one of them refused", 1, h.answers.refused);
    CHECK_EQ("cut", 1, host_logged(&h, "unit_cut"));
    CHECK_EQ("set aside", 1, host_logged(&h, "unit_refused"));
    CHECK_STR("and why", "facts=1 events=0 result=SLA_ERR_REFUSED why=\"by the faulty store\"",
              h.complaint);
    CHECK_TRUE("its recorder hears it too",
               strstr(h.answers.refusal.text, "by the faulty store") != NULL);
    CHECK_RESULT(SLA_ERR_REFUSED, sla_service_health(h.service, NULL));
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("the others are told", 2, h.told_count);
    refusing = false;
    host_go_to(&h, HOST_START + 3 * SLA_HOUR + 2 * SLA_MINUTE);
    CHECK_EQ("and it, when it is taken again", 3, h.told_count);
    host_fact(&h, "X-1", "called", "b");
    CHECK_EQ("the refused fact was never there", 2, h.answers.answer.seq);
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_ticket_that_left_memory_comes_back)
{
    sla_service_stats stats = {.size = sizeof stats};
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_fact(&h, "T-1", "resolved", "b");
    host_go_to(&h, HOST_START + 2 * SLA_HOUR);
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("it left", 0, stats.tickets);
    CHECK_OK(host_record_at(&h, "T-1", "opened", "a", HOST_START));
    host_settle(&h);
    CHECK_RESULT(SLA_DUPLICATE, h.answers.last);
    CHECK_EQ("found by its opening", 1, host_logged(&h, "ticket_known"));
    host_go_to(&h, HOST_START + 4 * SLA_HOUR);
    host_fact(&h, "T-1", "called", "c");
    CHECK_EQ("found by a fact", 3, h.answers.answer.seq);
    host_fact(&h, "T-9", "called", "c");
    CHECK_EQ("one that never was", 1, h.answers.answer.seq);
    CHECK_EQ("told once", 1, h.told_count);
    host_stop(&h);
    host_fini(&h);
}

TEST(documents_that_wait_when_it_is_replaced_are_answered)
{
    host_answers answers = {0};
    host h, other;

    host_init(&h);
    host_init(&other);
    other.kept->ops->close(other.kept);
    CHECK_OK(sla_store_memory_share(h.kept, &other.kept));
    host_open(&h);
    host_open(&other);
    CHECK_OK(adopt_and_tell(&h, hour, &answers, NULL));
    host_settle(&h);
    CHECK_EQ("answered", 1, answers.count);
    CHECK_RESULT(SLA_ERR_FENCED, answers.last);
    CHECK_RESULT(SLA_ERR_FENCED, adopt_and_tell(&h, hour, &answers, NULL));
    host_stop(&h);
    host_stop(&other);
    host_fini(&other);
    host_fini(&h);
}

TEST(a_service_that_was_replaced_tells_nothing_more)
{
    host h, other;

    host_init(&h);
    host_init(&other);
    other.kept->ops->close(other.kept);
    CHECK_OK(sla_store_memory_share(h.kept, &other.kept));
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_open(&other);
    CHECK_OK(host_record(&h, "T-2", "opened", "a"));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_FENCED, h.answers.last);
    CHECK_EQ("it has no number", 0, h.answers.answer.seq);
    CHECK_EQ("held for good", SLA_SERVICE_HELD, sla_service_get_state(h.service));
    CHECK_RESULT(SLA_ERR_FENCED, sla_service_health(h.service, NULL));
    CHECK_EQ("said once", 1, host_logged(&h, "fenced"));
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_EQ("nothing is told", 0, h.told_count);
    CHECK_OK(host_record(&h, "T-3", "opened", "a"));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_FENCED, h.answers.last);
    host_stop(&h);
    host_fact(&other, "T-2", "opened", "a");
    host_go_to(&other, HOST_START + SLA_DAY);
    CHECK_EQ("the other tells it", 14, other.told_count);
    host_check_told(&other);
    host_stop(&other);
    host_fini(&other);
    host_fini(&h);
}

/* ------------------------------------------------------------------- overdue */

TEST(what_is_overdue_is_an_alarm)
{
    sla_service_stats stats = {.size = sizeof stats};
    host h;

    host_init(&h);
    h.refuse = refuse;
    refusing = false;
    host_open(&h);
    host_fact(&h, "X-1", "opened", "a");
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, HOST_START + 3 * SLA_HOUR - SLA_MINUTE);
    CHECK_EQ("nothing is", 0, host_logged(&h, "overdue"));
    refusing = true;
    host_go_to(&h, HOST_START + 3 * SLA_HOUR + 3 * SLA_MINUTE);
    CHECK_TRUE("what cannot be written", host_logged(&h, "overdue") > 0);
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("one", 1, stats.overdue);
    refusing = false;
    host_go_to(&h, h.now + 3 * SLA_MINUTE);
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("over", 0, stats.overdue);
    host_stop(&h);
    host_fini(&h);
}

/* ------------------------------------------------------------------- import */

#define OPENED_AT (HOST_START - 6 * SLA_HOUR - 30 * SLA_MINUTE)
#define TOLD_UNTIL (HOST_START - SLA_HOUR)

static int import(host *h, const char *last, bool dry_run, sla_import *counts, sla_error *error)
{
    const sla_fact facts[] = {{.tenant = host_string("north"),
                               .ticket = host_string("T-1"),
                               .id = host_string("a"),
                               .name = host_string("opened"),
                               .occurred_at = OPENED_AT},
                              {.tenant = host_string("north"),
                               .ticket = host_string("T-1"),
                               .id = host_string("b"),
                               .name = host_string(last),
                               .occurred_at = OPENED_AT + SLA_HOUR}};
    const sla_time recorded_at[] = {OPENED_AT, OPENED_AT + SLA_HOUR};

    return sla_service_import(h->service, facts, recorded_at, COUNT_OF(facts), TOLD_UNTIL, dry_run,
                              host_recorded, &h->answers, counts, error);
}

TEST(a_living_ticket_is_taken_over)
{
    sla_import counts = {0};
    sla_error error = {0};
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_OK_OR_SAY(import(&h, "called", true, &counts, &error), &error);
    CHECK_EQ("warned, breached, level 1 by the system before", 3, counts.imported);
    CHECK_EQ("level 2 is ours", 1, counts.later);
    host_settle(&h);
    CHECK_EQ("a dry run leaves nothing", 0, h.told_count + h.answers.count);
    CHECK_RESULT(SLA_ERR_FACT, import(&h, "Called!", false, &counts, &error));
    CHECK_STR("which", "fact 2", error.source);
    CHECK_OK_OR_SAY(import(&h, "called", false, &counts, &error), &error);
    CHECK_EQ("counted up", 2, counts.tickets);
    CHECK_EQ("not before it is on the record", 0, h.answers.count);
    host_settle(&h);
    CHECK_RESULT(SLA_OK, h.answers.last);
    CHECK_EQ("only what is due since", 1, h.told_count);
    CHECK_STR("which is", "level_2", h.told[0].step);
    CHECK_RESULT(SLA_ERR_EXISTS, import(&h, "called", false, &counts, &error));
    host_stop(&h);
    host_open(&h);
    CHECK_EQ("imported is not told later", 1, h.told_count);
    host_go_to(&h, HOST_START + 35 * SLA_MINUTE);
    CHECK_EQ("its ladder goes on", 2, h.told_count);
    CHECK_OK(host_record_at(&h, "T-1", "called", "b", OPENED_AT + SLA_HOUR));
    host_settle(&h);
    CHECK_RESULT(SLA_DUPLICATE, h.answers.last);
    host_fact(&h, "T-1", "resolved", "c");
    host_go_to(&h, h.now + 2 * SLA_HOUR);
    CHECK_OK(import(&h, "called", false, &counts, &error));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_EXISTS, h.answers.last);
    host_fact(&h, "T-1", "called", "d");
    CHECK_EQ("as it was", 4, h.answers.answer.seq);
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

/* What the store turns down was never told. */
TEST(an_import_of_a_ticket_on_the_record_counts_for_nothing)
{
    sla_service_stats stats = {.size = sizeof stats};
    sla_import counts = {0};
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_fact(&h, "T-1", "resolved", "b");
    host_go_to(&h, HOST_START + 2 * SLA_HOUR);
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("it left, so only the store knows it", 0, stats.tickets);
    CHECK_OK(import(&h, "called", false, &counts, NULL));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_EXISTS, h.answers.last);
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("imported", 0, stats.imported);
    CHECK_EQ("told", h.told_count, stats.events);
    host_stop(&h);
    host_fini(&h);
}

TEST(an_import_does_not_overtake_a_fact)
{
    sla_import counts = {0};
    sla_error error = {0};
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    CHECK_RESULT(SLA_ERR_BUSY, import(&h, "called", false, &counts, &error));
    host_settle(&h);
    CHECK_RESULT(SLA_OK, h.answers.last);
    CHECK_RESULT(SLA_ERR_EXISTS, import(&h, "called", false, &counts, &error));
    CHECK_EQ("nothing of it", 0, counts.tickets);
    host_stop(&h);
    host_fini(&h);
}
