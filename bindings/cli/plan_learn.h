/* plan_learn.h - a profile out of a real log. */
#ifndef SLA_CLI_PLAN_LEARN_H
#define SLA_CLI_PLAN_LEARN_H

#include <stdio.h>

#include "plan_log.h"
#include "plan_profile.h"

/*
 * Prints a profile of what the log shows: when tickets came, by the wall clock of `zone`; of
 * which kinds; and as waits how long it took from each of their facts to the next.  Who
 * worked how long at which desk is in no log.  An exit code, and a complaint.
 */
int plan_learn(const plan_log *log, const char *zone, FILE *out);

#endif
