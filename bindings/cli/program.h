/* program.h - the program of --exec: whether it can be started, and starting it. */
#ifndef SLA_CLI_PROGRAM_H
#define SLA_CLI_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether the first of these words is a program that can be started, looked for as
 * execvp does; else a complaint. */
bool program_can_run(char *const *words);

/* Start it with `text` on its standard input, in a process group of its own; 0 or what
 * errno would say. */
int program_start(char *const *words, const char *text, size_t length, pid_t *pid_out);

/* What errno says, for a program that could not be started. */
const char *program_trouble(int trouble);

#endif
