/* plan_print.c - see plan_result.h: the answer and the tables of sla plan. */
#include <math.h>
#include <string.h>

#include <sla/time.h>

#include "plan_result.h"

static void put_wall(const plan_result *result, sla_time at, FILE *out)
{
    char text[SLA_TIME_TEXT_MAX] = "-";

    sla_time_format_offset(at, sla_calendar_offset(result->horizon->profile->zone, at), text,
                           sizeof text);
    fputs(text, out);
}

/* "12 s", "3.4 min", "5.6 h". */
static const char *span(double microseconds, char *text, size_t size)
{
    const double s = microseconds / (double)SLA_SECOND;

    if (s < 60)
        snprintf(text, size, "%.0f s", s);
    else if (s < 3600)
        snprintf(text, size, "%.1f min", s / 60);
    else
        snprintf(text, size, "%.1f h", s / 3600);
    return text;
}

/* ------------------------------------------------------------ the answer */

/* "98.57 %", "-" of nothing. */
static const char *percent(double share, char *text, size_t size)
{
    if (isnan(share))
        snprintf(text, size, "-");
    else
        snprintf(text, size, "%.2f %%", 100 * share);
    return text;
}

static const char *desk_name(const plan_result *result, int desk)
{
    return result->horizon->profile->desks[desk].name;
}

/* What is the matter where no number of handlers is enough. */
static void put_reason(const plan_result *result, const plan_sweep *sweep, FILE *out)
{
    const plan_row *best = plan_best_row(sweep), *last = &sweep->rows[sweep->count - 1];
    char wait[32], share[32];

    fprintf(out, "  at best %s, with %d", percent(plan_row_on_time(best), share, sizeof share),
            (int)best->handlers);
    if (last->behind != PLAN_NOBODY && last->behind != sweep->desk)
        fprintf(out, "; %s cannot keep up, whatever is done here\n",
                desk_name(result, last->behind));
    else if (last->desk.waited > 0)
        fprintf(out, "; with %d still %.1f %% of the tickets wait, %s on average: %s\n",
                (int)last->handlers, 100 * plan_desk_waited(&last->desk),
                span(last->desk.wait / (double)last->desk.waited, wait, sizeof wait),
                last->handlers >= PLAN_HANDLERS_MAX ? "that is as many as are tried"
                                                    : "they come when nobody is on shift");
    else
        fprintf(out, "; with %d nobody waits at %s: what is late is not late there\n",
                (int)last->handlers, desk_name(result, sweep->desk));
}

static void put_everywhere(const plan_result *result, FILE *out)
{
    for (size_t i = 0; i < result->horizon->profile->desk_count; i++)
        fprintf(out, "%s%d at %s", i == 0 ? "" : ", ", (int)result->together.handlers[i],
                desk_name(result, (int)i));
}

static void put_together(const plan_result *result, FILE *out)
{
    const plan_together *t = &result->together;
    char share[32];

    if (t->handlers == NULL)
        return;
    if (!t->searched) {
        fputs("with every desk changed: stopped before that was known\n", out);
        return;
    }
    if (t->kept) {
        fputs("with every desk changed: ", out);
        put_everywhere(result, out);
        fprintf(out, " (%s)\n", percent(t->on_time, share, sizeof share));
        return;
    }
    fprintf(out,
            "however many handlers at all desks do not keep %.10g %% on time\n  at best %s, with ",
            100 * result->share, percent(t->on_time, share, sizeof share));
    put_everywhere(result, out);
    if (t->behind != PLAN_NOBODY)
        fprintf(out, "; %s cannot keep up\n", desk_name(result, t->behind));
    else
        fputs("; with more everywhere nobody waits less\n", out);
}

/* What makes shares mean less than they seem to. */
static void put_doubts(const plan_result *result, FILE *out)
{
    const plan_figures *f = result->figures;
    const double all = (double)(f->met + f->breached + f->open);

    for (size_t i = 0; i < result->horizon->profile->desk_count; i++) {
        const plan_desk_figures *d = &f->desks[i];
        const double load = plan_result_load(result, (int)i);

        if (!plan_keeps_up(load, d, plan_hours(result) * (double)SLA_HOUR))
            fprintf(out,
                    "%s cannot keep up: the work of %.4g handlers, and %.4g at it on average; %llu "
                    "waited at first, %llu at the end\n",
                    desk_name(result, (int)i), load, plan_result_there(result, (int)i),
                    (unsigned long long)d->waiting_first, (unsigned long long)d->waiting);
    }
    if (f->open > 0)
        fprintf(out, "%.2f %% of the promises were not decided %s: they count as not kept\n",
                100 * (double)f->open / all,
                f->decided > result->horizon->until ? "13 weeks after the end" : "at the end");
}

static void put_answer(const plan_result *result, const plan_sweep *sweep, FILE *out)
{
    const plan_desk *desk = &result->horizon->profile->desks[sweep->desk];

    if (plan_result_load(result, sweep->desk) <= 0) {
        fprintf(out, "no ticket has work at %s: its handlers change nothing\n", desk->name);
        return;
    }
    if (!sweep->searched) {
        fprintf(out, "handlers at %s: stopped before it was known how many keep %.10g %%\n",
                desk->name, 100 * result->share);
        return;
    }
    if (sweep->enough > 0)
        fprintf(out, "%d handler%s at %s %s %.10g %% on time", (int)sweep->enough,
                sweep->enough == 1 ? "" : "s", desk->name, sweep->enough == 1 ? "keeps" : "keep",
                100 * result->share);
    else
        fprintf(out, "however many handlers at %s do not keep %.10g %% on time", desk->name,
                100 * result->share);
    fprintf(out, " (%d %s there%s)\n", (int)desk->most, desk->most == 1 ? "is" : "are",
            result->horizon->profile->desk_count > 1 ? ", other desks as they are" : "");
    if (sweep->enough == 0)
        put_reason(result, sweep, out);
}

void plan_print_answers(const plan_result *result, FILE *out)
{
    char share[32];

    if (isnan(plan_result_on_time(result))) {
        fputs("nothing was promised to any of these tickets: do the policies match their "
              "attributes?\n",
              out);
        put_doubts(result, out);
        return;
    }
    for (size_t i = 0; i < result->sweep_count; i++)
        put_answer(result, &result->sweeps[i], out);
    put_together(result, out);
    fprintf(out, "as it is: %s on time\n",
            percent(plan_result_on_time(result), share, sizeof share));
    put_doubts(result, out);
}

/* ------------------------------------------------------------ what there is to do */

static void put_late(const plan_lateness *late, FILE *out)
{
    if (late->count == 0) {
        fputs("there are no events\n", out);
        return;
    }
    fprintf(out, "half within %.3g ms, 99 of 100 within %.3g ms, all within %.3g ms\n",
            late->half * 1e3, late->most * 1e3, late->all * 1e3);
}

/* What depends on the machine has a line of its own. */
static void put_here(const plan_result *result, FILE *out)
{
    const double cost = plan_engine_cost(result);
    const plan_lateness late = plan_bursts_late(&result->watch->bursts, cost);

    fprintf(out, "on this machine a fact or an event takes the engine %.2f us\n", cost * 1e6);
    fputs("on this machine herds alone make events late: ", out);
    put_late(&late, out);
}

static void put_rates(const char *what, uint64_t count, double hours, const plan_peak *hour,
                      const plan_peak *second, FILE *out)
{
    fprintf(out, "%s a second: %.3g, in the busiest hour %.3g, in the busiest second %llu\n", what,
            (double)count / hours / 3600, (double)hour->most / 3600,
            (unsigned long long)second->most);
}

/* What there is to write, from counts.  Bytes of the busiest hour are those of rows like all
 * others. */
static void put_database(const plan_result *result, FILE *out)
{
    const plan_load *load = &result->watch->load;
    const double hours = plan_hours(result), bytes = plan_written_bytes(result);
    const double rows = load->rows.all > 0 ? (double)load->rows.all : 1;

    put_rates("database: commits", load->commits.all, hours, &load->commits.hour,
              &load->commits.second, out);
    put_rates("database: rows written", load->rows.all, hours, &load->rows.hour, &load->rows.second,
              out);
    fprintf(out,
            "database: bytes of these rows a second: %.3g, in the busiest hour %.3g; %.2f MB in 30 "
            "days\n",
            bytes / hours / 3600, bytes / rows * (double)load->rows.hour.most / 3600,
            plan_written_month(result) / 1e6);
}

static void put_load(const plan_result *result, FILE *out)
{
    const plan_figures *f = result->figures;
    const double hours = plan_hours(result);

    fprintf(out, "%s, %.0f week%s from ", result->horizon->profile->name, hours / 168,
            hours / 168 < 1.5 ? "" : "s");
    put_wall(result, result->horizon->figures_from, out);
    fprintf(out, ", seed %llu\n\n", (unsigned long long)result->horizon->seed);
    fprintf(out, "tickets %llu, facts %llu, events %llu\n", (unsigned long long)f->opened,
            (unsigned long long)f->facts, (unsigned long long)f->events);
    put_rates("facts", f->facts, hours, &f->facts_hour, &f->facts_second, out);
    put_rates("events", f->events, hours, &f->events_hour, &f->events_second, out);
    fprintf(out, "peak herd: %llu events at one instant", (unsigned long long)f->herd.most);
    if (f->herd.most > 0) {
        fputs(", ", out);
        put_wall(result, f->herd.at, out);
    }
    fprintf(out, "\nlive tickets: at most %llu", (unsigned long long)f->live_most);
    if (f->live_most > 0) {
        fputs(", ", out);
        put_wall(result, f->live_most_at, out);
    }
    fprintf(out,
            "\nmemory of the engine: at most %.2f MB, %llu tickets (%llu live) of %.0f bytes\n",
            (double)f->bytes_most / 1e6, (unsigned long long)f->bytes_tickets,
            (unsigned long long)f->bytes_live, plan_ticket_memory(result));
    fprintf(
        out,
        "rows in a store: %.0f bytes a ticket, %.2f MB in 30 days, without what a database adds "
        "to them\n",
        plan_row_bytes(result), plan_rows_month(result) / 1e6);
    put_database(result, out);
    put_here(result, out);
}

static void put_promise(const char *name, uint64_t met, uint64_t breached, uint64_t open, FILE *out)
{
    char share[32];

    fprintf(out, "%-40s %8llu %9llu %9llu %9s\n", name, (unsigned long long)met,
            (unsigned long long)breached, (unsigned long long)open,
            percent(plan_on_time(met, breached, open), share, sizeof share));
}

static void put_promises(const plan_result *result, FILE *out)
{
    const plan_figures *f = result->figures;

    fprintf(out, "\n%-40s %8s %9s %9s %9s\n", "promise", "met", "breached", "undecided", "on time");
    for (size_t i = 0; i < f->promise_count; i++) {
        const plan_promise *p = &f->promises[i];
        char name[160];

        snprintf(name, sizeof name, "%s.%s", p->policy, p->target);
        put_promise(name, p->met, p->breached, p->open, out);
    }
    put_promise("all", f->met, f->breached, f->open, out);
}

static void put_desks(const plan_result *result, FILE *out)
{
    const plan_profile *profile = result->horizon->profile;
    char wait[32], longest[32];

    fprintf(out, "\n%-20s %8s %6s %8s %8s %10s %10s %7s %7s %7s\n", "desk", "handlers", "load",
            "taken", "waited", "wait", "longest", "queue", "at end", "busy");
    for (size_t i = 0; i < profile->desk_count; i++) {
        const plan_desk_figures *d = &result->figures->desks[i];

        fprintf(out, "%-20s %8d %6.4g %8llu %6.1f %% %10s %10s %7zu %7llu %5.1f %%\n",
                profile->desks[i].name, (int)profile->desks[i].most,
                plan_result_load(result, (int)i), (unsigned long long)d->taken,
                100 * plan_desk_waited(d), span(plan_desk_wait(d), wait, sizeof wait),
                span((double)d->longest_wait, longest, sizeof longest), d->longest_queue,
                (unsigned long long)d->waiting, d->there > 0 ? 100 * d->busy / d->there : 0);
    }
}

/* Sums over the days of the week; levels above the highest one told stay out. */
static void put_hours(const plan_result *result, int levels, FILE *out)
{
    const plan_figures *f = result->figures;
    const plan_load *load = &result->watch->load;

    fprintf(out, "\nmeans over the days of the week:\n%-5s %9s %9s %9s %9s %9s %9s %9s", "hour",
            "opened", "facts", "events", "commits", "rows", "live", "breached");
    for (int level = 1; level <= levels; level++)
        fprintf(out, "        L%d", level);
    fputc('\n', out);
    for (int hour = 0; hour < 24; hour++) {
        plan_hour sum = {0};
        uint64_t commits = 0, rows = 0;
        double looks = 0;

        for (int i = hour; i < PLAN_HOURS; i += 24) {
            const plan_hour *h = &f->hours[i];

            sum.opened += h->opened;
            sum.facts += h->facts;
            sum.events += h->events;
            sum.live += h->live;
            commits += load->commits.hours[i];
            rows += load->rows.hours[i];
            sum.breached += h->breached;
            for (int level = 0; level < levels; level++)
                sum.escalated[level] += h->escalated[level];
            looks += (double)h->looks;
        }
        fprintf(out, "%02d:00 %9.2f %9.2f %9.2f %9.2f %9.2f %9.1f %9.3f", hour,
                (double)sum.opened / looks, (double)sum.facts / looks, (double)sum.events / looks,
                (double)commits / looks, (double)rows / looks, (double)sum.live / looks,
                (double)sum.breached / looks);
        for (int level = 0; level < levels; level++)
            fprintf(out, " %9.3f", (double)sum.escalated[level] / looks);
        fputc('\n', out);
    }
}

static void put_remark(const plan_result *result, const plan_sweep *sweep, const plan_row *row,
                       FILE *out)
{
    if (row->handlers == sweep->enough)
        fputs("  <- enough", out);
    else if (row->behind == sweep->desk)
        fputs("  the queue grows", out);
    else if (row->behind != PLAN_NOBODY)
        fprintf(out, "  the queue grows at %s", desk_name(result, row->behind));
    fputc('\n', out);
}

static void put_sweep(const plan_result *result, const plan_sweep *sweep, int levels, FILE *out)
{
    const char *desk = result->horizon->profile->desks[sweep->desk].name;
    const double hours = plan_hours(result);
    char wait[32], share[32];

    fprintf(out, "\nhandlers at %s, and what it costs:\n%-8s %9s %8s %10s %7s %15s", desk,
            "handlers", "on time", "busy", "wait", "at end", "breached/hour");
    for (int level = 1; level <= levels; level++)
        fprintf(out, "   L%d/hour", level);
    fputc('\n', out);
    for (size_t i = 0; i < sweep->count; i++) {
        const plan_row *row = &sweep->rows[i];

        fprintf(out, "%8d %9s %6.1f %% %10s %7llu %15.3f", (int)row->handlers,
                percent(plan_row_on_time(row), share, sizeof share),
                row->desk.there > 0 ? 100 * row->desk.busy / row->desk.there : 0,
                span(plan_desk_wait(&row->desk), wait, sizeof wait),
                (unsigned long long)row->desk.waiting, (double)row->breaches / hours);
        for (int level = 0; level < levels; level++)
            fprintf(out, " %9.3f", (double)row->escalated[level] / hours);
        put_remark(result, sweep, row, out);
    }
}

/* ------------------------------------------------------------ the store */

static void put_full_speed(const plan_result *result, FILE *out)
{
    const plan_work *fast = &result->store->fast;
    const plan_lateness late = plan_bursts_late(&result->watch->bursts, plan_store_cost(result));
    const double facts = (double)fast->facts;

    if (!plan_store_has_speed(result)) {
        fprintf(out, "at full speed: only %llu facts, too few to say how fast the store is\n",
                (unsigned long long)fast->facts);
        return;
    }
    fprintf(out, "at full speed: %.0f facts a second; for each %.0f us of processor here",
            facts / fast->cost.wall, fast->cost.cpu * 1e6 / facts);
    if (fast->cost.has_server_cpu)
        fprintf(out, ", %.0f us at the server", fast->cost.server_cpu * 1e6 / facts);
    if (result->store->has_rows)
        fprintf(out, ", %.1f rows written",
                (double)result->store->rows / (double)result->store->all.facts);
    fprintf(out, "\nthe busiest hour takes %.3g %% of that speed\n", 100 * plan_store_load(result));
    fputs("herds of all weeks, at that speed, told late: ", out);
    put_late(&late, out);
}

static void put_busiest_hour(const plan_result *result, FILE *out)
{
    const plan_store_figures *s = result->store;
    const plan_counters *cost = &s->hour.cost;

    fprintf(out, "the busiest hour at its own pace, ");
    put_wall(result, result->figures->work_hour.at, out);
    if (s->hour_played < SLA_HOUR)
        fprintf(out, " (%.0f s of it were played)", plan_seconds(s->hour_played));
    fprintf(out, ":\n  a second: %.3g facts, %.3g events, %.3g units\n",
            plan_per_second(result, (double)s->hour.facts),
            plan_per_second(result, (double)s->hour.events),
            plan_per_second(result, (double)s->hour.units));
    fprintf(out, "  processor: %.3g %% of one here", 100 * plan_per_second(result, cost->cpu));
    if (cost->has_server_cpu)
        fprintf(out, ", %.3g %% in the server's processes for it",
                100 * plan_per_second(result, cost->server_cpu));
    if (cost->has_writers_cpu)
        fprintf(out, ", %.3g %% in those that write for all",
                100 * plan_per_second(result, cost->writers_cpu));
    if (cost->has_wal)
        fprintf(out, "\n  log of the server: %.3g MB an hour",
                plan_per_second(result, (double)cost->wal) * 3600 / 1e6);
    if (cost->has_written)
        fprintf(out, "\n  written to the disk from here: %.3g MB an hour",
                plan_per_second(result, (double)cost->written) * 3600 / 1e6);
    fputs("\n  told late: ", out);
    put_late(&s->late, out);
    fprintf(out, "the peak herd, %llu events, told late: ", (unsigned long long)s->herd.count);
    put_late(&s->herd, out);
}

static void put_store(const plan_result *result, FILE *out)
{
    const plan_store_figures *s = result->store;

    fprintf(out, "\nthe store: %llu facts and %llu events in %llu units\n",
            (unsigned long long)s->all.facts, (unsigned long long)s->all.events,
            (unsigned long long)s->all.units);
    put_busiest_hour(result, out);
    put_full_speed(result, out);
    if (s->disk.known) {
        fprintf(out, "on the disk: %.0f bytes a ticket, %.1f MB in 30 days",
                (double)(s->disk.tables + s->disk.indexes) / (double)s->tickets,
                plan_disk_month(result) / 1e6);
        if (s->disk.indexes > 0)
            fprintf(out, ", %.0f %% of it indexes",
                    100 * (double)s->disk.indexes / (double)(s->disk.tables + s->disk.indexes));
        fputc('\n', out);
    }
    if (s->hour.cost.has_wal)
        fprintf(out, "log of the server: %.1f MB in 30 days\n", plan_wal_month(result) / 1e6);
}

static int highest_level(const plan_result *result)
{
    int highest = 0;

    for (int level = 0; level < PLAN_LEVELS; level++) {
        bool told = result->figures->escalated[level] > 0;

        for (size_t i = 0; i < result->sweep_count; i++)
            for (size_t k = 0; k < result->sweeps[i].count; k++)
                told |= result->sweeps[i].rows[k].escalated[level] > 0;
        if (told)
            highest = level + 1;
    }
    return highest;
}

void plan_print(const plan_result *result, FILE *out)
{
    const int levels = highest_level(result);

    plan_print_answers(result, out);
    if (result->stopped)
        fputs("stopped by a signal: what is not here was not measured\n", out);
    fputc('\n', out);
    put_load(result, out);
    put_promises(result, out);
    put_desks(result, out);
    put_hours(result, levels, out);
    for (size_t i = 0; i < result->sweep_count; i++)
        if (result->sweeps[i].count > 0)
            put_sweep(result, &result->sweeps[i], levels, out);
    if (result->store != NULL)
        put_store(result, out);
}
