/*
 * story.h - what a replay was like, for a person: gathered fact by fact and
 * event by event while it runs, told once at the end.
 */
#ifndef SLA_CLI_STORY_H
#define SLA_CLI_STORY_H

#include <stdbool.h>
#include <stdio.h>

#include <sla/engine.h>

typedef struct story_book story_book;

/* How a story is told. */
typedef struct story_options {
    const char *by;   /* attributes that sort tickets into columns, "grade,severity"; the first
                         that a ticket has counts */
    int32_t offset_s; /* the clocks of the place, seconds east of UTC */
    const sla_policies *policies; /* in whose order the shares are told */
} story_options;

/* `options` is copied, its strings are not. */
story_book *story_new(const story_options *options);
void story_free(story_book *story);

/* What was recorded (`answer` NULL where it was refused) and what was told. */
void story_fact(story_book *story, const sla_fact *fact, sla_time recorded_at,
                const sla_answer *answer);
void story_event(story_book *story, const sla_event *event);

/* Whether any ticket has an attribute of options.by. */
bool story_has_classes(const story_book *story);

/* The engine is asked once more, for how every clock stands. */
void story_tell(story_book *story, const sla_engine *engine, FILE *out);
void story_tell_json(story_book *story, const sla_engine *engine, FILE *out);

#endif
