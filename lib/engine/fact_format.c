/*
 * fact_format.c - a fact as one line of JSON, such that fact_json.c reads the same
 * fact from it; see sla/json.h and docs/facts.md.
 *
 * What is absent is left out.  Two things have one form only: an instant among the
 * attributes is a string, and a span has its hours gathered.
 */
#include <sla/json.h>

#include <assert.h>

#include <sla/time.h>

#include "engine/json_write.h"

static void put_text(sla__json_out *out, const char *key, sla_string value)
{
    if (value.length > 0)
        sla__out_string(out, key, value);
}

static void put_flag(sla__json_out *out, const char *key, bool value)
{
    if (value) {
        sla__out_key(out, key);
        sla__out_literal(out, "true");
    }
}

static void put_span(sla__json_out *out, const char *key, sla_duration value)
{
    char text[SLA_TIME_TEXT_MAX];

    if (value == 0)
        return;
    sla_duration_format(value, text, sizeof text);
    sla__out_text(out, key, text);
}

static void put_value(sla__json_out *out, const sla_attribute *attribute)
{
    switch (attribute->type) {
    case SLA_VALUE_NONE:
        sla__out_literal(out, "null");
        break;
    case SLA_VALUE_STRING:
        sla__out_quoted(out, attribute->string.data, attribute->string.length);
        break;
    case SLA_VALUE_INT:
        sla__out_number(out, attribute->number);
        break;
    case SLA_VALUE_BOOL:
        if (attribute->number != 0)
            sla__out_literal(out, "true");
        else
            sla__out_literal(out, "false");
        break;
    case SLA_VALUE_INSTANT:
        sla__out_moment(out, attribute->number);
        break;
    }
}

static void put_attributes(sla__json_out *out, const sla_fact *fact)
{
    if (fact->attribute_count == 0)
        return;
    sla__out_open(out, "attributes", '{');
    for (size_t i = 0; i < fact->attribute_count; i++) {
        const sla_attribute *const attribute = &fact->attributes[i];

        sla__out_comma(out);
        sla__out_quoted(out, attribute->name.data, attribute->name.length);
        sla__out_byte(out, ':');
        put_value(out, attribute);
    }
    sla__out_close(out, '}');
}

/* What only some facts say. */
static void put_rest(sla__json_out *out, const sla_fact *fact)
{
    put_text(out, "by", fact->by);
    put_text(out, "reason", fact->reason);
    put_text(out, "policy", fact->policy);
    put_text(out, "target", fact->target);
    if (fact->cycle != 0)
        sla__out_integer(out, "cycle", fact->cycle);
    put_text(out, "corrects", fact->corrects);
    put_text(out, "withdraws", fact->withdraws);
    put_text(out, "approver", fact->approver);
    put_text(out, "authorised_by", fact->authorised_by);
    put_span(out, "for", fact->span);
    if (fact->until != 0)
        sla__out_instant(out, "until", fact->until);
    put_flag(out, "excluded", fact->excluded);
    put_flag(out, "silence", fact->silence);
}

size_t sla_fact_format(const sla_fact *fact, sla_time recorded_at, char *buffer, size_t size)
{
    sla__json_out out = sla__json_out_to(buffer, size);

    assert(fact != NULL);
    sla__out_open(&out, NULL, '{');
    put_text(&out, "tenant", fact->tenant);
    sla__out_string(&out, "ticket", fact->ticket);
    put_text(&out, "id", fact->id);
    sla__out_string(&out, "fact", fact->name);
    sla__out_instant(&out, "occurred_at", fact->occurred_at);
    sla__out_instant(&out, "recorded_at", recorded_at);
    put_attributes(&out, fact);
    put_rest(&out, fact);
    sla__out_close(&out, '}');
    return sla__out_end(&out);
}
