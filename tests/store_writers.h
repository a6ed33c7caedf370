/*
 * store_writers.h - the writers of a store come and go: each start of a service is one, and those
 * that ended long ago are let go.
 */
#ifndef SLA_TESTS_STORE_WRITERS_H
#define SLA_TESTS_STORE_WRITERS_H

#include "store_drive.h"

/* Of an open and empty store: `count` says how many writers it has. */
void store_writers_come_and_go(store_drive *drive, int64_t (*count)(void *context), void *context);

#endif
