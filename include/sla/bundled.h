/*
 * sla/bundled.h - the calendars and policies that come with the library, as
 * their JSON texts.
 *
 * They are the files of examples/calendars and examples/policies, named without
 * `.json`; reading one is the caller's business:
 *
 *     text = sla_bundled_calendar("cn_office", &length);
 *     sla_calendar_parse(text, length, "cn_office", NULL, &calendar, &error);
 */
#ifndef SLA_BUNDLED_H
#define SLA_BUNDLED_H

#include <sla/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The text that goes by this name, ended by a NUL that `*length_out` (may be
 * NULL) does not count; NULL when there is none.  Static memory. */
SLA_API const char *sla_bundled_calendar(const char *name, size_t *length_out);
SLA_API const char *sla_bundled_policy(const char *name, size_t *length_out);

/* The names in order: 0, 1, 2 ... until NULL.  Static memory. */
SLA_API const char *sla_bundled_calendar_name(size_t number);
SLA_API const char *sla_bundled_policy_name(size_t number);

#ifdef __cplusplus
}
#endif

#endif
