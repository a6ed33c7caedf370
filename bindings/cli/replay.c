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
#include "plain.h"
#include "store_uri.h"
#include "summary.h"
#include "uri.h"

typedef struct arguments {
    given given;
    bool cloudevents, text; /* the form of events; neither: JSON */
    bool summary, json;
    const char *attribute; /* NULL: grade */
    const char *source, *output, *rejects;
    store_uri store;
} arguments;

enum { KEY_SOURCE = 256, KEY_BY };

static const struct argp_option options[] = {
    {"summary", 's', NULL, 0,
     "print no events but the figures: handled in time / accepted, by target and grade", 0},
    {"by", KEY_BY, "ATTRIBUTE", 0, "divide the summary by this attribute instead of grade", 0},
    {"json", 'j', NULL, 0,
     "the summary as JSON, and complaints as JSON lines (events are JSON anyway)", 0},
    {"cloudevents", 'e', NULL, 0, "events as CloudEvents 1.0", 0},
    {"source", KEY_SOURCE, "URI", 0, "the source of the CloudEvents (/sla)", 0},
    {"text", 't', NULL, 0, "events as lines to read", 0},
    {"output", 'o', "FILE", 0, "events go there, also beside a summary", 0},
    {"rejects", 'r', "FILE", 0, "refused lines go there, as JSON lines with the reason", 0},
    {0},
};

/* Options that would have no effect, or two of which only one could have it. */
static void refuse_contradictions(const arguments *a, const struct argp_state *state)
{
    const bool events = !a->summary || a->output != NULL;
    const bool to_standard_output = events && (a->output == NULL || strcmp(a->output, "-") == 0);

    if (a->text && a->cloudevents)
        argp_error(state, "--text and --cloudevents: events have one form");
    if (a->text && a->json && !a->summary)
        argp_error(state, "--text and --json: events have one form");
    if (a->attribute != NULL && !a->summary)
        argp_error(state, "--by divides a summary: give --summary, too");
    if (a->source != NULL && !a->cloudevents)
        argp_error(state, "--source is of CloudEvents: give --cloudevents, too");
    if (a->cloudevents && !events)
        argp_error(state, "--cloudevents: a summary prints no events, unless --output says where");
    if (a->rejects != NULL && strcmp(a->rejects, "-") == 0 && to_standard_output)
        argp_error(state, "--rejects: events go to standard output; name a file");
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->given;
        state->child_inputs[1] = &a->store;
        a->given.store = &a->store;
        return 0;
    case 's':
        a->summary = true;
        return 0;
    case KEY_BY:
        if (!is_attribute_name(text, strlen(text)))
            argp_error(state, "--by is the name of an attribute, not '%s'", text);
        a->attribute = text;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case 'e':
        a->cloudevents = true;
        return 0;
    case KEY_SOURCE:
        if (!is_uri_reference(text))
            argp_error(state, "--source is a URI reference, such as /crm or urn:example:crm");
        a->source = text;
        return 0;
    case 't':
        a->text = true;
        return 0;
    case 'o':
        a->output = text;
        return 0;
    case 'r':
        a->rejects = text;
        return 0;
    case ARGP_KEY_END:
        refuse_contradictions(a, state);
        store_uri_check(&a->store, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&given_argp, 0, NULL, 0}, {&store_argp, 0, NULL, 0}, {0}};
static const struct argp grammar = {
    options,
    parse,
    "[FACTS]",
    "Run facts through the policies as if the engine had stood beside them.\v"
    "FACTS is a file of JSON lines in the order of recording, or standard input.  The clock of the "
    "run is recorded_at of the lines (occurred_at where there is none) and never goes back.  A "
    "line "
    "that is refused is reported with its number and the rest goes on; the exit is then 6.  With "
    "--store facts, events and tickets are also left in a store, which has to be a new one.",
    children,
    NULL,
    NULL};

/* ------------------------------------------------------------ what comes out */

typedef struct out {
    const arguments *a;
    output events, rejects;
    sla_cloudevent cloud;
    const sla_calendar *place; /* whose clock a text shows; NULL: UTC */
    char *line;
    size_t capacity;
    summary summary;
} out;

static size_t format(out *o, const sla_event *event)
{
    if (o->a->cloudevents)
        return sla_event_format_cloudevent(event, &o->cloud, o->line, o->capacity);
    if (o->a->text)
        return event_text(event, o->place, o->line, o->capacity);
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
    if (o->a->text) {
        put_plain(o->events.stream, o->line, length);
        fputc('\n', o->events.stream);
        return;
    }
    o->line[length] = '\n'; /* where the NUL was */
    fwrite_unlocked(o->line, 1, length + 1, o->events.stream);
}

static void on_event(void *user, const sla_event *event)
{
    out *o = user;

    if (o->events.stream != NULL)
        put_event(o, event);
    if (o->a->summary)
        summary_event(&o->summary, event);
}

static void on_fact(void *user, const sla_fact *fact, const sla_answer *answer)
{
    summary_fact(&((out *)user)->summary, fact, answer);
}

/* With all bytes that are there, also where they are no text. */
static void on_rejected(void *user, const line *l, const sla_error *error)
{
    FILE *rejects = ((out *)user)->rejects.stream;

    fprintf(rejects, "{\"line\":%zu", l->number);
    put_json_error(rejects, error);
    fputs(",\"input\":", rejects);
    put_json_string(rejects, l->text, l->length);
    if (!is_utf8(l->text, l->length)) {
        fputs(",\"input_base64\":", rejects);
        put_json_base64(rejects, l->text, l->length);
    }
    fprintf(rejects, "%s}\n", l->too_long ? ",\"cut\":true" : "");
}

/* Whoever reads the events has them before we wait for facts. */
static void on_waiting(void *user)
{
    const out *o = user;

    if (o->events.stream != NULL)
        output_flush(o->events.stream);
}

/* Both files or none: what is refused, or has no facts to read, has emptied nothing. */
static int open_files(out *o, arguments *a)
{
    int status = input_is_there(a->given.run.path) ? EXIT_FINE : EXIT_MACHINE;

    if ((a->output != NULL || !a->summary) && status == EXIT_FINE)
        status = output_open(&o->events, a->output != NULL ? a->output : "-", &a->given.files);
    if (a->rejects != NULL && status == EXIT_FINE)
        status = output_open(&o->rejects, a->rejects, &a->given.files);
    if (status == EXIT_FINE)
        return exit_with(output_begin(&o->events), output_begin(&o->rejects));
    output_drop(&o->events);
    output_drop(&o->rejects);
    return status;
}

static int out_init(out *o, arguments *a, const world *w)
{
    memset(o, 0, sizeof *o);
    o->a = a;
    o->cloud.source = a->source;
    o->place = w->calendar_count > 0 ? w->calendars[0] : NULL;
    o->capacity = SLA_EVENT_TEXT_USUAL;
    o->line = need_memory(o->capacity, 1);
    summary_init(&o->summary, a->attribute != NULL ? a->attribute : "grade");
    return open_files(o, a);
}

static int put_summary(out *o, const run *r)
{
    const arguments *a = o->a;

    if (a->attribute != NULL && r->recorded > 0 && !o->summary.tickets.attribute_seen) {
        say("--by: no ticket has an attribute \"%s\"", a->attribute);
        return EXIT_USAGE;
    }
    summary_finish(&o->summary, r->engine);
    if (a->json)
        summary_print_json(&o->summary, r, stdout);
    else
        summary_print(&o->summary, r, stdout);
    return EXIT_FINE;
}

/* What is still to be written; false when it cannot be. */
static bool out_fini(out *o)
{
    const bool events = output_end(&o->events), rejects = output_end(&o->rejects);

    summary_fini(&o->summary);
    free(o->line);
    return events && rejects;
}

static int replay_all(arguments *a, world *w, out *o, run *r)
{
    const run_sink sink = {.event = on_event,
                           .fact = a->summary ? on_fact : NULL,
                           .rejected = o->rejects.stream != NULL ? on_rejected : NULL,
                           .waiting = on_waiting,
                           .user = o};
    recording kept = {0};
    int status = EXIT_FINE;

    if (a->store.given)
        status = recording_begin(&kept, &a->store);
    if (status == EXIT_FINE) {
        a->given.run.recording = a->store.given ? &kept : NULL;
        status = run_all(r, w, &a->given.run, &sink);
    }
    return exit_with(status, recording_end(&kept));
}

static int replay(void *given_arguments, world *w)
{
    arguments *a = given_arguments;
    run r = {0};
    out o;
    int status = out_init(&o, a, w);

    if (status == EXIT_FINE)
        status = replay_all(a, w, &o, &r);
    if (a->summary && (status == EXIT_FINE || status == EXIT_PARTIAL))
        status = exit_with(status, put_summary(&o, &r));
    if (!out_fini(&o))
        status = EXIT_MACHINE;
    run_fini(&r);
    return status;
}

static int run_replay(int count, char **words)
{
    arguments a = {0};
    int status;

    store_uri_init(&a.store);
    status = given_run(&grammar, count, words, &a.given, &a, replay);
    store_uri_fini(&a.store);
    return status;
}

const subcommand replay_command = {"replay", "facts as JSON lines in, events as JSON lines out",
                                   run_replay};
