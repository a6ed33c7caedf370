/* Goal: out of memory is an ordinary error: the call says so, nothing has changed,
 * asked again it succeeds, and what is told later is what would have been told.
 * Poll, wakeup, explain, clocks, forget and expire do not need memory at all.
 * Method: a busy course of facts and adoptions is played on a fresh engine once
 * for each of its allocations, which fails, alone or with all after it; through
 * the engine's own allocator, and through the malloc of the whole process. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/policy.h>

#include "stage_words.h"

enum { TOLD_BYTES = 1 << 17, SEGMENTS = 64 };

#define BUSY(version, hours)                                                                       \
    "{'policy': 'p', 'version': '" version "', 'calendar': 'office',"                              \
    " 'attributes': {'grade': 'int', 'kind': 'string', 'part': 'bool'},"                           \
    " 'refuse': [{'rule': 'too_late', 'on': 'returned', 'when': {'seen': 'deemed'}}],"             \
    " 'at_once': [{'name': 'note', 'on': 'noted', 'derives': 'echoed'},"                           \
    "  {'name': 'top', 'becomes': {'attr': 'grade', 'eq': 1}, 'level': 3}],"                       \
    " 'pauses': [{'reason': 'held', 'on': 'held', 'cap': 'PT8H',"                                  \
    "   'follow_up': {'after': 'PT10M', 'to': 'agent'}},"                                          \
    "  {'reason': 'part', 'while': {'attr': 'part', 'eq': true}}],"                                \
    " 'resumes': [{'on': 'free'}],"                                                                \
    " 'targets': [{'target': 't', 'stop': 'resolved', 'goals': ["                                  \
    "   {'when': {'attr': 'grade', 'eq': 1}, 'business': 'PT2H'}, {'business': '" hours "'}],"     \
    "  'acknowledge': {'timeout': 'PT30M'}, 'steps': [{'step': 'warn', 'percent': 75},"            \
    "   {'step': 'l1', 'after': 'PT0S', 'level': 1,"                                               \
    "    'repeat': {'every': 'PT20M', 'max': 5, 'until': 'end'}},"                                 \
    "   {'step': 'l2', 'after': 'PT1H', 'level': 2}]},"                                            \
    "  {'target': 'update', 'stop': 'updated', 'cancel': 'resolved',"                              \
    "   'recur': {'limit': 9}, 'goals': [{'elapsed': 'PT3H'}]},"                                   \
    "  {'target': 'desk', 'start': 'echoed', 'stop': 'returned', 'goals': [{'elapsed': 'PT1H'}],"  \
    "   'steps': [{'step': 'breach', 'derives': 'deemed'}]}]}"
/* Of the same name, and most of it is left out. */
#define LEAN                                                                                       \
    "{'policy': 'p', 'version': '3', 'targets': [{'target': 'new', 'stop': 'never',"               \
    "  'goals': [{'elapsed': 'PT1H'}]}, {'target': 't', 'stop': 'resolved',"                       \
    "  'goals': [{'elapsed': 'PT2H'}]}]}"
#define BILLING                                                                                    \
    "\n---\n{'policy': 'q', 'version': '1', 'attributes': {'kind': 'string'},"                     \
    " 'match': {'attr': 'kind', 'eq': 'billing'}, 'targets': [{'target': 't',"                     \
    "  'start_from': 'opened', 'stop': 'resolved', 'goals': [{'elapsed': 'PT6H'}]}]}"
#define OFFICE(version, more)                                                                      \
    "{'kind': 'calendar', 'name': 'office', 'version': '" version "', 'zone': 'UTC',"              \
    " 'week': {'mon-fri': ['09:00-17:00']}" more "}"

/* + records, C another calendar, P other policies, @ polls; see play(). */
static const char *const course[] = {
    "C 01T00:00",
    "P 01T00:00",
    "+ 02T09:00 opened id=o grade=2 kind=fault",
    "+ 02T09:05 opened id=o grade=1 ticket=T-2",
    "+ 02T09:06 opened ticket=T-3",
    "+ 02T09:07 opened ticket=T-4",
    "+ 02T09:08 opened ticket=T-5 tenant=north",
    "+ 02T09:09 opened at=02T09:12 ticket=T-6",
    "+ 02T09:10 held",
    "+ 02T09:50 free",
    "+ 02T10:00 attributes kind=billing",
    "+ 02T10:10 attributes grade=1",
    "+ 02T10:20 acknowledged",
    "+ 02T10:30 extended for=PT1H approver=head",
    "+ 02T10:40 waived for=PT1H approver=head policy=p target=t",
    "+ 02T10:50 noted",
    "+ 02T10:55 unread_fact unread_attribute=red",
    "@ 02T13:00",
    "+ 02T13:10 returned",
    "+ 02T13:20 held at=02T11:00 id=h ticket=T-2",
    "+ 02T13:21 free at=02T12:00 id=f ticket=T-2",
    "+ 02T13:30 free at=02T11:30 corrects=f ticket=T-2",
    "+ 02T13:40 withdrawn withdraws=h ticket=T-2",
    "+ 02T14:00 attributes grade=1 at=02T09:30 ticket=T-3",
    "C 02T14:10",
    "+ 02T14:20 updated",
    "+ 02T15:00 resolved",
    "+ 02T15:30 reopened",
    "+ 02T15:40 attributes kind=fault part=true",
    "P 02T16:00",
    "+ 02T16:10 migrated",
    "+ 02T16:20 attributes part=null",
    "+ 02T16:30 resolved at=02T10:00 ticket=T-4",
    "@ 04T12:00",
    "+ 04T12:10 resolved",
    "@ 06T00:00",
    "P 06T01:00",
    "+ 06T01:10 held",
    "+ 06T01:20 migrated id=m",
    "P 06T02:00",
    "+ 06T02:10 migrated",
    "+ 06T02:20 withdrawn withdraws=m",
    "@ 06T03:00",
};

static const char *const calendar_texts[] = {
    OFFICE("1", ""),
    OFFICE("2", ", 'known_until': '2026-12-31', 'holidays': [{'date': '2026-03-03'}]"),
};

/* One engine on its way through the course. */
typedef struct play {
    fakealloc fake;
    sla_engine *engine;
    sla_calendar *calendars[2];
    sla_policies *policies[4];
    size_t calendars_used, policies_used;
    size_t told_length;
    char told[TOLD_BYTES];
} play;

static void play_open(play *run)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;

    fakealloc_init(&run->fake);
    options.allocator = &run->fake.allocator;
    run->calendars_used = run->policies_used = run->told_length = 0;
    run->told[0] = '\0';
    CHECK_OK(sla_engine_new(&options, &run->engine));
}

static void play_close(play *run)
{
    sla_engine_free(run->engine);
    CHECK_NO_LEAK(&run->fake);
}

/* What all plays share, and is not starved. */
static void props_make(play *run)
{
    for (size_t i = 0; i < COUNT_OF(calendar_texts); i++)
        run->calendars[i] = stage_calendar(calendar_texts[i]);
    run->policies[0] = stage_policies(BUSY("1", "PT4H") BILLING);
    run->policies[1] = stage_policies(BUSY("2", "PT6H") BILLING);
    run->policies[2] = stage_policies(LEAN);
    run->policies[3] = stage_policies(BUSY("4", "PT4H") BILLING);
}

static void props_free(play *run)
{
    for (size_t i = 0; i < COUNT_OF(run->calendars); i++)
        sla_calendar_unref(run->calendars[i]);
    for (size_t i = 0; i < COUNT_OF(run->policies); i++)
        sla_policies_unref(run->policies[i]);
}

/* The call of this line that may fail; what it was asked is not counted as done. */
static int call(play *run, const char *line)
{
    stage_fact given;

    switch (line[0]) {
    case '+':
        stage_read_fact(line + 2, &given);
        return sla_engine_record(run->engine, &given.fact, given.now, NULL, NULL);
    case 'C':
        return sla_engine_adopt(run->engine, NULL, &run->calendars[run->calendars_used], 1,
                                stage_time(line + 2), NULL);
    case 'P':
        return sla_engine_adopt(run->engine, run->policies[run->policies_used], NULL, 0,
                                stage_time(line + 2), NULL);
    default:
        return SLA_OK;
    }
}

/* Two long texts: where they differ, only the line that does. */
static void check_told(const char *why, const char *want, const char *got)
{
    size_t line = 0;

    for (size_t i = 0; want[i] == got[i] && want[i] != '\0'; i++)
        line = want[i] == '\n' ? i + 1 : line;
    if (strcmp(want, got) != 0)
        CHECK_FAIL("%s: told otherwise:\nwanted: %.*s\n   got: %.*s", why,
                   (int)strcspn(want + line, "\n"), want + line, (int)strcspn(got + line, "\n"),
                   got + line);
}

static void poll_into(play *run, sla_time now)
{
    char lines[2][STAGE_LINE];
    sla_event event;

    while (sla_engine_poll(run->engine, now, &event)) {
        stage_print_event(&event, lines);
        run->told_length +=
            (size_t)snprintf(run->told + run->told_length, TOLD_BYTES - run->told_length,
                             "%s |%s\n", lines[0], lines[1]);
        CHECK_TRUE("room for all that is told", run->told_length < TOLD_BYTES);
    }
}

/* The call stands: count it, and let time pass. */
static void stands(play *run, const char *line, bool polls)
{
    char text[256];
    char stamp[32] = "";

    run->calendars_used += line[0] == 'C';
    run->policies_used += line[0] == 'P';
    (void)sscanf(line + 2, "%31s", stamp);
    if (polls || line[0] == '@')
        poll_into(run, stage_time(stamp));
    if (!sla_engine_verify(run->engine, text, sizeof text))
        CHECK_FAIL("after \"%s\": %s", line, text);
}

static void play_on(play *run, size_t from, size_t to, bool polls)
{
    for (size_t i = from; i < to; i++) {
        CHECK_EQ(course[i], SLA_OK, call(run, course[i]));
        stands(run, course[i], polls);
    }
}

static void check_unchanged(const play *run, const char *line, uint64_t hash,
                            const sla_engine_stats *before)
{
    sla_engine_stats after;
    char text[256];

    sla_engine_get_stats(run->engine, &after);
    CHECK_EQ(line, hash, sla_engine_hash(run->engine));
    CHECK_EQ(line, before->tickets, after.tickets);
    CHECK_EQ(line, before->live_clocks, after.live_clocks);
    CHECK_EQ(line, before->facts, after.facts);
    CHECK_EQ(line, before->worlds, after.worlds);
    CHECK_EQ(line, before->late_facts, after.late_facts);
    if (!sla_engine_verify(run->engine, text, sizeof text))
        CHECK_FAIL("\"%s\" failed for memory: %s", line, text);
}

/* Which memory fails. */
typedef struct door {
    bool process;
    bool onwards;
} door;

static void arm(play *run, door which, size_t n)
{
    if (which.process)
        failmalloc_arm(n, which.onwards);
    else
        fakealloc_fail_at(&run->fake, n, which.onwards);
}

static bool disarm(play *run, door which)
{
    return which.process ? failmalloc_disarm(NULL) : fakealloc_disarm(&run->fake);
}

/* Line `at` with its n-th allocation failing.  False: it has not as many. */
static bool fails_at(play *run, size_t at, size_t n, door which, const char *want)
{
    const char *line = course[at];
    sla_engine_stats before;
    uint64_t hash;
    bool failed;
    int result;

    play_open(run);
    play_on(run, 0, at, true);
    sla_engine_get_stats(run->engine, &before);
    hash = sla_engine_hash(run->engine);
    arm(run, which, n);
    result = call(run, line);
    failed = disarm(run, which);
    if (result == SLA_ERR_NOMEM) {
        CHECK_TRUE("nothing failed, and yet it says so", failed);
        check_unchanged(run, line, hash, &before);
        CHECK_EQ(line, SLA_OK, call(run, line));
    } else {
        CHECK_EQ(line, SLA_OK, result);
        CHECK_TRUE("only the name of what nobody reads goes uncounted",
                   !failed || strstr(line, "unread_") != NULL);
    }
    stands(run, line, true);
    play_on(run, at + 1, COUNT_OF(course), true);
    check_told(line, want, run->told);
    play_close(run);
    return failed;
}

static char *told_undisturbed(play *run, bool polls)
{
    char *told;

    play_open(run);
    play_on(run, 0, COUNT_OF(course), polls);
    told = strdup(run->told);
    play_close(run);
    CHECK_TRUE("something was told", told != NULL && strlen(told) > 1000);
    return told;
}

static void starve_every_call(bool process)
{
    play *run = malloc(sizeof *run);
    size_t failures = 0;
    char *want;

    CHECK_TRUE("memory", run != NULL);
    props_make(run);
    want = told_undisturbed(run, true);
    for (size_t at = 0; at < COUNT_OF(course); at++) {
        for (int onwards = 0; onwards < 2; onwards++) {
            const door which = {process, onwards != 0};
            size_t n = 0;

            while (fails_at(run, at, n, which, want))
                n++;
            failures += n;
        }
    }
    CHECK_TRUE("the course is busy enough", failures > 100);
    free(want);
    props_free(run);
    free(run);
}

TEST(every_allocation_of_the_engine_fails_once)
{
    starve_every_call(false);
}

TEST(every_allocation_of_the_process_fails_once)
{
    if (!failmalloc_works())
        CHECK_SKIP("malloc cannot be put in front of under this sanitizer");
    starve_every_call(true);
}

/* ----------------------------------------- what never fails for memory, starved */

static void starve_all(play *run, bool starve)
{
    if (starve) {
        fakealloc_fail_at(&run->fake, 0, true);
        failmalloc_arm(0, true);
    } else {
        (void)failmalloc_disarm(NULL);
        (void)fakealloc_disarm(&run->fake);
    }
}

/* Printing is ours and may want memory: only the engine's calls are starved. */
static void poll_starved(play *run, sla_time now)
{
    char lines[2][STAGE_LINE];
    sla_event event;
    int more = 1;

    while (more) {
        starve_all(run, true);
        more = sla_engine_poll(run->engine, now, &event);
        starve_all(run, false);
        if (!more)
            break;
        stage_print_event(&event, lines);
        run->told_length +=
            (size_t)snprintf(run->told + run->told_length, TOLD_BYTES - run->told_length,
                             "%s |%s\n", lines[0], lines[1]);
    }
}

/* Ask all there is to be asked about every clock of T-1. */
static void ask_starved(play *run, sla_time now)
{
    sla_explain_segment segments[SEGMENTS];
    const sla_string tenant = stage_string(""), ticket = stage_string("T-1");
    sla_explanation explanation;
    sla_clock_view views[32];
    size_t count, pieces;
    sla_engine_stats stats;
    int result;

    starve_all(run, true);
    result = sla_engine_clocks(run->engine, tenant, ticket, views, COUNT_OF(views), &count);
    for (size_t i = 0; result == SLA_OK && i < count; i++) {
        const int explained =
            sla_engine_explain(run->engine, tenant, ticket, views[i].policy, views[i].target,
                               views[i].cycle, now, &explanation, segments, SEGMENTS, &pieces);

        if (explained != SLA_OK && (views[i].state == SLA_RUNNING || views[i].state == SLA_PAUSED))
            result = explained;
    }
    (void)sla_engine_wakeup(run->engine);
    sla_engine_get_stats(run->engine, &stats);
    starve_all(run, false);
    CHECK_TRUE("asked without memory", result == SLA_OK || result == SLA_ERR_NOT_FOUND);
}

static void play_starved(play *run, bool polls)
{
    for (size_t i = 0; i < COUNT_OF(course); i++) {
        char stamp[32] = "";

        CHECK_EQ(course[i], SLA_OK, call(run, course[i]));
        (void)sscanf(course[i] + 2, "%31s", stamp);
        if (polls || course[i][0] == '@') {
            poll_starved(run, stage_time(stamp));
            ask_starved(run, stage_time(stamp));
        }
        run->calendars_used += course[i][0] == 'C';
        run->policies_used += course[i][0] == 'P';
    }
}

static void check_starved(bool polls)
{
    play *run = malloc(sizeof *run);
    char *want;
    size_t gone;
    int result;

    CHECK_TRUE("memory", run != NULL);
    if (!failmalloc_works())
        CHECK_SKIP("malloc cannot be put in front of under this sanitizer");
    props_make(run);
    want = told_undisturbed(run, polls);
    play_open(run);
    play_starved(run, polls);
    check_told("without memory", want, run->told);
    starve_all(run, true);
    result = sla_engine_forget(run->engine, stage_string(""), stage_string("T-1"));
    gone = sla_engine_expire(run->engine, stage_time("30T00:00"));
    starve_all(run, false);
    CHECK_EQ("forgotten without memory", SLA_OK, result);
    CHECK_EQ("nothing expires where nothing is said of it", 0, gone);
    play_close(run);
    free(want);
    props_free(run);
    free(run);
}

TEST(once_recorded_it_is_told_without_memory)
{
    check_starved(true);
}

TEST(after_a_long_sleep_too)
{
    check_starved(false);
}

/* --------------------------------------------------- what no record can reserve */

/* How much is told up to now; `*others_out`: of that not of T-1. */
static size_t count_told(play *run, sla_time now, bool starve, size_t *others_out)
{
    size_t count = 0;
    sla_event event;
    int more = 1;

    for (*others_out = 0; more; count += more != 0) {
        starve_all(run, starve);
        more = sla_engine_poll(run->engine, now, &event);
        starve_all(run, false);
        *others_out += more && memcmp(event.ticket.data, "T-1", event.ticket.length) != 0;
    }
    CHECK_EQ("whole", 1, sla_engine_verify(run->engine, NULL, 0));
    return count;
}

/* A recurrence that begins a cycle at each miss piles them up without a bound:
 * without memory they wait, hold back no other ticket, and come when there is some. */
TEST(cycles_that_pile_up_wait_for_memory)
{
    play *run = malloc(sizeof *run);
    size_t others, early, late;

    CHECK_TRUE("memory", run != NULL);
    if (!failmalloc_works())
        CHECK_SKIP("malloc cannot be put in front of under this sanitizer");
    run->policies[0] = stage_policies(
        "{'policy': 'p', 'version': '1', 'attributes': {'kind': 'string'},"
        " 'match': {'attr': 'kind', 'set': true}, 'targets': [{'target': 't', 'stop': 'updated',"
        " 'recur': {'limit': 8, 'also_after_miss': true}, 'goals': [{'elapsed': 'PT1H'}]}]}"
        "\n---\n"
        "{'policy': 'q', 'version': '1', 'attributes': {'kind': 'string'},"
        " 'match': {'attr': 'kind', 'set': false}, 'targets': [{'target': 't', 'stop': 'done',"
        " 'goals': [{'elapsed': 'PT10H'}]}]}");
    play_open(run);
    CHECK_EQ("adopted", SLA_OK, call(run, "P 01T00:00"));
    CHECK_EQ("piles up", SLA_OK, call(run, "+ 02T09:00 opened kind=pile"));
    CHECK_EQ("does not", SLA_OK, call(run, "+ 02T09:30 opened ticket=T-9"));
    early = count_told(run, stage_time("02T20:00"), true, &others);
    CHECK_EQ("the other one is told", 1, others);
    late = count_told(run, stage_time("02T20:01"), false, &others);
    CHECK_EQ("eight cycles and the other ticket, each once", 9, early + late);
    play_close(run);
    sla_policies_unref(run->policies[0]);
    free(run);
}
