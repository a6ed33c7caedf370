/*
 * crash.h - a service that is killed again and again, and a journal of what it has
 * said that somebody else keeps.
 *
 * The service lives in a child; what it answers and hands over goes through a pipe
 * to the parent, which takes a line for said once it is in the pipe.  The child ends
 * itself by SIGKILL at a point that has a name.  The next child goes on where the
 * journal ends: a fact without an answer is recorded again, under its id.
 *
 * At the end: every fact is on the record, once; what was told is what a service on
 * a memory store that nobody killed tells; every event was handed over, and under one
 * number only.
 */
#ifndef SLA_TESTS_CRASH_H
#define SLA_TESTS_CRASH_H

#include <sla/store.h>

/* A store that outlives the process. */
typedef struct crash_store {
    const char *name;
    void *context;
    /* In the child, or in the parent at the end: a store on what is there. */
    sla_store *(*open)(void *context);
    /* Before the first child of a point, after its last. */
    void (*fresh)(void *context);
    void (*forget)(void *context);
} crash_store;

/* Points that every store has, in the midst of a life or at its birth; a store's own are
 * called with crash_at. */
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

/* Kills the process when it is a child whose point this is, at the count that was drawn. */
void crash_at(const char *point);

/* What else happens at the moment of a death, from now on; NULL: nothing. */
void crash_with(void (*dying)(void));

/* Kills a service at `point`, `kills` times, at its birth or in the midst of its life;
 * fails the test where anything is lost or doubled. */
void crash_again_and_again(const crash_store *store, const char *point, bool at_birth,
                           size_t kills);

/* How many kills at each point: 20, SLA_LONG: 200; SLA_KILLS says otherwise. */
size_t crash_kills(void);

#endif
