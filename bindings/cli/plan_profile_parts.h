/* plan_profile_parts.h - readers of the parts of a profile, each standing on its value. */
#ifndef SLA_CLI_PLAN_PROFILE_PARTS_H
#define SLA_CLI_PLAN_PROFILE_PARTS_H

#include "plan_profile.h"

/* "mon-fri", "sat": the first and the last day, 0 Monday; false for others. */
bool plan_days_read(const char *text, int *first_out, int *last_out);

/* The value of `arrivals`, of `desks` and of `kinds`; SLA_OK or the code of a complaint. */
int plan_arrivals_read(sla__json *json, const json_t *value, plan_profile *profile);
int plan_desks_read(sla__json *json, const json_t *value, plan_profile *profile);
int plan_kinds_read(sla__json *json, const json_t *value, plan_profile *profile);

#endif
