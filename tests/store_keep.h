/*
 * store_keep.h - facts, events and tickets into a database: as INSERTs through the columns
 * of lib/store, so that a view can be asked without a store; or through the store itself,
 * a unit each.
 */
#ifndef SLA_TESTS_STORE_KEEP_H
#define SLA_TESTS_STORE_KEEP_H

#include <stdbool.h>

#include <sla/store.h>

/* `sqlite` and `postgresql` print; `sqlite:FILE` and `postgresql:CONNINFO` write. */
void store_keep_open(const char *where);
void store_keep_close(void);

void store_keep_fact(const sla_stored_fact *fact);
void store_keep_event(const sla_stored_event *event);
void store_keep_ticket(const sla_stored_ticket *ticket);

/* Prints the columns that stores write. */
void store_keep_columns(void);

/* Says what was needed and ends the program, where it is not so. */
void store_keep_need(bool good, const char *what);

#endif
