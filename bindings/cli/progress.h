/* progress.h - how far a long reading has come, on standard error. */
#ifndef SLA_CLI_PROGRESS_H
#define SLA_CLI_PROGRESS_H

#include <stdbool.h>

#include "input.h"

typedef enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER } progress_when;

/* "auto" (when standard error is a terminal), "always", "never"; false for others. */
bool progress_parse(const char *text, progress_when *out);

typedef struct progress {
    bool shown;
    bool terminal;
    double began, last;
} progress;

void progress_begin(progress *p, progress_when when);

/* Cheap: looks at the clock only now and then. */
void progress_step(progress *p, const input *in);
void progress_end(progress *p, const input *in);

/* The same for work that counts other things than lines: `done` of `total` `things`. */
void progress_count(progress *p, size_t done, size_t total, const char *things);
void progress_count_end(progress *p, size_t done, const char *things);

/* Whether something should be said again. */
bool progress_is_time(const progress *p);

/* The same for work without a number: `share` of it is done, and the rest takes `times` as long
 * as that did. */
__attribute__((format(printf, 4, 5))) void progress_part(progress *p, double share, double times,
                                                         const char *format, ...);

/* Take the line off the terminal, so that something else can be said there. */
void progress_clear(void);

#endif
