/*
 * day.h - what the files of sla-day share: the generator of numbers, the facts
 * of a day and the pen that writes them down.
 *
 * The program tells the lives of tickets one after another; the pen collects
 * what happened and prints it at the end in the order in which it was recorded.
 * All arithmetic is on integers, so a seed gives the same bytes everywhere.
 */
#ifndef SLA_DAY_H
#define SLA_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/base.h>

/* random.c: splitmix64. */
typedef struct day_random {
    uint64_t state;
} day_random;

typedef struct day_choice {
    const char *word;
    unsigned weight;
} day_choice;

int64_t day_between(day_random *random, int64_t first, int64_t last); /* both included */
bool day_percent(day_random *random, unsigned percent);
const char *day_pick(day_random *random, const day_choice *choices, size_t count);
#define DAY_PICK(random, choices) day_pick(random, choices, sizeof(choices) / sizeof((choices)[0]))

/* A whole number of seconds between the two. */
sla_duration day_span(day_random *random, sla_duration first, sla_duration last);

/* How long a desk takes for what may take `limit`: in time in so many of a
 * hundred cases, else up to twice as long. */
sla_duration day_pace(day_random *random, sla_duration limit, unsigned in_time);

/* pen.c: facts. */
typedef struct day_fact {
    sla_time recorded_at;
    size_t number;        /* of facts at one instant the first written comes first */
    char line[1024];      /* the JSON object, still without its end */
    char attributes[512]; /* inside of "attributes" */
} day_fact;

typedef struct day_book {
    day_random random;
    sla_time midnight;
    sla_time horizon; /* nothing that happens later is written */
    const char *tenant;
    day_fact **facts;
    size_t count, capacity;
} day_book;

typedef struct day_ticket {
    day_book *day;
    char name[24];
    unsigned facts;
    bool escalated; /* then the customer is asked at the end whether all is well now */
} day_ticket;

day_ticket day_ticket_named(day_book *day, char letter, unsigned number);

/* Write down a fact; what follows adds to it until the next one.  NULL, which
 * the others accept, for one that lies beyond the horizon. */
day_fact *day_happened(day_ticket *ticket, const char *name, sla_time occurred_at);
day_fact *day_happened_late(day_ticket *ticket, const char *name, sla_time occurred_at,
                            sla_duration recorded_after);
void day_say(day_fact *fact, const char *member, const char *text);
void day_say_flag(day_fact *fact, const char *member);
void day_say_span(day_fact *fact, const char *member, sla_duration span);
void day_set(day_fact *fact, const char *attribute, const char *text);
void day_set_number(day_fact *fact, const char *attribute, int64_t number);
void day_set_flag(day_fact *fact, const char *attribute, bool flag);
void day_set_instant(day_fact *fact, const char *attribute, sla_time at);
/* Of a clock: "policy" and "target". */
void day_say_clock(day_fact *fact, const char *policy, const char *target);

/* Id of the fact that a ticket has written last. */
void day_last_id(const day_ticket *ticket, char *id, size_t size);

/* One line for each fact in the order of recording; false when it cannot be written. */
bool day_print(day_book *day);
void day_fini(day_book *day);

/* arrivals.c: `count` instants of a day in order, by the hours at which people call. */
void day_arrivals(day_book *day, sla_time *arrivals, size_t count);

/* Where the telephone stands: words for an opening fact. */
void day_set_origin(day_fact *fact, day_random *random);
const char *day_desk(day_random *random);

/* What follows a supervision order, and an escalation. */
void day_supervised(day_ticket *ticket, sla_time ordered_at);
void day_escalated(day_ticket *ticket, sla_time escalated_at);

/* The end, and what the customer is asked after it. */
void day_resolved(day_ticket *ticket, sla_time at, const char *by);

/* The lives of one ticket of each kind.  `turn` counts tickets of that kind from
 * 0: the first ones meet every special case once, later ones by chance. */
void day_complaint(day_book *day, unsigned turn, sla_time at);
void day_fault(day_book *day, unsigned turn, sla_time at);
void day_request(day_book *day, unsigned turn, sla_time at);
void day_work_order(day_book *day, unsigned turn, sla_time at);
void day_incidents(day_book *day);

/* Whether the large incident of the day is felt at this instant. */
bool day_outage(const day_book *day, sla_time at);

#endif
