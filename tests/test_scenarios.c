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

enum {
    FILES_MAX = 64,
    LINES_MAX = 400,
    LINE_MAX_BYTES = 320,
    CLOCKS_MAX = 64,
    WAKEUPS_MAX = 100000, /* a timer that does not move on is a bug, not a long test */
    SCENARIOS_AT_LEAST = 80
};

static const int32_t beijing_s = 8 * 3600;

/* Lines of text, in the order in which they were told. */
typedef struct sheet {
    size_t count;
    char lines[LINES_MAX][LINE_MAX_BYTES];
} sheet;

typedef struct stage {
    const json_t *scenario;
    const char *name;
    sla_engine *engine;
    bool shows_rank, shows_governs;
    sheet told;
} stage;

static sheet wanted, clocks_now;

/* --- lines ---------------------------------------------------------------- */

static char *new_line(sheet *page)
{
    CHECK_TRUE("room for another line", page->count < LINES_MAX);
    page->lines[page->count][0] = '\0';
    return page->lines[page->count++];
}

__attribute__((format(printf, 2, 3))) static void say(char *line, const char *format, ...)
{
    const size_t used = strlen(line);
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(line + used, LINE_MAX_BYTES - used, format, arguments);
    va_end(arguments);
    CHECK_TRUE("a line fits", written >= 0 && (size_t)written < LINE_MAX_BYTES - used);
}

/* 2026-03-02T09:00, with seconds where there are any. */
static void say_time(char *line, const char *before, sla_time at)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_time_format_offset(at, beijing_s, text, sizeof text);
    text[strlen(text) - strlen("+08:00")] = '\0';
    if (strlen(text) == 19 && strcmp(text + 16, ":00") == 0)
        text[16] = '\0';
    say(line, "%s%s", before, text);
}

static int by_text(const void *left, const void *right)
{
    return strcmp(left, right);
}

/* Lines of one instant are compared as a set: their order among themselves is
 * the business of the engine's own tests. */
static void sort_equal_instants(sheet *page)
{
    size_t begin = 0;

    for (size_t i = 1; i <= page->count; i++) {
        const size_t length = strcspn(page->lines[begin], " ") + 1;

        if (i < page->count && strncmp(page->lines[begin], page->lines[i], length) == 0)
            continue;
        qsort(page->lines[begin], i - begin, LINE_MAX_BYTES, by_text);
        begin = i;
    }
}

static void copy_lines(sheet *page, const json_t *array)
{
    size_t i;
    const json_t *line;

    page->count = 0;
    json_array_foreach(array, i, line) say(new_line(page), "%s", json_string_value(line));
}

/* --- what is looked at ---------------------------------------------------- */

static bool lists(const json_t *scenario, const char *member, const char *word)
{
    const json_t *array = json_object_get(scenario, member);
    const json_t *entry;
    size_t i;

    json_array_foreach(array, i,
                       entry) if (strcmp(json_string_value(entry), word) == 0) return true;
    return false;
}

/* `watch` narrows a scenario to policies ("complaint"), targets
 * ("complaint.triage") or what a policy tells at once ("complaint."). */
static bool is_watched(const json_t *scenario, const char *policy, const char *target)
{
    char name[2 * SLA_NAME_MAX + 2];

    snprintf(name, sizeof name, "%s.%s", policy, target);
    return json_object_get(scenario, "watch") == NULL || lists(scenario, "watch", policy) ||
           lists(scenario, "watch", name);
}

static void say_clock_name(char *line, const char *policy, const char *target, uint32_t cycle)
{
    say(line, " %s", policy);
    if (target[0] != '\0')
        say(line, ".%s", target);
    if (cycle > 1)
        say(line, "#%u", cycle);
}

static void say_word(char *line, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        say(line, " %s=%s", name, value);
}

static bool is_of_a_step(sla_event_kind kind)
{
    return kind >= SLA_EVENT_WARNING && kind <= SLA_EVENT_ESCALATED;
}

/* The name that a policy gave a step or a rule; the breach is named by its kind. */
static void say_step(char *line, const sla_event *event)
{
    const char *colon = strchr(event->step, ':');

    if (event->kind == SLA_EVENT_RETRACTED)
        say(line, " %s", colon == NULL ? event->step : colon + 1);
    else if (event->kind == SLA_EVENT_NOTICE ||
             (is_of_a_step(event->kind) && event->kind != SLA_EVENT_BREACHED))
        say(line, " %s", event->step);
}

static void say_what_is_special(char *line, const stage *play, const sla_event *event)
{
    if (event->kind == SLA_EVENT_BREACHED && event->due_at != event->at)
        say_time(line, " due=", event->due_at);
    if (event->kind == SLA_EVENT_DUE_CHANGED)
        say_time(line, " due=", event->due_at);
    if (event->old_due_at != SLA_NEVER)
        say_time(line, " was=", event->old_due_at);
    say_word(line, "because", event->because);
    say_word(line, "reason", event->reason);
    say_word(line, "derived", event->derived);
    if (event->provisional_attributes)
        say(line, " default");
    if (event->excluded)
        say(line, " excluded");
    if (event->late && is_of_a_step(event->kind))
        say(line, " late");
    if (event->skipped > 0)
        say(line, " skipped=%u", event->skipped);
    if (event->collapsed > 0)
        say(line, " collapsed=%u", event->collapsed);
    if (play->shows_rank)
        say(line, " rank=%d", event->rank);
}

static void note(stage *play, const sla_event *event)
{
    char *line;

    if (!is_watched(play->scenario, event->policy, event->target))
        return;
    line = new_line(&play->told);
    say_time(line, "", event->at);
    say(line, " %s", sla_event_kind_name((int)event->kind));
    say_clock_name(line, event->policy, event->target, event->cycle);
    say_step(line, event);
    if (is_of_a_step(event->kind) && event->target[0] != '\0' && event->repeat > 0)
        say(line, " repeat=%u", event->repeat);
    if (event->level > 0)
        say(line, " level=%u", event->level);
    say_word(line, "to", event->to);
    say_what_is_special(line, play, event);
}

static void look_at_clock(stage *play, const sla_clock_view *clock)
{
    char *line;

    if (!is_watched(play->scenario, clock->policy, clock->target))
        return;
    line = new_line(&clocks_now);
    say(line, "%s.%s", clock->policy, clock->target);
    if (clock->cycle > 1)
        say(line, "#%u", clock->cycle);
    say(line, " %s", sla_state_name((int)clock->state));
    if (clock->due_at != SLA_NEVER)
        say_time(line, " due=", clock->due_at);
    if (clock->breached)
        say_time(line, " breached=", clock->breached_at);
    if (clock->paused_at != SLA_NEVER)
        say_time(line, " paused=", clock->paused_at);
    if (clock->ended_at != SLA_NEVER)
        say_time(line, " ended=", clock->ended_at);
    if (clock->provisional_attributes && clock->state != SLA_WAITING)
        say(line, " default");
    if (clock->excluded)
        say(line, " excluded");
    if (clock->governs && play->shows_governs)
        say(line, " governs");
}

/* --- the driver that is never late ---------------------------------------- */

static void poll_at(stage *play, sla_time now)
{
    char text[256];
    sla_event event;

    while (sla_engine_poll(play->engine, now, &event))
        note(play, &event);
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

static sla_time record(stage *play, const json_t *object)
{
    static sla_fact_buffer buffer;
    const char *result = json_string_value(json_object_get(object, "x-error"));
    const char *rule = json_string_value(json_object_get(object, "x-refused"));
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
    if (result != NULL)
        CHECK_STR(play->name, result, sla_result_name(got));
    else
        CHECK_OK_OR_SAY(got, &error);
    CHECK_STR(play->name, rule == NULL ? "" : rule, answer.rule);
    CHECK_EQ(play->name, rule != NULL, answer.refused);
    free(text);
    poll_at(play, recorded_at);
    return recorded_at;
}

static void look_at_clocks(stage *play)
{
    const json_t *fact = json_array_get(json_object_get(play->scenario, "facts"), 0);
    const char *id = json_string_value(json_object_get(fact, "ticket"));
    const sla_string tenant = {"", 0}, ticket = {id, strlen(id)};
    sla_clock_view views[CLOCKS_MAX];
    size_t count;

    clocks_now.count = 0;
    CHECK_OK(sla_engine_clocks(play->engine, tenant, ticket, views, COUNT_OF(views), &count));
    CHECK_TRUE("room for the clocks", count <= COUNT_OF(views));
    for (size_t i = 0; i < count; i++)
        look_at_clock(play, &views[i]);
}

/* --- one scenario --------------------------------------------------------- */

static sla_policies *policies_of(const json_t *scenario)
{
    const json_t *names = json_object_get(scenario, "policies");
    sla_policies *policies;
    sla_error error = {0};
    const json_t *name;
    size_t i;

    CHECK_OK(sla_policies_new(NULL, &policies));
    json_array_foreach(names, i, name)
    {
        size_t length;
        const char *text = sla_bundled_policy(json_string_value(name), &length);

        CHECK_TRUE(json_string_value(name), text != NULL);
        CHECK_OK_OR_SAY(sla_policies_add(policies, text, length, json_string_value(name), &error),
                        &error);
    }
    CHECK_OK_OR_SAY(sla_policies_finish(policies, &error), &error);
    return policies;
}

static size_t bundled_calendars(sla_calendar *calendars[], size_t capacity)
{
    size_t count = 0;

    for (; sla_bundled_calendar_name(count) != NULL; count++) {
        const char *name = sla_bundled_calendar_name(count);
        size_t length;
        const char *text = sla_bundled_calendar(name, &length);

        CHECK_TRUE("room for the calendars", count < capacity);
        CHECK_OK(sla_calendar_parse(text, length, name, NULL, &calendars[count], NULL));
    }
    return count;
}

static void adopt(stage *play, sla_calendar *const *calendars, size_t count)
{
    sla_policies *policies = policies_of(play->scenario);
    sla_error error = {0};

    CHECK_OK(sla_engine_new(NULL, &play->engine));
    CHECK_OK_OR_SAY(sla_engine_adopt(play->engine, policies, calendars, count, 0, &error), &error);
    sla_policies_unref(policies);
}

static bool same_page(const char *name, const char *what, sheet *want, sheet *got)
{
    size_t i = 0;

    sort_equal_instants(want);
    sort_equal_instants(got);
    while (i < want->count && i < got->count && strcmp(want->lines[i], got->lines[i]) == 0)
        i++;
    if (i == want->count && i == got->count)
        return true;
    fprintf(stderr, "%s: %s differ at line %zu\n", name, what, i + 1);
    for (size_t k = i; k < want->count; k++)
        fprintf(stderr, "    want  %s\n", want->lines[k]);
    for (size_t k = i; k < got->count; k++)
        fprintf(stderr, "    got   %s\n", got->lines[k]);
    return false;
}

static bool comes_out(const json_t *scenario, sla_calendar *const *calendars, size_t calendar_count)
{
    static stage play;
    const char *until = json_string_value(json_object_get(scenario, "until"));
    sla_time end = 0;
    const json_t *fact;
    bool same;
    size_t i;

    memset(&play, 0, sizeof play);
    play.scenario = scenario;
    play.name = json_string_value(json_object_get(scenario, "name"));
    play.shows_rank = lists(scenario, "show", "rank");
    play.shows_governs = lists(scenario, "show", "governs");
    adopt(&play, calendars, calendar_count);
    json_array_foreach(json_object_get(scenario, "facts"), i, fact) end = record(&play, fact);
    if (until != NULL)
        CHECK_OK(sla_time_parse(until, strlen(until), &end));
    sleep_until(&play, end);
    poll_at(&play, end);
    look_at_clocks(&play);
    copy_lines(&wanted, json_object_get(scenario, "events"));
    same = same_page(play.name, "events", &wanted, &play.told);
    copy_lines(&wanted, json_object_get(scenario, "clocks"));
    same = same_page(play.name, "clocks", &wanted, &clocks_now) && same;
    sla_engine_free(play.engine);
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

TEST(every_scenario_comes_out)
{
    json_t *roots[FILES_MAX];
    sla_calendar *calendars[8];
    const size_t files = load_all(roots, COUNT_OF(roots));
    const size_t calendar_count = bundled_calendars(calendars, COUNT_OF(calendars));
    size_t failed = 0, played = 0;

    for (size_t i = 0; i < files; i++) {
        const json_t *scenario;
        size_t k;

        json_array_foreach(json_object_get(roots[i], "scenarios"), k, scenario)
        {
            failed += !comes_out(scenario, calendars, calendar_count);
            played++;
        }
        json_decref(roots[i]);
    }
    for (size_t i = 0; i < calendar_count; i++)
        sla_calendar_unref(calendars[i]);
    printf("%zu scenarios, %zu failed\n", played, failed);
    CHECK_EQ("scenarios that differ", 0, failed);
    CHECK_TRUE("as many as there are sentences", played >= SCENARIOS_AT_LEAST);
}

/* docs/requirements.md names scenarios; each one names its section. */
TEST(every_scenario_says_what_it_proves)
{
    json_t *roots[FILES_MAX];
    const size_t files = load_all(roots, COUNT_OF(roots));
    json_t *names = json_object();
    char *map = check_read_file(check_source_path("docs/requirements.md"), NULL);

    for (size_t i = 0; i < files; i++) {
        const json_t *scenario;
        size_t k;

        json_array_foreach(json_object_get(roots[i], "scenarios"), k, scenario)
        {
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
