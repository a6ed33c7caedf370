/*
 * plan_command.c - sla plan: the tickets that a profile describes go through the policies,
 * weeks in seconds, and the answer is what they need: memory, events, and people.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sla/time.h>

#include "cli.h"
#include "output.h"
#include "plan_learn.h"
#include "plan_page.h"
#include "plan_result.h"
#include "plan_roster.h"
#include "plan_size.h"
#include "plan_stop.h"
#include "plan_words.h"
#include "signals.h"
#include "usage.h"

enum { USUAL_ROWS = 8 };

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

static plan_horizon horizon_of(const plan_words *a, const plan_profile *profile, const world *w)
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
static void usual_rows(const plan_words *a, int32_t own, int32_t *first, int32_t *last)
{
    *first = a->least > 0 ? (int32_t)a->least : (own + 1) / 2;
    *last = a->least > 0 ? (int32_t)a->most : own <= PLAN_HANDLERS_MAX / 2 ? 2 * own : own;
}

/* The usual numbers of handlers, or those that were asked for; and the fewest that will do. */
static int sweep(const plan_words *a, plan_sweep *s)
{
    int32_t first, last;
    int status;

    usual_rows(a, s->horizon->profile->desks[s->desk].most, &first, &last);
    status = plan_sweep_range(s, first, last, a->least > 0 ? 1 : (last - first) / USUAL_ROWS + 1);
    return status == EXIT_FINE ? plan_sweep_search(s, a->share) : status;
}

/* Courses that the search at a desk takes, about; none where nobody works. */
static size_t sweep_about(const plan_words *a, const plan_profile *profile, int desk)
{
    const size_t rows = a->least > 0 ? (size_t)(a->most - a->least) + 1 : USUAL_ROWS;

    return plan_profile_load(profile, desk) > 0
               ? rows + plan_pace_halvings(profile->desks[desk].most)
               : 0;
}

/* The same for all desks and for all at once. */
static size_t courses_about(const plan_words *a, const plan_result *result)
{
    const plan_profile *profile = result->horizon->profile;
    size_t courses = 0;

    for (size_t i = 0; i < result->sweep_count; i++)
        courses += sweep_about(a, profile, result->sweeps[i].desk);
    if (result->together.handlers != NULL)
        courses += plan_together_about(profile);
    return courses;
}

static int say_result(const plan_words *a, const plan_result *result)
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
static int run_others(const plan_words *a, plan_result *result, plan_pace *pace)
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
static int run_store(const plan_words *a, plan_result *result, const plan_tape *tape,
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
static int finish_plan(const plan_words *a, plan_result *result, const plan_tape *tape,
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

static int run_plan_of(const plan_words *a, const plan_horizon *horizon, int desk)
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
static int look_at_size(const plan_words *a, const plan_horizon *horizon, int desk)
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
    plan_words *a = given;
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

static int learn(const plan_words *a)
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
    plan_words a = PLAN_WORDS_INIT;
    int status;

    taken_init(&a.files);
    store_uri_init(&a.store);
    usage_parse(&plan_words_argp, count, words, 0, &a);
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
