/* stretch.h - half open stretches of civil time, sorted, each with the date it belongs to. */
#ifndef SLA_TIME_STRETCH_H
#define SLA_TIME_STRETCH_H

#include <stdbool.h>

#include <sla/alloc.h>

#include "time/zone.h"

typedef struct sla__stretch {
    sla__civil start;
    sla__civil end;
    int32_t owner; /* the date on which these hours begin */
} sla__stretch;

typedef struct sla__stretches {
    sla__stretch *list;
    size_t count, capacity;
} sla__stretches;

/* Append; `stretch` begins at or after the end of the last.  False: out of memory. */
bool sla__stretches_put(sla__stretches *stretches, const sla_allocator *allocator,
                        sla__stretch stretch);

/* Take [start, end) out.  `*cut_out` is set when something was removed, else
 * left as it is.  False: out of memory, nothing changed. */
bool sla__stretches_cut(sla__stretches *stretches, const sla_allocator *allocator, sla__civil start,
                        sla__civil end, bool *cut_out);

void sla__stretches_fini(sla__stretches *stretches, const sla_allocator *allocator);

#endif
