/*
 * log.h - a real event log as facts, in order of recording.
 *
 * replays/facts.py turns the log into JSON lines; this reads them back into
 * what the engine takes.  The reader is not the one of the command `sla`, so
 * that the two can be held against each other.
 */
#ifndef SLA_TESTS_REPLAYS_LOG_H
#define SLA_TESTS_REPLAYS_LOG_H

#include <stdio.h>

#include <sla/engine.h>

typedef struct log_fact {
    sla_fact fact;
    sla_time recorded_at;
    size_t ticket; /* numbered from 0 in order of appearance */
} log_fact;

typedef struct log_chunk log_chunk;

typedef struct event_log {
    log_fact *facts;
    size_t count, capacity;
    size_t tickets;
    log_chunk *chunks; /* where strings and attributes lie */
} event_log;

/* Convert `file` of the shared data as `kind` and read the result; skips the
 * test where the data is missing.  `lines` (may be NULL) gets a copy. */
void log_read(event_log *log, const char *kind, const char *file, FILE *lines);
void log_free(event_log *log);

#endif
