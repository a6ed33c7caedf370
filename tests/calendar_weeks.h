/* calendar_weeks.h - the weeks on which the rows of rules 15 to 17 stand. */
#ifndef SLA_TESTS_CALENDAR_WEEKS_H
#define SLA_TESTS_CALENDAR_WEEKS_H

#include "calendar_help.h"

#define OFFICE                                                                                     \
    "\"zone\": \"Asia/Shanghai\", \"week\": {\"mon-fri\": [\"09:00-12:00\", \"13:00-17:00\"]}"
#define MADRID "\"zone\": \"Europe/Madrid\", \"week\": {\"mon-fri\": [\"09:00-17:00\"]}"
#define NIGHT "\"zone\": \"Asia/Shanghai\", \"week\": {\"mon-fri\": [\"22:00-06:00\"]}"
#define ALWAYS(zone) "\"zone\": \"" zone "\", \"week\": {\"mon-sun\": [\"00:00-24:00\"]}"

#endif
