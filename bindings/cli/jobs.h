/*
 * jobs.h - a consumer that runs a program for each event: argv and no shell, the
 * event as one line on its standard input, exit 0 acknowledges.
 *
 * At most `max` run at once; others wait here, and what is not acknowledged is
 * delivered again by the service, which also keeps the order of each ticket.  A
 * program that takes too long is asked to end (SIGTERM) and then made to (SIGKILL).
 * Only our own children are ended, by their ids, which are theirs until we have waited
 * for them.
 */
#ifndef SLA_CLI_JOBS_H
#define SLA_CLI_JOBS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sla/service.h>

typedef struct job {
    uint64_t number; /* of the event */
    uint32_t attempt;
    char *text; /* its line */
    size_t length;
    pid_t pid;      /* 0: it waits for its turn */
    sla_time limit; /* when it has to be over; monotonic */
    bool asked;     /* to end */
} job;

typedef struct jobs {
    sla_service *service;
    char **words; /* of the command line, ended by NULL */
    size_t max;
    sla_duration timeout;
    job *all; /* in the order of delivery */
    size_t count, capacity, running;
    uint64_t started, failed;
} jobs;

void jobs_init(jobs *j, char **words, size_t max, sla_duration timeout);
void jobs_fini(jobs *j);

/* Whether there is such a program; else a complaint. */
bool jobs_can_run(const jobs *j);

/* SLA_OK; what sla_service_subscribe answers. */
int jobs_subscribe(jobs *j, sla_service *service);

/* A child may have ended: acknowledge, complain, start what waits. */
void jobs_reap(jobs *j);

/* End what has taken too long; the instant at which to look again, or SLA_NEVER. */
sla_time jobs_look(jobs *j, sla_time now);

/* End all of them, at once and without a question. */
void jobs_kill(jobs *j);

#endif
