/*
 * plan_log.h - the facts of a real log, ticket by ticket, for a profile to be learnt from:
 * what each ticket's kind is, and when its facts first came.
 */
#ifndef SLA_CLI_PLAN_LOG_H
#define SLA_CLI_PLAN_LOG_H

#include <stdbool.h>

#include <sla/engine.h>

typedef struct plan_log_fact {
    char *ticket; /* tenant, a NUL, ticket; of `length` bytes */
    char *name;
    char *kind; /* of `opened`: its attributes as members of JSON; else NULL */
    size_t length;
    size_t order; /* in which it came */
    sla_time at;
} plan_log_fact;

typedef struct plan_log {
    plan_log_fact *facts; /* a ticket's together, in order of time */
    size_t count, capacity;
    size_t refused; /* lines */
    uint64_t found; /* bits: which of the attributes that were listed some ticket has */
} plan_log;

enum { PLAN_BY_MAX = 64 };

/* Reads a file of facts; `by` lists the attributes that make a kind, with commas.  Lines that
 * say nothing are complained of and counted.  An exit code. */
int plan_log_read(plan_log *log, const char *path, const char *by);
void plan_log_fini(plan_log *log);

/* Whether some ticket has each of the listed attributes, and a complaint of those that none has;
 * true where no ticket was opened. */
bool plan_log_has(const plan_log *log, const char *by);

/* How many facts of one ticket stand at `first`. */
size_t plan_log_ticket(const plan_log *log, size_t first);

#endif
