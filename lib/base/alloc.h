/*
 * alloc.h - the one door to memory inside the library.
 *
 * Everything allocates through an sla_allocator; alloc.c is the only file that
 * names malloc.  Sizes are checked for overflow here so that nobody else has to.
 */
#ifndef SLA_BASE_ALLOC_H
#define SLA_BASE_ALLOC_H

#include <stdbool.h>

#include <sla/alloc.h>

/* The caller's allocator, or the C library's where `given` is NULL. */
sla_allocator sla__allocator_or_default(const sla_allocator *given);

/* Why an allocator of a caller is none, naming the member; NULL where it is one, or not given. */
const char *sla__allocator_why_not(const sla_allocator *given);

/* `count` zeroed elements of `size` bytes; NULL on overflow or out of memory. */
void *sla__new(const sla_allocator *allocator, size_t count, size_t size);

/* Room for so many elements in `*array`, for which there is none yet; see below. */
bool sla__grow_by_half(const sla_allocator *allocator, void **array, size_t *capacity, size_t count,
                       size_t size);
bool sla__resize(const sla_allocator *allocator, void **array, size_t *capacity, size_t count,
                 size_t size);

/* Room for at least `count` elements of `size` bytes in `*array`, growing by
 * half.  On failure `*array` and `*capacity` are as they were. */
static inline bool sla__grow(const sla_allocator *allocator, void **array, size_t *capacity,
                             size_t count, size_t size)
{
    return count <= *capacity || sla__grow_by_half(allocator, array, capacity, count, size);
}

/* The same without anything to spare: for arrays of which there are many. */
static inline bool sla__grow_exact(const sla_allocator *allocator, void **array, size_t *capacity,
                                   size_t count, size_t size)
{
    return count <= *capacity || sla__resize(allocator, array, capacity, count, size);
}

void sla__free(const sla_allocator *allocator, void *block);

#endif
