/*
 * plan_stop.h - a signal half way: what is ready is given, and then the signal ends the process
 * as it would have.
 */
#ifndef SLA_CLI_PLAN_STOP_H
#define SLA_CLI_PLAN_STOP_H

/* How a course or a measurement ends that was stopped, where else an exit code is. */
enum { PLAN_STOPPED = 128 };

/* From now on the first SIGINT or SIGTERM only asks for the end, and the next is none of ours; an
 * interrupt that somebody had us ignore stays ignored. */
void plan_stop_take(void);

/* The signal that has come, or 0. */
int plan_stop_asked(void);

#endif
