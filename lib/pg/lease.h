/* lease.h - all shards are taken, kept and given back together. */
#ifndef SLA_PG_LEASE_H
#define SLA_PG_LEASE_H

#include "pg/pg.h"

/* Fill a call with the statement.  Memory is asked for by the parameters. */
void sla__pg_lease_take(sla__pg *own, sla__pg_ask *ask);
void sla__pg_lease_renew(sla__pg *own, sla__pg_ask *ask);
void sla__pg_lease_release(sla__pg *own, sla__pg_ask *ask);

/* What came of them. */
void sla__pg_lease_taken(sla__pg *own, sla__pg_ask *ask, const PGresult *rows);
void sla__pg_lease_renewed(sla__pg *own, sla__pg_ask *ask, const PGresult *rows);
void sla__pg_lease_released(sla__pg *own, sla__pg_ask *ask, const PGresult *rows);

/* Puts a renewal into the line when it is time. */
void sla__pg_lease_keep(sla__pg *own);

/* Two arrays: these shards, and their epochs as we took them.  Which those are is known
 * when the call is sent: it may have been made before. */
void sla__pg_lease_add(sla__pg *own, sla__pg_ask *ask, uint64_t shards);
void sla__pg_lease_refresh(const sla__pg *own, sla__pg_ask *ask);

#endif
