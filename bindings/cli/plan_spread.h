/* plan_spread.h - how long something takes: a distribution of spans out of a profile. */
#ifndef SLA_CLI_PLAN_SPREAD_H
#define SLA_CLI_PLAN_SPREAD_H

#include "base/json.h"
#include "plan_random.h"

#include <sla/base.h>

typedef enum plan_spread_kind {
    PLAN_FIXED,
    PLAN_EXPONENTIAL,
    PLAN_LOGNORMAL,
    PLAN_EMPIRICAL
} plan_spread_kind;

typedef struct plan_spread {
    plan_spread_kind kind;
    sla_duration span;    /* the fixed one, the mean of an exponential one, a lognormal's median */
    double sigma;         /* of the logarithm, where it is lognormal */
    sla_duration *values; /* empirical: each as likely as another */
    size_t count;
} plan_spread;

/* Read the member `key`, which has to be there: "PT5M", or an object with one of
 * `exponential`, `lognormal`, `empirical`.  SLA_OK or the code of a complaint. */
int plan_spread_get(sla__json *json, const json_t *object, const char *key, plan_spread *spread);
void plan_spread_fini(plan_spread *spread);

/* One span; what would be longer than PLAN_SPAN_MAX is that. */
#define PLAN_SPAN_MAX (3650 * SLA_DAY)
sla_duration plan_spread_draw(const plan_spread *spread, plan_random *random);

/* In microseconds. */
double plan_spread_mean(const plan_spread *spread);

#endif
