/*
 * log.h - a real event log as facts, in order of recording.
 *
 * replays/facts.py turns the log into JSON lines, the library's own reader
 * turns those into facts; all of them stay in memory.
 */
#ifndef SLA_TESTS_REPLAYS_LOG_H
#define SLA_TESTS_REPLAYS_LOG_H

#include <sla/engine.h>

typedef struct log_fact {
    sla_fact fact;
    sla_time recorded_at;
    size_t ticket; /* numbered from 0 in order of appearance */
} log_fact;

typedef struct event_log {
    char *text; /* the lines, in which the strings of the facts lie */
    log_fact *facts;
    size_t count;
    sla_attribute *attributes; /* of all facts, one after another */
    size_t tickets;
} event_log;

/* Convert `file` of the shared data as `kind` and read the result; skips the
 * test where the data is missing. */
void log_read(event_log *log, const char *kind, const char *file);
void log_free(event_log *log);

#endif
