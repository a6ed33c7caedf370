/*
 * pen.c - writes facts down as JSON lines, in the order of recording.
 *
 * Every word that comes here is this program's own, so nothing needs escaping,
 * except the tenant, which main.c has checked.
 */
#include "day.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

enum { OFFSET_S = 8 * 3600 }; /* the operator's clocks: UTC+8, without daylight saving */

day_ticket day_ticket_named(day_book *day, char letter, unsigned number)
{
    day_ticket ticket = {.day = day};

    snprintf(ticket.name, sizeof ticket.name, "%c%04u", letter, number);
    return ticket;
}

__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...)
{
    const size_t length = strlen(text);
    va_list arguments;
    int more;

    va_start(arguments, format);
    more = vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
    assert(more >= 0 && (size_t)more < size - length);
    (void)more;
}

static void append_time(day_fact *fact, const char *member, sla_time at)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_time_format_offset(at, OFFSET_S, text, sizeof text);
    append(fact->line, sizeof fact->line, ",\"%s\":\"%s\"", member, text);
}

static void no_memory(void)
{
    fputs("sla-day: out of memory\n", stderr);
    exit(1);
}

static day_fact *new_fact(day_book *day)
{
    day_fact *fact = calloc(1, sizeof *fact);

    if (day->count == day->capacity) {
        const size_t capacity = day->capacity == 0 ? 1024 : 2 * day->capacity;
        day_fact **facts = realloc(day->facts, capacity * sizeof *facts);

        if (facts == NULL)
            no_memory();
        day->facts = facts;
        day->capacity = capacity;
    }
    if (fact == NULL)
        no_memory();
    fact->number = day->count;
    day->facts[day->count++] = fact;
    return fact;
}

day_fact *day_happened_late(day_ticket *ticket, const char *name, sla_time occurred_at,
                            sla_duration recorded_after)
{
    day_book *day = ticket->day;
    day_fact *fact;

    if (occurred_at + recorded_after > day->horizon)
        return NULL;
    fact = new_fact(day);
    fact->recorded_at = occurred_at + recorded_after;
    ticket->facts++;
    append(fact->line, sizeof fact->line,
           "{\"tenant\":\"%s\",\"ticket\":\"%s\",\"id\":\"%s-%u\",\"fact\":\"%s\"", day->tenant,
           ticket->name, ticket->name, ticket->facts, name);
    append_time(fact, "occurred_at", occurred_at);
    append_time(fact, "recorded_at", fact->recorded_at);
    return fact;
}

/* People type for a while before a fact is on the record. */
day_fact *day_happened(day_ticket *ticket, const char *name, sla_time occurred_at)
{
    const sla_duration typing = day_span(&ticket->day->random, 0, 40 * SLA_SECOND);

    return day_happened_late(ticket, name, occurred_at, typing);
}

void day_last_id(const day_ticket *ticket, char *id, size_t size)
{
    snprintf(id, size, "%s-%u", ticket->name, ticket->facts);
}

void day_say(day_fact *fact, const char *member, const char *text)
{
    if (fact != NULL)
        append(fact->line, sizeof fact->line, ",\"%s\":\"%s\"", member, text);
}

void day_say_flag(day_fact *fact, const char *member)
{
    if (fact != NULL)
        append(fact->line, sizeof fact->line, ",\"%s\":true", member);
}

void day_say_span(day_fact *fact, const char *member, sla_duration span)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_duration_format(span, text, sizeof text);
    day_say(fact, member, text);
}

void day_say_clock(day_fact *fact, const char *policy, const char *target)
{
    day_say(fact, "policy", policy);
    day_say(fact, "target", target);
}

static const char *comma(const day_fact *fact)
{
    return fact->attributes[0] == '\0' ? "" : ",";
}

void day_set(day_fact *fact, const char *attribute, const char *text)
{
    if (fact != NULL)
        append(fact->attributes, sizeof fact->attributes, "%s\"%s\":\"%s\"", comma(fact), attribute,
               text);
}

void day_set_number(day_fact *fact, const char *attribute, int64_t number)
{
    if (fact != NULL)
        append(fact->attributes, sizeof fact->attributes, "%s\"%s\":%" PRId64, comma(fact),
               attribute, number);
}

void day_set_flag(day_fact *fact, const char *attribute, bool flag)
{
    if (fact != NULL)
        append(fact->attributes, sizeof fact->attributes, "%s\"%s\":%s", comma(fact), attribute,
               flag ? "true" : "false");
}

void day_set_instant(day_fact *fact, const char *attribute, sla_time at)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_time_format_offset(at, OFFSET_S, text, sizeof text);
    day_set(fact, attribute, text);
}

static int by_recording(const void *left, const void *right)
{
    const day_fact *one = *(day_fact *const *)left, *other = *(day_fact *const *)right;

    if (one->recorded_at != other->recorded_at)
        return one->recorded_at < other->recorded_at ? -1 : 1;
    return one->number < other->number ? -1 : one->number > other->number;
}

bool day_print(day_book *day)
{
    if (day->count > 0)
        qsort(day->facts, day->count, sizeof(day_fact *), by_recording);
    for (size_t i = 0; i < day->count; i++) {
        const day_fact *fact = day->facts[i];

        fputs(fact->line, stdout);
        if (fact->attributes[0] != '\0')
            printf(",\"attributes\":{%s}", fact->attributes);
        fputs("}\n", stdout);
    }
    return fflush(stdout) == 0 && !ferror(stdout);
}

void day_fini(day_book *day)
{
    for (size_t i = 0; i < day->count; i++)
        free(day->facts[i]);
    free(day->facts);
}
