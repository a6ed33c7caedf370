/*
 * watch.c - the invariants of a stream of events.
 */
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/json.h>

#include "../support/check.h"

struct watch_note {
    char *identity;
    size_t clock_length; /* so much of it names the clock and its cycle */
    size_t order;
    sla_event_kind kind;
    sla_time at, told;
    bool takes_end_back;
};

static bool is_end(sla_event_kind kind)
{
    return kind == SLA_EVENT_MET || kind == SLA_EVENT_MISSED || kind == SLA_EVENT_CANCELLED;
}

static bool is_step(sla_event_kind kind)
{
    return kind >= SLA_EVENT_WARNING && kind <= SLA_EVENT_ESCALATED;
}

static char *identity_of(const sla_event *event, size_t *clock_length)
{
    char text[512];
    int clock, all;

    clock = snprintf(text, sizeof text, "%.*s|%.*s|%s|%s|%" PRIu32 "|", (int)event->tenant.length,
                     event->tenant.length == 0 ? "" : event->tenant.data, (int)event->ticket.length,
                     event->ticket.data, event->policy, event->target, event->cycle);
    all = snprintf(text + clock, sizeof text - (size_t)clock, "%s|%" PRIu32 "|%" PRIu32,
                   event->step, event->repeat, event->revision);
    CHECK_TRUE("room for an identity", clock + all < (int)sizeof text);
    *clock_length = (size_t)clock;
    return strdup(text);
}

static uint64_t mixed(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ (hash >> 29);
}

/* Of what a receiver sees of it. */
static uint64_t hash_of(const sla_event *event, const char *identity)
{
    uint64_t hash = 1;

    for (; *identity != '\0'; identity++)
        hash = mixed(hash, (unsigned char)*identity);
    for (const char *to = event->to; *to != '\0'; to++)
        hash = mixed(hash, (unsigned char)*to);
    hash = mixed(hash, (uint64_t)event->kind);
    hash = mixed(hash, (uint64_t)event->at);
    hash = mixed(hash, (uint64_t)event->told);
    hash = mixed(hash, (uint64_t)event->due_at);
    hash = mixed(hash, (uint64_t)event->ended_at);
    hash = mixed(hash, event->collapsed);
    return mixed(hash, event->skipped);
}

static void check_one(const sla_event *event, const char *identity, sla_time now)
{
    CHECK_EQ(identity, now, event->told);
    CHECK_TRUE(identity, event->at <= now);
    CHECK_TRUE(identity, sla_event_kind_name((int)event->kind) != NULL);
    if (event->target[0] != '\0' && event->due_at != SLA_NEVER)
        CHECK_TRUE(identity, event->started_at <= event->due_at);
    if (event->kind == SLA_EVENT_BREACHED)
        CHECK_TRUE(identity, event->breached && event->breached_at <= now);
    if (event->kind == SLA_EVENT_MET)
        CHECK_TRUE(identity, event->ended_at <= event->due_at);
    if (event->kind == SLA_EVENT_MISSED)
        CHECK_TRUE(identity, event->ended_at > event->due_at);
    if (is_end(event->kind))
        CHECK_EQ(identity, event->at, event->ended_at);
    if (event->kind == SLA_EVENT_ESCALATED)
        CHECK_TRUE(identity, event->level >= 1 && event->level <= SLA_LEVEL_MAX);
}

uint64_t watch_hash(uint64_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void hash_line(event_watch *watch, const sla_event *event)
{
    char text[SLA_EVENT_TEXT_USUAL];
    const size_t length = sla_event_format(event, text, sizeof text - 1);

    CHECK_TRUE("room for a line", length < sizeof text - 1);
    text[length] = '\n';
    watch->lines = watch_hash(watch->lines, text, length + 1);
}

void watch_event(event_watch *watch, const sla_event *event, sla_time now)
{
    watch_note *note;

    if (watch->count == watch->capacity) {
        watch->capacity = watch->capacity == 0 ? 4096 : 2 * watch->capacity;
        watch->notes = realloc(watch->notes, watch->capacity * sizeof *watch->notes);
        CHECK_TRUE("memory for notes", watch->notes != NULL);
    }
    note = &watch->notes[watch->count];
    note->identity = identity_of(event, &note->clock_length);
    note->order = watch->count++;
    note->kind = event->kind;
    note->at = event->at;
    note->told = event->told;
    note->takes_end_back = strcmp(event->step, "retracted:met") == 0 ||
                           strcmp(event->step, "retracted:missed") == 0 ||
                           strcmp(event->step, "retracted:cancelled") == 0;
    check_one(event, note->identity, now);
    watch->sum += hash_of(event, note->identity);
    hash_line(watch, event);
    watch->of_kind[event->kind]++;
}

static int by_identity(const void *left, const void *right)
{
    return strcmp(((const watch_note *)left)->identity, ((const watch_note *)right)->identity);
}

static bool same_clock(const watch_note *one, const watch_note *other)
{
    return one->clock_length == other->clock_length &&
           memcmp(one->identity, other->identity, one->clock_length) == 0;
}

static int by_clock_and_order(const void *left, const void *right)
{
    const watch_note *one = left, *other = right;
    const size_t shorter =
        one->clock_length < other->clock_length ? one->clock_length : other->clock_length;
    const int difference = memcmp(one->identity, other->identity, shorter);

    if (difference != 0)
        return difference;
    if (one->clock_length != other->clock_length)
        return one->clock_length < other->clock_length ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

/*
 * The notes of one cycle of one clock, in the order in which they were told.  A
 * step may lie after an end that the same poll takes back: events come by their
 * instants, and the reopening is later than what had passed while it was closed.
 */
static void check_life(const watch_note *notes, size_t count)
{
    const watch_note *end = NULL, *after = NULL;

    for (size_t i = 0; i < count; i++) {
        const watch_note *note = &notes[i];

        if (note->takes_end_back) {
            if (end == NULL)
                CHECK_FAIL("took back an end that was not told: %s", note->identity);
            if (after != NULL && after->told != note->told)
                CHECK_FAIL("told after the end: %s after %s", after->identity, end->identity);
            end = after = NULL;
        } else if (is_end(note->kind)) {
            if (end != NULL)
                CHECK_FAIL("ended twice: %s and %s", end->identity, note->identity);
            end = note;
        } else if (end != NULL && after == NULL && is_step(note->kind) && note->at > end->at) {
            after = note;
        }
    }
    if (after != NULL)
        CHECK_FAIL("told after the end: %s", after->identity);
}

void watch_finish(event_watch *watch)
{
    watch_note *notes = watch->notes;
    size_t first = 0;

    if (watch->count == 0)
        return;
    qsort(notes, watch->count, sizeof *notes, by_identity);
    for (size_t i = 1; i < watch->count; i++)
        if (strcmp(notes[i - 1].identity, notes[i].identity) == 0)
            CHECK_FAIL("told twice: %s", notes[i].identity);
    qsort(notes, watch->count, sizeof *notes, by_clock_and_order);
    for (size_t i = 1; i <= watch->count; i++) {
        if (i == watch->count || !same_clock(&notes[first], &notes[i])) {
            check_life(&notes[first], i - first);
            first = i;
        }
    }
}

void watch_free(event_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        free(watch->notes[i].identity);
    free(watch->notes);
}
