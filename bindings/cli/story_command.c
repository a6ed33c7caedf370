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
    const char *by; /* as it was given; NULL: not at all */
    bool json;
} arguments;

/* What the sinks of the run fill. */
typedef struct telling {
    run run;
    story_book *story;
} telling;

enum { OPTION_BY = 256, OPTION_OFFSET };

static const struct argp_option options[] = {
    {"by", OPTION_BY, "LIST", 0,
     "attributes that sort tickets into columns; of the LIST the first that a ticket has counts "
     "(grade,severity)",
     0},
    {"offset", OPTION_OFFSET, "HH:MM", 0, "the clocks of the place, + or - from UTC (+00:00)", 0},
    {"json", 'j', NULL, 0, "a JSON document instead of text, and complaints as JSON lines", 0},
    {0}};

/* "grade,severity": names, and commas between them. */
static bool is_list(const char *text)
{
    for (;; text++) {
        const size_t length = strcspn(text, ",");

        if (!is_attribute_name(text, length))
            return false;
        text += length;
        if (*text == '\0')
            return true;
    }
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->given;
        return 0;
    case OPTION_BY:
        if (!is_list(text))
            argp_error(state, "--by is a list of attributes, such as grade,severity, not '%s'",
                       text);
        a->by = a->options.by = text;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case OPTION_OFFSET:
        if (!read_offset(text, &a->options.offset_s))
            argp_error(state, "--offset is +HH:MM or -HH:MM below a day, not '%s'", text);
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

static int print_story(const arguments *a, const telling *t)
{
    if (a->by != NULL && t->run.recorded > 0 && !story_has_classes(t->story)) {
        say("--by: no ticket has an attribute of \"%s\"", a->by);
        return EXIT_USAGE;
    }
    if (a->json)
        story_tell_json(t->story, t->run.engine, stdout);
    else
        story_tell(t->story, t->run.engine, stdout);
    return EXIT_FINE;
}

static int replay_and_tell(void *given_arguments, world *w)
{
    const arguments *a = given_arguments;
    const story_options how = {a->options.by, a->options.offset_s, w->policies};
    telling t = {.story = story_new(&how)};
    const run_sink sink = {.event = take_event, .fact = take_fact, .user = &t};
    int status = run_all(&t.run, w, &a->given.run, &sink);

    if (status == EXIT_FINE || status == EXIT_PARTIAL)
        status = exit_with(status, print_story(a, &t));
    run_fini(&t.run);
    story_free(t.story);
    return status;
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
        "to, what was in time.",
        children,
        NULL,
        NULL};
    arguments a = {.options = {.by = "grade,severity"}};

    return given_run(&parser, count, words, &a.given, &a, replay_and_tell);
}

const subcommand story_command = {"story", "what a replay was like, for a person", run_story};
