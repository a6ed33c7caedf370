/*
 * counterpart.h - the things of one set of policies found again in another, by
 * name.  What is not there is SLA__NONE.
 */
#ifndef SLA_ENGINE_COUNTERPART_H
#define SLA_ENGINE_COUNTERPART_H

#include "policy/policy.h"

typedef struct sla__pair {
    const sla_policies *from, *to;
} sla__pair;

uint16_t sla__pair_policy(const sla__pair *pair, size_t policy);
uint16_t sla__pair_target(const sla__pair *pair, size_t target);
uint16_t sla__pair_at_once(const sla__pair *pair, size_t rule);
uint16_t sla__pair_fact(const sla__pair *pair, size_t fact);

/* Of a target `from` whose counterpart is `to`: a step, a pause reason, by their
 * places; or several of them, as bits. */
uint16_t sla__pair_step(const sla__pair *pair, uint16_t from, uint16_t to, size_t step);
uint16_t sla__pair_pause(const sla__pair *pair, uint16_t from, uint16_t to, size_t pause);
uint32_t sla__pair_steps(const sla__pair *pair, uint16_t from, uint16_t to, uint32_t steps);
uint32_t sla__pair_pauses(const sla__pair *pair, uint16_t from, uint16_t to, uint32_t pauses);

#endif
