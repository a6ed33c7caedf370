/*
 * fact_place.c - where in its line a fact is wrong, when only recording saw it;
 * see sla/json.h.
 */
#include <sla/json.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json_place.h"

static bool has(const char *text, size_t length, const char *pointer)
{
    return sla__json_offset_of_pointer(text, length, pointer) !=
           sla__json_offset_of_pointer(text, length, "");
}

/* What an envelope says itself; all else is in its data. */
static void point_into_envelope(const char *text, size_t length, sla_error *error)
{
    static const char *const pairs[][2] = {
        {"/id", "/id"}, {"/ticket", "/subject"}, {"/occurred_at", "/time"}, {"/fact", "/type"}};
    char inside[sizeof error->pointer];

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(error->pointer, pairs[i][0]) == 0 && has(text, length, pairs[i][1])) {
            snprintf(error->pointer, sizeof error->pointer, "%s", pairs[i][1]);
            return;
        }
    snprintf(inside, sizeof inside, "/data%.*s", (int)sizeof inside - 6, error->pointer);
    memcpy(error->pointer, inside, sizeof inside);
}

void sla_fact_place(const char *text, size_t length, sla_error *error)
{
    assert(text != NULL);
    if (error == NULL || error->code == SLA_OK || error->column > 0 || error->pointer[0] == '\0')
        return;
    if (has(text, length, "/specversion"))
        point_into_envelope(text, length, error);
    sla__json_place_of(text, sla__json_offset_of_pointer(text, length, error->pointer),
                       &error->line, &error->column);
}
