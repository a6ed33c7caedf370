/*
 * question.h - a question to a calendar: the members it may have, out of JSON.
 */
#ifndef SLA_CLI_QUESTION_H
#define SLA_CLI_QUESTION_H

#include <jansson.h>
#include <stdbool.h>

#include <sla/calendar.h>

/* Members a question may have; the bits say which were there. */
enum {
    HAS_FROM = 1 << 0,
    HAS_TO = 1 << 1,
    HAS_FOR = 1 << 2,
    HAS_DAYS = 1 << 3,
    HAS_FIT = 1 << 4,
    HAS_ROLL = 1 << 5,
    HAS_END = 1 << 6,
    HAS_CUTOFF = 1 << 7,
    HAS_LATER = 1 << 8
};

typedef struct question {
    unsigned has;
    sla_time from, to;
    sla_duration need;
    int days, fit, roll, end;
    sla_cutoff cutoff;
} question;

/* What is wrong with one line. */
typedef struct trouble {
    char text[400];
} trouble;

/* Sets the sentence; false. */
__attribute__((format(printf, 2, 3))) bool question_wrong(trouble *t, const char *format, ...);

/* NULL when it is no string, or one that holds a NUL. */
const char *question_text(const json_t *value);

void question_init(question *q);

/* One member other than `op`; its bit is set. */
bool question_member(question *q, const char *key, const json_t *value, trouble *t);

#endif
