/* lint.h - what the parts of the lint share: the set, the remarks, and where things stand. */
#ifndef SLA_POLICY_LINT_H
#define SLA_POLICY_LINT_H

#include "policy/draft.h"
#include "policy/hold.h"
#include "policy/policy.h"

/* How much open time dates of a calendar hold. */
typedef struct sla__reach {
    sla_duration date; /* the most that one of them holds */
    sla_duration span; /* from the earliest opening of any date to the latest closing */
} sla__reach;

typedef struct sla__lint {
    const sla_policies *set;
    sla_remark *remarks;
    size_t capacity, count;
    sla__claim *claims;  /* room for every list of conditions that is held together */
    sla__reach *reaches; /* of the set's calendars, in their order */
} sla__lint;

/* About what. */
typedef struct sla__spot {
    int line, column;
    char source[128];
    char pointer[256];
} sla__spot;

/* One remark more. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void sla__lint_remark(sla__lint *lint, const char *code, const sla__spot *where, const char *format,
                      ...);

/* About a policy (`member` such as "/match", or ""), a target, an element of one
 * of a target's lists, a goal. */
sla__spot sla__spot_policy(const sla__lint *lint, size_t policy, const char *member);
sla__spot sla__spot_target(const sla__lint *lint, size_t target, const char *member);
sla__spot sla__spot_step(const sla__lint *lint, size_t target, size_t step);
sla__spot sla__spot_pause(const sla__lint *lint, size_t target, size_t pause);
sla__spot sla__spot_goal(const sla__lint *lint, size_t target, size_t goal);

/* The parts. */
void sla__lint_target(sla__lint *lint, size_t target);
void sla__lint_steps(sla__lint *lint, size_t target);
void sla__lint_ladder(sla__lint *lint, size_t target, uint32_t step);
void sla__lint_policy(sla__lint *lint, size_t policy);
void sla__lint_sums(sla__lint *lint, size_t target);

/* Whether a condition, SLA__IMPOSSIBLE or not, can hold for a ticket of the target's
 * policy. */
bool sla__can_come(const sla__lint *lint, size_t target, sla__condition condition);

/* Claims, after the first `count` of lint->claims, that a ticket of the target's policy is
 * given goal `index` of it: the match, the goal, and that none before it applies.
 * Returns how many there are then. */
size_t sla__claim_chosen(sla__lint *lint, size_t count, const sla__target *target, uint32_t index);

/* Whether under goal `index` the first condition can hold while the second one does, or
 * with `negated` does not. */
bool sla__meet_under(sla__lint *lint, const sla__target *target, uint32_t index,
                     sla__condition condition, sla__condition other, bool negated);

/* ------------------------------------------------------------ lint_reach.c */

sla__reach sla__reach_of(const sla_calendar *calendar);

/* The most of all calendars that a target may count by. */
sla__reach sla__target_reach(const sla__lint *lint, const sla__target *target);

/* The longest that a goal can take, in its own time (sla__goal.measure); SLA_NEVER
 * where that is open. */
sla_duration sla__goal_longest(const sla__lint *lint, const sla__target *target,
                               const sla__goal *goal);

/* What it takes where every day is like the next; SLA_NEVER where that is open. */
sla_duration sla__goal_usual(const sla__lint *lint, const sla__target *target,
                             const sla__goal *goal);

#endif
