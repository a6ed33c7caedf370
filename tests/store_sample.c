/* store_sample.c - see store_sample.h. */
#include "store_sample.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"

enum { BYTES = 1 << 17 };

void store_sample_init(store_sample *sample, uint64_t seed, uint64_t service, uint64_t number)
{
    memset(sample, 0, sizeof *sample);
    sample->random = prng_seeded(seed);
    sample->bytes = malloc(BYTES);
    CHECK_TRUE("memory for a sample", sample->bytes != NULL);
    sample->unit.service[0] = service;
    sample->unit.service[1] = ~service;
    sample->unit.number = number;
    sample->unit.decided_at = prng_between(&sample->random, 0, SLA_TIME_MAX);
    sample->unit.facts = sample->facts;
    sample->unit.tickets = sample->tickets;
    sample->unit.events = sample->events;
    sample->unit.marks = sample->marks;
}

void store_sample_fini(store_sample *sample)
{
    free(sample->bytes);
    sample->bytes = NULL;
}

void store_sample_scribble(store_sample *sample)
{
    char *const bytes = sample->bytes;

    memset(bytes, 0xdd, BYTES);
    memset(sample, 0xdd, sizeof *sample);
    sample->bytes = bytes;
}

/* ------------------------------------------------------------ drawn members */

static char *take_bytes(store_sample *sample, size_t length)
{
    char *const bytes = sample->bytes + sample->used;

    CHECK_TRUE("a sample is of bounded size", sample->used + length <= BYTES);
    sample->used += length;
    return bytes;
}

sla_string store_sample_string(store_sample *sample, const char *text)
{
    sla_string string = {NULL, strlen(text)};
    char *const bytes = take_bytes(sample, string.length);

    memcpy(bytes, text, string.length);
    string.data = bytes;
    return string;
}

/* Up to `most` bytes of well formed UTF-8; now and then nothing. */
static sla_string draw_string(store_sample *sample, size_t most)
{
    static const char *const pieces[] = {"a", "z", "0", "-",  ".",  "'",    "\"", "\\",
                                         "%", ";", "é", "中", "文", "🙂", "|",  "{}"};
    const size_t wanted = prng_below(&sample->random, most + 1);
    sla_string string = {sample->bytes + sample->used, 0};

    if (prng_percent(&sample->random, 15))
        return (sla_string){NULL, 0};
    for (;;) {
        const char *const piece = pieces[prng_below(&sample->random, COUNT_OF(pieces))];
        const size_t length = strlen(piece);

        if (string.length + length > wanted)
            return string;
        memcpy(take_bytes(sample, length), piece, length);
        string.length += length;
    }
}

static const char *draw_word(store_sample *sample, size_t most)
{
    const char *const word = draw_string(sample, most).data;

    *take_bytes(sample, 1) = '\0';
    return word != NULL ? word : "";
}

static int64_t draw_number(store_sample *sample)
{
    return prng_between(&sample->random, SLA_TIME_MIN, SLA_TIME_MAX);
}

static bool draw_flag(store_sample *sample)
{
    return prng_percent(&sample->random, 50);
}

static uint32_t draw_small(store_sample *sample)
{
    return (uint32_t)prng_below(&sample->random, 1000);
}

/* -------------------------------------------------------------------- parts */

static void draw_attribute(store_sample *sample, sla_attribute *attribute)
{
    attribute->name = draw_string(sample, SLA_NAME_MAX);
    attribute->type = (sla_value_type)prng_below(&sample->random, SLA_VALUE_INSTANT + 1);
    attribute->number = 0;
    if (attribute->type == SLA_VALUE_STRING)
        attribute->string = draw_string(sample, SLA_STRING_MAX);
    else if (attribute->type == SLA_VALUE_BOOL)
        attribute->number = draw_flag(sample);
    else if (attribute->type != SLA_VALUE_NONE)
        attribute->number = draw_number(sample);
}

static void draw_fact(store_sample *sample, sla_fact *fact)
{
    fact->id = draw_string(sample, SLA_ID_MAX);
    fact->name = draw_string(sample, SLA_NAME_MAX);
    fact->occurred_at = draw_number(sample);
    fact->by = draw_string(sample, SLA_STRING_MAX);
    fact->reason = draw_string(sample, SLA_NAME_MAX);
    fact->policy = draw_string(sample, SLA_NAME_MAX);
    fact->target = draw_string(sample, SLA_NAME_MAX);
    fact->cycle = draw_small(sample);
    fact->corrects = draw_string(sample, SLA_ID_MAX);
    fact->withdraws = draw_string(sample, SLA_ID_MAX);
    fact->approver = draw_string(sample, SLA_STRING_MAX);
    fact->authorised_by = draw_string(sample, SLA_STRING_MAX);
    fact->span = draw_number(sample);
    fact->until = draw_number(sample);
    fact->excluded = draw_flag(sample);
    fact->silence = draw_flag(sample);
}

sla_stored_fact *store_sample_fact(store_sample *sample, const char *tenant, const char *ticket,
                                   uint32_t seq)
{
    const size_t i = sample->unit.fact_count++;
    sla_fact *const body = &sample->fact_bodies[i];

    CHECK_TRUE("room for a fact", i < STORE_SAMPLE_PARTS);
    draw_fact(sample, body);
    body->tenant = store_sample_string(sample, tenant);
    body->ticket = store_sample_string(sample, ticket);
    body->attribute_count = prng_below(&sample->random, STORE_SAMPLE_ATTRIBUTES + 1);
    body->attributes = body->attribute_count > 0 ? sample->attributes[i] : NULL;
    for (size_t j = 0; j < body->attribute_count; j++)
        draw_attribute(sample, &sample->attributes[i][j]);
    sample->facts[i].fact = body;
    sample->facts[i].seq = seq;
    sample->facts[i].recorded_at = draw_number(sample);
    sample->facts[i].rules = draw_small(sample);
    return &sample->facts[i];
}

sla_stored_ticket *store_sample_ticket(store_sample *sample, const char *tenant, const char *ticket,
                                       uint32_t facts)
{
    const size_t i = sample->unit.ticket_count++;
    sla_stored_ticket *const row = &sample->tickets[i];
    unsigned char *state;

    CHECK_TRUE("room for a ticket", i < STORE_SAMPLE_PARTS);
    row->tenant = store_sample_string(sample, tenant);
    row->ticket = store_sample_string(sample, ticket);
    row->number = prng_below(&sample->random, INT64_MAX);
    row->facts = facts;
    row->live = draw_flag(sample) ? draw_small(sample) : 0;
    row->next_at = draw_flag(sample) ? draw_number(sample) : SLA_NEVER;
    row->due_at = draw_flag(sample) ? draw_number(sample) : SLA_NEVER;
    row->state_length = prng_below(&sample->random, 200);
    row->state = state = (unsigned char *)take_bytes(sample, row->state_length);
    for (size_t j = 0; j < row->state_length; j++)
        state[j] = (unsigned char)prng_below(&sample->random, 256);
    return row;
}

static void draw_clock(store_sample *sample, sla_event *event)
{
    event->state = (sla_state)prng_below(&sample->random, SLA_CANCELLED + 1);
    event->started_at = draw_number(sample);
    event->due_at = draw_flag(sample) ? draw_number(sample) : SLA_NEVER;
    event->old_due_at = draw_flag(sample) ? draw_number(sample) : SLA_NEVER;
    event->breached_at = draw_flag(sample) ? draw_number(sample) : SLA_NEVER;
    event->ended_at = draw_flag(sample) ? draw_number(sample) : SLA_NEVER;
    event->breached = draw_flag(sample);
    event->provisional = draw_flag(sample);
    event->provisional_attributes = draw_flag(sample);
    event->governs = draw_flag(sample);
    event->excluded = draw_flag(sample);
    event->adjusted_met = draw_flag(sample);
    event->agreement = (sla_agreement)prng_below(&sample->random, 3);
    event->rank = (int32_t)prng_between(&sample->random, -1000, 1000);
}

static void draw_event(store_sample *sample, sla_event *event)
{
    event->kind = (sla_event_kind)prng_between(&sample->random, 1, SLA_EVENT_RESUMED);
    event->policy = draw_word(sample, SLA_NAME_MAX);
    event->policy_version = draw_word(sample, SLA_NAME_MAX);
    event->target = draw_word(sample, SLA_NAME_MAX);
    event->cycle = draw_small(sample);
    strcpy(event->step, draw_word(sample, sizeof event->step - 1));
    event->repeat = draw_small(sample);
    event->revision = draw_small(sample);
    event->at = draw_number(sample);
    event->told = draw_number(sample);
    event->late = draw_flag(sample);
    event->skipped = draw_small(sample);
    event->collapsed = draw_small(sample);
    event->to = draw_word(sample, SLA_STRING_MAX);
    event->level = (uint8_t)prng_below(&sample->random, SLA_LEVEL_MAX + 1);
    event->because = draw_word(sample, SLA_NAME_MAX);
    event->reason = draw_word(sample, SLA_NAME_MAX);
    event->derived = draw_word(sample, SLA_NAME_MAX);
    event->fact_seq = draw_small(sample);
    event->fact_id = draw_string(sample, SLA_ID_MAX);
    draw_clock(sample, event);
}

sla_stored_event *store_sample_event(store_sample *sample, const char *tenant, const char *ticket,
                                     uint64_t number)
{
    const size_t i = sample->unit.event_count++;
    sla_event *const body = &sample->event_bodies[i];

    CHECK_TRUE("room for an event", i < STORE_SAMPLE_PARTS);
    draw_event(sample, body);
    body->tenant = store_sample_string(sample, tenant);
    body->ticket = store_sample_string(sample, ticket);
    sample->events[i].event = body;
    sample->events[i].number = number;
    sample->events[i].imported = prng_percent(&sample->random, 20);
    return &sample->events[i];
}

sla_stored_mark *store_sample_mark(store_sample *sample, const char *consumer, uint64_t number,
                                   uint64_t through)
{
    const size_t i = sample->unit.mark_count++;

    CHECK_TRUE("room for a mark", i < STORE_SAMPLE_PARTS);
    sample->marks[i].consumer = store_sample_string(sample, consumer);
    sample->marks[i].number = number;
    sample->marks[i].through = through;
    return &sample->marks[i];
}

sla_stored_world *store_sample_world(store_sample *sample, uint32_t number)
{
    sla_stored_world *const world = &sample->world;

    world->number = number;
    world->adopted_at = draw_number(sample);
    world->documents = sample->documents;
    world->count = prng_below(&sample->random, STORE_SAMPLE_DOCUMENTS + 1);
    for (size_t i = 0; i < world->count; i++) {
        sample->documents[i].source = draw_string(sample, SLA_NAME_MAX);
        sample->documents[i].text = draw_string(sample, 4000);
    }
    sample->unit.world = world;
    return world;
}
