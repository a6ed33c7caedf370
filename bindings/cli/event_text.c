/* event_text.c - see event_text.h. */
#include "event_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sla/time.h>

typedef struct text {
    char *buffer;
    size_t size, used;
} text;

__attribute__((format(printf, 2, 3))) static void put(text *t, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(t->used < t->size ? t->buffer + t->used : NULL,
                       t->used < t->size ? t->size - t->used : 0, format, arguments);
    va_end(arguments);
    if (length > 0)
        t->used += (size_t)length;
}

const char *event_text_time(sla_time time, const sla_calendar *place, char *buffer, size_t size)
{
    const int32_t offset = place != NULL && time >= SLA_TIME_MIN && time <= SLA_TIME_MAX
                               ? sla_calendar_offset(place, time)
                               : 0;

    if (sla_time_format_offset(time, offset, buffer, size) == 0)
        snprintf(buffer, size, "-");
    return buffer;
}

static void put_time(text *t, const char *before, sla_time time, const sla_calendar *place)
{
    char at[SLA_TIME_TEXT_MAX];

    if (time != SLA_NEVER)
        put(t, "%s%s", before, event_text_time(time, place, at, sizeof at));
}

static void put_ticket(text *t, const sla_event *event)
{
    if (event->tenant.length > 0)
        put(t, "%.*s/", (int)event->tenant.length, event->tenant.data);
    put(t, "%.*s", (int)event->ticket.length, event->ticket.data);
}

/* "level 2 of complaint.resolved", "complaint.resolved" ... */
static void put_what(text *t, const sla_event *event)
{
    const char *kind = sla_event_kind_name(event->kind);

    put(t, "  %s  %s", kind != NULL ? kind : "?", event->policy != NULL ? event->policy : "");
    if (event->target != NULL && event->target[0] != '\0')
        put(t, ".%s", event->target);
    if (event->cycle > 1)
        put(t, " (cycle %u)", event->cycle);
    if (kind != NULL && strcmp(kind, event->step) != 0)
        put(t, " %s", event->step);
    if (event->level > 0)
        put(t, " level %d", event->level);
}

static void put_word(text *t, const char *before, const char *word)
{
    if (word != NULL && word[0] != '\0')
        put(t, "%s%s", before, word);
}

size_t event_text(const sla_event *event, const sla_calendar *place, char *buffer, size_t size)
{
    text t = {buffer, size, 0};

    put_time(&t, "", event->at, place);
    put(&t, "  ");
    put_ticket(&t, event);
    put_what(&t, event);
    put_word(&t, " -> ", event->to);
    put_time(&t, ", due ", event->due_at, place);
    put_time(&t, ", was due ", event->old_due_at, place);
    put_word(&t, ", because ", event->because);
    put_word(&t, ", reason ", event->reason);
    if (event->late)
        put_time(&t, ", told late at ", event->told, place);
    if (event->provisional)
        put(&t, ", provisional");
    return t.used;
}
