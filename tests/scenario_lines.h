/*
 * scenario_lines.h - what was told, as lines that a person can write by hand.
 *
 * The lines are described in tests/scenarios/README.md.
 */
#ifndef SLA_TESTS_SCENARIO_LINES_H
#define SLA_TESTS_SCENARIO_LINES_H

#include <stdbool.h>

#include <jansson.h>

#include <sla/engine.h>

enum { LINES_MAX = 400, LINE_BYTES = 320 };

/* Lines of text, in the order in which they were told. */
typedef struct sheet {
    size_t count;
    char lines[LINES_MAX][LINE_BYTES];
} sheet;

/* What a scenario wants to see beyond the usual. */
typedef struct sheet_shows {
    bool rank, governs;
} sheet_shows;

void sheet_add_event(sheet *lines, const sla_event *event, sheet_shows shows);
void sheet_add_clock(sheet *lines, const sla_clock_view *clock, sheet_shows shows);

/* The strings of a JSON array instead of what was there. */
void sheet_copy(sheet *lines, const json_t *array);

/* The same lines; else prints from where they differ on.  Lines of one instant
 * are compared as a set: their order among themselves is the business of the
 * engine's own tests. */
bool sheet_same(const char *name, const char *what, sheet *want, sheet *got);

#endif
