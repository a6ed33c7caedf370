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
    uint32_t by;         /* symbol of a derived fact's name, else 0 */
    uint16_t cycle;      /* of the clock that derived it */
    uint32_t rules;      /* policies in force when it was recorded */
    uint64_t set, clear; /* attribute slots */
    int64_t values[SLA_ATTRIBUTES_MAX];
    const sla_fact *fact; /* NULL for a derived one */

    /* What became of it. */
    int result;      /* an error that only folding can find, else SLA_OK */
    const char *why; /* ... in words */
    uint32_t rule;   /* symbol of the rule that refused it, else 0 */
    bool effect;     /* something read it */
} sla__act;

/*
 * Names to numbers, values to the declared types.  SLA_OK; SLA_ERR_FACT for a
 * value of the wrong type or a reason that a policy does not list.  Names that
 * no policy reads are left out.
 */
int sla__act_compile(const sla_policies *policies, const sla_fact *fact, uint32_t seq,
                     sla__act *act, sla_error *error);

/* A fact that the fold makes itself. */
void sla__act_derive(const sla_policies *policies, uint16_t name, sla_time at, uint16_t cycle,
                     sla__act *act);

/* Whether ids, names and values keep the rules of every fact, whatever the
 * policies.  SLA_OK; SLA_ERR_FACT; SLA_ERR_TOO_LONG; SLA_ERR_RANGE. */
int sla__fact_check(const sla_fact *fact, sla_error *error);

#endif
