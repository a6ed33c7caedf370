/*
 * sqlite_hand.h - what tests do to the store in a file by hand: statements of somebody
 * else, small units of a service's.
 */
#ifndef SLA_TESTS_SQLITE_HAND_H
#define SLA_TESTS_SQLITE_HAND_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include <sla/sqlite.h>

#include "sqlite_file.h"
#include "store_drive.h"
#include "store_sample.h"

/* Somebody else's connection; the caller closes it. */
sqlite3 *sqlite_hand_connect(const sqlite_file *file);

/* A statement; fails the test where it fails. */
void sqlite_hand_say(sqlite3 *to, const char *text);

/* The same on a file that nobody has. */
void sqlite_hand_change(const sqlite_file *file, const char *text);

/* The number that a statement answers. */
int64_t sqlite_hand_ask(sqlite3 *of, const char *text);

/* A store with a path and nothing else said. */
int sqlite_hand_try(const char *path, bool existing, sla_store **store_out, sla_error *error);

/* Unit `number` of service 7: a ticket of its own, and its event. */
void sqlite_hand_fill(store_sample *sample, uint64_t number);

/* Such a unit, written. */
void sqlite_hand_commit(store_drive *drive, uint64_t number);

/* A store on the file, open. */
void sqlite_hand_drive(store_drive *drive, const sqlite_file *file);

#endif
