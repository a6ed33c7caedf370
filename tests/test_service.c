/* Goal: a service does what its header says, in the plain cases.  Method: a host of
 * one thread with a clock that is a number (service_host.h), on the memory store. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/log.h"

TEST(a_fact_is_answered_when_it_is_on_the_record)
{
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_EQ("it is live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_EQ("healthy", SLA_OK, sla_service_health(h.service, NULL));
    CHECK_EQ("the policy came into force", 1, host_logged(&h, "adopted"));
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    CHECK_EQ("not before the round", 0, h.answers.count);
    host_settle(&h);
    CHECK_EQ("once", 1, h.answers.count);
    CHECK_RESULT(SLA_OK, h.answers.last);
    CHECK_EQ("its number", 1, h.answers.answer.seq);
    CHECK_EQ("the loop was woken", 1, h.wakes > 0);
    host_stop(&h);
    host_fini(&h);
}

TEST(events_come_at_their_instants_in_order)
{
    static const struct {
        const char *step;
        sla_duration after;
    } rows[] = {{"warn", 3 * SLA_HOUR},    {"breach", 4 * SLA_HOUR},  {"level_1", 5 * SLA_HOUR},
                {"level_2", 6 * SLA_HOUR}, {"level_2", 7 * SLA_HOUR}, {"level_2", 8 * SLA_HOUR},
                {"level_2", 9 * SLA_HOUR}};
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_EQ("all of the ladder", COUNT_OF(rows), h.told_count);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_STR("step", rows[i].step, h.told[i].step);
        CHECK_EQ("instant", HOST_START + rows[i].after, h.told[i].at);
        CHECK_EQ("when it came", HOST_START + rows[i].after, h.told[i].when);
        CHECK_EQ("number", i + 1, h.told[i].number);
    }
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_fact_again_is_a_duplicate_and_another_under_its_id_a_conflict)
{
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    host_settle(&h);
    CHECK_RESULT(SLA_DUPLICATE, h.answers.last);
    CHECK_EQ("of the first", 1, h.answers.answer.seq);
    CHECK_OK(host_record(&h, "T-1", "called", "a"));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_CONFLICT, h.answers.last);
    host_fact(&h, "T-1", "called", "b");
    CHECK_EQ("the record goes on", 2, h.answers.answer.seq);
    host_stop(&h);
    host_open(&h);
    CHECK_OK(host_record_at(&h, "T-1", "called", "b", HOST_START));
    CHECK_OK(host_record_at(&h, "T-1", "opened", "a", HOST_START));
    host_settle(&h);
    CHECK_EQ("also by the next service", 3, h.answers.duplicates);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_late_fact_asks_for_the_history)
{
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_fact(&h, "T-1", "called", "b");
    host_go_to(&h, HOST_START + 5 * SLA_HOUR);
    CHECK_EQ("warned, breached, escalated", 3, h.told_count);
    CHECK_OK(host_record_at(&h, "T-1", "resolved", "c", HOST_START + 2 * SLA_HOUR));
    CHECK_OK(host_record(&h, "T-1", "called", "d"));
    CHECK_OK(host_record(&h, "T-1", "called", "e"));
    host_settle(&h);
    CHECK_EQ("all are on the record", 5, h.answers.count - h.answers.refused);
    CHECK_EQ("in order", 5, h.answers.answer.seq);
    CHECK_TRUE("what was told is taken back", h.told_count > 3);
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

TEST(it_goes_on_where_the_one_before_ended)
{
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_fact(&h, "T-2", "opened", "a");
    host_go_to(&h, HOST_START + 3 * SLA_HOUR + SLA_MINUTE);
    CHECK_EQ("two warnings", 2, h.told_count);
    host_stop(&h);
    h.now = HOST_START + 4 * SLA_HOUR + SLA_SECOND;
    host_open(&h);
    CHECK_EQ("what fell due meanwhile", 4, h.told_count);
    host_go_to(&h, h.now + SLA_SECOND);
    host_drop(&h);
    host_open(&h);
    host_fact(&h, "T-2", "resolved", "b");
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_EQ("one was resolved", 3, host_told_of(&h, "T-2"));
    CHECK_EQ("the other was not", 7, host_told_of(&h, "T-1"));
    CHECK_EQ("adopted once", 1, host_logged(&h, "adopted"));
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

/* ------------------------------------------------------------------ consumers */

TEST(what_is_not_acknowledged_holds_back_its_ticket_only)
{
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    h.now += SLA_MINUTE;
    host_fact(&h, "T-2", "opened", "a");
    host_go_to(&h, HOST_START + 4 * SLA_HOUR + SLA_SECOND);
    CHECK_EQ("the warning of the one", 1, h.told[0].attempt);
    for (size_t i = 0; i < h.told_count; i++)
        CHECK_STR("only warnings", "warn", h.told[i].step);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_service_acknowledge(h.service, "nobody", 1));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_service_acknowledge(h.service, "crm", 99));
    CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
    CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
    host_settle(&h);
    CHECK_STR("the next of that ticket", "breach", h.told[h.told_count - 1].step);
    CHECK_STR("of that ticket", "T-1", h.told[h.told_count - 1].ticket);
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

TEST(redelivery_doubles_up_to_an_hour)
{
    static const sla_duration minutes[] = {0, 1, 3, 7, 15, 31, 63, 123, 183};
    host h;

    host_init(&h);
    h.reply = SLA_ERR_BUSY; /* as well as never acknowledged */
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, HOST_START + 3 * SLA_HOUR + 184 * SLA_MINUTE);
    CHECK_EQ("attempts", COUNT_OF(minutes), h.told_count);
    for (size_t i = 0; i < COUNT_OF(minutes); i++) {
        CHECK_EQ("attempt", i + 1, h.told[i].attempt);
        CHECK_EQ("the same", 1, h.told[i].number);
        CHECK_EQ("when", HOST_START + 3 * SLA_HOUR + minutes[i] * SLA_MINUTE, h.told[i].when);
    }
    host_drop(&h);
    host_open(&h);
    CHECK_EQ("it begins again", 1, h.told[h.told_count - 1].attempt);
    CHECK_EQ("with the same", 1, h.told[h.told_count - 1].number);
    host_stop(&h);
    host_fini(&h);
}

TEST(no_more_in_flight_than_the_consumer_takes)
{
    enum { TICKETS = 5000, LIMIT = 10 };
    sla_service_stats stats = {.size = sizeof stats};
    char name[16];
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    h.consumer.max_in_flight = LIMIT;
    h.consumer.redeliver_after = 10 * SLA_DAY;
    host_open(&h);
    for (size_t i = 0; i < TICKETS; i++) {
        snprintf(name, sizeof name, "T-%zu", i);
        CHECK_OK(host_record(&h, name, "opened", NULL));
    }
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("as many as it takes", LIMIT, h.told_count);
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("all were told", TICKETS, stats.events);
    CHECK_TRUE("a page in memory, not all of it", stats.unacknowledged <= LIMIT + 1024);
    CHECK_EQ("the oldest", HOST_START + 3 * SLA_HOUR, stats.oldest_unacknowledged);
    for (size_t i = 0; i < h.told_count; i++) {
        CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[i].number));
        host_settle(&h);
    }
    CHECK_EQ("each of them once", TICKETS, h.told_count);
    host_check_told(&h);
    host_stop(&h);
    host_open(&h);
    CHECK_EQ("and not again", TICKETS, h.told_count);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_consumer_that_dies_hears_again_what_it_did_not_acknowledge)
{
    char name[16];
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    host_open(&h);
    for (size_t i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "T-%zu", i);
        CHECK_OK(host_record(&h, name, "opened", NULL));
    }
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("a thousand by default", 1000, h.told_count);
    for (size_t i = 0; i < 1000; i += 2)
        CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[i].number));
    host_go_to(&h, h.now + SLA_SECOND); /* marks wait a little for a unit to ride with */
    CHECK_EQ("as many more", 1500, h.told_count);
    host_drop(&h);
    h.told_count = 0;
    h.reply = SLA_OK;
    host_open(&h);
    CHECK_EQ("all but those acknowledged", 2500, h.told_count);
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_new_consumer_hears_from_now_on)
{
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    host_stop(&h);
    h.consumer.name = "archive";
    h.told_count = 0;
    host_open(&h);
    CHECK_EQ("nothing of before", 0, h.told_count);
    CHECK_RESULT(SLA_ERR_EXISTS, sla_service_subscribe(h.service, &h.consumer));
    host_go_to(&h, HOST_START + 4 * SLA_HOUR);
    CHECK_EQ("but of now", 1, h.told_count);
    host_drop(&h);
    h.consumer.name = "Not a name";
    CHECK_OK(host_new(&h, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_subscribe(h.service, &h.consumer));
    host_fini(&h);
}

TEST(stopping_hands_over_what_is_written)
{
    enum { TICKETS = 5000 };
    sla_service_stats stats = {.size = sizeof stats};
    char name[16];
    host h;

    host_init(&h);
    h.reply = SLA_PENDING;
    h.consumer.max_in_flight = 1;
    host_open(&h);
    for (size_t i = 0; i < TICKETS; i++) {
        snprintf(name, sizeof name, "T-%zu", i);
        CHECK_OK(host_record(&h, name, "opened", NULL));
    }
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    h.reply = SLA_OK;
    CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
    host_stop(&h);
    CHECK_EQ("all of it, page by page", TICKETS, h.told_count);
    host_open(&h);
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("and acknowledged", 0, stats.unacknowledged);
    CHECK_EQ("for good", TICKETS, h.told_count);
    host_stop(&h);
    host_fini(&h);
}

/* ------------------------------------------------------------------- handlers */

static int resolve(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    host *h = context;

    (void)attempt;
    if (strcmp(event->step, "warn") == 0) {
        CHECK_OK(host_record(h, "T-1", "resolved", "from_the_handler"));
        CHECK_OK(sla_service_acknowledge(h->service, "crm", number));
        return SLA_PENDING;
    }
    return SLA_OK;
}

TEST(a_handler_may_record_and_acknowledge)
{
    host h;

    host_init(&h);
    h.on_event = resolve;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_EQ("warned and met", 2, h.told_count);
    CHECK_STR("met", "met", h.told[1].step);
    host_stop(&h);
    host_fini(&h);
}

/* A handler that drives the service itself, its clock two minutes on. */
static int drive(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    host *h = context;

    (void)event, (void)number, (void)attempt;
    h->now += 2 * SLA_MINUTE;
    CHECK_EQ("the round is at work", 0, sla_service_run(h->service));
    return SLA_OK;
}

TEST(a_handler_that_runs_the_service_is_alone)
{
    host h;

    host_init(&h);
    h.on_event = drive;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_fact(&h, "T-2", "opened", "b");
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_EQ("each once", 14, h.told_count);
    for (size_t i = 0; i < h.told_count; i++)
        CHECK_EQ("attempt", 1, h.told[i].attempt);
    host_stop(&h);
    host_fini(&h);
}

TEST(nothing_is_taken_over_once_it_stops)
{
    const sla_fact fact = {.ticket = {"T-9", 3}, .name = {"opened", 6}, .occurred_at = HOST_START};
    const sla_time recorded_at = HOST_START;
    sla_import import;
    host h;

    host_init(&h);
    host_open(&h);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_import(h.service, &fact, NULL, 1, HOST_START, false,
                                                      NULL, NULL, &import, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_subscribe(h.service, NULL));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_service_acknowledge(h.service, NULL, 1));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_service_new(NULL, &h.service, NULL));
    sla_service_stop(h.service);
    CHECK_RESULT(SLA_ERR_STATE, sla_service_import(h.service, &fact, &recorded_at, 1, HOST_START,
                                                   false, NULL, NULL, &import, NULL));
    host_stop(&h);
    sla_service_stop(NULL);
    host_fini(&h);
}

/* --------------------------------------------------------------- what is refused */

/* Members that a program does not know have their defaults; members that we do not know
 * are refused. */
TEST(programs_of_an_older_release_say_less)
{
    const size_t known = offsetof(sla_service_options, apart_allowed);
    host h;

    host_init(&h);
    h.options.size = known;
    h.options.apart_allowed = -1; /* beyond the size: whatever lies there */
    CHECK_OK(host_new(&h, NULL));
    h.consumer.size = offsetof(sla_consumer, max_in_flight);
    h.consumer.redeliver_after = -1;
    CHECK_OK(sla_service_subscribe(h.service, &h.consumer));
    host_settle(&h);
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    CHECK_OK(host_record(&h, "T-2", "opened", "a"));
    host_stop(&h);
    host_fini(&h);
}

TEST(facts_that_cannot_be)
{
    host h;

    host_init(&h);
    h.options.queue_max = 3;
    host_open(&h);
    CHECK_OK(host_record(&h, "", "opened", "a"));
    CHECK_OK(host_record(&h, "T-1", "Opened!", "a"));
    CHECK_OK(host_record(&h, "T-1", "called", "a"));
    CHECK_RESULT(SLA_ERR_BUSY, host_record(&h, "T-1", "opened", "b"));
    host_settle(&h);
    CHECK_EQ("answered", 3, h.answers.count);
    CHECK_EQ("two of them are no facts", 2, h.answers.refused);
    CHECK_OK(host_record(&h, "T-1", "opened", "b"));
    sla_service_stop(h.service);
    CHECK_RESULT(SLA_ERR_STATE, host_record(&h, "T-1", "called", "c"));
    CHECK_RESULT(SLA_ERR_STATE, sla_service_record_wait(h.service, &(sla_fact){0}, NULL, NULL));
    host_stop(&h);
    CHECK_EQ("what was taken up is written", 4, h.answers.count);
    host_fini(&h);
}

TEST(documents_that_are_not_valid)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    h.documents = "{'policy': 'p', 'version': '1', 'targets': [{'target': 't'}]}";
    CHECK_RESULT(SLA_ERR_POLICY, host_new(&h, &error));
    CHECK_STR("the place", "test", error.source);
    h.documents = "{'policy': ";
    CHECK_RESULT(SLA_ERR_SYNTAX, host_new(&h, &error));
    h.options.size = 1;
    CHECK_RESULT(SLA_ERR_ARGUMENT, host_new(&h, NULL));
    host_fini(&h);
    sla_service_free(NULL);
}

/* ------------------------------------------------------------------------ docs */

TEST(the_codes_of_the_log_are_documented)
{
    static const char *const rows[] = {
#define CODE_ROW(name, level, code, meaning) "| `" code "` | " #level " | " meaning " |\n",
        SLA__LOG_MAP(CODE_ROW)
#undef CODE_ROW
    };
    char *const text = check_read_file(check_source_path("docs/service.md"), NULL);
    const char *at = strstr(text, "| code | level |");
    char row[256];

    CHECK_TRUE("there is a list", at != NULL);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(row, sizeof row, "%s", rows[i]);
        for (char *level = strchr(row + 2, '|'); *level != '\0' && *level != '\n'; level++) {
            if (level[0] == '|' && level[1] == ' ' && level[2] >= 'A' && level[2] <= 'Z')
                for (level += 2; *level != ' '; level++)
                    *level = (char)(*level + 'a' - 'A');
        }
        CHECK_TRUE(row, strstr(at, row) != NULL);
        CHECK_TRUE("one like it", strlen(row) < sizeof row - 1);
    }
    free(text);
}
