/* crash_point.h - where a process may end: points with names. */
#ifndef SLA_TESTS_CRASH_POINT_H
#define SLA_TESTS_CRASH_POINT_H

#include <stdbool.h>

/* Points that every store has, at the birth of a service or in the midst of its life; a
 * store's own are called with crash_at. */
#define CRASH_POINT_MAP(X)                                                                         \
    X("before a unit is sent", false)                                                              \
    X("after a unit is sent", false)                                                               \
    X("its answer is there, nobody has seen it", false)                                            \
    X("its answer is taken, nobody was told", false)                                               \
    X("inside the consumer", false)                                                                \
    X("the consumer knows, its mark is not written", false)                                        \
    X("while tickets are loaded", true)                                                            \
    X("before the store is given back", false)                                                     \
    X("after the store was given back", false)

/* From now on the process ends when it is at the point for the `count`-th time.  NULL:
 * at none. */
void crash_arm(const char *point, unsigned count);

/* Kills the process where this is the point, and the time. */
void crash_at(const char *point);

/* What else happens at the moment of a death, from now on; NULL: nothing. */
void crash_with(void (*dying)(void));

#endif
