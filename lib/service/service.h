/*
 * service.h - what the service holds: lines, units, consumers, and what it waits
 * for.
 *
 * A fact's way: it arrives (inbox.c), waits in the line of its ticket if it has to
 * (line.c), goes into the engine (record.c) and into the unit that gathers; the
 * unit is closed with the packed states of its tickets and sent (unit.c); when
 * the store has it, it is settled: recorders are answered and its events go to
 * the consumers (delivery.c).  What fails on the way is mended in failures.c.
 *
 * Two axes of time.  `now` is the host's clock, which may be set.  `pace` never
 * goes back: what waits for a span (redelivery, back-off, the next look at the
 * clock) waits on it.
 */
#ifndef SLA_SERVICE_SERVICE_H
#define SLA_SERVICE_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include <sla/pack.h>
#include <sla/service.h>

#include "base/alloc.h"
#include "base/map.h"
#include "engine/timers.h"
#include "service/memory_copy.h"

/* What a store says is kept for the log as long as an error's text may be. */
enum { SLA__WORDS_MAX = sizeof((sla_error *)NULL)->text };

typedef struct sla__line sla__line;
typedef struct sla__writing sla__writing;
typedef struct sla__subscriber sla__subscriber;
typedef struct sla__forgetting sla__forgetting;

/* ------------------------------------------------------------ what was asked */

typedef enum sla__ask_kind {
    SLA__ASK_OPEN,
    SLA__ASK_TICKET,
    SLA__ASK_HISTORY,
    SLA__ASK_OUTBOX,
    SLA__ASK_AUDIT,
    SLA__ASK_COMMIT,
    SLA__ASK_RELEASE
} sla__ask_kind;

/* A call to the store that has not been answered.  It lies inside of what asked. */
typedef struct sla__ask {
    struct sla__ask *next;
    sla__ask_kind kind;
    bool asked;
    uint64_t number;
    void *owner;
    sla_time asked_at; /* on the axis `pace` */
} sla__ask;

/* --------------------------------------------------------------------- facts */

/* A fact that came in, until its recorder has been answered. */
typedef struct sla__arrival {
    struct sla__arrival *next;
    sla__kept_fact *kept; /* behind the struct */
    sla_recorded done;    /* or NULL */
    void *context;
    sla__line *line;
    struct sla__arrival *next_setting; /* in line->setting_first */
    bool imported;                     /* it is not recorded again */
    uint64_t number;                   /* in the order in which facts were queued */
    sla_answer answer;
} sla__arrival;

typedef struct sla__arrivals {
    sla__arrival *first, *last;
    size_t count;
} sla__arrivals;

/* -------------------------------------------------------------------- tickets */

typedef enum sla__line_state {
    SLA__LINE_NEW,      /* nothing is known of the ticket yet */
    SLA__LINE_READY,    /* the engine knows what the store knows */
    SLA__LINE_TICKET,   /* the ticket is wanted from the store */
    SLA__LINE_HISTORY,  /* its facts are wanted from the store */
    SLA__LINE_SET_ASIDE /* refused by the store; read again after a while, or for a fact */
} sla__line_state;

/* What the service knows of a ticket beside the engine. */
struct sla__line {
    sla_string tenant, ticket; /* behind the struct */
    uint32_t hash, slot;
    uint32_t engine_slot; /* where the engine had the ticket last */
    sla__line_state state;
    bool whole;      /* all facts are at hand in the engine: `ids` was asked of the store */
    bool ids_known;  /* `ids` holds every id on the record */
    bool failed;     /* what the store said could not be kept */
    bool aside;      /* refused or unreadable, and not taken in again since */
    bool serving;    /* in service->serve */
    bool leaving;    /* in service->leaving_first and on */
    bool on_record;  /* the store has a row of it */
    bool known;      /* the store says that it has facts of it: it has to have a row */
    bool looked_for; /* by sla_service_bring, which has not said yet what came of it */
    bool going;      /* the row goes with the unit that gathers, or one on its way */
    sla__forgetting *forgetting; /* somebody wants it forgotten, or NULL */
    uint32_t units; /* how many that are not settled hold it, the one that gathers included */
    uint32_t live;  /* as packed last */
    sla_time next_at;
    uint32_t *ids; /* hashes of the ids of its facts */
    size_t id_count, id_capacity;
    sla__arrivals waiting;
    sla__kept_fact *supply_first, *supply_last; /* its history, as it comes */
    size_t supply_count;
    int taken; /* how taking it into the engine went */
    sla__ask ask;
    sla__line *next_serve, *next_gathered;
    /* For a store that wants views: what the unit that gathers says of its attributes. */
    sla_attribute *set; /* what all its facts up to a late one set; their strings behind */
    size_t set_count;
    bool set_whole;                             /* nothing counts that was set before */
    sla__arrival *setting_first, *setting_last; /* facts after it */
    sla__line *older, *newer;                   /* leaving */
    sla_time leaves_at;                         /* leaving or set aside: on the axis `pace` */
    bool gathered;
};

/* A ticket that was loaded and that nobody has needed yet: what the store said of it,
 * in one block.  It has no line. */
typedef struct sla__resting {
    sla_time next_at;
    uint64_t number; /* of its opening */
    uint32_t live;
    uint32_t tenant_length, ticket_length, state_length; /* behind the struct, in this order */
} sla__resting;

typedef struct sla__resting_slot {
    sla__resting *ticket; /* NULL: it has been taken in */
    uint32_t hash;
} sla__resting_slot;

/* Slots are filled while the service loads, and never again. */
typedef struct sla__restings {
    sla__resting_slot *slots;
    size_t count, capacity;
    size_t left;     /* that have not been taken in */
    sla__map map;    /* to slots */
    sla__timers due; /* slots by next_at, then number */
} sla__restings;

/* Somebody wants a ticket forgotten. */
struct sla__forgetting {
    sla__forgetting *next;
    sla_string tenant, ticket; /* behind the struct */
    sla_forgotten done;        /* or NULL */
    void *context;
    sla__line *line; /* of the ticket, whose only one it is; else NULL */
    uint64_t number; /* of the last fact queued before it */
    bool begun;      /* looked at once */
    bool came;       /* a fact that was queued behind it is in the engine */
    uint64_t up_to;  /* events that were told when it was looked at */
};

typedef struct sla__forgettings {
    sla__forgetting *first, *last;
    size_t count;
} sla__forgettings;

/* ---------------------------------------------------------------------- units */

/* A told event, shared by its unit and the consumers that have not got it. */
typedef struct sla__outgoing {
    struct sla__outgoing *next; /* in its unit */
    sla__kept_event *kept;      /* behind the struct */
    sla__line *line;            /* while it is in its unit */
    uint32_t references;
} sla__outgoing;

typedef struct sla__outgoings {
    sla__outgoing *first, *last;
    size_t count;
} sla__outgoings;

/* A ticket as it was packed into a unit. */
typedef struct sla__row {
    sla__line *line;
    bool gone; /* and nothing else */
    sla_packed packed;
    sla_ticket_view *view; /* for a store that wants views, else NULL; all in one block */
    size_t offset;         /* of its state in unit->states */
} sla__row;

typedef enum sla__writing_state {
    SLA__WRITING_READY, /* to be sent, or sent again */
    SLA__WRITING_SENT,
    SLA__WRITING_DONE,
    SLA__WRITING_FAILED /* `result` says how */
} sla__writing_state;

/* A unit, until it is settled. */
struct sla__writing {
    sla__writing *next;
    sla__ask ask;
    sla__writing_state state;
    int result;
    char why[SLA__WORDS_MAX]; /* FAILED: what the store says to it, fit for the log */
    uint64_t number;
    sla_time decided_at;
    sla__arrivals facts;
    sla__outgoings events;
    sla__row *rows;
    size_t row_count;
    unsigned char *states; /* the packed states, one behind the other */
    sla_stored_mark *marks;
    size_t mark_count;
    sla__kept_world *world; /* or NULL */
};

/* ------------------------------------------------------------------ consumers */

/* An event that a consumer has not acknowledged. */
typedef struct sla__delivery {
    sla__outgoing *event;    /* NULL: a free slot */
    uint32_t attempt;        /* how often it was handed over */
    bool out;                /* handed over, and its answer is awaited */
    bool done;               /* acknowledged while it waits to be handed over again */
    uint32_t before, after;  /* by number, slot + 1 */
    uint32_t next_ready;     /* slot + 1 */
    uint32_t next_of_ticket; /* slot + 1 of the one that waits for this one */
    uint32_t ticket_hash;
} sla__delivery;

struct sla__subscriber {
    char name[SLA_NAME_MAX + 1];
    sla_event_handler handler;
    void *context;
    size_t max_in_flight;
    sla_duration redeliver_after;

    sla__delivery *slots;
    size_t slot_count, slot_capacity; /* used at least once */
    uint32_t free_slot;               /* slot + 1 */
    size_t held;                      /* events in memory */
    size_t out;                       /* of them handed over */
    uint32_t first, last;             /* by number, slot + 1 */
    uint32_t ready_first, ready_last; /* to be handed over, slot + 1 */
    sla__map tails;                   /* ticket -> slot of its last event */
    sla__map numbers;                 /* number -> slot */
    sla__timers again;                /* when slots are handed over once more, by `pace` */

    uint64_t taken;               /* up to here its events are in memory or acknowledged */
    atomic_uint_least64_t handed; /* the highest number handed over */
    bool begun;                   /* it is known what was acknowledged before */
    bool behind;                  /* there is more in the outbox */
    bool page_failed;             /* not all of the page could be kept */
    bool page_ends;               /* it reaches what is settled */
    size_t page_count;
    sla__ask ask;

    bool known;             /* the store has a mark of it */
    uint64_t *acknowledged; /* numbers that a unit still has to write, in no order */
    size_t acknowledged_count, acknowledged_capacity;
    uint64_t *before; /* numbers above `through` that were acknowledged in an earlier life */
    size_t before_count;
};

/* An acknowledgement on its way to the loop's thread. */
typedef struct sla__receipt {
    sla__subscriber *subscriber;
    uint64_t number;
} sla__receipt;

/* What the store said of a consumer that has not subscribed yet. */
typedef struct sla__known_consumer {
    char name[SLA_NAME_MAX + 1];
    uint64_t through;
    uint64_t *numbers;
    size_t count, capacity;
} sla__known_consumer;

/* -------------------------------------------------------------------- the world */

/* A document in force. */
typedef struct sla__in_force {
    char *text; /* NUL-terminated; its source behind it */
    size_t length;
    char *source;
    char name[SLA_NAME_MAX + 1];
    bool is_calendar;
} sla__in_force;

typedef struct sla__documents {
    sla__in_force *items;
    size_t count, capacity;
} sla__documents;

/* Documents that were checked and wait to be adopted. */
typedef struct sla__adoption {
    sla__kept_world *world;
    sla__documents documents; /* what will be in force */
    sla_policies *policies;   /* NULL: no policy changes */
    sla_calendar **calendars;
    size_t calendar_count;
    sla_time at;
    sla_adopted done; /* or NULL */
    void *context;
    bool sent;
    bool written; /* on the record; only the engine has to follow */
} sla__adoption;

/* ------------------------------------------------------------------ the service */

struct sla_service {
    sla_allocator allocator;
    sla_service_options options; /* with the defaults filled in */
    sla_store *store;
    sla_engine *engine;
    sla_service_state state;
    atomic_int fatal; /* SLA_ERR_FENCED, SLA_ERR_NEWER ...: nothing is told any more */
    bool gave_up;
    bool in_run;
    bool starved; /* memory ran short in this round */
    bool again;   /* there is more to do at once */

    /* Any thread, under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t answered;
    pthread_t loop;
    sla__arrivals inbox;
    uint64_t queued; /* facts, ever */
    sla__receipt *receipts;
    size_t receipt_count, receipt_capacity;
    sla__subscriber **subscribers;
    size_t subscriber_count, subscriber_capacity;
    sla__adoption *wanted;    /* adopt this */
    sla__documents documents; /* in force, or about to be */
    sla__forgettings to_forget;
    size_t blocked; /* threads in sla_service_record_wait */
    bool closing;
    atomic_bool stopping;     /* without the lock, which may be lost in the child of a fork */
    atomic_size_t crowded;    /* of these threads: those that wait for room in the queue */
    atomic_size_t unanswered; /* facts */

    /* Time. */
    sla_time now, steady, pace, decided_at;
    sla_time offset;    /* `now` less `steady`, as seen last */
    sla_duration apart; /* how far the store's clock is ahead, beyond doubt, when asked last */
    bool clock_seen, held;
    bool behind, parted; /* why: the last decision; the store's clock */
    uint64_t clock_steps;
    sla_time until;

    /* Asking the store. */
    sla__ask *asked_first, *asked_last;
    uint64_t ask_number;
    sla_duration back_off;
    uint64_t retries;
    sla_time retry_at; /* on the axis `pace`; 0: the store answers */
    bool commits_fail; /* it does not answer those; what it says to others is no matter */
    char store_says[SLA__WORDS_MAX]; /* to what failed last, fit for the log */
    sla_time marks_at;   /* marks wait no longer to ride with a unit; on the axis `pace` */
    sla_time marks_rest; /* until then small units leave them; on the axis `pace` */
    sla__ask open;
    sla_time open_at; /* somebody else holds the store: ask again; on the axis `pace` */
    bool store_held;
    char holder[sizeof((sla_error *)NULL)->text]; /* ... as the store says it */
    int open_result;                              /* how taking in what came went */
    bool opened;
    sla__ask release;
    bool releasing, released; /* what open took is given back */
    sla_time release_by;      /* on the axis `pace` */

    /* Tickets. */
    sla__line **lines;
    size_t line_count, line_capacity; /* slots, some of them NULL */
    uint32_t *free_lines;
    size_t free_count, free_capacity;
    sla__map line_map;
    sla__line *serve_first, *serve_last;
    sla__line *leaving_first, *leaving_last;
    sla__restings restings;

    sla__forgettings forget_looking, forget_waiting; /* to be looked at; for consumers */
    bool look_again;                                 /* at each of them, from the next round on */
    size_t look_left;                                /* so many of them, some a round */

    /* Units. */
    uint64_t incarnation[2];
    uint64_t unit_number, event_number;
    uint64_t settled; /* the highest number that was given to the consumers */
    sla__writing *units_first, *units_last;
    size_t unit_count;
    sla__writing *gathering;
    sla__line *gathered_first, *gathered_last;
    size_t gathered_count;
    sla_event stuck; /* told by the engine, and there was no memory to keep it */
    bool has_stuck;
    sla__line *unseen; /* there was no memory for what its facts set; NULL: none */
    unsigned char *pack;
    size_t pack_capacity;

    /* Consumers. */
    sla__known_consumer *known;
    size_t known_count, known_capacity;

    /* The world. */
    sla__adoption *adopting;
    sla__kept_world *wished; /* documents given to sla_service_new */
    uint32_t worlds, rules;  /* adopted; of them, with policies */
    sla_error adoption;      /* why documents did not come into force; else its code is SLA_OK */
    /* The documents given to sla_service_new are still to come into force: until then facts
     * and events wait, and whatever is adopted brings them along.  Under the lock. */
    bool wishing;

    /* Self-audit. */
    sla__ask audit;
    sla_time audit_at;    /* the next one, on the axis `pace` */
    sla_time audit_limit; /* of the one that was asked */
    bool suspicious;      /* it found some; asked once more when ... */
    uint64_t audit_after; /* ... the units up to this one are on the record */
    uint64_t overdue;

    uint64_t live_clocks, live_tickets, aside;
    uint64_t quarantined, facts, refused, events, imported;
    uint64_t delivered, redelivered, acknowledged;
    uint64_t lateness[SLA_LATENESS_BUCKETS], lateness_sum;
    sla_service_stats published; /* under the lock */
};

#endif
