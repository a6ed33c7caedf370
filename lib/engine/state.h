/*
 * state.h - what the engine holds: a ticket, its fold (the truth), its clocks
 * and their notes, and what waits to be told.
 *
 * Truth and told are kept apart.  Truth is a pure function of the ticket's
 * facts, the facts of the world and how far time has been followed; told is
 * what receivers have heard.  A fold can be thrown away and made again from the
 * facts; told is carried over.
 */
#ifndef SLA_ENGINE_STATE_H
#define SLA_ENGINE_STATE_H

#include <stdbool.h>

#include <sla/engine.h>

#include "base/alloc.h"
#include "base/map.h"
#include "engine/history.h"
#include "engine/timers.h"
#include "policy/policy.h"

/* Why something is as it is; the words are in names.c. */
typedef enum sla__cause {
    SLA__CAUSE_NONE,
    SLA__CAUSE_GOAL_CHANGED,
    SLA__CAUSE_POLICY_LEFT,
    SLA__CAUSE_RESET,
    SLA__CAUSE_REOPENED,
    SLA__CAUSE_RECURRED,
    SLA__CAUSE_EXTENDED,
    SLA__CAUSE_RESUMED,
    SLA__CAUSE_PAUSE_CAP,
    SLA__CAUSE_LATE_FACT,
    SLA__CAUSE_CALENDAR_CHANGED,
    SLA__CAUSE_MIGRATED
} sla__cause;

/* What a clock waits for next.  The order is the order at one instant. */
typedef enum sla__item {
    SLA__ITEM_CAP,       /* of the pause reason `next_step` */
    SLA__ITEM_START,     /* a recurrence that begins later */
    SLA__ITEM_FOLLOW_UP, /* of the pause reason `next_step` */
    SLA__ITEM_ACK_END,
    SLA__ITEM_STEP, /* first telling or repeat of step `next_step` */
    SLA__ITEM_NONE
} sla__item;

enum {
    SLA__START_SEEN = 1,   /* waiting, and only a goal (or start_from's instant) is missing */
    SLA__SCHEDULED = 2,    /* waiting for start_at to come */
    SLA__ASKED_WAIT = 4,   /* a recurrence that waits to be asked */
    SLA__NOTED = 8,        /* has pauses or orders among the notes */
    SLA__LEFT = 16,        /* ended because its policy no longer matches */
    SLA__SILENCED = 32,    /* a waiver keeps further levels quiet */
    SLA__BY_DEFAULTS = 64, /* goal or calendar was chosen with attribute defaults */
    SLA__PROVISIONAL = 128 /* due rests on holidays not known yet */
};

/* One life of one target on one ticket. */
typedef struct sla__clock {
    sla_time start_at; /* waiting: the start that was seen or is scheduled, else SLA_NEVER */
    sla_time due_at;   /* SLA_NEVER while waiting */
    sla_time mark_at;  /* since when it is paused, or when it ended; else SLA_NEVER */
    sla_time next_at;  /* its next item, SLA_NEVER for none */
    uint32_t done;     /* truth: steps whose instant has passed */
    uint32_t held;     /* truth: those of them that hold */
    uint32_t told;     /* steps decided upon */
    uint32_t quiet;    /* decided, and not told: collapsed, skipped */
    uint32_t end_seq;  /* truth: fact that ended it, 0: a derived one */
    uint32_t told_end_seq;
    uint16_t target; /* number in the policies */
    uint16_t cycle;
    uint16_t reasons;      /* pause reasons that hold, as bits */
    uint16_t goal;         /* number in the policies' goals minus the target's first; SLA__NONE */
    uint16_t calendar;     /* number in the policies' calendars, SLA__NONE */
    uint16_t collapsed[2]; /* warnings, levels: since the last one told */
    uint8_t given;         /* a later cycle, whose start is given and not looked for */
    uint8_t fresh;         /* began with the fact at hand */
    uint8_t state;         /* sla_state */
    uint8_t flags;
    uint8_t cause;    /* of its end */
    uint8_t told_end; /* kind of the told end, 0: none */
    uint8_t told_end_cause;
    uint8_t next_item; /* sla__item */
    uint8_t next_step;
    uint8_t moved; /* why its due moved last (sla__cause), for telling it */
} sla__clock;

typedef enum sla__note_kind {
    SLA__NOTE_PAUSE,   /* [a, b) stood still; b is SLA_NEVER while it lasts */
    SLA__NOTE_EXTEND,  /* at a: by the span b, or to the instant b (flag); by the fact numbered n */
    SLA__NOTE_REASON,  /* pause `step` set at a, ended at b; n-th of its reason in the cycle */
    SLA__NOTE_ACK,     /* from a to b; n: steps held back, as bits */
    SLA__NOTE_WAIVE,   /* at a, crediting b; by the fact numbered n */
    SLA__NOTE_BREACH,  /* breached at a, which is not the due */
    SLA__NOTE_REPEAT,  /* step `step` passed at a; n repeats passed, m decided; see
                           sla__repeats; flags is the first one told */
    SLA__NOTE_UNTIL,   /* the recurring target has been ended */
    SLA__NOTE_DERIVED, /* the fact named n comes at a, at depth m */
    SLA__NOTE_ANCHOR,  /* a is the instant from which the goal in force counts back */
    SLA__NOTE_AT_ONCE, /* rule n of the policies, fact m at a */
    SLA__NOTE_REVISION, /* told: (step, n) was told and taken back m times */
    /* Of tickets that went over to other policies: */
    SLA__NOTE_JUDGED, /* by the policies numbered n, as their target `flags`, under the goal
                         m >> 16 and the calendar m & 0xFFFF of theirs */
    SLA__NOTE_LEFT,   /* target m of the policies n was left out; `cycle` is its highest */
    SLA__NOTE_AWAY    /* told: a revision in the numbers of the policies b */
} sla__note_kind;

enum {
    SLA__NOTE_TO_INSTANT = 1, /* extend: b is an instant */
    SLA__NOTE_CLOSED = 2,     /* pause: the ticket was closed */
    SLA__NOTE_EXCLUDED = 4,
    SLA__NOTE_CAPPED = 8,    /* reason: its cap was reached */
    SLA__NOTE_FOLLOWED = 16, /* reason: its follow-up has passed */
    SLA__NOTE_TOLD = 32,     /* at once: decided */
    SLA__NOTE_CAP_TOLD = 64,
    SLA__NOTE_FOLLOW_TOLD = 128,
    SLA__NOTE_ACTIVE = 256 /* acknowledgement: still holding */
};

/* Of the repeats of a step: the last one told, how many were skipped since, and
 * those that an acknowledgement held back last, from 1; none: 0. */
typedef struct sla__repeats {
    uint16_t told, skipped;
    uint16_t held_from, held_to;
} sla__repeats;

/* What a clock remembers beyond its fixed fields; in order of happening. */
typedef struct sla__note {
    sla_time a;
    union {
        sla_time b;
        sla__repeats repeats;
    };
    uint32_t n, m;
    uint16_t target, cycle;
    uint16_t flags;
    uint8_t kind;
    uint8_t step;
} sla__note;

/* How far the fold has come at an instant. */
typedef enum sla__phase { SLA__PHASE_FACTS, SLA__PHASE_STEPS, SLA__PHASE_WORLD } sla__phase;

/* The truth about one ticket. */
typedef struct sla__fold {
    sla_time at;         /* how far time has been followed */
    sla_time opened_at;  /* SLA_NEVER before */
    sla_time applied_at; /* of the last fact applied, with its seq */
    uint32_t applied_seq;
    uint32_t world;     /* facts of the world applied */
    uint32_t rules;     /* number of the policies in force for this ticket */
    uint8_t phase;      /* at `at`: sla__phase */
    bool stale;         /* a policy has refused a fact that others took */
    uint64_t present;   /* attributes that have a value, as bits */
    int64_t *values;    /* by attribute slot */
    sla_time *seen;     /* by fact slot: last occurrence, SLA_NEVER */
    uint8_t *matched;   /* by policy */
    sla__clock *clocks; /* by (target, cycle) */
    size_t clock_count, clock_capacity;
    sla__note *notes;
    size_t note_count, note_capacity;
    size_t block_bytes; /* of the block behind `values` */
} sla__fold;

/* What waits to be told, or to be decided upon. */
typedef struct sla__tell {
    sla_time at;
    sla_time old_due; /* due_changed, confirmed; breach_backdated: the old breach */
    sla_time due;     /* of the clock when it came about */
    uint32_t repeat;
    uint32_t fact_seq;
    uint32_t world;    /* caused by this fact of the world, 0: none */
    uint32_t revision; /* of what is taken back */
    uint16_t target;   /* SLA__NONE: of the whole ticket */
    uint16_t policy;
    uint16_t cycle;
    uint8_t kind; /* sla_event_kind; a first telling of a step has the kind of the step */
    uint8_t step; /* place among the target's steps; pause reason; told kind of a retracted end */
    uint8_t sort; /* sla__sort: order at one instant within a clock */
    uint8_t cause;
    uint16_t rule; /* at_once rule, or SLA__NONE */
    uint8_t of;    /* sla__sort of what a retraction takes back */
} sla__tell;

/* Order of what is told of one clock at one instant. */
typedef enum sla__sort {
    SLA__SORT_DUE_CHANGED,
    SLA__SORT_CONFIRMED,
    SLA__SORT_BACKDATED,
    SLA__SORT_RETRACTED,
    SLA__SORT_CAP,
    SLA__SORT_FOLLOW_UP,
    SLA__SORT_STEP,
    SLA__SORT_END,
    SLA__SORT_AT_ONCE
} sla__sort;

typedef struct sla__tells {
    sla__tell *items;
    size_t count, capacity;
} sla__tells;

/* A ticket awake: laid out for work. */
typedef struct sla__ticket {
    const char *key; /* tenant, then ticket; in its berth */
    uint8_t tenant_length, ticket_length;
    bool opened;
    bool touched;         /* again, since it woke or the hand came by; see rest.c */
    uint32_t slot, place; /* in engine->berths, engine->awake */
    uint32_t next_seq;
    uint32_t rules;      /* policies in force when `opened` was recorded */
    uint32_t world;      /* facts of the world before that */
    uint32_t drained;    /* slot + 1 of the next ticket in engine->drained */
    uint32_t woken;      /* as the wakes of the engine are counted */
    uint64_t number;     /* opening number */
    sla_time future_at;  /* the next fact that waits for its time, SLA_NEVER */
    sla_time touched_at; /* last time something was recorded or told */
    sla__fold fold;
    sla__tells tells; /* in order */
    sla__history history;
} sla__ticket;

/*
 * Where a ticket lies, awake or at rest.  Behind it its name, and at rest the ticket
 * itself (rest_form.h).
 */
typedef struct sla__berth {
    sla__ticket *ticket;  /* NULL: at rest */
    uint32_t tag;         /* by which the floor above finds what it knows of it; 0: none */
    uint32_t used;        /* bytes of the ticket at rest */
    uint32_t room : 31;   /* bytes behind the name */
    uint32_t put_off : 1; /* memory ran short: its timer stands later than its next item */
    uint16_t live;        /* clocks that run or stand still, at rest */
    uint8_t tenant_length, ticket_length;
} sla__berth;

/* One adoption. */
typedef struct sla__world {
    sla_time at;
    uint32_t rules;                          /* number of the policies in force from here */
    uint32_t calendar_first, calendar_count; /* into engine->adopted */
    uint32_t mark; /* of all that was adopted so far; packed tickets hold it against theirs */
} sla__world;

/* One version of a calendar. */
typedef struct sla__adopted {
    sla_calendar *calendar;
    uint32_t name;  /* number in engine->calendar_names */
    uint32_t world; /* 1 is the first */
} sla__adopted;

typedef struct sla__rules {
    sla_policies *policies;
    uint32_t *calendars; /* by number in policies->calendars: number in engine->calendar_names */
} sla__rules;

typedef struct sla__unread {
    char name[SLA_NAME_MAX + 1];
    uint64_t count;
} sla__unread;

typedef struct sla__block {
    unsigned char *bytes;
    size_t capacity;
} sla__block;

/* So many rooms are kept for tickets that wake: one call may touch as many. */
enum { SLA__SPARES_MOST = 256 };

struct sla_engine {
    sla_allocator allocator; /* counts bytes, then asks `given` */
    sla_allocator given;
    bool history_in_store;
    sla_duration keep;

    sla__berth **berths;
    size_t berth_count, berth_capacity; /* slots, some of them free (NULL) */
    uint32_t *free_slots;
    size_t free_count, free_capacity;
    sla__map map;
    sla__timers timers;
    sla__timer hurry; /* before its timer; SLA_NEVER: nobody.  See agenda.h */
    uint64_t hurry_order;
    uint64_t next_number;

    sla__ticket **awake;
    size_t awake_count, awake_capacity, awake_most;
    size_t hand, resident_hand;            /* places among them; see rest.c */
    uint32_t wakes, rests;                 /* counted for that */
    sla__ticket *spares[SLA__SPARES_MOST]; /* rooms for the next ones that wake */
    size_t spare_count;
    sla__ticket guest;      /* room for any one at rest, to be looked at */
    sla__block resting;     /* bytes of a ticket that comes to rest */
    sla__block spare_facts; /* room for those of the next one that wakes */

    sla__rules *rules;
    size_t rules_count, rules_capacity;
    sla__world *worlds;
    size_t world_count, world_capacity;
    sla__adopted *adopted;
    size_t adopted_count, adopted_capacity;
    char (*calendar_names)[SLA_NAME_MAX + 1];
    size_t calendar_name_count, calendar_name_capacity;

    /* Room for what one call needs; reserved by record, used by poll. */
    sla__tells spare_tells; /* room for what the next ticket has waiting, or none */
    sla__tells passings;    /* what passed while a record was folded */
    sla__tells merged;      /* what a ticket will have waiting once all has gone well */
    sla__tells burst;       /* what one item of a poll made, told before anything else */
    uint32_t burst_ticket;
    size_t burst_next;
    sla__history recorded;  /* all facts of the ticket recorded last, where they are let go */
    uint32_t recorded_slot; /* slot + 1 of that ticket */
    uint32_t drained; /* slot + 1 of the first ticket whose facts are only read by the caller */
    sla__fold before; /* the truth before a record or an item */
    sla__fold ahead;  /* for looking ahead in a poll */
    sla__order order; /* facts of one ticket in order */

    sla__unread *unread;
    size_t unread_count, unread_capacity;
    sla_engine_stats stats;
    char step_text[4 * (SLA_NAME_MAX + 1)];
};

static inline const sla_policies *sla__rules_of(const sla_engine *engine, const sla__fold *fold)
{
    return engine->rules[fold->rules].policies;
}

/* The ticket of which a poll gathered more than has been handed out, or NULL. */
static inline const sla__ticket *sla__half_told(const sla_engine *engine)
{
    return engine->burst_next < engine->burst.count ? engine->berths[engine->burst_ticket]->ticket
                                                    : NULL;
}

static inline bool sla__clock_live(const sla__clock *clock)
{
    return clock->state == SLA_RUNNING || clock->state == SLA_PAUSED;
}

static inline bool sla__clock_ended(const sla__clock *clock)
{
    return clock->state >= SLA_MET;
}

#endif
