/*
 * jobs.h - a consumer that runs a program for each event: argv and no shell, the
 * event as one line on its standard input, exit 0 acknowledges.
 *
 * At most `max` run at once; others wait here.  One that fails is tried again a second
 * after its failure, then two, four, up to an hour; the service keeps what follows it on
 * its ticket back meanwhile.  A program that takes too long is asked to end (SIGTERM)
 * and then made to (SIGKILL).  Only our own children are ended, by their ids, which are
 * theirs until we have waited for them.
 */
#ifndef SLA_CLI_JOBS_H
#define SLA_CLI_JOBS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sla/service.h>

enum { JOBS_WAITING_MAX = 1000 }; /* those that run included */

typedef struct job {
    uint64_t number;  /* of the event */
    unsigned attempt; /* which one runs, or has failed last; 0: none so far */
    char *text;       /* its line */
    size_t length;
    pid_t pid;      /* 0: it does not run */
    sla_time again; /* then: not to be tried before; monotonic */
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
    bool ending; /* one more try for each, and no further */
    bool kept;   /* what is given up comes again at the next start */
    uint64_t started, failed, acknowledged;
    uint64_t given_up; /* failed in its last try */
} jobs;

void jobs_init(jobs *j, char **words, size_t max, sla_duration timeout);
void jobs_fini(jobs *j);

/* SLA_OK; what sla_service_subscribe answers. */
int jobs_subscribe(jobs *j, sla_service *service);

/* A child may have ended: acknowledge, complain, start what waits. */
void jobs_reap(jobs *j);

/* End what has taken too long, start what has waited long enough; the instant at
 * which to look again, or SLA_NEVER. */
sla_time jobs_look(jobs *j, sla_time now);

/*
 * From now on each is tried once, at once, and given up if that fails.  Where the record
 * stays (`kept`) it is left for the next start, with all that is behind it on its ticket;
 * else the next of its ticket has its turn.
 */
void jobs_end(jobs *j, bool kept);

/* Nothing runs, and nothing is to be tried any more. */
bool jobs_are_done(const jobs *j);

/* End all of them, at once and without a question. */
void jobs_kill(jobs *j);

#endif
