/*
 * plan_report.c - see plan_result.h: the page.  It loads nothing and runs nothing; curves
 * differ by their dashes, so that they can be told apart on paper.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "plan_chart.h"
#include "plan_result.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>sla plan</title>\n<style>\n"
    "body{font:16px/1.5 sans-serif;color:#000;background:#fff;max-width:72rem;margin:2rem auto;"
    "padding:0 1rem}\n"
    ".answer{font-weight:bold;white-space:pre-line}\n"
    "pre{font:13px/1.35 monospace;overflow-x:auto}\n"
    "figure{max-width:56rem;margin:2rem 0;break-inside:avoid}\nfigcaption{font-weight:bold}\n"
    "svg{width:100%;height:auto}\nsvg text{font:12px sans-serif}\n"
    ".names svg{width:44px;height:10px}\n.names span{margin-right:1.5rem;white-space:nowrap}\n"
    "line,polyline{fill:none;stroke:#000;stroke-width:1.6}\n"
    ".grid{stroke:#ccc;stroke-width:1}\n.axis,.tick{stroke-width:1}\n"
    ".level{stroke:#777;stroke-width:1;stroke-dasharray:2 2}\n"
    ".c1{stroke-dasharray:7 4}\n.c2{stroke-dasharray:2 3}\n.c3{stroke-dasharray:9 3 2 3}\n"
    ".c4{stroke-width:3.4}\n.c5{stroke-width:3.4;stroke-dasharray:9 5}\n"
    ".c6{stroke-width:3.4;stroke-dasharray:3 4}\n"
    /* The widest table is as wide as the paper; only sentences are longer. */
    "@page{margin:12mm}\n@media print{body{max-width:none;margin:0;padding:0}\n"
    "pre{overflow:visible;white-space:pre-wrap;overflow-wrap:anywhere;"
    "font-size:calc(180mm/(var(--columns)*.61))}\n"
    "figure{max-width:160mm}}\n"
    "</style></head><body>\n";

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const levels[] = {"level 1", "level 2", "level 3",
                                     "level 4", "level 5", "level 6"};

/* What the hours of a week were like, as lines to draw. */
typedef struct week {
    double x[PLAN_HOURS], opened[PLAN_HOURS], facts[PLAN_HOURS], events[PLAN_HOURS];
    double live[PLAN_HOURS], live_most[PLAN_HOURS], commits[PLAN_HOURS], rows[PLAN_HOURS];
    double breached[PLAN_HOURS], escalated[PLAN_LEVELS][PLAN_HOURS];
} week;

static void fill_week(const plan_figures *figures, const plan_load *load, week *w)
{
    for (int i = 0; i < PLAN_HOURS; i++) {
        const plan_hour *h = &figures->hours[i];
        const double looks = h->looks > 0 ? (double)h->looks : 1;

        w->x[i] = i;
        w->opened[i] = (double)h->opened / looks;
        w->facts[i] = (double)h->facts / looks;
        w->events[i] = (double)h->events / looks;
        w->commits[i] = (double)load->commits.hours[i] / looks;
        w->rows[i] = (double)load->rows.hours[i] / looks;
        w->live[i] = (double)h->live / looks;
        w->live_most[i] = (double)h->live_most;
        w->breached[i] = (double)h->breached / looks;
        for (int level = 0; level < PLAN_LEVELS; level++)
            w->escalated[level][i] = (double)h->escalated[level] / looks;
    }
}

static plan_chart week_chart(const week *w, const char *title, const char *y_name)
{
    return (plan_chart){.title = title,
                        .x_name = "hour of the week",
                        .y_name = y_name,
                        .x = w->x,
                        .count = PLAN_HOURS,
                        .x_words = days,
                        .x_every = 24};
}

static void add_curve(plan_chart *chart, const char *name, const double *y)
{
    chart->curves[chart->curve_count++] = (plan_curve){name, y};
}

static void put_week(const plan_figures *figures, const plan_load *written, FILE *out)
{
    week *w = need_memory(1, sizeof *w);
    plan_chart load, database, live, costs;

    fill_week(figures, written, w);
    load = week_chart(w, "Tickets, facts and events by hour of the week", "an hour");
    add_curve(&load, "facts", w->facts);
    add_curve(&load, "events", w->events);
    add_curve(&load, "tickets opened", w->opened);
    plan_chart_put(&load, out);
    database = week_chart(w, "Database load by hour of the week", "an hour");
    add_curve(&database, "rows written", w->rows);
    add_curve(&database, "commits", w->commits);
    plan_chart_put(&database, out);
    live = week_chart(w, "Live tickets by hour of the week", "tickets");
    add_curve(&live, "mean", w->live);
    add_curve(&live, "most", w->live_most);
    plan_chart_put(&live, out);
    costs = week_chart(w, "Breaches and escalations by hour of the week", "an hour");
    add_curve(&costs, "breaches", w->breached);
    for (int level = 0; level < PLAN_LEVELS; level++)
        if (figures->escalated[level] > 0)
            add_curve(&costs, levels[level], w->escalated[level]);
    plan_chart_put(&costs, out);
    free(w);
}

/* Rows that are drawn: those that were asked for, and from where it is enough up to twice that. The
 * search has others, far away, beside which these would be a small part. */
static bool is_drawn(const plan_sweep *sweep, const plan_row *row)
{
    int32_t first = sweep->first, last = sweep->last;

    if (sweep->enough > 0 && sweep->enough < first)
        first = sweep->enough;
    if (sweep->enough > last)
        last = 2 * sweep->enough;
    return last == 0 || (row->handlers >= first && row->handlers <= last);
}

/* The rows of a sweep as lines to draw. */
typedef struct rows {
    size_t count;
    double *x, *on_time, *breached, *escalated[PLAN_LEVELS];
    double least; /* of on_time, in tens */
} rows;

static rows rows_of(const plan_sweep *sweep, double hours)
{
    rows r = {.least = 100};

    r.x = need_memory(sweep->count * (3 + PLAN_LEVELS), sizeof *r.x);
    r.on_time = r.x + sweep->count;
    r.breached = r.on_time + sweep->count;
    for (size_t level = 0; level < PLAN_LEVELS; level++)
        r.escalated[level] = r.breached + (level + 1) * sweep->count;
    for (size_t i = 0; i < sweep->count; i++) {
        const plan_row *row = &sweep->rows[i];

        if (!is_drawn(sweep, row) || isnan(plan_row_on_time(row)))
            continue; /* a share of nothing has no place */
        r.x[r.count] = row->handlers;
        r.on_time[r.count] = 100 * plan_row_on_time(row);
        r.least = fmin(r.least, 10 * floor(r.on_time[r.count] / 10));
        r.breached[r.count] = (double)row->breaches / hours;
        for (size_t level = 0; level < PLAN_LEVELS; level++)
            r.escalated[level][r.count] = (double)row->escalated[level] / hours;
        r.count++;
    }
    return r;
}

static bool any_of(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] > 0)
            return true;
    return false;
}

static plan_chart sweep_chart(const plan_sweep *sweep, const rows *r, const char *title,
                              const char *y_name)
{
    return (plan_chart){.title = title,
                        .x_name = "handlers",
                        .y_name = y_name,
                        .x = r->x,
                        .count = r->count,
                        .mark = sweep->enough,
                        .x_every = 1};
}

static void put_sweep(const plan_result *result, const plan_sweep *sweep, FILE *out)
{
    const char *desk = result->horizon->profile->desks[sweep->desk].name;
    const rows r = rows_of(sweep, plan_hours(result));
    plan_chart chart;
    char title[160];

    snprintf(title, sizeof title, "Promises kept, by handlers at %s", desk);
    chart = sweep_chart(sweep, &r, title, "% on time");
    chart.line = 100 * result->share;
    chart.y_least = fmin(r.least, 90);
    chart.y_most = 100;
    add_curve(&chart, "on time", r.on_time);
    if (r.count > 0)
        plan_chart_put(&chart, out);
    snprintf(title, sizeof title, "Breaches and escalations, by handlers at %s", desk);
    chart = sweep_chart(sweep, &r, title, "an hour");
    add_curve(&chart, "breaches", r.breached);
    for (size_t level = 0; level < PLAN_LEVELS; level++)
        if (any_of(r.escalated[level], r.count))
            add_curve(&chart, levels[level], r.escalated[level]);
    if (r.count > 0)
        plan_chart_put(&chart, out);
    free(r.x);
}

/* A document inside of a page: "<" is written so that it ends no element. */
static void put_escaped(FILE *out, const char *text, const char *less)
{
    for (; *text != '\0'; text++)
        if (*text == '<')
            fputs(less, out);
        else if (*text == '&' && less[0] == '&')
            fputs("&amp;", out);
        else
            fputc(*text, out);
}

/* What `print` writes. */
static char *text_of(const plan_result *result, void (*print)(const plan_result *, FILE *))
{
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);

    if (memory == NULL)
        give_up("out of memory");
    print(result, memory);
    if (fclose(memory) != 0)
        give_up("out of memory");
    return text;
}

/* The same, escaped. */
static void put_inside(const plan_result *result, void (*print)(const plan_result *, FILE *),
                       const char *less, FILE *out)
{
    char *text = text_of(result, print);

    put_escaped(out, text, less);
    free(text);
}

/* The longest line, but no more than a table with all levels has. */
static size_t columns_of(const char *text)
{
    enum { COLUMNS_LEAST = 80, COLUMNS_MOST = 140 };
    size_t most = COLUMNS_LEAST;

    while (*text != '\0') {
        const size_t length = strcspn(text, "\n");

        most = length > most ? length : most;
        text += length + (text[length] == '\n');
    }
    return most < COLUMNS_MOST ? most : COLUMNS_MOST;
}

static void put_figures(const plan_result *result, FILE *out)
{
    char *text = text_of(result, plan_print);

    fprintf(out, "<h2>Figures</h2>\n<pre style=\"--columns:%zu\">", columns_of(text));
    put_escaped(out, text, "&lt;");
    fputs("</pre>\n", out);
    free(text);
}

/* Else nothing is promised that handlers could keep. */
static bool is_any(const plan_figures *figures)
{
    return figures->met + figures->breached + figures->open > 0;
}

void plan_print_report(const plan_result *result, FILE *out)
{
    fputs(head, out);
    fprintf(out, "<h1>Plan: %s</h1>\n<p class=\"answer\">", result->horizon->profile->name);
    put_inside(result, plan_print_answers, "&lt;", out);
    fputs("</p>\n", out);
    for (size_t i = 0; i < result->sweep_count && is_any(result->figures); i++)
        if (result->sweeps[i].count > 0)
            put_sweep(result, &result->sweeps[i], out);
    put_week(result->figures, &result->watch->load, out);
    put_figures(result, out);
    fputs("<script type=\"application/json\" id=\"figures\">\n", out);
    put_inside(result, plan_print_json, "\\u003c", out);
    fputs("</script>\n</body></html>\n", out);
}
