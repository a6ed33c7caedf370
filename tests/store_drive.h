/*
 * store_drive.h - a host for one store: makes a call, runs the store by a clock
 * of its own until the answer is there, and keeps what the sink was told.
 *
 * The clock jumps to wherever the store wants to be called again; a store that
 * waits for descriptors is given them by poll(2).
 */
#ifndef SLA_TESTS_STORE_DRIVE_H
#define SLA_TESTS_STORE_DRIVE_H

#include <sla/store.h>

#include "store_text.h"

enum { STORE_DRIVE_CALLS = 64, STORE_DRIVE_TRIES = 64 };

typedef struct store_drive {
    sla_store *store;
    sla_store_sink sink; /* of this drive */
    sla_time now;
    uint64_t asked;    /* the last number given to a call */
    uint64_t answered; /* the last number answered */
    unsigned fenced;   /* how often it was said that another has taken over, unasked */
    store_text told;   /* what the sink was told since the last call */
    size_t items;      /* how many lines that is */
    sla_store_done done;
    sla_error error; /* what done.error points to */
    uint64_t runs;   /* how often the store was run */
    unsigned jumps;  /* of the clock since the last answer */
    /* Called from inside the sink when a call is answered; or NULL. */
    void (*on_done)(struct store_drive *drive);
    int results[STORE_DRIVE_CALLS]; /* of the last calls, by their number modulo this */
} store_drive;

/* The store is the drive's from now on. */
void store_drive_init(store_drive *drive, sla_store *store);

/* Closes the store. */
void store_drive_fini(store_drive *drive);

/* Each makes its call again while it is answered SLA_ERR_STORE, at most
 * STORE_DRIVE_TRIES times, and returns the result.  drive->told and drive->done
 * are those of the last try. */
int store_drive_open(store_drive *drive);
int store_drive_ticket(store_drive *drive, sla_string tenant, sla_string ticket);
int store_drive_history(store_drive *drive, sla_string tenant, sla_string ticket);
int store_drive_outbox(store_drive *drive, uint64_t after, size_t limit);
int store_drive_audit(store_drive *drive, sla_time before);
int store_drive_commit(store_drive *drive, const sla_unit *unit);
int store_drive_release(store_drive *drive);

/* Runs until call number `ask` is answered; fails the test where it never is. */
void store_drive_wait(store_drive *drive, uint64_t ask);

#endif
