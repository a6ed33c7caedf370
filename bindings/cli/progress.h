/* progress.h - how far a long reading has come, on standard error. */
#ifndef SLA_CLI_PROGRESS_H
#define SLA_CLI_PROGRESS_H

#include <stdbool.h>

#include "input.h"

typedef enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER } progress_when;

/* "auto" (when standard error is a terminal), "always", "never"; false for others. */
bool progress_parse(const char *text, progress_when *out);

/* How far it is, as it was said last. */
typedef struct progress_said {
    double share; /* done */
    double left;  /* seconds; 0: nothing was said */
    bool more;    /* or more than that: much more was found since */
} progress_said;

typedef struct progress {
    bool shown;
    bool terminal;
    double began, last;
    progress_said said;
} progress;

/* What to say next, when such a `share` is done and the rest takes about `left` seconds.  An
 * estimate jumps about; what is said does not: the share never falls, the time left never rises,
 * and neither is at its end before the work is. */
progress_said progress_smooth(const progress_said *before, double share, double left);

void progress_begin(progress *p, progress_when when);

/* Cheap: looks at the clock only now and then. */
void progress_step(progress *p, const input *in);
void progress_end(progress *p, const input *in);

/* The same for work that counts other things than lines: `done` of `total` `things`. */
void progress_count(progress *p, size_t done, size_t total, const char *things);
void progress_count_end(progress *p, size_t done, const char *things);

/* Whether something should be said again. */
bool progress_is_time(const progress *p);

/* The same for work without a number: `done` of it, and about `left` more as large. */
__attribute__((format(printf, 4, 5))) void progress_part(progress *p, double done, double left,
                                                         const char *format, ...);

/* Take the line off the terminal, so that something else can be said there. */
void progress_clear(void);

#endif
