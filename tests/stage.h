/*
 * stage.h - one engine, one ticket, and a script that a person can write by hand.
 *
 * A script is a text of lines, words apart by blanks:
 *
 *     + TIME FACT ...  a driver that is never late polls up to TIME, records the
 *                      fact, polls at TIME
 *     - TIME FACT ...  records only: nobody polls before or after
 *     @ TIME           the driver that is never late goes on to TIME
 *     ! TIME           polls at TIME only, as after a sleep
 *     = TIME KIND ...  what was told next
 *     ? CLOCK ...      how a clock stands
 *
 * After every line that tells something all of it has to be named by `=` lines,
 * in order, and the engine has to verify.  TIME is RFC 3339, or 02T09:00[:SS] for
 * that day of March 2026 (the 2nd is a Monday), in UTC.
 *
 * A fact: its name, then NAME=VALUE for what it carries (id by reason policy
 * target cycle corrects withdraws approver authorised_by for until excluded
 * silence; at=TIME where it occurred at another time than it is recorded); any
 * other NAME=VALUE is an attribute.  At its end `-> ANSWER`: late, no_effect,
 * refused:RULE, or the name of a result; nothing is SLA_OK and none of these.
 *
 * An event: its instant, kind and clock (POLICY.TARGET/CYCLE; the policy is left
 * out where it is `p`, cycle 1 and the target of events of the ticket too), then,
 * where it is so, step=NAME (unless it is called as its kind), *REPEAT (of steps),
 * ^REVISION, late, skipped=N, collapsed=N, because=WORD.  What else is written is
 * asked as well: to= level= state= start= due= old= breach= end= told= reason=
 * derived= rank= seq= id= version= agreement= provisional= defaults= governs=
 * excluded= adjusted= (yes or no).
 *
 * A clock: its name as above, then what is asked: the same words, and paused=
 * next= step= calendar= metric=; `gone` where there is no such clock.
 *
 * Documents are JSON with ' for "; several stand apart by a line `---`.
 */
#ifndef SLA_TESTS_STAGE_H
#define SLA_TESTS_STAGE_H

#include "check.h"

#include <sla/engine.h>

enum { STAGE_EVENTS_MAX = 64, STAGE_CALENDARS_MAX = 8, STAGE_LINE = 768 };

typedef struct stage {
    const char *why;
    sla_engine *engine;
    sla_calendar *calendars[STAGE_CALENDARS_MAX];
    size_t calendar_count;
    char told[STAGE_EVENTS_MAX][2][STAGE_LINE]; /* what was told: as above, and the rest */
    size_t told_count, named;
} stage;

/* A row of a table: a script played on an engine of its own. */
typedef struct stage_row {
    const char *why;
    const char *policies;
    const char *script;
} stage_row;

/* An engine that has adopted the policies and the calendars `office` (Monday to
 * Friday 09:00-17:00), `always` and `madrid` (as office, there). */
void stage_open(stage *scene, const char *why, const char *policies,
                const sla_engine_options *options);
void stage_play(stage *scene, const char *script);
void stage_close(stage *scene);

void stage_play_rows(const stage_row *rows, size_t count);

/* More comes into force: documents, or one calendar, or both. */
void stage_adopt(stage *scene, const char *policies, const char *calendar, sla_time now);

/* A finished set of documents; a calendar. */
sla_policies *stage_policies(const char *documents);
sla_calendar *stage_calendar(const char *text);

sla_time stage_time(const char *text);
sla_string stage_string(const char *text);

/* One fact from its words ("02T09:00 opened grade=1"), for ticket T-1. */
typedef struct stage_fact {
    char text[STAGE_LINE];
    sla_attribute attributes[16];
    sla_time now;
    sla_fact fact;
    const char *answer; /* what stands behind the arrow, or "" */
} stage_fact;
void stage_read_fact(const char *line, stage_fact *out);

#endif
