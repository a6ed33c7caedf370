/*
 * bench_calendar.c - add, between, is_open and whole working days of compiled
 * calendars, beside a twin that walks the dates one by one and beside peers.
 *
 * Each is asked the same questions in turn, round by round.  What is checked after
 * the clock stopped: the twin's answers are ours; a peer's are those of a calendar
 * that leaves out what the peer does not know (office_plain), where a need that fills
 * a window ends as the peer has it end.
 */
#include <stdlib.h>

#include "bench_calendar.h"
#include "subjects.h"

enum {
    QUESTIONS_QUICK = 500,
    PEER_QUESTIONS = 300, /* they are that slow */
    PEER_QUESTIONS_QUICK = 40,
    CONTENDERS = 8,
    ROUNDS = 101
};

/* Asks all questions once and returns the sum of the answers. */
typedef uint64_t round_of(const hours_questions *questions);

typedef struct peer_kind {
    const char *name, *interpreter, *script, *contender;
    bool plain; /* it knows no make-up workdays */
    bool days;  /* it is asked for dates and answers dates: all hours_questions at once */
    sla_exact_fit fit;
    bench_aim aim; /* of ours beside it */
} peer_kind;

static const peer_kind peers[] = {
    {"pandas, aware",
     "/usr/bin/python3",
     "hours.py",
     "aware",
     true,
     false,
     SLA_FIT_NEXT_OPEN,
     {BENCH_AT_LEAST, 3000, true}},
    {"pandas, naive",
     "/usr/bin/python3",
     "hours.py",
     "naive",
     true,
     false,
     SLA_FIT_NEXT_OPEN,
     {BENCH_AT_LEAST, 3000, true}},
    {"numpy busday_offset",
     "/usr/bin/python3",
     "hours.py",
     "busday",
     true,
     true,
     SLA_FIT_CLOSE,
     {BENCH_AT_LEAST, 1.3, true}},
    {"working_hours", "ruby", "hours.rb", "working_hours", false, false, SLA_FIT_CLOSE, {0}},
    {"biz", "ruby", "hours.rb", "biz", false, false, SLA_FIT_NEXT_OPEN, {0}},
};
enum { PEERS = sizeof peers / sizeof *peers, PEERS_OF_PYTHON = 3 };

typedef struct contender {
    const char *name;
    round_of *round; /* NULL: a peer's */
    hours_peer *peer;
    size_t n;
    uint64_t wanted;
    bench_aim aim; /* of ours: beside it; of itself where it is ours */
    char skipped[128];
    double seconds[ROUNDS];
    double speed;
} contender;

/* ------------------------------------------------------------- the questions */

static uint64_t walk_adds(const hours_questions *q)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++)
        sum += (uint64_t)walk_add(&q->walk, q->from[i], q->need[i]);
    return sum;
}

static uint64_t adds(const hours_questions *q)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++) {
        sla_time due = 0;

        sla_calendar_add(q->calendar, q->from[i], q->need[i], SLA_FIT_CLOSE, &due);
        sum += (uint64_t)due;
    }
    return sum;
}

static uint64_t walk_betweens(const hours_questions *q)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++)
        sum += (uint64_t)walk_between(&q->walk, q->from[i], q->to[i]);
    return sum;
}

static uint64_t betweens(const hours_questions *q)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++) {
        sla_duration open = 0;

        sla_calendar_between(q->calendar, q->from[i], q->to[i], &open);
        sum += (uint64_t)open;
    }
    return sum;
}

static uint64_t walk_is_opens(const hours_questions *q)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++)
        sum += walk_between(&q->walk, q->from[i], q->from[i] + 1) > 0;
    return sum;
}

static uint64_t is_opens(const hours_questions *q)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++)
        sum += sla_calendar_is_open(q->calendar, q->from[i]);
    return sum;
}

static uint64_t workdays(const hours_questions *q)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++) {
        const sla_workdays days = {q->days[i], SLA_ROLL_FORWARD_DAY, SLA_END_CLOSE, SLA_FIT_CLOSE};
        sla_time due = 0;

        sla_calendar_add_workdays(q->calendar, q->from[i], &days, &due);
        sum += (uint64_t)due;
    }
    return sum;
}

/* ----------------------------------------------------------------- the peers */

/* What the peer must answer, by a calendar that knows what it knows. */
static uint64_t wanted_of(const hours_questions *q, const peer_kind *kind,
                          const sla_calendar *calendar)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < q->count; i++) {
        const sla_workdays days = {q->days[i], SLA_ROLL_FORWARD_DAY, SLA_END_CLOSE, SLA_FIT_CLOSE};
        sla_time due = 0;

        if (kind->days)
            sla_calendar_add_workdays(calendar, q->from[i], &days, &due);
        else
            sla_calendar_add(calendar, q->from[i], q->need[i], kind->fit, &due);
        sum += (uint64_t)(kind->days ? walk_date(&q->walk, due) : due / SLA_SECOND);
    }
    return sum;
}

static bool start_peer(contender *made, const peer_kind *kind, const hours_questions *given,
                       size_t few)
{
    const hours_office asked = kind->plain ? office_plain(&given->walk.office) : given->walk.office;
    sla_calendar *calendar = office_calendar(&asked);
    hours_questions *q = malloc(sizeof *q);
    const bool good = calendar != NULL && q != NULL;

    *made = (contender){.name = kind->name, .aim = kind->aim};
    if (good) {
        *q = *given;
        q->count = made->n = kind->days || few > given->count ? given->count : few;
        made->wanted = wanted_of(q, kind, calendar);
        made->peer = hours_peer_new(kind->interpreter, kind->script, kind->contender, &asked, q,
                                    made->n, made->skipped);
    }
    free(q);
    sla_calendar_unref(calendar);
    return good;
}

/* ------------------------------------------------------------------ the race */

static bool take_turn(contender *who, const hours_questions *q, size_t round)
{
    uint64_t sum = 0;
    bool good = true;

    if (who->round != NULL) {
        double start;

        who->round(q); /* those before may have left nothing of ours in the caches */
        start = bench_seconds();
        sum = who->round(q);
        who->seconds[round] = bench_seconds() - start;
    } else
        good = hours_peer_round(who->peer, &who->seconds[round], &sum);
    if (good && sum != who->wanted) {
        fprintf(stderr, "sla-bench: %s answers %llu, not %llu\n", who->name,
                (unsigned long long)sum, (unsigned long long)who->wanted);
        return false;
    }
    return good;
}

static bool run_rounds(const bench_run *run, contender *all, size_t count, const hours_questions *q)
{
    for (size_t round = 0; round < run->rounds; round++)
        for (size_t i = 0; i < count; i++)
            if (all[i].skipped[0] == '\0' && !take_turn(&all[i], q, round))
                return false;
    return true;
}

/* Ours beside each of the others: as many rows, and one of its own. */
static void report_race(bench_run *run, const char *name, contender *all, size_t count, size_t ours)
{
    bench_figure figure = {.case_name = name, .figure = "speed", .unit = "calls/s"};

    for (size_t i = 0; i < count; i++) {
        figure.n = all[i].n;
        figure.contender = all[i].name;
        figure.skipped = all[i].skipped[0] != '\0' ? all[i].skipped : NULL;
        if (figure.skipped == NULL)
            all[i].speed = (double)all[i].n / bench_median(all[i].seconds, run->rounds);
        figure.value = all[i].speed;
        figure.aim = i == ours ? all[i].aim : (bench_aim){.kind = BENCH_NO_AIM};
        bench_report(run, &figure);
    }
    figure.n = all[ours].n;
    figure.contender = all[ours].name;
    for (size_t i = 0; i < count; i++) {
        if (i == ours)
            continue;
        figure.skipped = all[i].skipped[0] != '\0' ? all[i].skipped : NULL;
        figure.value = all[ours].speed;
        figure.baseline = all[i].name;
        figure.baseline_value = all[i].speed;
        figure.aim = all[i].aim;
        bench_report(run, &figure);
    }
}

/* The first `own` of them are ours and the twin, ours the last of them. */
static int race(bench_run *run, const char *what, contender *all, size_t own, size_t count,
                const hours_questions *q)
{
    char name[64];
    bool good;

    snprintf(name, sizeof name, "%s, %s", what, q->walk.office.name);
    for (size_t i = 0; i < own; i++) {
        all[i].n = q->count;
        all[i].wanted = all[0].round(q);
    }
    good = run_rounds(run, all, count, q);
    if (good)
        report_race(run, name, all, count, own - 1);
    return good ? 0 : 1;
}

/* ----------------------------------------------------------------- the cases */

static const bench_aim hoped = {BENCH_AT_LEAST, 25e6, false};

static int race_adds(bench_run *run, const hours_questions *q, size_t peer_count)
{
    const size_t few = run->quick ? PEER_QUESTIONS_QUICK : PEER_QUESTIONS;
    contender *all = calloc(CONTENDERS, sizeof *all);
    size_t count = 2;
    int result = 1;
    bool good = all != NULL;

    if (good) {
        all[0] = (contender){.name = "date walk", .round = walk_adds};
        all[1] = (contender){.name = "libsla", .round = adds, .aim = hoped};
    }
    for (size_t i = 0; i < peer_count && good; i++)
        good = start_peer(&all[count++], &peers[i], q, few);
    if (good)
        result = race(run, "add", all, 2, count, q);
    for (size_t i = 2; i < count; i++)
        hours_peer_free(all[i].peer);
    free(all);
    return result;
}

static int race_plain(bench_run *run, const hours_questions *q)
{
    contender between[] = {{.name = "date walk", .round = walk_betweens},
                           {.name = "libsla", .round = betweens, .aim = hoped}};
    contender is_open[] = {{.name = "date walk", .round = walk_is_opens},
                           {.name = "libsla", .round = is_opens}};

    return race(run, "between", between, 2, 2, q) | race(run, "is_open", is_open, 2, 2, q);
}

/* numpy once more, now asked the very question that we are. */
static int race_workdays(bench_run *run, const hours_questions *q)
{
    contender *all = calloc(2, sizeof *all);
    int result = 1;

    if (all != NULL && start_peer(&all[1], &peers[PEERS_OF_PYTHON - 1], q, q->count)) {
        all[0] = (contender){.name = "libsla", .round = workdays};
        all[1].aim = (bench_aim){.kind = BENCH_NO_AIM};
        result = race(run, "workdays", all, 1, 2, q);
    }
    if (all != NULL)
        hours_peer_free(all[1].peer);
    free(all);
    return result;
}

static int with_questions(bench_run *run, const hours_office *office, size_t peer_count)
{
    hours_questions *q = malloc(sizeof *q);
    sla_calendar *calendar = office_calendar(office);
    int result = 1;

    if (q != NULL && calendar != NULL) {
        questions_draw(q, office, calendar, run->seed, run->quick ? QUESTIONS_QUICK : QUESTIONS);
        result = peer_count > 0 ? race_adds(run, q, peer_count) | race_plain(run, q)
                                : race_workdays(run, q);
    }
    sla_calendar_unref(calendar);
    free(q);
    return result;
}

static int run_office(bench_run *run, const hours_office *office, size_t peer_count)
{
    const hours_office plain = office_plain(office);

    return with_questions(run, office, peer_count) | with_questions(run, &plain, 0);
}

static int run_calendar(bench_run *run)
{
    return run_office(run, &office_shanghai, PEERS) |
           run_office(run, &office_berlin, PEERS_OF_PYTHON) | bench_calendar_plan(run) |
           bench_calendar_engine(run);
}

const bench_subject bench_calendar = {"calendar",
                                      "open time of two offices, one of which changes its clocks",
                                      run_calendar, 25, NULL};
