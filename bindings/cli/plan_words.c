/* plan_words.c - see plan_words.h. */
#include "plan_words.h"

#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "cli.h"
#include "plan_log.h"
#include "plan_profile.h"

enum {
    KEY_BY = 256,
    KEY_DESK,
    KEY_HANDLERS,
    KEY_LEARN,
    KEY_ON_TIME,
    KEY_REPORT,
    KEY_SEED,
    KEY_WARM_UP,
    KEY_ZONE
};
enum { WEEKS_MAX = 520, SWEEP_MAX = 500, DECIMALS_MAX = 8 };

static const struct argp_option options[] = {
    {"from", 'f', "DATE", 0, "the first day of the figures (the Monday of this week)", 0},
    {"weeks", 'w', "N", 0, "how many weeks (4)", 0},
    {"warm-up", KEY_WARM_UP, "N", 0, "weeks before these that only fill the desks (1)", 0},
    {"seed", KEY_SEED, "N", 0, "other tickets of the same profile (1)", 0},
    {"desk", KEY_DESK, "NAME", 0, "only this desk's handlers change (each desk's in turn)", 0},
    {"handlers", KEY_HANDLERS, "FROM-TO", 0,
     "numbers of handlers to try at a desk (from half to twice those of the profile)", 0},
    {"on-time", KEY_ON_TIME, "PERCENT", 0, "how many promises are to be kept (98)", 0},
    {"report", KEY_REPORT, "FILE", 0, "also a page of HTML with curves and all figures", 0},
    {"learn", KEY_LEARN, NULL, 0, "print a profile out of a log: PROFILE is a file of facts", 0},
    {"by", KEY_BY, "LIST", 0, "learn: the attributes that make a kind (kind,grade)", 0},
    {"zone", KEY_ZONE, "NAME", 0, "learn: on whose wall clock (UTC)", 0},
    {"json", 'j', NULL, 0, "a JSON document instead of tables, and complaints as JSON lines", 0},
    {"progress", 'P', "WHEN", 0, "how far it is, on standard error: auto, always or never", 0},
    {0}};

static int64_t number(struct argp_state *state, const char *text, const char *option, int64_t least,
                      int64_t most)
{
    char *end;
    long long value;

    errno = 0; /* what is too large is cut to the largest there is */
    value = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno == ERANGE || value < least ||
        value > most)
        argp_error(state, "%s is a number from %lld to %lld, not '%s'", option, (long long)least,
                   (long long)most, text);
    return value;
}

static void read_handlers(plan_words *a, char *text, struct argp_state *state)
{
    char *dash = strchr(text, '-');

    if (dash != NULL) {
        *dash = '\0';
        a->least = number(state, text, "--handlers", 1, PLAN_HANDLERS_MAX);
        a->most = number(state, dash + 1, "--handlers", a->least, PLAN_HANDLERS_MAX);
    } else {
        a->least = a->most = number(state, text, "--handlers", 1, PLAN_HANDLERS_MAX);
    }
    if (a->most - a->least >= SWEEP_MAX)
        argp_error(state, "--handlers: at most %d numbers", SWEEP_MAX);
}

/* So many decimals as are printed again. */
static void read_share(plan_words *a, const char *text, struct argp_state *state)
{
    static const char digits[] = "0123456789";
    const size_t whole = strspn(text, digits), point = text[whole] == '.';
    const size_t decimals = point ? strspn(text + whole + 1, digits) : 0;

    a->given = true;
    a->share = strtod(text, NULL) / 100;
    if (whole == 0 || text[whole + point + decimals] != '\0' || decimals > DECIMALS_MAX ||
        !(a->share > 0) || a->share > 1)
        argp_error(state,
                   "--on-time is a percentage above 0, up to 100, with at most %d decimals, not "
                   "'%s'",
                   DECIMALS_MAX, text);
}

static size_t commas(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == ',';
    return count;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    plan_words *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->documents;
        state->child_inputs[1] = &a->store;
        return 0;
    case 'f':
        if (sla_date_parse(text, strlen(text), &a->first_day) != SLA_OK)
            argp_error(state, "--from is a date such as 2026-03-02, not '%s'", text);
        a->date = text;
        return 0;
    case 'w':
        a->given = true;
        a->weeks = number(state, text, "--weeks", 1, WEEKS_MAX);
        return 0;
    case KEY_WARM_UP:
        a->given = true;
        a->warm_up = number(state, text, "--warm-up", 0, WEEKS_MAX);
        return 0;
    case KEY_SEED:
        a->given = true;
        a->seed = number(state, text, "--seed", 0, INT64_MAX);
        return 0;
    case KEY_LEARN:
        a->learn = a->documents.unneeded = true;
        return 0;
    case KEY_BY:
        if (commas(text) >= PLAN_BY_MAX)
            argp_error(state, "--by: at most %d attributes", PLAN_BY_MAX);
        a->by = text;
        return 0;
    case KEY_ZONE:
        a->zone = text;
        return 0;
    case KEY_DESK:
        a->desk = text;
        return 0;
    case KEY_HANDLERS:
        read_handlers(a, text, state);
        return 0;
    case KEY_ON_TIME:
        read_share(a, text, state);
        return 0;
    case KEY_REPORT:
        if (strcmp(text, "-") == 0 || text[0] == '\0')
            argp_error(state, "--report: the figures go to standard output; name a file");
        a->report = text;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case 'P':
        if (!progress_parse(text, &a->progress))
            argp_error(state, "--progress is auto, always or never, not '%s'", text);
        return 0;
    case ARGP_KEY_ARG:
        if (a->path != NULL)
            argp_error(state, "one profile");
        a->path = text;
        return 0;
    case ARGP_KEY_END:
        if (a->path == NULL)
            argp_error(state, "no profile");
        if (!a->learn && (a->by != NULL || a->zone != NULL))
            argp_error(state, "--by and --zone are for --learn");
        if (a->learn && (a->date != NULL || a->desk != NULL || a->report != NULL || a->least > 0 ||
                         a->store.given || a->documents.count > 0 || a->given))
            argp_error(state, "--learn: no option of a plan goes with it");
        store_uri_check(&a->store, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&documents_argp, 0, NULL, 0}, {&store_argp, 0, NULL, 0}, {0}};
const struct argp plan_words_argp = {
    options,
    parse,
    "PROFILE",
    "Plan for the tickets that a profile describes (docs/plan.md): they come, wait at desks and "
    "are "
    "handled on a virtual clock, and the policies decide what that means.\v"
    "Says how many handlers keep the promises, how many facts and events there are, how many "
    "tickets live, what memory they need, and what other numbers of handlers would change.\n"
    "With --store, a new one, the facts also go through a service on it: the busiest hour at its "
    "own "
    "pace, the rest as fast as it takes them; what that costs and how late it tells is measured.",
    children,
    NULL,
    NULL};
