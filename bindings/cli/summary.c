/* summary.c - see summary.h. */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clocks.h"

void summary_init(summary *s, const char *attribute)
{
    memset(s, 0, sizeof *s);
    tickets_init(&s->tickets, attribute);
}

void summary_fini(summary *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->rows[i].policy);
        free(s->rows[i].target);
        free(s->rows[i].display);
        free(s->rows[i].value);
    }
    free(s->rows);
    tickets_fini(&s->tickets);
}

void summary_fact(summary *s, const sla_fact *fact, const sla_answer *answer)
{
    tickets_note(&s->tickets, fact);
    s->refused += answer->refused;
}

void summary_event(summary *s, const sla_event *event)
{
    if ((size_t)event->kind < sizeof s->told / sizeof s->told[0])
        s->told[event->kind]++;
    if (event->kind == SLA_EVENT_ESCALATED && event->level <= SLA_LEVEL_MAX)
        s->escalated[event->level]++;
}

/* ------------------------------------------------------------ counting */

static int compare_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int compare_row(const summary_row *row, const char *policy, const char *target,
                       const char *value)
{
    int order = strcmp(row->policy, policy);

    if (order == 0)
        order = strcmp(row->target, target);
    return order != 0 ? order : compare_texts(row->value, value);
}

static char *copy_of(const char *text)
{
    return text != NULL ? need_copy(text, strlen(text)) : NULL;
}

/* The row of these three; rows are kept in order. */
static summary_row *row_of(summary *s, const sla_clock_view *clock, const char *value)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = compare_row(&s->rows[middle], clock->policy, clock->target, value);

        if (order == 0)
            return &s->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    s->rows = need_room(s->rows, &s->capacity, s->count + 1, sizeof *s->rows);
    memmove(&s->rows[low + 1], &s->rows[low], (s->count - low) * sizeof *s->rows);
    s->count++;
    memset(&s->rows[low], 0, sizeof s->rows[low]);
    s->rows[low].policy = copy_of(clock->policy);
    s->rows[low].target = copy_of(clock->target);
    s->rows[low].display = copy_of(clock->display);
    s->rows[low].value = copy_of(value);
    return &s->rows[low];
}

static void count_clock(summary_row *row, const sla_clock_view *clock)
{
    row->breached += clock->breached;
    row->excluded += clock->excluded;
    if (clock->level >= 1 && clock->level <= SLA_LEVEL_MAX)
        row->level[clock->level]++;
    if (clock->state == SLA_CANCELLED) {
        row->cancelled++;
        return;
    }
    row->accepted++;
    row->adjusted_accepted += !clock->excluded;
    row->adjusted_in_time += !clock->excluded && clock->adjusted_met;
    row->in_time += clock->state == SLA_MET;
    row->late += clock->state == SLA_MISSED || (clock->state != SLA_MET && clock->breached);
    row->open += clock->state == SLA_RUNNING || clock->state == SLA_PAUSED;
}

static void count_ticket(summary *s, const sla_engine *engine, const ticket *k, ticket_clocks *c)
{
    const sla_string tenant = {k->tenant, k->tenant_length}, name = {k->ticket, k->ticket_length};

    if (!clocks_look(c, engine, tenant, name))
        return; /* never opened: it has no clocks */
    for (size_t i = 0; i < c->count; i++)
        if (c->views[i].state != SLA_WAITING)
            count_clock(row_of(s, &c->views[i], k->value), &c->views[i]);
}

void summary_finish(summary *s, const sla_engine *engine)
{
    ticket_clocks c;

    clocks_init(&c);
    for (size_t i = 0; i < s->tickets.count; i++)
        count_ticket(s, engine, &s->tickets.list[i], &c);
    clocks_fini(&c);
}
