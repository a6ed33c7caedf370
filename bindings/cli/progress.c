/* progress.c - see progress.h. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Whether a line of progress stands on the terminal just now. */
static bool standing;

bool progress_parse(const char *text, progress_when *out)
{
    static const char *const words[] = {"auto", "always", "never"};

    for (int i = 0; i < 3; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = (progress_when)i;
            return true;
        }
    return false;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void progress_begin(progress *p, progress_when when)
{
    p->terminal = isatty(STDERR_FILENO) != 0;
    p->shown = when == PROGRESS_ALWAYS || (when == PROGRESS_AUTO && p->terminal);
    p->began = p->last = seconds();
}

void progress_clear(void)
{
    if (standing)
        fputs("\r\033[K", stderr);
    standing = false;
}

static void show(progress *p, const input *in, double now, bool done)
{
    const double spent = now - p->began;
    const double rate = spent > 0 ? (double)in->lines / spent : 0;
    const char *end = p->terminal && !done ? "" : "\n";

    progress_clear();
    fprintf(stderr, "%zu lines, %.0f a second", in->lines, rate);
    if (in->total > 0 && in->bytes > 0 && !done) {
        const double share = (double)in->bytes / (double)in->total;
        const long left = (long)(spent / share - spent + 0.5);

        fprintf(stderr, ", %.0f %%, %ld:%02ld left", share * 100, left / 60, left % 60);
    }
    if (done)
        fprintf(stderr, ", %.1f s", spent);
    fputs(end, stderr);
    fflush(stderr);
    standing = p->terminal && !done;
}

void progress_step(progress *p, const input *in)
{
    double now;

    if (!p->shown || in->lines % 512 != 0)
        return;
    now = seconds();
    if (now - p->last < 0.25)
        return;
    p->last = now;
    show(p, in, now, false);
}

void progress_end(progress *p, const input *in)
{
    if (p->shown)
        show(p, in, seconds(), true);
}
