/*
 * usage.h - what is wrong with a command line, as JSON for who asked for that.
 *
 * getopt and argp write to standard error by themselves and end the program: what they write is
 * caught and said as every other complaint.
 */
#ifndef SLA_CLI_USAGE_H
#define SLA_CLI_USAGE_H

/* Before the words are read: where one of them asks for JSON, all that is said is JSON.  Words
 * from `--exec` on are a program's. */
void usage_begin(int count, char *const *words);

/* They were right. */
void usage_end(void);

#endif
