/*
 * event_json.c - an event as one line of JSON; see sla/json.h and docs/events.md.
 *
 * What makes the identity is always there; of the rest only what says something:
 * an absent member is false, 0, no text, or an instant that does not exist.
 */
#include <sla/json.h>

#include <assert.h>
#include <string.h>

#include "engine/json_write.h"

/* The words of sla_agreement in JSON. */
static const char *const agreements[] = {"sla", "ola", "uc"};

static void put_text(sla__json_out *out, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0')
        sla__out_text(out, key, value);
}

static void put_count(sla__json_out *out, const char *key, int64_t value)
{
    if (value != 0)
        sla__out_integer(out, key, value);
}

static void put_flag(sla__json_out *out, const char *key, bool value)
{
    if (value)
        sla__out_bool(out, key, true);
}

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void put_identity(sla__json_out *out, const sla_event *event)
{
    sla__out_string(out, "tenant", event->tenant);
    sla__out_string(out, "ticket", event->ticket);
    sla__out_text(out, "policy", text_or_empty(event->policy));
    sla__out_text(out, "target", text_or_empty(event->target));
    sla__out_integer(out, "cycle", event->cycle);
    sla__out_text(out, "step", event->step);
    sla__out_integer(out, "repeat", event->repeat);
    sla__out_integer(out, "revision", event->revision);
}

static void put_telling(sla__json_out *out, const sla_event *event)
{
    sla__out_instant(out, "at", event->at);
    sla__out_instant(out, "told", event->told);
    put_flag(out, "late", event->late);
    put_count(out, "skipped", event->skipped);
    put_count(out, "collapsed", event->collapsed);
    put_text(out, "to", event->to);
    put_count(out, "level", event->level);
}

static void put_clock(sla__json_out *out, const sla_event *event)
{
    sla__out_text(out, "state", text_or_empty(sla_state_name(event->state)));
    sla__out_instant(out, "started_at", event->started_at);
    sla__out_instant(out, "due_at", event->due_at);
    sla__out_instant(out, "old_due_at", event->old_due_at);
    sla__out_instant(out, "breached_at", event->breached_at);
    sla__out_instant(out, "ended_at", event->ended_at);
    put_flag(out, "breached", event->breached);
    put_flag(out, "provisional", event->provisional);
    put_flag(out, "provisional_attributes", event->provisional_attributes);
    put_flag(out, "governs", event->governs);
    put_flag(out, "excluded", event->excluded);
    put_flag(out, "adjusted_met", event->adjusted_met);
    if ((size_t)event->agreement < sizeof agreements / sizeof agreements[0])
        sla__out_text(out, "agreement", agreements[event->agreement]);
    put_count(out, "rank", event->rank);
}

static void put_cause(sla__json_out *out, const sla_event *event)
{
    put_text(out, "because", event->because);
    put_text(out, "reason", event->reason);
    put_text(out, "derived", event->derived);
    put_count(out, "fact_seq", event->fact_seq);
    if (event->fact_id.length > 0)
        sla__out_string(out, "fact_id", event->fact_id);
}

void sla__out_event(sla__json_out *out, const sla_event *event)
{
    sla__out_text(out, "event", text_or_empty(sla_event_kind_name(event->kind)));
    put_identity(out, event);
    put_text(out, "policy_version", event->policy_version);
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
