/* command.h - the command sla as a function, for the program and for a binding. */
#ifndef SLA_CLI_COMMAND_H
#define SLA_CLI_COMMAND_H

/* What main() does: words[0] is "sla", words[count] is NULL.  Returns the exit, or ends the
 * process with it; writes over the words, so that no list of processes shows a password. */
int command_main(int count, char **words);

#endif
