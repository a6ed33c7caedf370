/* Goal: why is it due then?  Stretches from start to due without a gap, adding up
 * to the goal and what was granted.
 * Method: tables worked out by hand; and random courses under a seed, over
 * calendars of several zones, with pauses, extensions and changes of goal. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/time.h>

#define P(members) "{'policy': 'p', 'version': '1', 'attributes': {'grade': 'int'}, " members "}"
#define T(members)                                                                                 \
    "'targets': [{'target': 't', 'stop': 'resolved', 'resumes': [{'on': 'free'}],"                 \
    " 'pauses': [{'reason': 'held', 'on': 'held'}, {'reason': 'parts', 'on': "                     \
    "'ordered'}], " members "}]"
#define BUSINESS(calendar, n) "'calendar': '" calendar "', 'goals': [{'business': 'PT" #n "H'}]"
#define ELAPSED(n) "'goals': [{'elapsed': 'PT" #n "H'}]"

enum { SEGMENTS_MAX = 400, TEXT = 4096 };

static const sla_string none = {NULL, 0}, ticket = {"T-1", 3};

typedef struct told_why {
    sla_explanation explanation;
    sla_explain_segment segments[SEGMENTS_MAX];
    size_t count;
} told_why;

static int explain(const stage *scene, uint32_t cycle, sla_time now, size_t capacity, told_why *out)
{
    return sla_engine_explain(scene->engine, none, ticket, "p", "t", cycle, now, &out->explanation,
                              out->segments, capacity, &out->count);
}

/* ------------------------------------------------------------------ by hand */

static void add_instant(char *text, const char *before, sla_time at)
{
    const size_t used = strlen(text);
    char stamp[SLA_TIME_TEXT_MAX];

    (void)sla_time_format(at, stamp, sizeof stamp);
    stamp[16] = '\0'; /* to the minute */
    snprintf(text + used, TEXT - used, "%s%s", before, stamp + 8);
}

static void print_segments(const told_why *why, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < why->count; i++) {
        const sla_explain_segment *segment = &why->segments[i];
        char counted[SLA_TIME_TEXT_MAX];
        size_t used;

        add_instant(text, "", segment->start);
        add_instant(text, " ", segment->end);
        (void)sla_duration_format(segment->counted, counted, sizeof counted);
        used = strlen(text);
        snprintf(text + used, TEXT - used, " %s %s%s%s%s\n",
                 sla_explain_kind_name((int)segment->kind), counted,
                 segment->label[0] != '\0' ? " " : "", segment->label,
                 segment->ahead ? " ahead" : "");
    }
}

typedef struct by_hand {
    const char *why, *policy, *calendar, *script, *now, *want;
} by_hand;

static void check_by_hand(const by_hand *rows, size_t count)
{
    static stage scene;
    static told_why why;
    char text[TEXT];

    for (size_t i = 0; i < count; i++) {
        stage_open(&scene, rows[i].why, rows[i].policy, NULL);
        if (rows[i].calendar != NULL)
            stage_adopt(&scene, NULL, rows[i].calendar, stage_time("01T00:00"));
        stage_play(&scene, rows[i].script);
        CHECK_OK(explain(&scene, 0, stage_time(rows[i].now), SEGMENTS_MAX, &why));
        print_segments(&why, text);
        CHECK_STR(rows[i].why, rows[i].want, text);
        stage_close(&scene);
    }
}

#define OFFICE(more)                                                                               \
    "{'kind': 'calendar', 'name': 'office', 'version': '2', 'zone': 'UTC',"                        \
    " 'known_until': '2026-12-31', 'week': {'mon-fri': ['09:00-17:00']}, " more "}"

TEST(segments_on_a_calendar)
{
    static const by_hand rows[] = {
        {"a make-up workday, half way", P(T(BUSINESS("office", 12))),
         OFFICE("'makeup': [{'date': '2026-03-07', 'as': 'fri', 'name': 'Make-up'}]"),
         "+ 06T09:00 opened\n", "06T12:00",
         "06T09:00 06T12:00 ran PT3H\n"
         "06T12:00 06T17:00 ran PT5H ahead\n"
         "06T17:00 07T09:00 closed PT0S ahead\n"
         "07T09:00 07T13:00 makeup PT4H Make-up ahead\n"},
        {"a holiday by its name, afterwards", P(T(BUSINESS("office", 4))),
         OFFICE("'holidays': [{'date': '2026-03-03', 'name': 'Tomb-Sweeping Day'}]"),
         "+ 02T15:00 opened\n", "05T00:00",
         "02T15:00 02T17:00 ran PT2H\n"
         "02T17:00 03T00:00 closed PT0S\n"
         "03T00:00 04T00:00 holiday PT0S Tomb-Sweeping Day\n"
         "04T00:00 04T09:00 closed PT0S\n"
         "04T09:00 04T11:00 ran PT2H\n"},
        {"special hours", P(T(BUSINESS("office", 9))),
         OFFICE("'holidays': [{'date': '2026-05-01'}], 'special': [{'date': '2026-03-02', 'hours': "
                "['09:00-20:00']}]"),
         "+ 02T09:00 opened\n", "02T09:00", "02T09:00 02T18:00 special PT9H ahead\n"},
        {"opened at night: it waits for the morning", P(T(BUSINESS("office", 1))), NULL,
         "+ 02T05:00 opened\n", "02T05:00",
         "02T05:00 02T09:00 closed PT0S ahead\n"
         "02T09:00 02T10:00 ran PT1H ahead\n"},
        {"the clocks are changed over a weekend in Madrid", P(T(BUSINESS("madrid", 10))), NULL,
         "+ 27T08:00 opened\n", "27T08:00",
         "27T08:00 27T16:00 ran PT8H ahead\n"
         "29T01:00 29T01:00 dst_shift PT1H ahead\n"
         "27T16:00 30T07:00 closed PT0S ahead\n"
         "30T07:00 30T09:00 ran PT2H ahead\n"},
    };

    check_by_hand(rows, COUNT_OF(rows));
}

TEST(segments_of_pauses)
{
    static const by_hand rows[] = {
        {"by its reason", P(T(ELAPSED(4))), NULL,
         "+ 02T09:00 opened\n+ 02T10:00 ordered\n+ 02T11:00 free\n"
         "= 02T11:00 due_changed t because=resumed\n",
         "02T12:00",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T11:00 paused PT0S parts\n"
         "02T11:00 02T12:00 ran PT1H\n"
         "02T12:00 02T14:00 ran PT2H ahead\n"},
        {"over a night, on a calendar: paused is paused", P(T(BUSINESS("office", 4))), NULL,
         "+ 02T15:00 opened\n+ 02T16:00 held\n+ 03T10:00 free\n"
         "= 03T10:00 due_changed t because=resumed\n",
         "03T10:00",
         "02T15:00 02T16:00 ran PT1H\n"
         "02T16:00 03T10:00 paused PT0S held\n"
         "03T10:00 03T13:00 ran PT3H ahead\n"},
        {"it lasts: what is to come is not known", P(T(ELAPSED(4))), NULL,
         "+ 02T09:00 opened\n+ 02T10:00 held\n", "02T10:30",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T10:30 paused PT0S held\n"
         "02T10:30 02T13:00 ran PT2H30M ahead\n"},
        {"the ticket was closed", P(T("'on_reopen': 'continue', " ELAPSED(4))), NULL,
         "+ 02T09:00 opened\n+ 02T10:00 resolved\n= 02T10:00 met t\n+ 02T12:00 reopened\n"
         "= 02T12:00 due_changed t because=reopened\n"
         "= 02T12:00 retracted t step=retracted:met because=reopened\n",
         "02T12:00",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T12:00 ticket_closed PT0S\n"
         "02T12:00 02T15:00 ran PT3H ahead\n"},
        {"two pauses, and what was granted", P(T(ELAPSED(2))), NULL,
         "+ 02T09:00 opened\n+ 02T09:30 held\n+ 02T10:00 free\n"
         "= 02T10:00 due_changed t because=resumed due=02T11:30\n"
         "+ 02T10:30 extended for=PT1H approver=head\n"
         "= 02T10:30 due_changed t because=extended due=02T12:30\n"
         "+ 02T11:00 ordered\n+ 02T11:15 free\n"
         "= 02T11:15 due_changed t because=resumed due=02T12:45\n",
         "02T13:00",
         "02T09:00 02T09:30 ran PT30M\n"
         "02T09:30 02T10:00 paused PT0S held\n"
         "02T10:00 02T11:00 ran PT1H\n"
         "02T11:00 02T11:15 paused PT0S parts\n"
         "02T11:15 02T12:45 ran PT1H30M\n"},
    };

    check_by_hand(rows, COUNT_OF(rows));
}

TEST(every_change_of_clocks_is_told)
{
    static stage scene;
    static told_why why;
    size_t shifts = 0;
    sla_duration sum = 0;

    stage_open(&scene, "both changes of a year", P("'calendar': 'madrid', " T(ELAPSED(6000))),
               NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    CHECK_OK(explain(&scene, 0, stage_time("02T09:00"), SEGMENTS_MAX, &why));
    for (size_t i = 0; i < why.count; i++) {
        shifts += why.segments[i].kind == SLA_EXPLAIN_DST;
        sum += why.segments[i].kind == SLA_EXPLAIN_DST ? why.segments[i].counted : 0;
    }
    CHECK_EQ("in spring and in autumn", 2, shifts);
    CHECK_EQ("there and back again", 0, sum);
    CHECK_EQ("it ran all the while", 6000 * SLA_HOUR, why.explanation.counted);
    stage_close(&scene);
}

/* --------------------------------------------------------------- the summary */

TEST(what_was_promised_and_how_it_came)
{
    static stage scene;
    static told_why why;
    const sla_explanation *said = &why.explanation;

    stage_open(&scene, "summary", P(T(BUSINESS("office", 4))), NULL);
    stage_play(&scene, "+ 02T10:00 opened\n"
                       "+ 02T11:00 held\n"
                       "+ 02T11:30 free\n"
                       "= 02T11:30 due_changed t because=resumed due=02T14:30\n"
                       "+ 02T12:00 extended for=PT2H approver=head\n"
                       "= 02T12:00 due_changed t because=extended due=02T16:30\n"
                       "+ 02T12:10 waived for=PT3H approver=head\n");
    CHECK_OK(explain(&scene, 0, stage_time("02T12:30"), SEGMENTS_MAX, &why));
    CHECK_STR("goal", "business", said->goal);
    CHECK_STR("calendar", "office", said->calendar);
    CHECK_STR("its version", "1", said->calendar_version);
    CHECK_STR("zone", "UTC", said->zone);
    CHECK_EQ("need", 4 * SLA_HOUR, said->need);
    CHECK_EQ("by the goal alone", stage_time("02T14:00"), said->first_due_at);
    CHECK_EQ("credited", SLA_HOUR / 2, said->credited);
    CHECK_EQ("extended", 2 * SLA_HOUR, said->extended);
    CHECK_EQ("to no instant", SLA_NEVER, said->extended_to);
    CHECK_EQ("no anchor", SLA_NEVER, said->anchor);
    CHECK_EQ("waived", 3 * SLA_HOUR, said->waived);
    CHECK_EQ("counted", 6 * SLA_HOUR, said->counted);
    CHECK_TRUE("open time", said->business);
    CHECK_EQ("due", stage_time("02T16:30"), said->clock.due_at);
    CHECK_EQ("state", SLA_RUNNING, said->clock.state);
    stage_close(&scene);
}

TEST(goals_of_every_kind)
{
    static const struct {
        const char *why, *goal, *name;
        sla_duration need;
        int32_t days;
        const char *due;
    } rows[] = {
        {"elapsed", "'elapsed': 'PT5H'", "elapsed", 5 * SLA_HOUR, 0, "02T14:00"},
        {"business", "'business': 'PT9H'", "business", 9 * SLA_HOUR, 0, "03T10:00"},
        {"workdays", "'workdays': 2", "workdays", 0, 2, "04T09:00"},
        {"days", "'days': 3", "days", 0, 3, "05T09:00"},
        {"cut-off", "'cutoff': {'before': '16:00', 'today': '20:00', 'days': 1, 'later': '24:00'}",
         "cutoff", 0, 0, "02T20:00"},
    };
    static stage scene;
    static told_why why;
    char policy[1024];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(policy, sizeof policy, P(T("'calendar': 'office', 'goals': [{%s}]")),
                 rows[i].goal);
        stage_open(&scene, rows[i].why, policy, NULL);
        stage_play(&scene, "+ 02T09:00 opened\n");
        CHECK_OK(explain(&scene, 0, stage_time("02T09:00"), SEGMENTS_MAX, &why));
        CHECK_STR(rows[i].why, rows[i].name, why.explanation.goal);
        CHECK_EQ(rows[i].why, rows[i].need, why.explanation.need);
        CHECK_EQ(rows[i].why, rows[i].days, why.explanation.days);
        CHECK_EQ(rows[i].why, stage_time(rows[i].due), why.explanation.first_due_at);
        CHECK_EQ(rows[i].why, stage_time(rows[i].due), why.segments[why.count - 1].end);
        stage_close(&scene);
    }
}

TEST(what_cannot_be_explained)
{
    static stage scene;
    static told_why why;

    stage_open(&scene, "waiting", P(T("'start': 'begun', " ELAPSED(4))), NULL);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, explain(&scene, 0, 0, SEGMENTS_MAX, &why));
    stage_play(&scene, "+ 02T09:00 opened\n");
    CHECK_RESULT(SLA_ERR_STATE, explain(&scene, 0, 0, SEGMENTS_MAX, &why));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, explain(&scene, 2, 0, SEGMENTS_MAX, &why));
    CHECK_RESULT(SLA_ERR_NOT_FOUND,
                 sla_engine_explain(scene.engine, none, ticket, "p", "u", 0, 0, &why.explanation,
                                    why.segments, 1, &why.count));
    stage_play(&scene, "+ 02T10:00 begun\n");
    CHECK_OK(explain(&scene, 1, 0, SEGMENTS_MAX, &why));
    stage_close(&scene);
}

TEST(less_room_than_segments)
{
    static stage scene;
    static told_why all, some;

    stage_open(&scene, "room", P(T(BUSINESS("office", 80))), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n");
    CHECK_OK(explain(&scene, 0, stage_time("02T09:00"), SEGMENTS_MAX, &all));
    CHECK_TRUE("two weeks have many", all.count > 15);
    for (size_t room = 0; room < all.count; room++) {
        memset(&some, 0, sizeof some);
        CHECK_OK(explain(&scene, 0, stage_time("02T09:00"), room, &some));
        CHECK_EQ("how many there are", all.count, some.count);
        CHECK_EQ("the sum is over all", 80 * SLA_HOUR, some.explanation.counted);
        for (size_t i = 0; i < room; i++)
            CHECK_EQ("those that fit", all.segments[i].end, some.segments[i].end);
        CHECK_EQ("nothing beyond them is written", 0, some.segments[room].end);
    }
    stage_close(&scene);
}

TEST(words_of_kinds)
{
    CHECK_STR("name", "ran", sla_explain_kind_name(SLA_EXPLAIN_RAN));
    CHECK_STR("text", "the clocks were changed", sla_explain_kind_text(SLA_EXPLAIN_DST));
    CHECK_TRUE("no kind", sla_explain_kind_name(8) == NULL && sla_explain_kind_text(-1) == NULL);
}

/* ------------------------------------------------------------------- at random */

static const char *const zones[] = {"UTC", "Europe/Madrid", "America/New_York",
                                    "Australia/Lord_Howe", "Asia/Shanghai"};

/* Hours that differ by the day, a holiday and a make-up day, in a zone. */
static void random_calendar(prng *random, char *text, size_t size)
{
    const unsigned opens = (unsigned)prng_between(random, 0, 11);

    snprintf(text, size,
             "{'kind': 'calendar', 'name': 'office', 'version': '2', 'zone': '%s',"
             " 'known_until': '2026-12-31', 'week': {'mon-thu': ['%02u:00-%02u:30',"
             " '%02u:00-%02u:15'], 'fri': ['%02u:00-%02u:00']},"
             " 'holidays': [{'date': '2026-03-%02u', 'name': 'Holiday'}],"
             " 'makeup': [{'date': '2026-03-28', 'as': 'fri', 'name': 'Make-up'}]}",
             zones[prng_below(random, COUNT_OF(zones))], opens, opens + 2, opens + 4, opens + 8,
             opens, opens + 6, (unsigned)prng_between(random, 2, 27));
}

static void random_fact(prng *random, size_t k, sla_time *at, char *line, size_t size)
{
    static const char *const names[] = {"held",       "ordered",    "free",     "free",
                                        "attributes", "attributes", "extended", "resolved",
                                        "reopened",   "noise"};
    const char *name = k == 0 ? "opened" : names[prng_below(random, COUNT_OF(names))];
    char stamp[SLA_TIME_TEXT_MAX], more[96] = "";

    *at += prng_between(random, 1, 20 * 60) * SLA_MINUTE;
    (void)sla_time_format(*at, stamp, sizeof stamp);
    if (strcmp(name, "opened") == 0 || strcmp(name, "attributes") == 0)
        snprintf(more, sizeof more, " grade=%d", (int)prng_between(random, 1, 4));
    if (strcmp(name, "extended") == 0)
        snprintf(more, sizeof more, " for=PT%dM approver=head", (int)prng_between(random, 1, 900));
    snprintf(line, size, "%s %s%s", stamp, name, more);
}

/* Without a gap from start to due; what is ahead lies ahead; the sum is right. */
static void check_segments(const char *row, const told_why *why, sla_time now)
{
    sla_time at = why->explanation.clock.started_at;
    sla_duration counted = 0;

    CHECK_TRUE(row, why->count <= SEGMENTS_MAX);
    for (size_t i = 0; i < why->count; i++) {
        const sla_explain_segment *segment = &why->segments[i];

        CHECK_EQ(row, segment->start >= now, segment->ahead);
        if (segment->kind == SLA_EXPLAIN_DST) {
            CHECK_EQ(row, segment->start, segment->end);
            continue;
        }
        CHECK_EQ(row, at, segment->start);
        CHECK_TRUE(row, segment->end > segment->start);
        CHECK_TRUE(row, segment->counted == 0 || segment->kind <= SLA_EXPLAIN_SPECIAL);
        at = segment->end;
        counted += segment->counted;
    }
    CHECK_EQ(row, why->explanation.clock.due_at, at);
    CHECK_EQ(row, counted, why->explanation.counted);
    /* While it is paused the due is the one it had; a cancelled one gets no credit. */
    if (why->explanation.clock.state != SLA_PAUSED && why->explanation.clock.state != SLA_CANCELLED)
        CHECK_EQ(row, why->explanation.need + why->explanation.extended, counted);
}

static void random_course(prng *random, const char *policy)
{
    static stage scene;
    static told_why why;
    char calendar[1024], line[160], row[2048];
    sla_time at = stage_time("02T00:00");
    stage_fact given;
    sla_event event;

    stage_open(&scene, "random", policy, NULL);
    random_calendar(random, calendar, sizeof calendar);
    stage_adopt(&scene, NULL, calendar, stage_time("01T00:00"));
    snprintf(row, sizeof row, "%s\n", calendar);
    for (size_t k = 0; k < 14; k++) {
        const size_t used = strlen(row);

        random_fact(random, k, &at, line, sizeof line);
        snprintf(row + used, sizeof row - used, "%s\n", line);
        stage_read_fact(line, &given);
        (void)sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL);
        while (sla_engine_poll(scene.engine, at, &event))
            continue;
        CHECK_OK(explain(&scene, 0, at, SEGMENTS_MAX, &why));
        check_segments(row, &why, at);
    }
    stage_close(&scene);
}

TEST(segments_sum_to_the_goal_and_what_was_granted)
{
    static const char policy[] = P("'reopen': 'reopened', " T(
        "'calendar': 'office', 'on_reopen': 'continue', 'goals': ["
        " {'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT36H'},"
        " {'when': {'attr': 'grade', 'eq': 2}, 'business': 'PT6H'},"
        " {'when': {'attr': 'grade', 'eq': 3}, 'business': 'PT31H30M', 'exact_fit': 'next_open'},"
        " {'elapsed': 'PT400H'}]"));
    prng random = check_prng();

    for (size_t i = 0; i < check_count(400, 4000); i++)
        random_course(&random, policy);
}
