/*
 * story_tally.h - counts under names, the only thing that a story is made of.
 *
 * A tally is a table: rows and columns have names and appear when they are
 * first counted; a cell is two numbers.
 */
#ifndef SLA_CLI_STORY_TALLY_H
#define SLA_CLI_STORY_TALLY_H

#include <stddef.h>

enum { TALLY_NAME_MAX = 160, TALLY_COLUMNS_MAX = 24, TALLY_EXAMPLES_MAX = 5 };

typedef struct tally_cell {
    size_t count, of;
} tally_cell;

typedef struct tally_row {
    char group[64]; /* rows of one group stand together */
    char name[TALLY_NAME_MAX];
    char display[TALLY_NAME_MAX]; /* what people call it; "": as it is named */
    tally_cell cells[TALLY_COLUMNS_MAX];
    size_t total;                          /* of the counts of all its cells */
    char examples[TALLY_EXAMPLES_MAX][66]; /* the first tickets counted here */
    size_t example_count;
} tally_row;

typedef struct story_tally {
    tally_row *rows;
    size_t row_count, row_capacity;
    char columns[TALLY_COLUMNS_MAX][64];
    size_t column_count;
} story_tally;

/* Add to a cell; `example` (a ticket, of `length` bytes) may be NULL.  Columns
 * beyond the last are counted in the last one, which is then called "others".  The
 * row is good until the next one is added. */
tally_row *tally_add(story_tally *tally, const char *group, const char *row, const char *column,
                     size_t count, size_t of, const char *example, size_t length);

/* What people call the row, and how it is called in a text. */
void tally_show(tally_row *row, const char *display);
const char *tally_shown(const tally_row *row);

/* NULL where nothing was counted under that column. */
const tally_cell *tally_cell_of(const story_tally *tally, size_t row, const char *column);

/* Rows with the largest total first, columns by name. */
void tally_sort_rows(story_tally *tally);
void tally_sort_columns(story_tally *tally);
void tally_fini(story_tally *tally);

#endif
