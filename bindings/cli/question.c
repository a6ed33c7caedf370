/* question.c - see question.h. */
#include "question.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sla/time.h>

#include "cli.h"

bool question_wrong(trouble *t, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(t->text, sizeof t->text, format, arguments);
    va_end(arguments);
    return false;
}

/* ------------------------------------------------------------ members */

static const char *const fits[] = {"close", "next_open", NULL};
static const char *const rolls[] = {"forward", "forward_day", "backward", "none_keep_time", NULL};
static const char *const ends[] = {"same_time", "same_time_in_hours", "last_hour", "day", "close",
                                   NULL};
static const char *const next_days[] = {"calendar", "workday", NULL};

const char *question_text(const json_t *value)
{
    const char *text = json_string_value(value);

    return text != NULL && strlen(text) == json_string_length(value) ? text : NULL;
}

static bool read_text(trouble *t, const char *key, const json_t *value, const char **out)
{
    *out = question_text(value);
    return *out != NULL ||
           question_wrong(t,
                          json_is_string(value) ? "\"%s\": a text cannot contain \\u0000"
                                                : "\"%s\": a string is expected here",
                          key);
}

static bool read_instant_of(trouble *t, const char *key, const json_t *value, sla_time *out)
{
    const char *text;
    int result;

    if (!read_text(t, key, value, &text))
        return false;
    result = sla_time_parse(text, strlen(text), out);
    return result == SLA_OK ||
           question_wrong(t, "\"%s\": \"%.60s\" %s", key, text, instant_trouble(result));
}

static bool read_span(trouble *t, const char *key, const json_t *value, sla_duration *out)
{
    const char *text;

    if (!read_text(t, key, value, &text))
        return false;
    return sla_duration_parse(text, strlen(text), out) == SLA_OK ||
           question_wrong(
               t,
               "\"%s\": \"%.60s\" is not a span of weeks, days, hours, minutes or seconds, such "
               "as PT4H",
               key, text);
}

static bool read_time_of_day(trouble *t, const char *key, const json_t *value, int32_t *out)
{
    const char *text;

    if (!read_text(t, key, value, &text))
        return false;
    return sla_time_of_day_parse(text, strlen(text), out) == SLA_OK ||
           question_wrong(t, "\"%s\": \"%.60s\" is not a time of day from 00:00 to 24:00", key,
                          text);
}

static bool read_days(trouble *t, const char *key, const json_t *value, int *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < -100000 ||
        json_integer_value(value) > 100000)
        return question_wrong(t, "\"%s\": a whole number from -100000 to 100000 is expected here",
                              key);
    *out = (int)json_integer_value(value);
    return true;
}

static bool read_choice(trouble *t, const char *key, const json_t *value, const char *const *words,
                        int *out)
{
    const char *text;
    char list[200] = "";

    if (!read_text(t, key, value, &text))
        return false;
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return true;
        }
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i > 0 ? ", " : "",
                 words[i]);
    }
    return question_wrong(t, "\"%s\": \"%.60s\" is not one of: %s", key, text, list);
}

void question_init(question *q)
{
    memset(q, 0, sizeof *q);
    q->days = 1; /* of a cut-off; the others need the member */
    q->cutoff.today_s = q->cutoff.later_s = 24 * 3600;
}

bool question_member(question *q, const char *key, const json_t *value, trouble *t)
{
    int choice;

    if ((strcmp(key, "from") == 0 || strcmp(key, "at") == 0) && (q->has & HAS_FROM) != 0)
        return question_wrong(t, "\"from\" and \"at\" are two names of one member: give one");
#define MEMBER(name, bit, call)                                                                    \
    if (strcmp(key, name) == 0) {                                                                  \
        q->has |= (bit);                                                                           \
        return call;                                                                               \
    }
    MEMBER("from", HAS_FROM, read_instant_of(t, key, value, &q->from))
    MEMBER("at", HAS_FROM, read_instant_of(t, key, value, &q->from))
    MEMBER("to", HAS_TO, read_instant_of(t, key, value, &q->to))
    MEMBER("for", HAS_FOR, read_span(t, key, value, &q->need))
    MEMBER("days", HAS_DAYS, read_days(t, key, value, &q->days))
    MEMBER("exact_fit", HAS_FIT, read_choice(t, key, value, fits, &q->fit))
    MEMBER("roll", HAS_ROLL, read_choice(t, key, value, rolls, &q->roll))
    MEMBER("end", HAS_END, read_choice(t, key, value, ends, &q->end))
    MEMBER("before", HAS_CUTOFF, read_time_of_day(t, key, value, &q->cutoff.before_s))
    MEMBER("today", HAS_LATER, read_time_of_day(t, key, value, &q->cutoff.today_s))
    MEMBER("later", HAS_LATER, read_time_of_day(t, key, value, &q->cutoff.later_s))
#undef MEMBER
    if (strcmp(key, "next_day") == 0) {
        q->has |= HAS_LATER;
        if (!read_choice(t, key, value, next_days, &choice))
            return false;
        q->cutoff.workdays = choice == 1;
        return true;
    }
    return question_wrong(t, "\"%.60s\": unknown member", key);
}
