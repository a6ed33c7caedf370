/* Goal: rules 1, 2 and 21 to 24 of docs/semantics.md: facts in, late, twice,
 * unknown, and what leaves memory.
 * Method: scripts worked out by hand (stage.h); every option a rule names has a
 * row.  Rules 15 to 17 are in test_calendar_{cutoffs,days,spans,civil_time}.c. */
#include "stage.h"

#include <string.h>

#define P(members) "{'policy': 'p', 'version': '1', " members "}"
#define LADDER                                                                                     \
    "'steps': [{'step': 'warn', 'before': 'PT1H', 'to': 'agent'},"                                 \
    " {'step': 'level_1', 'after': 'PT0S', 'level': 1, 'to': 'chief'},"                            \
    " {'step': 'level_2', 'after': 'PT1H', 'level': 2, 'to': 'head'}]"
#define HOURS(n) "'goals': [{'elapsed': 'PT" #n "H'}]"
#define T(members) "'targets': [{'target': 't', 'stop': 'resolved', " members "}]"
#define PAUSES "'pauses': [{'reason': 'held', 'on': 'held'}], 'resumes': [{'on': 'free'}]"
#define BY_GRADE                                                                                   \
    "'attributes': {'grade': 'int'},"                                                              \
    " 'targets': [{'target': 't', 'stop': 'resolved',"                                             \
    "  'goals': [{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT2H'}, {'elapsed': 'PT4H'}],"   \
    "  'steps': [{'step': 'breach', 'to': 'desk'}]}]"

TEST(rule_01_facts_are_folded_by_instant_then_by_seq)
{
    static const stage_row rows[] = {
        {"of one instant the first recorded comes first", P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t due=02T13:00 end=02T10:00 seq=2\n"
         "+ 02T10:00 reopened\n"
         "? t/2 state=running due=02T14:00\n"},
        {"the other way about nothing had ended that could be reopened", P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 reopened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t seq=3\n"
         "? t/2 gone\n"},
        {"recorded later, occurred earlier: it takes the place of its instant",
         P(T(HOURS(4) ", " PAUSES)),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 held\n"
         "+ 02T11:30 remark -> no_effect\n"
         "+ 02T12:00 free at=02T11:00 -> late\n"
         "= 02T11:00 due_changed t late because=late_fact old=02T13:00 due=02T14:00 told=02T12:00\n"
         "? t state=running due=02T14:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_01_correcting_and_withdrawing)
{
    static const stage_row rows[] = {
        {"a corrected fact keeps its seq: it still comes before the one recorded after it",
         P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved id=r\n"
         "= 02T10:00 met t seq=2\n"
         "+ 02T10:00 reopened\n"
         "? t/2 state=running start=02T10:00\n"
         "+ 02T11:00 resolved corrects=r at=02T10:00 by=desk -> late\n"
         "? t state=met end=02T10:00\n"
         "? t/2 state=running start=02T10:00\n"},
        {"at another instant it takes the place of that instant", P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved id=r\n"
         "= 02T10:00 met t\n"
         "+ 02T11:00 resolved corrects=r at=02T09:30 -> late\n"
         "? t state=met end=02T09:30\n"},
        {"`opened` is corrected: the start moves", P(T(HOURS(4))),
         "+ 02T09:00 opened id=o\n"
         "+ 02T10:00 opened corrects=o at=02T08:00 -> late\n"
         "= 02T08:00 due_changed t late because=late_fact old=02T13:00 due=02T12:00\n"
         "? t start=02T08:00 due=02T12:00\n"},
        {"what never was", P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved id=r\n"
         "= 02T10:00 met t\n"
         "+ 02T11:00 withdrawn withdraws=r -> late\n"
         "= 02T11:00 retracted t step=retracted:met because=late_fact\n"
         "? t state=running due=02T13:00\n"
         "@ 02T13:00\n"
         "= 02T13:00 breached t\n"},
        {"of several the last recorded wins: withdrawn, then corrected, it is back", P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "- 02T10:00 resolved id=r\n"
         "- 02T10:30 withdrawn withdraws=r -> late\n"
         "- 02T11:00 resolved corrects=r at=02T10:15\n"
         "? t state=met end=02T10:15\n"
         "! 02T11:00\n"
         "= 02T10:15 met t late seq=2\n"},
        {"what is not there is not withdrawn, and `opened` never", P(T(HOURS(4))),
         "+ 02T09:00 opened id=o\n"
         "+ 02T10:00 withdrawn withdraws=x -> SLA_ERR_NOT_FOUND\n"
         "+ 02T10:00 withdrawn withdraws=o -> SLA_ERR_STATE\n"
         "+ 02T10:00 resolved corrects=x -> SLA_ERR_NOT_FOUND\n"
         "+ 02T10:00 opened -> SLA_ERR_STATE\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_01_facts_ahead_of_now_before_opened_and_too_late)
{
    static const stage_row rows[] = {
        {"five minutes ahead it waits for its time", P(T(HOURS(4))),
         "+ 02T09:00 opened at=02T09:05\n"
         "? t gone\n"
         "@ 02T09:04:59\n"
         "? t gone\n"
         "@ 02T09:05\n"
         "? t state=running start=02T09:05 due=02T13:05\n"},
        {"and not a microsecond more", P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T09:10 resolved at=2026-03-02T09:15:00.000001Z -> SLA_ERR_FUTURE\n"},
        {"the policy may tolerate more", P("'future_tolerance': 'PT1H', " T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T09:10 resolved at=02T10:10\n"
         "+ 02T09:10 resolved at=02T10:10:01 -> SLA_ERR_FUTURE\n"
         "@ 02T10:10\n"
         "= 02T10:10 met t\n"},
        {"before `opened` only pauses and starts are remembered",
         P(T(HOURS(4) ", " PAUSES ", 'start_from': {'fact': 'called'}")),
         "+ 02T07:00 called -> no_effect\n"
         "+ 02T07:30 resolved -> no_effect\n"
         "+ 02T08:00 held -> no_effect\n"
         "+ 02T08:30 free -> no_effect\n"
         "+ 02T09:00 opened\n"
         "? t state=running start=02T07:00 due=02T11:30\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_01_late_fact_limit)
{
    static const stage_row rows[] = {
        {"older than the limit, it needs somebody's word",
         P("'late_fact_limit': 'PT2H', " T(HOURS(8))),
         "+ 02T09:00 opened\n"
         "+ 02T14:00 resolved at=02T11:59:59 -> SLA_ERR_TOO_LATE\n"
         "? t state=running\n"
         "+ 02T14:00 resolved at=02T11:59:59 authorised_by=head\n"
         "= 02T11:59:59 met t late seq=2\n"},
        {"exactly at the limit it may", P("'late_fact_limit': 'PT2H', " T(HOURS(8))),
         "+ 02T09:00 opened\n"
         "- 02T14:00 resolved at=02T12:00\n"
         "! 02T14:00\n"
         "= 02T12:00 met t late\n"},
        {"without one, any age", P(T(HOURS(8))),
         "+ 02T09:00 opened\n"
         "+ 02T16:59 resolved at=02T09:00:01\n"
         "= 02T09:00:01 met t late\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_02_what_was_told_and_no_longer_holds_is_taken_back)
{
    static const stage_row rows[] = {
        {"breach and levels, to the same people; warnings silently", P(T(HOURS(4) ", " LADDER)),
         "+ 02T09:00 opened\n"
         "@ 02T14:00\n"
         "= 02T12:00 warning t step=warn to=agent told=02T12:00\n"
         "= 02T13:00 breached t\n"
         "= 02T13:00 escalated t step=level_1 to=chief level=1\n"
         "= 02T14:00 escalated t step=level_2 to=head level=2\n"
         "+ 02T15:00 resolved at=02T11:00 -> late\n"
         "= 02T11:00 breach_retracted t step=breach_retracted:breach late because=late_fact\n"
         "= 02T11:00 retracted t step=retracted:level_1 late because=late_fact to=chief level=1\n"
         "= 02T11:00 retracted t step=retracted:level_2 late because=late_fact to=head level=2\n"
         "= 02T11:00 met t late\n"},
        {"the breach holds at another instant", P(T(HOURS(4) ", " PAUSES)),
         "+ 02T09:00 opened\n"
         "+ 02T13:00 remark -> no_effect\n"
         "= 02T13:00 breached t\n"
         "- 02T16:00 held at=02T10:00 -> late\n"
         "- 02T16:00 free at=02T11:00 -> late\n"
         "! 02T16:00\n"
         "= 02T10:00 breach_retracted t step=breach_retracted:breach late because=late_fact\n"
         "= 02T11:00 due_changed t late because=late_fact old=02T13:00 due=02T14:00\n"
         "= 02T14:00 breached t ^1 late breach=02T14:00\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_02_what_moves_within_the_past_and_into_the_future)
{
    static const stage_row rows[] = {
        {"the breach is told as backdated, with the old and the new instant; a warning is not told",
         P("'attributes': {'grade': 'int'},"
           " 'targets': [{'target': 't', 'stop': 'resolved',"
           "  'goals': [{'when': {'attr': 'grade', 'eq': 1}, 'elapsed': 'PT2H'},"
           "   {'elapsed': 'PT4H'}], " LADDER "}]"),
         "+ 02T09:00 opened id=o grade=2\n"
         "@ 02T13:00\n"
         "= 02T12:00 warning t step=warn\n"
         "= 02T13:00 breached t\n"
         "= 02T13:00 escalated t step=level_1\n"
         "+ 02T13:30 opened corrects=o at=02T08:00 grade=2 -> late\n"
         "= 02T08:00 due_changed t late because=late_fact old=02T13:00 due=02T12:00\n"
         "= 02T08:00 breach_backdated t late because=late_fact old=02T13:00 breach=02T12:00\n"
         "= 02T13:00 escalated t step=level_2 late\n"},
        {"a step that moved into the future comes again, one revision on",
         P(T(HOURS(4) ", " LADDER)),
         "+ 02T09:00 opened id=o\n"
         "@ 02T13:00\n"
         "= 02T12:00 warning t step=warn\n"
         "= 02T13:00 breached t\n"
         "= 02T13:00 escalated t step=level_1\n"
         "+ 02T13:10 opened corrects=o at=02T10:30 -> late\n"
         "= 02T10:30 due_changed t late because=late_fact old=02T13:00 due=02T14:30\n"
         "= 02T10:30 breach_retracted t step=breach_retracted:breach late because=late_fact\n"
         "= 02T10:30 retracted t step=retracted:level_1 late because=late_fact\n"
         "@ 02T14:30\n"
         "= 02T13:30 warning t step=warn ^1\n"
         "= 02T14:30 breached t ^1\n"
         "= 02T14:30 escalated t step=level_1 ^1\n"},
        {"a step that should have been told is told now, under catch-up",
         P(T(HOURS(8) ", " LADDER)),
         "+ 02T09:00 opened id=o\n"
         "+ 02T13:10 opened corrects=o at=02T05:05 -> late\n"
         "= 02T05:05 due_changed t late because=late_fact old=02T17:00 due=02T13:05\n"
         "= 02T12:05 warning t step=warn late\n"
         "= 02T13:05 breached t late\n"
         "= 02T13:05 escalated t step=level_1 late\n"},
    };

    stage_play_rows(rows, COUNT_OF(rows));
}

TEST(rule_21_names_that_no_policy_reads)
{
    static stage scene;
    const char *name;
    uint64_t count;

    stage_open(&scene, "unread", P(BY_GRADE), NULL);
    stage_play(&scene, "+ 02T09:00 opened colour=red grade=1\n"
                       "+ 02T09:10 sneezed -> no_effect\n"
                       "+ 02T09:20 sneezed colour=blue -> no_effect\n"
                       "+ 02T09:25 sneezed grade=2\n"
                       "= 02T09:25 due_changed t because=goal_changed old=02T11:00 due=02T13:00\n"
                       "+ 02T09:30 attributes grade=high -> SLA_ERR_FACT\n"
                       "+ 02T09:30 attributes grade=true -> SLA_ERR_FACT\n"
                       "? t due=02T13:00\n");
    CHECK_EQ("first seen", 1, sla_engine_unread(scene.engine, 0, &name, &count));
    CHECK_STR("an attribute", "colour", name);
    CHECK_EQ("came twice", 2, count);
    CHECK_EQ("second", 1, sla_engine_unread(scene.engine, 1, &name, &count));
    CHECK_STR("a fact", "sneezed", name);
    CHECK_EQ("came three times; a wrong one was refused", 3, count);
    CHECK_EQ("no more", 0, sla_engine_unread(scene.engine, 2, &name, &count));
    stage_close(&scene);
}

TEST(rule_22_the_same_fact_again)
{
    static const stage_row rows[] = {
        {"same id, same content: nothing changes", P(BY_GRADE),
         "+ 02T09:00 opened id=o grade=1\n"
         "+ 02T10:00 opened id=o grade=1 at=02T09:00 -> SLA_DUPLICATE\n"
         "? t due=02T11:00\n"},
        {"same id, other content", P(BY_GRADE),
         "+ 02T09:00 opened id=o grade=1\n"
         "+ 02T09:00 opened id=o grade=2 -> SLA_ERR_CONFLICT\n"
         "+ 02T09:01 opened id=o grade=1 -> SLA_ERR_CONFLICT\n"
         "+ 02T09:00 resolved id=o -> SLA_ERR_CONFLICT\n"
         "+ 02T09:00 opened id=o grade=1 reason=x -> SLA_ERR_CONFLICT\n"
         "? t due=02T11:00\n"},
        {"the id is the ticket's own", P(BY_GRADE),
         "+ 02T09:00 opened id=o\n"
         "+ 02T09:00 opened id=o ticket=T-2\n"
         "+ 02T09:00 opened id=o tenant=north\n"},
        {"without an id nothing is promised: it is another fact", P(T(HOURS(4))),
         "+ 02T09:00 opened\n"
         "+ 02T10:00 resolved\n"
         "= 02T10:00 met t\n"
         "+ 02T10:00 resolved\n"},
    };
    static stage scene;
    stage_fact given;
    sla_answer answer;

    stage_play_rows(rows, COUNT_OF(rows));
    stage_open(&scene, "the seq of the first", P(BY_GRADE), NULL);
    stage_play(&scene,
               "+ 02T09:00 opened\n+ 02T09:10 attributes grade=2 id=a\n+ 02T09:20 attributes\n");
    stage_read_fact("02T09:10 attributes grade=2 id=a", &given);
    CHECK_RESULT(SLA_DUPLICATE,
                 sla_engine_record(scene.engine, &given.fact, given.now, &answer, NULL));
    CHECK_EQ("of the first", 2, answer.seq);
    stage_close(&scene);
}

static int record_text(stage *scene, sla_string tenant, sla_string ticket, sla_string name)
{
    stage_fact given;

    stage_read_fact("02T09:00 opened", &given);
    given.fact.tenant = tenant;
    given.fact.ticket = ticket;
    given.fact.name = name;
    return sla_engine_record(scene->engine, &given.fact, given.now, NULL, NULL);
}

TEST(rule_23_ids_and_encodings)
{
    static char sixty_four[SLA_ID_MAX + 2];
    static const struct {
        const char *why, *tenant, *ticket, *name;
        int want;
    } rows[] = {
        {"64 bytes", sixty_four + 1, sixty_four + 1, "opened", SLA_OK},
        {"65 bytes of ticket", "", sixty_four, "opened", SLA_ERR_TOO_LONG},
        {"65 bytes of tenant", sixty_four, "T", "opened", SLA_ERR_TOO_LONG},
        {"any language", "\xe5\x8d\x97", "\xe6\x8a\x95\xe8\xaf\x89-1", "opened", SLA_OK},
        {"not UTF-8", "", "\xff", "opened", SLA_ERR_FACT},
        {"a surrogate", "", "\xed\xa0\x80", "opened", SLA_ERR_FACT},
        {"cut short", "\xe5\x8d", "T", "opened", SLA_ERR_FACT},
        {"a control character", "", "a\nb", "opened", SLA_ERR_FACT},
        {"delete", "", "a\x7f", "opened", SLA_ERR_FACT},
        {"no ticket", "", "", "opened", SLA_ERR_FACT},
        {"by bytes: other case, other ticket", "", "t", "opened", SLA_OK},
        {"the same bytes", "", "t", "opened", SLA_ERR_STATE},
        {"tenant and ticket do not run together", "ab", "c", "opened", SLA_OK},
        {"... here", "a", "bc", "opened", SLA_OK},
        {"names are small", "", "T9", "Opened", SLA_ERR_FACT},
        {"names begin with a letter", "", "T9", "1st", SLA_ERR_FACT},
        {"names have no dash", "", "T9", "re-opened", SLA_ERR_FACT},
        {"a name at all", "", "T9", "", SLA_ERR_FACT},
    };
    static stage scene;

    memset(sixty_four, 'x', SLA_ID_MAX + 1);
    stage_open(&scene, "ids", P(BY_GRADE), NULL);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_EQ(rows[i].why, rows[i].want,
                 record_text(&scene, stage_string(rows[i].tenant), stage_string(rows[i].ticket),
                             stage_string(rows[i].name)));
    stage_close(&scene);
}

TEST(rule_23_values)
{
    static char text[SLA_STRING_MAX + 1], name[SLA_NAME_MAX + 1];
    static stage scene;
    stage_fact given;
    sla_attribute *attribute = given.attributes;
    sla_error error;

    memset(text, 'x', sizeof text);
    memset(name, 'n', sizeof name);
    stage_open(&scene, "values", P(BY_GRADE), NULL);
    stage_read_fact("02T09:00 opened colour=red", &given);
    attribute->string = (sla_string){text, SLA_STRING_MAX + 1};
    CHECK_EQ("257 bytes", SLA_ERR_TOO_LONG,
             sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    attribute->string.length = SLA_STRING_MAX;
    attribute->name = (sla_string){name, SLA_NAME_MAX + 1};
    CHECK_TRUE("a name of 64",
               sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL) < 0);
    attribute->name.length = SLA_NAME_MAX;
    CHECK_OK(sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    given.fact.name = stage_string("attributes");
    attribute->string = stage_string("two\n\tlines\r\n");
    CHECK_OK(sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    attribute->string = (sla_string){"a\033b", 3};
    CHECK_EQ("a terminal would obey it", SLA_ERR_FACT,
             sla_engine_record(scene.engine, &given.fact, given.now, NULL, &error));
    CHECK_EQ("the member", 0, strncmp("/attributes/nnn", error.pointer, 15));
    stage_read_fact("02T09:00 attributes grade=high", &given);
    CHECK_EQ("a string", SLA_ERR_FACT,
             sla_engine_record(scene.engine, &given.fact, given.now, NULL, &error));
    CHECK_STR("the member", "/attributes/grade", error.pointer);
    CHECK_STR("what instead", "the policies hold a whole number here; write it without quotes",
              error.text);
    stage_read_fact("02T09:00 attributes grade=9223372036854775807", &given);
    CHECK_OK(sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    attribute->number = INT64_MIN;
    CHECK_OK(sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    given.fact.occurred_at = given.now = SLA_TIME_MAX + 1;
    CHECK_EQ("the year 2200", SLA_ERR_RANGE,
             sla_engine_record(scene.engine, &given.fact, given.now, NULL, NULL));
    stage_close(&scene);
}

static const sla_engine_options in_store = {
    .size = sizeof in_store, .history_in_store = true, .keep = SLA_HOUR};

TEST(rule_24_a_late_fact_needs_its_history)
{
    static stage scene;
    static stage_fact given[2];
    sla_fact facts[2];
    const sla_string none = {NULL, 0}, ticket = {"T-1", 3};

    stage_open(&scene, "store", P(T(HOURS(4))), &in_store);
    stage_play(&scene, "+ 02T09:00 opened\n"
                       "+ 02T12:00 resolved\n"
                       "= 02T12:00 met t\n"
                       "+ 02T12:30 resolved at=02T11:00 -> SLA_NEED_HISTORY\n"
                       "? t state=met end=02T12:00\n");
    stage_read_fact("02T09:00 opened", &given[0]);
    stage_read_fact("02T12:00 resolved", &given[1]);
    facts[0] = given[0].fact;
    facts[1] = given[1].fact;
    CHECK_EQ("one too few", SLA_ERR_ARGUMENT,
             sla_engine_supply_history(scene.engine, none, ticket, facts, NULL, 1));
    CHECK_EQ("another ticket", SLA_ERR_NOT_FOUND,
             sla_engine_supply_history(scene.engine, none, stage_string("T-2"), facts, NULL, 2));
    CHECK_OK(sla_engine_supply_history(scene.engine, none, ticket, facts, NULL, 2));
    stage_play(&scene, "+ 02T12:30 resolved at=02T11:00 -> late\n"
                       "= 02T11:00 retracted t step=retracted:met late because=late_fact\n"
                       "= 02T11:00 met t late seq=3\n"
                       "? t state=met end=02T11:00\n"
                       "+ 02T12:40 resolved at=02T10:00 -> SLA_NEED_HISTORY\n");
    stage_close(&scene);
}

TEST(rule_24_leaving_memory)
{
    static const sla_engine_options an_hour = {.size = sizeof an_hour, .keep = SLA_HOUR};
    static stage scene;
    size_t count;

    stage_open(&scene, "kept for an hour", P(T(HOURS(4))), &an_hour);
    stage_play(&scene, "+ 02T09:00 opened\n");
    CHECK_EQ("a live clock stays", 0, sla_engine_expire(scene.engine, stage_time("02T12:00")));
    stage_play(&scene, "+ 02T12:00 resolved\n= 02T12:00 met t\n");
    CHECK_EQ("not yet", 0, sla_engine_expire(scene.engine, stage_time("02T12:59:59")));
    CHECK_EQ("an hour on", 1, sla_engine_expire(scene.engine, stage_time("02T13:00")));
    CHECK_EQ(
        "gone", SLA_ERR_NOT_FOUND,
        sla_engine_clocks(scene.engine, stage_string(""), stage_string("T-1"), NULL, 0, &count));
    stage_close(&scene);

    stage_open(&scene, "until forgotten", P(T(HOURS(4))), NULL);
    stage_play(&scene, "+ 02T09:00 opened\n+ 02T10:00 resolved\n= 02T10:00 met t\n");
    CHECK_EQ("nothing leaves", 0, sla_engine_expire(scene.engine, SLA_TIME_MAX));
    CHECK_OK(sla_engine_forget(scene.engine, stage_string(""), stage_string("T-1")));
    CHECK_EQ("only once", SLA_ERR_NOT_FOUND,
             sla_engine_forget(scene.engine, stage_string(""), stage_string("T-1")));
    stage_close(&scene);
}
