/* progress.c - see progress.h. */
#include "progress.h"

#include <stdarg.h>
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

static void put_left(double share, double left)
{
    const long rounded = (long)(left + 0.5);

    fprintf(stderr, ", %.0f %%, %ld:%02ld left", share * 100, rounded / 60, rounded % 60);
}

static void end_line(const progress *p, bool ended)
{
    fputs(p->terminal && !ended ? "" : "\n", stderr);
    fflush(stderr);
    standing = p->terminal && !ended;
}

/* `share` of the work is done; 0 where nobody knows. */
static void show(progress *p, size_t done, const char *things, double share, bool ended)
{
    const double now = seconds(), spent = now - p->began;

    p->last = now;
    progress_clear();
    fprintf(stderr, "%zu %s, %.0f a second", done, things, spent > 0 ? (double)done / spent : 0);
    if (share > 0 && !ended)
        put_left(share, spent / share - spent);
    if (ended)
        fprintf(stderr, ", %.1f s", spent);
    end_line(p, ended);
}

void progress_part(progress *p, double share, double times, const char *format, ...)
{
    va_list arguments;

    p->last = seconds();
    progress_clear();
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (times > 0)
        put_left(share, (p->last - p->began) * times);
    end_line(p, false);
}

bool progress_is_time(const progress *p)
{
    return p->shown && seconds() - p->last >= 0.25;
}

void progress_step(progress *p, const input *in)
{
    if (p->shown && in->lines % 512 == 0 && progress_is_time(p))
        show(p, in->lines, "lines", in->total > 0 ? (double)in->bytes / (double)in->total : 0,
             false);
}

void progress_end(progress *p, const input *in)
{
    if (p->shown)
        show(p, in->lines, "lines", 0, true);
}

void progress_count(progress *p, size_t done, size_t total, const char *things)
{
    if (p->shown && done % 64 == 0 && progress_is_time(p))
        show(p, done, things, (double)done / (double)total, false);
}

void progress_count_end(progress *p, size_t done, const char *things)
{
    if (p->shown)
        show(p, done, things, 0, true);
}
