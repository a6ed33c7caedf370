/* plan_json.c - see plan_result.h: the document of sla plan --json. */
#include <math.h>

#include "output.h"
#include "plan_result.h"

typedef struct writer {
    FILE *out;
    bool fresh; /* no comma before what comes next */
} writer;

static void put_key(writer *w, const char *key)
{
    if (!w->fresh)
        fputc(',', w->out);
    w->fresh = false;
    if (key != NULL)
        fprintf(w->out, "\"%s\":", key);
}

/* A new line before what is long. */
static void begin_line(writer *w, const char *key, char bracket)
{
    if (!w->fresh)
        fputc(',', w->out);
    w->fresh = true;
    fputc('\n', w->out);
    put_key(w, key);
    fputc(bracket, w->out);
    w->fresh = true;
}

static void begin(writer *w, const char *key, char bracket)
{
    put_key(w, key);
    fputc(bracket, w->out);
    w->fresh = true;
}

static void end(writer *w, char bracket)
{
    fputc(bracket, w->out);
    w->fresh = false;
}

/* Whole ones whole, others to six digits. */
static void put_number(writer *w, const char *key, double value)
{
    put_key(w, key);
    fprintf(w->out, value < 1e15 && value == (double)(int64_t)value ? "%.0f" : "%.6g", value);
}

static void put_null(writer *w, const char *key)
{
    put_key(w, key);
    fputs("null", w->out);
}

/* Of nothing: null. */
static void put_share(writer *w, const char *key, double share)
{
    if (isnan(share))
        put_null(w, key);
    else
        put_number(w, key, share);
}

static void put_bool(writer *w, const char *key, bool value)
{
    put_key(w, key);
    fputs(value ? "true" : "false", w->out);
}

static void put_count(writer *w, const char *key, uint64_t value)
{
    put_number(w, key, (double)value);
}

static void put_text(writer *w, const char *key, const char *text)
{
    put_key(w, key);
    put_json_text(w->out, text);
}

static void put_instant(writer *w, const char *key, sla_time at)
{
    put_key(w, key);
    put_json_instant(w->out, at);
}

static const char *desk_name(const plan_result *result, int desk)
{
    return result->horizon->profile->desks[desk].name;
}

/* ------------------------------------------------------------ the answer */

static void put_enough(writer *w, const char *key, int32_t handlers)
{
    if (handlers > 0)
        put_number(w, key, handlers);
    else
        put_null(w, key);
}

static void put_everywhere(writer *w, const char *key, const plan_result *result, bool known)
{
    begin(w, key, '{');
    for (size_t i = 0; i < result->horizon->profile->desk_count; i++)
        put_enough(w, desk_name(result, (int)i), known ? result->together.handlers[i] : 0);
    end(w, '}');
}

static void put_together(writer *w, const plan_result *result)
{
    const plan_together *t = &result->together;

    if (t->handlers == NULL || !t->searched)
        return;
    begin_line(w, "together", '{');
    put_everywhere(w, "handlers", result, t->kept);
    put_share(w, t->kept ? "on_time" : "best_on_time", t->on_time);
    if (!t->kept)
        put_everywhere(w, "best_handlers", result, true);
    end(w, '}');
}

static void put_answers(writer *w, const plan_result *result)
{
    put_key(w, "asked_on_time");
    fprintf(w->out, "%.10g", result->share); /* with all the decimals that it may have */
    begin_line(w, "answers", '[');
    for (size_t i = 0; i < result->sweep_count; i++) {
        const plan_sweep *sweep = &result->sweeps[i];

        if (!sweep->searched)
            continue;
        begin_line(w, NULL, '{');
        put_text(w, "desk", desk_name(result, sweep->desk));
        put_enough(w, "handlers", sweep->enough);
        if (sweep->enough == 0 && sweep->count > 1) {
            const plan_row *best = plan_best_row(sweep);

            put_share(w, "best_on_time", plan_row_on_time(best));
            put_number(w, "best_handlers", best->handlers);
        }
        put_number(w, "there", result->horizon->profile->desks[sweep->desk].most);
        end(w, '}');
    }
    end(w, ']');
    put_together(w, result);
}

/* ------------------------------------------------------------ what there is to do */

static void put_rates(writer *w, const char *key, uint64_t count, double hours,
                      const plan_peak *hour, const plan_peak *second)
{
    begin_line(w, key, '{');
    put_number(w, "mean", (double)count / hours / 3600);
    put_number(w, "busiest_hour", (double)hour->most / 3600);
    put_count(w, "busiest_second", second->most);
    end(w, '}');
}

static void put_peak(writer *w, const char *key, const char *what, uint64_t most, sla_time at)
{
    begin_line(w, key, '{');
    put_count(w, what, most);
    put_instant(w, "at", most > 0 ? at : SLA_NEVER);
    end(w, '}');
}

static void put_late(writer *w, const char *key, const plan_lateness *late)
{
    begin(w, key, '{');
    put_count(w, "events", late->count);
    if (late->count > 0) {
        put_number(w, "p50", late->half);
        put_number(w, "p99", late->most);
        put_number(w, "most", late->all);
    }
    end(w, '}');
}

static void put_memory(writer *w, const plan_result *result)
{
    const plan_figures *f = result->figures;

    begin_line(w, "memory", '{');
    put_count(w, "bytes", f->bytes_most);
    put_count(w, "tickets", f->bytes_tickets);
    put_count(w, "live_tickets", f->bytes_live);
    put_number(w, "bytes_per_ticket", plan_ticket_memory(result));
    end(w, '}');
}

static void put_rows(writer *w, const plan_result *result)
{
    const plan_weight *weight = &result->watch->scales.weight;

    begin_line(w, "rows", '{');
    put_number(w, "ticket_bytes",
               weight->tickets > 0 ? (double)weight->ticket_bytes / (double)weight->tickets : 0);
    put_number(w, "fact_bytes",
               weight->facts > 0 ? (double)weight->fact_bytes / (double)weight->facts : 0);
    put_number(w, "event_bytes",
               weight->events > 0 ? (double)weight->event_bytes / (double)weight->events : 0);
    put_number(w, "bytes_per_ticket", plan_row_bytes(result));
    put_number(w, "bytes_per_month", plan_rows_month(result));
    end(w, '}');
}

/* Bytes of the busiest hour are those of rows like all others. */
static void put_database(writer *w, const plan_result *result)
{
    const plan_load *load = &result->watch->load;
    const double hours = plan_hours(result), bytes = plan_written_bytes(result);
    const double rows = load->rows.all > 0 ? (double)load->rows.all : 1;

    begin_line(w, "database", '{');
    put_rates(w, "commits_per_second", load->commits.all, hours, &load->commits.hour,
              &load->commits.second);
    put_rates(w, "rows_per_second", load->rows.all, hours, &load->rows.hour, &load->rows.second);
    begin_line(w, "bytes_per_second", '{');
    put_number(w, "mean", bytes / hours / 3600);
    put_number(w, "busiest_hour", bytes / rows * (double)load->rows.hour.most / 3600);
    end(w, '}');
    put_number(w, "bytes_per_month", plan_written_month(result));
    end(w, '}');
}

static void put_here(writer *w, const plan_result *result)
{
    const double cost = plan_engine_cost(result);
    const plan_lateness late = plan_bursts_late(&result->watch->bursts, cost);

    begin_line(w, "here", '{');
    put_number(w, "engine_s", cost);
    put_late(w, "late_s", &late);
    end(w, '}');
}

static void put_load(writer *w, const plan_result *result)
{
    const plan_figures *f = result->figures;

    put_count(w, "tickets", f->opened);
    put_count(w, "facts", f->facts);
    put_count(w, "facts_refused", f->refused);
    put_count(w, "events", f->events);
    put_rates(w, "facts_per_second", f->facts, plan_hours(result), &f->facts_hour,
              &f->facts_second);
    put_rates(w, "events_per_second", f->events, plan_hours(result), &f->events_hour,
              &f->events_second);
    put_peak(w, "herd", "events", f->herd.most, f->herd.at);
    put_peak(w, "live", "most", f->live_most, f->live_most_at);
    put_memory(w, result);
    put_rows(w, result);
    put_database(w, result);
    put_here(w, result);
}

/* ------------------------------------------------------------ promises and people */

/* Level 1 first. */
static void put_levels(writer *w, const uint64_t *escalated, double hours)
{
    begin(w, "escalated_per_hour", '[');
    for (int i = 0; i < PLAN_LEVELS; i++)
        put_number(w, NULL, hours > 0 ? (double)escalated[i] / hours : 0);
    end(w, ']');
}

static void put_wait(writer *w, const plan_desk_figures *desk)
{
    put_count(w, "taken", desk->taken);
    put_number(w, "waited", plan_desk_waited(desk));
    put_number(w, "wait_s", plan_desk_wait(desk) / (double)SLA_SECOND);
    put_number(w, "longest_wait_s", plan_seconds(desk->longest_wait));
    put_count(w, "longest_queue", desk->longest_queue);
    put_count(w, "queue_from", desk->waiting_first);
    put_count(w, "queue_until", desk->waiting);
    put_number(w, "busy", desk->there > 0 ? desk->busy / desk->there : 0);
}

static void put_promises(writer *w, const plan_result *result)
{
    const plan_figures *f = result->figures;

    begin_line(w, "promises", '[');
    for (size_t i = 0; i < f->promise_count; i++) {
        const plan_promise *p = &f->promises[i];

        begin_line(w, NULL, '{');
        put_text(w, "policy", p->policy);
        put_text(w, "target", p->target);
        put_count(w, "met", p->met);
        put_count(w, "breached", p->breached);
        put_count(w, "undecided", p->open);
        put_share(w, "on_time", plan_on_time(p->met, p->breached, p->open));
        end(w, '}');
    }
    end(w, ']');
    put_share(w, "on_time", plan_result_on_time(result));
    put_count(w, "undecided", f->open);
    put_instant(w, "decided_until", f->decided);
}

static void put_desks(writer *w, const plan_result *result)
{
    begin_line(w, "desks", '[');
    for (size_t i = 0; i < result->horizon->profile->desk_count; i++) {
        begin_line(w, NULL, '{');
        put_text(w, "desk", desk_name(result, (int)i));
        put_number(w, "handlers", result->horizon->profile->desks[i].most);
        put_number(w, "load", plan_result_load(result, (int)i));
        put_bool(w, "keeps_up",
                 plan_keeps_up(plan_result_load(result, (int)i), &result->figures->desks[i],
                               plan_hours(result) * (double)SLA_HOUR));
        put_wait(w, &result->figures->desks[i]);
        end(w, '}');
    }
    end(w, ']');
}

static void put_hours(writer *w, const plan_result *result)
{
    const plan_load *load = &result->watch->load;

    begin_line(w, "hours", '[');
    for (int i = 0; i < PLAN_HOURS; i++) {
        const plan_hour *h = &result->figures->hours[i];
        const double weeks = h->looks > 0 ? (double)h->looks : 1;

        begin_line(w, NULL, '{');
        put_text(w, "day", plan_day_name(i));
        put_number(w, "hour", i % 24);
        put_number(w, "opened", (double)h->opened / weeks);
        put_number(w, "facts", (double)h->facts / weeks);
        put_number(w, "events", (double)h->events / weeks);
        put_number(w, "commits", (double)load->commits.hours[i] / weeks);
        put_number(w, "rows", (double)load->rows.hours[i] / weeks);
        put_number(w, "live", (double)h->live / weeks);
        put_count(w, "live_most", h->live_most);
        put_number(w, "breached_per_hour", (double)h->breached / weeks);
        put_levels(w, h->escalated, weeks);
        end(w, '}');
    }
    end(w, ']');
}

static void put_sweep(writer *w, const plan_result *result, const plan_sweep *sweep)
{
    const double hours = plan_hours(result);

    begin_line(w, NULL, '{');
    put_text(w, "desk", desk_name(result, sweep->desk));
    begin(w, "rows", '[');
    for (size_t i = 0; i < sweep->count; i++) {
        const plan_row *row = &sweep->rows[i];

        begin_line(w, NULL, '{');
        put_number(w, "handlers", row->handlers);
        put_share(w, "on_time", plan_row_on_time(row));
        put_count(w, "undecided", row->open);
        put_bool(w, "keeps_up", row->behind == PLAN_NOBODY);
        put_number(w, "breached_per_hour", (double)row->breaches / hours);
        put_levels(w, row->escalated, hours);
        put_wait(w, &row->desk);
        put_count(w, "live_most", row->live_most);
        end(w, '}');
    }
    end(w, ']');
    end(w, '}');
}

/* ------------------------------------------------------------ the store */

static void put_work(writer *w, const plan_work *work)
{
    const plan_counters *cost = &work->cost;

    put_count(w, "facts", work->facts);
    put_count(w, "events", work->events);
    put_count(w, "units", work->units);
    put_number(w, "cpu_s", cost->cpu);
    if (cost->has_written)
        put_count(w, "written_bytes", cost->written);
    if (cost->has_server_cpu)
        put_number(w, "server_cpu_s", cost->server_cpu);
    if (cost->has_writers_cpu)
        put_number(w, "server_writers_cpu_s", cost->writers_cpu);
    if (cost->has_wal)
        put_count(w, "wal_bytes", cost->wal);
}

static void put_busiest_hour(writer *w, const plan_result *result)
{
    const plan_store_figures *s = result->store;

    begin_line(w, "busiest_hour", '{');
    put_instant(w, "from", result->figures->work_hour.at);
    put_number(w, "played_s", plan_seconds(s->hour_played));
    put_work(w, &s->hour);
    put_number(w, "units_per_second", plan_per_second(result, (double)s->hour.units));
    put_late(w, "late_s", &s->late);
    end(w, '}');
    begin_line(w, "herd", '{');
    put_late(w, "late_s", &s->herd);
    end(w, '}');
}

static void put_disk(writer *w, const plan_result *result)
{
    const plan_store_figures *s = result->store;

    if (s->has_rows)
        put_count(w, "rows_written", s->rows);
    if (s->hour.cost.has_wal)
        put_number(w, "wal_bytes_per_month", plan_wal_month(result));
    if (!s->disk.known)
        return;
    begin_line(w, "disk", '{');
    put_count(w, "tables", s->disk.tables);
    put_count(w, "indexes", s->disk.indexes);
    put_number(w, "bytes_per_month", plan_disk_month(result));
    end(w, '}');
}

static void put_full_speed(writer *w, const plan_result *result)
{
    const plan_work *fast = &result->store->fast;
    const plan_lateness late = plan_bursts_late(&result->watch->bursts, plan_store_cost(result));
    const bool any = plan_store_has_speed(result);

    begin_line(w, "full_speed", '{');
    put_work(w, fast);
    put_number(w, "took_s", fast->cost.wall);
    if (any) {
        put_number(w, "facts_per_second", (double)fast->facts / fast->cost.wall);
        put_late(w, "late_s", &late);
    }
    end(w, '}');
    if (any)
        put_number(w, "busiest_hour_load", plan_store_load(result));
}

static void put_store(writer *w, const plan_result *result)
{
    const plan_store_figures *s = result->store;

    begin_line(w, "store", '{');
    put_count(w, "tickets", s->tickets);
    put_count(w, "facts", s->all.facts);
    put_count(w, "events", s->all.events);
    put_full_speed(w, result);
    put_busiest_hour(w, result);
    put_disk(w, result);
    end(w, '}');
}

void plan_print_json(const plan_result *result, FILE *out)
{
    const plan_horizon *horizon = result->horizon;
    writer w = {out, true};

    begin(&w, NULL, '{');
    put_text(&w, "profile", horizon->profile->name);
    put_text(&w, "zone", sla_calendar_zone(horizon->profile->zone));
    put_count(&w, "seed", horizon->seed);
    put_instant(&w, "from", horizon->figures_from);
    put_instant(&w, "until", horizon->until);
    if (result->stopped) {
        put_key(&w, "stopped");
        fputs("true", w.out);
    }
    put_answers(&w, result);
    put_load(&w, result);
    put_promises(&w, result);
    put_desks(&w, result);
    put_hours(&w, result);
    begin_line(&w, "sweeps", '[');
    for (size_t i = 0; i < result->sweep_count; i++)
        if (result->sweeps[i].count > 0)
            put_sweep(&w, result, &result->sweeps[i]);
    end(&w, ']');
    if (result->store != NULL)
        put_store(&w, result);
    end(&w, '}');
    fputc('\n', out);
}
