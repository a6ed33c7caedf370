/* crash.c - see crash.h. */
#include "crash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_drive.h"
#include "support/check.h"

/* Instants of a life, and how often a point is passed: 1 to 2, 4, or 8 times. */
enum { LIFE_MIN = 4, LIFE_MORE = 8, DOUBLINGS = 4 };

/* ------------------------------------------------------------------- judgement */

static void check_facts(store_drive *drive, unsigned series)
{
    size_t count = 0;

    for (size_t i = 0; i < CRASH_FACTS; i++) {
        crash_fact fact;
        char wanted[32];

        crash_plan_fact(series, i, &fact);
        CHECK_OK(store_drive_history(drive, fact.fact.tenant, fact.fact.ticket));
        snprintf(wanted, sizeof wanted, " id=%s ", fact.id);
        CHECK_TRUE("this fact is on the record", strstr(drive->told.text, wanted) != NULL);
        if (i % 2 == 0) /* each ticket once */
            count += drive->items;
    }
    CHECK_EQ("every fact is on the record, once", CRASH_FACTS, count);
}

/* "number identity" and the identity alone of every event of the series on the record. */
static void read_record(store_drive *drive, unsigned series, store_text *events,
                        store_text *identities)
{
    char tenant[32];

    snprintf(tenant, sizeof tenant, " tenant=s%u ", series);
    CHECK_OK(store_drive_outbox(drive, 0, SIZE_MAX));
    for (const char *line = drive->told.text; *line != '\0'; line = strchr(line, '\n') + 1) {
        uint64_t number;
        const char *const begins = strstr(line, " tenant="), *ends = strstr(line, " kind=");

        if (strncmp(begins, tenant, strlen(tenant)) != 0)
            continue;
        CHECK_EQ("a number", 1, sscanf(line, "event number=%" SCNu64, &number));
        store_text_add(events, "%" PRIu64 "%.*s\n", number, (int)(ends - begins), begins);
        store_text_add(identities, "%.*s\n", (int)(ends - begins), begins);
    }
    store_text_sort(events);
    store_text_sort(identities);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* The record and the journal against the oracle, at the end of a series. */
static void judge(crash_trial *trial)
{
    const crash_place *const place = trial->place;
    store_text wanted, events, identities;
    store_drive drive;

    store_text_init(&wanted);
    store_text_init(&events);
    store_text_init(&identities);
    crash_work_oracle(trial->journal.series, &wanted);
    store_drive_init(&drive, place->open(place->context));
    CHECK_OK(store_drive_open(&drive));
    check_facts(&drive, trial->journal.series);
    read_record(&drive, trial->journal.series, &events, &identities);
    CHECK_OK(store_drive_release(&drive));
    store_drive_fini(&drive);
    CHECK_STR("told is what is told when nobody kills it: nothing lost, nothing twice", wanted.text,
              identities.text);
    crash_journal_check(&trial->journal, &events);
    trial->events += count_lines(wanted.text);
    trial->deliveries += trial->journal.deliveries;
    store_text_fini(&wanted);
    store_text_fini(&events);
    store_text_fini(&identities);
}

/* ----------------------------------------------------------------------- trials */

void crash_trial_init(crash_trial *trial, const crash_place *place)
{
    memset(trial, 0, sizeof *trial);
    trial->place = place;
    trial->random = check_prng();
    crash_journal_init(&trial->journal, 0);
    place->fresh(place->context);
}

void crash_trial_start(crash_trial *trial, crash_run *run)
{
    const crash_life whole = {.incarnation = prng_next(&trial->random)};

    trial->lives++;
    crash_run_start(run, trial->place, &whole, &trial->journal);
}

bool crash_trial_end(crash_trial *trial, crash_run *run)
{
    const unsigned next = trial->journal.series + 1;
    const crash_end end = crash_run_end(run);

    if (end == CRASH_COMPLETE) {
        judge(trial);
        trial->series++;
        crash_journal_fini(&trial->journal);
        crash_journal_init(&trial->journal, next);
    }
    return end == CRASH_KILLED;
}

void crash_trial_fini(crash_trial *trial, const char *what, size_t times)
{
    crash_run run;

    crash_trial_start(trial, &run);
    CHECK_TRUE("nobody killed it", !crash_trial_end(trial, &run));
    printf("%s: %zu times in %zu lives, %u series, %zu events, %zu deliveries; lost 0, twice 0\n",
           what, times, trial->lives, trial->series, trial->events, trial->deliveries);
    crash_journal_fini(&trial->journal);
    trial->place->forget(trial->place->context);
}

/* ------------------------------------------------------------------------ kills */

size_t crash_kills(void)
{
    const char *const wanted = getenv("SLA_KILLS");

    return wanted != NULL ? strtoul(wanted, NULL, 10) : check_count(20, 200);
}

static crash_life draw_life(prng *random, const char *point, bool at_birth)
{
    crash_life life = {.point = point};

    life.count = (unsigned)prng_between(random, 1, 1 << prng_below(random, DOUBLINGS));
    life.instants = LIFE_MIN + prng_below(random, LIFE_MORE);
    life.armed = at_birth ? 0 : prng_below(random, life.instants);
    life.incarnation = prng_next(random);
    return life;
}

void crash_again_and_again(const crash_place *place, const char *point, bool at_birth, size_t kills)
{
    size_t killed = 0;
    crash_trial trial;

    crash_trial_init(&trial, place);
    while (killed < kills) {
        const crash_life life = draw_life(&trial.random, point, at_birth);
        crash_run run;

        CHECK_TRUE("the point is reached now and then", ++trial.lives < 20 * kills + 20);
        crash_run_start(&run, place, &life, &trial.journal);
        killed += crash_trial_end(&trial, &run);
    }
    crash_trial_fini(&trial, point, killed);
}
