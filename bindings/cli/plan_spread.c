/* plan_spread.c - see plan_spread.h. */
#include "plan_spread.h"

#include <stdlib.h>

#include "cli.h"
#include "time/json_time.h"

/* Nine of ten normal numbers lie below it. */
#define NINE_OF_TEN 1.2815515655446004

static int read_lognormal(sla__json *json, const json_t *value, plan_spread *spread)
{
    static const char *const known[] = {"median", "p90"};
    sla_duration p90;
    int result = sla__json_check_members(json, value, known, 2);

    if (result == SLA_OK)
        result = sla__json_get_duration(json, value, "median", SLA__REQUIRED, SLA_SECOND,
                                        366 * SLA_DAY, &spread->span);
    if (result == SLA_OK)
        result = sla__json_get_duration(json, value, "p90", SLA__REQUIRED, spread->span,
                                        3650 * SLA_DAY, &p90);
    if (result == SLA_OK)
        spread->sigma = log((double)p90 / (double)spread->span) / NINE_OF_TEN;
    return result;
}

static int read_values(sla__json *json, const json_t *value, plan_spread *spread)
{
    const size_t count = json_array_size(value);
    int result = SLA_OK;

    if (count == 0)
        return sla__json_complain(json, "an empirical distribution needs one span at least");
    spread->values = need_memory(count, sizeof *spread->values);
    spread->count = count;
    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        sla__json_push_index(json, i);
        result = sla__json_as_duration(json, json_array_get(value, i), 0, PLAN_SPAN_MAX,
                                       &spread->values[i]);
        sla__json_pop(json);
    }
    return result;
}

static int read_object(sla__json *json, const json_t *value, plan_spread *spread)
{
    static const char *const known[] = {"exponential", "lognormal", "empirical"};
    int result = sla__json_check_members(json, value, known, 3);
    json_t *inside = NULL;

    if (result != SLA_OK)
        return result;
    for (int i = 0; i < 3; i++)
        if (json_object_get(value, known[i]) != NULL) {
            if (inside != NULL)
                return sla__json_complain(json, "one of \"exponential\", \"lognormal\" and "
                                                "\"empirical\", not two");
            inside = json_object_get(value, known[i]);
            spread->kind = PLAN_EXPONENTIAL + i;
        }
    if (inside == NULL)
        return sla__json_complain(json, "how long it takes: a span such as PT20M, or an object "
                                        "with \"exponential\", \"lognormal\" or \"empirical\"");
    sla__json_push_key(json, known[spread->kind - PLAN_EXPONENTIAL]);
    if (spread->kind == PLAN_EXPONENTIAL)
        result = sla__json_as_duration(json, inside, SLA_SECOND, 366 * SLA_DAY, &spread->span);
    else if ((result = sla__json_as_type(
                  json, inside, spread->kind == PLAN_LOGNORMAL ? JSON_OBJECT : JSON_ARRAY)) ==
             SLA_OK)
        result = spread->kind == PLAN_LOGNORMAL ? read_lognormal(json, inside, spread)
                                                : read_values(json, inside, spread);
    sla__json_pop(json);
    return result;
}

int plan_spread_get(sla__json *json, const json_t *object, const char *key, plan_spread *spread)
{
    json_t *value;
    int result = sla__json_find(json, object, key, SLA__REQUIRED, &value);

    *spread = (plan_spread){.kind = PLAN_FIXED};
    if (result != SLA_OK)
        return result;
    sla__json_push_key(json, key);
    result = json_is_object(value)
                 ? read_object(json, value, spread)
                 : sla__json_as_duration(json, value, 0, PLAN_SPAN_MAX, &spread->span);
    sla__json_pop(json);
    return result;
}

void plan_spread_fini(plan_spread *spread)
{
    free(spread->values);
}

static sla_duration bounded(double span)
{
    return span < (double)PLAN_SPAN_MAX ? (sla_duration)span : PLAN_SPAN_MAX;
}

sla_duration plan_spread_draw(const plan_spread *spread, plan_random *random)
{
    switch (spread->kind) {
    case PLAN_EXPONENTIAL:
        return bounded((double)spread->span * plan_random_exponential(random));
    case PLAN_LOGNORMAL:
        return bounded((double)spread->span * exp(spread->sigma * plan_random_normal(random)));
    case PLAN_EMPIRICAL:
        return spread->values[(size_t)(plan_random_unit(random) * (double)spread->count)];
    default:
        return spread->span;
    }
}

static double normal_below(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

/* With what is cut off at PLAN_SPAN_MAX, which may be most of it. */
static double mean_of_lognormal(const plan_spread *spread)
{
    const double sigma = spread->sigma, median = (double)spread->span;
    const double cut = sigma > 0 ? log((double)PLAN_SPAN_MAX / median) / sigma : 0;

    if (sigma <= 0)
        return median;
    return median * exp(sigma * sigma / 2) * normal_below(cut - sigma) +
           (double)PLAN_SPAN_MAX * normal_below(-cut);
}

double plan_spread_mean(const plan_spread *spread)
{
    double sum = 0;

    if (spread->kind == PLAN_LOGNORMAL)
        return mean_of_lognormal(spread);
    if (spread->kind != PLAN_EMPIRICAL)
        return (double)spread->span;
    for (size_t i = 0; i < spread->count; i++)
        sum += (double)spread->values[i];
    return sum / (double)spread->count;
}
