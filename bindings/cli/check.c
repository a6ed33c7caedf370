/*
 * check.c - sla check FILE...: read policies and calendars, say what is wrong,
 * and what is legal but probably not meant.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "output.h"
#include "plain.h"
#include "taken.h"
#include "usage.h"
#include "world.h"

typedef struct arguments {
    char **names;
    size_t name_count;
    sla_time now;
    bool json;
} arguments;

/* What the looking found. */
typedef struct findings {
    world w;
    int result; /* of finishing and of the lint; SLA_OK when both could be done */
    bool bad_items, unread_items;
    sla_remark *remarks;
    size_t remark_count;
} findings;

enum { KEY_AT = 256 };

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "one JSON document instead of lines; complaints as JSON lines", 0},
    {"at", KEY_AT, "INSTANT", 0, "look at calendars that end soon as of then (now)", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    arguments *a = state->input;

    switch (key) {
    case 'j':
        a->json = true;
        return 0;
    case KEY_AT:
        if (!read_instant(text, "--at", &a->now))
            argp_usage(state);
        return 0;
    case ARGP_KEY_ARGS:
        a->names = state->argv + state->next;
        a->name_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no file: sla check FILE...");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp grammar = {
    options,
    parse,
    "FILE...",
    "Read policies and calendars, and look at them together.\v"
    "FILE is a file or the name of something bundled; what it is shows in it.  Calendars that the "
    "policies ask for are taken from the bundled ones where no file gives them.  Exit: 0 all is "
    "well, 1 there are remarks, 3 something is not valid, 74 a file cannot be read.",
    NULL,
    NULL,
    NULL};

/* ------------------------------------------------------------ looking */

/* All remarks, however many there are. */
static int lint(findings *f, sla_time now)
{
    size_t capacity = 0;
    int result;

    for (;;) {
        result = sla_policies_lint(f->w.policies, f->w.calendars, f->w.calendar_count, now,
                                   f->remarks, capacity, &f->remark_count, &f->w.error);
        if (result != SLA_OK || f->remark_count <= capacity)
            return result;
        f->remarks = need_room(f->remarks, &capacity, f->remark_count, sizeof *f->remarks);
    }
}

static void look(findings *f, const arguments *a)
{
    world_init(&f->w);
    for (size_t i = 0; i < a->name_count; i++) {
        world_add(&f->w, a->names[i]);
        f->bad_items |= f->w.items[i].result != SLA_OK;
        f->unread_items |= f->w.items[i].unread;
    }
    if (f->bad_items)
        return; /* together they say nothing that the parts have not said */
    f->result = world_finish(&f->w);
    if (f->result == SLA_OK)
        f->result = lint(f, a->now);
    if (f->result == SLA_ERR_NOMEM)
        give_up("out of memory");
}

static int exit_of(const findings *f)
{
    if (f->unread_items)
        return EXIT_MACHINE;
    if (f->bad_items || f->result != SLA_OK)
        return EXIT_INVALID;
    return f->remark_count > 0 ? EXIT_FINDING : EXIT_FINE;
}

/* ------------------------------------------------------------ as text */

static void print_word(const char *word, int colour)
{
    if (may_colour(stdout))
        printf("\033[%dm%s\033[0m", colour, word);
    else
        fputs(word, stdout);
}

static void print_place(const char *source, int line, int column)
{
    tell(stdout, "%s", source);
    if (line > 0)
        printf(":%d:%d", line, column);
    fputs(": ", stdout);
}

static void print_error(const char *source, const sla_error *error)
{
    print_place(source, error->line, error->column);
    print_word("error", 31);
    tell(stdout, ": %s%s%s\n", error->pointer, error->pointer[0] != '\0' ? ": " : "", error->text);
}

static void print_text(const findings *f)
{
    size_t bad = 0;

    for (size_t i = 0; i < f->w.item_count; i++) {
        const world_item *item = &f->w.items[i];

        if (item->result == SLA_OK)
            tell(stdout, "%s: a good %s\n", item->source,
                 item->is_calendar ? "calendar" : "policy");
        else
            print_error(item->source, &item->error);
        bad += item->result != SLA_OK;
    }
    if (f->result != SLA_OK)
        print_error(f->w.error.source[0] != '\0' ? f->w.error.source : "together", &f->w.error);
    for (size_t i = 0; i < f->remark_count; i++) {
        const sla_remark *remark = &f->remarks[i];

        print_place(remark->source, remark->line, remark->column);
        print_word("remark", 33);
        tell(stdout, " %s: %s%s%s\n", remark->code, remark->pointer,
             remark->pointer[0] != '\0' ? ": " : "", remark->text);
    }
    printf("%zu read, %zu not valid, %zu remarks\n", f->w.item_count, bad + (f->result != SLA_OK),
           f->remark_count);
}

/* ------------------------------------------------------------ as JSON */

static void print_error_members(const sla_error *error)
{
    put_json_error(stdout, error);
    if (error->line > 0)
        printf(",\"line\":%d", error->line);
}

static void print_remark_json(const sla_remark *remark)
{
    fputs("{\"code\":", stdout);
    put_json_text(stdout, remark->code);
    fputs(",\"source\":", stdout);
    put_json_text(stdout, remark->source);
    fputs(",\"pointer\":", stdout);
    put_json_text(stdout, remark->pointer);
    printf(",\"line\":%d,\"column\":%d,\"text\":", remark->line, remark->column);
    put_json_text(stdout, remark->text);
    fputc('}', stdout);
}

static void print_json(const findings *f)
{
    fputs("{\"files\":[", stdout);
    for (size_t i = 0; i < f->w.item_count; i++) {
        const world_item *item = &f->w.items[i];

        fputs(i > 0 ? ",\n{\"source\":" : "\n{\"source\":", stdout);
        put_json_text(stdout, item->source);
        if (!item->unread)
            printf(",\"kind\":\"%s\"", item->is_calendar ? "calendar" : "policy");
        printf(",\"valid\":%s", item->result == SLA_OK ? "true" : "false");
        if (item->result != SLA_OK)
            print_error_members(&item->error);
        fputc('}', stdout);
    }
    fputs("],\n\"together\":{\"valid\":", stdout);
    fputs(f->result == SLA_OK && !f->bad_items ? "true" : "false", stdout);
    if (f->result != SLA_OK && f->w.error.source[0] != '\0') {
        fputs(",\"source\":", stdout);
        put_json_text(stdout, f->w.error.source);
    }
    if (f->result != SLA_OK)
        print_error_members(&f->w.error);
    fputs("},\n\"remarks\":[", stdout);
    for (size_t i = 0; i < f->remark_count; i++) {
        fputs(i > 0 ? ",\n" : "\n", stdout);
        print_remark_json(&f->remarks[i]);
    }
    fputs("]}\n", stdout);
}

/* ------------------------------------------------------------ the command */

static int run_check(int count, char **words)
{
    arguments a = {NULL, 0, (sla_time)time(NULL) * SLA_SECOND, false};
    findings f = {0};
    int status = EXIT_USAGE;

    usage_parse(&grammar, count, words, 0, &a);
    if (taken_spares((const char *const *)a.names, a.name_count)) {
        look(&f, &a);
        if (a.json)
            print_json(&f);
        else
            print_text(&f);
        world_say_bundled(&f.w);
        status = exit_of(&f);
        world_fini(&f.w);
    }
    free(f.remarks);
    return status;
}

const subcommand check_command = {"check", "read policies and calendars, say what is wrong and odd",
                                  run_check};
