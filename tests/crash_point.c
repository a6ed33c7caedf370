/* crash_point.c - see crash_point.h. */
#include "crash_point.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct {
    const char *point; /* NULL: not yet, or never */
    unsigned count;
} doomed;

static void (*at_death)(void);

void crash_arm(const char *point, unsigned count)
{
    doomed.point = point;
    doomed.count = count;
}

void crash_at(const char *point)
{
    if (doomed.point == NULL || strcmp(doomed.point, point) != 0 || --doomed.count != 0)
        return;
    if (at_death != NULL)
        at_death();
    kill(getpid(), SIGKILL);
}

void crash_with(void (*dying)(void))
{
    at_death = dying;
}
