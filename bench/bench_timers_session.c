/* bench_timers_session.c - one contender of `sla-bench timers` walks through the steps, and is
 * timed. */
#include "bench_timers.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define MONTH INT64_C(2592000000000)

size_t timers_operations(const timers_work *work, size_t phase)
{
    if (phase == TIMERS_HERD_FIRE)
        return work->ends[TIMERS_HERD_ARM] - work->ends[TIMERS_FILL];
    if (phase == TIMERS_DRAIN)
        return work->drained;
    return work->ends[phase] - (phase == 0 ? 0 : work->ends[phase - 1]);
}

/* A library's clock may stand for the machine's while it is measured. */
void timers_go_on(timers_course *course, uint64_t cost)
{
    const int64_t had = timers_clock;

    timers_clock = 0;
    course->done += cost;
    bench_progress_to(&course->progress, course->done);
    timers_clock = had;
}

/* ------------------------------------------------------------------------ phase by phase */

static size_t held(void)
{
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static inline void take_step(const timers_contender *who, void *timers, const timers_step *step,
                             int64_t begun, timers_fired *fired)
{
    switch (step->kind) {
    case TIMERS_ARM:
        who->arm(timers, step->id, begun + step->at);
        break;
    case TIMERS_CANCEL:
        who->cancel(timers, step->id);
        break;
    case TIMERS_MOVE:
        who->move(timers, step->id, begun + step->at);
        break;
    default:
        who->fire(timers, begun + step->at, fired);
    }
}

void timers_session_begin(timers_session *session, const timers_contender *who, size_t live)
{
    *session = (timers_session){.who = who, .before = held()};
    session->timers = who->open(live);
}

void timers_session_end(timers_session *session)
{
    session->who->close(session->timers);
    session->timers = NULL;
    malloc_trim(0);
}

static bool agrees(const timers_contender *who, const timers_fired *wanted,
                   const timers_fired *fired)
{
    if (fired->count == wanted->count && fired->sum == wanted->sum &&
        (!who->exact || fired->in_order == wanted->in_order))
        return true;
    fprintf(stderr, "sla-bench: %s fired something else\n", who->name);
    return false;
}

bool timers_session_run(timers_session *session, const timers_work *work, size_t end,
                        timers_course *course, timers_taken *out)
{
    timers_fired fired = {0};
    size_t i = 0;

    session->begun += MONTH;
    session->who->fire(session->timers, session->begun, &fired);
    for (size_t phase = 0; phase < end; phase++) {
        const double start = timers_seconds();

        for (; i < work->ends[phase]; i++)
            take_step(session->who, session->timers, &work->steps[i], session->begun, &fired);
        out->seconds[phase] = timers_seconds() - start;
        out->bytes[phase] =
            held() - session->before -
            (session->who->beside != NULL ? session->who->beside(session->timers) : 0);
        timers_go_on(course, session->who->cost * timers_operations(work, phase));
    }
    return agrees(session->who, &work->wanted[end - 1], &fired);
}

/* ------------------------------------------------------------------- the longest call */

double timers_longest(const timers_contender *who, const timers_work *work, size_t count,
                      timers_course *course)
{
    float *const quickest = timers_grow(NULL, count, sizeof *quickest);
    double longest = 0;

    for (size_t pass = 0; pass < TIMERS_PASSES; pass++) {
        void *const timers = who->open(work->live);
        timers_fired fired = {0};

        for (size_t i = 0; i < count; i++) {
            const double start = timers_seconds();
            double seconds;

            take_step(who, timers, &work->steps[i], 0, &fired);
            seconds = timers_seconds() - start;
            if (pass == 0 || seconds < (double)quickest[i])
                quickest[i] = (float)seconds;
        }
        who->close(timers);
        malloc_trim(0);
        timers_go_on(course, who->cost * count);
    }
    for (size_t i = 0; i < count; i++)
        if (work->steps[i].kind != TIMERS_FIRE && (double)quickest[i] > longest)
            longest = (double)quickest[i];
    free(quickest);
    return longest;
}
