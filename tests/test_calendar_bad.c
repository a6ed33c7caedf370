/* Goal: a wrong calendar is refused whole, with the place and what to write
 * instead.  Method: every file of tests/calendars/invalid, whose neighbour
 * .error holds one line: code, line:column, pointer, text.  The files of valid
 * are read. */
#include "calendar_help.h"

#include <dirent.h>
#include <stdlib.h>

static int parse_file(const char *folder, const char *name, char *said, size_t size)
{
    char path[512];
    sla_calendar *calendar = NULL;
    sla_error error = {0};
    size_t length = 0;
    char *text;
    int result;

    snprintf(path, sizeof path, "tests/calendars/%s/%s", folder, name);
    text = check_read_file(check_source_path(path), &length);
    result = sla_calendar_parse(text, length, name, NULL, &calendar, &error);
    free(text);
    snprintf(said, size, "%s %d:%d %s %s\n", sla_result_name(result), error.line, error.column,
             error.pointer[0] != '\0' ? error.pointer : "-", error.text);
    if (result == SLA_OK)
        sla_calendar_unref(calendar);
    else
        CHECK_TRUE("nothing is created", calendar == NULL);
    return result;
}

/* Calls `check` for each .json of a folder; says how many there were. */
static int each_file(const char *folder, void (*check)(const char *name))
{
    char path[64];
    struct dirent *entry;
    DIR *directory;
    int count = 0;

    snprintf(path, sizeof path, "tests/calendars/%s", folder);
    directory = opendir(check_source_path(path));
    if (directory == NULL)
        CHECK_FAIL("no folder %s", path);
    while ((entry = readdir(directory)) != NULL) {
        const char *end = strstr(entry->d_name, ".json");

        if (end == NULL || end[5] != '\0')
            continue;
        check(entry->d_name);
        count++;
    }
    closedir(directory);
    return count;
}

static void check_invalid(const char *name)
{
    char said[1024], path[512];
    char *want;

    snprintf(path, sizeof path, "tests/calendars/invalid/%.*s.error", (int)strlen(name) - 5, name);
    if (parse_file("invalid", name, said, sizeof said) == SLA_OK)
        CHECK_FAIL("%s was read, and should have been refused", name);
    if (getenv("SLA_SHOW_ERRORS") != NULL)
        printf("%s\t%s", name, said);
    want = check_read_file(check_source_path(path), NULL);
    CHECK_STR(name, want, said);
    free(want);
}

TEST(every_bad_calendar_is_refused_with_its_message)
{
    CHECK_TRUE("at least sixty", each_file("invalid", check_invalid) >= 60);
}

static void check_valid(const char *name)
{
    char said[1024];

    if (parse_file("valid", name, said, sizeof said) != SLA_OK)
        CHECK_FAIL("%s: %s", name, said);
}

TEST(every_good_calendar_is_read)
{
    CHECK_TRUE("some", each_file("valid", check_valid) >= 5);
}

TEST(nobody_needs_to_listen)
{
    sla_calendar *calendar = NULL;

    CHECK_RESULT(SLA_ERR_CALENDAR, sla_calendar_parse("[]", 2, NULL, NULL, &calendar, NULL));
    CHECK_TRUE("nothing", calendar == NULL);
}

TEST(a_text_of_more_than_a_mebibyte_is_refused)
{
    const size_t length = (1 << 20) + 1;
    char *text = malloc(length);
    sla_calendar *calendar = NULL;
    sla_error error;

    memset(text, ' ', length);
    CHECK_RESULT(SLA_ERR_TOO_LONG, sla_calendar_parse(text, length, NULL, NULL, &calendar, &error));
    CHECK_STR("what", "the text has 1048577 bytes, more than the limit of 1048576", error.text);
    free(text);
}

TEST(windows_have_a_limit_that_is_told)
{
    char *text = malloc(1 << 16), *out = text;
    sla_calendar *calendar = NULL;
    sla_error error;

    out +=
        sprintf(out, "{\"kind\": \"calendar\", \"name\": \"x\", \"version\": \"1\", \"zone\": "
                     "\"UTC\",\n\"horizon\": {\"from_year\": 1900, \"to_year\": 2199},\n\"week\": "
                     "{\"mon-sun\": [");
    for (int i = 0; i < 1440; i++)
        out += sprintf(out, "%s\"%02d:%02d:00-%02d:%02d:01\"", i > 0 ? "," : "", i / 60, i % 60,
                       i / 60, i % 60);
    sprintf(out, "]}}");
    CHECK_RESULT(SLA_ERR_CALENDAR,
                 sla_calendar_parse(text, strlen(text), NULL, NULL, &calendar, &error));
    CHECK_STR("pointer", "/week", error.pointer);
    CHECK_STR("text", "there are more than 4194304 windows; shorten \"horizon\"", error.text);
    free(text);
}
