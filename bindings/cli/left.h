/*
 * left.h - what an end leaves behind: events that nobody has taken, lines that may not be on
 * the record, and what falls due and cannot be told.  It is said, and shows in the exit.
 */
#ifndef SLA_CLI_LEFT_H
#define SLA_CLI_LEFT_H

#include <stdbool.h>
#include <stdint.h>

#include <sla/service.h>

/* Tickets that the store refuses are tried again after a minute: who would end because nothing
 * more can fall due waits for that.  All 0 at the beginning. */
typedef struct left_aside {
    uint64_t progress;
    sla_time since; /* monotonic; 0: there are none */
} left_aside;

/* Whether there are such tickets and it is not known yet what comes of trying again. */
bool left_aside_waits(left_aside *a, const sla_service_stats *stats, sla_time now);

/* When that is known at the latest, or SLA_NEVER. */
sla_time left_aside_until(const left_aside *a);

/* Says what is left; `given_up` events beside those the service knows of.  An exit code. */
int left_say(const sla_service *service, uint64_t given_up);

/* That it is not known of so many lines whether they are on the record. */
void left_say_unrecorded(uint64_t lines);

#endif
