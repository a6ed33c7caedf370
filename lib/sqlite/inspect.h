/* inspect.h - whether the tickets of a file are what their columns say. */
#ifndef SLA_SQLITE_INSPECT_H
#define SLA_SQLITE_INSPECT_H

#include "sqlite/database.h"

/* As sla_store_sqlite_inspect, of a file that is connected to. */
int sla__inspect(sla__database *database,
                 void (*complaint)(void *context, const sla_ticket_complaint *complaint),
                 void (*progress)(void *context, uint64_t done, uint64_t of), void *context,
                 sla_error *error);

#endif
