/*
 * faulty_store.h - a store around a store that goes wrong by a seed.
 *
 * It answers late, fails before it has done anything, or does what it was asked
 * and then says that it failed: SLA_ERR_STORE in both cases, and nobody can tell
 * which.  A read that fails this way may have handed out some of its answer.
 * Answers stay in the order of the calls.  The clock of the delays is the `now`
 * of run.
 */
#ifndef SLA_TESTS_FAULTY_STORE_H
#define SLA_TESTS_FAULTY_STORE_H

#include <sla/store.h>

/* Rates are of 1,000 calls. */
typedef struct faulty_options {
    uint64_t seed;
    unsigned late;          /* answered up to `late_most` later */
    unsigned fail;          /* fail before they are done */
    unsigned lose;          /* are done, and then reported as failed */
    unsigned starve;        /* answer SLA_ERR_NOMEM at once */
    sla_duration late_most; /* 0: one second */
    /* Units for which this says true are answered SLA_ERR_REFUSED and not written; or NULL. */
    bool (*refuse)(void *context, const sla_unit *unit);
    void *context;
} faulty_options;

typedef struct faulty_counts {
    uint64_t calls, late, failed, lost, starved, refused;
} faulty_counts;

/* The inner store is the wrapper's: it is closed with it.  Its numbers of calls are
 * the wrapper's own. */
sla_store *faulty_store_new(sla_store *inner, const faulty_options *options);

/* Other rates for the calls from now on; the seed goes on where it was. */
void faulty_store_set(sla_store *store, const faulty_options *options);

faulty_counts faulty_store_counts(const sla_store *store);

#endif
