/* plan_queue.c - see plan_queue.h. */
#include "plan_queue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "plan_arrivals.h"
#include "plan_heap.h"

typedef struct ticket {
    uint64_t number;
    size_t kind, stage;
    plan_random random;
    sla_time since; /* it came to the desk, or was taken there */
} ticket;

typedef struct place {
    plan_heap waiting;
    int32_t busy, handlers;
    sla_time seen; /* that many, since */
    size_t next;   /* change of its roster */
} place;

typedef struct queue {
    const plan_course *course;
    const plan_sink *sink;
    plan_desk_figures *figures;
    plan_arrivals arrivals;
    ticket *tickets;
    uint32_t *unused; /* of the tickets, places that are free again */
    size_t ticket_count, ticket_capacity, unused_count, unused_capacity;
    plan_heap ends; /* of stages, by instant */
    place *places;
    uint64_t opened;
    uint64_t order;     /* of what comes to desks and ends: equal instants in the order of causes */
    sla_time looked_at; /* shifts */
    uint64_t came;      /* tickets by the end of the figures, then `left` are on their way */
    uint64_t left;
} queue;

static const plan_stage *stage_of(const queue *q, const ticket *t)
{
    return &q->course->profile->kinds[t->kind].stages[t->stage];
}

static void tell(queue *q, const ticket *t, const char *name, sla_time at)
{
    if (name != NULL)
        q->sink->fact(q->sink->user, t->number, &q->course->profile->kinds[t->kind], name, at);
}

/* The part of [from, to) of which figures are made. */
static double counted(const queue *q, sla_time from, sla_time to)
{
    const sla_time begin = from > q->course->figures_from ? from : q->course->figures_from;
    const sla_time end = to < q->course->until ? to : q->course->until;

    return end > begin ? (double)(end - begin) : 0;
}

/* ------------------------------------------------------------ stages */

static void begin_stage(queue *q, uint32_t index, sla_time at)
{
    ticket *t = &q->tickets[index];
    const plan_stage *stage = stage_of(q, t);
    const sla_duration takes = plan_spread_draw(&stage->takes, &t->random);

    t->since = at;
    if (stage->desk != PLAN_NOBODY)
        q->figures[stage->desk].busy += counted(q, at, at + takes);
    tell(q, t, stage->begins, at);
    plan_heap_add(&q->ends, (plan_entry){at + takes, 0, q->order++, index});
}

static bool counts(const queue *q, sla_time at)
{
    return at >= q->course->figures_from && at < q->course->until;
}

static void count_wait(plan_desk_figures *figures, sla_duration waited)
{
    figures->waited += waited > 0;
    figures->wait += (double)waited;
    if (waited > figures->longest_wait)
        figures->longest_wait = waited;
}

static void count_taken(queue *q, int desk, sla_time at, sla_duration waited)
{
    if (counts(q, at)) {
        q->figures[desk].taken++;
        count_wait(&q->figures[desk], waited);
    }
}

/* Before the number of handlers at work or on shift changes. */
static void count_longer(queue *q, int desk, sla_time at)
{
    place *p = &q->places[desk];

    if (p->busy > p->handlers)
        q->figures[desk].longer += counted(q, p->seen, at) * (p->busy - p->handlers);
    p->seen = at;
}

/* Whoever is free takes the next one. */
static void serve(queue *q, int desk, sla_time at)
{
    place *p = &q->places[desk];

    count_longer(q, desk, at);
    while (p->waiting.count > 0 && p->busy < p->handlers) {
        const plan_entry next = plan_heap_take(&p->waiting);

        p->busy++;
        count_taken(q, desk, at, at - q->tickets[next.ticket].since);
        begin_stage(q, next.ticket, at);
    }
}

static plan_entry place_in_line(queue *q, uint32_t index, plan_order order)
{
    const ticket *t = &q->tickets[index];
    plan_entry entry = {0, 0, q->order++, index};

    if (order == PLAN_BY_RANK)
        entry.first = stage_of(q, t)->rank;
    if (order != PLAN_FIFO)
        entry.second = q->sink->due(q->sink->user, t->number);
    return entry;
}

static void come_to_stage(queue *q, uint32_t index, sla_time at)
{
    const int desk = stage_of(q, &q->tickets[index])->desk;

    if (desk == PLAN_NOBODY) {
        begin_stage(q, index, at);
        return;
    }
    q->tickets[index].since = at;
    plan_heap_add(&q->places[desk].waiting,
                  place_in_line(q, index, q->course->profile->desks[desk].order));
    serve(q, desk, at);
    if (counts(q, at) && q->places[desk].waiting.count > q->figures[desk].longest_queue)
        q->figures[desk].longest_queue = q->places[desk].waiting.count;
}

static void end_stage(queue *q)
{
    const plan_entry end = plan_heap_take(&q->ends);
    ticket *t = &q->tickets[end.ticket];
    const plan_stage *stage = stage_of(q, t);

    tell(q, t, stage->ends, end.first);
    if (++t->stage < q->course->profile->kinds[t->kind].stage_count) {
        come_to_stage(q, end.ticket, end.first);
    } else {
        q->unused =
            need_room(q->unused, &q->unused_capacity, q->unused_count + 1, sizeof *q->unused);
        q->unused[q->unused_count++] = end.ticket;
        q->left -= t->number < q->came;
    }
    if (stage->desk != PLAN_NOBODY) {
        count_longer(q, stage->desk, end.first);
        q->places[stage->desk].busy--;
        serve(q, stage->desk, end.first);
    }
}

/* ------------------------------------------------------------ what comes from outside */

static void open_ticket(queue *q, size_t kind, sla_time at)
{
    uint32_t index;

    if (q->unused_count > 0) {
        index = q->unused[--q->unused_count];
    } else {
        q->tickets =
            need_room(q->tickets, &q->ticket_capacity, q->ticket_count + 1, sizeof *q->tickets);
        index = (uint32_t)q->ticket_count++;
    }
    q->tickets[index] = (ticket){
        .number = q->opened, .kind = kind, .random = plan_random_for(q->course->seed, q->opened)};
    q->opened++;
    tell(q, &q->tickets[index], "opened", at);
    come_to_stage(q, index, at);
}

/* Who is there from now on. */
static void look_at_shifts(queue *q, sla_time at)
{
    const plan_profile *profile = q->course->profile;

    for (size_t i = 0; i < profile->desk_count; i++) {
        const plan_desk *desk = &profile->desks[i];
        place *p = &q->places[i];

        q->figures[i].there += counted(q, q->looked_at, at) * p->handlers;
        count_longer(q, (int)i, at);
        for (; p->next < desk->roster_count && desk->roster[p->next].at <= at; p->next++)
            p->handlers =
                plan_desk_handlers(desk, desk->roster[p->next].handlers, q->course->most[i]);
        serve(q, (int)i, at);
    }
    q->looked_at = at;
}

/* The next change of a shift, or a full hour. */
static sla_time next_look(const queue *q, sla_time at)
{
    const plan_profile *profile = q->course->profile;
    const sla_time minute = at - ((at % SLA_MINUTE) + SLA_MINUTE) % SLA_MINUTE;
    sla_time next = minute + (60 - plan_profile_minute(profile, at) % 60) * SLA_MINUTE;

    for (size_t i = 0; i < profile->desk_count; i++)
        if (q->places[i].next < profile->desks[i].roster_count &&
            profile->desks[i].roster[q->places[i].next].at < next)
            next = profile->desks[i].roster[q->places[i].next].at;
    return at < q->course->until && next > q->course->until ? q->course->until : next;
}

/* Who waits when figures begin, and when they end. */
static void look_at_waiting(queue *q, sla_time at)
{
    for (size_t i = 0; i < q->course->profile->desk_count; i++) {
        const plan_heap *waiting = &q->places[i].waiting;
        plan_desk_figures *figures = &q->figures[i];

        if (at <= q->course->figures_from)
            figures->waiting_first = waiting->count;
        if (at != q->course->until)
            continue;
        figures->waiting = waiting->count;
        for (size_t k = 0; k < waiting->count; k++)
            count_wait(figures, at - q->tickets[waiting->entries[k].ticket].since);
    }
    if (at == q->course->until) {
        q->came = q->opened;
        q->left = q->ticket_count - q->unused_count;
    }
}

/* Whether that was all. */
static bool is_over(queue *q, sla_time at)
{
    const plan_sink *sink = q->sink;

    return at >= q->course->until &&
           (sink->goes_on == NULL || !sink->goes_on(sink->user, at, q->left));
}

/* ------------------------------------------------------------ the course of it */

static void run(queue *q)
{
    const plan_course *course = q->course;
    sla_time look = course->from, arrival;
    size_t kind;

    plan_arrivals_init(&q->arrivals, course->profile, course->from, course->seed);
    arrival = plan_arrivals_next(&q->arrivals, &kind);
    while (q->sink->stopped == NULL || !q->sink->stopped(q->sink->user)) {
        const sla_time end = q->ends.count > 0 ? q->ends.entries[0].first : SLA_NEVER;

        if (look <= end && look <= arrival) {
            look_at_waiting(q, look);
            look_at_shifts(q, look);
            q->sink->passed(q->sink->user, look);
            if (is_over(q, look))
                return;
            look = next_look(q, look);
        } else if (end <= arrival) {
            end_stage(q);
        } else {
            open_ticket(q, kind, arrival);
            arrival = plan_arrivals_next(&q->arrivals, &kind);
        }
    }
}

static double all_of(const plan_desk_figures *desk)
{
    const uint64_t all = desk->taken + desk->waiting;

    return all > 0 ? (double)all : 1;
}

double plan_desk_wait(const plan_desk_figures *desk)
{
    return desk->wait / all_of(desk);
}

double plan_desk_waited(const plan_desk_figures *desk)
{
    return (double)desk->waited / all_of(desk);
}

void plan_queue_run(const plan_course *course, const plan_sink *sink, plan_desk_figures *figures)
{
    const size_t desks = course->profile->desk_count;
    queue q = {.course = course,
               .sink = sink,
               .figures = figures,
               .places = need_memory(desks, sizeof *q.places),
               .looked_at = course->from};

    memset(q.places, 0, desks * sizeof *q.places);
    memset(figures, 0, desks * sizeof *figures);
    run(&q);
    for (size_t i = 0; i < desks; i++)
        plan_heap_fini(&q.places[i].waiting);
    plan_heap_fini(&q.ends);
    free(q.places);
    free(q.tickets);
    free(q.unused);
}
