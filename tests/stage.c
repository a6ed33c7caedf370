/* stage.c - see stage.h: opening, adopting, playing. */
#include "stage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/calendar.h>
#include <sla/policy.h>

#include "stage_words.h"

enum { WAKEUPS_MAX = 10000 }; /* a timer that does not move on is a bug, not a long test */

static const char *const calendar_texts[] = {
    "{'kind': 'calendar', 'name': 'office', 'version': '1', 'zone': 'UTC',"
    " 'week': {'mon-fri': ['09:00-17:00']}}",
    "{'kind': 'calendar', 'name': 'always', 'version': '1', 'zone': 'UTC',"
    " 'week': {'mon-sun': ['00:00-24:00']}}",
    "{'kind': 'calendar', 'name': 'madrid', 'version': '1', 'zone': 'Europe/Madrid',"
    " 'week': {'mon-fri': ['09:00-17:00']}}",
};

/* JSON with ' for ". */
static size_t quoted(char *json, size_t size, const char *text, size_t length)
{
    if (length >= size)
        CHECK_FAIL("a document of %zu bytes", length);
    for (size_t i = 0; i < length; i++)
        json[i] = (char)(text[i] == '\'' ? '"' : text[i]);
    json[length] = '\0';
    return length;
}

sla_calendar *stage_calendar(const char *text)
{
    char json[4096];
    const size_t length = quoted(json, sizeof json, text, strlen(text));
    sla_calendar *calendar = NULL;
    sla_error error = {0};

    CHECK_OK_OR_SAY(sla_calendar_parse(json, length, NULL, NULL, &calendar, &error), &error);
    return calendar;
}

sla_policies *stage_policies(const char *documents)
{
    static const char between[] = "\n---\n";
    sla_policies *policies = NULL;
    sla_error error = {0};
    char json[8192];

    CHECK_OK(sla_policies_new(NULL, &policies));
    while (*documents != '\0') {
        const char *end = strstr(documents, between);
        const size_t length = end != NULL ? (size_t)(end - documents) : strlen(documents);
        const size_t used = quoted(json, sizeof json, documents, length);

        CHECK_OK_OR_SAY(sla_policies_add(policies, json, used, "row", &error), &error);
        documents = end != NULL ? end + strlen(between) : documents + length;
    }
    CHECK_OK_OR_SAY(sla_policies_finish(policies, &error), &error);
    return policies;
}

static void adopt(stage *scene, const char *documents, size_t first, sla_time now)
{
    sla_policies *policies = documents != NULL ? stage_policies(documents) : NULL;
    sla_error error = {0};

    CHECK_OK_OR_SAY(sla_engine_adopt(scene->engine, policies, scene->calendars + first,
                                     scene->calendar_count - first, now, &error),
                    &error);
    sla_policies_unref(policies);
}

void stage_adopt(stage *scene, const char *policies, const char *calendar, sla_time now)
{
    const size_t first = scene->calendar_count;

    CHECK_TRUE("room for calendars", first < STAGE_CALENDARS_MAX);
    if (calendar != NULL)
        scene->calendars[scene->calendar_count++] = stage_calendar(calendar);
    adopt(scene, policies, first, now);
}

void stage_open(stage *scene, const char *why, const char *policies,
                const sla_engine_options *options)
{
    memset(scene, 0, sizeof *scene);
    scene->why = why;
    CHECK_OK(sla_engine_new(options, &scene->engine));
    for (size_t i = 0; i < COUNT_OF(calendar_texts); i++)
        scene->calendars[scene->calendar_count++] = stage_calendar(calendar_texts[i]);
    adopt(scene, policies, 0, stage_time("01T00:00"));
}

/* ------------------------------------------------------------------- driver */

static void poll_at(stage *scene, sla_time now)
{
    char text[256];
    sla_event event;

    while (sla_engine_poll(scene->engine, now, &event)) {
        CHECK_TRUE("room for what is told", scene->told_count < STAGE_EVENTS_MAX);
        CHECK_EQ("told now", now, event.told);
        CHECK_TRUE("told before its instant", event.at <= now);
        stage_print_event(&event, scene->told[scene->told_count++]);
    }
    if (!sla_engine_verify(scene->engine, text, sizeof text))
        CHECK_FAIL("%s: verify: %s", scene->why, text);
}

/* Every timer before `now`. */
static void follow_until(stage *scene, sla_time now)
{
    sla_time wakeup;

    for (int i = 0; (wakeup = sla_engine_wakeup(scene->engine)) < now; i++) {
        if (i == WAKEUPS_MAX)
            CHECK_FAIL("%s: the timer does not move on", scene->why);
        poll_at(scene, wakeup);
    }
}

/* What the engine answered, in the words that stand behind an arrow. */
static void record(stage *scene, const stage_fact *given, const char *line)
{
    char why[1024], got[192];
    sla_answer answer;
    const int result = sla_engine_record(scene->engine, &given->fact, given->now, &answer, NULL);

    snprintf(why, sizeof why, "%s: %s", scene->why, line);
    if (result != SLA_OK)
        snprintf(got, sizeof got, "%s", sla_result_name(result));
    else
        snprintf(got, sizeof got, "%s%s%s%s", answer.late ? "late " : "",
                 answer.no_effect ? "no_effect " : "", answer.refused ? "refused:" : "",
                 answer.rule);
    if (got[0] != '\0' && got[strlen(got) - 1] == ' ')
        got[strlen(got) - 1] = '\0';
    CHECK_STR(why, given->answer, got);
}

static void print_told(const stage *scene)
{
    for (size_t i = scene->named; i < scene->told_count; i++)
        printf("told: %s\n", scene->told[i][0]);
}

/* Nothing was told that no line has named. */
static void check_all_named(const stage *scene, const char *line)
{
    if (scene->named == scene->told_count)
        return;
    print_told(scene);
    CHECK_FAIL("%s: before \"%s\" more was told", scene->why, line);
}

static void check_next(stage *scene, const char *want)
{
    char why[STAGE_LINE];

    if (scene->named == scene->told_count)
        CHECK_FAIL("%s: not told: %s", scene->why, want);
    snprintf(why, sizeof why, "%s: = %s", scene->why, want);
    if (!stage_says(why, want, scene->told[scene->named])) {
        print_told(scene);
        CHECK_FAIL("%s", why);
    }
    scene->named++;
}

/* ------------------------------------------------------------------- script */

static void play_fact(stage *scene, const char *line)
{
    stage_fact given;

    stage_read_fact(line + 2, &given);
    if (line[0] == '+')
        follow_until(scene, given.now);
    record(scene, &given, line);
    if (line[0] == '+')
        poll_at(scene, given.now);
}

static void play_line(stage *scene, const char *line)
{
    if (line[0] != '=' && line[0] != '?')
        check_all_named(scene, line);
    switch (line[0]) {
    case '+':
    case '-':
        play_fact(scene, line);
        return;
    case '@':
        follow_until(scene, stage_time(line + 2));
        poll_at(scene, stage_time(line + 2));
        return;
    case '!':
        poll_at(scene, stage_time(line + 2));
        return;
    case '=':
        check_next(scene, line + 2);
        return;
    case '?':
        stage_check_clock(scene, line + 2);
        return;
    default:
        CHECK_FAIL("%s: no such line: %s", scene->why, line);
    }
}

void stage_play(stage *scene, const char *script)
{
    char *whole = strdup(script);
    char *rest = NULL;

    CHECK_TRUE("memory", whole != NULL);
    for (char *line = strtok_r(whole, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        line += strspn(line, " ");
        if (*line != '\0')
            play_line(scene, line);
    }
    check_all_named(scene, "the end");
    free(whole);
    scene->told_count = scene->named = 0;
}

void stage_close(stage *scene)
{
    sla_engine_free(scene->engine);
    while (scene->calendar_count > 0)
        sla_calendar_unref(scene->calendars[--scene->calendar_count]);
}

void stage_play_rows(const stage_row *rows, size_t count)
{
    static stage scene;

    for (size_t i = 0; i < count; i++) {
        stage_open(&scene, rows[i].why, rows[i].policies, NULL);
        stage_play(&scene, rows[i].script);
        stage_close(&scene);
    }
}
