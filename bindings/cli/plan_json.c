/* plan_json.c - see plan_result.h: the document of sla plan --json. */
#include "output.h"
#include "plan_result.h"

double plan_hours(const plan_result *result)
{
    return (double)(result->horizon->until - result->horizon->figures_from) / (double)SLA_HOUR;
}

double plan_seconds(sla_duration span)
{
    return (double)span / (double)SLA_SECOND;
}

double plan_disk_month(const plan_result *result)
{
    const plan_store_figures *s = result->store;

    return s->tickets > 0 ? (double)s->bytes / (double)s->tickets *
                                (double)result->figures->opened / plan_hours(result) * 720
                          : 0;
}

double plan_store_load(const plan_result *result)
{
    const plan_store_figures *s = result->store;

    return s->facts > 0
               ? (double)result->figures->facts_hour.most / 3600 * s->took / (double)s->facts
               : 0;
}

const char *plan_day_name(int hour)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    return names[hour / 24];
}

static void put_number(FILE *out, const char *name, double value)
{
    fprintf(out, "\"%s\":%.6g", name, value);
}

static void put_count(FILE *out, const char *name, uint64_t value)
{
    fprintf(out, "\"%s\":%llu", name, (unsigned long long)value);
}

static void put_instant(FILE *out, const char *name, sla_time at)
{
    fprintf(out, "\"%s\":", name);
    put_json_instant(out, at);
}

/* "escalated_per_hour":[...], level 1 first. */
static void put_levels(FILE *out, const uint64_t *escalated, double hours)
{
    fputs("\"escalated_per_hour\":[", out);
    for (int i = 0; i < PLAN_LEVELS; i++)
        fprintf(out, "%s%.6g", i > 0 ? "," : "", hours > 0 ? (double)escalated[i] / hours : 0);
    fputc(']', out);
}

static void put_wait(FILE *out, const plan_desk_figures *desk)
{
    const double all = desk->taken > 0 ? (double)desk->taken : 1;

    put_count(out, "taken", desk->taken);
    fputc(',', out);
    put_number(out, "waited", (double)desk->waited / all);
    fputc(',', out);
    put_number(out, "wait_s", desk->wait / all / (double)SLA_SECOND);
    fputc(',', out);
    put_number(out, "longest_wait_s", plan_seconds(desk->longest_wait));
    fputc(',', out);
    put_count(out, "longest_queue", desk->longest_queue);
    fputc(',', out);
    put_number(out, "busy", desk->there > 0 ? desk->busy / desk->there : 0);
}

static void put_rates(FILE *out, const char *name, uint64_t count, double hours,
                      const plan_peak *hour, const plan_peak *second)
{
    fprintf(out, "\"%s_per_second\":{", name);
    put_number(out, "mean", (double)count / hours / 3600);
    fputc(',', out);
    put_number(out, "busiest_hour", (double)hour->most / 3600);
    fputc(',', out);
    put_count(out, "busiest_second", second->most);
    fputs("},\n", out);
}

static void put_load(const plan_result *result, FILE *out)
{
    const plan_figures *f = result->figures;

    put_count(out, "tickets", f->opened);
    fputc(',', out);
    put_count(out, "facts", f->facts);
    fputc(',', out);
    put_count(out, "facts_refused", f->refused);
    fputc(',', out);
    put_count(out, "events", f->events);
    fputs(",\n", out);
    put_rates(out, "facts", f->facts, plan_hours(result), &f->facts_hour, &f->facts_second);
    put_rates(out, "events", f->events, plan_hours(result), &f->events_hour, &f->events_second);
    fputs("\"herd\":{", out);
    put_count(out, "events", f->herd.most);
    fputc(',', out);
    put_instant(out, "at", f->herd.most > 0 ? f->herd.at : SLA_NEVER);
    fputs("},\n\"live\":{", out);
    put_count(out, "most", f->live_most);
    fputc(',', out);
    put_instant(out, "at", f->live_most > 0 ? f->live_most_at : SLA_NEVER);
    fputs("},\n\"memory\":{", out);
    put_count(out, "bytes", f->bytes_most);
    fputc(',', out);
    put_count(out, "live_tickets", f->bytes_live);
    fputs("},\n", out);
}

static void put_promises(const plan_result *result, FILE *out)
{
    const plan_figures *f = result->figures;

    put_number(out, "on_time", plan_on_time(f->met, f->breached));
    fputs(",\"promises\":[", out);
    for (size_t i = 0; i < f->promise_count; i++) {
        const plan_promise *p = &f->promises[i];

        fprintf(out, "%s\n{\"policy\":", i > 0 ? "," : "");
        put_json_text(out, p->policy);
        fputs(",\"target\":", out);
        put_json_text(out, p->target);
        fputc(',', out);
        put_count(out, "met", p->met);
        fputc(',', out);
        put_count(out, "breached", p->breached);
        fputc(',', out);
        put_number(out, "on_time", plan_on_time(p->met, p->breached));
        fputc('}', out);
    }
    fputs("],\n\"desks\":[", out);
    for (size_t i = 0; i < result->horizon->profile->desk_count; i++) {
        const plan_desk *desk = &result->horizon->profile->desks[i];

        fprintf(out, "%s\n{\"desk\":\"%s\",\"handlers\":%d,", i > 0 ? "," : "", desk->name,
                (int)desk->most);
        put_number(out, "load", plan_profile_load(result->horizon->profile, (int)i));
        fputc(',', out);
        put_wait(out, &f->desks[i]);
        fputc('}', out);
    }
    fputs("],\n", out);
}

static void put_hours(const plan_result *result, FILE *out)
{
    fputs("\"hours\":[", out);
    for (int i = 0; i < PLAN_HOURS; i++) {
        const plan_hour *h = &result->figures->hours[i];
        const double weeks = h->looks > 0 ? (double)h->looks : 1;

        fprintf(out, "%s\n{\"day\":\"%s\",\"hour\":%d,", i > 0 ? "," : "", plan_day_name(i),
                i % 24);
        put_number(out, "opened", (double)h->opened / weeks);
        fputc(',', out);
        put_number(out, "facts", (double)h->facts / weeks);
        fputc(',', out);
        put_number(out, "events", (double)h->events / weeks);
        fputc(',', out);
        put_number(out, "live", (double)h->live / weeks);
        fputc(',', out);
        put_count(out, "live_most", h->live_most);
        fputc(',', out);
        put_number(out, "breached_per_hour", (double)h->breached / weeks);
        fputc(',', out);
        put_levels(out, h->escalated, weeks);
        fputc('}', out);
    }
    fputs("],\n", out);
}

static void put_sweep(const plan_result *result, FILE *out)
{
    const plan_sweep *sweep = result->sweep;
    const double hours = plan_hours(result);

    fprintf(out, "\"desk\":\"%s\",\"sweep\":[", result->horizon->profile->desks[sweep->desk].name);
    for (size_t i = 0; i < sweep->count; i++) {
        const plan_row *row = &sweep->rows[i];

        fprintf(out, "%s\n{\"handlers\":%d,", i > 0 ? "," : "", (int)row->handlers);
        put_number(out, "on_time", plan_on_time(row->met, row->breached));
        fputc(',', out);
        put_number(out, "breached_per_hour", (double)row->breached / hours);
        fputc(',', out);
        put_levels(out, row->escalated, hours);
        fputc(',', out);
        put_wait(out, &row->desk);
        fputc(',', out);
        put_count(out, "live_most", row->live_most);
        fputc('}', out);
    }
    fputc(']', out);
    if (result->share > 0) {
        fputs(",\n\"asked\":{", out);
        put_number(out, "on_time", result->share);
        if (sweep->enough > 0)
            fprintf(out, ",\"handlers\":%d}", (int)sweep->enough);
        else
            fputs(",\"handlers\":null}", out);
    }
}

static void put_store(const plan_result *result, FILE *out)
{
    const plan_store_figures *s = result->store;

    fputs(",\n\"store\":{", out);
    put_count(out, "facts", s->facts);
    fputc(',', out);
    put_count(out, "events", s->events);
    fputc(',', out);
    put_count(out, "units", s->units);
    fputc(',', out);
    put_number(out, "took_s", s->took);
    fputc(',', out);
    put_number(out, "cpu_s", s->cpu);
    fputc(',', out);
    put_number(out, "facts_per_second", s->took > 0 ? (double)s->facts / s->took : 0);
    fputc(',', out);
    put_number(out, "busiest_hour_load", plan_store_load(result));
    fputs(",\"late_s\":{", out);
    put_number(out, "p50", s->late_half);
    fputc(',', out);
    put_number(out, "p99", s->late_most);
    fputc(',', out);
    put_number(out, "most", s->late_all);
    fputc('}', out);
    if (s->bytes > 0) {
        fputc(',', out);
        put_count(out, "bytes", s->bytes);
        fputc(',', out);
        put_number(out, "bytes_per_month", plan_disk_month(result));
    }
    fputc('}', out);
}

void plan_print_json(const plan_result *result, FILE *out)
{
    const plan_horizon *horizon = result->horizon;

    fprintf(out, "{\"profile\":\"%s\",\"zone\":", horizon->profile->name);
    put_json_text(out, sla_calendar_zone(horizon->profile->zone));
    fputc(',', out);
    put_count(out, "seed", horizon->seed);
    fputc(',', out);
    put_instant(out, "from", horizon->figures_from);
    fputc(',', out);
    put_instant(out, "until", horizon->until);
    fputs(",\n", out);
    put_load(result, out);
    put_promises(result, out);
    put_hours(result, out);
    put_sweep(result, out);
    if (result->store != NULL)
        put_store(result, out);
    fputs("}\n", out);
}
