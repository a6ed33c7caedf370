/*
 * usage.h - command lines are read here, and who asks for JSON gets JSON: whatever a command
 * has to complain of from then on is one line of JSON on standard error.
 *
 * getopt and argp write to standard error by themselves and end the program: what they write is
 * caught and said as every other complaint.
 */
#ifndef SLA_CLI_USAGE_H
#define SLA_CLI_USAGE_H

#include <argp.h>

/* As argp_parse does.  Where one of the words asks for JSON, what is wrong with them, and all
 * that is said later, is JSON.  Words from `--exec` on are a program's. */
void usage_parse(const struct argp *grammar, int count, char **words, unsigned flags, void *input);

#endif
