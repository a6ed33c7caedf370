/* plan_load.c - see plan_load.h. */
#include "plan_load.h"

#include <string.h>

/* How long an acknowledgement waits for a unit that takes it along. */
#define ACKNOWLEDGED_BY (SLA_SECOND / 10)

static void flow(plan_flow *f, sla_time at, int hour)
{
    f->all++;
    f->hours[hour]++;
    plan_peak_count(&f->hour, at, SLA_HOUR);
    plan_peak_count(&f->second, at, SLA_SECOND);
}

/* A unit, and with it the row that says how far the service is. */
static void begin_unit(plan_load *load, sla_time at, int hour)
{
    flow(&load->commits, at, hour);
    flow(&load->rows, at, hour);
}

/* What was told at the instant before is acknowledged by `at`. */
static void acknowledge(plan_load *load, sla_time at)
{
    const sla_time alone = load->at + ACKNOWLEDGED_BY;

    if (!load->told)
        return;
    load->told = false;
    if (at > alone)
        begin_unit(load, alone, load->hour);
    flow(&load->rows, at > alone ? alone : at, load->hour);
}

void plan_load_add(plan_load *load, sla_time at, int hour, sla_string ticket, bool told)
{
    if (!load->open || at != load->at)
        acknowledge(load, at);
    if (!load->open || at != load->at || !told) {
        begin_unit(load, at, hour);
        load->ticket[0] = '\0';
    }
    load->open = true;
    load->at = at;
    load->hour = hour;
    load->told |= told;
    flow(&load->rows, at, hour);
    if (strlen(load->ticket) == ticket.length &&
        memcmp(load->ticket, ticket.data, ticket.length) == 0)
        return;
    memcpy(load->ticket, ticket.data, ticket.length);
    load->ticket[ticket.length] = '\0';
    load->ticket_rows++;
    flow(&load->rows, at, hour);
}

void plan_load_end(plan_load *load)
{
    acknowledge(load, SLA_TIME_MAX);
    load->open = false;
}
