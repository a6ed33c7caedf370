/* bundled.h - the tables that cmake/SlaBundle.cmake writes into bundled_data.c. */
#ifndef SLA_BASE_BUNDLED_H
#define SLA_BASE_BUNDLED_H

#include <stddef.h>

typedef struct sla__bundled {
    const char *name;
    const char *text;
    size_t length;
} sla__bundled;

/* Each ends with an entry whose name is NULL. */
extern const sla__bundled sla__bundled_calendars[];
extern const sla__bundled sla__bundled_policies[];

#endif
