/*
 * store_rows.c - a scenario as rows of a database, for tests that ask its views.
 *
 *     store_rows sqlite|postgresql UNTIL POLICY... < facts.jsonl > rows.sql
 *     store_rows sqlite:FILE|postgresql:CONNINFO UNTIL POLICY... < facts.jsonl
 *     store_rows columns
 *
 * Plays the facts under bundled policies with a driver that is never late, and keeps every
 * ticket, fact and event (store_keep.h): as INSERTs, or through the store itself.  `columns`
 * prints the columns of lib/store: table, name, type as docs/store.md has it, whether required.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/bundled.h>
#include <sla/json.h>
#include <sla/pack.h>
#include <sla/time.h>

#include "store_keep.h"

enum { TICKETS_MAX = 64, CLOCKS_MAX = 64, ATTRIBUTES_MAX = 64, STATE_MAX = 1 << 16 };

static sla_engine *engine;
static uint64_t events;

static void need(bool good, const char *what)
{
    store_keep_need(good, what);
}

/* ------------------------------------------------------------------ playing */

static void adopt(char *const *names, int count)
{
    sla_policies *policies;
    sla_calendar *calendars[64];
    size_t calendar_count = 0;
    sla_error error = {0};
    const char *name;

    need(sla_policies_new(NULL, &policies) == SLA_OK, "no memory");
    for (int i = 0; i < count; i++) {
        size_t length;
        const char *const document = sla_bundled_policy(names[i], &length);

        need(document != NULL, "no such policy");
        need(sla_policies_add(policies, document, length, names[i], &error) == SLA_OK, error.text);
    }
    need(sla_policies_finish(policies, &error) == SLA_OK, error.text);
    for (; (name = sla_policies_calendar(policies, calendar_count)) != NULL; calendar_count++) {
        size_t length;
        const char *const document = sla_bundled_calendar(name, &length);

        need(sla_calendar_parse(document, length, name, NULL, &calendars[calendar_count], &error) ==
                 SLA_OK,
             error.text);
    }
    need(sla_engine_adopt(engine, policies, calendars, calendar_count, 0, &error) == SLA_OK,
         error.text);
    sla_policies_unref(policies);
    while (calendar_count > 0)
        sla_calendar_unref(calendars[--calendar_count]);
}

static void tell_until(sla_time until)
{
    sla_event event;

    while (sla_engine_wakeup(engine) <= until) {
        const sla_time now = sla_engine_wakeup(engine);

        while (sla_engine_poll(engine, now, &event)) {
            const sla_stored_event stored = {&event, ++events, false};

            store_keep_event(&stored);
        }
    }
}

static char tickets[TICKETS_MAX][SLA_ID_MAX + 1];
static size_t ticket_count;

static void remember(sla_string ticket)
{
    for (size_t i = 0; i < ticket_count; i++)
        if (strlen(tickets[i]) == ticket.length &&
            memcmp(tickets[i], ticket.data, ticket.length) == 0)
            return;
    need(ticket_count < TICKETS_MAX, "too many tickets");
    memcpy(tickets[ticket_count], ticket.data, ticket.length);
    tickets[ticket_count++][ticket.length] = '\0';
}

static void record(const char *line, size_t length)
{
    static sla_fact_buffer buffer;
    sla_error error = {0};
    sla_answer answer;
    sla_fact fact;
    sla_time now;

    need(sla_fact_parse(line, length, &buffer, &fact, &now, &error) == SLA_OK, error.text);
    tell_until(now);
    need(sla_engine_record(engine, &fact, now, &answer, &error) == SLA_OK, error.text);
    remember(fact.ticket);
    store_keep_fact(&(sla_stored_fact){&fact, answer.seq, now, 0});
    tell_until(now);
}

/* ------------------------------------------------------------------ tickets */

/* The last value of each name, in place. */
static size_t last_of_each(sla_attribute *attributes, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        bool again = false;

        for (size_t j = i + 1; j < count && !again; j++)
            again = attributes[j].name.length == attributes[i].name.length &&
                    memcmp(attributes[j].name.data, attributes[i].name.data,
                           attributes[i].name.length) == 0;
        if (!again)
            attributes[kept++] = attributes[i];
    }
    return kept;
}

static void keep_ticket(sla_string ticket)
{
    static unsigned char state[STATE_MAX];
    static sla_clock_view clocks[CLOCKS_MAX];
    static sla_attribute attributes[ATTRIBUTES_MAX];
    sla_ticket_view view = {.whole = true, .clocks = clocks, .attributes = attributes};
    const sla_string tenant = {NULL, 0};
    sla_stored_ticket stored;
    sla_packed packed;

    need(sla_engine_pack(engine, tenant, ticket, state, sizeof state, &packed) == SLA_OK, "pack");
    need(sla_engine_clocks(engine, tenant, ticket, clocks, CLOCKS_MAX, &view.clock_count) ==
                 SLA_OK &&
             view.clock_count <= CLOCKS_MAX,
         "clocks");
    need(sla_engine_attributes(engine, tenant, ticket, attributes, ATTRIBUTES_MAX,
                               &view.attribute_count) == SLA_OK &&
             view.attribute_count <= ATTRIBUTES_MAX,
         "attributes");
    view.attribute_count = last_of_each(attributes, view.attribute_count);
    view.opened_at = packed.opened_at;
    stored = (sla_stored_ticket){.tenant = tenant,
                                 .ticket = ticket,
                                 .number = packed.number,
                                 .facts = packed.facts,
                                 .live = packed.live,
                                 .next_at = packed.next_at,
                                 .due_at = packed.due_at,
                                 .state = state,
                                 .state_length = packed.length,
                                 .view = &view};
    store_keep_ticket(&stored);
}

int main(int argc, char **argv)
{
    static char line[1 << 16];
    sla_time until;

    if (argc == 2 && strcmp(argv[1], "columns") == 0) {
        store_keep_columns();
        return 0;
    }
    need(argc > 3, "usage: store_rows WHERE UNTIL POLICY... < FACTS");
    store_keep_open(argv[1]);
    need(sla_time_parse(argv[2], strlen(argv[2]), &until) == SLA_OK, "UNTIL is no instant");
    need(sla_engine_new(NULL, &engine) == SLA_OK, "no memory");
    adopt(argv + 3, argc - 3);
    while (fgets(line, sizeof line, stdin) != NULL)
        record(line, strlen(line));
    tell_until(until);
    for (size_t i = 0; i < ticket_count; i++)
        keep_ticket((sla_string){tickets[i], strlen(tickets[i])});
    store_keep_close();
    sla_engine_free(engine);
    return 0;
}
