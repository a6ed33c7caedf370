/* Goal: a service whose options have documents that cannot come into force watches
 * nothing by halves: it waits, says what is missing, and goes on when that comes.
 * Method: as test_service.c, with documents that ask for a calendar nobody gave. */
#include "service_host.h"

#include <string.h>

static const char hour[] = "{'policy': 'p', 'version': '2', 'targets': [{'target': 't',"
                           " 'stop': 'resolved', 'goals': [{'elapsed': 'PT1H'}]}]}";
static const char by_desk[] = "{'policy': 'p', 'version': '2', 'calendar': 'desk', 'targets':"
                              " [{'target': 't', 'stop': 'resolved',"
                              " 'goals': [{'business': 'PT1H'}]}]}";
static const char desk[] = "{'kind': 'calendar', 'name': 'desk', 'version': '1',"
                           " 'zone': 'UTC', 'week': {'mon': ['09:00-17:00']}}";

static int adopt(host *h, const char *text, sla_error *error)
{
    static char json[8192];
    sla_document documents[8];
    const size_t count = host_documents(text, documents, json, sizeof json);

    return sla_service_adopt(h->service, documents, count, NULL, NULL, error);
}

static void check_that_it_waits(host *h, int result)
{
    const sla_fact fact = {
        .ticket = host_string("T-2"), .name = host_string("opened"), .occurred_at = h->now};
    sla_import counts = {0};

    CHECK_EQ("it waits", SLA_SERVICE_LOADING, sla_service_get_state(h->service));
    CHECK_RESULT(result, sla_service_health(h->service, NULL));
    CHECK_EQ("said once", 1, host_logged(h, "adoption_failed"));
    CHECK_OK(host_record(h, "T-1", "opened", "a"));
    host_go_to(h, h->now + SLA_HOUR);
    CHECK_EQ("the fact waits", 0, h->answers.count);
    CHECK_RESULT(SLA_ERR_BUSY, sla_service_import(h->service, &fact, &fact.occurred_at, 1, h->now,
                                                  true, NULL, NULL, &counts, NULL));
}

/* A ticket under no policy would be watched by nobody. */
TEST(it_waits_for_what_its_documents_ask_for)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    h.documents = by_desk;
    host_open(&h);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_service_health(h.service, &error));
    CHECK_STR("where", "/calendar", error.pointer);
    CHECK_TRUE("in which", error.source[0] != '\0');
    CHECK_TRUE("which", strstr(error.text, "\"desk\"") != NULL);
    CHECK_STR("the log too",
              "result=SLA_ERR_NOT_FOUND pointer=/calendar why=\"there is no calendar 'desk'; give "
              "it, too, or name another\"",
              h.complaint);
    check_that_it_waits(&h, SLA_ERR_NOT_FOUND);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, adopt(&h, by_desk, &error));
    CHECK_OK_OR_SAY(adopt(&h, desk, &error), &error);
    host_settle(&h);
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_EQ("well", SLA_OK, sla_service_health(h.service, NULL));
    CHECK_EQ("the fact is on the record", 1, h.answers.count);
    CHECK_OK(h.answers.last);
    host_go_to(&h, h.now + 2 * SLA_HOUR);
    CHECK_EQ("under the policy", 1, host_told_of(&h, "T-1"));
    host_stop(&h);
    host_open(&h);
    CHECK_EQ("live, as the calendar is on the record", SLA_SERVICE_LIVE,
             sla_service_get_state(h.service));
    host_stop(&h);
    host_fini(&h);
}

TEST(it_takes_another_document_of_the_name)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    h.documents = by_desk;
    host_open(&h);
    CHECK_OK_OR_SAY(adopt(&h, hour, &error), &error);
    host_settle(&h);
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, h.now + 2 * SLA_HOUR);
    CHECK_EQ("under it", 1, host_told_of(&h, "T-1"));
    host_stop(&h);
    host_fini(&h);
}

/* Also what is on the record already waits: its facts could not be taken up. */
TEST(it_stops_without_its_documents)
{
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_stop(&h);
    h.documents = by_desk;
    host_open(&h);
    h.answers = (host_answers){0};
    CHECK_OK(host_record(&h, "T-1", "called", "b"));
    host_go_to(&h, HOST_START + 4 * SLA_HOUR);
    CHECK_EQ("nothing is told", 0, h.told_count);
    host_stop(&h);
    CHECK_EQ("answered", 1, h.answers.count);
    CHECK_RESULT(SLA_ERR_STATE, h.answers.last);
    h.documents = hour;
    host_open(&h);
    CHECK_TRUE("told now", h.told_count > 0);
    host_stop(&h);
    host_fini(&h);
}

static bool refusing;

static bool refuse_worlds(void *context, const sla_unit *unit)
{
    (void)context;
    return refusing && unit->world != NULL;
}

TEST(documents_that_the_store_refuses_are_waited_for)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    h.refuse = refuse_worlds;
    refusing = true;
    host_open(&h);
    check_that_it_waits(&h, SLA_ERR_REFUSED);
    refusing = false;
    CHECK_OK_OR_SAY(sla_service_adopt(h.service, NULL, 0, NULL, NULL, &error), &error);
    host_settle(&h);
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_EQ("well", SLA_OK, sla_service_health(h.service, NULL));
    CHECK_EQ("the fact is on the record", 1, h.answers.count);
    CHECK_OK(h.answers.last);
    host_stop(&h);
    host_fini(&h);
}
