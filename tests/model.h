/*
 * model.h - the engine's dumb twin: it folds every ticket again from its whole
 * list of facts whenever it is asked anything.
 *
 * Written from docs/policy.md ("What happens, in which order") and
 * docs/semantics.md alone.  Slow and plain on purpose: nothing is kept between
 * two questions but the facts, and what has been told.  It stands on the
 * compiled policies and on the calendars, which have twins of their own.
 *
 * Answers, codes and events are those of sla/engine.h, so that the two can be
 * laid side by side.  Running out of memory ends the program: this is a test.
 */
#ifndef SLA_TESTS_MODEL_H
#define SLA_TESTS_MODEL_H

#include <sla/engine.h>

typedef struct model model;

model *model_new(void);
void model_free(model *twin);

int model_adopt(model *twin, sla_policies *policies, sla_calendar *const *calendars, size_t count,
                sla_time now);

int model_record(model *twin, const sla_fact *fact, sla_time now, sla_answer *answer);

/* All that is to be told at `now`, in order; borrowed until the next call. */
size_t model_poll(model *twin, sla_time now, const sla_event **events_out);

/* Whether something passed that was armed again, by itself or in one poll, before it could be
 * told.  The engine tells it and takes it back, the model tells nothing. */
bool model_undone(const model *twin);

/* The earliest instant at which something is to be told or the truth changes. */
sla_time model_wakeup(model *twin);

/* How many clocks the ticket has; fills up to `capacity`.  SLA_ERR_NOT_FOUND. */
int model_clocks(model *twin, sla_string tenant, sla_string ticket, sla_clock_view *clocks,
                 size_t capacity, size_t *count_out);

#endif
