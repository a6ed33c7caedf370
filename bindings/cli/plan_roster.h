/*
 * plan_roster.h - who is at a desk when: the shifts of a profile, spread over the weeks that
 * are planned.
 */
#ifndef SLA_CLI_PLAN_ROSTER_H
#define SLA_CLI_PLAN_ROSTER_H

#include "plan_profile.h"

/* Fills the roster of each desk for [from, until).  An exit code, and a complaint: a calendar
 * that does not reach so far, a desk at which nobody is then. */
int plan_roster_fill(plan_profile *profile, sla_time from, sla_time until);

/* The same again and again from `until` on, up to `latest`: no calendar is asked about it. */
void plan_roster_repeat(plan_profile *profile, sla_time from, sla_time until, sla_time latest);

#endif
