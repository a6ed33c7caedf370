/* history_writer.h - inside the generator of policies: where text is put, and the parts of a
 * target. */
#ifndef SLA_TESTS_HISTORY_WRITER_H
#define SLA_TESTS_HISTORY_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "support/prng.h"

typedef struct history_writer {
    char *text;
    size_t length, capacity;
    prng *random;
    bool calendar; /* the policy has one */
} history_writer;

#define PICK(to, list) (list)[history_below(to, sizeof(list) / sizeof(list)[0])]

__attribute__((format(printf, 2, 3))) void history_put(history_writer *to, const char *format, ...);

extern const char *const history_calendar_names[4];

void history_condition(history_writer *to, unsigned deeper);
void history_about_ticket(history_writer *to);
void history_facts(history_writer *to, const char *name);
const char *history_span(history_writer *to);
const char *history_short_span(history_writer *to);
void history_goals(history_writer *to);
void history_steps(history_writer *to);
void history_pauses(history_writer *to);
bool history_chance(history_writer *to, unsigned percent);
size_t history_below(history_writer *to, size_t count);
const char *history_comma(size_t i);

#endif
