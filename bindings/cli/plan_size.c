/* plan_size.c - see plan_size.h. */
#include "plan_size.h"

#include <stdio.h>
#include <string.h>

#include <sys/resource.h>

#include "cli.h"
#include "plan_arrivals.h"

/* Tickets that are opened to see what the engine takes for one: few weigh more each. */
enum { TRIED_LEAST = 500, TRIED_MOST = 20000 };

/* A ticket that waits at a desk: itself, its place in line and in the heap of ends. */
enum { QUEUED_BYTES = 128 };

/* ------------------------------------------------------------ what comes */

static double weights_of(const plan_profile *profile)
{
    double weights = 0;

    for (size_t i = 0; i < profile->kind_count; i++)
        weights += (double)profile->kinds[i].weight;
    return weights;
}

/* How long a ticket's stages take without any waiting, in microseconds. */
static double mean_life(const plan_profile *profile)
{
    double sum = 0;

    for (size_t i = 0; i < profile->kind_count; i++)
        for (size_t k = 0; k < profile->kinds[i].stage_count; k++)
            sum += (double)profile->kinds[i].weight *
                   plan_spread_mean(&profile->kinds[i].stages[k].takes);
    return sum / weights_of(profile);
}

static double mean_facts(const plan_profile *profile)
{
    double sum = 0;

    for (size_t i = 0; i < profile->kind_count; i++) {
        const plan_kind *kind = &profile->kinds[i];
        double facts = 1;

        for (size_t k = 0; k < kind->stage_count; k++)
            facts += (kind->stages[k].begins != NULL) + (kind->stages[k].ends != NULL);
        sum += (double)kind->weight * facts;
    }
    return sum / weights_of(profile);
}

/* How many are at a desk, on average over all the weeks. */
static double mean_handlers(const plan_horizon *horizon, const plan_desk *desk)
{
    double sum = 0;

    for (size_t i = 0; i < desk->roster_count; i++) {
        const sla_time end = i + 1 < desk->roster_count ? desk->roster[i + 1].at : horizon->until;

        sum += (double)(end - desk->roster[i].at) * desk->roster[i].handlers;
    }
    return sum / (double)(horizon->until - horizon->from);
}

/* The share of tickets that nobody comes to in all these weeks. */
static double left_over(const plan_horizon *horizon, int desk, double part)
{
    double most = 0;

    for (size_t i = 0; i < horizon->profile->desk_count; i++) {
        const double load = plan_profile_load(horizon->profile, (int)i);
        const double own = mean_handlers(horizon, &horizon->profile->desks[i]);
        const double there = desk == PLAN_NOBODY || desk == (int)i ? part * own : own;

        if (load > there && 1 - there / load > most)
            most = 1 - there / load;
    }
    return most;
}

/* ------------------------------------------------------------ what it takes */

/* Tickets of the profile in an engine by themselves; bytes of one. */
static int try_engine(const plan_horizon *horizon, sla_engine *engine, size_t tried,
                      double *bytes_out)
{
    const world *w = horizon->world;
    sla_engine_stats before, after;
    sla_error error = {0};
    plan_arrivals arrivals;
    int result = sla_engine_adopt(engine, w->policies, w->calendars, w->calendar_count,
                                  horizon->from, &error);

    if (result == SLA_OK)
        sla_engine_get_stats(engine, &before);
    plan_arrivals_init(&arrivals, horizon->profile, horizon->from, horizon->seed);
    for (uint64_t i = 0; i < tried && result == SLA_OK; i++) {
        plan_taken taken = {horizon->from, i, NULL, "opened"};
        char ticket[PLAN_TICKET_TEXT];
        sla_fact fact;
        size_t kind;

        plan_arrivals_next(&arrivals, &kind);
        taken.kind = &horizon->profile->kinds[kind];
        fact = plan_fact_of(&taken, ticket);
        if (sla_engine_record(engine, &fact, horizon->from, NULL, &error) == SLA_ERR_NOMEM)
            result = SLA_ERR_NOMEM; /* what it refuses takes nothing, and is said later */
    }
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (result != SLA_OK) {
        say_error(&error);
        return EXIT_INVALID;
    }
    sla_engine_get_stats(engine, &after);
    *bytes_out = (double)(after.bytes - before.bytes) / (double)tried;
    return EXIT_FINE;
}

int plan_size_of(const plan_horizon *horizon, int desk, double part, bool recorded, plan_size *size)
{
    const plan_profile *profile = horizon->profile;
    const double weeks = (double)(horizon->until - horizon->from) / (double)(7 * SLA_DAY);
    const double kept = (mean_life(profile) + (double)PLAN_KEEP) / (double)(7 * SLA_DAY);
    /* Of each fact and about as many events the watched course keeps when they were. */
    const double watched = sizeof(uint32_t) + sizeof(bool) +
                           mean_facts(profile) * (2.0 * sizeof(plan_burst) + sizeof(double) +
                                                  (recorded ? (double)sizeof(plan_taken) : 0));
    sla_engine *engine;
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    double each = 0;
    int status;

    if (sla_engine_new(&options, &engine) != SLA_OK)
        give_up("out of memory");
    size->tickets = profile->per_week * weeks;
    size->held = profile->per_week * (kept < weeks ? kept : weeks) +
                 left_over(horizon, desk, part) * size->tickets;
    if (size->held > size->tickets)
        size->held = size->tickets;
    status = try_engine(horizon, engine,
                        size->held < TRIED_LEAST  ? TRIED_LEAST
                        : size->held < TRIED_MOST ? (size_t)size->held
                                                  : TRIED_MOST,
                        &each);
    sla_engine_free(engine);
    size->bytes = size->held * (each + QUEUED_BYTES) + size->tickets * watched;
    return status;
}

/* ------------------------------------------------------------ what there is */

/* A number at the beginning of a file, or behind `name` in it; -1 where there is none. */
static double number_in(const char *path, const char *name)
{
    FILE *in = fopen(path, "r");
    char row[128];
    double number = -1;

    if (in == NULL)
        return -1;
    while (number < 0 && fgets(row, sizeof row, in) != NULL)
        if (strncmp(row, name, strlen(name)) == 0 &&
            sscanf(row + strlen(name), "%lf", &number) != 1)
            number = -1;
    fclose(in);
    return number;
}

static double least(double one, double other)
{
    return other >= 0 && (one < 0 || other < one) ? other : one;
}

/* Bytes that this process may still take; negative where nobody knows. */
static double free_memory(void)
{
    const double kilobytes = number_in("/proc/meminfo", "MemAvailable:");
    const double most = number_in("/sys/fs/cgroup/memory.max", "");
    const double taken = number_in("/sys/fs/cgroup/memory.current", "");
    double left = kilobytes >= 0 ? kilobytes * 1024 : -1;
    struct rlimit limit;

    if (most >= 0 && taken >= 0)
        left = least(left, most > taken ? most - taken : 0);
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        left = least(left, (double)limit.rlim_cur);
    return left;
}

/* "3.4 GB". */
static const char *bytes_text(double bytes, char *text, size_t size)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;

    for (bytes /= 1000; bytes >= 1000 && unit < 4; bytes /= 1000)
        unit++;
    snprintf(text, size, "%.3g %s", bytes, units[unit]);
    return text;
}

bool plan_size_fits(const plan_size *size)
{
    const double left = free_memory();
    char wanted[32], there[32];

    if (left < 0 || size->bytes <= left)
        return true;
    say("this plan takes about %s of memory (%.3g tickets, %.3g of them at once), and %s are free "
        "here: fewer tickets in \"arrivals\", fewer weeks (--weeks, --warm-up), or more handlers "
        "where they pile up",
        bytes_text(size->bytes, wanted, sizeof wanted), size->tickets, size->held,
        bytes_text(left, there, sizeof there));
    return false;
}

void plan_size_say(const plan_size *size)
{
    char wanted[32];

    fprintf(stderr, "%.3g tickets a course, up to %.3g of them at once: about %s of memory\n",
            size->tickets, size->held, bytes_text(size->bytes, wanted, sizeof wanted));
}
