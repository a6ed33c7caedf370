/*
 * bench_peers.h - one round of durable deadlines, by libsla or by a peer in Node.
 *
 * `spread` deadlines at `rate` a second, and `herd` more that are due together a while
 * after the last of them.  All are armed before the first is due; each contender counts
 * from its first call to the last answer that it is on the record.  Late is the machine's
 * clock in the handler, less the instant that was asked for.
 */
#ifndef SLA_BENCH_PEERS_H
#define SLA_BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include <sla/base.h>

#include "bench_store.h"

enum { BENCH_MILLISECOND = SLA_SECOND / 1000 };

#define BENCH_PEERS_DATABASE "peers"

enum { BENCH_PAUSE_MS = 1500 }; /* before the herd; race.js has it too */

typedef struct bench_deadlines {
    size_t spread, rate, herd;
    sla_duration lead; /* from the begin to the first one due */
    /* What a contender fills in. */
    double armed_seconds;
    double *spread_ms, *herd_ms; /* how late each was; room for all */
    double whole_ms;             /* from the herd's instant until all is on the record as done */
    size_t spread_count, herd_count, early;
    size_t done;    /* what its tables say is completed, or acknowledged */
    bool lead_over; /* arming took longer than the lead: once more with a longer one */
} bench_deadlines;

/* A new, empty database in place of the one of the turn before. */
bool bench_peers_empty(const bench_server *server);

/* How many events a service's tables there call acknowledged. */
size_t bench_peers_acknowledged(const bench_server *server);

/* All by a service, a ticket with one clock for each. */
bool bench_deadlines_service(const bench_server *server, bench_deadlines *deadlines);

/* The peers' packages, in the folder build/peers; false, with the reason, where they
 * are not to be had. */
bool bench_peers_install(char why[256]);

/* All by a script of bench/peers that polls so often. */
bool bench_deadlines_node(const bench_server *server, const char *script, int poll_ms,
                          bench_deadlines *deadlines);

/* Complaints opened under the bundled policy, once: seconds (below 0: it failed), and how
 * many steps fall due of them all when nobody answers. */
double bench_open_complaints(const bench_server *server, size_t count, size_t *steps_out);

#endif
