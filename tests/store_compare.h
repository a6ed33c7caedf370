/* store_compare.h - a store against the model of its content, by everything that
 * can be asked. */
#ifndef SLA_TESTS_STORE_COMPARE_H
#define SLA_TESTS_STORE_COMPARE_H

#include "store_drive.h"
#include "store_model.h"

/* Fails the test where the two differ.  Opens the store (again).  Returns the hash of
 * the state. */
uint64_t store_compare(store_drive *drive, const store_model *model, const char *why);

#endif
