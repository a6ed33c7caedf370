/* sqlite_maker.h - stores in files for the suites that question every store. */
#ifndef SLA_TESTS_SQLITE_MAKER_H
#define SLA_TESTS_SQLITE_MAKER_H

#include "store_conformance.h"

extern const store_maker sqlite_maker;

#endif
