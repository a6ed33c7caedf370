/* plan_pace.c - see plan_pace.h. */
#include "plan_pace.h"

enum { LOOKS = 32 }; /* not at the clock each time */

void plan_pace_look(plan_pace *pace, double part)
{
    const size_t left = pace->here + pace->later > 0 ? pace->here + pace->later : 1;
    const double done = (double)pace->done + part;

    if (!pace->progress.shown || pace->looks++ % LOOKS != 0 || !progress_is_time(&pace->progress))
        return;
    progress_part(&pace->progress, done, (double)left - part, "course %zu of about %zu",
                  pace->done + 1, pace->done + left);
}

void plan_pace_step(plan_pace *pace)
{
    pace->done++;
    if (pace->here > 0)
        pace->here--;
}

size_t plan_pace_halvings(int64_t span)
{
    size_t count = 0;

    for (; span > 1; span -= span / 2)
        count++;
    return count;
}
