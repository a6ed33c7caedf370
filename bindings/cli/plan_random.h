/*
 * plan_random.h - seeded numbers for a plan: splitmix64.  The same seed gives the same ones on
 * every machine.
 */
#ifndef SLA_CLI_PLAN_RANDOM_H
#define SLA_CLI_PLAN_RANDOM_H

#include <math.h>
#include <stdint.h>

typedef struct plan_random {
    uint64_t state;
} plan_random;

static inline uint64_t plan_random_next(plan_random *random)
{
    uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* Numbers of its own for the `index`-th of many, whatever the others draw. */
static inline plan_random plan_random_for(uint64_t seed, uint64_t index)
{
    plan_random random = {seed};

    random.state = plan_random_next(&random) ^ index;
    random.state = plan_random_next(&random);
    return random;
}

/* Between 0 and 1, neither of them. */
static inline double plan_random_unit(plan_random *random)
{
    return ((double)(plan_random_next(random) >> 12) + 0.5) * 0x1p-52;
}

/* Exponential, mean 1. */
static inline double plan_random_exponential(plan_random *random)
{
    return -log(plan_random_unit(random));
}

/* Normal, mean 0, deviation 1. */
static inline double plan_random_normal(plan_random *random)
{
    const double length = sqrt(2 * plan_random_exponential(random));

    return length * cos(2 * 3.14159265358979323846 * plan_random_unit(random));
}

#endif
