/*
 * prng.h - a small seeded generator for tests: splitmix64.  The same seed gives
 * the same numbers on every machine and compiler.
 */
#ifndef SLA_TESTS_PRNG_H
#define SLA_TESTS_PRNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct prng {
    uint64_t state;
} prng;

static inline prng prng_seeded(uint64_t seed)
{
    prng random = {seed};

    return random;
}

static inline uint64_t prng_next(prng *random)
{
    uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* 0 … count - 1.  The bias of the remainder is below 2⁻³² for any count tests use. */
static inline uint64_t prng_below(prng *random, uint64_t count)
{
    return count == 0 ? 0 : prng_next(random) % count;
}

/* first … last, both included. */
static inline int64_t prng_between(prng *random, int64_t first, int64_t last)
{
    return (int64_t)((uint64_t)first + prng_below(random, (uint64_t)last - (uint64_t)first + 1));
}

static inline bool prng_percent(prng *random, unsigned percent)
{
    return prng_below(random, 100) < percent;
}

#endif
