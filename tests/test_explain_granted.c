/* Goal: who granted what, and every reason of a pause, are seen where the due is
 * explained; a clock whose start lies ahead is explained without going backwards.
 * Method: by hand; rows asked for in a row's own order, and what is not there. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/time.h>

enum { SEGMENTS_MAX = 60, TEXT = 2048 };

static const char policy[] =
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'resolved',"
    " 'goals': [{'elapsed': 'PT4H'}], 'resumes': [{'on': 'free'}],"
    " 'pauses': [{'reason': 'held', 'on': 'held'}, {'reason': 'parts', 'on': 'ordered'}]}]}";

static const char visit[] =
    "{'policy': 'p', 'version': '1', 'attributes': {'visit': 'instant'}, 'targets': [{"
    "'target': 't', 'start_from': {'attr': 'visit'}, 'stop': 'resolved',"
    " 'goals': [{'elapsed': 'PT4H'}], 'resumes': [{'on': 'free'}],"
    " 'pauses': [{'reason': 'held', 'on': 'held'}]}]}";

typedef struct told_why {
    sla_explanation explanation;
    sla_explain_segment segments[SEGMENTS_MAX];
    size_t count;
} told_why;

static void explain(const stage *scene, sla_time now, told_why *out)
{
    CHECK_OK(sla_engine_explain(scene->engine, stage_string(""), stage_string("T-1"), "p", "t", 0,
                                now, &out->explanation, out->segments, SEGMENTS_MAX, &out->count));
}

static void append(char *text, const char *before, const char *words)
{
    snprintf(text + strlen(text), TEXT - strlen(text), "%s%s", before, words);
}

static void append_instant(char *text, const char *before, sla_time at)
{
    char stamp[SLA_TIME_TEXT_MAX];

    (void)sla_time_format(at, stamp, sizeof stamp);
    stamp[16] = '\0'; /* to the minute */
    append(text, before, stamp + 8);
}

static void append_span(char *text, const char *before, sla_duration span)
{
    char words[SLA_TIME_TEXT_MAX];

    (void)sla_duration_format(span, words, sizeof words);
    append(text, before, words);
}

static void print_segment(const told_why *why, const sla_explain_segment *segment, char *text)
{
    append_instant(text, "", segment->start);
    if (segment->end > segment->start)
        append_instant(text, " ", segment->end);
    append(text, " ", sla_explain_kind_name((int)segment->kind));
    if (segment->credit != 0)
        append_span(text, " +", segment->credit);
    if (segment->due_at != SLA_NEVER)
        append_instant(text, " due ", segment->due_at);
    append(text, segment->label[0] != '\0' ? " " : "", segment->label);
    for (size_t i = 0; i < why->explanation.reason_count; i++)
        if (segment->reasons >> i & 1)
            append(text, " /", why->explanation.reasons[i]);
    if (segment->approver.length > 0)
        snprintf(text + strlen(text), TEXT - strlen(text), " by %.*s",
                 (int)segment->approver.length, segment->approver.data);
    append(text, segment->ahead ? " ahead" : "", "\n");
}

static void print_segments(const told_why *why, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < why->count; i++)
        print_segment(why, &why->segments[i], text);
}

typedef struct by_hand {
    const char *why, *policy, *script, *now, *want;
} by_hand;

static void check_by_hand(const by_hand *rows, size_t count, const sla_engine_options *options)
{
    static stage scene;
    static told_why why;
    char text[TEXT];

    for (size_t i = 0; i < count; i++) {
        const sla_explanation *x = &why.explanation;

        stage_open(&scene, rows[i].why, rows[i].policy, options);
        stage_play(&scene, rows[i].script);
        explain(&scene, stage_time(rows[i].now), &why);
        print_segments(&why, text);
        CHECK_STR(rows[i].why, rows[i].want, text);
        if (x->extended_to == SLA_NEVER)
            CHECK_EQ(rows[i].why, x->need + x->extended, x->counted + x->held);
        for (size_t k = 0; k < why.count; k++)
            CHECK_TRUE(rows[i].why,
                       why.segments[k].start <= why.segments[k].end &&
                           (k == 0 || why.segments[k - 1].start <= why.segments[k].start));
        stage_close(&scene);
    }
}

#define EXTENDED(what) "= 02T10:00 due_changed t because=extended due=" what "\n"

TEST(who_granted_it)
{
    static const by_hand rows[] = {
        {"an extension, with its reason", policy,
         "+ 02T09:00 opened\n+ 02T10:00 extended for=PT1H approver=head reason=survey\n" EXTENDED(
             "02T14:00"),
         "02T10:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 extension +PT1H due 02T14:00 survey by head\n"
         "02T10:00 02T14:00 ran ahead\n"},
        {"to an instant", policy,
         "+ 02T09:00 opened\n+ 02T10:00 extended until=02T15:00 approver=chief\n" EXTENDED(
             "02T15:00"),
         "02T10:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 extension due 02T15:00 by chief\n"
         "02T10:00 02T15:00 ran ahead\n"},
        {"several, each by its own; the same instant", policy,
         "+ 02T09:00 opened\n+ 02T10:00 extended for=PT1H approver=one\n" EXTENDED(
             "02T14:00") "+ 02T10:00 extended for=PT2H approver=two\n" EXTENDED("02T16:00"),
         "02T10:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 extension +PT1H due 02T14:00 by one\n"
         "02T10:00 extension +PT2H due 02T16:00 by two\n"
         "02T10:00 02T16:00 ran ahead\n"},
        {"corrected: who approved the correction", policy,
         "+ 02T09:00 opened\n+ 02T10:00 extended id=e for=PT1H approver=one\n" EXTENDED(
             "02T14:00") "+ 02T11:00 extended corrects=e at=02T10:00 for=PT1H approver=two -> "
                         "late\n",
         "02T11:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 extension +PT1H due 02T14:00 by two\n"
         "02T10:00 02T11:00 ran\n"
         "02T11:00 02T14:00 ran ahead\n"},
        {"a late fact, and all is folded again", policy,
         "+ 02T09:00 opened\n+ 02T10:00 extended for=PT1H approver=one\n" EXTENDED(
             "02T14:00") "+ 02T11:00 remark at=02T09:30 -> late no_effect\n",
         "02T11:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 extension +PT1H due 02T14:00 by one\n"
         "02T10:00 02T11:00 ran\n"
         "02T11:00 02T14:00 ran ahead\n"},
        {"the ticket goes over to other policies", policy,
         "+ 02T09:00 opened\n+ 02T10:00 extended for=PT1H approver=one\n" EXTENDED(
             "02T14:00") "+ 02T11:00 migrated\n",
         "02T11:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 extension +PT1H due 02T14:00 by one\n"
         "02T10:00 02T11:00 ran\n"
         "02T11:00 02T14:00 ran ahead\n"},
        {"a waiver while it runs: the due stays", policy,
         "+ 02T09:00 opened\n+ 02T10:00 waived for=PT1H approver=head reason=drill\n", "02T12:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 waiver +PT1H drill by head\n"
         "02T10:00 02T12:00 ran\n"
         "02T12:00 02T13:00 ran ahead\n"},
        {"a waiver after the end, that excludes it", policy,
         "+ 02T09:00 opened\n+ 02T14:00 resolved\n= 02T13:00 breached t\n= 02T14:00 missed t\n"
         "+ 02T15:00 waived excluded=yes approver=head\n",
         "02T15:00",
         "02T09:00 02T13:00 ran\n"
         "02T15:00 waiver by head\n"},
    };

    check_by_hand(rows, COUNT_OF(rows), NULL);
}

TEST(who_granted_it_is_not_at_hand)
{
    static const by_hand row[] = {
        {"with history in the store", policy,
         "+ 02T09:00 opened\n+ 02T10:00 extended for=PT1H approver=head reason=survey\n" EXTENDED(
             "02T14:00") "+ 02T10:30 waived for=PT1H approver=head\n@ 02T10:45\n",
         "02T10:45",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 extension +PT1H due 02T14:00\n"
         "02T10:00 02T10:30 ran\n"
         "02T10:30 waiver +PT1H\n"
         "02T10:30 02T10:45 ran\n"
         "02T10:45 02T14:00 ran ahead\n"},
    };
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;

    options.history_in_store = true;
    check_by_hand(row, COUNT_OF(row), &options);
}

TEST(until_its_history_is_supplied)
{
    static const char *const lines[] = {"02T09:00 opened",
                                        "02T10:00 extended for=PT1H approver=head reason=survey"};
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    static stage scene;
    static stage_fact given[COUNT_OF(lines)];
    static told_why why;
    sla_fact facts[COUNT_OF(lines)];
    sla_event event;

    options.history_in_store = true;
    stage_open(&scene, "supplied", policy, &options);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        stage_read_fact(lines[i], &given[i]);
        facts[i] = given[i].fact;
        CHECK_OK(sla_engine_record(scene.engine, &facts[i], given[i].now, NULL, NULL));
        while (sla_engine_poll(scene.engine, given[i].now, &event))
            continue;
    }
    explain(&scene, stage_time("02T10:00"), &why);
    CHECK_EQ("not at hand", 0, why.segments[1].approver.length);
    CHECK_OK(sla_engine_supply_history(scene.engine, stage_string(""), stage_string("T-1"), facts,
                                       NULL, COUNT_OF(facts)));
    explain(&scene, stage_time("02T10:00"), &why);
    CHECK_EQ("extended", SLA_EXPLAIN_EXTENSION, why.segments[1].kind);
    CHECK_EQ("by the head", 4, why.segments[1].approver.length);
    CHECK_TRUE("by the head", memcmp(why.segments[1].approver.data, "head", 4) == 0);
    CHECK_STR("and why", "survey", why.segments[1].label);
    stage_close(&scene);
}

TEST(several_reasons_in_one_pause)
{
    static const by_hand rows[] = {
        {"both hold", policy, "+ 02T09:00 opened\n+ 02T10:00 ordered\n+ 02T10:30 held\n",
         "02T11:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 02T11:00 paused held /held /parts\n"
         "02T11:00 02T13:00 ran ahead\n"},
        {"one after the other", policy,
         "+ 02T09:00 opened\n+ 02T10:00 ordered\n+ 02T10:30 held\n+ 02T11:00 free\n"
         "= 02T11:00 due_changed t because=resumed\n",
         "02T11:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 02T11:00 paused held /held /parts\n"
         "02T11:00 credit +PT1H due 02T14:00 held /held /parts\n"
         "02T11:00 02T14:00 ran ahead\n"},
        {"only one", policy, "+ 02T09:00 opened\n+ 02T10:00 ordered\n", "02T11:00",
         "02T09:00 02T10:00 ran\n"
         "02T10:00 02T11:00 paused parts /parts\n"
         "02T11:00 02T13:00 ran ahead\n"},
    };

    check_by_hand(rows, COUNT_OF(rows), NULL);
}

/* ------------------------------------------------------------ a start ahead */

#define OPENED "+ 02T09:00 opened visit=2026-03-05T09:00:00Z\n"

TEST(a_start_that_lies_ahead)
{
    static const by_hand rows[] = {
        {"paused before it", visit, OPENED "+ 02T10:00 held\n", "02T11:00",
         "05T09:00 05T13:00 ran ahead\n"},
        {"paused as it begins, explained at that instant", visit, OPENED "+ 02T10:00 held\n",
         "05T09:00", "05T09:00 05T13:00 ran ahead\n"},
        {"paused since before it, and later", visit, OPENED "+ 02T10:00 held\n", "05T10:00",
         "05T09:00 05T10:00 paused held /held\n"
         "05T10:00 05T13:00 ran ahead\n"},
        {"paused over it", visit,
         OPENED "+ 02T10:00 held\n+ 05T10:00 free\n= 05T10:00 due_changed t because=resumed\n",
         "05T10:00",
         "05T09:00 05T10:00 paused held /held\n"
         "05T10:00 credit +PT1H due 05T14:00 held /held\n"
         "05T10:00 05T14:00 ran ahead\n"},
        {"a pause that ended before it moves nothing", visit,
         OPENED "+ 02T10:00 held\n+ 02T12:00 free\n", "02T12:00", "05T09:00 05T13:00 ran ahead\n"},
        {"extended before it", visit,
         OPENED "+ 02T10:00 extended for=PT1H approver=head\n" EXTENDED("05T14:00"), "02T12:00",
         "02T10:00 extension +PT1H due 05T14:00 by head\n"
         "05T09:00 05T14:00 ran ahead\n"},
        {"paused and extended before it", visit,
         OPENED
         "+ 02T09:30 held\n+ 02T10:00 extended for=PT1H approver=head\n" EXTENDED("05T14:00"),
         "02T12:00",
         "02T10:00 extension +PT1H due 05T14:00 by head\n"
         "05T09:00 05T14:00 ran ahead\n"},
        {"it begins paused, explained at that instant", policy,
         "+ 02T08:00 ordered -> no_effect\n+ 02T09:00 opened\n", "02T09:00",
         "02T09:00 02T13:00 ran ahead\n"},
    };

    check_by_hand(rows, COUNT_OF(rows), NULL);
}
