/* Goal: why is it due then?  Stretches from start to due without a gap, adding up
 * to the goal and what was granted; between them what moved the due, and changes
 * of clocks.
 * Method: tables worked out by hand (at random: test_explain_sums.c). */
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

static void add_words(char *text, const char *before, const char *words)
{
    const size_t used = strlen(text);

    snprintf(text + used, TEXT - used, "%s%s", before, words);
}

static void add_span(char *text, const char *before, sla_duration span)
{
    char words[SLA_TIME_TEXT_MAX];

    (void)sla_duration_format(span, words, sizeof words);
    add_words(text, before, words);
}

static void print_segments(const told_why *why, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < why->count; i++) {
        const sla_explain_segment *segment = &why->segments[i];

        add_instant(text, "", segment->start);
        if (segment->end > segment->start)
            add_instant(text, " ", segment->end);
        add_words(text, " ", sla_explain_kind_name((int)segment->kind));
        if (segment->end > segment->start || segment->counted != 0)
            add_span(text, " ", segment->counted);
        if (segment->shift != 0)
            add_span(text, " by ", segment->shift);
        if (segment->credit != 0)
            add_span(text, " +", segment->credit);
        if (segment->due_at != SLA_NEVER)
            add_instant(text, " due ", segment->due_at);
        if (segment->label[0] != '\0')
            add_words(text, " ", segment->label);
        add_words(text, segment->ahead ? " ahead" : "", "\n");
    }
    if (why->explanation.held > 0) {
        add_span(text, "held ", why->explanation.held);
        add_words(text, "", "\n");
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
         "27T16:00 29T01:00 closed PT0S ahead\n"
         "29T01:00 dst_shift by PT1H ahead\n"
         "29T01:00 30T07:00 closed PT0S ahead\n"
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
         "02T11:00 credit +PT1H due 02T14:00 parts\n"
         "02T11:00 02T12:00 ran PT1H\n"
         "02T12:00 02T14:00 ran PT2H ahead\n"},
        {"over a night, on a calendar: paused is paused", P(T(BUSINESS("office", 4))), NULL,
         "+ 02T15:00 opened\n+ 02T16:00 held\n+ 03T10:00 free\n"
         "= 03T10:00 due_changed t because=resumed\n",
         "03T10:00",
         "02T15:00 02T16:00 ran PT1H\n"
         "02T16:00 03T10:00 paused PT0S held\n"
         "03T10:00 credit +PT2H due 03T13:00 held\n"
         "03T10:00 03T13:00 ran PT3H ahead\n"},
        {"it lasts: what is to come is not known", P(T(ELAPSED(4))), NULL,
         "+ 02T09:00 opened\n+ 02T10:00 held\n", "02T10:30",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T10:30 paused PT0S held\n"
         "02T10:30 02T13:00 ran PT2H30M ahead\n"
         "held PT30M\n"},
        {"it has only just begun", P(T(ELAPSED(4))), NULL, "+ 02T09:00 opened\n+ 02T10:00 held\n",
         "02T10:00",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T13:00 ran PT3H ahead\n"},
        {"it lasts beyond the due it had, on a calendar", P(T(BUSINESS("office", 4))), NULL,
         "+ 02T15:00 opened\n+ 02T16:00 held\n", "04T10:00",
         "02T15:00 02T16:00 ran PT1H\n"
         "02T16:00 03T11:00 paused PT0S held\n"
         "held PT3H\n"},
        {"the ticket was closed", P(T("'on_reopen': 'continue', " ELAPSED(4))), NULL,
         "+ 02T09:00 opened\n+ 02T10:00 resolved\n= 02T10:00 met t\n+ 02T12:00 reopened\n"
         "= 02T12:00 due_changed t because=reopened\n"
         "= 02T12:00 retracted t step=retracted:met because=reopened\n",
         "02T12:00",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T12:00 ticket_closed PT0S\n"
         "02T12:00 credit +PT2H due 02T15:00 closed\n"
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
         "02T10:00 credit +PT30M due 02T11:30 held\n"
         "02T10:00 02T10:30 ran PT30M\n"
         "02T10:30 extension +PT1H due 02T12:30\n"
         "02T10:30 02T11:00 ran PT30M\n"
         "02T11:00 02T11:15 paused PT0S parts\n"
         "02T11:15 credit +PT15M due 02T12:45 parts\n"
         "02T11:15 02T12:45 ran PT1H30M\n"},
    };

    check_by_hand(rows, COUNT_OF(rows));
}

TEST(what_moved_the_due)
{
    static const by_hand rows[] = {
        {"a pause outside hours moves nothing", P(T(BUSINESS("office", 9))), NULL,
         "+ 02T16:00 opened\n+ 02T18:00 held\n+ 02T20:00 free\n", "02T20:00",
         "02T16:00 02T17:00 ran PT1H\n"
         "02T17:00 02T18:00 closed PT0S\n"
         "02T18:00 02T20:00 paused PT0S held\n"
         "02T20:00 03T09:00 closed PT0S ahead\n"
         "03T09:00 03T17:00 ran PT8H ahead\n"},
        {"a due at the end of a day is moved to the end of a day",
         P(T("'calendar': 'office', 'goals': [{'days': {'days': 0, 'end': 'day'}}]")), NULL,
         "+ 02T09:00 opened\n+ 02T10:00 held\n+ 02T11:00 free\n"
         "= 02T11:00 due_changed t because=resumed due=04T00:00\n",
         "02T12:00",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T11:00 paused PT0S held\n"
         "02T11:00 credit +PT1H due 04T00:00 held\n"
         "02T11:00 02T12:00 ran PT1H\n"
         "02T12:00 04T00:00 ran PT36H ahead\n"},
        {"an extension to an instant, in a pause: what was paused counts on top", P(T(ELAPSED(4))),
         NULL,
         "+ 02T09:00 opened\n+ 02T10:00 held\n"
         "+ 02T10:30 extended until=02T12:00 approver=head\n"
         "= 02T10:30 due_changed t because=extended due=02T12:00\n"
         "+ 02T11:00 free\n= 02T11:00 due_changed t because=resumed due=02T13:00\n",
         "02T11:00",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 02T10:30 paused PT0S held\n"
         "02T10:30 extension due 02T12:00\n"
         "02T10:30 02T11:00 paused PT0S held\n"
         "02T11:00 credit +PT1H due 02T13:00 held\n"
         "02T11:00 02T13:00 ran PT2H ahead\n"},
        {"a pause after an extension brought the due before it moves nothing", P(T(ELAPSED(9))),
         NULL,
         "+ 02T09:00 opened\n+ 02T10:00 extended until=02T11:00 approver=head\n"
         "= 02T10:00 due_changed t because=extended due=02T11:00\n"
         "+ 02T12:00 held\n= 02T11:00 breached t\n+ 02T13:00 free\n",
         "02T13:00",
         "02T09:00 02T10:00 ran PT1H\n"
         "02T10:00 extension due 02T11:00\n"
         "02T10:00 02T11:00 ran PT1H\n"},
    };

    check_by_hand(rows, COUNT_OF(rows));
}

#define ZONE(name, more)                                                                           \
    "{'kind': 'calendar', 'name': 'office', 'version': '2', 'zone': '" name "', " more "}"
#define MADRID(n) P(T("'calendar': 'madrid', " ELAPSED(n)))
#define NIGHTS "'week': {'mon-sun': ['20:00-06:00']}"

/* A change of clocks has its place within each kind of stretch. */
TEST(clocks_are_changed_meanwhile)
{
    static const by_hand rows[] = {
        {"it ran, elapsed", MADRID(4), NULL, "+ 28T23:00 opened\n", "29T02:00",
         "28T23:00 29T01:00 ran PT2H\n"
         "29T01:00 dst_shift by PT1H\n"
         "29T01:00 29T02:00 ran PT1H\n"
         "29T02:00 29T03:00 ran PT1H ahead\n"},
        {"it ran in hours over midnight", P(T(BUSINESS("office", 6))),
         ZONE("Europe/Madrid", NIGHTS), "+ 28T21:00 opened\n", "28T21:00",
         "28T21:00 29T01:00 ran PT4H ahead\n"
         "29T01:00 dst_shift by PT1H ahead\n"
         "29T01:00 29T03:00 ran PT2H ahead\n"},
        {"it was paused", P(T(BUSINESS("office", 6))), ZONE("Europe/Madrid", NIGHTS),
         "+ 28T21:00 opened\n+ 28T22:00 held\n+ 29T03:00 free\n"
         "= 29T03:00 due_changed t because=resumed due=29T22:00\n",
         "29T03:00",
         "28T21:00 28T22:00 ran PT1H\n"
         "28T22:00 29T01:00 paused PT0S held\n"
         "29T01:00 dst_shift by PT1H\n"
         "29T01:00 29T03:00 paused PT0S held\n"
         "29T03:00 credit +PT5H due 29T22:00 held\n"
         "29T03:00 29T04:00 ran PT1H ahead\n"
         "29T04:00 29T18:00 closed PT0S ahead\n"
         "29T18:00 29T22:00 ran PT4H ahead\n"},
        {"the ticket was closed",
         P(T("'calendar': 'madrid', 'on_reopen': 'continue', " ELAPSED(4))), NULL,
         "+ 28T23:00 opened\n+ 29T00:00 resolved\n= 29T00:00 met t\n+ 29T02:00 reopened\n"
         "= 29T02:00 due_changed t because=reopened\n"
         "= 29T02:00 retracted t step=retracted:met because=reopened\n",
         "29T02:00",
         "28T23:00 29T00:00 ran PT1H\n"
         "29T00:00 29T01:00 ticket_closed PT0S\n"
         "29T01:00 dst_shift by PT1H\n"
         "29T01:00 29T02:00 ticket_closed PT0S\n"
         "29T02:00 credit +PT2H due 29T05:00 closed\n"
         "29T02:00 29T05:00 ran PT3H ahead\n"},
        {"a holiday", P(T(BUSINESS("office", 2))),
         ZONE("Europe/Madrid", "'week': {'mon-sun': ['09:00-17:00']}, 'known_until': '2026-12-31',"
                               " 'holidays': [{'date': '2026-03-29', 'name': 'Palm Sunday'}]"),
         "+ 28T15:00 opened\n", "29T01:00",
         "28T15:00 28T16:00 ran PT1H\n"
         "28T16:00 28T23:00 closed PT0S\n"
         "28T23:00 29T01:00 holiday PT0S Palm Sunday\n"
         "29T01:00 dst_shift by PT1H\n"
         "29T01:00 29T22:00 holiday PT0S Palm Sunday ahead\n"
         "29T22:00 30T07:00 closed PT0S ahead\n"
         "30T07:00 30T08:00 ran PT1H ahead\n"},
        {"from the change itself: nothing changes", MADRID(1), NULL, "+ 29T01:00 opened\n",
         "29T01:00", "29T01:00 29T02:00 ran PT1H ahead\n"},
        {"due at the change: the due is on the new clocks", MADRID(1), NULL, "+ 29T00:00 opened\n",
         "29T00:00",
         "29T00:00 29T01:00 ran PT1H ahead\n"
         "29T01:00 dst_shift by PT1H ahead\n"},
        {"paused up to the change", MADRID(1), NULL,
         "+ 28T23:00 opened\n+ 28T23:30 held\n+ 29T01:00 free\n"
         "= 29T01:00 due_changed t because=resumed due=29T01:30\n",
         "29T01:00",
         "28T23:00 28T23:30 ran PT30M\n"
         "28T23:30 29T01:00 paused PT0S held\n"
         "29T01:00 dst_shift by PT1H\n"
         "29T01:00 credit +PT1H30M due 29T01:30 held\n"
         "29T01:00 29T01:30 ran PT30M ahead\n"},
        {"New York, in autumn back by an hour", P(T("'calendar': 'office', " ELAPSED(8))),
         ZONE("America/New_York", NIGHTS), "+ 2026-11-01T04:00:00Z opened\n",
         "2026-11-01T04:00:00Z",
         "01T04:00 01T06:00 ran PT2H ahead\n"
         "01T06:00 dst_shift by -PT1H ahead\n"
         "01T06:00 01T12:00 ran PT6H ahead\n"},
        {"Lord Howe, back by half an hour", P(T("'calendar': 'office', " ELAPSED(2))),
         ZONE("Australia/Lord_Howe", NIGHTS), "+ 2026-04-04T14:00:00Z opened\n",
         "2026-04-04T14:00:00Z",
         "04T14:00 04T15:00 ran PT1H ahead\n"
         "04T15:00 dst_shift by -PT30M ahead\n"
         "04T15:00 04T16:00 ran PT1H ahead\n"},
        {"Santiago, where midnight is skipped", P(T(BUSINESS("office", 4))),
         ZONE("America/Santiago", "'week': {'mon-sun': ['00:00-24:00']}"),
         "+ 2026-09-06T02:00:00Z opened\n", "2026-09-06T02:00:00Z",
         "06T02:00 06T04:00 ran PT2H ahead\n"
         "06T04:00 dst_shift by PT1H ahead\n"
         "06T04:00 06T06:00 ran PT2H ahead\n"},
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
        sum += why.segments[i].kind == SLA_EXPLAIN_DST ? why.segments[i].shift : 0;
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
    CHECK_EQ("judged with what was waived", stage_time("03T11:30"), said->adjusted_due_at);
    CHECK_EQ("nothing stands still", 0, said->held);
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

/* It is kept as it ended: see test_engine_migrate.c for other policies. */
TEST(what_ended_before_a_migration)
{
    static stage scene;
    static told_why why;

    stage_open(&scene, "migrated", P(T("'on_reopen': 'new_cycle', " ELAPSED(4))), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n+ 02T10:00 resolved\n= 02T10:00 met t\n"
                       "+ 02T11:00 reopened\n");
    CHECK_OK(explain(&scene, 1, stage_time("02T11:00"), SEGMENTS_MAX, &why));
    stage_play(&scene, "+ 02T12:00 migrated\n");
    CHECK_OK(explain(&scene, 1, stage_time("02T12:00"), SEGMENTS_MAX, &why));
    CHECK_EQ("its due", stage_time("02T13:00"), why.segments[why.count - 1].end);
    CHECK_OK(explain(&scene, 2, stage_time("02T12:00"), SEGMENTS_MAX, &why));
    stage_close(&scene);
}

TEST(words_of_kinds)
{
    CHECK_STR("name", "ran", sla_explain_kind_name(SLA_EXPLAIN_RAN));
    CHECK_STR("name", "credit", sla_explain_kind_name(SLA_EXPLAIN_CREDIT));
    CHECK_STR("name", "extension", sla_explain_kind_name(SLA_EXPLAIN_EXTENSION));
    CHECK_STR("name", "waiver", sla_explain_kind_name(SLA_EXPLAIN_WAIVER));
    CHECK_STR("text", "the clocks were changed", sla_explain_kind_text(SLA_EXPLAIN_DST));
    CHECK_TRUE("no kind", sla_explain_kind_name(11) == NULL && sla_explain_kind_text(-1) == NULL);
}
