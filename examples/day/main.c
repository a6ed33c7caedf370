/*
 * sla-day - makes a day of a telecom operator: complaints, faults, service
 * requests, work orders and an incident, with all that may come between.
 *
 *     sla-day --seed 7 --tickets 1000 --date 2026-04-30 > day.jsonl
 *
 * Prints facts as JSON lines in the order of recording (docs/facts.md).  The
 * same arguments give the same bytes, on any machine and with any compiler.
 */
#include <argp.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "day.h"

typedef struct arguments {
    uint64_t seed;
    size_t tickets;
    int32_t date;
    const char *tenant;
} arguments;

static const struct argp_option options[] = {
    {"seed", 's', "N", 0, "another day of the same kind (1)", 0},
    {"tickets", 'n', "N", 0, "how many tickets, the incidents apart (300)", 0},
    {"date", 'd', "DATE", 0, "the day of the arrivals, at UTC+8 (2026-04-30)", 0},
    {"tenant", 't', "NAME", 0, "whose tickets they are: letters, digits, _ and - (telco)", 0},
    {0},
};

static uint64_t number(const char *text, struct argp_state *state, const char *what)
{
    char *end;
    const uint64_t value = strtoull(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value > UINT64_C(1000000000))
        argp_error(state, "%s is a number up to 1000000000, not '%s'", what, text);
    return value;
}

static void check_tenant(const char *text, struct argp_state *state)
{
    const size_t length = strlen(text);

    if (length > SLA_ID_MAX ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != length)
        argp_error(state, "a tenant is up to 64 letters, digits, _ and -, not '%s'", text);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *given = state->input;

    switch (key) {
    case 's':
        given->seed = number(text, state, "a seed");
        return 0;
    case 'n':
        given->tickets = (size_t)number(text, state, "the count of tickets");
        if (given->tickets > 1000000)
            argp_error(state, "at most 1000000 tickets");
        return 0;
    case 'd':
        if (sla_date_parse(text, strlen(text), &given->date) != SLA_OK)
            argp_error(state, "a date is YYYY-MM-DD, not '%s'", text);
        return 0;
    case 't':
        check_tenant(text, state);
        given->tenant = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Complaints are most of the day; every kind has its own count of turns. */
static void live(day_book *day, size_t tickets)
{
    static const struct {
        unsigned weight;
        void (*live)(day_book *day, unsigned turn, sla_time at);
    } kinds[] = {{44, day_complaint}, {20, day_fault}, {20, day_request}, {16, day_work_order}};
    unsigned turns[4] = {0, 0, 0, 0};
    sla_time *arrivals = malloc((tickets + 1) * sizeof *arrivals);

    if (arrivals == NULL) {
        fputs("sla-day: out of memory\n", stderr);
        exit(1);
    }
    day_arrivals(day, arrivals, tickets);
    for (size_t i = 0; i < tickets; i++) {
        int64_t draw = day_between(&day->random, 0, 99);
        size_t kind = 0;

        if (day_outage(day, arrivals[i]) && day_percent(&day->random, 40))
            draw = kinds[0].weight; /* a fault: while the backbone is down many call */
        while (draw >= (int64_t)kinds[kind].weight)
            draw -= kinds[kind++].weight;
        kinds[kind].live(day, turns[kind]++, arrivals[i]);
    }
    free(arrivals);
}

int main(int count, char **words)
{
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .doc = "Make a day of a telecom operator: facts as JSON lines in the order of recording."};
    arguments given = {1, 300, 20573, "telco"};
    day_book day = {.horizon = 0};
    bool written;

    argp_parse(&parser, count, words, 0, NULL, &given);
    day.random.state = given.seed;
    day.tenant = given.tenant;
    day.midnight = given.date * SLA_DAY - 8 * SLA_HOUR;
    day.horizon = day.midnight + 14 * SLA_DAY;
    live(&day, given.tickets);
    day_incidents(&day);
    written = day_print(&day);
    day_fini(&day);
    if (!written)
        fputs("sla-day: cannot write\n", stderr);
    return written ? 0 : 1;
}
