/* fuzz_policy.c - any texts (separated by byte 0x1e) to the reader of policies, as
 * one set: a refused document leaves no trace, names lead back to themselves, the
 * finished set can be linted. */
#include <stdlib.h>
#include <string.h>

#include <sla/policy.h>

#include "policy/policy.h"

enum { SEPARATOR = 0x1e };

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static size_t parts_of(const sla_policies *set)
{
    return set->policy_count + set->target_count + set->goal_count + set->step_count +
           set->pause_count + set->resume_count + set->default_count + set->at_once_count +
           set->refuse_count + set->rank_count + set->reasons_count + set->reason_symbol_count +
           set->node_count + set->calendar_row_count + set->fact_name_count + set->fact_slot_count +
           set->attribute_count + set->calendar_count;
}

static void add(sla_policies *set, const char *text, size_t length)
{
    const size_t before = parts_of(set);
    sla_error error;
    const int result = sla_policies_add(set, text, length, "fuzz", &error);

    demand(result == error.code);
    demand(result == SLA_OK || parts_of(set) == before);
    demand(result == SLA_OK || error.text[0] != '\0');
}

static void check_names(const sla_policies *set)
{
    for (size_t i = 0; i < set->fact_name_count; i++) {
        const char *name = sla__policies_symbol(set, set->fact_names[i]);

        demand(sla__policies_fact(set, name, strlen(name)) == i);
    }
    for (size_t i = 0; i < set->attribute_count; i++) {
        const char *name = sla__policies_symbol(set, set->attributes[i].name);

        demand(sla__policies_attribute(set, name, strlen(name)) == i);
    }
}

static void check_targets(const sla_policies *set)
{
    for (size_t i = 0; i < set->target_count; i++) {
        const sla__target *target = &set->targets[i];

        demand(target->goal_count > 0 &&
               target->goal_first + target->goal_count <= set->goal_count);
        demand(target->step_count > 0 && target->step_count <= SLA_STEPS_MAX);
        demand(target->step_first + target->step_count <= set->step_count);
        demand(target->breach_step < target->step_count);
        demand(set->steps[target->step_first + target->breach_step].kind == SLA__BREACH);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    sla_policies *set;
    size_t count;

    demand(sla_policies_new(NULL, &set) == SLA_OK);
    while (size > 0) {
        const char *end = memchr(text, SEPARATOR, size);
        const size_t length = end != NULL ? (size_t)(end - text) : size;

        add(set, text, length);
        text += length + (end != NULL);
        size -= length + (end != NULL);
    }
    check_names(set);
    if (sla_policies_finish(set, NULL) == SLA_OK) {
        check_targets(set);
        sla_policies_lint(set, NULL, 0, 0, NULL, 0, &count, NULL);
    }
    sla_policies_unref(set);
    return 0;
}
