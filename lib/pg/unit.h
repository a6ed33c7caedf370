/* unit.h - a unit as statements. */
#ifndef SLA_PG_UNIT_H
#define SLA_PG_UNIT_H

#include "pg/pg.h"

/* Everything of it is copied into the call.  False when out of memory. */
bool sla__pg_unit_encode(sla__pg *own, sla__pg_ask *ask, const sla_unit *unit);

#endif
