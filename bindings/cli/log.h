/* log.h - what a command that lives long says of itself, on standard error. */
#ifndef SLA_CLI_LOG_H
#define SLA_CLI_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include <sla/error.h>
#include <sla/service.h>

/* What is said from now on, complaints of cli.h too, is a line of JSON each. */
void log_as_json(void);
bool log_is_json(void);

/* Also what is only information. */
void log_more(void);

/* From now on nothing that is said waits for its reader (log_sink.h): what finds no room
 * is dropped, and how many lines that were is said when there is room again. */
void log_never_waits(void);

/* The descriptor that the loop waits for to be writable, or -1; and then. */
int log_waits(void);
void log_go_on(void);

/* Where a line is written, and its end. */
FILE *log_begin(void);
void log_end(FILE *out);

/* A line under a stable code (docs/cli.md lists them). */
__attribute__((format(printf, 3, 4))) void log_line(sla_log_level level, const char *code,
                                                    const char *format, ...);
/* The same, told whatever is wanted, as information. */
__attribute__((format(printf, 2, 3))) void log_told(const char *code, const char *format, ...);
void log_arguments(sla_log_level level, const char *code, const char *format, va_list arguments);

/* The same with the place of what is wrong. */
void log_error(sla_log_level level, const char *code, const sla_error *error);

#endif
