/*
 * model_truth.h - inside the model: a ticket's timeline, and the truth that a
 * fold of it gives.  See model.h; the rules are in docs/policy.md.
 *
 * A truth is made from nothing by model_fold() and thrown away.  Everything in
 * it is plain: fixed arrays, linear searches, no indexes.
 */
#ifndef SLA_TESTS_MODEL_TRUTH_H
#define SLA_TESTS_MODEL_TRUTH_H

#include <sla/engine.h>

#include "policy/policy.h"

enum {
    MODEL_REPEATS = 6,
    MODEL_PAUSES = 16,
    MODEL_NOTES = 40,
    MODEL_POLICIES = 16,
    MODEL_CLOCKS = 128,
    MODEL_NAMES = 48,
    MODEL_FIRED = 64,
    MODEL_MOVES = 128,
    MODEL_CALENDARS = 16,
    MODEL_PENDING = 32
};

/* A fact as recorded; its strings are the model's own. */
typedef struct model_fact {
    sla_fact given;
    void *memory;
    uint32_t seq;
    sla_time recorded_at;
    size_t world; /* how many world facts there were when it was recorded */
    size_t root;  /* index of the fact whose place it takes; itself mostly */
} model_fact;

/* What is in force from a world fact on: everything, not only what was new. */
typedef struct model_world {
    sla_time at;
    bool new_policies;
    sla_policies *policies;
    sla_calendar **calendars;
    size_t calendar_count;
} model_world;

/* One thing that happens in a timeline: a fact at its place, or a world. */
typedef struct model_item {
    sla_time at;
    uint32_t seq;           /* of the place; 0 for a world */
    const model_fact *fact; /* the content that holds there; NULL for a world */
    size_t world;
} model_item;

typedef struct model_timeline {
    const model_item *items; /* in order; worlds after the facts of their instant */
    size_t count;
    const model_world *worlds;
    size_t first_world; /* in force when the ticket was opened */
} model_timeline;

typedef enum model_status { MODEL_ARMED, MODEL_PASSED, MODEL_GONE, MODEL_HELD } model_status;

typedef struct model_mark {
    model_status status;
    sla_time at;
    sla_time passed; /* when the fold let it pass: later than `at`, when by a change */
    sla_time when;   /* how far the fold had come then */
    bool by_fact;    /* ... among the facts of that instant */
} model_mark;

typedef struct model_step {
    model_mark first;
    model_mark repeats[MODEL_REPEATS + 1]; /* from 1 */
    const char *because;
} model_step;

typedef struct model_note {
    enum { MODEL_PAUSE, MODEL_EXTENSION, MODEL_NEW_DUE } kind;
    sla_time from, to; /* of a pause */
    sla_duration span;
    sla_time until;
} model_note;

typedef struct model_reason {
    bool by_fact, by_while, capped, followed;
    sla_time since;
    uint32_t seq;   /* of the fact that set it */
    uint32_t times; /* it was set in this cycle */
} model_reason;

/* The reasons that hold a target, or one clock of it, and the spans they held it. */
typedef struct model_pauses {
    model_reason reasons[MODEL_PAUSES];
    bool any;
    sla_time since; /* when `any` became true */
    size_t note_count;
    model_note notes[MODEL_NOTES]; /* the first note_count are set */
} model_pauses;

typedef struct model_plan {
    sla_time base, due;
    bool armed[SLA_STEPS_MAX];
    sla_time at[SLA_STEPS_MAX];
} model_plan;

/* A cap or a follow-up that came. */
typedef struct model_pause_end {
    uint16_t pause;
    uint32_t number; /* of those of this pause in this cycle, from 1 */
    sla_time at, when;
} model_pause_end;

typedef struct model_clock {
    uint16_t policy, target; /* numbers in the set */
    uint32_t cycle;
    sla_state state;
    bool start_seen, start_given, scheduled, wants_asked;
    sla_time seen_at;
    sla_time started_at, ended_at;
    uint32_t goal; /* number in the set */
    uint16_t calendar;
    int64_t anchor;
    bool on_defaults, provisional;
    bool was_provisional; /* before the world changed */
    model_plan plan;
    sla_time breached_at;    /* SLA_NEVER while not breached */
    bool breached_by_change; /* then it keeps that instant */
    bool held;               /* acknowledged */
    sla_time held_until;
    unsigned acknowledgements, extensions;
    bool excluded, silence;
    sla_duration waived;
    size_t cap_count, follow_up_count;
    const sla_calendar *end_calendar; /* the version in force when it ended */
    uint32_t end_seq;
    const model_fact *end_fact;
    const char *end_because;
    sla_time due_before; /* while one fact is applied */
    const char *moved_because;

    model_pause_end caps[MODEL_PAUSES * 2], follow_ups[MODEL_PAUSES * 2]; /* so many are set */
    model_pauses pauses;
    model_step steps[]; /* of its target */
} model_clock;

/* An at_once rule that fired. */
typedef struct model_fired {
    uint16_t policy;
    uint32_t rule;
    uint32_t seq;
    sla_time at;
    const model_fact *fact;
} model_fired;

/* A due that moved without a fact having been recorded late. */
typedef struct model_move {
    uint16_t policy, target;
    uint32_t cycle;
    sla_time at, old_due, new_due;
    sla_time when; /* how far the fold had come */
    uint32_t seq;
    size_t world; /* 0: none */
    const model_fact *fact;
    const char *because;
    bool confirmed;
} model_move;

typedef struct model_memory {
    uint32_t cycles; /* begun so far */
    bool until;      /* recur_until has been fulfilled */
    model_pauses pauses;
} model_memory;

typedef struct model_value {
    bool has;
    int64_t value;
} model_value;

typedef struct model_name {
    const char *name;
    size_t length;
    sla_time last;
} model_name;

typedef struct model_derived {
    uint16_t fact;
    sla_time at;
    uint32_t seq;
    int depth;
} model_derived;

/* What one fact, that the recorder wants to hear of, met at its place. */
typedef struct model_verdict {
    bool applied, before_opened, refused, named, done;
    const char *rule;
    int code; /* of an extension, acknowledgement or waiver */
} model_verdict;

typedef struct model_truth {
    const sla_policies *set;
    const model_timeline *timeline;
    const sla_calendar *calendars[MODEL_CALENDARS];
    bool opened;
    sla_time opened_at;
    model_value values[SLA_ATTRIBUTES_MAX];
    const sla_attribute *raw[MODEL_NAMES]; /* by name, those no policy reads too */
    size_t raw_count;
    model_name seen[MODEL_NAMES];
    size_t seen_count;
    bool has[MODEL_POLICIES];
    model_clock *clocks[MODEL_CLOCKS]; /* by target, cycle */
    size_t clock_count;
    model_fired fired[MODEL_FIRED];
    size_t fired_count;
    size_t move_count;
    model_derived pending[MODEL_PENDING];
    size_t pending_count;
    bool in_fact;      /* one is being applied */
    size_t item_count; /* of the timeline, that have happened */

    sla_time now;            /* of the fold */
    sla_time undone_itself;  /* ... not by a fact */
    sla_time undone;         /* when something that had passed was last armed again */
    const char *because;     /* of the change of plan that is going on, or NULL */
    sla_time last_fact_at;   /* of the facts applied */
    sla_time last_instant;   /* at which something passed after the facts */
    sla_time world_at;       /* when the world last changed */
    sla_time next_instant;   /* of what has not passed yet */
    const model_fact *watch; /* whose verdict is wanted */
    model_verdict verdict;

    model_move moves[MODEL_MOVES]; /* the first move_count are set */
    model_memory memory[];         /* by target */
} model_truth;

/* Fold up to `limit`: facts at it included; what passes at it too, if `passing`. */
model_truth *model_fold(const model_timeline *timeline, sla_time limit, bool passing,
                        const model_fact *watch);
void model_truth_free(model_truth *truth);

/* --- model_condition.c --- */

typedef struct model_asked {
    const model_value *values;
    const sla__default *defaults; /* for goals and calendars */
    size_t default_count;
    uint16_t fact;     /* being applied; SLA__NONE */
    size_t seen_count; /* how much of the memory of `seen` counts */
    bool *on_defaults; /* set where one of the defaults was needed */
} model_asked;

bool model_holds(const model_truth *truth, const model_asked *asked, sla__condition condition);
bool model_now(const model_truth *truth, uint16_t fact, sla__condition condition);

typedef struct model_choice {
    bool any;
    uint32_t goal;
    uint16_t calendar;
    int64_t anchor;
    bool on_defaults;
} model_choice;

model_choice model_choose(const model_truth *truth, uint16_t target, sla_time start);

/* --- model_plan.c --- */

sla_time model_add(const sla_calendar *calendar, sla_time from, sla_duration need,
                   sla_exact_fit fit);
model_plan model_make_plan(const model_truth *truth, const model_clock *clock);
sla_time model_repeat_at(const model_truth *truth, const model_clock *clock, size_t step,
                         unsigned repeat);
sla_time model_waived_due(const model_truth *truth, const model_clock *clock);
/* The calendar in which the target's time is spent; NULL is elapsed. */
const sla_calendar *model_time_of(const model_truth *truth, const model_clock *clock);
bool model_provisional(const model_truth *truth, const model_clock *clock);

/* --- model_clock.c: what happens to one clock --- */

const sla__target *model_target(const model_truth *truth, const model_clock *clock);
bool model_live(const model_clock *clock);
model_clock *model_clock_make(model_truth *truth, uint16_t target);
model_clock *model_latest(model_truth *truth, uint16_t target);
void model_clock_remove(model_truth *truth, model_clock *clock);
void model_try_start(model_truth *truth, model_clock *clock, sla_time at);
void model_next_cycle(model_truth *truth, uint16_t target, sla_time start, sla_time at,
                      uint32_t seq);
void model_end(model_truth *truth, model_clock *clock, sla_state state, sla_time at,
               const char *because, uint32_t seq, const model_fact *fact);
/* The reasons changed `since` (a cap may be overdue), which is noticed at `at`. */
void model_pause_or_resume(model_truth *truth, model_clock *clock, sla_time since, sla_time at,
                           const char *because);
void model_pauses_settle(model_pauses *pauses, sla_time at);
/* The next cycle, where there is one: after an end, or at a breach. */
void model_recur(model_truth *truth, model_clock *clock, sla_time at, uint32_t seq);

/* --- model_instant.c: its steps and other instants --- */

void model_replan(model_truth *truth, model_clock *clock, sla_time at, const char *because);
/* What had passed at or after `at` is armed again: one poll must not tell it and take it back. */
void model_note_undone(model_truth *truth, sla_time at);

/* The earliest instant of the clock, and passing it. */
typedef struct model_instant {
    sla_time at;
    enum { MODEL_CAP, MODEL_START, MODEL_FOLLOW_UP, MODEL_ACK_END, MODEL_STEP } what;
    size_t which;
    unsigned repeat;
} model_instant;

bool model_clock_next(const model_truth *truth, const model_clock *clock, model_instant *out);
bool model_step_next(const model_truth *truth, const model_clock *clock, model_instant *out);
void model_clock_pass(model_truth *truth, model_clock *clock, const model_instant *instant,
                      sla_time at);

/* --- model_change.c --- */

/* What is being applied: a fact of the history, or one that the fold derived. */
typedef struct model_applied {
    const model_fact *fact; /* NULL: derived */
    const char *name;
    size_t name_length;
    uint16_t number; /* of the name, SLA__NONE when no policy reads it */
    sla_time at;
    uint32_t seq;
    int depth;
    model_value before[SLA_ATTRIBUTES_MAX];
    size_t seen_before;
    bool was_opened;
    bool refused[MODEL_POLICIES];
} model_applied;

void model_change_reasons(const model_truth *truth, uint16_t target, model_pauses *pauses,
                          const model_applied *fact);
void model_to_target(model_truth *truth, uint16_t number, const model_applied *fact);

/* --- model_apply.c --- */

void model_apply(model_truth *truth, const model_item *item);
void model_apply_derived(model_truth *truth, const model_derived *derived);
void model_note_moves(model_truth *truth, sla_time at, uint32_t seq, size_t world,
                      const model_fact *fact);
void model_remember_dues(model_truth *truth);

#endif
