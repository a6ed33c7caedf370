/* Goal: whatever the store does, nothing is lost, nothing has two numbers, and each
 * ticket's events come in order (rules 25 and 27).  Method: a store that answers
 * late, fails, loses its answers and refuses (faulty_store.h), a consumer that
 * forgets, services that are killed and opened again; and a ladder so plain that
 * one knows without an engine what has to be told. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faulty_store.h"
#include "view_store.h"

enum { TICKETS_OPEN = 300, STEPS = 4, REFUSED_ONE_OF = 100 };

static const char plain_ladder[] =
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'resolved',"
    " 'goals': [{'elapsed': 'PT4H'}], 'catch_up': 'all',"
    " 'steps': [{'step': 'warn', 'before': 'PT1H'},"
    "  {'step': 'level_1', 'after': 'PT1H', 'level': 1},"
    "  {'step': 'level_2', 'after': 'PT2H', 'level': 2}]}]}";

static const char *const step_names[] = {"warn", "breach", "level_1", "level_2", "met", "missed"};
static const sla_duration step_after[] = {3 * SLA_HOUR, 4 * SLA_HOUR, 5 * SLA_HOUR, 6 * SLA_HOUR};

typedef enum standing { TO_RECORD, ASKED, RECORDED } standing;

typedef struct chaos chaos;

typedef struct chaos_fact {
    chaos *of;
    size_t ticket;
    sla_time at; /* 0: has not happened */
    standing standing;
    sla_time answered_at; /* a step that fell due before may have been told */
} chaos_fact;

typedef struct chaos_ticket {
    chaos_fact opened, resolved;
    chaos *of;
    standing forgotten;
    uint64_t numbers[COUNT_OF(step_names)]; /* of what was told, 0: not */
    uint64_t highest;
} chaos_ticket;

struct chaos {
    host h;
    prng random;
    chaos_ticket *tickets;
    size_t count, capacity;
    faulty_options faults;
    view_content *rows;
    uint64_t units; /* of the services before */
    size_t forgotten;
    size_t doubled, disordered, strange;
    bool calm;
};

/* ------------------------------------------------------------------- the faults */

static bool is_refused(sla_string ticket, sla_time decided_at)
{
    uint64_t mixed = (uint64_t)decided_at;
    prng random;

    for (size_t i = 0; i < ticket.length; i++)
        mixed = mixed * 31 + (unsigned char)ticket.data[i];
    random = prng_seeded(mixed);
    return prng_below(&random, REFUSED_ONE_OF) == 0;
}

/* By what is in it, so that a unit is refused whenever it is sent, also after it was
 * cut, and one that was written never is. */
static bool refuse(void *context, const sla_unit *unit)
{
    (void)context;
    for (size_t i = 0; i < unit->ticket_count; i++) {
        if (is_refused(unit->tickets[i].ticket, unit->decided_at))
            return true;
    }
    return false;
}

static sla_store *wrap(host *h, sla_store *inner)
{
    chaos *const all = h->wrap_context;

    all->faults.seed = prng_next(&all->random);
    return faulty_store_new(view_store_new(inner, all->rows), &all->faults);
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    host *const h = context;
    chaos *const all = h->wrap_context;
    const size_t index = (size_t)strtoul(event->ticket.data + 2, NULL, 10);
    chaos_ticket *const ticket = &all->tickets[index];
    size_t step = 0;

    (void)attempt;
    while (step < COUNT_OF(step_names) && strcmp(step_names[step], event->step) != 0)
        step++;
    if (step == COUNT_OF(step_names)) { /* taken back, because it was resolved before */
        all->strange += ticket->resolved.at == 0 || strstr(event->step, "retracted") == NULL;
        return SLA_OK;
    }
    if (ticket->numbers[step] == 0) {
        all->disordered += number < ticket->highest;
        ticket->highest = number;
        ticket->numbers[step] = number;
    } else if (ticket->numbers[step] != number) {
        all->doubled++;
    }
    if (all->calm || !prng_percent(&all->random, 10))
        return SLA_OK;
    return prng_percent(&all->random, 50) ? SLA_PENDING : SLA_ERR_BUSY;
}

/* ----------------------------------------------------------------------- facts */

static void recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    chaos_fact *const fact = context;

    (void)answer;
    (void)error;
    fact->answered_at = fact->of->h.now;
    fact->standing = result == SLA_OK || result == SLA_DUPLICATE ? RECORDED : TO_RECORD;
    if (result < 0 && result != SLA_ERR_REFUSED && result != SLA_ERR_NOMEM &&
        result != SLA_ERR_NOT_FOUND)
        fact->of->strange++;
}

static void record(chaos *all, chaos_fact *fact, const char *name)
{
    const sla_attribute grade = {
        .name = host_string("grade"), .type = SLA_VALUE_INT, .number = fact->at % 1000};
    char ticket[24];
    sla_fact given = {.tenant = host_string("north"),
                      .id = host_string(name),
                      .name = host_string(name),
                      .occurred_at = fact->at,
                      .attributes = &grade,
                      .attribute_count = fact->ticket % 2};

    snprintf(ticket, sizeof ticket, "T-%zu", fact->ticket);
    given.ticket = host_string(ticket);
    if (fact->at != 0 && fact->standing == TO_RECORD &&
        sla_service_record(all->h.service, &given, recorded, fact) == SLA_OK) {
        fact->standing = ASKED;
    }
}

/* Once it is asked for, nothing is recorded again: it may be gone any time. */
static void forgotten(void *context, int result, const sla_error *error)
{
    chaos_ticket *const ticket = context;

    (void)error;
    ticket->forgotten = result == SLA_OK ? RECORDED : TO_RECORD;
    if (result != SLA_OK && result != SLA_ERR_STATE && result != SLA_ERR_REFUSED &&
        result != SLA_ERR_NOT_FOUND && result != SLA_ERR_BUSY)
        ticket->of->strange++;
}

static void forget_one(chaos *all)
{
    const size_t index = all->count > 0 ? prng_below(&all->random, all->count) : 0;
    chaos_ticket *const ticket = &all->tickets[index];
    char name[24];

    snprintf(name, sizeof name, "T-%zu", index);
    if (all->count == 0 || ticket->resolved.standing != RECORDED)
        return;
    ticket->of = all;
    if (sla_service_forget(all->h.service, host_string("north"), host_string(name), forgotten,
                           ticket) == SLA_OK)
        ticket->forgotten = ASKED;
    all->forgotten++;
}

/* The tickets that may still be open are the newest ones. */
static void record_all(chaos *all)
{
    const size_t first = all->count > 4 * TICKETS_OPEN ? all->count - 4 * TICKETS_OPEN : 0;

    for (size_t i = first; i < all->count; i++) {
        record(all, &all->tickets[i].opened, "opened");
        if (all->tickets[i].opened.standing == RECORDED)
            record(all, &all->tickets[i].resolved, "resolved");
    }
}

static void open_ticket(chaos *all)
{
    chaos_ticket *ticket;

    if (all->count == all->capacity)
        return;
    ticket = &all->tickets[all->count];
    ticket->opened = (chaos_fact){all, all->count, all->h.now, TO_RECORD, 0};
    ticket->resolved = (chaos_fact){all, all->count, 0, TO_RECORD, 0};
    all->count++;
    record(all, &ticket->opened, "opened");
}

static void resolve_ticket(chaos *all)
{
    const size_t open = all->count < TICKETS_OPEN ? all->count : TICKETS_OPEN;
    chaos_ticket *ticket;

    if (open == 0)
        return;
    ticket = &all->tickets[all->count - 1 - prng_below(&all->random, open)];
    if (ticket->resolved.at != 0 || ticket->opened.standing != RECORDED)
        return;
    ticket->resolved.at = all->h.now;
    record(all, &ticket->resolved, "resolved");
}

/* ------------------------------------------------------------------------ chaos */

static uint64_t units_of(const chaos *all)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(all->h.service, &stats);
    return all->units + stats.units;
}

/* Killed: nobody knows what became of what was asked. */
static void kill(chaos *all)
{
    all->units = units_of(all);
    host_drop(&all->h);
    for (size_t i = 0; i < all->count; i++) {
        if (all->tickets[i].opened.standing == ASKED)
            all->tickets[i].opened.standing = TO_RECORD;
        if (all->tickets[i].resolved.standing == ASKED)
            all->tickets[i].resolved.standing = TO_RECORD;
    }
    host_open(&all->h);
    record_all(all);
}

static void step(chaos *all)
{
    const uint64_t dice = prng_below(&all->random, 1000);

    if (dice < 420)
        open_ticket(all);
    else if (dice < 700)
        resolve_ticket(all);
    else if (dice < 702)
        kill(all);
    else if (dice < 740)
        record_all(all);
    else if (dice < 800)
        forget_one(all);
    if (dice >= 740 || prng_percent(&all->random, 30))
        host_go_to(&all->h, all->h.now + prng_between(&all->random, 1, 3 * SLA_MINUTE));
    else
        host_settle(&all->h);
}

/* No more faults; everything that happened is recorded, and time passes. */
static void calm_down(chaos *all)
{
    all->calm = true;
    all->faults = (faulty_options){.refuse = NULL};
    kill(all);
    for (size_t i = 0; i < all->count; i++) {
        if (all->tickets[i].of == NULL) {
            record(all, &all->tickets[i].opened, "opened");
            record(all, &all->tickets[i].resolved, "resolved");
        }
        if (i % 1000 == 0)
            host_settle(&all->h);
    }
    host_go_to(&all->h, all->h.now + SLA_DAY);
}

/* What the ladder says of a ticket, without an engine. */
static bool is_told(const chaos_ticket *ticket, size_t step)
{
    const sla_time opened = ticket->opened.at, resolved = ticket->resolved.at;

    if (step < STEPS)
        return resolved == 0 || opened + step_after[step] < resolved;
    if (resolved == 0)
        return false;
    return (step == 4) == (resolved <= opened + step_after[1]);
}

/* Told while the fact was not on the record yet, and taken back then. */
static bool was_told_before(const chaos_ticket *ticket, size_t step)
{
    return step < STEPS && ticket->opened.at + step_after[step] <= ticket->resolved.answered_at;
}

static void check(const chaos *all)
{
    const view_counts rows = view_content_counts(all->rows);
    size_t lost = 0, too_many = 0, unrecorded = 0, gone = 0;

    for (size_t i = 0; i < all->count; i++) {
        const chaos_ticket *const ticket = &all->tickets[i];

        gone += ticket->forgotten == RECORDED;
        unrecorded += ticket->opened.standing != RECORDED ||
                      (ticket->resolved.at != 0 && ticket->resolved.standing != RECORDED);
        for (size_t step = 0; step < COUNT_OF(step_names); step++) {
            lost += is_told(ticket, step) && ticket->numbers[step] == 0;
            too_many += !is_told(ticket, step) && ticket->numbers[step] != 0 &&
                        !was_told_before(ticket, step);
        }
    }
    CHECK_TRUE("tickets are forgotten", gone > 0);
    CHECK_EQ("facts that are not on the record", 0, unrecorded);
    CHECK_EQ("lost", 0, lost);
    CHECK_EQ("told and never due", 0, too_many);
    CHECK_EQ("one identity, two numbers", 0, all->doubled);
    CHECK_EQ("order per ticket", 0, all->disordered);
    CHECK_EQ("answers and events that nobody expects", 0, all->strange);
    CHECK_EQ("early", 0, all->h.early);
    CHECK_TRUE("rows", rows.rows > all->count && rows.whole > 0 && rows.attributes > 0);
    CHECK_EQ("rows that say something else than the facts", 0, rows.wrong);
}

static void run(chaos *all, uint64_t units)
{
    all->capacity = 2 * units + 1000;
    all->tickets = calloc(all->capacity, sizeof *all->tickets);
    CHECK_TRUE("memory", all->tickets != NULL);
    all->rows = view_content_new(all->capacity);
    all->random = check_prng();
    host_init(&all->h);
    all->h.documents = plain_ladder;
    all->h.wrap = wrap;
    all->h.wrap_context = all;
    all->h.on_event = on_event;
    all->h.keep_quiet = true;
    host_open(&all->h);
    while (units_of(all) < units)
        step(all);
    calm_down(all);
    printf("%llu units, %zu tickets, %zu asked to be forgotten, %zu events handed over\n",
           (unsigned long long)units_of(all), all->count, all->forgotten, all->h.handed);
    check(all);
    host_stop(&all->h);
    host_fini(&all->h);
    free(all->tickets);
    view_content_free(all->rows);
}

TEST(nothing_is_lost_and_nothing_told_twice_whatever_the_store_does)
{
    static chaos all;

    all.faults = (faulty_options){.late = 300,
                                  .fail = 20,
                                  .lose = 20,
                                  .starve = 10,
                                  .late_most = 2 * SLA_SECOND,
                                  .refuse = refuse,
                                  .context = &all};
    run(&all, check_count(100000, 1000000));
}
