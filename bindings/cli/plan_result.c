/* plan_result.c - see plan_result.h: figures out of figures. */
#include "plan_result.h"

double plan_hours(const plan_result *result)
{
    return (double)(result->horizon->until - result->horizon->figures_from) / (double)SLA_HOUR;
}

double plan_seconds(sla_duration span)
{
    return (double)span / (double)SLA_SECOND;
}

/* So many in 30 days as in the hours of the figures. */
static double month(const plan_result *result, double count)
{
    return count / plan_hours(result) * 720;
}

double plan_result_on_time(const plan_result *result)
{
    const plan_figures *f = result->figures;

    return plan_on_time(f->met, f->breached, f->open);
}

double plan_row_on_time(const plan_row *row)
{
    return plan_on_time(row->met, row->breached, row->open);
}

double plan_result_load(const plan_result *result, int desk)
{
    return plan_profile_load(result->horizon->profile, desk);
}

double plan_result_there(const plan_result *result, int desk)
{
    const plan_desk_figures *d = &result->figures->desks[desk];

    return (d->there + d->longer) / (double)SLA_HOUR / plan_hours(result);
}

static bool is_better(const plan_row *row, const plan_row *other)
{
    if ((row->behind == PLAN_NOBODY) != (other->behind == PLAN_NOBODY))
        return row->behind == PLAN_NOBODY;
    return plan_row_on_time(row) > plan_row_on_time(other);
}

const plan_row *plan_best_row(const plan_sweep *sweep)
{
    const plan_row *best = &sweep->rows[0];

    for (size_t i = 1; i < sweep->count; i++)
        if (is_better(&sweep->rows[i], best))
            best = &sweep->rows[i];
    return best;
}

double plan_engine_cost(const plan_result *result)
{
    const plan_watch *w = result->watch;

    return w->steps > 0 ? w->engine_s / (double)w->steps : 0;
}

double plan_ticket_memory(const plan_result *result)
{
    const plan_figures *f = result->figures;

    return f->bytes_tickets > 0 ? (double)f->bytes_most / (double)f->bytes_tickets : 0;
}

static double each(uint64_t bytes, uint64_t count)
{
    return count > 0 ? (double)bytes / (double)count : 0;
}

double plan_row_bytes(const plan_result *result)
{
    const plan_weight *w = &result->watch->scales.weight;
    const double opened = (double)result->figures->opened;

    return each(w->ticket_bytes, w->tickets) +
           (opened > 0 ? (double)(w->fact_bytes + w->event_bytes) / opened : 0);
}

double plan_rows_month(const plan_result *result)
{
    return month(result, plan_row_bytes(result) * (double)result->figures->opened);
}

double plan_written_bytes(const plan_result *result)
{
    const plan_load *load = &result->watch->load;
    const plan_weight *w = &result->watch->scales.weight;

    return (double)(w->fact_bytes + w->event_bytes) +
           each(w->ticket_bytes, w->tickets) * (double)load->ticket_rows;
}

double plan_written_month(const plan_result *result)
{
    return month(result, plan_written_bytes(result));
}

double plan_disk_month(const plan_result *result)
{
    const plan_store_figures *s = result->store;

    return s->tickets > 0 ? month(result, (double)(s->disk.tables + s->disk.indexes) /
                                              (double)s->tickets * (double)result->figures->opened)
                          : 0;
}

double plan_wal_month(const plan_result *result)
{
    const plan_work *hour = &result->store->hour;
    const double steps = (double)(hour->facts + hour->events);
    const double all = (double)(result->figures->facts + result->figures->events);

    return steps > 0 ? month(result, (double)hour->cost.wal / steps * all) : 0;
}

/* A handful is over before its service runs as it does under load. */
bool plan_store_has_speed(const plan_result *result)
{
    enum { FACTS_LEAST = 500 };

    return result->store->fast.facts >= FACTS_LEAST && result->store->fast.cost.wall > 0;
}

double plan_store_load(const plan_result *result)
{
    const plan_work *fast = &result->store->fast;

    return fast->facts > 0 ? (double)result->figures->facts_hour.most / 3600 * fast->cost.wall /
                                 (double)fast->facts
                           : 0;
}

double plan_store_cost(const plan_result *result)
{
    const plan_work *fast = &result->store->fast;
    const double steps = (double)(fast->facts + fast->events);

    return steps > 0 ? fast->cost.wall / steps : 0;
}

double plan_per_second(const plan_result *result, double count)
{
    const double played = plan_seconds(result->store->hour_played);

    return played > 0 ? count / played : 0;
}

const char *plan_day_name(int hour)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    return names[hour / 24];
}
