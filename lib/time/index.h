/*
 * index.h - which element of a sorted list of bounds does a number fall on, in
 * constant time.
 *
 * The range of numbers is divided into cells of 2^shift; each cell remembers the
 * first element whose bound lies above the cell's beginning.  With about four
 * cells an element most cells hold one bound or none; where the elements are
 * uneven the rest of the way is a binary search between two neighbouring cells.
 *
 * Whoever asks compares with the last bound by arithmetic and not by a branch:
 * on which side of it a number lies nobody can guess, a processor neither, and
 * its wrong guesses would take longer than all the rest.
 */
#ifndef SLA_TIME_INDEX_H
#define SLA_TIME_INDEX_H

#include <stddef.h>
#include <stdint.h>

typedef struct sla__index {
    int64_t origin;
    int shift;
    size_t cell_count;
    uint32_t *cells; /* cell_count + 1 */
} sla__index;

/* Shift and number of cells for `count` elements over [origin, origin + range). */
static inline void sla__index_plan(sla__index *index, int64_t origin, int64_t range, size_t count)
{
    index->origin = origin;
    index->shift = 20;
    while ((uint64_t)range >> index->shift > count * 4 + 16)
        index->shift++;
    index->cell_count = (size_t)(range >> index->shift) + 1;
}

/* The cell that holds `number`, which lies in the range. */
static inline size_t sla__index_cell(const sla__index *index, int64_t number)
{
    return (size_t)((uint64_t)(number - index->origin) >> index->shift);
}

/* Where a cell begins. */
static inline int64_t sla__index_start(const sla__index *index, size_t cell)
{
    return index->origin + ((int64_t)cell << index->shift);
}

#endif
