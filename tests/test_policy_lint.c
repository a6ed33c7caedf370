/*
 * test_policy_lint.c - Goal: what is legal but probably not meant is remarked
 * upon, and nothing else is.  Method: a folder of policies, each with the
 * remarks it gets, on 2 March 2026:
 *
 *     NAME.json  NAME.2.json ...    one set
 *     NAME.remarks                  code, source:line:column, pointer; the sentence
 *     calendars/NAME.json           a calendar; one that is not there is always open
 *
 * SLA_UPDATE=1 writes the .remarks files anew, to be read by a person.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sla/policy.h>
#include <sla/time.h>

#include "support/check.h"

static const char folder[] = "tests/policies/lint";
static const sla_time now = INT64_C(1772409600000000); /* 2026-03-02T00:00:00Z */

enum { CALENDARS_MAX = 8, REMARKS_MAX = 40 };

static const char *lint_path(const char *name, const char *ending)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    return check_source_path(path);
}

static sla_policies *load_set(const char *name)
{
    sla_policies *set;
    sla_error error;

    CHECK_OK(sla_policies_new(NULL, &set));
    for (int i = 1; i < 10; i++) {
        char ending[16] = ".json", source[600];
        char *text;

        if (i > 1)
            snprintf(ending, sizeof ending, ".%d.json", i);
        if (access(lint_path(name, ending), F_OK) != 0)
            break;
        snprintf(source, sizeof source, "%s%s", name, ending);
        text = check_read_file(lint_path(name, ending), NULL);
        CHECK_OK_OR_SAY(sla_policies_add(set, text, strlen(text), source, &error), &error);
        free(text);
    }
    CHECK_OK_OR_SAY(sla_policies_finish(set, &error), &error);
    return set;
}

static sla_calendar *load_calendar(const char *name)
{
    char text[400], ending[100];
    sla_calendar *calendar = NULL;
    sla_error error;
    char *file;

    snprintf(ending, sizeof ending, "%s.json", name);
    if (access(lint_path("calendars/", ending), F_OK) == 0) {
        file = check_read_file(lint_path("calendars/", ending), NULL);
        CHECK_OK_OR_SAY(sla_calendar_parse(file, strlen(file), name, NULL, &calendar, &error),
                        &error);
        free(file);
        return calendar;
    }
    snprintf(text, sizeof text,
             "{\"kind\": \"calendar\", \"name\": \"%s\", \"version\": \"1\", \"zone\": \"UTC\","
             " \"week\": {\"mon-sun\": [\"00:00-24:00\"]}}",
             name);
    CHECK_OK_OR_SAY(sla_calendar_parse(text, strlen(text), name, NULL, &calendar, &error), &error);
    return calendar;
}

static size_t load_calendars(const sla_policies *set, sla_calendar **calendars)
{
    size_t count = 0;

    while (sla_policies_calendar(set, count) != NULL) {
        CHECK_TRUE("few calendars", count < CALENDARS_MAX);
        calendars[count] = load_calendar(sla_policies_calendar(set, count));
        count++;
    }
    return count;
}

static void unref_calendars(sla_calendar **calendars, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sla_calendar_unref(calendars[i]);
}

static void print_remarks(const sla_remark *remarks, size_t count, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s %s:%d:%d %s\n    %s\n",
                                 remarks[i].code, remarks[i].source, remarks[i].line,
                                 remarks[i].column, remarks[i].pointer, remarks[i].text);
}

static void check_case(const char *name)
{
    static char got[1 << 15];
    static sla_remark remarks[REMARKS_MAX];
    sla_calendar *calendars[CALENDARS_MAX];
    sla_policies *set = load_set(name);
    const size_t calendar_count = load_calendars(set, calendars);
    sla_error error;
    size_t count = 0;
    char *want;

    CHECK_OK_OR_SAY(sla_policies_lint(set, calendars, calendar_count, now, remarks, REMARKS_MAX,
                                      &count, &error),
                    &error);
    CHECK_TRUE("room for all", count <= REMARKS_MAX);
    print_remarks(remarks, count, got, sizeof got);
    if (getenv("SLA_UPDATE") != NULL) {
        FILE *file = fopen(lint_path(name, ".remarks"), "wb");

        fputs(got, file);
        fclose(file);
    }
    want = check_read_file(lint_path(name, ".remarks"), NULL);
    CHECK_STR(name, want, got);
    free(want);
    unref_calendars(calendars, calendar_count);
    sla_policies_unref(set);
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".json") == 0;
}

TEST(each_remark_has_its_policy)
{
    struct dirent **entries;
    const int count = scandir(check_source_path(folder), &entries, is_case, alphasort);

    CHECK_TRUE("there are cases", count > 15);
    for (int i = 0; i < count; i++) {
        *strchr(entries[i]->d_name, '.') = '\0';
        check_case(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

TEST(remarks_beyond_the_room_are_counted)
{
    sla_policies *set = load_set("step_before_start");
    sla_calendar *calendars[CALENDARS_MAX];
    const size_t calendar_count = load_calendars(set, calendars);
    sla_remark one[2];
    size_t all = 0, counted = 0;

    memset(one, 0, sizeof one);
    CHECK_OK(sla_policies_lint(set, calendars, calendar_count, now, NULL, 0, &all, NULL));
    CHECK_TRUE("several", all > 1);
    CHECK_OK(sla_policies_lint(set, calendars, calendar_count, now, one, 1, &counted, NULL));
    CHECK_EQ("all are counted", all, counted);
    CHECK_STR("one is written", "step_before_start", one[0].code);
    CHECK_STR("not two", "", one[1].code);
    unref_calendars(calendars, calendar_count);
    sla_policies_unref(set);
}

/* Also one that no policy asks for. */
TEST(every_calendar_that_is_given_is_looked_at)
{
    sla_calendar *calendars[] = {load_calendar("ends_soon"), load_calendar("always"),
                                 load_calendar("past")};
    static sla_remark remarks[REMARKS_MAX];
    sla_policies *set;
    size_t count = 0;

    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_OK(sla_policies_finish(set, NULL));
    CHECK_OK(sla_policies_lint(set, calendars, 3, now, remarks, REMARKS_MAX, &count, NULL));
    CHECK_EQ("three remarks", 3, count);
    CHECK_STR("the first", "calendar_ends_soon", remarks[0].code);
    CHECK_STR("its source", "ends_soon", remarks[0].source);
    CHECK_STR("the last", "past", remarks[2].source);
    CHECK_STR("what ends is the horizon", "/horizon", remarks[2].pointer);
    CHECK_EQ("where", 4, remarks[2].line);
    unref_calendars(calendars, 3);
    sla_policies_unref(set);
}

TEST(a_calendar_that_is_not_given_is_named)
{
    sla_policies *set = load_set("calendar_ends_soon");
    sla_error error;
    size_t count = 77;

    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_policies_lint(set, NULL, 0, now, NULL, 0, &count, &error));
    CHECK_TRUE("by its name", strstr(error.text, "ends_soon") != NULL);
    CHECK_STR("the file", "calendar_ends_soon.json", error.source);
    CHECK_STR("the value", "/calendar", error.pointer);
    CHECK_TRUE("the line", error.line > 1 && error.column > 0);
    CHECK_EQ("nothing is written", 77, count);
    sla_policies_unref(set);
}

TEST(a_set_is_finished_before_it_is_linted)
{
    sla_policies *set;
    sla_error error;
    size_t count = 77;

    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_RESULT(SLA_ERR_STATE, sla_policies_lint(set, NULL, 0, now, NULL, 0, &count, &error));
    CHECK_OK(sla_policies_finish(set, &error));
    CHECK_RESULT(SLA_ERR_RANGE,
                 sla_policies_lint(set, NULL, 0, SLA_NEVER, NULL, 0, &count, &error));
    CHECK_EQ("nothing is written", 77, count);
    CHECK_OK(sla_policies_lint(set, NULL, 0, now, NULL, 0, &count, &error));
    CHECK_EQ("an empty set is fine", 0, count);
    sla_policies_unref(set);
}

/* ------------------------------------------------------------ memory */

static sla_policies *starving;

static int lint_starving(void)
{
    size_t count;

    return sla_policies_lint(starving, NULL, 0, now, NULL, 0, &count, NULL);
}

TEST(linting_survives_every_failed_allocation)
{
    if (!failmalloc_works())
        CHECK_SKIP("this build does not let a test stand in front of malloc");
    starving = load_set("shadowed_goal");
    CHECK_EVERY_OOM(lint_starving);
    sla_policies_unref(starving);
}
