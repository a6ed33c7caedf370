/*
 * store_damage.h - what somebody can do to the rows of a store in a database so that they do not
 * fit together any more, and what a check says of it.  The statements are such as SQLite and
 * PostgreSQL both understand.
 */
#ifndef SLA_TESTS_STORE_DAMAGE_H
#define SLA_TESTS_STORE_DAMAGE_H

#include <stddef.h>

#include "store_drive.h"

typedef struct store_damage {
    const char *change; /* one statement, upon the tickets of store_damage_write */
    const char *said;   /* in the first complaint */
} store_damage;

extern const store_damage store_damages[];
extern const size_t store_damage_count;

/* Of the tables themselves: whoever looks finds it without reading a row. */
extern const store_damage store_table_damages[];
extern const size_t store_table_damage_count;

/* Three tickets T-1, T-2, T-3, a fact and an event of each; adoption 1 with two documents; two
 * events are acknowledged by the consumer console.  All of it fits together. */
void store_damage_write(store_drive *drive);

#endif
