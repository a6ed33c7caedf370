/*
 * sla/base.h - what every other header stands on: the export mark, the two
 * types of time, the limits and the forward names.
 *
 * An instant is not a duration.  Both are 64-bit counts of microseconds, but
 * an `sla_time` counts from 1970-01-01T00:00:00Z and is always UTC, and an
 * `sla_duration` is a span.  Neither is ever a double, a time_t or local time.
 *
 * Structs of options begin with their size and grow only at the end.  Begin with the
 * struct's _INIT macro.  A program built for an older release gives fewer members,
 * the others have their defaults; one built for a newer release may give more, as long
 * as those are 0.  Anything else - a size of 0, too small or beyond reason, a member
 * set that is not known here - is SLA_ERR_ARGUMENT.  A required pointer that is NULL is
 * so too, and the error names the member or parameter.
 */
#ifndef SLA_BASE_H
#define SLA_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SLA_API __attribute__((visibility("default")))
#else
#define SLA_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Microseconds since 1970-01-01T00:00:00Z. */
typedef int64_t sla_time;

/* Microseconds. */
typedef int64_t sla_duration;

/* The instant that never comes.  No valid instant has this value. */
#define SLA_NEVER INT64_MAX

/* The earliest and latest instant the library accepts: the years 1900 to 2199. */
#define SLA_TIME_MIN INT64_C(-2208988800000000)
#define SLA_TIME_MAX INT64_C(7258118399999999)

#define SLA_MICROSECOND INT64_C(1)
#define SLA_SECOND INT64_C(1000000)
#define SLA_MINUTE (60 * SLA_SECOND)
#define SLA_HOUR (60 * SLA_MINUTE)
#define SLA_DAY (24 * SLA_HOUR)

/* Limits, all in one place.  Going beyond one is an error, never a silent cut. */
enum {
    SLA_ID_MAX = 64,            /* bytes of a tenant, a ticket, a fact id */
    SLA_NAME_MAX = 63,          /* bytes of a name: [a-z][a-z0-9_]{0,62} */
    SLA_STRING_MAX = 256,       /* bytes of an attribute's string value */
    SLA_STEPS_MAX = 32,         /* steps of one target, the breach included */
    SLA_LEVEL_MAX = 6,          /* highest level of a ladder; 0 is none */
    SLA_TARGETS_MAX = 64,       /* targets of one policy */
    SLA_POLICIES_MAX = 1000,    /* policies adopted together */
    SLA_ATTRIBUTES_MAX = 64,    /* attributes read by all policies together */
    SLA_DERIVED_DEPTH_MAX = 8,  /* derived facts that follow from one another */
    SLA_DERIVING_RULES_MAX = 64 /* at_once rules of all policies together that derive a fact */
};

typedef struct sla_calendar sla_calendar;
typedef struct sla_policies sla_policies;
typedef struct sla_engine sla_engine;

#ifdef __cplusplus
}
#endif

#endif
