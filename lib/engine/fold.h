/*
 * fold.h - the memory of a fold: one block for attributes, marks and clocks,
 * one for notes.  Knows nothing of what they mean.
 */
#ifndef SLA_ENGINE_FOLD_H
#define SLA_ENGINE_FOLD_H

#include "engine/state.h"

/* An empty fold for these policies, with room for `clocks` clocks.  False: out
 * of memory, and the fold is zeroed. */
bool sla__fold_init(sla__fold *fold, const sla_allocator *allocator, const sla_policies *policies,
                    uint32_t rules, size_t clocks);

/* The same in the memory that the fold has, where that is enough.  False: out of
 * memory, and the fold is zeroed. */
bool sla__fold_clear(sla__fold *fold, const sla_allocator *allocator, const sla_policies *policies,
                     uint32_t rules);
void sla__fold_fini(sla__fold *fold, const sla_allocator *allocator);

/* What sla__fold_reserve and sla__fold_copy_reserve do where there is not room yet. */
bool sla__fold_grow(sla__fold *fold, const sla_allocator *allocator, const sla_policies *policies,
                    size_t clocks, size_t notes);
bool sla__fold_copy_grow(sla__fold *copy, const sla_allocator *allocator, const sla__fold *fold);

/* Room for so many clocks and notes in all.  False: out of memory, nothing changed. */
static inline bool sla__fold_reserve(sla__fold *fold, const sla_allocator *allocator,
                                     const sla_policies *policies, size_t clocks, size_t notes)
{
    return (clocks <= fold->clock_capacity && notes <= fold->note_capacity) ||
           sla__fold_grow(fold, allocator, policies, clocks, notes);
}

/* Makes `copy` equal to `fold`, growing its memory where it must.  False: out
 * of memory, and `copy` is as it was. */
bool sla__fold_copy(sla__fold *copy, const sla_allocator *allocator, const sla_policies *policies,
                    const sla__fold *fold);

/* Takes a fold back to what it was when `copy` was made of it; its memory has
 * only grown since, unless it went over to other policies.  The copy is used up. */
void sla__fold_restore(sla__fold *fold, const sla_policies *policies, sla__fold *copy);

/* Room in `copy` for a later sla__fold_copy of a fold of this capacity.  It is scratch
 * that serves tickets of different policies, so its block is measured in bytes. */
static inline bool sla__fold_copy_reserve(sla__fold *copy, const sla_allocator *allocator,
                                          const sla__fold *fold)
{
    return (fold->block_bytes <= copy->block_bytes && fold->note_capacity <= copy->note_capacity) ||
           sla__fold_copy_grow(copy, allocator, fold);
}

/* The clock of a target's cycle, or NULL. */
sla__clock *sla__fold_clock(const sla__fold *fold, uint16_t target, uint16_t cycle);

/* The clock of a target's latest cycle, or NULL. */
sla__clock *sla__fold_latest(const sla__fold *fold, uint16_t target);

/* Puts a zeroed clock into its place; there is room.  Later clocks move. */
sla__clock *sla__fold_insert(sla__fold *fold, uint16_t target, uint16_t cycle);

/* Takes a clock out with its notes, but for what was told of it.  Later clocks move. */
void sla__fold_remove(sla__fold *fold, sla__clock *clock);

/* Whether a later cycle of the clock's target exists. */
bool sla__fold_is_latest(const sla__fold *fold, const sla__clock *clock);

/* Adds a note; there is room. */
sla__note *sla__fold_note(sla__fold *fold, const sla__clock *clock, sla__note_kind kind);

/* The next note of the kind after `note` (NULL: the first) that belongs to the
 * clock; NULL past the last. */
sla__note *sla__note_next(const sla__fold *fold, const sla__clock *clock, sla__note_kind kind,
                          const sla__note *note);

void sla__note_remove(sla__fold *fold, sla__note *note);

#endif
