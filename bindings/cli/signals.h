/* signals.h - signals read from a descriptor like everything else. */
#ifndef SLA_CLI_SIGNALS_H
#define SLA_CLI_SIGNALS_H

/* A descriptor that is readable when SIGTERM, SIGINT, SIGHUP or SIGCHLD has come; an
 * interrupt that somebody had us ignore (a shell, in the background) stays ignored,
 * and so is a pipe without a reader.  -1 after a complaint. */
int signals_take(void);

/* The number of the next one, 0 when there is none. */
int signals_next(int descriptor);

/* End by this signal, as if it had not been taken. */
__attribute__((noreturn)) void signals_die(int number);

#endif
