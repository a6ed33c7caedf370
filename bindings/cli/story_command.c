/*
 * story_command.c - sla story: replays facts as sla replay does, and instead of
 * the events prints what a person wants to know of them.
 */
#include <argp.h>
#include <string.h>

#include "cli.h"
#include "given.h"
#include "story.h"

typedef struct arguments {
    given given;
    story_options options;
} arguments;

/* What the sinks of the run fill. */
typedef struct telling {
    run run;
    story_book *story;
} telling;

enum { OPTION_BY = 256, OPTION_OFFSET, OPTION_UNTIL };

static const struct argp_option options[] = {
    {"by", OPTION_BY, "LIST", 0,
     "attributes that sort tickets into columns; of the LIST the first that a ticket has counts "
     "(grade,severity)",
     0},
    {"offset", OPTION_OFFSET, "HH:MM", 0, "the clocks of the place, + or - from UTC (+00:00)", 0},
    {"until", OPTION_UNTIL, "INSTANT", 0, "how long to go on after the last recording", 0},
    {0}};

/* "+08:00" as seconds. */
static bool read_offset(const char *text, int32_t *out)
{
    if ((text[0] != '+' && text[0] != '-') ||
        sla_time_of_day_parse(text + 1, strlen(text + 1), out) != SLA_OK)
        return false;
    if (text[0] == '-')
        *out = -*out;
    return true;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->given;
        return 0;
    case OPTION_BY:
        a->options.by = text;
        return 0;
    case OPTION_OFFSET:
        if (!read_offset(text, &a->options.offset_s))
            argp_error(state, "--offset is +HH:MM or -HH:MM, not '%s'", text);
        return 0;
    case OPTION_UNTIL:
        if (!read_instant(text, "--until", &a->given.run.until))
            argp_usage(state);
        return 0;
    case ARGP_KEY_ARG:
        if (a->given.run.path != NULL)
            argp_error(state, "one file of facts, and '%s' is a second", text);
        a->given.run.path = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void take_fact(void *user, const sla_fact *fact, const sla_answer *answer)
{
    telling *t = user;

    story_fact(t->story, fact, t->run.now, answer);
}

static void take_event(void *user, const sla_event *event)
{
    telling *t = user;

    story_event(t->story, event);
}

static int tell(const void *given_arguments, world *w)
{
    const arguments *a = given_arguments;
    const story_options how = {a->options.by, a->options.offset_s, w->policies};
    telling t = {.story = story_new(&how)};
    const run_sink sink = {.event = take_event, .fact = take_fact, .user = &t};
    const int end = run_all(&t.run, w, &a->given.run, &sink);

    if (end == EXIT_FINE || end == EXIT_PARTIAL)
        story_tell(t.story, t.run.engine, stdout);
    run_fini(&t.run);
    story_free(t.story);
    return end;
}

static int run_story(int count, char **words)
{
    static const struct argp_child children[] = {{&given_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        options,
        parse,
        "[FACTS]",
        "Replay facts (JSON lines in the order of recording) and tell "
        "their story: who was told, what breached, who was escalated "
        "to, what was in time.\vThe same figures as JSON: sla replay --summary --json.",
        children,
        NULL,
        NULL};
    arguments a = {.options = {.by = "grade,severity"}};

    return given_run(&parser, count, words, &a.given, &a, tell);
}

const subcommand story_command = {"story", "what a replay was like, for a person", run_story};
