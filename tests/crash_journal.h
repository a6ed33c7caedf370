/*
 * crash_journal.h - what a service said while it lived, kept by somebody else.
 *
 * The service writes a line when a fact is answered, an event is handed over, and before
 * its clock goes on; a line counts as said once it is in the pipe.  The next service goes
 * on from there.
 */
#ifndef SLA_TESTS_CRASH_JOURNAL_H
#define SLA_TESTS_CRASH_JOURNAL_H

#include "crash_plan.h"
#include "store_text.h"

/* What is known of a series. */
typedef struct crash_journal {
    unsigned series;
    sla_time now;               /* where the clock was */
    bool answered[CRASH_FACTS]; /* facts on the record, as a recorder heard */
    store_text events;          /* handed over, each once: "number identity" */
    size_t deliveries;          /* also the same again */
    bool complete;              /* a service came to the end */
} crash_journal;

void crash_journal_init(crash_journal *journal, unsigned series);
void crash_journal_fini(crash_journal *journal);

/* A line, without its end.  Fails the test where a number stands for two events. */
void crash_journal_hear(crash_journal *journal, const char *line);

/* Writes a line into the pipe, and ends the process where nobody keeps it any more. */
void crash_journal_say_clock(int pipe_end, sla_time now);
void crash_journal_say_fact(int pipe_end, size_t fact);
void crash_journal_say_event(int pipe_end, const sla_event *event, uint64_t number);
void crash_journal_say_complete(int pipe_end);

/* The journal of a complete series says what is on the record ("number identity", in
 * order), and of each ticket in its order. */
void crash_journal_check(const crash_journal *journal, const store_text *record);

#endif
