/* history_parts.c - see history_writer.h: random conditions, goals, steps and pauses. */
#include "history_writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void history_put(history_writer *to, const char *format, ...)
{
    va_list arguments;

    if (to->capacity - to->length < 1024) {
        to->capacity = to->capacity * 2 + 4096;
        to->text = realloc(to->text, to->capacity);
    }
    va_start(arguments, format);
    to->length +=
        (size_t)vsnprintf(to->text + to->length, to->capacity - to->length, format, arguments);
    va_end(arguments);
}

bool history_chance(history_writer *to, unsigned percent)
{
    return prng_percent(to->random, percent);
}

size_t history_below(history_writer *to, size_t count)
{
    return prng_below(to->random, count);
}

/* The separator before the i-th of some. */
const char *history_comma(size_t i)
{
    return i == 0 ? "" : ", ";
}

const char *const history_calendar_names[4] = {"office", "madrid", "night", "always"};

/* --- conditions --- */

static void comparison(history_writer *to)
{
    static const char *const them[] = {
        "{\"attr\": \"grade\", \"eq\": 1}",
        "{\"attr\": \"grade\", \"le\": 2}",
        "{\"attr\": \"grade\", \"gt\": 1}",
        "{\"attr\": \"grade\", \"ne\": 2}",
        "{\"attr\": \"grade\", \"in\": [1, 3]}",
        "{\"attr\": \"kind\", \"eq\": \"fault\"}",
        "{\"attr\": \"kind\", \"ne\": \"order\"}",
        "{\"attr\": \"region\", \"in\": [\"north\", \"south\"]}",
        "{\"attr\": \"region\", \"set\": true}",
        "{\"attr\": \"vip\", \"eq\": true}",
        "{\"attr\": \"vip\", \"set\": false}",
        "{\"attr\": \"appointment\", \"set\": true}",
    };

    history_put(to, "%s", PICK(to, them));
}

void history_condition(history_writer *to, unsigned deeper)
{
    const size_t count = 1 + history_below(to, 3);

    if (!history_chance(to, deeper)) {
        comparison(to);
        return;
    }
    if (history_chance(to, 30)) {
        history_put(to, "{\"not\": ");
        history_condition(to, deeper / 2);
        history_put(to, "}");
        return;
    }
    history_put(to, "{\"%s\": [", history_chance(to, 50) ? "all" : "any");
    for (size_t i = 0; i < count; i++) {
        history_put(to, "%s", history_comma(i));
        history_condition(to, deeper / 2);
    }
    history_put(to, "]}");
}

void history_about_ticket(history_writer *to)
{
    if (history_chance(to, 30))
        history_put(to, "{\"seen\": \"%s\"}", history_chance(to, 50) ? "answered" : "held");
    else
        history_condition(to, 30);
}

/* Facts: a name, often with a twist. */
void history_facts(history_writer *to, const char *name)
{
    static const char *const others[] = {"touched", "answered", "held", "deemed", "raised"};

    switch (history_below(to, 12)) {
    case 0:
        history_put(to, "{\"fact\": [\"%s\", \"%s\"]}", name, PICK(to, others));
        break;
    case 1:
        history_put(to, "{\"fact\": \"%s\", \"where\": ", name);
        history_condition(to, 20);
        history_put(to, "}");
        break;
    case 2:
        history_put(to, "{\"any\": [\"%s\", {\"fact\": \"%s\"}]}", name, PICK(to, others));
        break;
    default:
        history_put(to, "\"%s\"", name);
    }
}

const char *history_span(history_writer *to)
{
    static const char *const them[] = {"PT5M", "PT15M", "PT30M", "PT1H",  "PT90M", "PT2H",
                                       "PT4H", "PT8H",  "PT12H", "PT24H", "PT48H"};

    return PICK(to, them);
}

const char *history_short_span(history_writer *to)
{
    static const char *const them[] = {"PT5M", "PT10M", "PT30M", "PT1H", "PT2H"};

    return PICK(to, them);
}

/* --- goals --- */

static void workdays(history_writer *to)
{
    static const char *const rolls[] = {"forward", "forward_day", "backward", "none_keep_time"};
    static const char *const ends[] = {"same_time", "same_time_in_hours", "last_hour", "day",
                                       "close"};

    if (history_chance(to, 40))
        history_put(to, "\"workdays\": %zu", 1 + history_below(to, 3));
    else
        history_put(to, "\"workdays\": {\"days\": %zu, \"roll\": \"%s\", \"end\": \"%s\"}",
                    history_below(to, 4), PICK(to, rolls), PICK(to, ends));
}

static void cutoff(history_writer *to)
{
    static const char *const befores[] = {"12:00", "16:00", "09:30"};

    history_put(
        to, "\"cutoff\": {\"before\": \"%s\", \"today\": \"%s\", \"days\": %zu, \"later\": \"%s\"",
        PICK(to, befores), history_chance(to, 50) ? "24:00" : "18:00", 1 + history_below(to, 2),
        history_chance(to, 50) ? "24:00" : "10:00");
    history_put(to, ", \"next_day\": \"%s\"", history_chance(to, 50) ? "calendar" : "workday");
    if (history_chance(to, 40))
        history_put(to, ", \"snap\": true");
    if (history_chance(to, 40))
        history_put(to, ", \"pause\": \"business\"");
    history_put(to, "}");
}

static void anchor(history_writer *to)
{
    history_put(to, "\"anchor\": \"appointment\"");
    if (to->calendar && history_chance(to, 30))
        history_put(to, ", \"before_business\": \"%s\"", history_short_span(to));
    else if (to->calendar && history_chance(to, 30))
        history_put(to, ", \"before_workdays\": 1");
    else if (history_chance(to, 60))
        history_put(to, ", \"before\": \"%s\"", history_short_span(to));
    if (history_chance(to, 30))
        history_put(to, ", \"cap\": \"%s\"", history_chance(to, 50) ? "P2D" : "PT6H");
}

static void goal(history_writer *to, bool conditional)
{
    static const char *const froms[] = {"2026-03-01T00:00:00Z", "2026-03-28T20:00:00Z"};

    history_put(to, "{");
    if (conditional) {
        history_put(to, "\"when\": ");
        history_about_ticket(to);
        history_put(to, ", ");
    }
    if (conditional && history_chance(to, 10))
        history_put(to, "\"during\": {\"from\": \"%s\", \"to\": \"2026-04-02T00:00:00Z\"}, ",
                    PICK(to, froms));
    switch (to->calendar ? history_below(to, 10) : 8 + history_below(to, 4)) {
    case 0:
    case 1:
    case 2:
        history_put(to, "\"business\": \"%s\"", history_span(to));
        if (history_chance(to, 30))
            history_put(to, ", \"exact_fit\": \"next_open\"");
        break;
    case 3:
    case 4:
        workdays(to);
        break;
    case 5:
        history_put(to,
                    history_chance(to, 50) ? "\"days\": %zu"
                                           : "\"days\": {\"days\": %zu, \"end\": \"day\"}",
                    1 + history_below(to, 3));
        break;
    case 6:
        cutoff(to);
        break;
    case 7:
        anchor(to);
        break;
    default:
        history_put(to, "\"elapsed\": \"%s\"", history_span(to));
    }
    history_put(to, "}");
}

void history_goals(history_writer *to)
{
    const size_t conditional = history_below(to, 3);

    history_put(to, "\"goals\": [");
    for (size_t i = 0; i < conditional; i++) {
        history_put(to, "%s", history_comma(i));
        goal(to, true);
    }
    if (conditional == 0 || history_chance(to, 80)) {
        history_put(to, "%s", history_comma(conditional));
        goal(to, false);
    }
    history_put(to, "]");
}

/* --- steps --- */

static void repeat(history_writer *to)
{
    if (history_chance(to, 50))
        history_put(to, ", \"repeat\": {\"every\": \"%s\", \"max\": %zu, \"until\": \"%s\"}",
                    history_short_span(to), 1 + history_below(to, 4),
                    history_chance(to, 60) ? "next_level" : "end");
}

static void step_catch_up(history_writer *to)
{
    static const char *const them[] = {"\"all\"", "\"highest\"", "{\"skip_older_than\": \"PT2H\"}"};

    if (history_chance(to, 15))
        history_put(to, ", \"catch_up\": %s", PICK(to, them));
}

static void before_due(history_writer *to, size_t i)
{
    if (history_chance(to, 60))
        history_put(to, "{\"step\": \"warn_%zu\", \"percent\": %zu", i,
                    20 * (1 + history_below(to, 4)));
    else
        history_put(to, "{\"step\": \"warn_%zu\", \"before\": \"%s\"", i, history_short_span(to));
    if (history_chance(to, 10))
        history_put(to, ", \"level\": %zu", 1 + history_below(to, 2));
    else if (history_chance(to, 10))
        history_put(to, ", \"kind\": \"reminded\"");
    if (history_chance(to, 60))
        history_put(to, ", \"to\": \"agent\"");
    if (history_chance(to, 15)) {
        history_put(to, ", \"when\": ");
        history_about_ticket(to);
    }
    step_catch_up(to);
    history_put(to, "}");
}

static void after_due(history_writer *to, size_t i)
{
    if (history_chance(to, 75))
        history_put(to, "{\"step\": \"level_%zu\", \"after\": \"%s\"", i,
                    i == 0 && history_chance(to, 50) ? "PT0S" : history_short_span(to));
    else
        history_put(to, "{\"step\": \"level_%zu\", \"percent\": %zu", i,
                    100 + 25 * history_below(to, 5));
    if (history_chance(to, 75))
        history_put(to, ", \"level\": %zu", i + 1);
    else if (history_chance(to, 50))
        history_put(to, ", \"kind\": \"supervised\"");
    history_put(to, ", \"to\": \"chief_%zu\"", i);
    if (history_chance(to, 15)) {
        history_put(to, ", \"when\": ");
        history_about_ticket(to);
    }
    if (history_chance(to, 6))
        history_put(to, ", \"derives\": \"deemed\"");
    repeat(to);
    step_catch_up(to);
    history_put(to, "}");
}

void history_steps(history_writer *to)
{
    const size_t before = history_below(to, 3);
    const size_t after = history_below(to, 4);
    size_t count = 0;

    history_put(to, "\"steps\": [");
    for (size_t i = 0; i < before; i++) {
        history_put(to, "%s", history_comma(count++));
        before_due(to, i);
    }
    if (history_chance(to, 20))
        history_put(to, "%s{\"step\": \"breach\", \"to\": \"desk\"%s}", history_comma(count++),
                    history_chance(to, 50) ? ", \"derives\": \"deemed\"" : "");
    for (size_t i = 0; i < after; i++) {
        history_put(to, "%s", history_comma(count++));
        after_due(to, i);
    }
    history_put(to, "]");
}

/* --- pauses --- */

static void pause_extras(history_writer *to)
{
    if (history_chance(to, 25)) {
        history_put(to, ", \"cap\": \"%s\"", history_span(to));
        if (history_chance(to, 30))
            history_put(to, ", \"cap_calendar\": \"%s\"", PICK(to, history_calendar_names));
    }
    if (history_chance(to, 25)) {
        history_put(to, ", \"follow_up\": {\"after\": \"%s\", \"to\": \"asker\"",
                    history_short_span(to));
        if (history_chance(to, 30))
            history_put(to, ", \"calendar\": \"%s\"", PICK(to, history_calendar_names));
        history_put(to, "}");
    }
    history_put(to, "}");
}

void history_pauses(history_writer *to)
{
    history_put(to, "\"pauses\": [{\"reason\": \"customer\", \"on\": ");
    history_facts(to, "held");
    pause_extras(to);
    if (history_chance(to, 40)) {
        history_put(to, ", {\"reason\": \"supplier\", \"on\": ");
        history_facts(to, "supplied");
        pause_extras(to);
    }
    if (history_chance(to, 40)) {
        history_put(to, ", {\"reason\": \"waiting\", \"while\": ");
        if (history_chance(to, 50))
            history_put(to, "{\"attr\": \"waiting\", \"eq\": true}");
        else
            history_condition(to, 20);
        pause_extras(to);
    }
    history_put(to, "], \"resumes\": [{\"on\": ");
    history_facts(to, "unheld");
    history_put(to, "%s}", history_chance(to, 40) ? ", \"reason\": \"customer\"" : "");
    if (history_chance(to, 30))
        history_put(to, ", {\"on\": \"answered\"}");
    history_put(to, "]");
}
