/* Goal: a clock that has ended is explained, and judged, by the calendars in force
 * when it ended, whatever is adopted afterwards.
 * Method: tables worked out by hand: adoptions before, at and after the end, late
 * facts, history in store; and at random, explained anew after every adoption. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#include <sla/explain.h>
#include <sla/time.h>

#define OFFICE(version, hours, more)                                                               \
    "{'kind': 'calendar', 'name': 'office', 'version': '" version "', 'zone': 'UTC',"              \
    " 'week': {'mon-fri': ['" hours "']}" more "}"
#define HOLIDAY(day)                                                                               \
    ", 'known_until': '2026-12-31', 'holidays': [{'date': '2026-03-" day "', 'name': 'new'}]"

enum { SEGMENTS_MAX = 200, TEXT = 512 };

static const char policy[] =
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'resolved',"
    " 'calendar': 'office', 'on_reopen': 'new_cycle', 'goals': [{'business': 'PT16H'}],"
    " 'pauses': [{'reason': 'held', 'on': 'held'}], 'resumes': [{'on': 'free'}]}]}";

typedef struct told_why {
    sla_explanation explanation;
    sla_explain_segment segments[SEGMENTS_MAX];
    size_t count;
} told_why;

static void explain(const stage *scene, const char *target, uint32_t cycle, sla_time now,
                    told_why *out)
{
    CHECK_OK(sla_engine_explain(scene->engine, stage_string(""), stage_string("T-1"), "p", target,
                                cycle, now, &out->explanation, out->segments, SEGMENTS_MAX,
                                &out->count));
}

/* What cannot be but so, by whichever calendar it is explained. */
static void check_sums(const char *why, const told_why *told)
{
    const sla_explanation *x = &told->explanation;
    sla_time due = x->first_due_at;

    CHECK_EQ(why, x->need + x->extended, x->counted + x->held);
    for (size_t i = 0; i < told->count; i++) {
        if (told->segments[i].due_at != SLA_NEVER)
            due = told->segments[i].due_at;
    }
    CHECK_EQ(why, x->clock.due_at, due);
}

/* Version, first due, what counted, and the holidays met. */
static void print_why(const told_why *told, char *text)
{
    char first[SLA_TIME_TEXT_MAX], counted[SLA_TIME_TEXT_MAX];

    (void)sla_time_format(told->explanation.first_due_at, first, sizeof first);
    (void)sla_duration_format(told->explanation.counted, counted, sizeof counted);
    first[13] = '\0'; /* to the hour */
    snprintf(text, TEXT, "version %s first %s counted %s", told->explanation.calendar_version,
             first + 8, counted);
    for (size_t i = 0; i < told->count; i++) {
        const sla_explain_segment *segment = &told->segments[i];

        if (segment->kind == SLA_EXPLAIN_HOLIDAY &&
            (i == 0 || told->segments[i - 1].kind != segment->kind))
            snprintf(text + strlen(text), TEXT - strlen(text), " %s", segment->label);
    }
}

/* ------------------------------------------------------------------ by hand */

/* Each calendar (version 2, 3 ...) comes before the part of the script that follows. */
typedef struct by_hand {
    const char *why;
    struct {
        const char *script, *at, *calendar;
    } parts[4];
    uint32_t cycle;
    const char *want;
} by_hand;

static void play_parts(stage *scene, const by_hand *row)
{
    for (size_t i = 0; i < COUNT_OF(row->parts) && row->parts[i].script != NULL; i++) {
        if (row->parts[i].calendar != NULL)
            stage_adopt(scene, NULL, row->parts[i].calendar, stage_time(row->parts[i].at));
        stage_play(scene, row->parts[i].script);
    }
}

TEST(by_the_calendar_of_its_end)
{
    static const by_hand rows[] = {
        {"a holiday learned of afterwards: it ran on that day",
         {{"+ 02T09:00 opened\n+ 03T11:00 resolved\n= 03T11:00 met t\n", NULL, NULL},
          {"@ 03T16:00\n", "03T15:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"learned of while it ran",
         {{"+ 02T09:00 opened\n", NULL, NULL},
          {"! 02T10:00\n= 02T10:00 due_changed t step=due_changed:world because=calendar_changed\n"
           "+ 03T11:00 resolved\n= 03T11:00 met t\n",
           "02T10:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))},
          {"@ 04T12:00\n", "04T11:00", OFFICE("3", "09:00-17:00", HOLIDAY("04"))}},
         0,
         "version 2 first 04T17 counted PT16H new"},
        {"at the instant of its end: the fact comes first",
         {{"+ 02T09:00 opened\n+ 03T11:00 resolved\n= 03T11:00 met t\n", NULL, NULL},
          {"@ 03T12:00\n", "03T11:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"at the instant of its end, and only then the fact is recorded",
         {{"+ 02T09:00 opened\n", NULL, NULL},
          {"! 03T11:00\n= 03T11:00 due_changed t step=due_changed:world because=calendar_changed\n"
           "+ 03T11:00 resolved -> late\n"
           "= 03T11:00 met t\n",
           "03T11:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"several since",
         {{"+ 02T09:00 opened\n+ 03T11:00 resolved\n= 03T11:00 met t\n", NULL, NULL},
          {"@ 03T13:00\n", "03T12:00", OFFICE("2", "09:00-17:00", HOLIDAY("02"))},
          {"@ 03T14:00\n", "03T13:00", OFFICE("3", "10:00-12:00", "")},
          {"@ 03T15:00\n", "03T14:00", OFFICE("4", "09:00-17:00", HOLIDAY("03"))}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"folded again for a late fact",
         {{"+ 02T09:00 opened\n+ 03T11:00 resolved\n= 03T11:00 met t\n", NULL, NULL},
          {"+ 03T16:00 remark at=02T10:00 -> late no_effect\n", "03T15:00",
           OFFICE("2", "09:00-17:00", HOLIDAY("03"))}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"and then over to other policies",
         {{"+ 02T09:00 opened\n+ 03T11:00 resolved\n= 03T11:00 met t\n", NULL, NULL},
          {"+ 03T16:00 migrated\n", "03T15:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))},
          {"@ 03T18:00\n", "03T17:00", OFFICE("3", "10:00-12:00", "")}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"its end is recorded late, across an adoption",
         {{"+ 02T09:00 opened\n", NULL, NULL},
          {"! 03T15:00\n= 03T15:00 due_changed t step=due_changed:world because=calendar_changed\n"
           "+ 03T16:00 resolved at=03T11:00 -> late\n"
           "= 03T11:00 met t late\n",
           "03T15:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"opened before the adoption that was there when it was recorded",
         {{"@ 04T09:00\n", "04T08:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))},
          {"+ 04T09:00 opened at=02T09:00\n+ 04T09:00 resolved at=03T11:00\n"
           "= 03T11:00 met t late\n",
           "04T08:30", OFFICE("3", "09:00-17:00", HOLIDAY("03"))},
          {"@ 04T12:00\n", "04T10:00", OFFICE("4", "09:00-17:00", "")}},
         0,
         "version 3 first 04T17 counted PT16H new"},
        {"a pause credited in it",
         {{"+ 02T09:00 opened\n+ 02T10:00 held\n+ 02T12:00 free\n"
           "= 02T12:00 due_changed t because=resumed\n+ 03T11:00 resolved\n= 03T11:00 met t\n",
           NULL, NULL},
          {"@ 03T16:00\n", "03T15:00", OFFICE("2", "09:00-17:00", HOLIDAY("02"))}},
         0,
         "version 1 first 03T17 counted PT16H"},
        {"the cycle before, while the next one runs by the new one",
         {{"+ 02T09:00 opened\n+ 02T11:00 resolved\n= 02T11:00 met t\n+ 02T12:00 reopened\n", NULL,
           NULL},
          {"! 02T13:00\n= 02T13:00 due_changed t/2 step=due_changed:world "
           "because=calendar_changed\n",
           "02T13:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))}},
         1,
         "version 1 first 03T17 counted PT16H"},
        {"the next cycle",
         {{"+ 02T09:00 opened\n+ 02T11:00 resolved\n= 02T11:00 met t\n+ 02T12:00 reopened\n", NULL,
           NULL},
          {"! 02T13:00\n= 02T13:00 due_changed t/2 step=due_changed:world "
           "because=calendar_changed\n",
           "02T13:00", OFFICE("2", "09:00-17:00", HOLIDAY("03"))}},
         2,
         "version 2 first 05T12 counted PT16H new"},
    };
    static stage scene;
    static told_why told;
    char text[TEXT];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        stage_open(&scene, rows[i].why, policy, NULL);
        play_parts(&scene, &rows[i]);
        explain(&scene, "t", rows[i].cycle, stage_time("04T12:00"), &told);
        print_why(&told, text);
        CHECK_STR(rows[i].why, rows[i].want, text);
        check_sums(rows[i].why, &told);
        stage_close(&scene);
    }
}

/* ------------------------------------------------- ended by a derived fact */

/* The breach of `a` derives the fact that ends `b`. */
#define CHAIN(goal)                                                                                \
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 'a', 'stop': 'resolved', " goal        \
    ", 'steps': [{'step': 'breach', 'derives': 'over'}]},"                                         \
    "{'target': 'b', 'stop': 'over', 'calendar': 'office', 'goals': [{'business': 'PT16H'}]}]}"

TEST(by_the_calendar_of_a_derived_end)
{
    static const struct {
        const char *why, *policy, *script, *calendar, *after, *want;
    } rows[] = {
        {"the breach comes before the world of its instant",
         CHAIN("'goals': [{'elapsed': 'PT6H'}]"),
         "+ 02T09:00 opened\n@ 02T15:00\n= 02T15:00 breached a\n= 02T15:00 met b\n",
         OFFICE("2", "09:00-17:00", HOLIDAY("03")), "! 02T15:00\n",
         "version 1 first 03T17 counted PT16H"},
        {"nobody had polled the breach before", CHAIN("'goals': [{'elapsed': 'PT6H'}]"),
         "+ 02T09:00 opened\n", OFFICE("2", "09:00-17:00", HOLIDAY("03")),
         "! 02T15:00\n= 02T15:00 breached a\n= 02T15:00 met b\n",
         "version 1 first 03T17 counted PT16H"},
        {"the world makes the breach: it has replanned what that ends",
         CHAIN("'calendar': 'office', 'goals': [{'business': 'PT7H'}]"), "+ 02T07:00 opened\n",
         OFFICE("2", "05:00-18:00", HOLIDAY("03")),
         "! 02T15:00\n"
         "= 02T15:00 due_changed a step=due_changed:world because=calendar_changed\n"
         "= 02T15:00 breached a because=calendar_changed\n"
         "= 02T15:00 due_changed b step=due_changed:world because=calendar_changed\n"
         "= 02T15:00 met b\n",
         "version 2 first 04T10 counted PT16H new"},
    };
    static stage scene;
    static told_why told;
    char text[TEXT];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        stage_open(&scene, rows[i].why, rows[i].policy, NULL);
        stage_play(&scene, rows[i].script);
        stage_adopt(&scene, NULL, rows[i].calendar, stage_time("02T15:00"));
        stage_play(&scene, rows[i].after);
        explain(&scene, "b", 0, stage_time("02T16:00"), &told);
        print_why(&told, text);
        CHECK_STR(rows[i].why, rows[i].want, text);
        check_sums(rows[i].why, &told);
        stage_close(&scene);
    }
}

/* -------------------------------------------------------- history in the store */

TEST(with_history_in_the_store)
{
    sla_engine_options options = SLA_ENGINE_OPTIONS_INIT;
    static stage scene;
    static told_why told;
    char text[TEXT];

    options.history_in_store = true;
    stage_open(&scene, "store", policy, &options);
    stage_play(&scene, "+ 02T09:00 opened\n+ 03T11:00 resolved\n= 03T11:00 met t\n");
    stage_adopt(&scene, NULL, OFFICE("2", "09:00-17:00", HOLIDAY("03")), stage_time("03T11:00"));
    stage_adopt(&scene, NULL, OFFICE("3", "10:00-12:00", ""), stage_time("03T12:00"));
    explain(&scene, "t", 0, stage_time("04T12:00"), &told);
    print_why(&told, text);
    CHECK_STR("in the store", "version 1 first 03T17 counted PT16H", text);
    check_sums("in the store", &told);
    stage_close(&scene);
}

/* ------------------------------------------------------------------- judging */

/* What is waived is added by the calendar that the clock was judged by. */
TEST(waived_after_another_calendar)
{
    static stage scene;
    static told_why told;

    stage_open(&scene, "waived", policy, NULL);
    stage_play(&scene, "+ 02T09:00 opened\n+ 04T11:00 resolved\n= 03T17:00 breached t\n"
                       "= 04T11:00 missed t adjusted=no\n");
    stage_adopt(&scene, NULL, OFFICE("2", "09:00-17:00", HOLIDAY("04")), stage_time("04T12:00"));
    stage_play(&scene, "+ 04T13:00 waived for=PT2H approver=head\n");
    explain(&scene, "t", 0, stage_time("04T13:00"), &told);
    CHECK_EQ("two hours of the 4th", stage_time("04T11:00"), told.explanation.adjusted_due_at);
    check_sums("waived", &told);
    stage_close(&scene);
}

/* ------------------------------------------------------------------ at random */

static void check_unchanged(const char *why, const told_why *before, const told_why *after)
{
    char one[TEXT], other[TEXT];

    print_why(before, one);
    print_why(after, other);
    CHECK_STR(why, one, other);
    CHECK_EQ(why, before->count, after->count);
    for (size_t i = 0; i < before->count; i++) {
        CHECK_EQ(why, before->segments[i].end, after->segments[i].end);
        CHECK_EQ(why, before->segments[i].counted, after->segments[i].counted);
    }
}

static void random_script(prng *random, char *script, size_t size)
{
    sla_time at = stage_time("02T09:00");
    char stamp[SLA_TIME_TEXT_MAX];

    script[0] = '\0';
    for (size_t i = 0; i < 4; i++) {
        static const char *const names[] = {"opened", "held", "free", "resolved"};

        (void)sla_time_format(at, stamp, sizeof stamp);
        snprintf(script + strlen(script), size - strlen(script), "%s %s\n", stamp, names[i]);
        at += prng_between(random, 1, 7) * SLA_HOUR;
    }
}

static void play_quietly(const stage *scene, const char *script, sla_time *now_out)
{
    sla_event event;

    for (const char *line = script; *line != '\0'; line = strchr(line, '\n') + 1) {
        char one[STAGE_LINE];
        stage_fact given;

        snprintf(one, sizeof one, "%.*s", (int)(strchr(line, '\n') - line), line);
        stage_read_fact(one, &given);
        CHECK_OK(sla_engine_record(scene->engine, &given.fact, given.now, NULL, NULL));
        *now_out = given.now;
    }
    while (sla_engine_poll(scene->engine, *now_out, &event))
        continue;
}

TEST(nothing_adopted_later_changes_it)
{
    static const char *const calendars[] = {
        OFFICE("2", "09:00-17:00", HOLIDAY("02")), OFFICE("3", "09:00-17:00", HOLIDAY("03")),
        OFFICE("4", "10:00-12:00", ""), OFFICE("5", "00:00-24:00", "")};
    const size_t rounds = check_count(100, 2000);
    prng random = check_prng();
    static stage scene;
    static told_why before, after;

    for (size_t i = 0; i < rounds; i++) {
        char script[TEXT];
        sla_time end = 0, at;
        stage_fact late;
        const char *first = calendars[prng_below(&random, COUNT_OF(calendars))];

        random_script(&random, script, sizeof script);
        stage_open(&scene, script, policy, NULL);
        stage_adopt(&scene, NULL, first,
                    stage_time("02T09:00") + prng_between(&random, 0, 9) * SLA_HOUR);
        play_quietly(&scene, script, &end);
        explain(&scene, "t", 0, end, &before);
        check_sums(script, &before);
        at = end;
        for (size_t k = 0; k < 3; k++) {
            stage_adopt(&scene, NULL, calendars[prng_below(&random, COUNT_OF(calendars))], at);
            explain(&scene, "t", 0, end, &after);
            check_unchanged(script, &before, &after);
            at += prng_between(&random, 0, 2) * SLA_HOUR;
        }
        stage_read_fact("09T09:00 remark at=02T10:00", &late);
        CHECK_OK(sla_engine_record(scene.engine, &late.fact, late.now, NULL, NULL));
        explain(&scene, "t", 0, end, &after);
        check_unchanged(script, &before, &after);
        check_sums(script, &after);
        stage_close(&scene);
    }
}
