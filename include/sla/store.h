/*
 * sla/store.h - where a service keeps what must not be lost.
 *
 * A store is a small table of functions that never block and never call back
 * from inside.  A call starts something under a number that the service chose;
 * what comes of it is handed to the sink later, from sla_store_ops.run, and ends
 * with sink.done under that number.  Calls are answered in the order in which
 * they were made.
 *
 * What is written is a *unit*: facts, the states of their tickets, the events
 * told, delivery marks, at most one fact of the world.  A unit is written whole
 * or not at all.  It has a key, and a unit whose key is on the record already is
 * answered with SLA_OK and not written again: after a lost connection the service
 * sends the same unit again and need not know what became of the first.
 *
 * Everything handed to either side is borrowed for that call only.  Strings are UTF-8
 * without NUL, as the service has them from its engine: a store may keep them as texts, and
 * need not look.  Bytes are the packed state of a ticket alone.
 *
 * Instants are microseconds since 1970 UTC; SLA_NEVER is no instant.
 */
#ifndef SLA_STORE_H
#define SLA_STORE_H

#include <stdbool.h>

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/engine.h>
#include <sla/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A descriptor that somebody waits for. */
typedef struct sla_wait {
    int fd;
    bool read, write;
} sla_wait;

/* ------------------------------------------------------------- what is kept */

/* A fact of a ticket.  Its key is (tenant, ticket, seq); seq is from 1, without gaps. */
typedef struct sla_stored_fact {
    const sla_fact *fact;
    uint32_t seq;         /* sla_answer.seq */
    sla_time recorded_at; /* `now` of its recording */
    uint32_t rules;       /* adoptions of policies before its recording, less one */
} sla_stored_fact;

/* What people search of a ticket, for stores that write it in columns of their own. */
typedef struct sla_ticket_view {
    sla_time opened_at; /* SLA_NEVER before `opened` */
    /* The attributes that its facts have set, whole or only those that the unit changes
     * (SLA_VALUE_NONE: it has none any more), in the order of their names. */
    bool whole;
    const sla_attribute *attributes;
    size_t attribute_count;
    const sla_clock_view *clocks; /* as sla_engine_clocks gives them */
    size_t clock_count;
} sla_ticket_view;

/* A ticket as it stands: one row.  Its key is (tenant, ticket).  When it is gone, its
 * row, its facts and its told events go, also from the outbox, and it may be opened
 * anew: who forgets a ticket sees to it that its events were delivered.  `facts` and
 * `due_at` are for whoever asks the store: in a ticket that it hands out they mean
 * nothing, so that a start need not read them. */
typedef struct sla_stored_ticket {
    sla_string tenant, ticket;
    bool gone;         /* forgotten: see below; nothing that follows counts */
    uint64_t number;   /* of its opening, for the order of events */
    uint32_t facts;    /* how many are on the record */
    uint32_t live;     /* clocks that run or stand still */
    sla_time next_at;  /* when it next wants to be looked at */
    sla_time due_at;   /* the nearest due of its live clocks */
    const void *state; /* sla_engine_pack */
    size_t state_length;
    const sla_ticket_view *view; /* in units for a store that wants views, else NULL */
} sla_stored_ticket;

/* A told event.  Its key is its identity; `number` is its place in the outbox. */
typedef struct sla_stored_event {
    const sla_event *event;
    uint64_t number; /* from 1, without gaps, in the order of telling */
    bool imported;   /* fell due before the tickets were taken over: never delivered */
} sla_stored_event;

/* What a consumer has acknowledged: `number`, and everything up to `through`.
 * A store keeps of each consumer the highest `through` and the numbers above it,
 * and hands out one mark for each of these, or one with both the same where there
 * is none.  A `number` that is not above `through` says nothing by itself. */
typedef struct sla_stored_mark {
    sla_string consumer;
    uint64_t number;
    uint64_t through;
} sla_stored_mark;

/* A document of a fact of the world: a policy, an overlay, a calendar. */
typedef struct sla_document {
    sla_string source; /* what complaints call it */
    sla_string text;
} sla_document;

/* Policies and calendars adopted at an instant, numbered from 1 without gaps. */
typedef struct sla_stored_world {
    uint32_t number;
    sla_time adopted_at;
    const sla_document *documents; /* those that were new; the others stay in force */
    size_t count;
} sla_stored_world;

/*
 * What is written in one transaction.
 *
 * The units of an incarnation are numbered from 1 without gaps and written in
 * that order only.  A unit whose predecessor is not on the record is answered
 * SLA_ERR_STORE and was not written; so when one is refused, those on their way
 * behind it were not written either, and its number is free again.  One that is
 * numbered at or below the last written is answered SLA_OK and not written again.
 * When an incarnation writes its first unit, a store may let go of others whose last decision
 * lies more than 30 days before the latest on the record: whoever comes back as one of them is
 * answered as an incarnation that the store never knew.
 *
 * A ticket has one row in a unit at most, and a unit that forgets it brings
 * neither facts nor events of it.
 */
typedef struct sla_unit {
    uint64_t service[2]; /* 128 random bits of this incarnation of the service ... */
    uint64_t number;     /* ... and the unit's number in it: together its key */
    sla_time decided_at; /* `now` of its decisions, SLA_NEVER for none; a store keeps the latest */
    const sla_stored_fact *facts;
    size_t fact_count;
    const sla_stored_ticket *tickets;
    size_t ticket_count;
    const sla_stored_event *events;
    size_t event_count;
    const sla_stored_mark *marks;
    size_t mark_count;
    const sla_stored_world *world; /* or NULL */
} sla_unit;

/* ------------------------------------------------------------------ answers */

/* How a call ended.  `error` says more where there is more to say, never NULL; its text
 * goes into logs: a code, the name of a constraint or of who holds what, nothing of the
 * content. */
typedef struct sla_store_done {
    uint64_t ask; /* the number given to the call */
    int result;   /* see the call */
    const sla_error *error;
    uint64_t count;      /* audit: how many tickets; outbox: how many more there are */
    uint64_t events;     /* open: the highest number in the outbox */
    sla_time decided_at; /* open: the latest decision on the record, SLA_NEVER for none */
    sla_time clock; /* open, audit: the store's own clock when it answered, SLA_NEVER without one */
} sla_store_done;

typedef struct sla_store_sink {
    void *context;
    void (*world)(void *context, const sla_stored_world *world);
    void (*ticket)(void *context, const sla_stored_ticket *ticket);
    void (*fact)(void *context, const sla_stored_fact *fact);
    void (*event)(void *context, const sla_stored_event *event);
    void (*mark)(void *context, const sla_stored_mark *mark);
    void (*done)(void *context, const sla_store_done *done);
} sla_store_sink;

/* -------------------------------------------------------------------- calls */

typedef struct sla_store sla_store;

/*
 * What a store can do.  The thread that calls run is the store's thread, and all
 * calls come from it.  They may be made from inside the sink; what is asked there
 * is answered by a later run.  Every call but waits, until, run and close either
 * returns SLA_OK, and then sink.done comes once under `ask`; or SLA_ERR_NOMEM or
 * SLA_ERR_STATE (not open, or closed), and then it does not.  Results handed to
 * done:
 *
 *     SLA_OK            it is so, durably
 *     SLA_ERR_STORE     the store cannot be reached, was lost on the way, or has no room
 *                       or memory: it may be so or not; ask again (a unit: with the
 *                       same key).  What the sink was told under this number counts
 *                       for nothing
 *     SLA_ERR_EXISTS    commit: the first fact (seq 1) of a ticket that has facts on the
 *                       record already; nothing was written
 *     SLA_ERR_REFUSED   the content is refused (a key that does not follow, an event
 *                       told before); nothing was written, and asking again will not
 *                       help
 *     SLA_ERR_FENCED    commit: another service has taken over, or what open took has
 *                       been given back; said before anything else is looked at.
 *                       release: another service has taken over
 *     SLA_ERR_NEWER     what is kept was written by a newer release
 *     SLA_ERR_NOT_FOUND ticket: there is none
 *     SLA_ERR_BUSY      open: another service holds what it would take over; ask again
 *
 * Leases.  What open takes, the store keeps by itself (a lock on a file, a lease that
 * run renews) until release, close, or until somebody takes over: then it answers
 * SLA_ERR_FENCED.  Where it finds that out by itself it says so when it is run, though
 * nobody asked: sink.done with SLA_ERR_FENCED under `ask` 0, once.
 */
typedef struct sla_store_ops {
    size_t size;      /* sizeof(sla_store_ops); grows only at the end */
    const char *name; /* "memory", "sqlite" ... for logs and metrics */
    bool views;       /* it wants sla_stored_ticket.view */

    /* Connect, take over (from a service that is gone, or that the store fences), and load: every
     * world in order, the marks, then every ticket with a live clock or something waiting
     * (next_at), in any order.  May be called again: it loads again.  `*sink` is copied: it is
     * the caller's for this call only, as everything else; what it points to stays until
     * close. */
    int (*open)(sla_store *store, const sla_store_sink *sink, uint64_t ask);
    /* One ticket that is not in memory: sink.ticket, or SLA_ERR_NOT_FOUND. */
    int (*ticket)(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask);
    /* All facts of a ticket in order of seq. */
    int (*history)(sla_store *store, sla_string tenant, sla_string ticket, uint64_t ask);
    /* Up to `limit` events of the outbox numbered above `after`, in order, without
     * the imported ones; done.count says how many more there are. */
    int (*outbox)(sla_store *store, uint64_t after, size_t limit, uint64_t ask);
    /* How many tickets have next_at before `before`. */
    int (*audit)(sla_store *store, sla_time before, uint64_t ask);
    /* Write a unit.  The store copies what it needs before it returns. */
    int (*commit)(sla_store *store, const sla_unit *unit, uint64_t ask);
    /* Give back what open took, so that another may have it at once.  What is
     * committed before the next open is answered SLA_ERR_FENCED. */
    int (*release)(sla_store *store, uint64_t ask);

    /* Descriptors it waits for: fills up to `capacity`, returns how many there are. */
    size_t (*waits)(const sla_store *store, sla_wait *waits, size_t capacity);
    /* Until when at most; SLA_NEVER when only a descriptor can bring news.  An
     * instant in the past: at once. */
    sla_time (*until)(const sla_store *store);
    /* Go on: read, write, answer into the sink.  `now` is the host's clock. */
    void (*run)(sla_store *store, sla_time now);
    /* Give up everything; what was not answered never will be.  Not from inside
     * the sink. */
    void (*close)(sla_store *store);
} sla_store_ops;

/* The beginning of every store; the rest is its own. */
struct sla_store {
    const sla_store_ops *ops;
};

/*
 * The store that forgets everything when it is closed: for tests, and for
 * hosts that can do without.  Everything that the interface says holds for it; of
 * a call that runs out of memory while it is answered it says SLA_ERR_STORE.
 * `allocator` NULL means the C library's.  SLA_ERR_ARGUMENT for one that is none
 * (sla/alloc.h); SLA_ERR_NOMEM.
 *
 * sla_store_memory_share makes another handle on the same content, so that a
 * service can be opened again on what the one before it left; the content goes
 * with its last handle.  The handle that was opened last fences the others.  All
 * handles of one content belong to one thread at a time.
 */
SLA_API int sla_store_memory_new(const sla_allocator *allocator, sla_store **store_out);
SLA_API int sla_store_memory_share(sla_store *store, sla_store **store_out);

/* ---------------------------------------------------- reading without a service */

/*
 * The worlds of a store, adopted one after the other as a service does when it loads: for
 * whoever takes in its tickets (sla_engine_unpack) to look at them.  `allocator` NULL means the C
 * library's.  SLA_ERR_ARGUMENT for one that is none (sla/alloc.h); SLA_ERR_NOMEM.
 */
typedef struct sla_worlds sla_worlds;

SLA_API int sla_worlds_new(const sla_allocator *allocator, sla_worlds **worlds_out);
SLA_API void sla_worlds_free(sla_worlds *worlds);

/* The next one, as the store hands it out.  SLA_OK; SLA_ERR_STATE when its number does not follow
 * the one before, or nothing in it is new; what the readers of its documents and sla_engine_adopt
 * say; SLA_ERR_NOMEM.  On error nothing has changed. */
SLA_API int sla_worlds_adopt(sla_worlds *worlds, const sla_stored_world *world, sla_error *error);

/* How many there are. */
SLA_API uint32_t sla_worlds_count(const sla_worlds *worlds);

/* An engine that has adopted the first `count` of them, and no more: the one and only of that
 * count, made when it is asked for first, with facts in the store.  It belongs to `worlds`; what
 * is taken in is the caller's to forget.  SLA_OK; SLA_ERR_ARGUMENT for more than there are;
 * SLA_ERR_NOMEM. */
SLA_API int sla_worlds_engine(sla_worlds *worlds, uint32_t count, sla_engine **engine_out);

/* What sla_store_sqlite_inspect and sla_store_pg_inspect find wrong with a ticket. */
typedef struct sla_ticket_complaint {
    sla_string tenant, ticket;
    const char *what;   /* is wrong, in words that go behind its name */
    const char *advice; /* what to do about it */
} sla_ticket_complaint;

#ifdef __cplusplus
}
#endif

#endif
