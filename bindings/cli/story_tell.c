/*
 * story_tell.c - prints what was gathered: plain text, aligned, under a
 * hundred columns.
 */
#include "story_own.h"

#include <string.h>

#include <sla/time.h>

#include "plain.h"

enum { ROWS_SHOWN = 8, NAME_WIDTH = 40, SHARE_WIDTH = 9 };

/* "2026-04-30 08:00" on the clocks of the place. */
static void print_minute(FILE *out, sla_time at, int32_t offset_s)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_time_format_offset(at, offset_s, text, sizeof text);
    text[10] = ' ';
    tell(out, "%.16s", text);
}

static void title(FILE *out, const char *text, const char *remark)
{
    tell(out, "\n%s%s%s\n", text, remark[0] == '\0' ? "" : "  ", remark);
}

/* ------------------------------------------------------------ the day */

static void tell_hours_of(FILE *out, const char *name, const size_t hours[24])
{
    tell(out, "  %-10s", name);
    for (int hour = 0; hour < 24; hour += 2) {
        const size_t count = hours[hour] + hours[hour + 1];

        if (count == 0)
            fputs("    .", out);
        else
            tell(out, "%5zu", count);
    }
    putc('\n', out);
}

static void tell_day(const story_book *story, FILE *out)
{
    tell(out, "Tickets: %zu; facts: %zu, recorded from ", story->ticket_count, story->fact_count);
    print_minute(out, story->first, story->options.offset_s);
    fputs(" to ", out);
    print_minute(out, story->last, story->options.offset_s);
    tell(out, "; events told: %zu.\n", story->event_count);
    title(out, "THE FIRST DAY", "two hours a column");
    fputs("  hour      ", out);
    for (int hour = 0; hour < 24; hour += 2)
        tell(out, "   %02d", hour);
    putc('\n', out);
    tell_hours_of(out, "opened", story->hours.opened);
    tell_hours_of(out, "warned", story->hours.warned);
    tell_hours_of(out, "breached", story->hours.breached);
    tell_hours_of(out, "escalated", story->hours.escalated);
}

/* ------------------------------------------------------------ tables */

static void print_share(FILE *out, const tally_cell *cell)
{
    char text[48];

    snprintf(text, sizeof text, "%zu/%zu", cell->count, cell->of);
    tell(out, " %*s", SHARE_WIDTH, cell->of == 0 ? "." : text);
}

/* As wide as the shares below it, whatever it has to be escaped. */
static void print_column(FILE *out, const char *name)
{
    size_t taken;
    const size_t length = plain_fit(name, SHARE_WIDTH, &taken);

    tell(out, " %*s", SHARE_WIDTH - (int)taken, "");
    put_plain(out, name, length);
}

static void print_rest(FILE *out, size_t rows, const char *what)
{
    if (rows > ROWS_SHOWN)
        tell(out, "  ... and %zu more %s\n", rows - ROWS_SHOWN, what);
}

static void tell_receivers(story_book *story, FILE *out)
{
    static const char *const words[] = {"warned",     "of breach", "reminded",
                                        "supervised", "escalated", "noticed"};
    story_tally *told = &story->told;

    tally_sort_rows(told);
    title(out, "WHO WAS TOLD", "how often, and why");
    tell(out, "  %-*s", NAME_WIDTH - 12, "");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        tell(out, " %10s", words[i]);
    putc('\n', out);
    for (size_t i = 0; i < told->row_count && i < ROWS_SHOWN; i++) {
        tell(out, "  %-*s", NAME_WIDTH - 12, told->rows[i].name);
        for (size_t j = 0; j < sizeof words / sizeof words[0]; j++) {
            const tally_cell *cell = tally_cell_of(told, i, words[j]);

            if (cell == NULL || cell->count == 0)
                tell(out, " %10s", ".");
            else
                tell(out, " %10zu", cell->count);
        }
        putc('\n', out);
    }
    print_rest(out, told->row_count, "receivers");
}

static void print_examples(FILE *out, const tally_row *row)
{
    for (size_t i = 0; i < row->example_count; i++)
        tell(out, " %s", row->examples[i]);
    fputs(row->total > row->example_count ? " ...\n" : "\n", out);
}

/* "duty_officer, escalation_team" out of the policy's own words. */
static void print_list(FILE *out, const char *to, int width)
{
    while (*to != '\0') {
        const int length = (int)strcspn(to, ",");
        const bool last = to[length] == '\0';

        tell(out, "%.*s%s", length, to, last ? "" : ", ");
        width -= length + (last ? 0 : 2);
        to += length + !last;
    }
    tell(out, "%*s", width > 0 ? width : 0, "");
}

/* Highest level first: that is where a reader looks. */
static void tell_escalations(story_book *story, FILE *out)
{
    story_tally *escalated = &story->escalated;

    tally_sort_rows(escalated);
    title(out, "WHO WAS ESCALATED TO", "highest level first; how often; which tickets");
    for (int level = SLA_LEVEL_MAX; level >= 1; level--) {
        for (size_t i = 0; i < escalated->row_count; i++) {
            const tally_row *row = &escalated->rows[i];

            if (row->group[0] - '0' != level)
                continue;
            tell(out, "  level %d  ", level);
            print_list(out, row->name, NAME_WIDTH + 12);
            tell(out, " %5zu ", row->total);
            print_examples(out, row);
        }
    }
    if (escalated->row_count == 0)
        fputs("  nobody\n", out);
}

static void tell_breaches(story_clocks *clocks, FILE *out)
{
    story_tally *breached = &clocks->breached;
    size_t rows = 0;

    tally_sort_rows(breached);
    title(out, "WHAT BREACHED", "clocks past their due; which tickets");
    for (size_t i = 0; i < breached->row_count; i++) {
        const tally_row *row = &breached->rows[i];

        if (row->total == 0 || rows++ >= ROWS_SHOWN)
            continue;
        tell(out, "  %-16s %-*s %5zu ", row->group, NAME_WIDTH - 2, tally_shown(row), row->total);
        print_examples(out, row);
    }
    print_rest(out, rows, "targets");
    if (rows == 0)
        fputs("  nothing\n", out);
}

/* ------------------------------------------------------------ on time */

static bool group_has(const story_tally *tally, const char *group, size_t column)
{
    for (size_t i = 0; i < tally->row_count; i++)
        if (strcmp(tally->rows[i].group, group) == 0 && tally->rows[i].cells[column].of > 0)
            return true;
    return false;
}

static bool came_due(const story_tally *open, const tally_row *row)
{
    for (size_t i = 0; i < open->row_count; i++)
        if (strcmp(open->rows[i].group, row->group) == 0 &&
            strcmp(open->rows[i].name, row->name) == 0)
            return open->rows[i].total > 0;
    return false;
}

/* Some clock of the policy has come to its due. */
static bool policy_has_shares(const story_clocks *clocks, const char *group)
{
    for (size_t i = 0; i < clocks->on_time.row_count; i++)
        if (strcmp(clocks->on_time.rows[i].group, group) == 0 &&
            came_due(&clocks->open, &clocks->on_time.rows[i]))
            return true;
    return false;
}

/* One policy, its columns only. */
static void tell_shares_of(const story_clocks *clocks, const char *group, FILE *out)
{
    const story_tally *shares = &clocks->on_time;

    tell(out, "  %-*s", NAME_WIDTH, group);
    for (size_t column = 0; column < shares->column_count; column++)
        if (group_has(shares, group, column))
            print_column(out, shares->columns[column]);
    putc('\n', out);
    for (size_t i = 0; i < shares->row_count; i++) {
        const tally_row *row = &shares->rows[i];

        if (strcmp(row->group, group) != 0 || !came_due(&clocks->open, row))
            continue;
        tell(out, "    %-*s", NAME_WIDTH - 2, tally_shown(row));
        for (size_t column = 0; column < shares->column_count; column++)
            if (group_has(shares, group, column))
                print_share(out, &row->cells[column]);
        putc('\n', out);
    }
}

static void tell_shares(const story_book *story, story_clocks *clocks, FILE *out)
{
    story_tally *shares = &clocks->on_time;
    const sla_policies *policies = story->options.policies;
    size_t not_due = 0;

    tally_sort_columns(shares);
    title(out, "ON TIME", "handled in time / accepted; open ones count as accepted");
    for (size_t i = 0; i < sla_policies_count(policies); i++)
        if (policy_has_shares(clocks, sla_policies_name(policies, i)))
            tell_shares_of(clocks, sla_policies_name(policies, i), out);
    for (size_t i = 0; i < shares->row_count; i++)
        not_due += !came_due(&clocks->open, &shares->rows[i]);
    if (clocks->excluded > 0)
        tell(out, "  %zu clocks carry a waiver that leaves them out of the adjusted figures.\n",
             clocks->excluded);
    if (not_due > 0)
        tell(out, "  %zu targets are not shown: none of their clocks has come to its due yet.\n",
             not_due);
}

/* ------------------------------------------------------------ the rest */

static void tell_remarkable(story_book *story, FILE *out)
{
    story_tally *remarkable = &story->remarkable, *derived = &story->derived;

    tally_sort_rows(remarkable);
    tally_sort_rows(derived);
    title(out, "WORTH A LOOK", "what happened out of turn, and which tickets");
    for (size_t i = 0; i < remarkable->row_count; i++) {
        const tally_row *row = &remarkable->rows[i];

        tell(out, "  %-*s %5zu ", NAME_WIDTH - 2, row->name, row->total);
        print_examples(out, row);
    }
    if (derived->row_count > 0)
        fputs("  and facts that the engine made itself:", out);
    for (size_t i = 0; i < derived->row_count; i++) {
        fputs(i == 0 ? "\n    " : ", ", out);
        tell(out, "%s %zu", derived->rows[i].name, derived->rows[i].total);
    }
    if (derived->row_count > 0)
        putc('\n', out);
}

void story_tell(story_book *story, const sla_engine *engine, FILE *out)
{
    story_clocks clocks = {.excluded = 0};

    if (story->fact_count == 0) {
        fputs("Nothing was recorded.\n", out);
        return;
    }
    story_count_clocks(story, engine, &clocks);
    tell_day(story, out);
    tell_receivers(story, out);
    tell_breaches(&clocks, out);
    tell_escalations(story, out);
    tell_shares(story, &clocks, out);
    tell_remarkable(story, out);
    story_clocks_fini(&clocks);
}
