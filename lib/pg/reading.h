/* reading.h - rows become what the sink is told, and the answer's figures. */
#ifndef SLA_PG_READING_H
#define SLA_PG_READING_H

#include "pg/pg.h"

/* All rows of a statement's result, or one of many. */
void sla__pg_read(sla__pg *own, sla__pg_ask *ask, sla__pg_statement statement,
                  const PGresult *rows);

#endif
