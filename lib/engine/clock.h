/*
 * clock.h - the moves of one clock.
 *
 *              start                 pause
 *   waiting ----------> running <-------------> paused
 *      |                   |        resume         |
 *      | cancel            | stop                  | stop
 *      v                   v                       v
 *   cancelled       met / missed / cancelled   met / missed / cancelled
 *
 * An ended clock goes back to running only by a reopening that continues its
 * cycle.  Everything that changes a clock's truth is in clock.c; other files
 * ask for a move.
 */
#ifndef SLA_ENGINE_CLOCK_H
#define SLA_ENGINE_CLOCK_H

#include "engine/act.h"
#include "engine/plan.h"
#include "engine/state.h"

/* Asked of a look ahead: does a later step of this clock and class pass? */
typedef struct sla__watch {
    uint16_t target, cycle;
    bool levels;     /* class: levels and what lies after due, or warnings */
    int step;        /* only later repeats of this step, or -1 for the whole class */
    uint32_t repeat; /* of that step: the one before them */
    sla_time now;    /* of the poll */
    bool found;
} sla__watch;

/* One folding at work. */
typedef struct sla__run {
    sla_engine *engine;
    sla__ticket *ticket;
    sla__fold *fold;
    const sla_policies *policies;
    sla__tells *sink; /* what passes goes here; NULL in a look ahead */
    sla__watch *watch;
    bool effects; /* more than a plain step passed */
    bool grew;    /* and more than ends: what lies ahead may need more room */
    bool moved;   /* what may have been told has moved: compare before and after */
    int result;   /* SLA_ERR_NOMEM, SLA_ERR_HORIZON */
    int depth;    /* of derived facts */
} sla__run;

/* Whether the tell is one that the watch is for, and will be told. */
bool sla__watch_sees(const sla_policies *policies, const sla__watch *watch, const sla__tell *tell);

/* Hands a passing to the sink.  The clock may be NULL (at_once). */
void sla__run_tell(sla__run *run, const sla__tell *tell);

/* Finds the clock's next item. */
void sla__clock_arm(sla__run *run, sla__clock *clock);

/* The start is seen, at `start`: begins when a goal applies, else waits for one. */
void sla__clock_start(sla__run *run, sla__clock *clock, sla_time start, sla_time now);

/* Makes the next cycle of the clock's target; returns it.  `clock` may have moved. */
sla__clock *sla__clock_next_cycle(sla__run *run, sla__clock *clock);

/* The set of reasons to stand still becomes `reasons`. */
void sla__clock_set_reasons(sla__run *run, sla__clock *clock, uint16_t reasons, sla_time at,
                            sla__cause cause);

/* Pause reasons of a kind, as bits: those held by attributes now; those that facts set. */
uint16_t sla__clock_held_reasons(sla__run *run, const sla__clock *clock);
uint16_t sla__clock_fact_reasons(const sla__run *run, const sla__clock *clock);

void sla__clock_end(sla__run *run, sla__clock *clock, sla_state state, sla_time at, uint32_t seq,
                    sla__cause cause);

/* The goal, calendar, credits or extensions changed at `at`: holds every step
 * against it, and lets pass what is overdue. */
void sla__clock_replan(sla__run *run, sla__clock *clock, sla_time at, sla__cause cause);

/* The goal or calendar becomes what is chosen now, planned from the start. */
void sla__clock_rechoose(sla__run *run, sla__clock *clock, sla__choice choice, sla_time at,
                         sla__cause cause);

/* Takes the end back and goes on in the cycle. */
void sla__clock_continue(sla__run *run, sla__clock *clock, sla_time at);

/* The instant it was breached at; SLA_NEVER while it is not. */
sla_time sla__clock_breached_at(const sla__fold *fold, const sla_policies *policies,
                                const sla__clock *clock);

bool sla__clock_breached(const sla_policies *policies, const sla__clock *clock);

/* The acknowledgement that holds the clock's levels, or NULL. */
sla__note *sla__clock_ack(const sla__fold *fold, const sla__clock *clock);

/* The step or repeat that the clock is armed for passes, at its own instant; in
 * the past of `now` when the clock was planned anew there. */
void sla__clock_pass(sla__run *run, sla__clock *clock, sla_time now, sla__cause cause);

/* A level that an acknowledgement held back passes now. */
void sla__clock_pass_held(sla__run *run, sla__clock *clock, size_t step, sla_time at);

/* Begins the next cycle of the clock's target from `start`, with the reasons
 * that attributes hold.  A start ahead of `at` is waited for. */
void sla__clock_begin_next(sla__run *run, sla__clock *clock, sla_time start, sla_time at);

/* The clock was met or missed at `at`: its target begins anew, where it recurs
 * and neither limit nor end has been reached. */
void sla__clock_recur(sla__run *run, sla__clock *clock, sla_time at, sla_time now);

/* The fact named `name` is derived, and comes after all facts of the instant. */
void sla__clock_derive(sla__run *run, uint16_t name, sla_time at, uint16_t cycle);

#endif
