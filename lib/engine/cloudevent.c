/*
 * cloudevent.c - an event as a CloudEvents 1.0 envelope, and its identity as one
 * string; see sla/json.h and docs/events.md.
 */
#include <sla/json.h>

#include <assert.h>
#include <string.h>

#include "engine/event.h"
#include "engine/json_write.h"

/* The words and numbers of the severity extension; as it asks, one to one. */
typedef struct severity {
    const char *text;
    int number;
} severity;

static severity severity_of(sla_event_kind kind)
{
    static const severity info = {"INFO", 9}, warn = {"WARN", 13}, error = {"ERROR", 17};

    switch (kind) {
    case SLA_EVENT_WARNING:
    case SLA_EVENT_REMINDED:
    case SLA_EVENT_SUPERVISED:
    case SLA_EVENT_FOLLOW_UP:
        return warn;
    case SLA_EVENT_BREACHED:
    case SLA_EVENT_BREACH_BACKDATED:
    case SLA_EVENT_ESCALATED:
    case SLA_EVENT_MISSED:
        return error;
    default:
        return info;
    }
}

/* ------------------------------------------------------------ identity */

/* A part of the identity that may hold anything: its separator is escaped.
 * `json`: it also stands inside a JSON string. */
static void put_part(sla__json_out *out, sla_string part, bool json)
{
    const char *at = part.data;
    const char *end = part.data + part.length;

    while (at < end) {
        const char *plain = at;

        while (plain < end && *plain != '/' && *plain != '%')
            plain++;
        if (json)
            sla__out_escaped(out, at, (size_t)(plain - at));
        else
            sla__out_bytes(out, at, (size_t)(plain - at));
        if (plain == end)
            return;
        sla__out_bytes(out, *plain == '/' ? "%2F" : "%25", 3);
        at = plain + 1;
    }
}

/* A name or a step: neither holds a separator. */
static void put_plain(sla__json_out *out, const char *text)
{
    if (text != NULL)
        sla__out_bytes(out, text, strlen(text));
    sla__out_byte(out, '/');
}

static void put_ticket(sla__json_out *out, const sla_event *event, bool json)
{
    put_part(out, event->tenant, json);
    sla__out_byte(out, '/');
    put_part(out, event->ticket, json);
}

static void put_identity(sla__json_out *out, const sla_event *event, bool json)
{
    put_ticket(out, event, json);
    sla__out_byte(out, '/');
    put_plain(out, event->policy);
    put_plain(out, event->target);
    sla__out_number(out, event->cycle);
    sla__out_byte(out, '/');
    put_plain(out, event->step);
    sla__out_number(out, event->repeat);
    sla__out_byte(out, '/');
    sla__out_number(out, event->revision);
}

size_t sla_event_format_identity(const sla_event *event, char *buffer, size_t size)
{
    sla__json_out out = sla__json_out_to(buffer, size);

    assert(event != NULL);
    put_identity(&out, event, false);
    return sla__out_end(&out);
}

/* ------------------------------------------------------------ envelope */

static void put_type(sla__json_out *out, const sla_event *event)
{
    const char *kind = sla_event_kind_name(event->kind);

    sla__out_key(out, "type");
    sla__out_bytes(out, "\"org.libsla.", 12);
    sla__out_bytes(out, kind, kind != NULL ? strlen(kind) : 0);
    sla__out_bytes(out, ".v1\"", 4);
}

/* A running number as the sequence extension wants it: a string that sorts as
 * the numbers do. */
static void put_sequence(sla__json_out *out, uint64_t sequence)
{
    char digits[20];

    for (size_t i = sizeof digits; i-- > 0; sequence /= 10)
        digits[i] = (char)('0' + sequence % 10);
    sla__out_key(out, "sequence");
    sla__out_byte(out, '"');
    sla__out_bytes(out, digits, sizeof digits);
    sla__out_byte(out, '"');
}

static void put_context(sla__json_out *out, const sla_event *event, const char *source)
{
    sla__out_text(out, "specversion", "1.0");
    sla__out_key(out, "id");
    sla__out_byte(out, '"');
    put_identity(out, event, true);
    sla__out_byte(out, '"');
    sla__out_text(out, "source", source);
    put_type(out, event);
    sla__out_string(out, "subject", event->ticket);
    sla__out_instant(out, "time", event->at);
    sla__out_text(out, "datacontenttype", "application/json");
}

static void put_extensions(sla__json_out *out, const sla_event *event, const sla_cloudevent *more)
{
    const severity how = severity_of(event->kind);

    if (more->sequence != 0)
        put_sequence(out, more->sequence);
    sla__out_key(out, "partitionkey");
    sla__out_byte(out, '"');
    put_ticket(out, event, true);
    sla__out_byte(out, '"');
    sla__out_text(out, "severitytext", how.text);
    sla__out_integer(out, "severitynumber", how.number);
    if (event->kind == SLA_EVENT_WARNING) /* who reads it after the due time is too late */
        sla__out_instant(out, "expirytime", event->due_at);
    sla__out_instant(out, "recordedtime", event->told);
    if (more->traceparent != NULL)
        sla__out_text(out, "traceparent", more->traceparent);
}

size_t sla_event_format_cloudevent(const sla_event *event, const sla_cloudevent *cloudevent,
                                   char *buffer, size_t size)
{
    static const sla_cloudevent standard = {NULL, 0, NULL};
    sla__json_out out = sla__json_out_to(buffer, size);

    assert(event != NULL);
    if (cloudevent == NULL)
        cloudevent = &standard;
    sla__out_open(&out, NULL, '{');
    put_context(&out, event, cloudevent->source != NULL ? cloudevent->source : "/sla");
    put_extensions(&out, event, cloudevent);
    sla__out_open(&out, "data", '{');
    sla__out_event(&out, event);
    sla__out_close(&out, '}');
    sla__out_close(&out, '}');
    return sla__out_end(&out);
}
