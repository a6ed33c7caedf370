/* cli.h - what the subcommands of `sla` have in common: names, exits, complaints. */
#ifndef SLA_CLI_H
#define SLA_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/error.h>
#include <sla/time.h>

/* How the command ends; documented in docs/cli.md and sla.1.  Where several hold,
 * what ends the work early counts (usage, machine, invalid), then what was refused
 * on the way (partial), then what was found. */
enum {
    EXIT_FINE = 0,
    EXIT_FINDING = 1,     /* a remark of the lint; a ticket or clock that is not there */
    EXIT_USAGE = 2,       /* the command line is wrong */
    EXIT_INVALID = 3,     /* a policy or a calendar is not valid */
    EXIT_PARTIAL = 6,     /* some lines were refused, the rest was done */
    EXIT_UNDELIVERED = 7, /* events that were told and that nobody has taken */
    EXIT_HELD = 75,       /* another service has the store */
    EXIT_MACHINE = 74,    /* a file cannot be read or written; no memory */
};

/* Of two ends the one that counts. */
int exit_with(int one, int other);

typedef struct subcommand {
    const char *name;
    const char *summary;
    int (*run)(int count, char **arguments); /* arguments[0] is "sla NAME"; returns the exit */
} subcommand;

extern const subcommand check_command, calendar_command, replay_command, explain_command,
    run_command, story_command, db_command, import_command, plan_command;

/* One line on standard error, "sla: " before it; a line of JSON when log.h says so. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* The same, and the end with EXIT_MACHINE. */
__attribute__((format(printf, 1, 2), noreturn)) void give_up(const char *format, ...);

/* What is wrong with a text that has a name: "sla: file:3:7: /targets/0: ...". */
void say_error(const sla_error *error);

/* `count` elements, or the end; grown by half, never smaller. */
void *need_memory(size_t count, size_t size);
void *need_room(void *array, size_t *capacity, size_t count, size_t size);
char *need_copy(const char *text, size_t length);

/* Whether an attribute can have this name. */
bool is_attribute_name(const char *text, size_t length);

/* What sla_time_parse had against a text, to go behind that text. */
const char *instant_trouble(int result);

/* "+08:00", "-03:30" or "08:00" as seconds; false for others. */
bool read_offset(const char *text, int32_t *out);

/* How long to wait for others, from the command line; false for others than TIMEOUT_WORDS. */
#define TIMEOUT_WORDS "a span from PT1S to PT24H"
bool read_timeout(const char *text, sla_duration *out);

/* An instant from the command line; complains and answers false. */
bool read_instant(const char *text, const char *option, sla_time *out);

#endif
