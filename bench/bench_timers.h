/*
 * bench_timers.h - the work of `sla-bench timers`, and who does it.
 *
 * The work is a list of steps made beforehand, so that every contender does the
 * same; each is a table of calls over its own structure.  What fires is added to a
 * checksum, and no contender touches anything of a ticket.
 */
#ifndef SLA_BENCH_TIMERS_H
#define SLA_BENCH_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench.h"

typedef enum timers_kind { TIMERS_ARM, TIMERS_CANCEL, TIMERS_MOVE, TIMERS_FIRE } timers_kind;

/* `at`: microseconds, when it is due; of TIMERS_FIRE what the clock says now. */
typedef struct timers_step {
    int64_t at;
    uint32_t id; /* as small as possible: those of dead timers are used again */
    uint32_t kind;
} timers_step;

/* What fired.  `in_order` also says in which order. */
typedef struct timers_fired {
    uint64_t count, sum, in_order;
} timers_fired;

static inline void timers_note(timers_fired *fired, uint32_t id)
{
    fired->count++;
    fired->sum += (id + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
    fired->in_order = fired->in_order * UINT64_C(0x100000001b3) + id;
}

enum { TIMERS_FILL, TIMERS_HERD_ARM, TIMERS_HERD_FIRE, TIMERS_MIX, TIMERS_DRAIN, TIMERS_PHASES };

typedef struct timers_work {
    timers_step *steps;
    size_t capacity;
    size_t ends[TIMERS_PHASES];         /* behind the last step of a phase */
    size_t live;                        /* when filled */
    size_t drained;                     /* fired by the last phase */
    timers_fired wanted[TIMERS_PHASES]; /* when it ends, by a plain heap in order of instant and
                                           opening */
} timers_work;

/* Live timers and steps of the mix; a herd where `herd` is not 0.  Nothing is left at its end. */
void timers_work_make(timers_work *work, uint64_t seed, size_t live, size_t mixed, size_t herd);
void timers_work_free(timers_work *work);

/* One structure.  A call that finds no memory says so and ends the program. */
typedef struct timers_contender {
    const char *name;
    void *(*open)(size_t live); /* expects as many, and may get more */
    void (*arm)(void *timers, uint32_t id, int64_t at);
    void (*cancel)(void *timers, uint32_t id);
    void (*move)(void *timers, uint32_t id, int64_t at);
    /* All that is due at `now`. */
    void (*fire)(void *timers, int64_t now, timers_fired *fired);
    void (*close)(void *timers);
    size_t (*beside)(const void *timers); /* bytes that are no part of the structure; or NULL */
    bool exact;                           /* equal instants in order of opening */
    unsigned cost;       /* beside the others, more or less: for the time that is left */
    const char *skipped; /* not NULL: why there is none */
} timers_contender;

extern const timers_contender timers_sla, timers_libev, timers_libuv, timers_libevent,
    timers_heap_2, timers_heap_8, timers_tree, timers_lazy;

/* Calls, but of a herd and of the drain what fires. */
size_t timers_operations(const timers_work *work, size_t phase);

/* How far all has come, in operations by what they cost. */
typedef struct timers_course {
    bench_progress progress;
    uint64_t done;
} timers_course;

void timers_go_on(timers_course *course, uint64_t cost);

/* A contender on its way through the rounds, each of which begins a month later. */
typedef struct timers_session {
    const timers_contender *who;
    void *timers;
    size_t before; /* held when it was opened */
    int64_t begun;
} timers_session;

typedef struct timers_taken {
    double seconds[TIMERS_PHASES];
    size_t bytes[TIMERS_PHASES]; /* held when it ended */
} timers_taken;

void timers_session_begin(timers_session *session, const timers_contender *who, size_t live);
void timers_session_end(timers_session *session);

/* The phases before `end`.  False: it fired something else, which has been said. */
bool timers_session_run(timers_session *session, const timers_work *work, size_t end,
                        timers_course *course, timers_taken *out);

enum { TIMERS_PASSES = 3 };

/* Seconds of the longest of the first `count` calls, with a structure that has to grow; what
 * fires is many timers, not a call.  A call that a busy machine interrupts is not a slow one:
 * of each the quickest time of some passes counts. */
double timers_longest(const timers_contender *who, const timers_work *work, size_t count,
                      timers_course *course);

/* Memory, or a message and the end. */
void *timers_grow(void *array, size_t count, size_t size);

/* Elements by id that stay where they are: what libraries link to each other. */
typedef struct timers_table {
    char **pages;
    size_t count, size;
} timers_table;

enum { TIMERS_PAGE = 4096 };

static inline void *timers_table_at(const timers_table *table, uint32_t id)
{
    return table->pages[id / TIMERS_PAGE] + id % TIMERS_PAGE * table->size;
}

void timers_table_grow(timers_table *table, uint32_t id);

/* So that there is an element `id`; new ones are zero. */
static inline void timers_table_reach(timers_table *table, uint32_t id)
{
    if (id / TIMERS_PAGE >= table->count)
        timers_table_grow(table, id);
}

void timers_table_free(timers_table *table);

/* What libraries are told of the time while it is not 0, in microseconds. */
extern int64_t timers_clock;

/* Seconds on a clock that goes on while timers_clock stands. */
double timers_seconds(void);

#endif
