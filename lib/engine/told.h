/*
 * told.h - what receivers have heard: kept beside the truth, compared with it,
 * never rewritten.
 */
#ifndef SLA_ENGINE_TOLD_H
#define SLA_ENGINE_TOLD_H

#include "engine/state.h"

/* What brought a change about. */
typedef struct sla__source {
    sla_time at;
    uint32_t seq;      /* the recorded fact, 0 for none */
    uint32_t world;    /* the fact of the world, 0 for none */
    sla__cause cause;  /* SLA__CAUSE_NONE: found out per clock */
    uint32_t revision; /* of what a fact that waited announces: how often it was corrected */
} sla__source;

/* Carries over what was told from an old fold of a ticket to a new one.  False:
 * out of memory. */
bool sla__told_carry(sla_engine *engine, const sla__fold *from, sla__fold *to);

/*
 * Compares a ticket's truth before and after: what was told and no longer holds
 * is taken back, moved dues are announced, and `passings` that hold and are
 * not decided yet join what waits in `tells`, all in order.
 *
 * SLA_OK or SLA_ERR_NOMEM; then `after` and `tells` are to be thrown away.
 */
int sla__told_compare(sla_engine *engine, const sla__fold *before, sla__fold *after,
                      const sla__source *source, const sla__tells *passings, sla__tells *tells);

/*
 * The same where nothing that may have been told has moved: `passings` alone join `tells`,
 * and what waits there and no longer holds goes.
 */
int sla__told_join(sla_engine *engine, const sla__fold *after, const sla__tells *passings,
                   sla__tells *tells);

/* Whether a passing holds, and is not decided yet. */
bool sla__told_undecided(const sla__fold *fold, const sla__tell *tell);

/* Marks it as decided: told, or kept quiet. */
void sla__told_decide(sla__fold *fold, const sla__tell *tell, bool quiet);

/* Whether somebody has heard of the step: it was told, or a repeat of it. */
bool sla__told_heard(const sla__fold *fold, const sla__clock *clock, size_t step);

/* Counts a repeat that gives way to a newer one; and takes the count since the
 * last one told. */
void sla__told_skip(sla__fold *fold, const sla__tell *tell);
uint32_t sla__told_skipped(sla__fold *fold, const sla__tell *tell);

/* How often this same thing was told and taken back before. */
uint32_t sla__told_revision(const sla__fold *fold, const sla__tell *tell);

#endif
