/*
 * explain.c - sla explain: facts as sla replay takes them, and then not the
 * events but why the clocks of one ticket are due when they are.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include <sla/explain.h>

#include "cli.h"
#include "clocks.h"
#include "explain_print.h"
#include "given.h"
#include "output.h"
#include "plain.h"
#include "secret.h"

typedef struct arguments {
    given given;
    const char *tenant, *ticket;
    const char *target; /* "policy.target", "target", or NULL for all */
    uint32_t cycle;     /* 0: all */
    bool json;
} arguments;

enum { KEY_TENANT = 256, KEY_TARGET, KEY_CYCLE, KEY_AT };

static const struct argp_option options[] = {
    {"ticket", 'T', "TICKET", 0, "whose clocks", 0},
    {"tenant", KEY_TENANT, "TENANT", 0, "whose ticket; without it the only tenant that has one", 0},
    {"target", KEY_TARGET, "TARGET", 0, "only this: policy.target, or target", 0},
    {"cycle", KEY_CYCLE, "N", 0, "only this cycle", 0},
    {"at", KEY_AT, "INSTANT", 0, "as of then, from the facts recorded by then", 0},
    {"json", 'j', NULL, 0, "a JSON document instead of text, and complaints as JSON lines", 0},
    {0},
};

static uint32_t read_cycle(const char *text, struct argp_state *state)
{
    char *end;
    const unsigned long long cycle = strtoull(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || cycle < 1 || cycle > UINT32_MAX)
        argp_error(state, "--cycle is a number from 1, not '%s'", text);
    return (uint32_t)cycle;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->given;
        return 0;
    case 'T':
        a->ticket = secret_of(text); /* a ticket may look like anything */
        return 0;
    case KEY_TENANT:
        a->tenant = text;
        return 0;
    case KEY_TARGET:
        a->target = text;
        return 0;
    case KEY_CYCLE:
        a->cycle = read_cycle(text, state);
        return 0;
    case KEY_AT:
        if (!read_instant(text, "--at", &a->given.run.as_of))
            argp_usage(state);
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_END:
        if (a->ticket == NULL)
            argp_error(state, "no ticket: --ticket TICKET");
        if (a->given.run.as_of != SLA_NEVER && a->given.run.until != SLA_NEVER)
            argp_error(state, "--at and --until: time ends once");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&given_argp, 0, NULL, 0}, {0}};
static const struct argp grammar = {
    options,
    parse,
    "[FACTS]",
    "Say why the clocks of a ticket are due when they are.\v"
    "FACTS is a file of JSON lines in the order of recording, or standard input.  Every stretch of "
    "a clock from its start to its due is listed with what it counted; what counted adds up to the "
    "goal and what was granted on top of it.  The exit is 1 when there is no such ticket or clock.",
    children,
    NULL,
    NULL};

/* ------------------------------------------------------------ whose ticket */

/* The tenants that have a ticket of this name, while the facts go by. */
typedef struct search {
    const char *ticket;
    char tenant[SLA_ID_MAX + 1];
    size_t tenants; /* 2 stands for more */
} search;

static void on_fact(void *user, const sla_fact *fact, const sla_answer *answer)
{
    search *s = user;
    const size_t length = strlen(s->ticket);

    (void)answer;
    if (fact->ticket.length != length || memcmp(fact->ticket.data, s->ticket, length) != 0)
        return;
    if (s->tenants > 0 && fact->tenant.length == strlen(s->tenant) &&
        (fact->tenant.length == 0 ||
         memcmp(fact->tenant.data, s->tenant, fact->tenant.length) == 0))
        return;
    s->tenants = s->tenants > 0 ? 2 : 1;
    if (fact->tenant.length > 0)
        memcpy(s->tenant, fact->tenant.data, fact->tenant.length);
    s->tenant[fact->tenant.length] = '\0';
}

/* ------------------------------------------------------------ clocks */

static sla_string string_of(const char *text)
{
    const sla_string string = {text, strlen(text)};

    return string;
}

static bool is_wanted(const arguments *a, const sla_clock_view *clock)
{
    const size_t length = strlen(clock->policy);

    if (a->cycle != 0 && a->cycle != clock->cycle)
        return false;
    if (a->target == NULL || strcmp(a->target, clock->target) == 0)
        return true;
    return strncmp(a->target, clock->policy, length) == 0 && a->target[length] == '.' &&
           strcmp(a->target + length + 1, clock->target) == 0;
}

static const sla_calendar *find_calendar(const world *w, const char *name)
{
    for (size_t i = 0; name != NULL && i < w->calendar_count; i++)
        if (strcmp(sla_calendar_name(w->calendars[i]), name) == 0)
            return w->calendars[i];
    return w->calendar_count > 0 ? w->calendars[0] : NULL;
}

/* Segments with their room, used for one clock after the other. */
typedef struct segment_room {
    sla_explain_segment *segments;
    size_t capacity;
} segment_room;

static void explain_clock(const run *r, const char *tenant, const char *ticket,
                          const sla_clock_view *clock, segment_room *room, explained *e)
{
    int result;

    do {
        room->segments =
            need_room(room->segments, &room->capacity, e->count, sizeof *room->segments);
        result = sla_engine_explain(r->engine, string_of(tenant), string_of(ticket), clock->policy,
                                    clock->target, clock->cycle, r->now, &e->explanation,
                                    room->segments, room->capacity, &e->count);
    } while (result == SLA_OK && e->count > room->capacity);
    e->has_due = result == SLA_OK;
    if (!e->has_due)
        e->explanation.clock = *clock;
    e->segments = room->segments;
}

static void print_head(const arguments *a, const char *tenant, const run *r, FILE *out)
{
    char at[SLA_TIME_TEXT_MAX];

    if (!a->json) {
        sla_time_format(r->now, at, sizeof at);
        tell(out, "%s%s%s, as of %s\n", tenant, tenant[0] != '\0' ? "/" : "", a->ticket, at);
        return;
    }
    fputs("{\"tenant\":", out);
    put_json_text(out, tenant);
    fputs(",\"ticket\":", out);
    put_json_text(out, a->ticket);
    fputs(",\"as_of\":", out);
    put_json_instant(out, r->now);
    fputs(",\"clocks\":[", out);
}

/* The wanted ones alone, in their order. */
static void keep_wanted(const arguments *a, ticket_clocks *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->count; i++)
        if (is_wanted(a, &c->views[i]))
            c->views[kept++] = c->views[i];
    c->count = kept;
}

static void print_clocks(const arguments *a, const world *w, const run *r, const char *tenant,
                         const ticket_clocks *c)
{
    segment_room room = {NULL, 0};

    print_head(a, tenant, r, stdout);
    for (size_t i = 0; i < c->count; i++) {
        explained e = {.count = 64, .place = find_calendar(w, c->views[i].calendar)};

        explain_clock(r, tenant, a->ticket, &c->views[i], &room, &e);
        fputs(a->json && i > 0 ? ",\n" : "\n", stdout);
        if (a->json)
            explain_print_json(&e, stdout);
        else
            explain_print(&e, stdout);
    }
    if (a->json)
        fputs("]}\n", stdout);
    free(room.segments);
}

/* ------------------------------------------------------------ the command */

static int explain_clocks(const arguments *a, const world *w, const run *r, const char *tenant,
                          ticket_clocks *c)
{
    if (!clocks_look(c, r->engine, string_of(tenant), string_of(a->ticket))) {
        say("there is no ticket \"%s\"", a->ticket);
        return EXIT_FINDING;
    }
    if (c->count == 0) {
        say("no policy matched the ticket \"%s\": it has no clocks", a->ticket);
        return EXIT_FINDING;
    }
    keep_wanted(a, c);
    if (c->count == 0) {
        say("the ticket \"%s\" has no such clock", a->ticket);
        return EXIT_FINDING;
    }
    print_clocks(a, w, r, tenant, c);
    return EXIT_FINE;
}

static int explain_ticket(const arguments *a, const world *w, const run *r, const search *s)
{
    ticket_clocks c;
    int status;

    if (a->tenant == NULL && s->tenants > 1) {
        say("several tenants have a ticket \"%s\": say which by --tenant", a->ticket);
        return EXIT_USAGE;
    }
    clocks_init(&c);
    status = explain_clocks(a, w, r, a->tenant != NULL ? a->tenant : s->tenant, &c);
    clocks_fini(&c);
    return status;
}

static int explain(void *given_arguments, world *w)
{
    const arguments *a = given_arguments;
    search s = {a->ticket, "", 0};
    const run_sink sink = {.fact = on_fact, .user = &s};
    run r;
    int status = run_all(&r, w, &a->given.run, &sink);

    if (status == EXIT_FINE || status == EXIT_PARTIAL)
        status = exit_with(status, explain_ticket(a, w, &r, &s));
    run_fini(&r);
    return status;
}

static int run_explain(int count, char **words)
{
    arguments a = {0};

    return given_run(&grammar, count, words, &a.given, &a, explain);
}

const subcommand explain_command = {"explain", "why a clock of a ticket is due when it is",
                                    run_explain};
