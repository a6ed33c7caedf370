/* plan_tape.c - see plan_tape.h. */
#include "plan_tape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

sla_fact plan_fact_of(const plan_taken *taken, char ticket[PLAN_TICKET_TEXT])
{
    const int length =
        snprintf(ticket, PLAN_TICKET_TEXT, "P%llu", (unsigned long long)taken->number);
    sla_fact fact = {.ticket = {ticket, (size_t)length},
                     .name = {taken->name, strlen(taken->name)},
                     .occurred_at = taken->at};

    if (strcmp(taken->name, "opened") == 0) {
        fact.attributes = taken->kind->attributes;
        fact.attribute_count = taken->kind->attribute_count;
    }
    return fact;
}

uint64_t plan_number_of(sla_string ticket)
{
    uint64_t number = 0;

    for (size_t i = 1; i < ticket.length; i++)
        number = number * 10 + (uint64_t)(ticket.data[i] - '0');
    return number;
}

void plan_tape_add(plan_tape *tape, const plan_taken *taken)
{
    tape->facts = need_room(tape->facts, &tape->capacity, tape->count + 1, sizeof *tape->facts);
    tape->facts[tape->count++] = *taken;
}

void plan_tape_fini(plan_tape *tape)
{
    free(tape->facts);
}
