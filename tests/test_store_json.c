/*
 * Goal: the JSON that a database keeps is what docs/store.md says, and is read back, or
 * refused, but never trusted.  Method: rows written down by hand; every text cut at every
 * byte; every allocation failing once.
 */
#include <stdlib.h>
#include <string.h>

#include "store/document.h"
#include "store/rows.h"
#include "support/check.h"

static sla_string string_of(const char *text)
{
    return (sla_string){text, strlen(text)};
}

static void check_text(const char *why, const char *want, sla_string got)
{
    CHECK_EQ(why, strlen(want), got.length);
    CHECK_MEM(why, want, got.data, got.length);
}

/* ------------------------------------------------------------------ content */

static const sla_attribute all_sorts[] = {
    {{"grade", 5}, SLA_VALUE_INT, {NULL, 0}, -2},
    {{"promised", 8}, SLA_VALUE_INSTANT, {NULL, 0}, 1772413200000000},
    {{"major", 5}, SLA_VALUE_BOOL, {NULL, 0}, 1},
    {{"said", 4}, SLA_VALUE_STRING, {"\"no\"\n\\中", 9}, 0},
    {{"gone", 4}, SLA_VALUE_NONE, {NULL, 0}, 0},
};

static const struct content_row {
    const char *why;
    sla_fact fact;
    const char *want;
} content_rows[] = {
    {"nothing to say", {.name = {"resolved", 8}}, ""},
    {"attributes keep their types",
     {.attributes = all_sorts, .attribute_count = COUNT_OF(all_sorts)},
     "{\"attributes\":{\"grade\":-2,\"promised\":\"2026-03-02T01:00:00Z\",\"major\":true,"
     "\"said\":\"\\\"no\\\"\\n\\\\中\",\"gone\":null},\"x-instants\":[1]}"},
    {"an extension",
     {.by = {"desk 4", 6},
      .policy = {"complaint", 9},
      .target = {"resolved", 8},
      .cycle = 2,
      .approver = {"lead", 4},
      .span = 26 * SLA_HOUR},
     "{\"by\":\"desk 4\",\"policy\":\"complaint\",\"target\":\"resolved\",\"cycle\":2,"
     "\"approver\":\"lead\",\"for\":\"PT26H\"}"},
    {"an extension to an instant",
     {.until = 1772413200000001},
     "{\"until\":\"2026-03-02T01:00:00.000001Z\"}"},
    {"a waiver", {.excluded = true, .silence = true}, "{\"excluded\":true,\"silence\":true}"},
    {"what has no text is a number",
     {.span = -5, .until = SLA_TIME_MAX + 1},
     "{\"for\":-5,\"until\":7258118400000000}"},
};

TEST(content_is_as_in_the_document)
{
    sla__text text;

    sla__text_init(&text, NULL);
    for (size_t i = 0; i < COUNT_OF(content_rows); i++) {
        sla__text_clear(&text);
        sla__content_put(&text.out, &content_rows[i].fact);
        check_text(content_rows[i].why, content_rows[i].want, sla__text_since(&text, 0));
    }
    sla__text_fini(&text);
}

static int read_content(const char *content, size_t length, sla_fact *fact, sla__content_room *room)
{
    /* A copy of exactly this length, so that reading past it is found out. */
    char *const copy = malloc(length + 1);
    int result;

    CHECK_TRUE("memory for a copy", copy != NULL);
    memcpy(copy, content, length);
    result = sla__content_read((sla_string){copy, length}, room, fact);
    free(copy);
    return result;
}

TEST(content_cut_anywhere_is_refused)
{
    sla__content_room room;

    sla__content_room_init(&room, NULL);
    for (size_t i = 1; i < COUNT_OF(content_rows); i++) {
        const size_t length = strlen(content_rows[i].want);
        sla_fact fact = {.cycle = 0};

        for (size_t cut = 1; cut < length; cut++)
            CHECK_RESULT(SLA_ERR_SYNTAX, read_content(content_rows[i].want, cut, &fact, &room));
        CHECK_OK(read_content(content_rows[i].want, length, &fact, &room));
    }
    sla__content_room_fini(&room);
}

static const struct text_row {
    const char *why, *content;
    int result;
} text_rows[] = {
    {"members of a later release are read past", "{\"new\":[{\"a\":[1,\"]\"]},2],\"by\":\"x\"}",
     SLA_OK},
    {"blanks between", " { \"by\" : \"x\" , \"attributes\" : { } } ", SLA_OK},
    {"escapes of other writers", "{\"by\":\"\\u0078\\ud83d\\ude42\\u4e2d\\/\"}", SLA_OK},
    {"no object", "[]", SLA_ERR_SYNTAX},
    {"something behind", "{} x", SLA_ERR_SYNTAX},
    {"half a pair", "{\"by\":\"\\ud83d\"}", SLA_ERR_SYNTAX},
    {"an escape that is none", "{\"by\":\"\\x\"}", SLA_ERR_SYNTAX},
    {"an instant that is none", "{\"until\":\"tomorrow\"}", SLA_ERR_SYNTAX},
    {"a number beyond 64 bits", "{\"until\":9223372036854775808}", SLA_ERR_SYNTAX},
    {"a cycle below zero", "{\"cycle\":-1}", SLA_ERR_SYNTAX},
    {"an instant that is not there",
     "{\"attributes\":{\"a\":\"2026-03-02T01:00:00Z\"},"
     "\"x-instants\":[1]}",
     SLA_ERR_SYNTAX},
    {"a text where a flag is meant", "{\"excluded\":\"true\"}", SLA_ERR_SYNTAX},
    {"attributes that are none", "{\"attributes\":[]}", SLA_ERR_SYNTAX},
};

TEST(content_of_others)
{
    sla__content_room room;

    sla__content_room_init(&room, NULL);
    for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
        sla_fact fact = {.cycle = 0};

        CHECK_EQ(text_rows[i].why, text_rows[i].result,
                 read_content(text_rows[i].content, strlen(text_rows[i].content), &fact, &room));
    }
    sla__content_room_fini(&room);
}

TEST(escapes_are_decoded)
{
    static const char content[] = "{\"by\":\"\\u0078\\ud83d\\ude42\\u4e2d\\u00e9\\/\"}";
    sla_fact fact = {.cycle = 0};
    sla__content_room room;

    sla__content_room_init(&room, NULL);
    CHECK_OK(sla__content_read(string_of(content), &room, &fact));
    check_text("of one to four bytes", "x🙂中é/", fact.by);
    sla__content_room_fini(&room);
}

/* ----------------------------------------------------------- attributes, clocks */

static sla_clock_view clock_of(const char *policy, const char *target)
{
    return (sla_clock_view){.policy = policy,
                            .policy_version = "1",
                            .target = target,
                            .metric = target,
                            .cycle = 1,
                            .state = SLA_RUNNING,
                            .governs = true,
                            .started_at = 1000,
                            .due_at = 5000,
                            .paused_at = SLA_NEVER,
                            .ended_at = SLA_NEVER,
                            .breached_at = SLA_NEVER,
                            .next_at = SLA_NEVER};
}

/* Two policies; one clock as usual, and one of which everything is unusual. */
static size_t some_clocks(sla_clock_view *clocks)
{
    clocks[0] = clock_of("complaint", "resolved");
    clocks[0].rank = 40;
    clocks[1] = clock_of("complaint", "responded");
    clocks[1].state = SLA_MET;
    clocks[1].ended_at = 4000;
    clocks[1].governs = false;
    clocks[1].adjusted_met = true;
    clocks[2] = clock_of("fault", "restored");
    clocks[2].agreement = SLA_AGREEMENT_UC;
    clocks[2].metric = "outage";
    clocks[2].policy_version = "2";
    clocks[3] = clocks[2];
    clocks[3].policy_version = "3";
    clocks[3].cycle = 2;
    clocks[3].state = SLA_MISSED;
    clocks[3].started_at = 2000;
    clocks[3].ended_at = 7000;
    clocks[3].breached_at = 5000;
    clocks[3].breached = true;
    clocks[3].level = 3;
    clocks[3].excluded = clocks[3].adjusted_met = true;
    clocks[3].provisional = clocks[3].provisional_attributes = true;
    clocks[4] = clock_of("order", "sent"); /* one that waits is left out, and its policy */
    clocks[4].state = SLA_WAITING;
    return 5;
}

TEST(a_ticket_row_as_people_see_it)
{
    sla_clock_view clocks[5];
    const sla_ticket_view view = {.opened_at = 1000,
                                  .whole = true,
                                  .attributes = all_sorts,
                                  .attribute_count = COUNT_OF(all_sorts),
                                  .clocks = clocks,
                                  .clock_count = some_clocks(clocks)};
    const sla_stored_ticket given = {
        .ticket = {"T-1", 3}, .next_at = SLA_NEVER, .due_at = 5000, .view = &view};
    sla__ticket_row row;
    sla__text text;

    sla__text_init(&text, NULL);
    CHECK_OK(sla__ticket_row_of(&given, &text, &row));
    check_text("attributes without those that have no value",
               "{\"grade\":-2,\"promised\":\"2026-03-02T01:00:00Z\",\"major\":true,"
               "\"said\":\"\\\"no\\\"\\n\\\\中\"}",
               row.attributes);
    check_text("clocks",
               "[{\"policy\":\"complaint\",\"version\":\"1\",\"rank\":40,\"clocks\":["
               "{\"target\":\"resolved\",\"due_at\":5000},"
               "{\"target\":\"responded\",\"state\":\"met\",\"due_at\":5000,\"ended_at\":4000}]},"
               "{\"policy\":\"fault\",\"version\":\"2\",\"agreement\":\"uc\",\"clocks\":["
               "{\"target\":\"restored\",\"metric\":\"outage\",\"due_at\":5000},"
               "{\"target\":\"restored\",\"metric\":\"outage\",\"version\":\"3\",\"cycle\":2,"
               "\"state\":\"missed\",\"started_at\":2000,\"due_at\":5000,\"ended_at\":7000,"
               "\"breached_at\":5000,\"level\":3,\"governs\":true,\"provisional\":true,"
               "\"provisional_attributes\":true,\"excluded\":true,\"adjusted_met\":true}]}]",
               row.clocks);
    CHECK_EQ("the highest rank", 40, row.rank);
    CHECK_EQ("the highest level", 3, row.level);
    CHECK_TRUE("breached", row.breached);
    CHECK_EQ("opened", 1000, row.opened_at);
    sla__text_fini(&text);
}

TEST(attributes_that_change_are_a_merge_patch)
{
    const sla_ticket_view view = {
        .opened_at = SLA_NEVER, .attributes = &all_sorts[3], .attribute_count = 2};
    const sla_stored_ticket given = {.ticket = {"T-1", 3}, .view = &view};
    sla__ticket_row row;
    sla__text text;

    sla__text_init(&text, NULL);
    CHECK_OK(sla__ticket_row_of(&given, &text, &row));
    CHECK_TRUE("not whole", !row.attributes_whole);
    check_text("null takes away", "{\"said\":\"\\\"no\\\"\\n\\\\中\",\"gone\":null}",
               row.attributes);
    check_text("no clocks", "", row.clocks);
    CHECK_EQ("no rank", INT64_MAX, row.rank);
    sla__text_fini(&text);
}

/* ----------------------------------------------------------------- documents */

static const struct document_row {
    const char *why, *text, *kind, *name, *version;
} document_rows[] = {
    {"a policy", "{\"comment\": [\"x\", {}], \"policy\": \"complaint\", \"version\": \"1\"}",
     "policy", "complaint", "1"},
    {"an overlay", "{\"overlay_of\":\"fault\",\"policy\":\"storms\",\"version\":\"2026.1\"}",
     "overlay", "storms", "2026.1"},
    {"a calendar", "{\"kind\": \"calendar\", \"name\": \"24x7\", \"version\": \"\\u4e2d\"}",
     "calendar", "24x7", "中"},
    {"members of members do not count", "{\"x-a\": {\"policy\": \"no\", \"version\": \"9\"}}", "",
     "", ""},
    {"values that are no texts", "{\"policy\": 7, \"version\": [\"1\"]}", "policy", "", ""},
    {"a name that is too long",
     "{\"policy\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}", "policy",
     "", ""},
    {"no JSON", "hello", "", "", ""},
    {"nothing", "", "", "", ""},
    {"cut", "{\"policy\":\"compl", "policy", "", ""},
    {"a name with an escape", "{\"p\\u006flicy\":\"x\",\"version\":\"1\"}", "", "", "1"},
};

TEST(documents_are_called_by_their_names)
{
    for (size_t i = 0; i < COUNT_OF(document_rows); i++) {
        const struct document_row *const row = &document_rows[i];
        sla__document_names names;

        sla__document_look(string_of(row->text), &names);
        CHECK_STR(row->why, row->kind, names.kind);
        CHECK_STR(row->why, row->name, names.name);
        CHECK_STR(row->why, row->version, names.version);
    }
}

/* ------------------------------------------------------------- out of memory */

static int fact_and_back(void)
{
    const sla_fact fact = {
        .name = {"opened", 6}, .attributes = all_sorts, .attribute_count = COUNT_OF(all_sorts)};
    const sla_stored_fact given = {&fact, 1, 0, 0};
    sla__content_room room;
    sla_stored_fact stored;
    sla__fact_row row;
    sla__text text;
    int result;

    sla__text_init(&text, NULL);
    sla__content_room_init(&room, NULL);
    result = sla__fact_row_of(&given, &text, &row);
    if (result == SLA_OK)
        result = sla__fact_row_stored(&row, &room, &stored);
    sla__content_room_fini(&room);
    sla__text_fini(&text);
    return result;
}

static int ticket_row(void)
{
    sla_clock_view clocks[5];
    const sla_ticket_view view = {.whole = true,
                                  .attributes = all_sorts,
                                  .attribute_count = COUNT_OF(all_sorts),
                                  .clocks = clocks,
                                  .clock_count = some_clocks(clocks)};
    const sla_stored_ticket given = {.view = &view};
    sla__ticket_row row;
    sla__text text;
    int result;

    sla__text_init(&text, NULL);
    result = sla__ticket_row_of(&given, &text, &row);
    sla__text_fini(&text);
    return result;
}

TEST(out_of_memory_is_said)
{
    CHECK_EVERY_OOM(fact_and_back);
    CHECK_EVERY_OOM(ticket_row);
}
