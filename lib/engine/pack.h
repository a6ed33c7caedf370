/*
 * pack.h - the form of a packed ticket: what is written in which order, and which
 * members are there at all.
 *
 *     form, facts of the world and their mark, number, facts, flags
 *     policies and world at opening, last touched
 *     fold: how far it has come, attributes by name, marks by fact name,
 *           policies that match, clocks, notes
 *     what waits to be told, in order
 *     facts, where one waits for its time or something is to be told of them
 *
 * Policies, targets, steps and pauses are named by their places in the documents,
 * which the mark answers for; attributes, facts, calendars and values by their
 * names, for their numbers are a matter of the reader.  A clock's next item is
 * not written: it follows from the rest.  How a ticket lies in an engine is another
 * matter (rest_form.h).
 */
#ifndef SLA_ENGINE_PACK_H
#define SLA_ENGINE_PACK_H

#include <sla/pack.h>

#include "engine/pack_bytes.h"
#include "engine/state.h"

enum { SLA__PACK_FORM = 1 };

/* Flags of the ticket. */
enum {
    SLA__PACKED_OPENED = 1,
    SLA__PACKED_STALE = 2,
    SLA__PACKED_FACTS = 4,
    SLA__PACKED_FLAGS_END = 8
};

/* Which members of a clock are there; those that mostly are come first. */
enum {
    SLA__PACKED_START = 1 << 0,
    SLA__PACKED_DUE = 1 << 1,
    SLA__PACKED_GOAL = 1 << 2,
    SLA__PACKED_CALENDAR = 1 << 3,
    SLA__PACKED_DONE = 1 << 4,
    SLA__PACKED_MARK = 1 << 5,
    SLA__PACKED_CLOCK_FLAGS = 1 << 6,
    SLA__PACKED_END_SEQ = 1 << 7,
    SLA__PACKED_TOLD_END = 1 << 8,
    SLA__PACKED_HELD = 1 << 9,  /* otherwise those that passed */
    SLA__PACKED_TOLD = 1 << 10, /* otherwise those that hold */
    SLA__PACKED_QUIET = 1 << 11,
    SLA__PACKED_REASONS = 1 << 12,
    SLA__PACKED_COLLAPSED = 1 << 13,
    SLA__PACKED_CAUSE = 1 << 14,
    SLA__PACKED_MOVED = 1 << 15,
    SLA__PACKED_GIVEN = 1 << 16,
    SLA__PACKED_FRESH = 1 << 17,
    SLA__PACKED_CLOCK_END = 1 << 18,
    /* A clock that waits has none of the others. */
    SLA__PACKED_FEW = SLA__PACKED_START | SLA__PACKED_DUE | SLA__PACKED_GOAL |
                      SLA__PACKED_CALENDAR | SLA__PACKED_MARK
};

/* Which members of a note. */
enum {
    SLA__PACKED_TARGET = 1 << 0,
    SLA__PACKED_CYCLE = 1 << 1,
    SLA__PACKED_STEP = 1 << 2,
    SLA__PACKED_N = 1 << 3,
    SLA__PACKED_A = 1 << 4,
    SLA__PACKED_B = 1 << 5,
    SLA__PACKED_M = 1 << 6,
    SLA__PACKED_NOTE_FLAGS = 1 << 7,
    SLA__PACKED_NOTE_END = 1 << 8
};

/* Which members of a tell, beside TARGET, CYCLE and STEP. */
enum {
    SLA__PACKED_TELL_DUE = 1 << 3,
    SLA__PACKED_REPEAT = 1 << 4,
    SLA__PACKED_FACT_SEQ = 1 << 5,
    SLA__PACKED_TELL_CAUSE = 1 << 6,
    SLA__PACKED_OLD_DUE = 1 << 7,
    SLA__PACKED_WORLD = 1 << 8,
    SLA__PACKED_REVISION = 1 << 9,
    SLA__PACKED_RULE = 1 << 10,
    SLA__PACKED_OF = 1 << 11,
    SLA__PACKED_TELL_END = 1 << 12
};

/* What the second instant or number of a note is. */
typedef enum sla__packed_b {
    SLA__PACKED_B_NUMBER,
    SLA__PACKED_B_TIME,
    SLA__PACKED_B_REPEATS
} sla__packed_b;

sla__packed_b sla__packed_b_of(const sla__note *note);

/* Whether the first one is a number, and no instant. */
bool sla__packed_a_is_number(const sla__note *note);

/* --- pack.c --- */

/* As sla_engine_pack.  *slot says where the ticket may be found, and then where it was. */
int sla__pack_near(const sla_engine *engine, uint32_t *slot, sla_string tenant, sla_string ticket,
                   void *buffer, size_t capacity, sla_packed *packed_out);

/* --- pack_write.c --- */

/* All of a ticket; what of it one poll gathered and has not handed out yet is
 * among what waits. */
void sla__pack_ticket(sla__packer *out, const sla_engine *engine, const sla__ticket *ticket);

/* --- pack_fact.c --- */

/* The facts from the one numbered `first` on. */
void sla__pack_facts(sla__packer *out, const sla__history *history);

/* SLA_OK; SLA_ERR_SYNTAX; SLA_ERR_NOMEM. */
int sla__unpack_facts(sla__unpacker *in, const sla_engine *engine, sla__ticket *ticket);

/* --- pack_read.c --- */

/* What a packed state says of the world that it was written in. */
typedef struct sla__packed_world {
    uint32_t worlds, mark;
} sla__packed_world;

/* The beginning: SLA_OK; SLA_ERR_NEWER; SLA_ERR_SYNTAX. */
int sla__unpack_world(sla__unpacker *in, sla__packed_world *world_out);

/* The rest, into a new ticket; its numbers are in range.  SLA_OK;
 * SLA_ERR_SYNTAX; SLA_ERR_NOMEM. */
int sla__unpack_ticket(sla__unpacker *in, sla_engine *engine, sla__ticket *ticket,
                       const sla__packed_world *world);

/* Whether what was adopted since may have moved a clock of a packed ticket that has
 * live ones, or the ticket cannot be read here at all. */
bool sla__packed_may_move(const sla_engine *engine, const void *state, size_t length);

/* --- pack_check.c --- */

/* What is wrong with a ticket whose numbers are in range, or NULL: an engine could
 * not have come to it. */
const char *sla__unpacked_check(const sla_engine *engine, const sla__ticket *ticket);

#endif
