/*
 * policy.h - policies after reading: names are numbers, times are microseconds,
 * conditions are small trees.  Written once by the readers (policy_*.c),
 * frozen by sla_policies_finish(), only looked at from then on.
 *
 * Everything that a policy may say is here; what it means is in docs/policy.md.
 */
#ifndef SLA_POLICY_POLICY_H
#define SLA_POLICY_POLICY_H

#include <stdbool.h>

#include <sla/calendar.h>
#include <sla/policy.h>

#define SLA__NONE UINT16_MAX

/* The type of an attribute's value. */
typedef enum sla__type {
    SLA__STRING, /* held as the number of a symbol, see sla__policies_find */
    SLA__INT,
    SLA__BOOL,
    SLA__INSTANT
} sla__type;

/* One node of a condition.  Trees lie in one array of the set, children of a
 * node next to one another.  An attribute that has no value makes every
 * comparison false, so that `not` of it is true. */
typedef enum sla__op {
    SLA__TRUE, /* no condition at all */
    SLA__FACT, /* the fact being applied has the name `subject` */
    SLA__SEEN, /* a fact of the name in fact slot `subject` has been applied to the ticket */
    SLA__EQ,   /* attribute slot `subject` compared with `value` */
    SLA__LT,
    SLA__LE,
    SLA__GT,
    SLA__GE,
    SLA__SET, /* attribute slot `subject` has a value (defaults do not count) */
    SLA__ALL, /* every / some / not one of nodes [first, first + count) */
    SLA__ANY,
    SLA__NOT,
    SLA__NE /* has a value (or default), and it is another than `value` */
} sla__op;

typedef struct sla__node {
    uint8_t op;
    uint8_t count;
    uint16_t subject;
    uint32_t first;
    int64_t value; /* ALL, ANY: the facts named inside, by sla__fact_bit; set by finishing */
} sla__node;

/* The number of a node in sla_policies.nodes; node 0 is SLA__TRUE.  Where a
 * fact is wanted (start, stop, on ...) and there is none, it is SLA__IMPOSSIBLE. */
typedef uint32_t sla__condition;
#define SLA__IMPOSSIBLE UINT32_MAX

/* What kind of time a duration is spent in. */
typedef enum sla__measure {
    SLA__ELAPSED, /* wall time */
    SLA__BUSINESS /* open time of the calendar at hand */
} sla__measure;

typedef enum sla__goal_kind {
    SLA__GOAL_ELAPSED,        /* `need` of wall time */
    SLA__GOAL_BUSINESS,       /* `need` of open time, `fit` */
    SLA__GOAL_WORKDAYS,       /* `workdays` */
    SLA__GOAL_DAYS,           /* `days` civil dates, `end` */
    SLA__GOAL_CUTOFF,         /* `cutoff` */
    SLA__GOAL_ANCHOR,         /* `need` (in `measure`) before the instant in attribute `anchor` */
    SLA__GOAL_ANCHOR_WORKDAYS /* `workdays.days` (0 or more) working dates back from it */
} sla__goal_kind;

typedef struct sla__goal {
    uint64_t needs; /* attributes without which `when` cannot hold, as bits; set by finishing */
    sla__condition when;
    sla_time during_from; /* the clock's start must lie in [from, to): overlays */
    sla_time during_to;
    uint8_t kind; /* sla__goal_kind */
    uint8_t measure;
    uint8_t fit;     /* sla_exact_fit */
    uint8_t end;     /* sla_day_end, for SLA__GOAL_DAYS */
    uint16_t anchor; /* attribute slot */
    int32_t days;
    sla_duration need;
    sla_duration cap; /* SLA__GOAL_ANCHOR: not later than start + cap (wall); 0 is no cap */
    sla_workdays workdays;
    sla_cutoff cutoff;
} sla__goal;

static inline bool sla__goal_is_anchor(const sla__goal *goal)
{
    return goal->kind == SLA__GOAL_ANCHOR || goal->kind == SLA__GOAL_ANCHOR_WORKDAYS;
}

/* Which calendar: fixed (`by` is SLA__NONE), or by the value of an attribute
 * with `fixed` for all other values. */
typedef struct sla__calendar_choice {
    uint16_t by;    /* attribute slot */
    uint16_t fixed; /* number in sla_policies.calendars; SLA__NONE is no calendar */
    uint32_t first; /* into sla_policies.calendar_rows */
    uint32_t count;
} sla__calendar_choice;

typedef struct sla__calendar_row {
    int64_t value;
    uint16_t calendar;
} sla__calendar_row;

typedef enum sla__step_at {
    SLA__AT_PERCENT, /* percent of the way from start to due */
    SLA__AT_BEFORE,  /* `offset` before due, in the target's time */
    SLA__AT_DUE,     /* at due; the breach is the first of these */
    SLA__AT_AFTER    /* `offset` after due, in the ladder's time */
} sla__step_at;

typedef enum sla__step_kind {
    SLA__WARNING,
    SLA__BREACH,     /* exactly one a target; added by the reader where no step says it */
    SLA__REMINDED,   /* no level, needs no answer */
    SLA__SUPERVISED, /* no level, wants an answer */
    SLA__LEVEL       /* level 1..6: escalated */
} sla__step_kind;

typedef enum sla__catch_up {
    SLA__CATCH_ALL,
    SLA__CATCH_HIGHEST,
    SLA__CATCH_SKIP_OLDER /* than skip_older_than */
} sla__catch_up;

typedef struct sla__step {
    uint32_t name; /* symbol */
    uint32_t to;   /* symbol; 0 is nobody in particular */
    sla__condition when;
    uint8_t at;       /* sla__step_at */
    uint8_t kind;     /* sla__step_kind */
    uint8_t level;    /* 0 is none */
    uint8_t catch_up; /* sla__catch_up; the breach is always SLA__CATCH_ALL */
    uint8_t repeat_until_next_level;
    uint8_t repeat_index; /* its place among the steps of the target that repeat */
    uint16_t percent;     /* 1..900 */
    uint16_t repeat_max;  /* 0: told once */
    uint16_t derives;     /* fact name that the fold derives at this step, or SLA__NONE */
    sla_duration offset;
    sla_duration repeat_every;
    sla_duration skip_older_than;
} sla__step;

/* A reason to stand still: either `on` (a fact sets it) or `hold` (a condition
 * on attributes holds it); the other one is SLA__IMPOSSIBLE. */
typedef struct sla__pause {
    uint32_t reason; /* symbol */
    sla__condition on;
    sla__condition hold;
    sla_duration cap;      /* 0: none */
    uint16_t cap_calendar; /* SLA__NONE: elapsed */
    uint16_t follow_up_calendar;
    sla_duration follow_up; /* 0: none */
    uint32_t follow_up_to;  /* symbol */
} sla__pause;

/* A fact that takes one reason away (`pause` is its place in the target's
 * pauses), or all that facts have set (SLA__NONE). */
typedef struct sla__resume {
    sla__condition on;
    uint16_t pause;
} sla__resume;

typedef enum sla__on_goal_change {
    SLA__KEEP_START,
    SLA__KEEP_GOAL,
    SLA__RESTART
} sla__on_goal_change;

typedef enum sla__on_reopen {
    SLA__REOPEN_NEW_CYCLE,
    SLA__REOPEN_CONTINUE, /* see closed_time_counts */
    SLA__REOPEN_NEVER
} sla__on_reopen;

typedef enum sla__start_from {
    SLA__FROM_FACT, /* the fact that starts the clock */
    SLA__FROM_OPENED,
    SLA__FROM_SEEN,     /* the last occurrence of the fact in fact slot start_slot */
    SLA__FROM_ATTRIBUTE /* the instant in attribute slot start_slot */
} sla__start_from;

typedef enum sla__recur_from {
    SLA__RECUR_NONE,
    SLA__RECUR_FACT,            /* the next cycle starts at the fact that met the last */
    SLA__RECUR_DUE,             /* at the last due */
    SLA__RECUR_FIRST_UNANSWERED /* at the first fact `recur_asked` since the last answer */
} sla__recur_from;

typedef struct sla__target {
    uint32_t name;    /* symbol */
    uint32_t metric;  /* symbol: clocks of one metric are compared, the nearest governs */
    uint32_t display; /* symbol: display name, 0 is none */
    uint16_t policy;  /* number in sla_policies.policies */
    uint16_t index;   /* place in the policy's file, from 0 */
    uint16_t inside;  /* number of the target this one is an agreement inside of, or SLA__NONE */
    uint16_t start_slot;

    sla__condition start, stop, cancel, reset, reopen; /* SLA__IMPOSSIBLE where there is none */
    uint8_t start_from;                                /* sla__start_from */
    uint8_t on_goal_change;                            /* sla__on_goal_change */
    uint8_t
        judge_standing; /* one fact changes the goal and stops the clock: judge by the old goal */
    uint8_t on_reopen;  /* sla__on_reopen */
    uint8_t closed_time_counts;
    uint8_t ladder_wall;         /* levels and repeats in wall time whatever the target's time */
    uint8_t ladder_while_paused; /* go_on */
    uint8_t recur;               /* sla__recur_from */
    uint8_t recur_after_miss;
    uint8_t max_acks;
    uint8_t extension_allowed;
    uint8_t extension_needs_approver;
    uint8_t extension_max; /* 0: any number */
    uint8_t waiver_allowed;
    uint16_t recur_limit;  /* cycles in all; 0 is no limit (then recur_until is there) */
    uint16_t ack_calendar; /* SLA__NONE: wall time */
    sla__condition recur_until, recur_asked;
    sla__condition extension_when; /* SLA__TRUE: always */
    sla_duration ack_timeout;      /* 0: an acknowledgement holds until the clock ends */
    sla_duration extension_up_to;  /* from the start, in the target's time; 0 is no bound */
    sla_duration late_after;

    sla__calendar_choice calendar;
    uint32_t goal_first, goal_count;
    uint32_t step_first, step_count; /* in file order; an added breach stands first */
    uint32_t pause_first, pause_count;
    uint32_t resume_first, resume_count;
    uint32_t default_first, default_count; /* the policy's attribute defaults, then its own */
    uint64_t listens;      /* facts that concern it, by sla__fact_bit; set by finishing */
    uint16_t breach_step;  /* its place among the steps */
    uint16_t repeat_count; /* how many of its steps repeat */
    uint16_t note_room;    /* notes that a live clock may come to need; set by finishing */
} sla__target;

/* What an attribute is taken to be while it has no value. */
typedef struct sla__default {
    uint16_t slot;
    int64_t value;
} sla__default;

/* Told at once when a fact comes (`on`), or when a condition on attributes
 * becomes true by a fact (`becomes`); the other one is SLA__IMPOSSIBLE. */
typedef struct sla__at_once {
    uint32_t name;       /* symbol */
    uint32_t to, reason; /* symbols */
    sla__condition on, becomes, when;
    uint8_t kind; /* SLA__REMINDED, SLA__SUPERVISED, SLA__LEVEL, or SLA__WARNING: a plain notice */
    uint8_t level;
    uint8_t once;     /* a ticket */
    uint16_t derives; /* fact name, or SLA__NONE */
} sla__at_once;

typedef struct sla__refuse {
    uint32_t rule; /* symbol */
    sla__condition on, when;
} sla__refuse;

typedef struct sla__rank {
    uint64_t needs; /* as in sla__goal */
    sla__condition when;
    int32_t rank;
} sla__rank;

/* The reasons that a fact may carry, where a policy lists them. */
typedef struct sla__reasons {
    uint16_t fact;         /* number of the name */
    uint32_t first, count; /* into reason_symbols */
} sla__reasons;

typedef struct sla__policy {
    uint32_t name, version, display, group; /* symbols; 0 is none */
    uint8_t agreement;                      /* sla_agreement */
    int32_t order;                          /* in its group; lower is first */
    sla__condition match;
    uint64_t match_slots;         /* attribute slots that `match` reads, as bits */
    sla_duration late_fact_limit; /* 0: none */
    sla_duration future_tolerance;
    uint32_t target_first, target_count;
    uint32_t at_once_first, at_once_count;
    uint32_t refuse_first, refuse_count;
    uint32_t rank_first, rank_count;
    uint32_t reasons_first, reasons_count;
} sla__policy;

typedef struct sla__attribute {
    uint32_t name; /* symbol */
    uint8_t type;  /* sla__type */
} sla__attribute;

/* Fixed numbers of fact names; host names follow. */
enum {
    SLA__FACT_OPENED,
    SLA__FACT_ATTRIBUTES,
    SLA__FACT_ACKNOWLEDGED,
    SLA__FACT_EXTENDED,
    SLA__FACT_WAIVED,
    SLA__FACT_WITHDRAWN,
    SLA__FACT_MIGRATED,
    SLA__FACT_BUILTIN_COUNT
};

/* Facts as bits: several may share one. */
static inline uint64_t sla__fact_bit(uint16_t fact)
{
    return UINT64_C(1) << (fact & 63);
}

struct sla_policies {
    sla_allocator allocator;
    uint32_t references; /* changed atomically */
    bool finished;
    uint64_t match_slots; /* attribute slots that some `match` reads, as bits */
    uint64_t until;       /* facts that end a recurring target, by sla__fact_bit */
    uint64_t refusable;   /* facts that some policy may refuse, by sla__fact_bit */
    uint64_t answered;    /* facts that some at_once rule is `on`, by sla__fact_bit */

    /* Policies in order of adding; targets, steps ... each in one array, those
     * of one owner next to one another. */
    sla__policy *policies;
    size_t policy_count, policy_capacity;
    sla__target *targets;
    size_t target_count, target_capacity;
    sla__goal *goals;
    size_t goal_count, goal_capacity;
    sla__step *steps;
    size_t step_count, step_capacity;
    sla__pause *pauses;
    size_t pause_count, pause_capacity;
    sla__resume *resumes;
    size_t resume_count, resume_capacity;
    sla__default *defaults;
    size_t default_count, default_capacity;
    sla__at_once *at_once;
    size_t at_once_count, at_once_capacity;
    sla__refuse *refuses;
    size_t refuse_count, refuse_capacity;
    sla__rank *ranks;
    size_t rank_count, rank_capacity;
    sla__reasons *reasons;
    size_t reasons_count, reasons_capacity;
    uint32_t *reason_symbols;
    size_t reason_symbol_count, reason_symbol_capacity;
    sla__node *nodes;
    size_t node_count, node_capacity;
    sla__calendar_row *calendar_rows;
    size_t calendar_row_count, calendar_row_capacity;

    /* Names.  Fact names and calendars are lists of symbols; fact_slots lists
     * the fact names that some condition asks `seen` or some target starts from. */
    uint32_t *fact_names;
    size_t fact_name_count, fact_name_capacity;
    uint16_t *fact_slots;
    size_t fact_slot_count, fact_slot_capacity;
    sla__attribute *attributes;
    size_t attribute_count, attribute_capacity;
    uint32_t *calendars;
    size_t calendar_count, calendar_capacity;
    struct sla__symbols *symbols; /* interned strings; symbol 0 is "" */
    void *drafts; /* what finishing still has to look at (overlays, sources); the reader's own */
};

/* The symbol of a string, or 0 when no policy names it.  Never allocates. */
uint32_t sla__policies_find(const sla_policies *policies, const char *text, size_t length);

/* The string of a symbol, NUL-terminated, valid as long as the set. */
const char *sla__policies_symbol(const sla_policies *policies, uint32_t symbol);

/* The number of a fact name, or SLA__NONE when no policy reads it. */
uint16_t sla__policies_fact(const sla_policies *policies, const char *name, size_t length);

/* The slot of an attribute, or SLA__NONE. */
uint16_t sla__policies_attribute(const sla_policies *policies, const char *name, size_t length);

/* The slot that remembers when a fact of this name last happened, or SLA__NONE. */
uint16_t sla__policies_fact_slot(const sla_policies *policies, uint16_t fact);

#endif
