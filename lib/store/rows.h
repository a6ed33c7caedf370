/*
 * rows.h - the rows of the three tables with many columns: ticket, fact, event.
 *
 * Each row is made from what a unit brings, and gives back what a sink wants.
 * Strings are borrowed: from the unit, from the buffer given, or from the row that
 * a database handed out, whichever they came from.
 */
#ifndef SLA_STORE_ROWS_H
#define SLA_STORE_ROWS_H

#include <sla/store.h>

#include "store/column.h"
#include "store/content.h"
#include "store/text.h"

/* ------------------------------------------------------------------- events */

typedef struct sla__event_row {
    uint64_t number;
    bool imported;
    sla_event event;
} sla__event_row;

extern const sla__table sla__event_table;

void sla__event_row_of(const sla_stored_event *given, sla__event_row *row);

/* Borrows from `row`. */
sla_stored_event sla__event_row_stored(const sla__event_row *row);

/* -------------------------------------------------------------------- facts */

typedef struct sla__fact_row {
    uint32_t seq, rules;
    sla_time recorded_at;
    sla_fact fact;
    sla_string content; /* of its members that have no column, or empty */
} sla__fact_row;

extern const sla__table sla__fact_table;

/* `text` is overwritten and holds the content.  SLA_OK; SLA_ERR_NOMEM. */
int sla__fact_row_of(const sla_stored_fact *given, sla__text *text, sla__fact_row *row);

/* Completes row->fact from its content; decoded strings lie in `room`.  SLA_OK; SLA_ERR_NOMEM;
 * SLA_ERR_SYNTAX when nobody who keeps to docs/store.md wrote it. */
int sla__fact_row_stored(sla__fact_row *row, sla__content_room *room, sla_stored_fact *stored_out);

/* ------------------------------------------------------------------ tickets */

typedef struct sla__ticket_row {
    sla_string tenant, ticket;
    uint64_t number;
    sla_time next_at, due_at, opened_at;
    uint32_t facts, live;
    int64_t rank; /* INT64_MAX: none */
    uint16_t shard;
    uint8_t level;
    bool breached;
    sla_string attributes, clocks, state;
    /* No column: replace the attributes on the record; else they are a merge patch (RFC 7396),
     * and none at all means that they stay as they are. */
    bool attributes_whole;
} sla__ticket_row;

extern const sla__table sla__ticket_table;

/* `text` is overwritten and holds attributes and clocks.  SLA_OK; SLA_ERR_NOMEM. */
int sla__ticket_row_of(const sla_stored_ticket *given, sla__text *text, sla__ticket_row *row);

#endif
