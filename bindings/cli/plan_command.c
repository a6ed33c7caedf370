/*
 * plan_command.c - sla plan: the tickets that a profile describes go through the policies,
 * weeks in seconds, and the answer is what they need: memory, events, and people.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sla/time.h>

#include "cli.h"
#include "documents.h"
#include "output.h"
#include "plan_learn.h"
#include "plan_page.h"
#include "plan_result.h"
#include "plan_roster.h"
#include "plan_size.h"
#include "plan_stop.h"
#include "signals.h"
#include "usage.h"

typedef struct arguments {
    documents documents;
    taken files;
    const char *path; /* of the profile, or of the facts to learn one from */
    const char *by, *zone;
    const char *desk, *report;
    const char *date; /* the first day of the figures; NULL: the Monday of this week */
    int32_t first_day;
    int64_t weeks, warm_up, seed;
    int64_t least, most; /* handlers; 0: the usual ones */
    double share;
    progress_when progress;
    bool json, learn;
    bool given; /* weeks, a seed, a share */
    store_uri store;
} arguments;

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
enum { WEEKS_MAX = 520, SWEEP_MAX = 500, USUAL_ROWS = 8, DECIMALS_MAX = 8 };
#define USUAL_SHARE 0.98

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

static void read_handlers(arguments *a, char *text, struct argp_state *state)
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
static void read_share(arguments *a, const char *text, struct argp_state *state)
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
    arguments *a = state->input;

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
static const struct argp grammar = {
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

/* ------------------------------------------------------------ when */

/* Midnight of that day on the wall clock of the zone. */
static sla_time midnight(const plan_profile *profile, int64_t day)
{
    const sla_time utc = day * SLA_DAY;
    const sla_time near = utc - sla_calendar_offset(profile->zone, utc) * SLA_SECOND;

    return utc - sla_calendar_offset(profile->zone, near) * SLA_SECOND;
}

static int64_t this_monday(void)
{
    const int64_t today = (int64_t)time(NULL) / 86400;

    return today - (today + 3) % 7; /* 1970-01-01 was a Thursday */
}

static plan_horizon horizon_of(const arguments *a, const plan_profile *profile, const world *w)
{
    const int64_t first = a->date != NULL ? a->first_day : this_monday();

    return (plan_horizon){.profile = profile,
                          .world = w,
                          .seed = (uint64_t)a->seed,
                          .from = midnight(profile, first - 7 * a->warm_up),
                          .figures_from = midnight(profile, first),
                          .until = midnight(profile, first + 7 * a->weeks)};
}

/* ------------------------------------------------------------ the work */

/* The numbers of handlers that are tried at a desk whatever comes of it. */
static void usual_rows(const arguments *a, int32_t own, int32_t *first, int32_t *last)
{
    *first = a->least > 0 ? (int32_t)a->least : (own + 1) / 2;
    *last = a->least > 0 ? (int32_t)a->most : own <= PLAN_HANDLERS_MAX / 2 ? 2 * own : own;
}

/* The usual numbers of handlers, or those that were asked for; and the fewest that will do. */
static int sweep(const arguments *a, plan_sweep *s)
{
    int32_t first, last;
    int status;

    usual_rows(a, s->horizon->profile->desks[s->desk].most, &first, &last);
    status = plan_sweep_range(s, first, last, a->least > 0 ? 1 : (last - first) / USUAL_ROWS + 1);
    return status == EXIT_FINE ? plan_sweep_search(s, a->share) : status;
}

/* Courses that the search at a desk takes, about; none where nobody works. */
static size_t sweep_about(const arguments *a, const plan_profile *profile, int desk)
{
    const size_t rows = a->least > 0 ? (size_t)(a->most - a->least) + 1 : USUAL_ROWS;

    return plan_profile_load(profile, desk) > 0
               ? rows + plan_pace_halvings(profile->desks[desk].most)
               : 0;
}

/* The same for all desks and for all at once. */
static size_t courses_about(const arguments *a, const plan_result *result)
{
    const plan_profile *profile = result->horizon->profile;
    size_t courses = 0;

    for (size_t i = 0; i < result->sweep_count; i++)
        courses += sweep_about(a, profile, result->sweeps[i].desk);
    if (result->together.handlers != NULL)
        courses += plan_together_about(profile);
    return courses;
}

static int say_result(const arguments *a, const plan_result *result)
{
    int status = EXIT_FINE;

    if (a->json)
        plan_print_json(result, stdout);
    else
        plan_print(result, stdout);
    output_flush(stdout); /* they are there, whatever becomes of the page */
    if (a->report != NULL)
        status = plan_page_write(a->report, result);
    if (result->figures->refused == 0)
        return status;
    say("%llu facts were refused, the first one so: %s: %s",
        (unsigned long long)result->figures->refused,
        sla_result_name(result->figures->refusal.code), result->figures->refusal.text);
    return exit_with(status, EXIT_PARTIAL);
}

/* Everything but the course of the profile itself, which `result` has. */
static int run_others(const arguments *a, plan_result *result, plan_pace *pace)
{
    const plan_horizon *horizon = result->horizon;
    const plan_figures *f = result->figures;
    const bool any = f->met + f->breached + f->open > 0; /* promises to be kept */
    int status = EXIT_FINE;

    for (size_t i = 0; i < result->sweep_count && status == EXIT_FINE; i++) {
        plan_sweep *s = &result->sweeps[i];

        plan_sweep_add(s, horizon->profile->desks[s->desk].most, result->figures);
        pace->later -= sweep_about(a, horizon->profile, s->desk);
        if (any && plan_profile_load(horizon->profile, s->desk) > 0)
            status = sweep(a, s);
        s->searched = status == EXIT_FINE;
    }
    pace->later = 0;
    if (status == EXIT_FINE && any && result->together.handlers != NULL)
        status = plan_together_search(horizon, pace, a->share, &result->together);
    result->together.searched = status == EXIT_FINE;
    progress_count_end(&pace->progress, pace->done, "courses");
    return status;
}

/* What was found without it is an answer all the same. */
static void go_without_store(plan_result *result)
{
    say("the store was not measured; the other figures follow");
    result->store = NULL;
    result->without_store = true;
}

/* The real path. */
static int run_store(const arguments *a, plan_result *result, const plan_tape *tape,
                     plan_pace *pace)
{
    int status;

    if (result->store == NULL)
        return EXIT_FINE;
    progress_begin(&pace->progress, a->progress);
    status = plan_store_run(result->horizon, result->figures, tape, &a->store, pace, result->store);
    if (status != EXIT_FINE)
        go_without_store(result);
    return status;
}

/* `desk`: the one that was asked for, or PLAN_NOBODY for all. */
static void result_init(plan_result *result, const plan_profile *profile, int desk, plan_pace *pace)
{
    result->sweep_count = desk == PLAN_NOBODY ? profile->desk_count : 1;
    result->sweeps = need_memory(result->sweep_count, sizeof *result->sweeps);
    for (size_t i = 0; i < result->sweep_count; i++)
        result->sweeps[i] = (plan_sweep){
            .horizon = result->horizon, .pace = pace, .desk = desk == PLAN_NOBODY ? (int)i : desk};
    if (result->sweep_count > 1)
        result->together.handlers =
            need_memory(profile->desk_count, sizeof *result->together.handlers);
}

static void result_fini(plan_result *result)
{
    for (size_t i = 0; i < result->sweep_count; i++)
        plan_sweep_fini(&result->sweeps[i]);
    free(result->sweeps);
    free(result->together.handlers);
}

/* Searches and the store, after the course of the profile, and what came of it all. */
static int finish_plan(const arguments *a, plan_result *result, const plan_tape *tape,
                       plan_pace *pace)
{
    int status = run_others(a, result, pace);

    if (status == EXIT_FINE)
        status = run_store(a, result, tape, pace);
    else if (status == PLAN_STOPPED && result->store != NULL)
        go_without_store(result);
    result->stopped = status == PLAN_STOPPED;
    if (result->stopped)
        say("stopped by a signal: what was not found by then is not in the figures");
    return status == EXIT_FINE || result->stopped || result->without_store
               ? exit_with(status, say_result(a, result))
               : status;
}

static int run_plan_of(const arguments *a, const plan_horizon *horizon, int desk)
{
    const plan_profile *profile = horizon->profile;
    plan_pace pace = {0};
    plan_figures figures;
    plan_store_figures stored;
    plan_tape tape = {0};
    plan_watch watch;
    plan_result result = {.horizon = horizon,
                          .figures = &figures,
                          .watch = &watch,
                          .share = a->share,
                          .store = a->store.given ? &stored : NULL};
    int32_t *most = need_memory(profile->desk_count, sizeof *most);
    int status;

    for (size_t i = 0; i < profile->desk_count; i++)
        most[i] = profile->desks[i].most;
    result_init(&result, profile, desk, &pace);
    pace.here = 1;
    pace.later = courses_about(a, &result);
    plan_figures_init(&figures, profile->desk_count);
    plan_watch_init(&watch, a->store.given ? &tape : NULL);
    progress_begin(&pace.progress, a->progress);
    status = plan_replay(horizon, most, &pace, &figures, &watch);
    if (status == EXIT_FINE)
        status = finish_plan(a, &result, &tape, &pace);
    else if (status == PLAN_STOPPED)
        say("stopped by a signal before the course of the profile was over: there are no figures");
    result_fini(&result);
    plan_figures_fini(&figures);
    plan_watch_fini(&watch);
    plan_tape_fini(&tape);
    free(most);
    return status;
}

/* Whether the course that takes most fits this machine.  An exit code, and a complaint. */
static int look_at_size(const arguments *a, const plan_horizon *horizon, int desk)
{
    const plan_profile *profile = horizon->profile;
    progress shown;
    double part = 1;
    plan_size size;
    int status;

    for (size_t i = 0; i < profile->desk_count; i++) {
        int32_t first, last;

        usual_rows(a, profile->desks[i].most, &first, &last);
        if ((desk == PLAN_NOBODY || desk == (int)i) && first < part * profile->desks[i].most)
            part = (double)first / profile->desks[i].most;
    }
    status = plan_size_of(horizon, desk, part, a->store.given, &size);
    if (status != EXIT_FINE)
        return status;
    progress_begin(&shown, a->progress);
    if (shown.shown)
        plan_size_say(&size);
    return plan_size_fits(&size) ? EXIT_FINE : EXIT_MACHINE;
}

static int plan_for(void *given, world *w)
{
    arguments *a = given;
    plan_profile profile;
    plan_horizon horizon;
    int desk = PLAN_NOBODY, status = plan_profile_read(&profile, w, a->path);

    if (status != EXIT_FINE)
        return status;
    if (a->desk != NULL && (desk = plan_profile_desk(&profile, a->desk)) == PLAN_NOBODY) {
        say("--desk: the profile has no desk \"%s\"", a->desk);
        status = EXIT_USAGE;
    }
    horizon = horizon_of(a, &profile, w);
    if (status == EXIT_FINE)
        status = plan_roster_fill(&profile, horizon.from, horizon.until);
    if (status == EXIT_FINE)
        status = look_at_size(a, &horizon, desk);
    if (status == EXIT_FINE && a->report != NULL)
        status = plan_page_look(a->report, &a->files);
    if (status == EXIT_FINE && a->store.given)
        status = plan_store_look(&a->store);
    if (status == EXIT_FINE) {
        plan_roster_repeat(&profile, horizon.figures_from, horizon.until,
                           horizon.until + PLAN_AFTER);
        plan_stop_take();
        status = run_plan_of(a, &horizon, desk);
    }
    plan_profile_fini(&profile);
    return status;
}

static int learn(const arguments *a)
{
    plan_log log;
    int status = plan_log_read(&log, a->path, a->by != NULL ? a->by : "kind,grade");

    if ((status == EXIT_FINE || status == EXIT_PARTIAL) && a->by != NULL &&
        !plan_log_has(&log, a->by))
        status = EXIT_USAGE;
    if (status == EXIT_FINE || status == EXIT_PARTIAL)
        status = exit_with(status, plan_learn(&log, a->zone != NULL ? a->zone : "UTC", stdout));
    plan_log_fini(&log);
    return status;
}

static int run_plan(int count, char **words)
{
    arguments a = {.weeks = 4, .warm_up = 1, .seed = 1, .share = USUAL_SHARE};
    int status;

    taken_init(&a.files);
    store_uri_init(&a.store);
    usage_parse(&grammar, count, words, 0, &a);
    if (!documents_take_files(&a.documents, a.path, &a.store, &a.files))
        status = EXIT_USAGE;
    else
        status = a.learn ? learn(&a) : documents_load(&a.documents, plan_for, &a);
    documents_fini(&a.documents);
    store_uri_fini(&a.store);
    taken_fini(&a.files);
    if (plan_stop_asked() != 0)
        signals_die(plan_stop_asked());
    return status;
}

const subcommand plan_command = {"plan", "what the tickets of a profile need, and whom", run_plan};
