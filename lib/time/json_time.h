/* json_time.h - times out of a JSON document; see base/json.h for what as_ and get_ mean. */
#ifndef SLA_TIME_JSON_TIME_H
#define SLA_TIME_JSON_TIME_H

#include "base/json.h"

/* The name of a calendar: like other names, and it may begin with a digit (24x7). */
int sla__json_as_calendar_name(sla__json *json, const json_t *value, const char **out);
int sla__json_get_calendar_name(sla__json *json, const json_t *object, const char *key,
                                sla__json_need need, const char **out);

/* An instant with offset. */
int sla__json_as_instant(sla__json *json, const json_t *value, sla_time *out);
int sla__json_get_instant(sla__json *json, const json_t *object, const char *key,
                          sla__json_need need, sla_time *out);

/* A span from `min` to `max`. */
int sla__json_as_duration(sla__json *json, const json_t *value, sla_duration min, sla_duration max,
                          sla_duration *out);
int sla__json_get_duration(sla__json *json, const json_t *object, const char *key,
                           sla__json_need need, sla_duration min, sla_duration max,
                           sla_duration *out);

/* YYYY-MM-DD, as days since 1970-01-01. */
int sla__json_as_date(sla__json *json, const json_t *value, int32_t *days_out);
int sla__json_get_date(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       int32_t *days_out);

/* HH:MM[:SS], as seconds after 00:00. */
int sla__json_as_time_of_day(sla__json *json, const json_t *value, int32_t *seconds_out);
int sla__json_get_time_of_day(sla__json *json, const json_t *object, const char *key,
                              sla__json_need need, int32_t *seconds_out);

#endif
