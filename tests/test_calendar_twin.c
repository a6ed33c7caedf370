/* Goal: no calendar, no instant and no need is special.  Method: random calendars
 * in zones with gaps and folds, asked at random and compared with the dumb twin
 * that counts cells; one cell a minute over a whole year, then one cell a second
 * around the days on which the offset changes.  More than a million questions. */
#include "calendar_model.h"

#include <stdlib.h>

#include "time/civil.h"

static const struct {
    const char *zone;
    int year;
} places[] = {
    {"Asia/Shanghai", 2026},     {"America/New_York", 2026},
    {"Europe/Berlin", 2025},     {"Australia/Lord_Howe", 2025},
    {"America/Sao_Paulo", 2018}, {"Pacific/Apia", 2011},
    {"Africa/Casablanca", 2025}, {"UTC", 2024},
    {"Asia/Shanghai", 1988},
};

/* What was asked, for the message; the JSON goes with it. */
typedef struct question {
    const model *m;
    const char *what;
    sla_time from;
    int64_t amount;
    int option;
} question;

static void check_answer(const question *q, sla_time want, int result, sla_time got)
{
    char from[40], wanted[40] = "beyond the horizon", came[40] = "an error";
    char *json;

    if (want == SLA_NEVER ? result == SLA_ERR_HORIZON : result == SLA_OK && want == got)
        return;
    sla_time_format(q->from, from, sizeof from);
    if (want != SLA_NEVER)
        sla_time_format(want, wanted, sizeof wanted);
    if (result == SLA_OK)
        sla_time_format(got, came, sizeof came);
    json = model_json(q->m);
    fprintf(stderr, "%s\n", json);
    free(json);
    CHECK_FAIL("%s from %s, amount %lld, option %x: want %s, got %s (%s), seed %llu", q->what, from,
               (long long)q->amount, (unsigned)q->option, wanted, came, sla_result_name(result),
               (unsigned long long)check_seed());
}

/* A random calendar that the reader takes; hours that overlap by chance are not. */
static sla_calendar *make(model *m, prng *random, size_t number, int step_s)
{
    for (;;) {
        sla_calendar *calendar = NULL;
        sla_error error;
        char *json;
        int result;

        model_make(m, random, places[number % COUNT_OF(places)].zone,
                   places[number % COUNT_OF(places)].year, step_s);
        json = model_json(m);
        result = sla_calendar_parse(json, strlen(json), "model", NULL, &calendar, &error);
        free(json);
        if (result == SLA_OK)
            return calendar;
        if (strstr(error.text, "overlap") == NULL && strstr(error.text, "no open time") == NULL &&
            strstr(error.text, "could be cut") == NULL)
            CHECK_FAIL("%s: %s", error.pointer, error.text);
        free(m->zone.shifts);
    }
}

static sla_time random_instant(const model *m, prng *random, int64_t margin_cells)
{
    return m->from + prng_between(random, margin_cells, m->cell_count - 1 - margin_cells) * m->unit;
}

/* Mostly a working day, sometimes weeks; counting takes as long as what is counted. */
static sla_duration random_need(const model *m, prng *random)
{
    return prng_between(random, 0, prng_percent(random, 5) ? 4000 : 500) * m->unit;
}

static void ask_add(const sla_calendar *calendar, const model *m, prng *random, int64_t margin)
{
    const sla_exact_fit fit = prng_percent(random, 50) ? SLA_FIT_CLOSE : SLA_FIT_NEXT_OPEN;
    const sla_duration need = random_need(m, random);
    question q = {m, "add", random_instant(m, random, margin), need / SLA_SECOND, (int)fit};
    sla_time got = SLA_NEVER;
    sla_time want = model_add(m, q.from, need, fit);
    const int result = sla_calendar_add(calendar, q.from, need, fit, &got);

    if (margin == 0 || want != SLA_NEVER)
        check_answer(&q, want, result, got);
}

static void ask_sub(const sla_calendar *calendar, const model *m, prng *random, int64_t margin)
{
    const sla_duration need = random_need(m, random);
    question q = {m, "sub", random_instant(m, random, margin), need / SLA_SECOND, 0};
    const sla_time want = model_sub(m, q.from, need);
    sla_time got = SLA_NEVER;
    const int result = sla_calendar_sub(calendar, q.from, need, &got);

    if (margin == 0 || want != SLA_NEVER)
        check_answer(&q, want, result, got);
}

static void ask_between(const sla_calendar *calendar, const model *m, prng *random, int64_t margin)
{
    const sla_time from = random_instant(m, random, margin);
    sla_time to = from + random_need(m, random) * 2 - 20 * m->unit;
    sla_duration got = -1;

    if (to > m->from + m->cell_count * m->unit)
        to = m->from + m->cell_count * m->unit;
    CHECK_OK(sla_calendar_between(calendar, from, to, &got));
    if (model_between(m, from, to) != got) {
        const question q = {m, "between", from, (to - from) / SLA_SECOND, 0};

        check_answer(&q, model_between(m, from, to), SLA_OK, got);
    }
}

static void ask_next(const sla_calendar *calendar, const model *m, prng *random, int64_t margin)
{
    question q = {m, "is_open", random_instant(m, random, margin), 0, 0};
    sla_time got = SLA_NEVER, want;
    int result;

    check_answer(&q, model_is_open(m, q.from), SLA_OK, sla_calendar_is_open(calendar, q.from));
    q.what = "next_open";
    want = model_next_open(m, q.from);
    result = sla_calendar_next_open(calendar, q.from, &got);
    if (margin == 0 || want != SLA_NEVER)
        check_answer(&q, want, result, got);
    q.what = "next_close";
    want = model_next_close(m, q.from);
    result = sla_calendar_next_close(calendar, q.from, &got);
    if (margin == 0 || want != SLA_NEVER)
        check_answer(&q, want, result, got);
}

static void ask_segment(const sla_calendar *calendar, const model *m, prng *random, int64_t margin)
{
    const sla_time from = random_instant(m, random, margin);
    sla_time to = from + random_need(m, random) * 2 + m->unit;
    sla_segment segment = {from, from, SLA_SEGMENT_OPEN, ""};
    question q = {m, "segment", from, 0, 0};

    if (to > m->from + m->cell_count * m->unit)
        to = m->from + m->cell_count * m->unit;
    CHECK_OK(sla_calendar_segment(calendar, from, to, &segment));
    check_answer(&q, from, SLA_OK, segment.start);
    for (sla_time at = segment.start; at < segment.end; at += m->unit) {
        q.from = at;
        check_answer(&q, (sla_time)model_kind(m, at), SLA_OK, (sla_time)segment.kind);
    }
}

static const sla_workdays *random_workdays(prng *random)
{
    static sla_workdays workdays;

    workdays.days = (int)prng_between(random, -6, 12);
    workdays.roll = (sla_roll)prng_below(random, 4);
    workdays.end = (sla_day_end)prng_below(random, 5);
    workdays.fit = (sla_exact_fit)prng_below(random, 2);
    return &workdays;
}

/* Beyond the year the library may know a civil time that the cells do not reach. */
static bool is_at_edge(const model *m, sla_time want, int result, sla_time got)
{
    return want == SLA_NEVER && result == SLA_OK && got >= m->from + m->cell_count * m->unit;
}

static void ask_dates(const sla_calendar *calendar, const model *m, prng *random)
{
    const sla_workdays *workdays = random_workdays(random);
    const int32_t before_h = (int32_t)prng_below(random, 25);
    const sla_cutoff cutoff = {before_h * 3600,
                               (int32_t)prng_between(random, before_h, 24) * 3600,
                               (int)prng_between(random, 1, 3),
                               (int32_t)prng_below(random, 25) * 3600,
                               prng_percent(random, 50),
                               false};
    const sla_day_end end = prng_percent(random, 50) ? SLA_END_SAME_TIME : SLA_END_DAY;
    question q = {m, "add_workdays", random_instant(m, random, 0), workdays->days,
                  (int)(workdays->roll << 8 | workdays->end << 4 | workdays->fit)};
    sla_time got = SLA_NEVER, want;
    int result, days = (int)prng_between(random, -30, 30);

    want = model_add_workdays(m, q.from, workdays);
    result = sla_calendar_add_workdays(calendar, q.from, workdays, &got);
    if (!is_at_edge(m, want, result, got))
        check_answer(&q, want, result, got);
    q = (question){m, "add_days", q.from, days, (int)end};
    want = model_add_days(m, q.from, days, end);
    result = sla_calendar_add_days(calendar, q.from, days, end, &got);
    if (!is_at_edge(m, want, result, got))
        check_answer(&q, want, result, got);
    q = (question){m, "cutoff", q.from, cutoff.before_s, cutoff.workdays};
    want = model_cutoff(m, q.from, &cutoff);
    result = sla_calendar_cutoff(calendar, q.from, &cutoff, &got);
    if (!is_at_edge(m, want, result, got))
        check_answer(&q, want, result, got);
}

TEST(calendars_agree_with_counting_minutes)
{
    prng random = check_prng();
    const size_t calendars = check_count(36, 3600), rounds = 3000;
    size_t asked = 0;

    for (size_t number = 0; number < calendars; number++) {
        model m;
        sla_calendar *calendar = make(&m, &random, number, 300);
        sla_time from, to;

        sla_calendar_horizon(calendar, &from, &to);
        model_fill(&m, from, to, SLA_MINUTE);
        for (size_t i = 0; i < rounds; i++) {
            ask_add(calendar, &m, &random, 0);
            ask_sub(calendar, &m, &random, 0);
            ask_between(calendar, &m, &random, 0);
            ask_next(calendar, &m, &random, 0);
            asked += 6;
            if (i % 10 == 0) {
                ask_dates(calendar, &m, &random);
                ask_segment(calendar, &m, &random, 0);
                asked += 4;
            }
        }
        model_free(&m);
        sla_calendar_unref(calendar);
    }
    printf("%zu questions, %zu calendars\n", asked, calendars);
}

/* An instant of the year at which the offset changes, or its middle. */
static sla_time year_start(int year)
{
    return sla__date_to_days((sla__date){year, 1, 1}) * SLA_DAY;
}

static sla_time changing_instant(const model *m, prng *random)
{
    const sla_time start = year_start(m->year) + 10 * SLA_DAY;
    const sla_time end = year_start(m->year + 1) - 10 * SLA_DAY;
    sla_time found = start + (end - start) / 2;

    for (size_t i = 0; i < m->zone.count; i++)
        if (m->zone.shifts[i].at > start && m->zone.shifts[i].at < end && prng_percent(random, 60))
            found = m->zone.shifts[i].at;
    return found;
}

TEST(calendars_agree_with_counting_seconds)
{
    prng random = check_prng();
    const size_t calendars = check_count(45, 4500), rounds = 4000;
    size_t asked = 0;

    for (size_t number = 0; number < calendars; number++) {
        model m;
        sla_calendar *calendar = make(&m, &random, number, 7);
        const sla_time middle = changing_instant(&m, &random);

        model_fill(&m, middle - SLA_DAY, middle + SLA_DAY, SLA_SECOND);
        for (size_t i = 0; i < rounds; i++) {
            /* Half of the questions close to the change. */
            const int64_t margin = i % 2 == 0 ? 3600 : m.cell_count / 2 - 7200;

            ask_add(calendar, &m, &random, margin);
            ask_sub(calendar, &m, &random, margin);
            ask_between(calendar, &m, &random, margin);
            asked += 3;
            if (i % 20 == 0) {
                ask_next(calendar, &m, &random, margin);
                asked += 3;
            }
        }
        model_free(&m);
        sla_calendar_unref(calendar);
    }
    printf("%zu questions, %zu calendars\n", asked, calendars);
}

/* What add spends, between must find; to the microsecond, where no twin counts. */
TEST(add_sub_and_between_undo_one_another)
{
    prng random = check_prng();

    for (size_t number = 0; number < COUNT_OF(places); number++) {
        model m;
        sla_calendar *calendar = make(&m, &random, number, 1);
        sla_time from, to;

        sla_calendar_horizon(calendar, &from, &to);
        for (size_t i = 0; i < check_count(20000, 1000000); i++) {
            const sla_time start = prng_between(&random, from, to - 1);
            const sla_duration need = prng_between(&random, 1, 40 * SLA_HOUR);
            sla_duration spent = -1;
            sla_time due = SLA_NEVER, later = SLA_NEVER, back = SLA_NEVER;

            if (sla_calendar_add(calendar, start, need, SLA_FIT_CLOSE, &due) != SLA_OK)
                continue;
            CHECK_OK(sla_calendar_between(calendar, start, due, &spent));
            CHECK_EQ("spent", need, spent);
            CHECK_OK(sla_calendar_between(calendar, start, due - 1, &spent));
            CHECK_EQ("the first instant", need - 1, spent);
            if (sla_calendar_add(calendar, start, need, SLA_FIT_NEXT_OPEN, &later) == SLA_OK) {
                CHECK_OK(sla_calendar_between(calendar, due, later, &spent));
                CHECK_EQ("nothing between closing and opening", 0, spent);
                CHECK_TRUE("an opening, or in hours", sla_calendar_is_open(calendar, later));
            }
            if (due >= to || sla_calendar_sub(calendar, due, need, &back) != SLA_OK)
                continue;
            CHECK_TRUE("the latest instant", back >= start);
            CHECK_OK(sla_calendar_between(calendar, back, due, &spent));
            CHECK_EQ("with the same open time", need, spent);
            CHECK_OK(sla_calendar_between(calendar, back + 1, due, &spent));
            CHECK_EQ("and no later one", need - 1, spent);
        }
        free(m.zone.shifts);
        sla_calendar_unref(calendar);
    }
}
