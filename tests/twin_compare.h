/* twin_compare.h - what two engines tell and hold, side by side; the first difference in words. */
#ifndef SLA_TESTS_TWIN_COMPARE_H
#define SLA_TESTS_TWIN_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include <sla/engine.h>

enum { TWIN_SAY_MAX = 4096 };

/* What differs, in words; empty while nothing does. */
typedef struct twin_difference {
    size_t op;
    char text[TWIN_SAY_MAX];
} twin_difference;

__attribute__((format(printf, 2, 3))) void twin_say(twin_difference *found, const char *format,
                                                    ...);

/* An instant as text, good for the next few calls. */
const char *twin_when(sla_time at);

void twin_compare_events(const sla_event *got, size_t got_count, const sla_event *wanted,
                         size_t count, twin_difference *found);

/* `level`: the highest level told counts too. */
void twin_compare_views(const char *ticket, const sla_clock_view *got, size_t got_count,
                        const sla_clock_view *wanted, size_t count, bool level,
                        twin_difference *found);

#endif
