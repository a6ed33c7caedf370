/* stage_words.c - see stage_words.h. */
#include "stage_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sla/time.h>

__attribute__((format(printf, 2, 3))) static void add(char *line, const char *format, ...)
{
    const size_t used = strlen(line);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line + used, STAGE_LINE - used, format, arguments);
    va_end(arguments);
}

/* 02T09:00, with seconds where there are any; in full outside March 2026. */
static void add_time(char *line, const char *name, sla_time time)
{
    char text[SLA_TIME_TEXT_MAX] = "never";
    size_t length;

    if (time != SLA_NEVER)
        (void)sla_time_format(time, text, sizeof text);
    length = strlen(text);
    if (strncmp(text, "2026-03-", 8) == 0 && length == 20) {
        text[--length] = '\0';
        if (strcmp(text + length - 3, ":00") == 0)
            text[length - 3] = '\0';
        memmove(text, text + 8, strlen(text + 8) + 1);
    }
    add(line, "%s%s", name, text);
}

static void add_clock(char *line, const char *policy, const char *target, uint32_t cycle)
{
    const bool plain = strcmp(policy, "p") == 0;

    if (plain && target[0] == '\0')
        return;
    add(line, " %s%s%s", plain ? "" : policy, plain || target[0] == '\0' ? "" : ".", target);
    if (cycle > 1)
        add(line, "/%" PRIu32, cycle);
}

/* Its `repeat` numbers repetitions, and not the fact that made it. */
static bool is_step(int kind)
{
    switch (kind) {
    case SLA_EVENT_WARNING:
    case SLA_EVENT_BREACHED:
    case SLA_EVENT_REMINDED:
    case SLA_EVENT_SUPERVISED:
    case SLA_EVENT_ESCALATED:
        return true;
    default:
        return false;
    }
}

static bool is_called_as_its_kind(const sla_event *event)
{
    const char *usual =
        event->kind == SLA_EVENT_BREACHED ? "breach" : sla_event_kind_name((int)event->kind);

    return strcmp(event->step, usual) == 0;
}

static void print_must(const sla_event *event, char *line)
{
    line[0] = '\0';
    add_time(line, "", event->at);
    add(line, " %s", sla_event_kind_name((int)event->kind));
    add_clock(line, event->policy, event->target, event->cycle);
    if (!is_called_as_its_kind(event))
        add(line, " step=%s", event->step);
    if (is_step((int)event->kind) && event->fact_seq == 0 && event->repeat > 0)
        add(line, " *%" PRIu32, event->repeat);
    if (event->revision > 0)
        add(line, " ^%" PRIu32, event->revision);
    if (event->late)
        add(line, " late");
    if (event->skipped > 0)
        add(line, " skipped=%" PRIu32, event->skipped);
    if (event->collapsed > 0)
        add(line, " collapsed=%" PRIu32, event->collapsed);
    if (event->because[0] != '\0')
        add(line, " because=%s", event->because);
}

static const char *yes_or_no(bool so)
{
    return so ? "yes" : "no";
}

static const char *agreement_name(sla_agreement agreement)
{
    static const char *const names[] = {"sla", "ola", "uc"};

    return names[agreement];
}

static void print_may(const sla_event *event, char *line)
{
    snprintf(line, STAGE_LINE, " to=%s level=%u state=%s", event->to, event->level,
             sla_state_name((int)event->state));
    add_time(line, " start=", event->started_at);
    add_time(line, " due=", event->due_at);
    add_time(line, " old=", event->old_due_at);
    add_time(line, " breach=", event->breached_at);
    add_time(line, " end=", event->ended_at);
    add_time(line, " told=", event->told);
    add(line, " reason=%s derived=%s rank=%" PRId32 " seq=%" PRIu32 " id=%.*s version=%s",
        event->reason, event->derived, event->rank, event->fact_seq, (int)event->fact_id.length,
        event->fact_id.data != NULL ? event->fact_id.data : "", event->policy_version);
    add(line, " repeat=%" PRIu32 " agreement=%s provisional=%s defaults=%s governs=%s",
        event->repeat, agreement_name(event->agreement), yes_or_no(event->provisional),
        yes_or_no(event->provisional_attributes), yes_or_no(event->governs));
    add(line, " excluded=%s adjusted=%s ticket=%.*s ", yes_or_no(event->excluded),
        yes_or_no(event->adjusted_met), (int)event->ticket.length, event->ticket.data);
}

void stage_print_event(const sla_event *event, char lines[2][STAGE_LINE])
{
    print_must(event, lines[0]);
    print_may(event, lines[1]);
}

/* Words that are asked only where they are written. */
static bool may_be_asked(const char *word)
{
    static const char *const names[] = {
        "to=",          "level=",    "state=",   "start=",    "due=",     "old=",
        "breach=",      "end=",      "told=",    "reason=",   "derived=", "rank=",
        "seq=",         "id=",       "version=", "repeat=",   "ticket=",  "agreement=",
        "provisional=", "defaults=", "governs=", "excluded=", "adjusted="};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strncmp(word, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

bool stage_says(const char *why, const char *want, const char lines[2][STAGE_LINE])
{
    char copy[STAGE_LINE], named[STAGE_LINE] = "", spaced[STAGE_LINE];
    char *rest = NULL;

    snprintf(copy, sizeof copy, "%s", want);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        snprintf(spaced, sizeof spaced, " %s ", word);
        if (!may_be_asked(word)) {
            add(named, "%s%s", named[0] == '\0' ? "" : " ", word);
        } else if (strstr(lines[1], spaced) == NULL) {
            printf("%s\nnot %s:%s\n", why, word, lines[1]);
            return false;
        }
    }
    if (strcmp(named, lines[0]) == 0)
        return true;
    printf("%s\nwanted: %s\n   got: %s\n", why, named, lines[0]);
    return false;
}

/* ------------------------------------------------------------------- clocks */

static void print_clock(const sla_clock_view *clock, char *line)
{
    snprintf(line, STAGE_LINE, " state=%s level=%u", sla_state_name((int)clock->state),
             clock->level);
    add_time(line, " start=", clock->started_at);
    add_time(line, " due=", clock->due_at);
    add_time(line, " paused=", clock->paused_at);
    add_time(line, " end=", clock->ended_at);
    add_time(line, " breach=", clock->breached_at);
    add_time(line, " next=", clock->next_at);
    add(line, " step=%s calendar=%s metric=%s version=%s agreement=%s", clock->next_step,
        clock->calendar, clock->metric, clock->policy_version, agreement_name(clock->agreement));
    add(line, " provisional=%s defaults=%s governs=%s excluded=%s ", yes_or_no(clock->provisional),
        yes_or_no(clock->provisional_attributes), yes_or_no(clock->governs),
        yes_or_no(clock->excluded));
}

static void check_words(const char *row, char *words, const char *may)
{
    char spaced[STAGE_LINE];
    char *rest = NULL;

    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        snprintf(spaced, sizeof spaced, " %s ", word);
        CHECK_TRUE(row, strstr(may, spaced) != NULL);
    }
}

void stage_check_clock(stage *scene, const char *want)
{
    enum { CLOCKS_MAX = 32 };
    sla_clock_view views[CLOCKS_MAX];
    char copy[STAGE_LINE], name[STAGE_LINE], line[STAGE_LINE], row[3 * STAGE_LINE];
    char *rest = copy;
    const char *asked;
    size_t count;

    snprintf(copy, sizeof copy, "%s", want);
    asked = strtok_r(copy, " ", &rest);
    CHECK_OK(sla_engine_clocks(scene->engine, stage_string(""), stage_string("T-1"), views,
                               CLOCKS_MAX, &count));
    CHECK_TRUE("room for the clocks", count <= CLOCKS_MAX);
    for (size_t i = 0; i < count; i++) {
        name[0] = '\0';
        add_clock(name, views[i].policy, views[i].target, views[i].cycle);
        if (strcmp(name + 1, asked) != 0)
            continue;
        print_clock(&views[i], line);
        snprintf(row, sizeof row, "%s: \"%s\" of %s", scene->why, want, line);
        check_words(row, rest, line);
        return;
    }
    if (strstr(want, " gone") == NULL)
        CHECK_FAIL("%s: no clock %s", scene->why, asked);
}
