/*
 * Goal: a line that says something is read as it says; any other is refused with
 * its place and what to write instead.  Method: tables by hand; then lines made of
 * pieces, broken at every byte, of which none may be read beyond its end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/json.h>
#include <sla/time.h>

#include "check.h"

static sla_fact_buffer buffer;

static sla_time at(const char *text)
{
    sla_time time = SLA_NEVER;

    CHECK_OK(sla_time_parse(text, strlen(text), &time));
    return time;
}

static void check_text(const char *why, const char *want, sla_string got)
{
    CHECK_EQ(why, strlen(want), got.length);
    CHECK_MEM(why, want, got.data, got.length);
}

static sla_fact read_fact(const char *line, sla_time *recorded_at)
{
    sla_error error = {0};
    sla_fact fact;

    CHECK_OK_OR_SAY(sla_fact_parse(line, strlen(line), &buffer, &fact, recorded_at, &error),
                    &error);
    return fact;
}

TEST(every_member_lands_in_its_place)
{
    sla_time recorded_at;
    const sla_fact f = read_fact(
        "{\"tenant\":\"north\",\"ticket\":\"T-1\",\"id\":\"f1\",\"fact\":\"waived\","
        "\"occurred_at\":\"2026-03-02T09:00:00+08:00\",\"recorded_at\":\"2026-03-02T02:00:00Z\","
        "\"attributes\":{\"grade\":1,\"region\":\"east\",\"vip\":true,\"old\":null,\"least\":"
        "-9223372036854775808},\"by\":\"desk\",\"reason\":\"storm\",\"policy\":\"complaint\","
        "\"target\":\"resolved\",\"cycle\":2,\"corrects\":\"f0\",\"withdraws\":\"f9\","
        "\"approver\":\"head\",\"authorised_by\":\"office\",\"for\":\"PT4H\",\"excluded\":true,"
        "\"silence\":false,\"comment\":[1,{\"a\":2.5e3}],\"x-more\":\"\\u00e9\"}",
        &recorded_at);

    check_text("tenant", "north", f.tenant);
    check_text("ticket", "T-1", f.ticket);
    check_text("id", "f1", f.id);
    check_text("fact", "waived", f.name);
    CHECK_EQ("occurred_at", at("2026-03-02T01:00:00Z"), f.occurred_at);
    CHECK_EQ("recorded_at", at("2026-03-02T02:00:00Z"), recorded_at);
    CHECK_EQ("attributes", 5, f.attribute_count);
    check_text("name", "grade", f.attributes[0].name);
    CHECK_EQ("int", SLA_VALUE_INT, f.attributes[0].type);
    CHECK_EQ("int", 1, f.attributes[0].number);
    CHECK_EQ("string", SLA_VALUE_STRING, f.attributes[1].type);
    check_text("string", "east", f.attributes[1].string);
    CHECK_EQ("bool", SLA_VALUE_BOOL, f.attributes[2].type);
    CHECK_EQ("bool", 1, f.attributes[2].number);
    CHECK_EQ("null", SLA_VALUE_NONE, f.attributes[3].type);
    CHECK_EQ("least", INT64_MIN, f.attributes[4].number);
    check_text("by", "desk", f.by);
    check_text("reason", "storm", f.reason);
    check_text("policy", "complaint", f.policy);
    check_text("target", "resolved", f.target);
    CHECK_EQ("cycle", 2, f.cycle);
    check_text("corrects", "f0", f.corrects);
    check_text("withdraws", "f9", f.withdraws);
    check_text("approver", "head", f.approver);
    check_text("authorised_by", "office", f.authorised_by);
    CHECK_EQ("for", 4 * SLA_HOUR, f.span);
    CHECK_TRUE("excluded", f.excluded);
    CHECK_TRUE("silence", !f.silence);
}

TEST(what_is_absent_is_empty)
{
    sla_time recorded_at;
    const sla_fact f = read_fact(" { \"fact\" : \"opened\" , \"occurred_at\" : "
                                 "\"2026-03-02T01:00:00Z\" ,\t\"ticket\" : \"T-1\" } \r\n",
                                 &recorded_at);

    CHECK_EQ("recorded when it happened", f.occurred_at, recorded_at);
    CHECK_TRUE("id", f.id.data == NULL && f.id.length == 0);
    CHECK_EQ("tenant", 0, f.tenant.length);
    CHECK_EQ("attributes", 0, f.attribute_count);
    CHECK_EQ("span", 0, f.span);
    CHECK_EQ("until", 0, f.until);
    CHECK_EQ("cycle", 0, f.cycle);
}

TEST(strings_are_decoded_only_where_they_must_be)
{
    const char *line = "{\"ticket\":\"T/1 \xe6\x8a\x95\",\"fact\":\"opened\",\"id\":\"\\u6295"
                       "\\ud83d\\ude00\\/\",\"occurred_at\":\"2026-03-02T01:00:00Z\","
                       "\"attributes\":{\"n\\u006fte\":\"a\\tb\\\"c\\\\\\n\"},\"tenant\":\"\"}";
    const sla_fact f = read_fact(line, NULL);

    CHECK_TRUE("borrowed", f.ticket.data > line && f.ticket.data < line + strlen(line));
    check_text("UTF-8 passes", "T/1 \xe6\x8a\x95", f.ticket);
    check_text("escapes", "\xe6\x8a\x95\xf0\x9f\x98\x80/", f.id);
    check_text("escaped name", "note", f.attributes[0].name);
    check_text("escaped value", "a\tb\"c\\\n", f.attributes[0].string);
}

/* ------------------------------------------------------------ CloudEvents */

TEST(an_envelope_says_the_same)
{
    sla_time recorded_at;
    const sla_fact f = read_fact(
        "{\"id\":\"e-1\",\"source\":\"/crm\",\"type\":\"org.libsla.fact.resolved.v1\","
        "\"subject\":\"T-1\",\"time\":\"2026-03-02T01:00:00Z\",\"data\":{\"tenant\":\"north\","
        "\"attributes\":{\"grade\":2},\"by\":\"desk\"},\"datacontenttype\":\"application/json; "
        "charset=utf-8\",\"traceparent\":\"00-ab\",\"sequence\":7,\"recordedtime\":"
        "\"2026-03-02T03:00:00Z\",\"specversion\":\"1.0\"}",
        &recorded_at);

    check_text("id", "e-1", f.id);
    check_text("subject", "T-1", f.ticket);
    check_text("type", "resolved", f.name);
    check_text("tenant", "north", f.tenant);
    CHECK_EQ("time", at("2026-03-02T01:00:00Z"), f.occurred_at);
    CHECK_EQ("recordedtime", at("2026-03-02T03:00:00Z"), recorded_at);
    CHECK_EQ("attributes", 1, f.attribute_count);
    check_text("by", "desk", f.by);
}

TEST(an_envelope_of_another_type_names_the_fact_in_its_data)
{
    const sla_fact f = read_fact("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"x\",\"type\":"
                                 "\"com.example.closed\",\"data\":{\"fact\":\"closed\",\"ticket\":"
                                 "\"T-2\",\"occurred_at\":\"2026-03-02T01:00:00Z\"}}",
                                 NULL);

    check_text("fact", "closed", f.name);
    check_text("ticket", "T-2", f.ticket);
}

/* ------------------------------------------------------------ what is refused */

#define GOOD "\"ticket\":\"T\",\"fact\":\"opened\",\"occurred_at\":\"2026-03-02T01:00:00Z\""
#define CLOUD                                                                                      \
    "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"org.libsla.fact.opened.v1\""
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct bad {
    const char *why;
    const char *line;
    int code;
    const char *pointer;
    const char *text; /* a part of the complaint */
} bad[] = {
    {"nothing", "", SLA_ERR_FACT, "", "an object is expected here, not the end of the text"},
    {"an array", "[1]", SLA_ERR_FACT, "", "an object is expected here, not an array"},
    {"no JSON at all", "not json", SLA_ERR_SYNTAX, "", "and this is no JSON"},
    {"a word that is none", "foo", SLA_ERR_SYNTAX, "", "and this is no JSON"},
    {"half a word", "tru", SLA_ERR_SYNTAX, "", "and this is no JSON"},
    {"null", "null", SLA_ERR_FACT, "", "an object is expected here, not null"},
    {"a byte order mark", "\xef\xbb\xbf{}", SLA_ERR_SYNTAX, "", "byte order mark"},
    {"no value", "{\"ticket\":foo}", SLA_ERR_SYNTAX, "/ticket", "and this is no JSON"},
    {"no ticket", "{\"fact\":\"opened\",\"occurred_at\":\"2026-03-02T01:00:00Z\"}", SLA_ERR_FACT,
     "", "the member \"ticket\" is missing"},
    {"no fact", "{\"ticket\":\"T\",\"occurred_at\":\"2026-03-02T01:00:00Z\"}", SLA_ERR_FACT, "",
     "the member \"fact\" is missing"},
    {"no instant", "{\"ticket\":\"T\",\"fact\":\"opened\"}", SLA_ERR_FACT, "",
     "the member \"occurred_at\" is missing"},
    {"a member nobody knows", "{" GOOD ",\"grade\":1}", SLA_ERR_FACT, "/grade",
     "belongs into \"attributes\""},
    {"twice", "{" GOOD ",\"ticket\":\"U\"}", SLA_ERR_SYNTAX, "/ticket", "keep one"},
    {"an empty ticket", "{\"ticket\":\"\"}", SLA_ERR_FACT, "/ticket",
     "the text is empty; every fact says which ticket it is of"},
    {"an empty subject",
     "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a\",\"type\":\"a\",\"subject\":\"\"}",
     SLA_ERR_FACT, "/subject", "every fact says which ticket it is of"},
    {"a ticket that is a number", "{\"ticket\":7}", SLA_ERR_FACT, "/ticket",
     "a string is expected here, not a number"},
    {"null for absent", "{" GOOD ",\"id\":null}", SLA_ERR_FACT, "/id", "leave the member out"},
    {"a long ticket", "{\"ticket\":\"x" X64 "\"}", SLA_ERR_TOO_LONG, "/ticket",
     "65 bytes, more than the limit of 64"},
    {"a control character", "{\"ticket\":\"a\\u0007\"}", SLA_ERR_FACT, "/ticket",
     "control character (7)"},
    {"a raw control character", "{\"ticket\":\"a\tb\"}", SLA_ERR_SYNTAX, "/ticket",
     "write it as an escape"},
    {"a NUL", "{\"ticket\":\"a\\u0000\"}", SLA_ERR_SYNTAX, "/ticket", "a NUL"},
    {"half a pair", "{\"ticket\":\"\\ud83d\"}", SLA_ERR_SYNTAX, "/ticket", "surrogate"},
    {"bytes that are no UTF-8", "{\"ticket\":\"\xff\"}", SLA_ERR_SYNTAX, "/ticket",
     "not valid UTF-8"},
    {"a name in capitals", "{\"fact\":\"Opened\"}", SLA_ERR_FACT, "/fact", "a name begins with"},
    {"an instant without offset", "{\"occurred_at\":\"2026-03-02T09:00:00\"}", SLA_ERR_FACT,
     "/occurred_at", "such as 2026-03-02T09:00:00+08:00"},
    {"an instant as a number", "{\"occurred_at\":1767225600}", SLA_ERR_FACT, "/occurred_at",
     "a string is expected here, not a number"},
    {"long ago", "{\"occurred_at\":\"1752-01-01T00:00:00Z\"}", SLA_ERR_FACT, "/occurred_at",
     "outside the years 1900 to 2199"},
    {"a month", "{" GOOD ",\"for\":\"P1M\"}", SLA_ERR_FACT, "/for", "such as PT4H"},
    {"no time", "{" GOOD ",\"for\":\"PT0S\"}", SLA_ERR_FACT, "/for", "no time at all"},
    {"both ends", "{" GOOD ",\"for\":\"PT1H\",\"until\":\"2026-03-02T01:00:00Z\"}", SLA_ERR_FACT,
     "", "keep one"},
    {"cycle 0", "{" GOOD ",\"cycle\":0}", SLA_ERR_FACT, "/cycle", "outside 1 to 4294967295"},
    {"a cycle and a half", "{" GOOD ",\"cycle\":1.5}", SLA_ERR_FACT, "/cycle", "without fraction"},
    {"yes", "{" GOOD ",\"silence\":\"yes\"}", SLA_ERR_FACT, "/silence",
     "true or false is expected here, not a string"},
    {"attributes as a list", "{" GOOD ",\"attributes\":[]}", SLA_ERR_FACT, "/attributes",
     "an object is expected here, not an array"},
    {"an attribute with a space", "{" GOOD ",\"attributes\":{\"the grade\":1}}", SLA_ERR_FACT,
     "/attributes/the grade", "the name of an attribute"},
    {"an attribute twice", "{" GOOD ",\"attributes\":{\"a\":1,\"a\":2}}", SLA_ERR_FACT,
     "/attributes/a", "keep one"},
    {"an attribute that is a list", "{" GOOD ",\"attributes\":{\"a\":[1]}}", SLA_ERR_FACT,
     "/attributes/a", "not an array"},
    {"an attribute with a fraction", "{" GOOD ",\"attributes\":{\"a\":1.5}}", SLA_ERR_FACT,
     "/attributes/a", "without fraction"},
    {"an attribute that rings", "{" GOOD ",\"attributes\":{\"a\":\"\\n\\u0007\"}}", SLA_ERR_FACT,
     "/attributes/a", "control character (7); leave out all but tab"},
    {"an attribute with next line", "{" GOOD ",\"attributes\":{\"a\":\"b\\u0085\"}}", SLA_ERR_FACT,
     "/attributes/a", "control character (133)"},
    {"an id with a control of eight bits", "{" GOOD ",\"id\":\"\\u009b\"}", SLA_ERR_FACT, "/id",
     "control character (155); leave it out"},
    {"an attribute with delete", "{" GOOD ",\"attributes\":{\"a\":\"\x7f\"}}", SLA_ERR_FACT,
     "/attributes/a", "control character (127)"},
    {"too large", "{" GOOD ",\"attributes\":{\"a\":9223372036854775808}}", SLA_ERR_FACT,
     "/attributes/a", "too large"},
    {"01", "{" GOOD ",\"attributes\":{\"a\":01}}", SLA_ERR_SYNTAX, "/attributes/a",
     "a number is wrong"},
    {"a pointer with its escapes", "{\"a/b~c\":1}", SLA_ERR_FACT, "/a~1b~0c", "unknown member"},
    {"a comma too many", "{" GOOD ",}", SLA_ERR_SYNTAX, "", "the name of a member"},
    {"no comma", "{\"ticket\":\"T\" \"fact\":\"a\"}", SLA_ERR_SYNTAX, "", "a comma or }"},
    {"not closed", "{" GOOD, SLA_ERR_SYNTAX, "", "not closed"},
    {"two in a line", "{" GOOD "}{" GOOD "}", SLA_ERR_SYNTAX, "", "a line holds one"},
    {"a bad value nobody reads", "{" GOOD ",\"comment\":[1,]}", SLA_ERR_SYNTAX, "/comment",
     "a value is expected here"},
    {"nested without end", "{" GOOD ",\"comment\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}",
     SLA_ERR_SYNTAX, "/comment", "nested too deeply"},
    {"an old envelope", "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}",
     SLA_ERR_FACT, "", "specversion is not"},
    {"an envelope without id", "{\"specversion\":\"1.0\",\"source\":\"s\",\"type\":\"t\"}",
     SLA_ERR_FACT, "", "needs id, source"},
    {"an envelope without ticket", "{" CLOUD ",\"time\":\"2026-03-02T01:00:00Z\"}", SLA_ERR_FACT,
     "", "write it as \"subject\""},
    {"an envelope without time", "{" CLOUD ",\"subject\":\"T\"}", SLA_ERR_FACT, "",
     "write it as \"time\""},
    {"an envelope without fact",
     "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"T\"}",
     SLA_ERR_FACT, "", "write data.fact"},
    {"two tickets", "{" CLOUD ",\"subject\":\"T\",\"data\":{\"ticket\":\"T\"}}", SLA_ERR_FACT, "",
     "both name the ticket"},
    {"two ids", "{" CLOUD ",\"data\":{\"id\":\"T\"}}", SLA_ERR_FACT, "", "leave data.id out"},
    {"two names", "{" CLOUD ",\"data\":{\"fact\":\"closed\"}}", SLA_ERR_FACT, "",
     "two different facts"},
    {"a member outside its data", "{" CLOUD ",\"occurred_at\":\"2026-03-02T01:00:00Z\"}",
     SLA_ERR_FACT, "/occurred_at", "belong into \"data\""},
    {"a wrong value in the data", "{" CLOUD ",\"data\":{\"attributes\":{\"a\":{}}}}", SLA_ERR_FACT,
     "/data/attributes/a", "not an object"},
    {"base64", "{" CLOUD ",\"data_base64\":\"e30=\"}", SLA_ERR_FACT, "/data_base64", "base64"},
    {"XML", "{" CLOUD ",\"datacontenttype\":\"text/xml\"}", SLA_ERR_FACT, "",
     "not application/json"},
};

TEST(what_is_wrong_is_said_with_its_place)
{
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        sla_error error = {0};
        sla_fact fact;

        CHECK_EQ(bad[i].why, bad[i].code,
                 sla_fact_parse(bad[i].line, strlen(bad[i].line), &buffer, &fact, NULL, &error));
        CHECK_STR(bad[i].why, bad[i].pointer, error.pointer);
        if (strstr(error.text, bad[i].text) == NULL)
            CHECK_STR(bad[i].why, bad[i].text, error.text);
        CHECK_EQ(bad[i].why, bad[i].code, error.code);
        CHECK_EQ(bad[i].why, 1, error.line);
    }
}

TEST(the_column_is_that_of_the_value)
{
    const char *line = "{\"ticket\": 7}";
    sla_error error = {0};
    sla_fact fact;

    CHECK_RESULT(SLA_ERR_FACT, sla_fact_parse(line, strlen(line), &buffer, &fact, NULL, &error));
    CHECK_EQ("of the 7", 12, error.column);
}

TEST(the_first_complaint_stays)
{
    sla_error error = {.code = SLA_ERR_ZONE, .text = "first"};
    sla_fact fact;

    CHECK_RESULT(SLA_ERR_FACT, sla_fact_parse("[]", 2, &buffer, &fact, NULL, &error));
    CHECK_STR("first", "first", error.text);
    CHECK_RESULT(SLA_ERR_FACT, sla_fact_parse("[]", 2, &buffer, &fact, NULL, NULL));
}

TEST(attributes_have_a_limit)
{
    char line[4096] = "{" GOOD ",\"attributes\":{";
    size_t used = strlen(line);
    sla_error error = {0};
    sla_fact fact;

    for (int i = 0; i < SLA_FACT_ATTRIBUTES_MAX + 1; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%s\"a%d\":%d", i > 0 ? "," : "",
                                 i, i);
    snprintf(line + used, sizeof line - used, "}}");
    CHECK_RESULT(SLA_ERR_TOO_LONG,
                 sla_fact_parse(line, strlen(line), &buffer, &fact, NULL, &error));
    CHECK_STR("the one too many", "/attributes/a64", error.pointer);
}

/* ------------------------------------------------------------ at random */

/* Goal: no text is read beyond its end, none ends in anything but a result.
 * Method: good lines cut at every byte, then with a byte changed; each lies in a
 * block of exactly its size, so that the sanitizers see one byte too many. */
static void read_exact(const char *text, size_t length)
{
    char *exact = malloc(length > 0 ? length : 1);
    sla_error error = {0};
    sla_fact fact;
    int result;

    memcpy(exact, text, length);
    result = sla_fact_parse(exact, length, &buffer, &fact, NULL, &error);
    free(exact);
    CHECK_TRUE("a result of the contract", result == SLA_OK || result == SLA_ERR_SYNTAX ||
                                               result == SLA_ERR_FACT ||
                                               result == SLA_ERR_TOO_LONG);
    CHECK_EQ("a complaint goes with it", result, error.code);
}

TEST(broken_lines_are_only_refused)
{
    prng random = check_prng();

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const size_t length = strlen(bad[i].line);
        char line[1024];

        for (size_t cut = 0; cut <= length; cut++)
            read_exact(bad[i].line, cut);
        for (size_t round = 0; round < check_count(100, 10000) && length > 0; round++) {
            memcpy(line, bad[i].line, length);
            line[prng_below(&random, length)] = (char)prng_below(&random, 256);
            read_exact(line, length);
        }
    }
}

/* Goal: what recording refuses has its place in the line, in either form. */
TEST(a_complaint_of_recording_finds_its_place)
{
    static const struct {
        const char *why, *line, *pointer, *want;
        int at_line, at_column;
    } rows[] = {
        {"an attribute", "{" GOOD ",\n \"attributes\":{\"grade\":\"high\"}}", "/attributes/grade",
         "/attributes/grade", 2, 16},
        {"a member that is not there", " {" GOOD "}", "/withdraws", "/withdraws", 1, 2},
        {"no pointer", "{" GOOD "}", "", "", 0, 0},
        {"in the data", "{" CLOUD ",\n\"data\":{\"attributes\":{\"a\":1}}}", "/attributes/a",
         "/data/attributes/a", 2, 23},
        {"of the envelope", "{" CLOUD "}", "/id", "/id", 1, 22},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_error error = {.code = SLA_ERR_FACT};

        snprintf(error.pointer, sizeof error.pointer, "%s", rows[i].pointer);
        sla_fact_place(rows[i].line, strlen(rows[i].line), &error);
        CHECK_STR(rows[i].why, rows[i].want, error.pointer);
        CHECK_EQ(rows[i].why, rows[i].at_line, error.line);
        CHECK_EQ(rows[i].why, rows[i].at_column, error.column);
    }
}
