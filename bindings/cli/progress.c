/* progress.c - see progress.h. */
#include "progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHARE_MOST 0.99
#define MUCH 1.5

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
    p->said = (progress_said){0};
}

progress_said progress_smooth(const progress_said *before, double share, double left)
{
    progress_said said = {share > before->share ? share : before->share, left, false};
    double kept;

    if (said.share > SHARE_MOST)
        said.share = SHARE_MOST;
    /* What was said shrinks with the share that is left: it stands where that stands. */
    kept = before->left * ((1 - said.share) / (1 - before->share));
    if (before->left > 0 && left > kept)
        said = (progress_said){said.share, kept, left > MUCH * kept};
    return said;
}

void progress_clear(void)
{
    if (standing)
        fputs("\r\033[K", stderr);
    standing = false;
}

/* `done` took until now, and about `left` more as large are to come. */
static void put_left(progress *p, double done, double left)
{
    long rounded;

    if (done <= 0)
        return;
    p->said = progress_smooth(&p->said, done / (done + left), (p->last - p->began) / done * left);
    rounded = (long)(p->said.left + 0.5);
    fprintf(stderr, ", %.0f %%, %ld:%02ld left%s", floor(p->said.share * 100), rounded / 60,
            rounded % 60, p->said.more ? " or more" : "");
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
    if (!ended)
        put_left(p, share, 1 - share);
    if (ended)
        fprintf(stderr, ", %.1f s", spent);
    end_line(p, ended);
}

void progress_part(progress *p, double done, double left, const char *format, ...)
{
    va_list arguments;

    p->last = seconds();
    progress_clear();
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    put_left(p, done, left);
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
