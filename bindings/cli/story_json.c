/*
 * story_json.c - the story as a JSON document: the numbers that story_tell.c
 * prints, and those that it leaves out for want of room.
 */
#include "story_own.h"

#include <string.h>

#include "output.h"

/* ------------------------------------------------------------ pieces */

static void put_text(FILE *out, const char *before, const char *text)
{
    fputs(before, out);
    put_json_text(out, text);
}

/* Texts between commas as an array. */
static void put_list(FILE *out, const char *before, const char *list)
{
    fprintf(out, "%s[", before);
    while (*list != '\0') {
        const size_t length = strcspn(list, ",");

        put_json_string(out, list, length);
        list += length;
        if (*list == ',')
            fputc(*list++, out);
    }
    fputc(']', out);
}

static void put_examples(FILE *out, const tally_row *row)
{
    fputs(",\"tickets\":[", out);
    for (size_t i = 0; i < row->example_count; i++)
        put_text(out, i > 0 ? "," : "", row->examples[i]);
    fputc(']', out);
}

static const char *separator(size_t number)
{
    return number > 0 ? ",\n" : "\n";
}

/* ------------------------------------------------------------ parts */

static void put_hours_of(FILE *out, const char *name, const size_t hours[24])
{
    fprintf(out, ",\"%s\":[", name);
    for (int hour = 0; hour < 24; hour++)
        fprintf(out, "%s%zu", hour > 0 ? "," : "", hours[hour]);
    fputc(']', out);
}

static void put_head(const story_book *story, FILE *out)
{
    const bool any = story->fact_count > 0;

    fprintf(out, "{\"tickets\":%zu,\"facts\":%zu,\"events\":%zu", story->ticket_count,
            story->fact_count, story->event_count);
    fputs(",\"first_recorded_at\":", out);
    put_json_instant(out, any ? story->first : SLA_NEVER);
    fputs(",\"last_recorded_at\":", out);
    put_json_instant(out, any ? story->last : SLA_NEVER);
    fputs(",\n\"first_day\":{\"from\":", out);
    put_json_instant(out, any ? story->midnight : SLA_NEVER);
    put_hours_of(out, "opened", story->hours.opened);
    put_hours_of(out, "warned", story->hours.warned);
    put_hours_of(out, "breached", story->hours.breached);
    put_hours_of(out, "escalated", story->hours.escalated);
    fputc('}', out);
}

/* The columns of the text, as names. */
static const char *word_of(const char *column)
{
    return strcmp(column, "of breach") == 0 ? "breached" : column;
}

static void put_told(story_tally *told, FILE *out)
{
    tally_sort_rows(told);
    fputs(",\n\"told\":[", out);
    for (size_t i = 0; i < told->row_count; i++) {
        fputs(separator(i), out);
        put_text(out, "{\"to\":", told->rows[i].name);
        for (size_t j = 0; j < told->column_count; j++)
            if (told->rows[i].cells[j].count > 0) {
                put_text(out, ",", word_of(told->columns[j]));
                fprintf(out, ":%zu", told->rows[i].cells[j].count);
            }
        fputc('}', out);
    }
    fputc(']', out);
}

/* Levels stand in the groups, as a digit. */
static void put_escalated(story_tally *escalated, FILE *out)
{
    tally_sort_rows(escalated);
    fputs(",\n\"escalated\":[", out);
    for (size_t i = 0; i < escalated->row_count; i++) {
        const tally_row *row = &escalated->rows[i];

        fprintf(out, "%s{\"level\":%s", separator(i), row->group);
        put_list(out, ",\"to\":", row->name);
        fprintf(out, ",\"count\":%zu", row->total);
        put_examples(out, row);
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_target(FILE *out, const tally_row *row)
{
    put_text(out, "{\"policy\":", row->group);
    put_text(out, ",\"target\":", row->name);
    if (row->display[0] != '\0')
        put_text(out, ",\"display\":", row->display);
}

static void put_breached(story_tally *breached, FILE *out)
{
    size_t count = 0;

    tally_sort_rows(breached);
    fputs(",\n\"breached\":[", out);
    for (size_t i = 0; i < breached->row_count && breached->rows[i].total > 0; i++) {
        fputs(separator(count++), out);
        put_target(out, &breached->rows[i]);
        fprintf(out, ",\"count\":%zu", breached->rows[i].total);
        put_examples(out, &breached->rows[i]);
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_shares(story_tally *shares, FILE *out)
{
    size_t count = 0;

    tally_sort_columns(shares);
    fputs(",\n\"on_time\":[", out);
    for (size_t i = 0; i < shares->row_count; i++)
        for (size_t j = 0; j < shares->column_count; j++) {
            const tally_cell *cell = &shares->rows[i].cells[j];

            if (cell->of == 0)
                continue;
            fputs(separator(count++), out);
            put_target(out, &shares->rows[i]);
            put_text(out, ",\"class\":", shares->columns[j]);
            fprintf(out, ",\"in_time\":%zu,\"accepted\":%zu}", cell->count, cell->of);
        }
    fputc(']', out);
}

static void put_remarkable(story_tally *remarkable, FILE *out)
{
    tally_sort_rows(remarkable);
    fputs(",\n\"remarkable\":[", out);
    for (size_t i = 0; i < remarkable->row_count; i++) {
        fputs(separator(i), out);
        put_text(out, "{\"what\":", remarkable->rows[i].name);
        fprintf(out, ",\"count\":%zu", remarkable->rows[i].total);
        put_examples(out, &remarkable->rows[i]);
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_derived(story_tally *derived, FILE *out)
{
    tally_sort_rows(derived);
    fputs(",\n\"derived\":{", out);
    for (size_t i = 0; i < derived->row_count; i++) {
        put_text(out, i > 0 ? "," : "", derived->rows[i].name);
        fprintf(out, ":%zu", derived->rows[i].total);
    }
    fputc('}', out);
}

void story_tell_json(story_book *story, const sla_engine *engine, FILE *out)
{
    story_clocks clocks = {.excluded = 0};

    story_count_clocks(story, engine, &clocks);
    put_head(story, out);
    put_told(&story->told, out);
    put_breached(&clocks.breached, out);
    put_escalated(&story->escalated, out);
    put_shares(&clocks.on_time, out);
    fprintf(out, ",\n\"excluded\":%zu", clocks.excluded);
    put_remarkable(&story->remarkable, out);
    put_derived(&story->derived, out);
    fputs("}\n", out);
    story_clocks_fini(&clocks);
}
