/*
 * watch.h - looks at every event that comes out and knows only what the
 * invariants of docs/semantics.md say: nothing twice under one identity,
 * nothing before its instant, one end a cycle, no due before its start.
 */
#ifndef SLA_TESTS_REPLAYS_WATCH_H
#define SLA_TESTS_REPLAYS_WATCH_H

#include <sla/engine.h>

typedef struct watch_note watch_note;

typedef struct event_watch {
    watch_note *notes;
    size_t count, capacity;
    uint64_t sum;       /* of the hashes of all events: the same for the same set of them */
    uint64_t lines;     /* a hash over them as lines of JSON, in their order */
    size_t of_kind[32]; /* how many of each sla_event_kind */
} event_watch;

/* What a poll at `now` gave. */
void watch_event(event_watch *watch, const sla_event *event, sla_time now);

/* Go on with a hash over lines. */
uint64_t watch_hash(uint64_t hash, const char *text, size_t length);

/* What can only be said of all of them together. */
void watch_finish(event_watch *watch);
void watch_free(event_watch *watch);

#endif
