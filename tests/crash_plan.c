/* crash_plan.c - see crash_plan.h. */
#include "crash_plan.h"

#include <stdio.h>
#include <string.h>

static const char policy[] =
    "{\"policy\": \"crash\", \"version\": \"1\", \"targets\": [{\"target\": \"answer\","
    " \"stop\": \"over\", \"goals\": [{\"elapsed\": \"PT10S\"}],"
    " \"steps\": [{\"step\": \"warn\", \"percent\": 50, \"to\": \"agent\"},"
    " {\"step\": \"level_1\", \"after\": \"PT1S\", \"level\": 1, \"to\": \"desk\","
    " \"repeat\": {\"every\": \"PT2S\", \"max\": 3, \"until\": \"end\"}},"
    " {\"step\": \"level_2\", \"after\": \"PT9S\", \"level\": 2, \"to\": \"head\"}]}]}";
const sla_document crash_policy = {{"crash", 5}, {policy, sizeof policy - 1}};

#define BEGIN INT64_C(1800000000000000)

sla_time crash_plan_begin(unsigned series)
{
    return BEGIN + series * SLA_HOUR;
}

sla_time crash_plan_fact_at(unsigned series, size_t i)
{
    const sla_time opened = crash_plan_begin(series) + (sla_time)(i / 2) * 7 * SLA_SECOND;

    return i % 2 == 0 ? opened : opened + (4 + (sla_time)i) * SLA_SECOND + SLA_SECOND / 2;
}

static sla_string string_of(const char *text)
{
    const sla_string string = {text, strlen(text)};

    return string;
}

/* Of the tickets a third is never closed: they go up all their steps. */
static const char *name_of(size_t i)
{
    if (i % 2 == 0)
        return "opened";
    return i / 2 % 3 == 2 ? "note" : "over";
}

void crash_plan_fact(unsigned series, size_t i, crash_fact *fact)
{
    snprintf(fact->tenant, sizeof fact->tenant, "s%u", series);
    snprintf(fact->ticket, sizeof fact->ticket, "T-%zu", i / 2);
    snprintf(fact->id, sizeof fact->id, "f-%zu", i);
    fact->fact = (sla_fact){
        .tenant = string_of(fact->tenant),
        .ticket = string_of(fact->ticket),
        .id = string_of(fact->id),
        .name = string_of(name_of(i)),
        .occurred_at = crash_plan_fact_at(series, i),
    };
}
