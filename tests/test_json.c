/* Goal: a complaint about a document says where and what.  Method: small
 * documents, each wrong in one way, with the line, column and pointer a person
 * would point at. */
#include "check.h"

#include <string.h>

#include "base/json.h"

static int load(sla__json *json, const char *text, sla_error *error)
{
    memset(error, 0, sizeof *error);
    return sla__json_init(json, text, strlen(text), NULL, "a.json", SLA_ERR_POLICY, error);
}

static const struct {
    const char *why;
    const char *text;
    int line;
    int column;
    const char *part;
} broken[] = {
    {"nothing", "", 1, 1, "ends too early"},
    {"not closed", "{\n\"a\": 1", 2, 7, "a comma or }"},
    {"an open array", "[1", 1, 3, "a comma or ]"},
    {"an open string", "[\"abc", 1, 6, "not closed"},
    {"listed twice", "{\"a\": 1,\n \"a\": 2}", 2, 2, "twice"},
    {"twice, one escaped", "{\"a\": 1,\n \"\\u0061\": 2}", 2, 2, "twice"},
    {"something behind", "{}\n{}", 2, 1, "has ended"},
    {"not UTF-8", "{\"a\": \"\xff\"}", 1, 8, "UTF-8"},
    {"a cut sequence", "[\"\xe4\xb8\"]", 1, 3, "UTF-8"},
    {"an overlong slash", "[\"\xc0\xaf\"]", 1, 3, "UTF-8"},
    {"a surrogate in UTF-8", "[\"\xed\xa0\x80\"]", 1, 3, "UTF-8"},
    {"beyond Unicode", "[\"\xf4\x90\x80\x80\"]", 1, 3, "UTF-8"},
    {"a surrogate alone", "{\"a\": \"\\ud800\"}", 1, 14, "escape"},
    {"two first halves", "[\"\\ud800\\ud800\"]", 1, 15, "escape"},
    {"an escaped NUL", "{\"a\": \"\\u0000\"}", 1, 14, "escape"},
    {"an unknown escape", "[\"\\x41\"]", 1, 5, "escape"},
    {"an escape cut short", "[\"\\u12", 1, 5, "escape"},
    {"a raw line feed", "[\"a\nb\"]", 1, 4, "control"},
    {"a byte order mark", "\xef\xbb\xbf{}", 1, 1, "byte order mark"},
    {"17 brackets", "[[[[[[[[\n[[[[[[[[[", 2, 9, "too deeply"},
    {"a comma too many", "[1,]", 1, 4, "a value is expected"},
    {"a comma too many in an object", "{\"a\":1,}", 1, 8, "the name of a member"},
    {"a name without quotes", "{a:1}", 1, 2, "the name of a member"},
    {"no colon", "{\"a\" 1}", 1, 6, "colon"},
    {"a number too large", "[9223372036854775808]", 1, 21, "too large"},
    {"a number too small", "[-9223372036854775809]", 1, 22, "too large"},
    {"much too large", "[99999999999999999999]", 1, 22, "too large"},
    {"a leading zero", "[01]", 1, 4, "number"},
    {"a point without digits", "[1.]", 1, 4, "number"},
    {"an exponent without digits", "[1e]", 1, 4, "number"},
    {"a sign alone", "[-]", 1, 3, "number"},
    {"a word", "[yes]", 1, 2, "a value is expected"},
    {"capitals", "[True]", 1, 2, "a value is expected"},
};

TEST(broken_documents_are_refused_with_their_line)
{
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        sla__json json;
        sla_error error;

        CHECK_RESULT(SLA_ERR_SYNTAX, load(&json, broken[i].text, &error));
        CHECK_EQ(broken[i].why, SLA_ERR_SYNTAX, error.code);
        CHECK_EQ(broken[i].why, broken[i].line, error.line);
        CHECK_EQ(broken[i].why, broken[i].column, error.column);
        CHECK_TRUE(error.text, strstr(error.text, broken[i].part) != NULL);
        CHECK_STR(broken[i].why, "a.json", error.source);
    }
}

TEST(a_nul_byte_is_refused)
{
    sla__json json;
    sla_error error = {0};

    CHECK_RESULT(SLA_ERR_SYNTAX,
                 sla__json_init(&json, "{}\0", 3, NULL, "a", SLA_ERR_POLICY, &error));
    CHECK_EQ("its column", 3, error.column);
}

TEST(limits_can_be_set)
{
    const sla__json_limits small = {5, 1};
    sla__json json;
    sla_error error = {0};

    CHECK_RESULT(SLA_ERR_TOO_LONG,
                 sla__json_init(&json, "[1, 2]", 6, &small, "a", SLA_ERR_POLICY, &error));
    CHECK_OK(sla__json_init(&json, "[1,2]", 5, &small, "a", SLA_ERR_POLICY, NULL));
    sla__json_fini(&json);
    CHECK_RESULT(SLA_ERR_SYNTAX,
                 sla__json_init(&json, "[[]]", 4, &small, "a", SLA_ERR_POLICY, NULL));
}

static const char document[] = "{\n"
                               "  \"comment\": \"free\", \"x-owner\": {\"a/b\": 1},\n"
                               "  \"na\\u006de\": \"Wrong\",\n"
                               "  \"\\ud83d\\ude00\": 7,\n"
                               "  \"list\": [ 1, \"}]\\\"\",\n"
                               "     {\"deep\": [[], {\"a/b~\": true}]},\n"
                               "     -3.5e1 ]\n"
                               "}\n";

static void check_place(sla__json *json, const char *why, const char *pointer, int line, int column)
{
    sla_error error = {0};

    json->error = &error;
    CHECK_RESULT(SLA_ERR_POLICY, sla__json_complain(json, "%s", why));
    CHECK_STR(why, pointer, error.pointer);
    CHECK_EQ(why, line, error.line);
    CHECK_EQ(why, column, error.column);
    json->error = NULL;
}

TEST(a_place_is_found_again_in_the_text)
{
    sla__json json;
    sla_error error;

    CHECK_OK(load(&json, document, &error));
    check_place(&json, "the document", "", 1, 1);
    sla__json_push_key(&json, "name");
    check_place(&json, "a key with an escape", "/name", 3, 3);
    sla__json_pop(&json);
    sla__json_push_key(&json, "\xf0\x9f\x98\x80");
    check_place(&json, "a key of two surrogates", "/\xf0\x9f\x98\x80", 4, 3);
    sla__json_pop(&json);
    sla__json_push_key(&json, "list");
    sla__json_push_index(&json, 1);
    check_place(&json, "an element", "/list/1", 5, 16);
    sla__json_pop(&json);
    sla__json_push_index(&json, 3);
    check_place(&json, "the last", "/list/3", 7, 6);
    sla__json_pop(&json);
    sla__json_push_index(&json, 2);
    sla__json_push_key(&json, "deep");
    sla__json_push_index(&json, 1);
    sla__json_push_key(&json, "a/b~");
    check_place(&json, "deep", "/list/2/deep/1/a~1b~0", 6, 21);
    sla__json_fini(&json);
}

TEST(the_first_complaint_wins_and_none_is_needed)
{
    sla__json json;
    sla_error error;

    CHECK_OK(load(&json, "{}", &error));
    sla__json_complain(&json, "first");
    sla__json_complain(&json, "second");
    CHECK_STR("first wins", "first", error.text);
    json.error = NULL;
    CHECK_RESULT(SLA_ERR_ZONE, sla__json_complain_as(&json, SLA_ERR_ZONE, "nobody listens"));
    sla__json_fini(&json);
}

TEST(unknown_members_are_refused_with_a_guess)
{
    static const char *const known[] = {"name", "zone", "week"};
    sla__json json;
    sla_error error;

    CHECK_OK(load(&json, "{\"name\": 1, \"x-mine\": 2, \"comment\": 3,\n \"zoned\": 4}", &error));
    CHECK_RESULT(SLA_ERR_POLICY, sla__json_check_members(&json, json.root, known, 3));
    CHECK_STR("pointer", "/zoned", error.pointer);
    CHECK_EQ("line", 2, error.line);
    CHECK_STR("guess", "unknown member; did you mean \"zone\"?", error.text);
    sla__json_fini(&json);
    CHECK_OK(load(&json, "{\"holidays\": 1}", &error));
    CHECK_RESULT(SLA_ERR_POLICY, sla__json_check_members(&json, json.root, known, 3));
    CHECK_STR("list", "unknown member; known here: name, zone, week", error.text);
    sla__json_fini(&json);
    CHECK_OK(load(&json, "[]", &error));
    CHECK_RESULT(SLA_ERR_POLICY, sla__json_check_members(&json, json.root, known, 3));
    CHECK_STR("type", "an object is expected here, not an array", error.text);
    sla__json_fini(&json);
}

TEST(typed_members_are_read_or_refused)
{
    static const char *const words[] = {"close", "next_open"};
    sla__json json;
    sla_error error;
    int64_t number = 5;
    int choice = 1;
    bool yes = true;
    const char *text = "default";
    json_t *list;

    CHECK_OK(load(&json,
                  "{\"n\": 7, \"b\": false, \"c\": \"close\", \"t\": \"a\", \"l\": [],\n"
                  " \"empty\": \"\", \"tab\": \"\\t\", \"Name\": \"Name\"}",
                  &error));
    CHECK_OK(sla__json_get_int(&json, json.root, "absent", SLA__OPTIONAL, 0, 9, &number));
    CHECK_EQ("default stands", 5, number);
    CHECK_OK(sla__json_get_int(&json, json.root, "n", SLA__REQUIRED, 0, 9, &number));
    CHECK_EQ("number", 7, number);
    CHECK_OK(sla__json_get_bool(&json, json.root, "b", SLA__REQUIRED, &yes));
    CHECK_TRUE("bool", !yes);
    CHECK_OK(sla__json_get_choice(&json, json.root, "c", SLA__REQUIRED, words, 2, &choice));
    CHECK_EQ("choice", 0, choice);
    CHECK_OK(sla__json_get_text(&json, json.root, "t", SLA__REQUIRED, 1, &text));
    CHECK_STR("text", "a", text);
    CHECK_OK(sla__json_get(&json, json.root, "l", SLA__REQUIRED, JSON_ARRAY, &list));
    CHECK_TRUE("list", json_is_array(list));
    json.error = NULL;
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_int(&json, json.root, "n", SLA__REQUIRED, 0, 6, &number));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_int(&json, json.root, "b", SLA__REQUIRED, 0, 6, &number));
    CHECK_RESULT(SLA_ERR_POLICY, sla__json_get_bool(&json, json.root, "n", SLA__REQUIRED, &yes));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_choice(&json, json.root, "t", SLA__REQUIRED, words, 2, &choice));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_text(&json, json.root, "empty", SLA__REQUIRED, 9, &text));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_text(&json, json.root, "tab", SLA__REQUIRED, 9, &text));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_text(&json, json.root, "c", SLA__REQUIRED, 4, &text));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_name(&json, json.root, "Name", SLA__REQUIRED, &text));
    CHECK_RESULT(SLA_ERR_POLICY,
                 sla__json_get_name(&json, json.root, "absent", SLA__REQUIRED, &text));
    CHECK_EQ("one stands where one stood", 0, json.depth);
    sla__json_fini(&json);
}

TEST(what_is_read_is_what_jansson_reads)
{
    static const char *const texts[] = {
        "[9223372036854775807, -9223372036854775808, 0, -0, 10, -1]",
        "{\"\": 1, \"a\": {\"b\": [true, false, null]}}",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u4e2d\\ud83d\\ude00\"]",
        " [ \"\xc3\xa4\xe4\xb8\xad\xf0\x9f\x98\x80\" ]\n",
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        json_t *want = json_loads(texts[i], 0, NULL);
        sla__json json;
        sla_error error;

        CHECK_OK(load(&json, texts[i], &error));
        CHECK_TRUE(texts[i], json_equal(want, json.root));
        json_decref(want);
        sla__json_fini(&json);
    }
}

static int load_and_free(void)
{
    sla__json json;
    sla_error error = {0};
    const int result =
        sla__json_init(&json, document, strlen(document), NULL, "a", SLA_ERR_POLICY, &error);

    if (result == SLA_OK)
        sla__json_fini(&json);
    return result;
}

TEST(loading_survives_every_failed_allocation)
{
    if (!failmalloc_works())
        CHECK_SKIP("this build does not let a test stand in front of malloc");
    CHECK_EVERY_OOM(load_and_free);
}
