/*
 * Goal: an event as JSON says what the event says, and any JSON reader agrees.
 * Method: what was printed is read back by jansson and compared member by member;
 * strings are made of every character that needs care, and at random.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <sla/json.h>
#include <sla/time.h>

#include "check.h"

static sla_string text(const char *value)
{
    const sla_string string = {value, strlen(value)};

    return string;
}

static sla_event breach(void)
{
    sla_event event = {
        .kind = SLA_EVENT_BREACHED,
        .tenant = text("north"),
        .ticket = text("T-1"),
        .policy = "complaint",
        .policy_version = "3",
        .target = "resolved",
        .cycle = 1,
        .step = "breach",
        .at = 1772413200 * SLA_SECOND,
        .told = 1772413260 * SLA_SECOND,
        .to = "desk",
        .state = SLA_RUNNING,
        .started_at = 1772409600 * SLA_SECOND,
        .due_at = 1772413200 * SLA_SECOND,
        .old_due_at = SLA_NEVER,
        .breached_at = 1772413200 * SLA_SECOND,
        .ended_at = SLA_NEVER,
        .breached = true,
        .agreement = SLA_AGREEMENT_OLA,
        .because = "",
        .reason = "",
        .derived = "",
    };

    return event;
}

static json_t *read_back(const char *line)
{
    json_error_t error;
    json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, &error);

    if (root == NULL)
        CHECK_FAIL("%s: %s", error.text, line);
    return root;
}

static json_t *printed(const sla_event *event)
{
    char line[SLA_EVENT_TEXT_USUAL];
    const size_t length = sla_event_format(event, line, sizeof line);

    CHECK_EQ("the length", strlen(line), length);
    return read_back(line);
}

static const char *member(const json_t *root, const char *key)
{
    const char *value = json_string_value(json_object_get(root, key));

    return value != NULL ? value : "(absent)";
}

TEST(an_event_says_what_it_is)
{
    const sla_event event = breach();
    json_t *root = printed(&event);

    CHECK_STR("event", "breached", member(root, "event"));
    CHECK_STR("tenant", "north", member(root, "tenant"));
    CHECK_STR("ticket", "T-1", member(root, "ticket"));
    CHECK_STR("policy", "complaint", member(root, "policy"));
    CHECK_STR("policy_version", "3", member(root, "policy_version"));
    CHECK_STR("target", "resolved", member(root, "target"));
    CHECK_STR("step", "breach", member(root, "step"));
    CHECK_EQ("cycle", 1, json_integer_value(json_object_get(root, "cycle")));
    CHECK_TRUE("repeat", json_is_integer(json_object_get(root, "repeat")));
    CHECK_TRUE("revision", json_is_integer(json_object_get(root, "revision")));
    CHECK_STR("at", "2026-03-02T01:00:00Z", member(root, "at"));
    CHECK_STR("told", "2026-03-02T01:01:00Z", member(root, "told"));
    CHECK_STR("to", "desk", member(root, "to"));
    CHECK_STR("state", "running", member(root, "state"));
    CHECK_STR("due_at", "2026-03-02T01:00:00Z", member(root, "due_at"));
    CHECK_STR("agreement", "ola", member(root, "agreement"));
    CHECK_TRUE("breached", json_is_true(json_object_get(root, "breached")));
    json_decref(root);
}

TEST(what_says_nothing_is_absent)
{
    static const char *const absent[] = {
        "late",     "skipped", "collapsed", "level",   "old_due_at", "ended_at", "governs",
        "excluded", "because", "reason",    "derived", "fact_seq",   "fact_id",  "rank"};
    const sla_event event = breach();
    json_t *root = printed(&event);

    for (size_t i = 0; i < COUNT_OF(absent); i++)
        CHECK_TRUE(absent[i], json_object_get(root, absent[i]) == NULL);
    json_decref(root);
}

TEST(every_member_that_says_something_is_there)
{
    sla_event event = breach();
    json_t *root;

    event.late = event.provisional = event.provisional_attributes = event.governs = true;
    event.excluded = event.adjusted_met = true;
    event.skipped = 3;
    event.collapsed = 4000000000u;
    event.level = 6;
    event.rank = INT32_MIN;
    event.old_due_at = event.ended_at = 0;
    event.because = "goal_changed";
    event.reason = "storm";
    event.derived = "deemed_accepted";
    event.fact_seq = UINT32_MAX;
    event.fact_id = text("f-1");
    root = printed(&event);
    CHECK_EQ("collapsed", 4000000000, json_integer_value(json_object_get(root, "collapsed")));
    CHECK_EQ("rank", INT32_MIN, json_integer_value(json_object_get(root, "rank")));
    CHECK_EQ("fact_seq", UINT32_MAX, json_integer_value(json_object_get(root, "fact_seq")));
    CHECK_STR("old_due_at", "1970-01-01T00:00:00Z", member(root, "old_due_at"));
    CHECK_STR("because", "goal_changed", member(root, "because"));
    CHECK_STR("reason", "storm", member(root, "reason"));
    CHECK_STR("derived", "deemed_accepted", member(root, "derived"));
    CHECK_STR("fact_id", "f-1", member(root, "fact_id"));
    CHECK_EQ("members", 36, json_object_size(root));
    json_decref(root);
}

TEST(instants_are_printed_as_the_library_prints_them)
{
    prng random = check_prng();

    for (size_t round = 0; round < check_count(2000, 200000); round++) {
        const sla_time day = prng_between(&random, -25567, 84005) * SLA_DAY;
        sla_event event = breach();
        char due[SLA_TIME_TEXT_MAX], told[SLA_TIME_TEXT_MAX];
        json_t *root;

        event.due_at = day + prng_between(&random, 0, SLA_DAY - 1);
        event.told = prng_percent(&random, 50) ? day + 86399 * SLA_SECOND : SLA_TIME_MAX;
        sla_time_format(event.due_at, due, sizeof due);
        sla_time_format(event.told, told, sizeof told);
        root = printed(&event);
        CHECK_STR("due_at", due, member(root, "due_at"));
        CHECK_STR("told", told, member(root, "told"));
        json_decref(root);
    }
}

TEST(every_kind_and_state_has_a_word)
{
    for (int kind = SLA_EVENT_WARNING; kind <= SLA_EVENT_RESUMED; kind++)
        CHECK_TRUE("kind", sla_event_kind_name(kind) != NULL);
    for (int state = SLA_WAITING; state <= SLA_CANCELLED; state++)
        CHECK_TRUE("state", sla_state_name(state) != NULL);
    CHECK_TRUE("no kind", sla_event_kind_name(0) == NULL);
    CHECK_TRUE("no state", sla_state_name(99) == NULL);
}

/* ------------------------------------------------------------ strings */

TEST(every_character_comes_back)
{
    char all[300];
    size_t used = 0;
    sla_event event = breach();
    json_t *root;

    for (int c = 1; c < 128; c++)
        all[used++] = (char)c;
    used += (size_t)snprintf(all + used, sizeof all - used,
                             "\xc2\x80\xdf\xbf\xe0\xa0\x80\xe2\x80\xa8\xef\xbf\xbf\xf0\x90\x80\x80"
                             "\xf4\x8f\xbf\xbf");
    event.to = all;
    root = printed(&event);
    CHECK_STR("to", all, member(root, "to"));
    json_decref(root);
}

TEST(what_is_no_utf8_is_replaced)
{
    sla_event event = breach();
    json_t *root;

    event.to = "a\xff"
               "b\xc3";
    root = printed(&event);
    CHECK_STR("to",
              "a\xef\xbf\xbd"
              "b\xef\xbf\xbd",
              member(root, "to"));
    json_decref(root);
}

/* Any bytes: what was printed is JSON, and good bytes come back as they were. */
TEST(any_bytes_are_printed_as_json)
{
    prng random = check_prng();

    for (size_t round = 0; round < check_count(2000, 200000); round++) {
        char bytes[SLA_ID_MAX];
        sla_event event = breach();
        json_t *root;

        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (char)prng_between(&random, 1, prng_percent(&random, 50) ? 127 : 255);
        event.ticket = (sla_string){bytes, prng_below(&random, sizeof bytes) + 1};
        root = printed(&event);
        json_decref(root);
    }
}

TEST(too_little_room_is_said)
{
    const sla_event event = breach();
    char whole[SLA_EVENT_TEXT_USUAL];
    const size_t length = sla_event_format(&event, whole, sizeof whole);

    CHECK_EQ("nothing at all", length, sla_event_format(&event, NULL, 0));
    for (size_t size = 1; size <= length; size++) {
        char *exact = malloc(size);

        CHECK_EQ("the length it needs", length, sla_event_format(&event, exact, size));
        CHECK_MEM("its beginning", whole, exact, size - 1);
        CHECK_EQ("ended", '\0', exact[size - 1]);
        free(exact);
    }
}

/* ------------------------------------------------------------ CloudEvents */

TEST(an_envelope_carries_the_event)
{
    const sla_cloudevent more = {"/crm/sla", 12, "00-ab-cd-01"};
    const sla_event event = breach();
    char line[SLA_EVENT_TEXT_USUAL];
    json_t *root, *plain;

    CHECK_TRUE("fits", sla_event_format_cloudevent(&event, &more, line, sizeof line) < sizeof line);
    root = read_back(line);
    plain = printed(&event);
    CHECK_STR("specversion", "1.0", member(root, "specversion"));
    CHECK_STR("id", "north/T-1/complaint/resolved/1/breach/0/0", member(root, "id"));
    CHECK_STR("source", "/crm/sla", member(root, "source"));
    CHECK_STR("type", "org.libsla.breached.v1", member(root, "type"));
    CHECK_STR("subject", "T-1", member(root, "subject"));
    CHECK_STR("time", "2026-03-02T01:00:00Z", member(root, "time"));
    CHECK_STR("datacontenttype", "application/json", member(root, "datacontenttype"));
    CHECK_STR("sequence", "00000000000000000012", member(root, "sequence"));
    CHECK_STR("partitionkey", "north/T-1", member(root, "partitionkey"));
    CHECK_STR("severitytext", "ERROR", member(root, "severitytext"));
    CHECK_EQ("severitynumber", 17, json_integer_value(json_object_get(root, "severitynumber")));
    CHECK_STR("recordedtime", "2026-03-02T01:01:00Z", member(root, "recordedtime"));
    CHECK_STR("traceparent", "00-ab-cd-01", member(root, "traceparent"));
    CHECK_TRUE("data", json_equal(json_object_get(root, "data"), plain));
    json_decref(plain);
    json_decref(root);
}

TEST(a_warning_expires_when_it_is_due)
{
    sla_event event = breach();
    char line[SLA_EVENT_TEXT_USUAL];
    json_t *root;

    event.kind = SLA_EVENT_WARNING;
    sla_event_format_cloudevent(&event, NULL, line, sizeof line);
    root = read_back(line);
    CHECK_STR("expirytime", "2026-03-02T01:00:00Z", member(root, "expirytime"));
    CHECK_STR("source", "/sla", member(root, "source"));
    CHECK_TRUE("no sequence", json_object_get(root, "sequence") == NULL);
    json_decref(root);
}

/* Two tickets that would look alike without escapes. */
TEST(identities_are_never_alike)
{
    sla_event one = breach(), other = breach();
    char a[512], b[512];

    one.tenant = text("a/b");
    one.ticket = text("c%2F");
    other.tenant = text("a");
    other.ticket = text("b/c%2F");
    sla_event_format_identity(&one, a, sizeof a);
    sla_event_format_identity(&other, b, sizeof b);
    CHECK_STR("escaped", "a%2Fb/c%252F/complaint/resolved/1/breach/0/0", a);
    CHECK_TRUE("not alike", strcmp(a, b) != 0);
    other = one;
    other.revision = 1;
    sla_event_format_identity(&other, b, sizeof b);
    CHECK_TRUE("told again", strcmp(a, b) != 0);
}
