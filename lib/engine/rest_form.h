/*
 * rest_form.h - the form of a ticket at rest: what is written in which order, and which
 * members are there at all.
 *
 *     last touched; flags; opening number, next fact
 *     policies and worlds, where they are not all the same
 *     facts: how many, when the next one comes
 *     fold: clocks and notes, how many; how far it has come, attributes, marks,
 *           policies that match, clocks, notes
 *     what waits to be told
 *     facts, as a history has them
 *
 * Unlike a packed ticket (pack.h) it never leaves the engine: numbers stand for names,
 * nothing is checked, and a clock's next item is there, too.
 */
#ifndef SLA_ENGINE_REST_FORM_H
#define SLA_ENGINE_REST_FORM_H

#include "engine/state.h"

/* Flags of the ticket; the phase lies above them. */
enum {
    SLA__RESTS_OPENED = 1,
    SLA__RESTS_STALE = 2,
    SLA__RESTS_FACTS = 4,     /* has some */
    SLA__RESTS_FUTURE = 8,    /* one of them waits for its time */
    SLA__RESTS_ELSEWHERE = 16 /* policies and worlds are not all the same */
};
enum { SLA__RESTS_PHASE = 5 }; /* as a shift */

/* The head of a clock: its state, then which members are there. */
enum {
    SLA__RESTS_STATE = 7,        /* as a mask */
    SLA__RESTS_FOLLOWS = 1 << 3, /* the first cycle of the target behind the one before */
    SLA__RESTS_START = 1 << 4,
    SLA__RESTS_DUE = 1 << 5,
    SLA__RESTS_GOAL = 1 << 6,
    SLA__RESTS_CALENDAR = 1 << 7,
    SLA__RESTS_NEXT = 1 << 8,
    SLA__RESTS_FLAGS = 1 << 9,
    SLA__RESTS_STEPS = 1 << 10, /* some have passed */
    SLA__RESTS_MARK = 1 << 11,
    SLA__RESTS_END = 1 << 12,
    SLA__RESTS_RARE = 1 << 13, /* a byte that says which of these */
    SLA__RESTS_MOST =
        SLA__RESTS_FLAGS | SLA__RESTS_STEPS | SLA__RESTS_MARK | SLA__RESTS_END | SLA__RESTS_RARE
};
enum {
    SLA__RESTS_REASONS = 1,
    SLA__RESTS_COLLAPSED = 2,
    SLA__RESTS_MOVED = 4,
    SLA__RESTS_GIVEN = 8,
    SLA__RESTS_FRESH = 16
};
enum { SLA__RESTS_ITEM = 3 }; /* bits of the next item, before its step */

/* What else is said of steps, before those that have passed. */
enum {
    SLA__RESTS_HELD = 1, /* otherwise those that passed */
    SLA__RESTS_TOLD = 2, /* otherwise those that hold */
    SLA__RESTS_QUIET = 4
};
enum { SLA__RESTS_DONE = 3 }; /* as a shift */

/* The head of a note: its kind, then which members are there. */
enum {
    SLA__RESTS_KIND = 15,     /* as a mask */
    SLA__RESTS_SAME = 1 << 4, /* of the clock that the note before is of */
    SLA__RESTS_A = 1 << 5,
    SLA__RESTS_B = 1 << 6,
    SLA__RESTS_N = 1 << 7,
    SLA__RESTS_M = 1 << 8,
    SLA__RESTS_STEP = 1 << 9,
    SLA__RESTS_NOTE_FLAGS = 1 << 10
};

/* Bytes that the ticket takes at most without its facts. */
size_t sla__rest_bound(const sla_engine *engine, const sla__ticket *ticket);

/* Writes it without its facts; there is room.  Returns how many bytes it took. */
size_t sla__rest_write(const sla_engine *engine, const sla__ticket *ticket, unsigned char *bytes);

/* When the ticket was touched last. */
sla_time sla__rest_touched_at(const unsigned char *bytes, size_t length);

/* Its opening number. */
uint64_t sla__rest_number(const unsigned char *bytes, size_t length);

/* Into a blank ticket, whose facts stay in the bytes; and how many facts of the world
 * there were when it came to rest.  False: out of memory. */
bool sla__rest_read(const sla_engine *engine, const unsigned char *bytes, size_t length,
                    sla__ticket *ticket, uint32_t *worlds_out);

#endif
