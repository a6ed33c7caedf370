/*
 * replay.c - sla replay: facts as JSON lines in, events as JSON lines out.
 *
 * Events go out as they are told, into one buffer that is written when it is
 * full; nothing is kept of them but what --summary counts.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include <sla/json.h>

#include "cli.h"
#include "given.h"
#include "output.h"
#include "event_text.h"
#include "summary.h"

typedef enum form { FORM_JSON, FORM_CLOUDEVENTS, FORM_TEXT } form;

typedef struct arguments {
    given given;
    form form;
    bool summary, json;
    const char *attribute, *source, *output, *rejects;
} arguments;

enum { KEY_SOURCE = 256, KEY_BY };

static const struct argp_option options[] = {
    {"until", 'u', "INSTANT", 0,
     "let time pass to here after the last fact (else the run ends with its recording)", 0},
    {"summary", 's', NULL, 0,
     "print no events but the figures: handled in time / accepted, by target and grade", 0},
    {"by", KEY_BY, "ATTRIBUTE", 0, "divide the summary by this attribute instead of grade", 0},
    {"json", 'j', NULL, 0, "the summary as JSON (events are JSON anyway)", 0},
    {"cloudevents", 'e', NULL, 0, "events as CloudEvents 1.0", 0},
    {"source", KEY_SOURCE, "URI", 0, "the source of the CloudEvents (/sla)", 0},
    {"text", 't', NULL, 0, "events as lines to read", 0},
    {"output", 'o', "FILE", 0, "events go there, also beside a summary", 0},
    {"rejects", 'r', "FILE", 0, "refused lines go there, as JSON lines with the reason", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->given;
        return 0;
    case 'u':
        if (!read_instant(text, "--until", &a->given.run.until))
            argp_usage(state);
        return 0;
    case 's':
        a->summary = true;
        return 0;
    case KEY_BY:
        a->attribute = text;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case 'e':
        a->form = FORM_CLOUDEVENTS;
        return 0;
    case KEY_SOURCE:
        a->source = text;
        return 0;
    case 't':
        a->form = FORM_TEXT;
        return 0;
    case 'o':
        a->output = text;
        return 0;
    case 'r':
        a->rejects = text;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one file of facts, or standard input");
        a->given.run.path = text;
        return 0;
    case ARGP_KEY_END:
        if (a->given.name_count == 0)
            argp_error(state, "no policy: -p POLICY");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&given_argp, 0, NULL, 0}, {0}};
static const struct argp grammar = {
    options,
    parse,
    "[FACTS]",
    "Run facts through the policies as if the engine had stood beside them.\v"
    "FACTS is a file of JSON lines in the order of recording, or standard input.  The clock of the "
    "run is recorded_at of the lines (occurred_at where there is none) and never goes back.  A "
    "line "
    "that is refused is reported with its number and the rest goes on; the exit is then 6.",
    children,
    NULL,
    NULL};

/* ------------------------------------------------------------ what comes out */

typedef struct out {
    const arguments *a;
    FILE *events;  /* NULL: none */
    FILE *rejects; /* NULL: none */
    sla_cloudevent cloud;
    const sla_calendar *place; /* whose clock a text shows; NULL: UTC */
    char *line;
    size_t capacity;
    summary summary;
} out;

static size_t format(out *o, const sla_event *event)
{
    switch (o->a->form) {
    case FORM_CLOUDEVENTS:
        return sla_event_format_cloudevent(event, &o->cloud, o->line, o->capacity);
    case FORM_TEXT:
        return event_text(event, o->place, o->line, o->capacity);
    case FORM_JSON:
        break;
    }
    return sla_event_format(event, o->line, o->capacity);
}

static void put_event(out *o, const sla_event *event)
{
    size_t length;

    o->cloud.sequence++;
    length = format(o, event);
    if (length >= o->capacity) {
        o->line = need_room(o->line, &o->capacity, length + 1, 1);
        length = format(o, event);
    }
    o->line[length] = '\n'; /* where the NUL was */
    fwrite_unlocked(o->line, 1, length + 1, o->events);
}

static void on_event(void *user, const sla_event *event)
{
    out *o = user;

    if (o->events != NULL)
        put_event(o, event);
    if (o->a->summary)
        summary_event(&o->summary, event);
}

static void on_fact(void *user, const sla_fact *fact, const sla_answer *answer)
{
    summary_fact(&((out *)user)->summary, fact, answer);
}

static void on_rejected(void *user, const line *l, const sla_error *error)
{
    FILE *rejects = ((out *)user)->rejects;

    fprintf(rejects, "{\"line\":%zu", l->number);
    put_json_error(rejects, error);
    fputs(",\"input\":", rejects);
    put_json_string(rejects, l->text, l->length);
    fputs("}\n", rejects);
}

/* Whoever reads the events has them before we wait for facts. */
static void on_waiting(void *user)
{
    const out *o = user;

    if (o->events != NULL)
        fflush(o->events);
}

static bool out_init(out *o, const arguments *a, const world *w)
{
    memset(o, 0, sizeof *o);
    o->a = a;
    o->cloud.source = a->source;
    o->place = w->calendar_count > 0 ? w->calendars[0] : NULL;
    o->capacity = SLA_EVENT_TEXT_USUAL;
    o->line = need_memory(o->capacity, 1);
    summary_init(&o->summary, a->attribute);
    if (a->output != NULL || !a->summary)
        o->events = output_open(a->output != NULL ? a->output : "-");
    if (a->rejects != NULL)
        o->rejects = output_open(a->rejects);
    return (o->events != NULL || (a->summary && a->output == NULL)) &&
           (o->rejects != NULL || a->rejects == NULL);
}

/* What is still to be written; false when it cannot be. */
static bool out_fini(out *o, const run *r)
{
    const arguments *a = o->a;
    bool fine = true;

    if (a->summary && r->engine != NULL) {
        summary_finish(&o->summary, r->engine);
        if (a->json)
            summary_print_json(&o->summary, r, stdout);
        else
            summary_print(&o->summary, r, stdout);
    }
    if (o->events != NULL && o->events != stdout)
        fine = output_finish(o->events, a->output) && fine;
    if (o->rejects != NULL && o->rejects != stdout)
        fine = output_finish(o->rejects, a->rejects) && fine;
    fine = output_finish(stdout, "standard output") && fine;
    summary_fini(&o->summary);
    free(o->line);
    return fine;
}

static int replay(const void *given_arguments, world *w)
{
    const arguments *a = given_arguments;
    run r = {0};
    out o;
    int status = EXIT_MACHINE;

    if (out_init(&o, a, w)) {
        const run_sink sink = {.event = on_event,
                               .fact = a->summary ? on_fact : NULL,
                               .rejected = o.rejects != NULL ? on_rejected : NULL,
                               .waiting = on_waiting,
                               .user = &o};

        status = run_all(&r, w, &a->given.run, &sink);
    }
    if (!out_fini(&o, &r))
        status = EXIT_MACHINE;
    run_fini(&r);
    return status;
}

static int run_replay(int count, char **words)
{
    arguments a = {.attribute = "grade"};

    return given_run(&grammar, count, words, &a.given, &a, replay);
}

const subcommand replay_command = {"replay", "facts as JSON lines in, events as JSON lines out",
                                   run_replay};
