/* crash_store.h - a store around a store, with the points at which a process may end. */
#ifndef SLA_TESTS_CRASH_STORE_H
#define SLA_TESTS_CRASH_STORE_H

#include <sla/store.h>

/* The inner store is the wrapper's: it is closed with it. */
sla_store *crash_store_new(sla_store *inner);

#endif
