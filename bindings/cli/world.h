/* world.h - the policies and calendars that a command was given. */
#ifndef SLA_CLI_WORLD_H
#define SLA_CLI_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include <sla/calendar.h>
#include <sla/policy.h>
#include <sla/store.h>

/* One thing that was read: a file or a bundled text. */
typedef struct world_item {
    const char *source; /* as it was named on the command line */
    bool is_calendar;
    bool unread; /* there is none, or it cannot be read: then `result` is SLA_ERR_NOT_FOUND */
    int result;
    sla_error error; /* where `result` is not SLA_OK */
} world_item;

/* A text as it was read, for those who hand the documents on (sla run). */
typedef struct world_text {
    const char *source, *text;
    size_t length;
    char *whole; /* what has to be freed of it; NULL for bundled ones */
} world_text;

typedef struct world {
    sla_policies *policies;
    sla_calendar **calendars;
    size_t calendar_count, calendar_capacity;
    world_item *items;
    size_t item_count, item_capacity;
    world_text *texts; /* of all that was read, and of bundled calendars asked for */
    size_t text_count, text_capacity;
    sla_error error; /* of finishing */
} world;

void world_init(world *w);
void world_fini(world *w);

/*
 * Read what `name` names: a file, else something bundled; whether it is a policy
 * or a calendar shows in it.  What is wrong with it, also that there is no such
 * file or bundled text, is in the new item.
 */
void world_add(world *w, const char *name);

/* Say what is bundled, when something was asked for that is neither that nor a
 * file. */
void world_say_bundled(const world *w);

/* Finish the policies, and take what bundled calendars they ask for and nobody
 * gave.  What is wrong is in `error`. */
int world_finish(world *w);

/* All of it for a command that only wants a good world: complaints are said, and
 * the answer is an exit code, EXIT_FINE for a good one. */
int world_load(world *w, char *const *names, size_t count);

/* The documents of a good world; the array is the caller's, its texts are borrowed. */
sla_document *world_documents(const world *w);

/* A bundled calendar or the one in a file, by itself; NULL after a complaint,
 * `*exit_out` says how to end. */
sla_calendar *world_calendar(const char *name, int *exit_out);

#endif
