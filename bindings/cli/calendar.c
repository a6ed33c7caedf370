/*
 * calendar.c - sla calendar eval CALENDAR: questions to a calendar, a JSON line
 * each, and the answers in the same order.
 *
 * A table says of each operation which members it needs and who answers it; one
 * reader fills them in, so that every operation refuses the same mistakes alike.
 */
#include <argp.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/calendar.h>
#include <sla/time.h>

#include "cli.h"
#include "input.h"
#include "output.h"
#include "progress.h"
#include "question.h"
#include "taken.h"
#include "usage.h"
#include "world.h"

/* ------------------------------------------------------------ answers */

typedef struct answer {
    enum { ANSWER_INSTANT, ANSWER_SPAN, ANSWER_OPEN } kind;
    sla_time at;
    sla_duration open;
    bool is_open;
    sla_time asked; /* the last instant whose hours were asked; SLA_TIME_MIN: of none */
} answer;

static sla_time later(sla_time a, sla_time b)
{
    return a > b ? a : b;
}

static int ask_add(const sla_calendar *calendar, const question *q, answer *a)
{
    const int result = sla_calendar_add(calendar, q->from, q->need, (sla_exact_fit)q->fit, &a->at);

    a->asked = q->fit == SLA_FIT_NEXT_OPEN ? a->at : a->at - 1;
    return result;
}

static int ask_sub(const sla_calendar *calendar, const question *q, answer *a)
{
    a->asked = q->from - 1;
    return sla_calendar_sub(calendar, q->from, q->need, &a->at);
}

static int ask_between(const sla_calendar *calendar, const question *q, answer *a)
{
    a->kind = ANSWER_SPAN;
    a->asked = q->to > q->from ? q->to - 1 : SLA_TIME_MIN;
    return sla_calendar_between(calendar, q->from, q->to, &a->open);
}

static int ask_is_open(const sla_calendar *calendar, const question *q, answer *a)
{
    a->kind = ANSWER_OPEN;
    a->is_open = sla_calendar_is_open(calendar, q->from);
    a->asked = q->from;
    return SLA_OK;
}

static int ask_next_open(const sla_calendar *calendar, const question *q, answer *a)
{
    const int result = sla_calendar_next_open(calendar, q->from, &a->at);

    a->asked = a->at;
    return result;
}

static int ask_next_close(const sla_calendar *calendar, const question *q, answer *a)
{
    const int result = sla_calendar_next_close(calendar, q->from, &a->at);

    a->asked = a->at - 1;
    return result;
}

/* The count may go back from a date behind both the question and the answer, to
 * which the roll went. */
static int ask_add_workdays(const sla_calendar *calendar, const question *q, answer *a)
{
    const sla_workdays workdays = {q->days, (sla_roll)q->roll, (sla_day_end)q->end,
                                   (sla_exact_fit)q->fit};
    const sla_workdays roll = {.roll = (sla_roll)q->roll};
    const bool by_date = q->end == SLA_END_DAY || q->end == SLA_END_CLOSE;
    const int result = sla_calendar_add_workdays(calendar, q->from, &workdays, &a->at);
    sla_time rolled;

    a->asked = later(q->from, by_date ? a->at - 1 : a->at);
    if (sla_calendar_add_workdays(calendar, q->from, &roll, &rolled) == SLA_OK)
        a->asked = later(a->asked, rolled);
    return result;
}

static int ask_add_days(const sla_calendar *calendar, const question *q, answer *a)
{
    return sla_calendar_add_days(calendar, q->from, q->days, (sla_day_end)q->end, &a->at);
}

static int ask_cutoff(const sla_calendar *calendar, const question *q, answer *a)
{
    sla_cutoff cutoff = q->cutoff;
    int result;

    cutoff.days = q->days;
    result = sla_calendar_cutoff(calendar, q->from, &cutoff, &a->at);
    if (cutoff.workdays)
        a->asked = later(q->from, a->at - 1);
    return result;
}

static const struct operation {
    const char *name;
    unsigned needs, allows;
    const char *needs_text;
    int (*ask)(const sla_calendar *calendar, const question *q, answer *a);
    const char *refused; /* what SLA_ERR_ARGUMENT means */
} operations[] = {
    {"add", HAS_FROM | HAS_FOR, HAS_FIT, "from, for", ask_add, NULL},
    {"sub", HAS_FROM | HAS_FOR, 0, "from, for", ask_sub, NULL},
    {"between", HAS_FROM | HAS_TO, 0, "from, to", ask_between, NULL},
    {"is_open", HAS_FROM, 0, "from", ask_is_open, NULL},
    {"next_open", HAS_FROM, 0, "from", ask_next_open, NULL},
    {"next_close", HAS_FROM, 0, "from", ask_next_close, NULL},
    {"add_workdays", HAS_FROM | HAS_DAYS, HAS_ROLL | HAS_END | HAS_FIT, "from, days",
     ask_add_workdays, NULL},
    {"add_days", HAS_FROM | HAS_DAYS, HAS_END, "from, days", ask_add_days,
     "\"end\" is same_time or day here; hours are for add_workdays"},
    {"cutoff", HAS_FROM | HAS_CUTOFF, HAS_DAYS | HAS_LATER, "from, before", ask_cutoff,
     "who comes before the cut-off, or after it, would be late already; write a \"today\" not "
     "before \"before\", and at least 1 under \"days\""},
};

enum { OPERATION_COUNT = sizeof operations / sizeof operations[0] };

/* ------------------------------------------------------------ a line */

static const struct operation *find_operation(trouble *t, const json_t *root)
{
    const json_t *op = json_object_get(root, "op");
    const char *name = question_text(op);
    char list[200] = "";

    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        if (name != NULL && strcmp(name, operations[i].name) == 0)
            return &operations[i];
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i > 0 ? ", " : "",
                 operations[i].name);
    }
    question_wrong(t,
                   op == NULL ? "the member \"op\" is missing; it is one of: %s"
                              : "\"op\" is not one of: %s",
                   list);
    return NULL;
}

static bool read_question(trouble *t, json_t *root, const struct operation *operation, question *q)
{
    const char *key;
    json_t *value;

    question_init(q);
    json_object_foreach(root, key, value)
    {
        const unsigned before = q->has;

        if (strcmp(key, "op") == 0 || strcmp(key, "comment") == 0 || strncmp(key, "x-", 2) == 0)
            continue;
        if (!question_member(q, key, value, t))
            return false;
        if (((q->has & ~before) & ~(operation->needs | operation->allows)) != 0)
            return question_wrong(t, "\"%.60s\": %s has no such member", key, operation->name);
    }
    if ((q->has & operation->needs) != operation->needs)
        return question_wrong(t, "%s needs the members %s", operation->name, operation->needs_text);
    return true;
}

static void put_span(FILE *out, sla_duration span)
{
    char digits[16];
    size_t length;

    fprintf(out, "{\"open_s\":%lld", (long long)(span / SLA_SECOND));
    if (span % SLA_SECOND != 0) {
        length = (size_t)snprintf(digits, sizeof digits, "%06lld", (long long)(span % SLA_SECOND));
        while (digits[length - 1] == '0')
            length--;
        fprintf(out, ".%.*s", (int)length, digits);
    }
}

static void put_answer(FILE *out, const sla_calendar *calendar, const answer *a)
{
    switch (a->kind) {
    case ANSWER_INSTANT:
        fputs("{\"at\":", out);
        put_json_instant(out, a->at);
        break;
    case ANSWER_SPAN:
        put_span(out, a->open);
        break;
    case ANSWER_OPEN:
        fprintf(out, "{\"open\":%s", a->is_open ? "true" : "false");
        break;
    }
    if (a->asked >= sla_calendar_known_until(calendar))
        fputs(",\"provisional\":true", out);
    fputs("}\n", out);
}

/* What a calendar refuses is better said by the member than by its result. */
static bool is_askable(trouble *t, const struct operation *operation, const question *q)
{
    if (operation->ask == ask_add_days && q->end != SLA_END_SAME_TIME && q->end != SLA_END_DAY)
        return question_wrong(t, "\"end\": %s takes same_time or day", operation->name);
    if (operation->ask == ask_cutoff && q->days < 0)
        return question_wrong(t, "\"days\": %s takes a whole number from 0 to 100000",
                              operation->name);
    return true;
}

/* The document in the line; NULL, and what is wrong, when there is none. */
static json_t *read_object(trouble *t, const line *l)
{
    json_error_t error;
    json_t *root;

    if (l->too_long) {
        question_wrong(t, "the line is longer than %d bytes", LINE_MAX_BYTES);
        return NULL;
    }
    root = json_loadb(l->text, l->length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (root == NULL)
        question_wrong(t, "column %d: %s", error.column, error.text);
    else if (!json_is_object(root))
        question_wrong(t, "an object is expected here, such as "
                          "{\"op\":\"is_open\",\"from\":\"2026-03-02T09:00:00Z\"}");
    if (json_is_object(root))
        return root;
    json_decref(root);
    return NULL;
}

static bool answer_line(FILE *out, const sla_calendar *calendar, const line *l, trouble *t)
{
    json_t *root = read_object(t, l);
    const struct operation *operation;
    question q;
    answer a = {ANSWER_INSTANT, SLA_NEVER, 0, false, SLA_TIME_MIN};
    int result;
    bool fine = false;

    if (root == NULL)
        return false;
    operation = find_operation(t, root);
    if (operation != NULL && read_question(t, root, operation, &q) &&
        is_askable(t, operation, &q)) {
        result = operation->ask(calendar, &q, &a);
        fine = result == SLA_OK ||
               question_wrong(t, "%s: %s", operation->name,
                              result == SLA_ERR_ARGUMENT && operation->refused != NULL
                                  ? operation->refused
                                  : sla_result_text(result));
    }
    json_decref(root);
    if (fine)
        put_answer(out, calendar, &a);
    return fine;
}

/* ------------------------------------------------------------ the command */

typedef struct arguments {
    const char *verb, *calendar, *file;
    progress_when progress;
} arguments;

static const struct argp_option options[] = {
    {"progress", 'P', "WHEN", 0, "how far it is, on standard error: auto, always or never", 0},
    {"json", 'j', NULL, 0, "complaints as JSON lines (questions and answers are JSON anyway)", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *given = state->input;

    switch (key) {
    case 'P':
        if (!progress_parse(text, &given->progress))
            argp_error(state, "--progress is auto, always or never, not '%s'", text);
        return 0;
    case 'j':
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && strcmp(text, "eval") != 0)
            argp_error(state, "'%s' is not known; there is: sla calendar eval CALENDAR [FILE]",
                       text);
        if (state->arg_num > 2)
            argp_error(state, "one calendar and one file of questions");
        *(state->arg_num == 0   ? &given->verb
          : state->arg_num == 1 ? &given->calendar
                                : &given->file) = text;
        return 0;
    case ARGP_KEY_END:
        if (given->calendar == NULL)
            argp_error(state, "no calendar: sla calendar eval CALENDAR [FILE]");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp grammar = {
    options,
    parse,
    "eval CALENDAR [FILE]",
    "Ask a calendar.\vCALENDAR is a file or the name of a bundled one.  Questions are JSON lines "
    "from "
    "FILE or standard input; every one gets one line for an answer, and blank lines get none:\n\n"
    "  {\"op\":\"add\",\"from\":\"2026-03-02T01:00:00Z\",\"for\":\"PT8H\"}\n"
    "  {\"at\":\"2026-03-02T10:00:00Z\"}\n\n"
    "Operations: add, sub, between, is_open, next_open, next_close, add_workdays, add_days, "
    "cutoff.  "
    "A bad line is answered with its number and what is wrong; the exit is then 6.",
    NULL,
    NULL,
    NULL};

static size_t answer_all(const sla_calendar *calendar, input *in, progress_when when)
{
    progress p;
    line l;
    size_t bad = 0;

    progress_begin(&p, when);
    while (input_line(in, &l)) {
        trouble t;

        progress_step(&p, in);
        if (!answer_line(stdout, calendar, &l, &t)) {
            bad++;
            printf("{\"line\":%zu,\"error\":", l.number);
            put_json_text(stdout, t.text);
            fputs("}\n", stdout);
        }
        if (!input_ready(in))
            output_flush(stdout);
    }
    progress_end(&p, in);
    return bad;
}

static int answer_file(const sla_calendar *calendar, const arguments *a)
{
    input in;
    size_t bad;

    if (!input_open(&in, a->file))
        return EXIT_MACHINE;
    bad = answer_all(calendar, &in, a->progress);
    input_close(&in);
    return bad > 0 ? EXIT_PARTIAL : EXIT_FINE;
}

static int run(int count, char **given)
{
    arguments a = {NULL, NULL, NULL, PROGRESS_AUTO};
    sla_calendar *calendar;
    int status;

    usage_parse(&grammar, count, given, 0, &a);
    if (!taken_spares((const char *const[]){a.calendar, a.file}, 2))
        return EXIT_USAGE; /* answers that are appended to the questions would be asked in turn */
    calendar = world_calendar(a.calendar, &status);
    if (calendar != NULL)
        status = answer_file(calendar, &a);
    sla_calendar_unref(calendar);
    return status;
}

const subcommand calendar_command = {"calendar", "ask a calendar: eval CALENDAR", run};
