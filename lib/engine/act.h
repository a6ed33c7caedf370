/*
 * act.h - a fact in the numbers of the policies that will read it.
 */
#ifndef SLA_ENGINE_ACT_H
#define SLA_ENGINE_ACT_H

#include "engine/state.h"

typedef struct sla__act {
    uint16_t name; /* SLA__NONE: no policy reads it */
    sla_time at;
    uint32_t seq;        /* 0: derived by the fold */
    size_t offset;       /* where its content lies in the history */
    uint16_t cycle;      /* of the clock that derived it */
    uint32_t rules;      /* policies in force when it was recorded */
    uint64_t set, clear; /* attribute slots */
    int64_t values[SLA_ATTRIBUTES_MAX];
    const sla_fact *fact; /* NULL for a derived one */

    /* What became of it. */
    const char *why;  /* ... in words */
    const char *rule; /* name of the rule that refused it, else "" */
    bool named;       /* acknowledged, extended, waived: a clock was meant */
    bool done;        /* ... and took it */
    bool before_opened;
    bool policy_named; /* the fact names a policy */
    bool unread;       /* it has an attribute that no policy reads */
    bool applied;
} sla__act;

/*
 * Names to numbers, values to the declared types.  SLA_OK; SLA_ERR_FACT for a
 * value of the wrong type or a reason that a policy does not list; the values of
 * the right types are read all the same.  Names that no policy reads are left out.
 */
int sla__act_compile(const sla_policies *policies, const sla_fact *fact, uint32_t seq,
                     sla__act *act, sla_error *error);

/* acknowledged, extended, waived: given about a clock. */
static inline bool sla__act_is_order(const sla__act *act)
{
    return act->name >= SLA__FACT_ACKNOWLEDGED && act->name <= SLA__FACT_WAIVED;
}

/* What folding found: SLA_OK; SLA_ERR_NOT_FOUND, SLA_ERR_STATE for an order that
 * no clock took. */
int sla__act_verdict(const sla__act *act);

/* A fact that the fold makes itself. */
void sla__act_derive(uint16_t name, sla_time at, uint16_t cycle, sla__act *act);

/* Whether ids, names and values keep the rules of every fact, whatever the
 * policies.  SLA_OK; SLA_ERR_FACT; SLA_ERR_TOO_LONG; SLA_ERR_RANGE. */
/* SLA_ERR_RANGE for an instant of recording outside the years of sla_time. */
int sla__now_check(sla_time now, sla_error *error);

int sla__fact_check(const sla_fact *fact, sla_error *error);

#endif
