/*
 * event_json.c - an event as one line of JSON; see sla/json.h and docs/events.md.
 *
 * What makes the identity is always there; of the rest only what says something:
 * an absent member is false, 0, no text, or an instant that does not exist.
 */
#include <sla/json.h>

#include <assert.h>
#include <string.h>

#include "engine/event.h"
#include "engine/json_write.h"

/* The words of sla_agreement in JSON. */
static const char *const agreements[] = {"sla", "ola", "uc"};

/* A member's name with what stands around it, and its length: as two arguments.
 * None is the first of the object, so that each begins with a comma. */
#define KEY(name) ",\"" name "\":", sizeof(",\"" name "\":") - 1

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void put_string(sla__json_out *out, const char *key, size_t length, sla_string value)
{
    sla__out_bytes(out, key, length);
    sla__out_quoted(out, value.data, value.length);
}

/* A word that needs no escapes: a name, or one of ours. */
static void put_word(sla__json_out *out, const char *key, size_t length, const char *value)
{
    sla__out_bytes(out, key, length);
    sla__out_byte(out, '"');
    sla__out_bytes(out, value, strlen(value));
    sla__out_byte(out, '"');
}

static void put_number(sla__json_out *out, const char *key, size_t length, int64_t value)
{
    sla__out_bytes(out, key, length);
    sla__out_number(out, value);
}

/* These leave out what says nothing. */

static void put_text(sla__json_out *out, const char *key, size_t length, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        sla__out_bytes(out, key, length);
        sla__out_quoted(out, value, strlen(value));
    }
}

static void put_count(sla__json_out *out, const char *key, size_t length, int64_t value)
{
    if (value != 0)
        put_number(out, key, length, value);
}

static void put_flag(sla__json_out *out, const char *key, size_t length, bool value)
{
    if (value) {
        sla__out_bytes(out, key, length);
        sla__out_literal(out, "true");
    }
}

static void put_instant(sla__json_out *out, const char *key, size_t length, sla_time value)
{
    if (value >= SLA_TIME_MIN && value <= SLA_TIME_MAX) {
        sla__out_bytes(out, key, length);
        sla__out_moment(out, value);
    }
}

/* ------------------------------------------------------------ parts of an event */

static void put_identity(sla__json_out *out, const sla_event *event)
{
    put_string(out, KEY("tenant"), event->tenant);
    put_string(out, KEY("ticket"), event->ticket);
    put_word(out, KEY("policy"), text_or_empty(event->policy));
    put_word(out, KEY("target"), text_or_empty(event->target));
    put_number(out, KEY("cycle"), event->cycle);
    put_word(out, KEY("step"), event->step);
    put_number(out, KEY("repeat"), event->repeat);
    put_number(out, KEY("revision"), event->revision);
}

static void put_telling(sla__json_out *out, const sla_event *event)
{
    put_instant(out, KEY("at"), event->at);
    put_instant(out, KEY("told"), event->told);
    put_flag(out, KEY("late"), event->late);
    put_count(out, KEY("skipped"), event->skipped);
    put_count(out, KEY("collapsed"), event->collapsed);
    put_text(out, KEY("to"), event->to);
    put_count(out, KEY("level"), event->level);
}

static void put_clock(sla__json_out *out, const sla_event *event)
{
    put_word(out, KEY("state"), text_or_empty(sla_state_name(event->state)));
    put_instant(out, KEY("started_at"), event->started_at);
    put_instant(out, KEY("due_at"), event->due_at);
    put_instant(out, KEY("old_due_at"), event->old_due_at);
    put_instant(out, KEY("breached_at"), event->breached_at);
    put_instant(out, KEY("ended_at"), event->ended_at);
    put_flag(out, KEY("breached"), event->breached);
    put_flag(out, KEY("provisional"), event->provisional);
    put_flag(out, KEY("provisional_attributes"), event->provisional_attributes);
    put_flag(out, KEY("governs"), event->governs);
    put_flag(out, KEY("excluded"), event->excluded);
    put_flag(out, KEY("adjusted_met"), event->adjusted_met);
    if ((size_t)event->agreement < sizeof agreements / sizeof agreements[0])
        put_word(out, KEY("agreement"), agreements[event->agreement]);
    put_count(out, KEY("rank"), event->rank);
}

static void put_cause(sla__json_out *out, const sla_event *event)
{
    put_text(out, KEY("because"), event->because);
    put_text(out, KEY("reason"), event->reason);
    put_text(out, KEY("derived"), event->derived);
    put_count(out, KEY("fact_seq"), event->fact_seq);
    if (event->fact_id.length > 0)
        put_string(out, KEY("fact_id"), event->fact_id);
}

void sla__out_event(sla__json_out *out, const sla_event *event)
{
    sla__out_text(out, "event", text_or_empty(sla_event_kind_name(event->kind)));
    put_identity(out, event);
    put_text(out, KEY("policy_version"), event->policy_version);
    put_telling(out, event);
    put_clock(out, event);
    put_cause(out, event);
}

size_t sla_event_format(const sla_event *event, char *buffer, size_t size)
{
    sla__json_out out = sla__json_out_to(buffer, size);

    assert(event != NULL);
    sla__out_open(&out, NULL, '{');
    sla__out_event(&out, event);
    sla__out_close(&out, '}');
    return sla__out_end(&out);
}
