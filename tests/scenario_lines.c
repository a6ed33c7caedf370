/* scenario_lines.c - events and clocks as lines of text, and two sheets compared. */
#include "scenario_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "check.h"

static const int32_t beijing_s = 8 * 3600;

static char *new_line(sheet *lines)
{
    CHECK_TRUE("room for another line", lines->count < LINES_MAX);
    lines->lines[lines->count][0] = '\0';
    return lines->lines[lines->count++];
}

__attribute__((format(printf, 2, 3))) static void say(char *line, const char *format, ...)
{
    const size_t used = strlen(line);
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(line + used, LINE_BYTES - used, format, arguments);
    va_end(arguments);
    CHECK_TRUE("a line fits", written >= 0 && (size_t)written < LINE_BYTES - used);
}

static void say_word(char *line, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        say(line, " %s=%s", name, value);
}

/* 2026-03-02T09:00, with seconds where there are any. */
static void say_time(char *line, const char *before, sla_time at)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_time_format_offset(at, beijing_s, text, sizeof text);
    text[strlen(text) - strlen("+08:00")] = '\0';
    if (strlen(text) == strlen("2026-03-02T09:00:00") && strcmp(text + 16, ":00") == 0)
        text[16] = '\0';
    say(line, "%s%s", before, text);
}

static void say_time_if_any(char *line, const char *before, sla_time at)
{
    if (at != SLA_NEVER)
        say_time(line, before, at);
}

static void say_clock_name(char *line, const char *policy, const char *target, uint32_t cycle)
{
    say(line, "%s", policy);
    if (target[0] != '\0')
        say(line, ".%s", target);
    if (cycle > 1)
        say(line, "#%u", cycle);
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

static void say_whom(char *line, const sla_event *event)
{
    if (is_of_a_step(event->kind) && event->target[0] != '\0' && event->repeat > 0)
        say(line, " repeat=%u", event->repeat);
    if (event->level > 0)
        say(line, " level=%u", event->level);
    say_word(line, "to", event->to);
}

static void say_why(char *line, const sla_event *event)
{
    if (event->kind == SLA_EVENT_DUE_CHANGED ||
        (event->kind == SLA_EVENT_BREACHED && event->due_at != event->at))
        say_time(line, " due=", event->due_at);
    say_time_if_any(line, " was=", event->old_due_at);
    say_word(line, "because", event->because);
    say_word(line, "reason", event->reason);
    say_word(line, "derived", event->derived);
}

static void say_how(char *line, const sla_event *event)
{
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
}

void sheet_add_event(sheet *lines, const sla_event *event, sheet_shows shows)
{
    char *line = new_line(lines);

    say_time(line, "", event->at);
    say(line, " %s ", sla_event_kind_name((int)event->kind));
    say_clock_name(line, event->policy, event->target, event->cycle);
    say_step(line, event);
    say_whom(line, event);
    say_why(line, event);
    say_how(line, event);
    if (shows.rank)
        say(line, " rank=%d", event->rank);
}

void sheet_add_clock(sheet *lines, const sla_clock_view *clock, sheet_shows shows)
{
    char *line = new_line(lines);

    say_clock_name(line, clock->policy, clock->target, clock->cycle);
    say(line, " %s", sla_state_name((int)clock->state));
    say_time_if_any(line, " due=", clock->due_at);
    if (clock->breached)
        say_time(line, " breached=", clock->breached_at);
    say_time_if_any(line, " paused=", clock->paused_at);
    say_time_if_any(line, " ended=", clock->ended_at);
    if (clock->provisional_attributes && clock->state != SLA_WAITING)
        say(line, " default");
    if (clock->excluded)
        say(line, " excluded");
    if (clock->governs && shows.governs)
        say(line, " governs");
}

void sheet_copy(sheet *lines, const json_t *array)
{
    lines->count = 0;
    for (size_t i = 0; i < json_array_size(array); i++)
        say(new_line(lines), "%s", json_string_value(json_array_get(array, i)));
}

static int by_text(const void *left, const void *right)
{
    return strcmp(left, right);
}

static void sort_equal_instants(sheet *lines)
{
    size_t begin = 0;

    for (size_t i = 1; i <= lines->count; i++) {
        const size_t length = strcspn(lines->lines[begin], " ") + 1;

        if (i < lines->count && strncmp(lines->lines[begin], lines->lines[i], length) == 0)
            continue;
        qsort(lines->lines[begin], i - begin, LINE_BYTES, by_text);
        begin = i;
    }
}

bool sheet_same(const char *name, const char *what, sheet *want, sheet *got)
{
    size_t same = 0;

    sort_equal_instants(want);
    sort_equal_instants(got);
    while (same < want->count && same < got->count &&
           strcmp(want->lines[same], got->lines[same]) == 0)
        same++;
    if (same == want->count && same == got->count)
        return true;
    fprintf(stderr, "%s: %s differ at line %zu\n", name, what, same + 1);
    for (size_t i = same; i < want->count; i++)
        fprintf(stderr, "    want  %s\n", want->lines[i]);
    for (size_t i = same; i < got->count; i++)
        fprintf(stderr, "    got   %s\n", got->lines[i]);
    return false;
}
