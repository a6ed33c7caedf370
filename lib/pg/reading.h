/* reading.h - rows become what the sink is told, and the answer's figures. */
#ifndef SLA_PG_READING_H
#define SLA_PG_READING_H

#include "pg/pg.h"

/* All rows of a statement's result, or one of many. */
void sla__pg_read(sla__pg *own, sla__pg_ask *ask, sla__pg_statement statement,
                  const PGresult *rows);

/* A row of one of lib/store's tables, in binary.  JSON that people search comes as the server has
 * it.  False: nobody who keeps to them wrote it. */
bool sla__pg_read_row(const PGresult *rows, int row, const sla__table *table, void *into);

/* All of SLA__PG_LOAD_WORLDS.  False: out of memory. */
bool sla__pg_read_worlds(const sla_allocator *allocator, const PGresult *rows,
                         void (*give)(void *context, const sla_stored_world *world), void *context);

#endif
