/*
 * sla/time.h - instants, spans, dates and times of day as text.
 *
 * Strict readers and the printers that go with them; nothing else in the
 * library reads or prints time.  Readers take bytes and a length, need no
 * terminating NUL, and write their result only when they answer SLA_OK.
 *
 * An instant is RFC 3339 with seconds, at most six digits of fraction and
 * always an offset:
 *
 *     2026-03-02T09:00:00+08:00    2026-03-02T01:00:00.25Z
 *
 * A span is ISO 8601 in units that have a fixed length, a day being 24 hours:
 *
 *     P2W    P3D    PT4H    P1DT12H30M    PT0S
 *
 * Refused on purpose: an instant without offset (whose clock was it?), second
 * 60 (no later arithmetic could keep it), years and months in a span (how long
 * is a month?), signs and fractions in a span.
 */
#ifndef SLA_TIME_H
#define SLA_TIME_H

#include <sla/base.h>
#include <sla/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for any printed instant or span, its NUL included. */
enum { SLA_TIME_TEXT_MAX = 40 };

/* SLA_OK; SLA_ERR_SYNTAX; SLA_ERR_RANGE outside the years 1900 to 2199 (UTC). */
SLA_API int sla_time_parse(const char *text, size_t length, sla_time *time_out);

/*
 * Print as 2026-03-02T01:00:00Z, with a fraction only when there is one and
 * without its trailing zeros.
 *
 * Returns the length without the NUL; 0, and an empty buffer, when `size` is too
 * small or the instant lies outside the years 1900 to 2199 (SLA_NEVER does).
 */
SLA_API size_t sla_time_format(sla_time time, char *buffer, size_t size);

/* The same instant on the clock of a place: 2026-03-02T09:00:00+08:00, with
 * `offset_s` seconds east of UTC.  An offset that is no whole minute (local mean
 * time, before 1930) cannot be written in RFC 3339 and is printed as UTC. */
SLA_API size_t sla_time_format_offset(sla_time time, int32_t offset_s, char *buffer, size_t size);

/* SLA_OK; SLA_ERR_SYNTAX; SLA_ERR_RANGE above 300 years. */
SLA_API int sla_duration_parse(const char *text, size_t length, sla_duration *duration_out);

/*
 * Print as PT26H30M5S: hours are never gathered into days, because in business
 * time "a day" is a question and not an answer.  What the reader refuses is still
 * printed, for people: a fraction of a second (PT0.5S), a sign before a negative
 * span (-PT1H).  Returns the length; 0 when `size` is too small.
 */
SLA_API size_t sla_duration_format(sla_duration duration, char *buffer, size_t size);

/* `YYYY-MM-DD`, as days since 1970-01-01.  SLA_OK; SLA_ERR_SYNTAX, also for a day
 * that the month does not have; SLA_ERR_RANGE outside the years 1900 to 2199. */
SLA_API int sla_date_parse(const char *text, size_t length, int32_t *days_out);

/* Prints YYYY-MM-DD; returns 10, or 0 when `size` is too small or the date lies
 * outside the years 1900 to 2199. */
SLA_API size_t sla_date_format(int32_t days, char *buffer, size_t size);

/* `HH:MM` or `HH:MM:SS`, 00:00 to 24:00, as seconds after 00:00.  SLA_OK or
 * SLA_ERR_SYNTAX. */
SLA_API int sla_time_of_day_parse(const char *text, size_t length, int32_t *seconds_out);

/* Prints HH:MM, or HH:MM:SS where there are seconds; returns the length, or 0
 * when `size` is too small or `seconds` lies outside 0 to 86400. */
SLA_API size_t sla_time_of_day_format(int32_t seconds, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
