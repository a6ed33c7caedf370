/* fold.c - see fold.h. */
#include "engine/fold.h"

#include <assert.h>
#include <string.h>

#include "base/apart.h"

/* Bytes of the bits of all policies, which are few. */
static inline size_t matched_bytes(const sla_policies *policies)
{
    return (policies->policy_count + 7) / 8;
}

/* values, seen, clocks, matched: in one block, in this order, so that all are aligned. */
static inline size_t block_size(const sla_policies *policies, size_t clocks)
{
    return (policies->attribute_count + policies->fact_slot_count) * sizeof(int64_t) +
           clocks * sizeof(sla__clock) + matched_bytes(policies) + 1;
}

static void lay_out(sla__fold *fold, const sla_policies *policies, void *block, size_t clocks)
{
    fold->values = block;
    fold->seen = fold->values + policies->attribute_count;
    fold->clocks = (sla__clock *)(fold->seen + policies->fact_slot_count);
    fold->matched = (uint8_t *)(fold->clocks + clocks);
    fold->clock_capacity = clocks;
}

/* As many clocks as such a block has room for. */
static size_t clocks_in(const sla_policies *policies, size_t block_bytes)
{
    return (block_bytes - block_size(policies, 0)) / sizeof(sla__clock);
}

static void set_out(sla__fold *fold, const sla_policies *policies, uint32_t rules)
{
    for (size_t i = 0; i < policies->fact_slot_count; i++)
        fold->seen[i] = SLA_NEVER;
    fold->rules = rules;
    fold->at = SLA_TIME_MIN;
    fold->opened_at = SLA_NEVER;
    fold->applied_at = SLA_TIME_MIN;
}

bool sla__fold_init(sla__fold *fold, const sla_allocator *allocator, const sla_policies *policies,
                    uint32_t rules, size_t clocks)
{
    void *block = sla__new(allocator, 1, block_size(policies, clocks));

    memset(fold, 0, sizeof *fold);
    if (block == NULL)
        return false;
    lay_out(fold, policies, block, clocks);
    fold->block_bytes = block_size(policies, clocks);
    set_out(fold, policies, rules);
    return true;
}

bool sla__fold_clear(sla__fold *fold, const sla_allocator *allocator, const sla_policies *policies,
                     uint32_t rules)
{
    sla__fold cleared = {.notes = fold->notes,
                         .note_capacity = fold->note_capacity,
                         .block_bytes = fold->block_bytes};

    if (fold->block_bytes < block_size(policies, 0)) {
        sla__fold_fini(fold, allocator);
        return sla__fold_init(fold, allocator, policies, rules, 0);
    }
    lay_out(&cleared, policies, fold->values, clocks_in(policies, fold->block_bytes));
    memset(cleared.values, 0, policies->attribute_count * sizeof(int64_t));
    memset(cleared.matched, 0, matched_bytes(policies));
    *fold = cleared;
    set_out(fold, policies, rules);
    return true;
}

void sla__fold_fini(sla__fold *fold, const sla_allocator *allocator)
{
    sla__free(allocator, fold->values);
    sla__free(allocator, fold->notes);
    memset(fold, 0, sizeof *fold);
}

/* Values, seen and clocks lie next to one another in both; `matched` behind the room
 * for clocks, of which one may have more. */
static void copy_block(sla__fold *to, const sla__fold *from, const sla_policies *policies)
{
    const char *const end = (const char *)(from->clocks + from->clock_count);

    memcpy(to->values, from->values, (size_t)(end - (const char *)from->values));
    for (size_t i = 0; i < matched_bytes(policies); i++)
        to->matched[i] = from->matched[i];
}

bool sla__fold_grow(sla__fold *fold, const sla_allocator *allocator, const sla_policies *policies,
                    size_t clocks, size_t notes)
{
    if (!sla__grow_exact(allocator, (void **)&fold->notes, &fold->note_capacity, notes,
                         sizeof(sla__note)))
        return false;
    if (clocks > fold->clock_capacity) {
        sla__fold grown = *fold;
        void *block = sla__new(allocator, 1, block_size(policies, clocks));

        if (block == NULL)
            return false;
        lay_out(&grown, policies, block, clocks);
        grown.block_bytes = block_size(policies, clocks);
        copy_block(&grown, fold, policies);
        sla__free(allocator, fold->values);
        *fold = grown;
    }
    return true;
}

bool sla__fold_copy_grow(sla__fold *copy, const sla_allocator *allocator, const sla__fold *fold)
{
    if (!sla__grow(allocator, (void **)&copy->notes, &copy->note_capacity, fold->note_capacity,
                   sizeof(sla__note)))
        return false;
    if (copy->block_bytes < fold->block_bytes) {
        const size_t grown = fold->block_bytes + fold->block_bytes / 2;
        void *block = sla__new(allocator, 1, grown);

        if (block == NULL)
            return false;
        sla__free(allocator, copy->values);
        copy->values = block;
        copy->block_bytes = grown;
        copy->clock_count = 0;
    }
    return true;
}

bool sla__fold_copy(sla__fold *copy, const sla_allocator *allocator, const sla_policies *policies,
                    const sla__fold *fold)
{
    sla__fold made = *fold;

    if (!sla__fold_copy_reserve(copy, allocator, fold))
        return false;
    lay_out(&made, policies, copy->values, fold->clock_capacity);
    made.notes = copy->notes;
    made.note_capacity = copy->note_capacity;
    made.block_bytes = copy->block_bytes;
    copy_block(&made, fold, policies);
    if (fold->note_count > 0)
        memcpy(made.notes, fold->notes, fold->note_count * sizeof(sla__note));
    *copy = made;
    return true;
}

void sla__fold_restore(sla__fold *fold, const sla_policies *policies, sla__fold *copy)
{
    sla__fold back = *copy;

    /* Laid out for other policies, its block may be too small: they change places. */
    if (fold->rules != copy->rules) {
        *copy = *fold;
        *fold = back;
        return;
    }
    assert(fold->clock_capacity >= copy->clock_count && fold->note_capacity >= copy->note_count);
    lay_out(&back, policies, fold->values, fold->clock_capacity);
    back.notes = fold->notes;
    back.note_capacity = fold->note_capacity;
    back.block_bytes = fold->block_bytes;
    copy_block(&back, copy, policies);
    if (copy->note_count > 0)
        memcpy(back.notes, copy->notes, copy->note_count * sizeof(sla__note));
    *fold = back;
}

/* What clocks are in order of. */
static inline uint32_t key_of(uint16_t target, uint16_t cycle)
{
    return (uint32_t)target << 16 | cycle;
}

static inline uint32_t key_at(const sla__fold *fold, size_t place)
{
    return key_of(fold->clocks[place].target, fold->clocks[place].cycle);
}

/* The first clock at or after the key.  One that comes mostly comes behind all others. */
static SLA__APART size_t clock_place(const sla__fold *fold, uint32_t key)
{
    size_t place = fold->clock_count;

    while (place > 0 && key_at(fold, place - 1) >= key)
        place--;
    return place;
}

/* Most tickets have one clock for each target of a policy: its place follows from the
 * number of the target. */
sla__clock *sla__fold_clock(const sla__fold *fold, uint16_t target, uint16_t cycle)
{
    const uint32_t key = key_of(target, cycle);
    size_t place = fold->clock_count > 0 ? (uint32_t)(target - fold->clocks[0].target) : 0;

    if (place < fold->clock_count && key_at(fold, place) == key)
        return &fold->clocks[place];
    place = clock_place(fold, key);
    return place < fold->clock_count && key_at(fold, place) == key ? &fold->clocks[place] : NULL;
}

sla__clock *sla__fold_latest(const sla__fold *fold, uint16_t target)
{
    size_t place = fold->clock_count;

    while (place > 0 && fold->clocks[place - 1].target > target)
        place--;
    return place > 0 && fold->clocks[place - 1].target == target ? &fold->clocks[place - 1] : NULL;
}

sla__clock *sla__fold_insert(sla__fold *fold, uint16_t target, uint16_t cycle)
{
    const size_t place = clock_place(fold, key_of(target, cycle));
    sla__clock *clock = &fold->clocks[place];

    assert(fold->clock_count < fold->clock_capacity);
    if (place < fold->clock_count)
        memmove(clock + 1, clock, (fold->clock_count - place) * sizeof *clock);
    fold->clock_count++;
    memset(clock, 0, sizeof *clock);
    clock->target = target;
    clock->cycle = cycle;
    clock->start_at = clock->due_at = clock->mark_at = clock->next_at = SLA_NEVER;
    clock->goal = clock->calendar = SLA__NONE;
    clock->next_item = SLA__ITEM_NONE;
    return clock;
}

void sla__fold_remove(sla__fold *fold, sla__clock *clock)
{
    const size_t place = (size_t)(clock - fold->clocks);

    for (size_t i = fold->note_count; i-- > 0;) {
        const sla__note *note = &fold->notes[i];

        if (note->target == clock->target && note->cycle == clock->cycle &&
            note->kind != SLA__NOTE_REVISION && note->kind != SLA__NOTE_AWAY)
            sla__note_remove(fold, &fold->notes[i]);
    }
    memmove(clock, clock + 1, (fold->clock_count - place - 1) * sizeof *clock);
    fold->clock_count--;
}

bool sla__fold_is_latest(const sla__fold *fold, const sla__clock *clock)
{
    const sla__clock *next = clock + 1;

    return next == fold->clocks + fold->clock_count || next->target != clock->target;
}

sla__note *sla__fold_note(sla__fold *fold, const sla__clock *clock, sla__note_kind kind)
{
    sla__note *note = &fold->notes[fold->note_count++];

    assert(fold->note_count <= fold->note_capacity);
    memset(note, 0, sizeof *note);
    note->kind = (uint8_t)kind;
    note->target = clock != NULL ? clock->target : SLA__NONE;
    note->cycle = clock != NULL ? clock->cycle : 0;
    return note;
}

sla__note *sla__note_next(const sla__fold *fold, const sla__clock *clock, sla__note_kind kind,
                          const sla__note *note)
{
    const uint16_t target = clock != NULL ? clock->target : SLA__NONE;
    const uint16_t cycle = clock != NULL ? clock->cycle : 0;
    size_t i = note != NULL ? (size_t)(note - fold->notes) + 1 : 0;

    for (; i < fold->note_count; i++) {
        sla__note *found = &fold->notes[i];

        if (found->kind == kind && found->target == target && found->cycle == cycle)
            return found;
    }
    return NULL;
}

void sla__note_remove(sla__fold *fold, sla__note *note)
{
    const size_t place = (size_t)(note - fold->notes);

    memmove(note, note + 1, (fold->note_count - place - 1) * sizeof *note);
    fold->note_count--;
}
