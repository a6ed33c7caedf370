/*
 * sla/service.h - the engine, a store and the delivery of events as one machine
 * that lives in a host's loop and does no I/O of its own.
 *
 *     sla_service_new(&options, &service, &error);
 *     sla_service_subscribe(service, &consumer);
 *     for (;;) {
 *         while (sla_service_run(service))
 *             ;
 *         if (sla_service_get_state(service) == SLA_SERVICE_STOPPED)
 *             break;
 *         count = sla_service_waits(service, waits, 8);
 *         wait_for(waits, count, sla_service_until(service)); // poll(2), or your loop
 *     }
 *
 * Drivers do this loop: sla/ev.h on libev.  A fact recorded is written with the
 * states and events that follow from it in one unit; only when the store has
 * committed it are its recorder answered and its events delivered: told means
 * recorded.  Delivery is at least once with the same identity, in order for each
 * ticket and consumer.
 *
 * Threads.  The thread that calls sla_service_run is the loop's thread.  Calls
 * marked *any thread* may come from everywhere, handlers included; all others
 * belong to the loop's thread.  Handlers run on the loop's thread, one at a time,
 * never inside a call of the host but sla_service_run; they may record,
 * acknowledge, explain and stop.  What they cause is told in the next round.
 *
 * Fork.  A service belongs to the process that made it.  In a child its store is the
 * parent's, other threads are gone, and a lock that one of them held is held for ever:
 * leave the service alone there and end by exec or _exit.  sla_service_stop takes no
 * lock; from then on sla_service_record, _record_wait, _adopt and _forget answer
 * SLA_ERR_STATE at once, and a child that cannot help calling them begins with it.
 *
 * Instants are microseconds since 1970 UTC by the host's clock, spans are
 * microseconds.
 */
#ifndef SLA_SERVICE_H
#define SLA_SERVICE_H

#include <stdbool.h>

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/engine.h>
#include <sla/error.h>
#include <sla/explain.h>
#include <sla/store.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sla_service sla_service;

/* ------------------------------------------------------------------- hooks */

/* The host's clock and timer.  All but `wake` are called on the loop's thread. */
typedef struct sla_clock_hook {
    void *context;
    sla_time (*now)(void *context);
    /* Monotonic, going on in suspend; 0 where the host has none.  Its difference
     * to `now` shows when the clock was set. */
    sla_time (*steady)(void *context);
    /* Call sla_service_run at this instant of `now`; replaces the one before.
     * SLA_NEVER: no longer. */
    void (*arm)(void *context, sla_time at);
    /* Any thread: call sla_service_run soon. */
    void (*wake)(void *context);
} sla_clock_hook;

typedef enum sla_log_level {
    SLA_LOG_ERROR,
    SLA_LOG_WARNING,
    SLA_LOG_INFO,
    SLA_LOG_DEBUG
} sla_log_level;

/* `code` is stable ("unit_refused", "clock_stepped" ...; docs/service.md lists
 * them), `text` is key=value pairs apart by blanks, without personal data: no
 * ticket, no tenant, no attribute. */
typedef void (*sla_log_hook)(void *context, sla_log_level level, const char *code,
                             const char *text);

/* --------------------------------------------------------------- new, free */

typedef struct sla_service_options {
    size_t size;                    /* sizeof(sla_service_options); grows only at the end */
    const sla_allocator *allocator; /* NULL: the C library's; used from several threads */
    sla_store *store;               /* the service's from now on, also when new fails */
    sla_clock_hook clock;
    sla_log_hook log; /* or NULL */
    void *log_context;
    const sla_document *documents; /* adopted when what is on the record is not the same; until
                                      they are in force facts and events wait */
    size_t document_count;
    size_t queue_max;         /* facts that wait to be on the record, else SLA_ERR_BUSY; 0: 65536 */
    size_t units_max;         /* units on their way to the store; 0: 4 */
    sla_duration keep;        /* a ticket without a live clock leaves memory; 0: 1 h */
    sla_duration sleep_max;   /* between two looks at the clock; 0: 60 s */
    sla_duration audit_every; /* how often the store is asked for what is overdue; 0: 60 s */
    sla_duration step_allowed; /* a clock before the last decision by more tells nothing; 0: 60 s */
    /* 128 random bits, new for each service: the host's duty, as the service does no I/O
     * (getrandom(2); sla/ev.h does it).  Of two services with the same bits on one store one
     * takes the other's units for its own, and loses what it told.  All 0: refused. */
    uint64_t incarnation[2];
    sla_duration apart_allowed; /* clocks of host and store further apart tell nothing; 0: 60 s */
} sla_service_options;

/* All members, in order: without a designator also for C++. */
#define SLA_SERVICE_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(sla_service_options), NULL, NULL, {NULL, NULL, NULL, NULL, NULL}, NULL, NULL, NULL, \
            0, 0, 0, 0, 0, 0, 0, {0, 0}, 0                                                         \
    }

/*
 * A service that begins to load what its store holds.  Until it has, facts are
 * taken up and wait.  SLA_ERR_POLICY, SLA_ERR_CALENDAR, SLA_ERR_SYNTAX with the
 * place for a document that is not valid by itself; SLA_ERR_ARGUMENT; SLA_ERR_NOMEM.
 *
 * What a document asks for may be on the record.  Where it is not, when that is known,
 * or where the store refuses the documents, the service stays SLA_SERVICE_LOADING and
 * sla_service_health says what is missing, until sla_service_adopt brings it.
 */
SLA_API int sla_service_new(const sla_service_options *options, sla_service **service_out,
                            sla_error *error);

/*
 * Take up no more facts, tell nothing new, write what is there, hand over once what
 * is written, from the outbox too; then sla_service_get_state says SLA_SERVICE_STOPPED.
 * A consumer that does not acknowledge is not waited for: what it holds back, and
 * what is beyond its max_in_flight, comes when it is subscribed again.  At the end
 * the store gives back what it took.  Any thread.
 */
SLA_API void sla_service_stop(sla_service *service);

/* Everything goes, written or not; completions that have not come do not come.
 * Not from inside a handler.  NULL is fine. */
SLA_API void sla_service_free(sla_service *service);

/* ---------------------------------------------------------------- the loop */

/* One round: store, clock, facts, events (at most 1,024), deliveries.  1 when it
 * wants to be called again at once, else 0.  Never blocks.  From inside a handler
 * it does nothing and returns 0: the round that called the handler is at work. */
SLA_API int sla_service_run(sla_service *service);

/* Descriptors it waits for: fills up to `capacity`, returns how many there are. */
SLA_API size_t sla_service_waits(const sla_service *service, sla_wait *waits, size_t capacity);

/* Until when at most, by the host's clock.  The clock hook's `arm` was told the
 * same.  SLA_NEVER when stopped; at once, an instant that is past, before the first
 * round. */
SLA_API sla_time sla_service_until(const sla_service *service);

/* ------------------------------------------------------------------ facts in */

/* The fact is on the record (SLA_OK, SLA_DUPLICATE), or `result` says why not.
 * On the loop's thread, after the commit.  `answer` and `error` are never NULL. */
typedef void (*sla_recorded)(void *context, int result, const sla_answer *answer,
                             const sla_error *error);

/* Any thread.  Copies the fact.  SLA_OK: `done` (may be NULL) comes once;
 * SLA_ERR_BUSY: the queue is full; SLA_ERR_STATE: stopping; SLA_ERR_NOMEM. */
SLA_API int sla_service_record(sla_service *service, const sla_fact *fact, sla_recorded done,
                               void *context);

/* Any thread but the loop's (SLA_ERR_STATE there; before the first round the thread
 * that made the service counts as the loop's).  Returns when the fact is on
 * the record, with what `done` would have been told; where the queue is full it waits
 * for room first.  SLA_ERR_STATE when the service stops or goes before there is room, or
 * goes before the answer. */
SLA_API int sla_service_record_wait(sla_service *service, const sla_fact *fact, sla_answer *answer,
                                    sla_error *error);

/* The documents are on the record and in force (SLA_OK), or `result` says why not.  On
 * the loop's thread.  `error` is never NULL. */
typedef void (*sla_adopted)(void *context, int result, const sla_error *error);

/* Any thread.  Adopt these documents as one fact of the world, or none of them:
 * checked before anything happens, complaints with their place.  Those of a name
 * in force replace it.  While documents of the options are not in force, they are
 * adopted with these, but for those whose name is among these.  SLA_OK: they are on their way, and
 * `done` (may be NULL) comes once, also when they are in force word for word; SLA_ERR_STATE when
 * stopping; SLA_ERR_BUSY while the service loads or adopts others; SLA_ERR_FENCED or SLA_ERR_NEWER
 * when it tells nothing any more; errors of policies and calendars; SLA_ERR_NOMEM. */
SLA_API int sla_service_adopt(sla_service *service, const sla_document *documents, size_t count,
                              sla_adopted done, void *context, sla_error *error);

/* What imports did, or would do. */
typedef struct sla_import {
    uint64_t tickets, facts;
    uint64_t refused;  /* facts kept without effect, because a policy forbids them */
    uint64_t imported; /* events due before `told_until`: on the record, never delivered */
    uint64_t later;    /* events that fell due since, and are delivered */
} sla_import;

/*
 * Take over one living ticket with its history, in order of recording, under the
 * documents in force: every event due before `told_until` goes on the record as
 * imported and is never delivered, those due since are delivered.  With `dry_run`
 * they are only counted, and nothing is left.  The counts are added to `*import`.
 *
 * SLA_OK: `done` (may be NULL) comes once, for the last fact, when all of it is on
 * the record, or with SLA_ERR_EXISTS when a ticket that was not in memory is there
 * already.  SLA_ERR_EXISTS; the errors of sla_engine_record, `error->source` says
 * of which fact; SLA_ERR_ARGUMENT, the text says which; SLA_ERR_RANGE for `told_until`
 * outside the years 1900 to 2199; SLA_ERR_BUSY while the service loads, is held or
 * adopts documents, or while a fact of the ticket waits or it is being looked for
 * (sla_service_bring) or forgotten; SLA_ERR_NOMEM.  On error nothing of the ticket is
 * kept, and `done` does not come.  The loop's thread; the clock is asked.
 */
SLA_API int sla_service_import(sla_service *service, const sla_fact *facts,
                               const sla_time *recorded_at, size_t count, sla_time told_until,
                               bool dry_run, sla_recorded done, void *context, sla_import *import,
                               sla_error *error);

/* The ticket is gone (SLA_OK), or `result` says why it stays.  On the loop's thread.
 * `error` is never NULL. */
typedef void (*sla_forgotten)(void *context, int result, const sla_error *error);

/*
 * Any thread.  The ticket goes from memory and from the store with its facts and its
 * told events, and may be opened anew.  It is written when every event told before is
 * acknowledged by every consumer on the record.  SLA_OK: `done` (may be NULL) comes
 * once; SLA_ERR_ARGUMENT for names that no ticket has; SLA_ERR_STATE when stopping;
 * SLA_ERR_NOMEM.  `done` says SLA_ERR_STATE for a ticket that has a live clock or
 * something to tell, for one that a fact came for meanwhile, and when the service
 * stops before; SLA_ERR_NOT_FOUND; SLA_ERR_BUSY when it is being forgotten already;
 * SLA_ERR_REFUSED and what else the store says.
 */
SLA_API int sla_service_forget(sla_service *service, sla_string tenant, sla_string ticket,
                               sla_forgotten done, void *context);

/* --------------------------------------------------------------- events out */

/*
 * An event for a consumer.  `number` is its place in the outbox, `attempt` counts
 * from 1.  Returns SLA_OK: it is acknowledged; SLA_PENDING: it will be, by
 * sla_service_acknowledge; anything else, above or below 0, is an error.  What is not
 * acknowledged is delivered again.  Strings are borrowed during the call.
 */
typedef int (*sla_event_handler)(void *context, const sla_event *event, uint64_t number,
                                 uint32_t attempt);

typedef struct sla_consumer {
    size_t size;      /* sizeof(sla_consumer); grows only at the end */
    const char *name; /* [a-z][a-z0-9_]{0,62}: delivery marks are kept under it */
    sla_event_handler handler;
    void *context;
    size_t max_in_flight;         /* events that wait for their acknowledgement; 0: 1000 */
    sla_duration redeliver_after; /* doubling at each attempt up to 1 h; 0: 60 s */
} sla_consumer;

#define SLA_CONSUMER_INIT                                                                          \
    {                                                                                              \
        sizeof(sla_consumer), NULL, NULL, NULL, 0, 0                                               \
    }

/* A new name gets what is told from now on, a known one also what it has not
 * acknowledged.  SLA_OK; SLA_ERR_EXISTS; SLA_ERR_ARGUMENT; SLA_ERR_STATE when stopped;
 * SLA_ERR_NOMEM. */
SLA_API int sla_service_subscribe(sla_service *service, const sla_consumer *consumer);

/* Any thread.  SLA_OK, also a second time; SLA_ERR_NOT_FOUND; SLA_ERR_NOMEM. */
SLA_API int sla_service_acknowledge(sla_service *service, const char *consumer, uint64_t number);

/* --------------------------------------------------------------- looking in */

typedef enum sla_service_state {
    SLA_SERVICE_LOADING, /* until what the options say is in force */
    SLA_SERVICE_LIVE,
    SLA_SERVICE_HELD, /* tells nothing: sla_service_health says why */
    SLA_SERVICE_STOPPING,
    SLA_SERVICE_STOPPED
} sla_service_state;

/* The loop's thread. */
SLA_API sla_service_state sla_service_get_state(const sla_service *service);

/* SLA_OK when all is well, else the first thing that is not, in `error` too.  The
 * loop's thread. */
SLA_API int sla_service_health(const sla_service *service, sla_error *error);

/* For what it gave up its store for good (SLA_ERR_FENCED, SLA_ERR_NEWER, or what cannot be gone on
 * with): it tells nothing more, and only a new service helps.  SLA_OK: it has not, and whatever
 * sla_service_health says may pass.  Any thread. */
SLA_API int sla_service_given_up(const sla_service *service);

/* The engine, to explain and to look at clocks; only on the loop's thread, only
 * until the next round.  NULL before the first one.  It has the tickets that were
 * needed since the start; bring the one you want to look at. */
SLA_API const sla_engine *sla_service_engine(const sla_service *service);

/*
 * Bring a ticket into the engine, from rest or from the store.  SLA_OK: it is there
 * until the next round at least; SLA_PENDING: it is being read, ask again after a
 * round; SLA_ERR_NOT_FOUND: there is none on the record; SLA_ERR_REFUSED: what is on
 * the record of it cannot be read; SLA_ERR_STATE when stopped; SLA_ERR_FENCED,
 * SLA_ERR_NEWER when it tells nothing any more; SLA_ERR_NOMEM.  The loop's thread.
 */
SLA_API int sla_service_bring(sla_service *service, sla_string tenant, sla_string ticket);

enum { SLA_LATENESS_BUCKETS = 24 };

typedef struct sla_service_stats {
    size_t size;               /* set by the caller: sizeof(sla_service_stats) */
    uint64_t queued;           /* facts that wait to be on the record, those on their way too */
    uint64_t facts, refused;   /* on the record; answered with an error */
    uint64_t events, imported; /* on the record */
    uint64_t units, units_in_flight, retries, quarantined;
    uint64_t delivered, redelivered, acknowledged, unacknowledged;
    uint64_t tickets, live_tickets, live_clocks;
    uint64_t overdue;     /* tickets with steps due a minute ago and not told, at the last audit */
    uint64_t clock_steps; /* how often the clock was seen to be set */
    sla_time oldest_unacknowledged; /* when it was told; SLA_NEVER for none */
    /* Deliveries by how late they came after their instant: bucket i counts those
     * below 2^i microseconds that are in none before; the last takes the rest. */
    uint64_t lateness[SLA_LATENESS_BUCKETS];
    uint64_t lateness_sum; /* of these deliveries, in microseconds */
    uint64_t backlog;      /* events on the record that consumers have yet to read from there */
    uint64_t resting;      /* of `tickets`: those that nobody has needed since the start */
    sla_time next_at;      /* when the next step of any ticket falls due; SLA_NEVER for none */
    uint64_t aside;        /* tickets set aside now: what falls due of them is not told */
} sla_service_stats;

/* Any thread.  Writes as many members as both know, 0 into what only the program
 * knows, and nothing when `size` is not set. */
SLA_API void sla_service_get_stats(const sla_service *service, sla_service_stats *stats_out);

/* The same in Prometheus' text format 0.0.4, in the manner of snprintf: writes what
 * fits into `size` bytes, ended by a NUL, and returns how long the whole is.  Any
 * thread. */
SLA_API size_t sla_metrics_text(const sla_service *service, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
