/*
 * zone.h - what a time zone is to us: a sorted list of instants at which its
 * offset from UTC changes.
 *
 * cctz reads the zone once, behind sla__zone_read; afterwards all civil
 * arithmetic runs on this list, so no question about a ticket ever reaches a
 * zone file or a lock.  A civil time is a count of seconds, like an instant but
 * on the wall clock: days since 1970-01-01 times 86400, plus the time of day.
 */
#ifndef SLA_TIME_ZONE_H
#define SLA_TIME_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/base.h>

#include "time/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From `at` on, the wall clock is `offset_s` seconds ahead of UTC. */
typedef struct sla__shift {
    sla_time at;
    int32_t offset_s;
} sla__shift;

/* Seconds on the wall clock since 1970-01-01 00:00. */
typedef int64_t sla__civil;

/* A zone: shifts in order; the first is at SLA_TIME_MIN or before. */
typedef struct sla__zone {
    sla__shift *shifts;
    size_t count;
    sla__index ends; /* of shifts, from SLA_TIME_MIN on; without cells they are searched for */
} sla__zone;

/* Whether a zone may have this name: ^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$ and
 * not what differs from machine to machine: `localtime`, `posixrules`, posix/..., right/... */
bool sla__zone_is_name(const char *name);

/*
 * The shifts of a zone over the years 1900 to 2199.  `name` has passed
 * sla__zone_is_name.  Writes at most `capacity` of them and says in `*count_out`
 * how many there are.  SLA_OK; SLA_ERR_ZONE when this machine does not know the
 * zone; SLA_ERR_NOMEM.
 */
int sla__zone_read(const char *name, sla__shift *shifts, size_t capacity, size_t *count_out);

/* Says in zone->ends how many cells the zone's shifts want; they are the caller's. */
void sla__zone_index_plan(sla__zone *zone);
void sla__zone_index_fill(sla__zone *zone);

/* The number of the shift in force at `at`. */
size_t sla__zone_shift_at(const sla__zone *zone, sla_time at);

/* Seconds east of UTC at `at`. */
int32_t sla__zone_offset(const sla__zone *zone, sla_time at);

/* The wall clock at `at`, its fraction of a second left out. */
sla__civil sla__zone_civil(const sla__zone *zone, sla_time at);

/* The instant of a civil time: the end of the gap when it is skipped, the first
 * when it is repeated. */
sla_time sla__zone_instant(const sla__zone *zone, sla__civil civil);

#ifdef __cplusplus
}
#endif

#endif
