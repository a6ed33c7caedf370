/* event_text.h - an event as a line that people read. */
#ifndef SLA_CLI_EVENT_TEXT_H
#define SLA_CLI_EVENT_TEXT_H

#include <sla/calendar.h>
#include <sla/engine.h>

/* Times are on the clock of `place` (NULL: UTC).  Returns the length as snprintf
 * does. */
size_t event_text(const sla_event *event, const sla_calendar *place, char *buffer, size_t size);

/* An instant on that clock; "-" where it never comes. */
const char *event_text_time(sla_time time, const sla_calendar *place, char *buffer, size_t size);

#endif
