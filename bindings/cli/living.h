/*
 * living.h - tickets with their history, gathered from lines: those of a ticket
 * together, in the order in which they were recorded, whatever stood between them.
 */
#ifndef SLA_CLI_LIVING_H
#define SLA_CLI_LIVING_H

#include <stdbool.h>
#include <stddef.h>

#include <sla/engine.h>
#include <sla/json.h>

typedef struct living_line {
    char *key;  /* tenant, a NUL, ticket */
    char *text; /* its fact as JSON; NULL: it was refused, and its ticket with it */
    size_t key_length, length;
    size_t number; /* in the file */
    size_t order;  /* in which it came */
    bool opens;    /* its fact is `opened` */
} living_line;

/* A ticket: lines first .. first + count. */
typedef struct living_ticket {
    size_t first, count;
    bool refused; /* one of its lines was */
    bool opened;  /* one of them opens it: without that nothing falls due */
} living_ticket;

typedef struct living {
    const char *source;   /* of complaints */
    bool without_columns; /* the lines are not as they stand in the file */
    living_line *lines;
    size_t line_count, line_capacity;
    living_ticket *tickets;
    size_t ticket_count, ticket_capacity;
    size_t refused; /* lines */
    bool lost;      /* one of them does not say whose it is: any ticket may miss it */
    sla_fact_buffer buffer;
} living;

/* The facts of one ticket, in memory of their own. */
typedef struct living_facts {
    sla_fact *facts;
    sla_time *recorded_at;
    size_t count;
    void **blocks; /* what they borrow from */
} living_facts;

void living_init(living *l, const char *source);
void living_fini(living *l);

/* Take a line; one that cannot be read is complained of and refuses its ticket. */
void living_add(living *l, const char *text, size_t length, size_t number);

/* A line that is refused whoever it may be of, with the reason. */
void living_refuse(living *l, size_t number, const char *why);

/* The same where it is known whose it is: its ticket is refused. */
void living_refuse_of(living *l, sla_string tenant, sla_string ticket, size_t number,
                      const char *pointer, const char *why);

/* All lines are there: the tickets, in the order in which they first came. */
void living_gather(living *l);

/* `recorded_at` of a line is that of the line before it where it says an earlier one:
 * a record does not go back. */
void living_facts_init(living_facts *f, living *l, const living_ticket *ticket);
void living_facts_fini(living_facts *f);

#endif
