/*
 * story_tally.c - counts under names.
 */
#include "story_tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void copy(char *to, size_t size, const char *from, size_t length)
{
    if (length >= size)
        length = size - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static tally_row *row_of(story_tally *tally, const char *group, const char *name)
{
    tally_row *row;

    for (size_t i = 0; i < tally->row_count; i++)
        if (strcmp(tally->rows[i].name, name) == 0 && strcmp(tally->rows[i].group, group) == 0)
            return &tally->rows[i];
    tally->rows =
        need_room(tally->rows, &tally->row_capacity, tally->row_count + 1, sizeof *tally->rows);
    row = &tally->rows[tally->row_count++];
    memset(row, 0, sizeof *row);
    copy(row->group, sizeof row->group, group, strlen(group));
    copy(row->name, sizeof row->name, name, strlen(name));
    return row;
}

static size_t column_of(story_tally *tally, const char *name)
{
    for (size_t i = 0; i < tally->column_count; i++)
        if (strcmp(tally->columns[i], name) == 0)
            return i;
    if (tally->column_count == TALLY_COLUMNS_MAX) {
        copy(tally->columns[TALLY_COLUMNS_MAX - 1], sizeof tally->columns[0], "others", 6);
        return TALLY_COLUMNS_MAX - 1;
    }
    copy(tally->columns[tally->column_count], sizeof tally->columns[0], name, strlen(name));
    return tally->column_count++;
}

static void remember(tally_row *row, const char *example, size_t length)
{
    for (size_t i = 0; i < row->example_count; i++)
        if (strlen(row->examples[i]) == length && memcmp(row->examples[i], example, length) == 0)
            return;
    if (row->example_count < TALLY_EXAMPLES_MAX)
        copy(row->examples[row->example_count++], sizeof row->examples[0], example, length);
}

tally_row *tally_add(story_tally *tally, const char *group, const char *row_name,
                     const char *column_name, size_t count, size_t of, const char *example,
                     size_t length)
{
    tally_row *row = row_of(tally, group, row_name);
    const size_t column = column_of(tally, column_name);

    row->cells[column].count += count;
    row->cells[column].of += of;
    row->total += count;
    if (example != NULL)
        remember(row, example, length);
    return row;
}

void tally_show(tally_row *row, const char *display)
{
    copy(row->display, sizeof row->display, display, strlen(display));
}

const char *tally_shown(const tally_row *row)
{
    return row->display[0] != '\0' ? row->display : row->name;
}

const tally_cell *tally_cell_of(const story_tally *tally, size_t row, const char *column)
{
    for (size_t i = 0; i < tally->column_count; i++)
        if (strcmp(tally->columns[i], column) == 0)
            return &tally->rows[row].cells[i];
    return NULL;
}

static int by_total(const void *left, const void *right)
{
    const tally_row *one = left, *other = right;

    if (one->total != other->total)
        return one->total > other->total ? -1 : 1;
    return strcmp(tally_shown(one), tally_shown(other));
}

void tally_sort_rows(story_tally *tally)
{
    if (tally->row_count > 1)
        qsort(tally->rows, tally->row_count, sizeof *tally->rows, by_total);
}

static void swap_columns(story_tally *tally, size_t one, size_t other)
{
    char name[sizeof tally->columns[0]];

    memcpy(name, tally->columns[one], sizeof name);
    memcpy(tally->columns[one], tally->columns[other], sizeof name);
    memcpy(tally->columns[other], name, sizeof name);
    for (size_t i = 0; i < tally->row_count; i++) {
        const tally_cell cell = tally->rows[i].cells[one];

        tally->rows[i].cells[one] = tally->rows[i].cells[other];
        tally->rows[i].cells[other] = cell;
    }
}

void tally_sort_columns(story_tally *tally)
{
    for (size_t i = 1; i < tally->column_count; i++)
        for (size_t j = i; j > 0 && strcmp(tally->columns[j - 1], tally->columns[j]) > 0; j--)
            swap_columns(tally, j - 1, j);
}

void tally_fini(story_tally *tally)
{
    free(tally->rows);
}
