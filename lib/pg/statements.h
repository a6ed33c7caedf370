/*
 * statements.h - everything that the store says to the server while it runs.
 *
 * The texts are constant but for names: the schema stands in them as psql's own
 * placeholder, :"schema", and lists of columns come from lib/store's tables.
 */
#ifndef SLA_PG_STATEMENTS_H
#define SLA_PG_STATEMENTS_H

#include <stdbool.h>

#include <sla/alloc.h>

#include "store/column.h"

typedef enum sla__pg_statement {
    /* setup */
    SLA__PG_SETTINGS,
    SLA__PG_LOOK,
    SLA__PG_VERSION,
    /* open */
    SLA__PG_TAKE,
    SLA__PG_LOAD_WORLDS,
    SLA__PG_LOAD_MARKS,
    SLA__PG_LOAD_TICKETS,
    SLA__PG_LOAD_END,
    /* questions */
    SLA__PG_ASK_TICKET,
    SLA__PG_ASK_HISTORY,
    SLA__PG_ASK_OUTBOX,
    SLA__PG_ASK_LEFT,
    SLA__PG_ASK_AUDIT,
    /* the lease */
    SLA__PG_ASK_RENEW,
    SLA__PG_ASK_RELEASE,
    /* a unit */
    SLA__PG_BEGIN,
    SLA__PG_BEGIN_EXAMINED,
    SLA__PG_EXAMINE,
    SLA__PG_FOLLOW,
    SLA__PG_FACTS,
    SLA__PG_TICKETS,
    SLA__PG_TICKETS_CHANGED,
    SLA__PG_TICKETS_KNOWN,
    SLA__PG_FORGET,
    SLA__PG_EVENTS_NEXT,
    SLA__PG_EVENTS,
    SLA__PG_MARKS,
    SLA__PG_WORLD,
    SLA__PG_STATEMENTS
} sla__pg_statement;

typedef struct sla__pg_text {
    const char *name; /* when it is prepared; NULL: it never is */
    const char *sql;
    const sla__table *table; /* for :columns and :rows in it */
    bool rows;               /* its rows come one by one */
} sla__pg_text;

extern const sla__pg_text sla__pg_texts[SLA__PG_STATEMENTS];

/* A text with the schema, quoted, where :"schema" stands, and a table's columns, or the
 * rows of an array for each, where :columns or :rows stands.  NULL when out of memory. */
char *sla__pg_fill_in(const sla_allocator *allocator, const char *text, const sla__table *table,
                      const char *schema);

/* Whether a schema may have this name: [a-z_][a-z0-9_]{0,62}. */
bool sla__pg_is_schema(const char *name);

#endif
