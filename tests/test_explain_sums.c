/* Goal: what explains a due adds up exactly, whatever happened.
 * Method: random courses under a seed, around the changes of clocks of several
 * zones, with pauses over them, extensions, reopenings and changes of goal; every
 * sum and the order are looked at anew, and changes of clocks are found by asking
 * the calendar for its offset. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/time.h>

enum { SEGMENTS_MAX = 400, CHUNK = 1024 };

typedef struct told_why {
    sla_explanation explanation;
    sla_explain_segment segments[SEGMENTS_MAX];
    size_t count;
} told_why;

static void explain(const stage *scene, sla_time now, size_t capacity, told_why *out)
{
    CHECK_OK(sla_engine_explain(scene->engine, stage_string(""), stage_string("T-1"), "p", "t", 0,
                                now, &out->explanation, out->segments, capacity, &out->count));
}

/* A ticket at random, and what is known of it. */
typedef struct course {
    stage scene;
    const sla_calendar *calendar;
    char row[4 * CHUNK]; /* how it came about */
    size_t shifts;       /* changes of clocks that were told */
} course;

/* Within the year's changes of clocks in all the zones, or shortly before. */
static sla_time random_start(prng *random)
{
    static const char *const starts[] = {"2026-03-02T00:00:00Z", "2026-03-25T00:00:00Z",
                                         "2026-04-01T00:00:00Z", "2026-09-02T00:00:00Z",
                                         "2026-10-01T00:00:00Z", "2026-10-22T00:00:00Z",
                                         "2026-10-28T00:00:00Z"};

    return stage_time(starts[prng_below(random, COUNT_OF(starts))]) +
           prng_between(random, 0, 3 * 24 * 60) * SLA_MINUTE;
}

static const char *const zones[] = {
    "UTC",          "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
    "Asia/Shanghai"};

/* Hours that differ by the day, some over midnight, a holiday and a make-up day. */
static void random_calendar(prng *random, char *text, size_t size)
{
    const unsigned opens = (unsigned)prng_between(random, 0, 11);

    snprintf(text, size,
             "{'kind': 'calendar', 'name': 'office', 'version': '2', 'zone': '%s',"
             " 'known_until': '2026-12-31', 'week': {'mon-thu': ['%02u:00-%02u:30',"
             " '%02u:00-%02u:15'], 'fri': ['%02u:00-%02u:00'], 'sat': ['%02u:30-05:00']},"
             " 'holidays': [{'date': '2026-03-%02u', 'name': 'Holiday'}],"
             " 'makeup': [{'date': '2026-03-28', 'as': 'fri', 'name': 'Make-up'}]}",
             zones[prng_below(random, COUNT_OF(zones))], opens, opens + 2, opens + 4, opens + 8,
             opens, opens + 6, opens + 10, (unsigned)prng_between(random, 2, 27));
}

static void random_fact(prng *random, size_t k, sla_time *at, char *line, size_t size)
{
    static const char *const names[] = {
        "held",       "held",     "ordered",  "free",   "free",     "free",     "attributes",
        "attributes", "extended", "extended", "waived", "resolved", "reopened", "noise"};
    const char *name = k == 0 ? "opened" : names[prng_below(random, COUNT_OF(names))];
    char stamp[SLA_TIME_TEXT_MAX], until[SLA_TIME_TEXT_MAX], more[96] = "";

    *at += prng_between(random, 1, 20 * 60) * SLA_MINUTE;
    (void)sla_time_format(*at, stamp, sizeof stamp);
    if (strcmp(name, "opened") == 0 || strcmp(name, "attributes") == 0)
        snprintf(more, sizeof more, " grade=%d", (int)prng_between(random, 1, 4));
    if (strcmp(name, "extended") == 0 && prng_below(random, 6) == 0) {
        (void)sla_time_format(*at + prng_between(random, 1, 3000) * SLA_MINUTE, until,
                              sizeof until);
        snprintf(more, sizeof more, " until=%s approver=head", until);
    } else if (strcmp(name, "extended") == 0) {
        snprintf(more, sizeof more, " for=PT%dM approver=head", (int)prng_between(random, 1, 900));
    }
    if (strcmp(name, "waived") == 0)
        snprintf(more, sizeof more, " for=PT%dM approver=head", (int)prng_between(random, 1, 900));
    snprintf(line, size, "%s %s%s", stamp, name, more);
}

/* In the time of the goal. */
static sla_duration between(const course *c, const told_why *why, sla_time from, sla_time to)
{
    sla_duration open = 0;

    if (!why->explanation.business)
        return to - from;
    CHECK_OK(sla_calendar_between(c->calendar, from, to, &open));
    return open;
}

/* All lies in order; the stretches from start to due without a gap. */
static void check_order(const course *c, const told_why *why, sla_time now)
{
    const sla_clock_view *clock = &why->explanation.clock;
    sla_time at = clock->started_at, last = INT64_MIN;

    for (size_t i = 0; i < why->count; i++) {
        const sla_explain_segment *segment = &why->segments[i];
        const bool instant = segment->kind >= SLA_EXPLAIN_DST;

        CHECK_TRUE(c->row, segment->start >= last);
        CHECK_EQ(c->row, instant, segment->start == segment->end);
        CHECK_EQ(c->row, instant ? segment->start > now : segment->start >= now, segment->ahead);
        CHECK_TRUE(c->row, segment->ahead || segment->end <= now);
        last = segment->start;
        if (instant)
            continue;
        CHECK_EQ(c->row, at, segment->start);
        CHECK_TRUE(c->row, segment->end > segment->start);
        at = segment->end;
    }
    CHECK_EQ(c->row, clock->due_at > clock->started_at ? clock->due_at : clock->started_at, at);
}

/* No stretch lies across a change of clocks; where one ends at a change the next
 * row is that change. */
static void check_shifts(course *c, const told_why *why)
{
    sla_time at = why->explanation.clock.started_at;
    int32_t offset = sla_calendar_offset(c->calendar, at);

    for (size_t i = 0; i < why->count; i++) {
        const sla_explain_segment *segment = &why->segments[i];

        if (segment->kind == SLA_EXPLAIN_DST) {
            CHECK_EQ(c->row, at, segment->start);
            CHECK_TRUE(c->row, segment->shift != 0);
            offset += (int32_t)(segment->shift / SLA_SECOND);
            c->shifts++;
        }
        CHECK_EQ(c->row, segment->kind == SLA_EXPLAIN_DST, segment->shift != 0);
        if (segment->kind >= SLA_EXPLAIN_DST)
            continue;
        for (at = segment->start; at < segment->end; at += SLA_HOUR / 2)
            CHECK_EQ(c->row, offset, sla_calendar_offset(c->calendar, at));
        at = segment->end;
        CHECK_EQ(c->row, offset, sla_calendar_offset(c->calendar, at - 1));
    }
    CHECK_EQ(c->row, sla_calendar_offset(c->calendar, at), offset);
}

/* What counted is what the goal asks for and what was granted on top. */
static void check_counted(const course *c, const told_why *why)
{
    const sla_explanation *x = &why->explanation;
    sla_duration counted = 0;

    for (size_t i = 0; i < why->count; i++) {
        const sla_explain_segment *segment = &why->segments[i];

        CHECK_EQ(c->row, segment->kind <= SLA_EXPLAIN_SPECIAL ? segment->end - segment->start : 0,
                 segment->counted);
        counted += segment->counted;
    }
    CHECK_EQ(c->row, counted, x->counted);
    CHECK_TRUE(c->row, x->held == 0 || x->clock.state == SLA_PAUSED);
    if (x->extended_to == SLA_NEVER)
        CHECK_EQ(c->row, x->need + x->extended, counted + x->held);
}

/* From what the goal alone asks, each credit moves the due, up to the due. */
static void check_credits(const course *c, const told_why *why)
{
    const sla_explanation *x = &why->explanation;
    sla_duration credited = 0, extended = 0, waived = 0;
    sla_time due = x->first_due_at;

    for (size_t i = 0; i < why->count; i++) {
        const sla_explain_segment *segment = &why->segments[i];

        if (segment->due_at == SLA_NEVER) {
            CHECK_TRUE(c->row, segment->kind == SLA_EXPLAIN_WAIVER ||
                                   (segment->kind < SLA_EXPLAIN_CREDIT && segment->credit == 0));
            waived += segment->credit;
            continue;
        }
        CHECK_TRUE(c->row,
                   segment->kind == SLA_EXPLAIN_CREDIT || segment->kind == SLA_EXPLAIN_EXTENSION);
        if (segment->credit != 0)
            CHECK_EQ(c->row, segment->credit, between(c, why, due, segment->due_at));
        *(segment->kind == SLA_EXPLAIN_CREDIT ? &credited : &extended) += segment->credit;
        due = segment->due_at;
    }
    CHECK_EQ(c->row, x->clock.due_at, due);
    CHECK_EQ(c->row, x->credited, credited);
    CHECK_EQ(c->row, x->extended, extended);
    CHECK_EQ(c->row, x->waived, waived);
}

static void check_clock(course *c, sla_time now)
{
    static told_why why;

    explain(&c->scene, now, SEGMENTS_MAX, &why);
    CHECK_TRUE(c->row, why.count <= SEGMENTS_MAX);
    check_order(c, &why, now);
    check_shifts(c, &why);
    check_counted(c, &why);
    check_credits(c, &why);
}

static void random_course(prng *random, const char *policy, course *c)
{
    char calendar[CHUNK], line[160];
    sla_time at = random_start(random);
    stage_fact given;
    sla_event event;

    stage_open(&c->scene, "random", policy, NULL);
    random_calendar(random, calendar, sizeof calendar);
    stage_adopt(&c->scene, NULL, calendar, stage_time("01T00:00"));
    c->calendar = c->scene.calendars[c->scene.calendar_count - 1];
    snprintf(c->row, sizeof c->row, "%s\n", calendar);
    for (size_t k = 0; k < 14; k++) {
        const size_t used = strlen(c->row);

        random_fact(random, k, &at, line, sizeof line);
        snprintf(c->row + used, sizeof c->row - used, "%s\n", line);
        stage_read_fact(line, &given);
        (void)sla_engine_record(c->scene.engine, &given.fact, given.now, NULL, NULL);
        while (sla_engine_poll(c->scene.engine, at, &event))
            continue;
        check_clock(c, at);
        check_clock(c, at + prng_between(random, 0, 3000) * SLA_MINUTE);
    }
    stage_close(&c->scene);
}

TEST(segments_sum_to_the_goal_and_what_was_granted)
{
    static const char policy[] =
        "{'policy': 'p', 'version': '1', 'attributes': {'grade': 'int'}, 'reopen': 'reopened',"
        " 'targets': [{'target': 't', 'stop': 'resolved', 'resumes': [{'on': 'free'}],"
        " 'pauses': [{'reason': 'held', 'on': 'held'}, {'reason': 'parts', 'on': 'ordered'}],"
        " 'calendar': 'office', 'on_reopen': 'continue', 'goals': ["
        " {'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT36H'},"
        " {'when': {'attr': 'grade', 'eq': 2}, 'business': 'PT6H'},"
        " {'when': {'attr': 'grade', 'eq': 3}, 'business': 'PT31H30M', 'exact_fit': 'next_open'},"
        " {'elapsed': 'PT400H'}]}]}";
    static course c;
    const size_t rounds = check_count(400, 4000);
    prng random = check_prng();

    for (size_t i = 0; i < rounds; i++)
        random_course(&random, policy, &c);
    CHECK_TRUE("changes of clocks were met", c.shifts > rounds);
}

TEST(less_room_than_segments)
{
    static const char policy[] =
        "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'resolved',"
        " 'calendar': 'office', 'goals': [{'business': 'PT80H'}]}]}";
    static stage scene;
    static told_why all, some;

    stage_open(&scene, "room", policy, NULL);
    stage_play(&scene, "+ 02T09:00 opened\n+ 02T10:00 extended for=PT1H approver=head\n"
                       "= 02T10:00 due_changed t because=extended\n");
    explain(&scene, stage_time("02T09:00"), SEGMENTS_MAX, &all);
    CHECK_TRUE("two weeks have many", all.count > 15);
    for (size_t room = 0; room < all.count; room++) {
        memset(&some, 0, sizeof some);
        explain(&scene, stage_time("02T09:00"), room, &some);
        CHECK_EQ("how many there are", all.count, some.count);
        CHECK_EQ("the sum is over all", 81 * SLA_HOUR, some.explanation.counted);
        for (size_t i = 0; i < room; i++)
            CHECK_EQ("those that fit", all.segments[i].end, some.segments[i].end);
        CHECK_EQ("nothing beyond them is written", 0, some.segments[room].end);
    }
    stage_close(&scene);
}
