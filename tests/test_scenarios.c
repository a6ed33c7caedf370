/* Goal: what the documents of the operators ask is what the bundled policies do,
 * sentence by sentence, with instants worked out by hand.
 * Method: tests/scenarios/ holds facts and what must be told; a driver that is
 * never late plays the facts, and the told lines are compared one by one.  How
 * the files are written is said in tests/scenarios/README.md. */
#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <sla/bundled.h>
#include <sla/engine.h>
#include <sla/json.h>
#include <sla/time.h>

#include "scenario_lines.h"

enum {
    FILES_MAX = 64,
    CLOCKS_MAX = 64,
    CALENDARS_MAX = 8,
    WAKEUPS_MAX = 100000, /* a timer that does not move on is a bug, not a long test */
    SCENARIOS_AT_LEAST = 80
};

/* One scenario while it is played. */
typedef struct stage {
    const json_t *scenario;
    const char *name;
    sla_engine *engine;
    sla_policies *own; /* the policies that the scenario names, and no others */
    sheet_shows shows;
    sheet told, clocks;
} stage;

/* --- policies and calendars ----------------------------------------------- */

static bool lists(const json_t *scenario, const char *member, const char *word)
{
    const json_t *array = json_object_get(scenario, member);

    for (size_t i = 0; i < json_array_size(array); i++)
        if (strcmp(json_string_value(json_array_get(array, i)), word) == 0)
            return true;
    return false;
}

/* Those that are adopted by choice only: they take the place of others, or ask more. */
static bool is_optional(const char *file)
{
    static const char *const files[] = {"appointment", "hotline_12345", "overlay_guard",
                                        "regulator", "suspension"};

    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (strcmp(files[i], file) == 0)
            return true;
    return false;
}

static void add_bundled(sla_policies *policies, const char *file)
{
    sla_error error = {0};
    size_t length;
    const char *text = sla_bundled_policy(file, &length);

    CHECK_TRUE(file, text != NULL);
    CHECK_OK_OR_SAY(sla_policies_add(policies, text, length, file, &error), &error);
}

/* The scenario's policies; `all`: and every other one that is not optional. */
static sla_policies *policies_of(const json_t *scenario, bool all)
{
    const json_t *files = json_object_get(scenario, "policies");
    sla_policies *policies;
    sla_error error = {0};

    CHECK_OK(sla_policies_new(NULL, &policies));
    for (size_t i = 0; i < json_array_size(files); i++)
        add_bundled(policies, json_string_value(json_array_get(files, i)));
    for (size_t i = 0; all && sla_bundled_policy_name(i) != NULL; i++) {
        const char *file = sla_bundled_policy_name(i);

        if (!is_optional(file) && !lists(scenario, "policies", file))
            add_bundled(policies, file);
    }
    CHECK_OK_OR_SAY(sla_policies_finish(policies, &error), &error);
    return policies;
}

/* The bundled calendars, read once for all scenarios. */
typedef struct shelf {
    size_t count;
    sla_calendar *calendars[CALENDARS_MAX];
} shelf;

static shelf shelf_filled(void)
{
    shelf books = {0};

    for (; sla_bundled_calendar_name(books.count) != NULL; books.count++) {
        const char *name = sla_bundled_calendar_name(books.count);
        size_t length;
        const char *text = sla_bundled_calendar(name, &length);

        CHECK_TRUE("room for the calendars", books.count < CALENDARS_MAX);
        CHECK_OK(sla_calendar_parse(text, length, name, NULL, &books.calendars[books.count], NULL));
    }
    return books;
}

static void shelf_empty(shelf *books)
{
    while (books->count > 0)
        sla_calendar_unref(books->calendars[--books->count]);
}

static sla_engine *engine_with(sla_policies *policies, const shelf *books)
{
    sla_error error = {0};
    sla_engine *engine;

    CHECK_OK(sla_engine_new(NULL, &engine));
    CHECK_OK_OR_SAY(sla_engine_adopt(engine, policies, books->calendars, books->count, 0, &error),
                    &error);
    return engine;
}

/* --- what is looked at ---------------------------------------------------- */

static bool is_own(const stage *play, const char *policy)
{
    for (size_t i = 0; i < sla_policies_count(play->own); i++)
        if (strcmp(sla_policies_name(play->own, i), policy) == 0)
            return true;
    return false;
}

/* `watch` narrows a scenario to policies ("complaint"), targets
 * ("complaint.triage") or what a policy tells at once ("complaint."). */
static bool is_watched(const stage *play, const char *policy, const char *target)
{
    char name[2 * SLA_NAME_MAX + 2];

    snprintf(name, sizeof name, "%s.%s", policy, target);
    if (json_object_get(play->scenario, "watch") == NULL)
        return is_own(play, policy);
    return lists(play->scenario, "watch", policy) || lists(play->scenario, "watch", name);
}

static void look_at_clocks(stage *play)
{
    const json_t *fact = json_array_get(json_object_get(play->scenario, "facts"), 0);
    const char *id = json_string_value(json_object_get(fact, "ticket"));
    const sla_string tenant = {"", 0}, ticket = {id, strlen(id)};
    sla_clock_view views[CLOCKS_MAX];
    size_t count;

    CHECK_OK(sla_engine_clocks(play->engine, tenant, ticket, views, COUNT_OF(views), &count));
    CHECK_TRUE("room for the clocks", count <= COUNT_OF(views));
    for (size_t i = 0; i < count; i++)
        if (is_watched(play, views[i].policy, views[i].target))
            sheet_add_clock(&play->clocks, &views[i], play->shows);
}

/* --- the driver that is never late ---------------------------------------- */

static void poll_at(stage *play, sla_time now)
{
    char text[256];
    sla_event event;

    while (sla_engine_poll(play->engine, now, &event))
        if (is_watched(play, event.policy, event.target))
            sheet_add_event(&play->told, &event, play->shows);
    if (!sla_engine_verify(play->engine, text, sizeof text))
        CHECK_FAIL("%s: %s", play->name, text);
}

/* Every timer before `now`; those at `now` wait for the facts of that instant. */
static void sleep_until(stage *play, sla_time now)
{
    sla_time wakeup;

    for (int i = 0; (wakeup = sla_engine_wakeup(play->engine)) < now; i++) {
        if (i == WAKEUPS_MAX)
            CHECK_FAIL("%s: the timer does not move on", play->name);
        poll_at(play, wakeup);
    }
}

static void check_answer(const stage *play, const json_t *object, int got, const sla_answer *answer,
                         const sla_error *error)
{
    const char *result = json_string_value(json_object_get(object, "x-error"));
    const char *rule = json_string_value(json_object_get(object, "x-refused"));

    if (result != NULL)
        CHECK_STR(play->name, result, sla_result_name(got));
    else
        CHECK_OK_OR_SAY(got, error);
    CHECK_STR(play->name, rule == NULL ? "" : rule, answer->rule);
    CHECK_EQ(play->name, rule != NULL, answer->refused);
}

static sla_time record(stage *play, const json_t *object)
{
    static sla_fact_buffer buffer;
    char *text = json_dumps(object, JSON_COMPACT);
    sla_answer answer = {0};
    sla_error error = {0};
    sla_time recorded_at;
    sla_fact fact;
    int got;

    CHECK_OK_OR_SAY(sla_fact_parse(text, strlen(text), &buffer, &fact, &recorded_at, &error),
                    &error);
    sleep_until(play, recorded_at);
    got = sla_engine_record(play->engine, &fact, recorded_at, &answer, &error);
    check_answer(play, object, got, &answer, &error);
    free(text);
    poll_at(play, recorded_at);
    return recorded_at;
}

static void play_facts(stage *play)
{
    const json_t *facts = json_object_get(play->scenario, "facts");
    const char *until = json_string_value(json_object_get(play->scenario, "until"));
    sla_time end = 0;

    for (size_t i = 0; i < json_array_size(facts); i++)
        end = record(play, json_array_get(facts, i));
    if (until != NULL)
        CHECK_OK(sla_time_parse(until, strlen(until), &end));
    sleep_until(play, end);
    poll_at(play, end);
}

/* --- one scenario --------------------------------------------------------- */

static bool comes_out(const json_t *scenario, const shelf *books, bool under_all)
{
    static stage play;
    static sheet wanted;
    sla_policies *policies = policies_of(scenario, under_all);
    bool same;

    memset(&play, 0, sizeof play);
    play.scenario = scenario;
    play.name = json_string_value(json_object_get(scenario, "name"));
    play.shows.rank = lists(scenario, "show", "rank");
    play.shows.governs = lists(scenario, "show", "governs");
    play.own = policies_of(scenario, false);
    play.engine = engine_with(policies, books);
    play_facts(&play);
    look_at_clocks(&play);
    sheet_copy(&wanted, json_object_get(scenario, "events"));
    same = sheet_same(play.name, "events", &wanted, &play.told);
    sheet_copy(&wanted, json_object_get(scenario, "clocks"));
    same = sheet_same(play.name, "clocks", &wanted, &play.clocks) && same;
    sla_engine_free(play.engine);
    sla_policies_unref(play.own);
    sla_policies_unref(policies);
    return same;
}

/* --- the folder ----------------------------------------------------------- */

static json_t *load(const char *file)
{
    char path[128];
    json_error_t error;
    json_t *root;

    snprintf(path, sizeof path, "tests/scenarios/%s", file);
    root = json_load_file(check_source_path(path), JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        CHECK_FAIL("%s:%d: %s", path, error.line, error.text);
    return root;
}

static int is_json(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".json") == 0;
}

/* All files in order of their names; the caller frees nothing but the roots. */
static size_t load_all(json_t *roots[], size_t capacity)
{
    struct dirent **entries;
    const int count = scandir(check_source_path("tests/scenarios"), &entries, is_json, alphasort);

    CHECK_TRUE("there are files, and room for them", count > 0 && (size_t)count <= capacity);
    for (int i = 0; i < count; i++) {
        roots[i] = load(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return (size_t)count;
}

/* Returns how many were played, all files in order. */
static size_t play_all(bool under_all)
{
    json_t *roots[FILES_MAX];
    const size_t files = load_all(roots, COUNT_OF(roots));
    shelf books = shelf_filled();
    size_t failed = 0, played = 0;

    for (size_t i = 0; i < files; i++) {
        const json_t *scenarios = json_object_get(roots[i], "scenarios");

        for (size_t k = 0; k < json_array_size(scenarios); k++)
            failed += !comes_out(json_array_get(scenarios, k), &books, under_all);
        played += json_array_size(scenarios);
        json_decref(roots[i]);
    }
    shelf_empty(&books);
    CHECK_EQ("scenarios that differ", 0, failed);
    return played;
}

TEST(every_scenario_comes_out)
{
    CHECK_TRUE("as many as there are sentences", play_all(false) >= SCENARIOS_AT_LEAST);
}

/* One policy does not get into another one's way. */
TEST(every_scenario_comes_out_under_all_policies_at_once)
{
    play_all(true);
}

/* docs/requirements.md names scenarios; each one names its section. */
TEST(every_scenario_says_what_it_proves)
{
    json_t *roots[FILES_MAX];
    const size_t files = load_all(roots, COUNT_OF(roots));
    json_t *names = json_object();
    char *map = check_read_file(check_source_path("docs/requirements.md"), NULL);

    for (size_t i = 0; i < files; i++) {
        const json_t *scenarios = json_object_get(roots[i], "scenarios");

        for (size_t k = 0; k < json_array_size(scenarios); k++) {
            const json_t *scenario = json_array_get(scenarios, k);
            const char *name = json_string_value(json_object_get(scenario, "name"));
            const char *sentence = json_string_value(json_object_get(scenario, "sentence"));

            CHECK_TRUE("a scenario has a name", name != NULL);
            CHECK_TRUE(name, sentence != NULL && strchr(sentence, ':') != NULL);
            CHECK_TRUE(name, json_object_get(names, name) == NULL);
            CHECK_TRUE(name, strstr(map, name) != NULL);
            json_object_set_new(names, name, json_true());
        }
        json_decref(roots[i]);
    }
    json_decref(names);
    free(map);
}
