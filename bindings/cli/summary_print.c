/* summary_print.c - the figures of a run as a table for people and as JSON. */
#include <string.h>

#include "output.h"
#include "plain.h"
#include "summary.h"

static const char *value_of(const summary_row *row)
{
    return row->value != NULL ? row->value : "-";
}

static int name_width(const summary *s)
{
    size_t width = strlen("target");

    for (size_t i = 0; i < s->count; i++) {
        const size_t length = strlen(s->rows[i].policy) + 1 + strlen(s->rows[i].target);

        if (length > width)
            width = length;
    }
    return (int)width;
}

static int highest_level(const summary *s)
{
    int highest = 0;

    for (size_t i = 0; i < s->count; i++)
        for (int level = 1; level <= SLA_LEVEL_MAX; level++)
            if (s->rows[i].level[level] > 0 && level > highest)
                highest = level;
    return highest;
}

/* Does any waiver make a difference? */
static bool is_adjusted(const summary *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->rows[i].adjusted_accepted != s->rows[i].accepted ||
            s->rows[i].adjusted_in_time != s->rows[i].in_time)
            return true;
    return false;
}

static void print_row(FILE *out, const summary_row *row, int width, int levels, bool adjusted)
{
    char share[48];

    snprintf(share, sizeof share, "%zu / %zu", row->in_time, row->accepted);
    tell(out, "%s.%-*s  %-8s %17s %6zu %6zu %9zu %9zu %9zu", row->policy,
         width - (int)strlen(row->policy) - 1, row->target, value_of(row), share, row->late,
         row->open, row->breached, row->cancelled, row->excluded);
    if (adjusted) {
        snprintf(share, sizeof share, "%zu / %zu", row->adjusted_in_time, row->adjusted_accepted);
        tell(out, " %17s", share);
    }
    for (int level = 1; level <= levels; level++)
        tell(out, " %4zu", row->level[level]);
    fputc('\n', out);
}

static void print_rows(const summary *s, FILE *out)
{
    const int width = name_width(s), levels = highest_level(s);
    const bool adjusted = is_adjusted(s);

    tell(out, "%-*s  %-8.8s %17s %6s %6s %9s %9s %9s", width, "target", s->tickets.attribute,
         "in time/accepted", "late", "open", "breached", "cancelled", "excluded");
    if (adjusted)
        tell(out, " %17s", "adjusted");
    for (int level = 1; level <= levels; level++)
        tell(out, "   L%d", level);
    fputc('\n', out);
    for (size_t i = 0; i < s->count; i++)
        print_row(out, &s->rows[i], width, levels, adjusted);
}

static void print_told(const summary *s, FILE *out)
{
    fputs("\ntold:", out);
    for (int kind = SLA_EVENT_WARNING; kind <= SLA_EVENT_RESUMED; kind++)
        if (s->told[kind] > 0)
            tell(out, " %s %zu", sla_event_kind_name(kind), s->told[kind]);
    fputs("\nescalated:", out);
    for (int level = 1; level <= SLA_LEVEL_MAX; level++)
        if (s->escalated[level] > 0)
            tell(out, " to level %d %zu", level, s->escalated[level]);
    fputc('\n', out);
}

void summary_print(const summary *s, const run *r, FILE *out)
{
    sla_engine_stats stats;

    sla_engine_get_stats(r->engine, &stats);
    print_rows(s, out);
    print_told(s, out);
    tell(out,
         "facts: recorded %zu, of them late %llu, refused by a policy %zu; duplicates %zu; "
         "lines refused %zu\n",
         r->recorded, (unsigned long long)stats.late_facts, s->refused, r->duplicates, r->rejected);
    tell(out, "tickets: %zu\n", s->tickets.count);
}

/* ------------------------------------------------------------ JSON */

static void print_levels_json(const size_t *levels, FILE *out)
{
    const char *comma = "";

    fputc('{', out);
    for (int level = 1; level <= SLA_LEVEL_MAX; level++)
        if (levels[level] > 0) {
            fprintf(out, "%s\"%d\":%zu", comma, level, levels[level]);
            comma = ",";
        }
    fputc('}', out);
}

static void print_row_json(const summary *s, const summary_row *row, FILE *out)
{
    fprintf(out, "{\"policy\":\"%s\",\"target\":\"%s\",", row->policy, row->target);
    if (row->display != NULL && row->display[0] != '\0') {
        fputs("\"display\":", out);
        put_json_text(out, row->display);
        fputc(',', out);
    }
    fputs("\"attribute\":", out);
    put_json_text(out, s->tickets.attribute);
    fputs(",\"value\":", out);
    if (row->value != NULL)
        put_json_text(out, row->value);
    else
        fputs("null", out);
    fprintf(out,
            ",\"in_time\":%zu,\"accepted\":%zu,\"late\":%zu,\"open\":%zu,\"breached\":%zu,"
            "\"cancelled\":%zu,\"excluded\":%zu,\"adjusted_in_time\":%zu,"
            "\"adjusted_accepted\":%zu,\"highest_level\":",
            row->in_time, row->accepted, row->late, row->open, row->breached, row->cancelled,
            row->excluded, row->adjusted_in_time, row->adjusted_accepted);
    print_levels_json(row->level, out);
    fputc('}', out);
}

void summary_print_json(const summary *s, const run *r, FILE *out)
{
    const char *comma = "";
    sla_engine_stats stats;

    sla_engine_get_stats(r->engine, &stats);
    fputs("{\"targets\":[", out);
    for (size_t i = 0; i < s->count; i++) {
        fputs(i > 0 ? ",\n" : "\n", out);
        print_row_json(s, &s->rows[i], out);
    }
    fputs("],\n\"told\":{", out);
    for (int kind = SLA_EVENT_WARNING; kind <= SLA_EVENT_RESUMED; kind++)
        if (s->told[kind] > 0) {
            fprintf(out, "%s\"%s\":%zu", comma, sla_event_kind_name(kind), s->told[kind]);
            comma = ",";
        }
    fputs("},\n\"escalated\":", out);
    print_levels_json(s->escalated, out);
    fprintf(out,
            ",\n\"facts\":{\"recorded\":%zu,\"late\":%llu,\"refused_by_policy\":%zu,"
            "\"duplicates\":%zu,\"lines_refused\":%zu},\"tickets\":%zu}\n",
            r->recorded, (unsigned long long)stats.late_facts, s->refused, r->duplicates,
            r->rejected, s->tickets.count);
}
