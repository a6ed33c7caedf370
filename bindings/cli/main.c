/*
 * main.c - the command sla (entry.c calls it): finds the subcommand and hands it the rest of the
 * command line.  Each subcommand is a file of its own with its own argp.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sla/version.h>

#include "cli.h"
#include "command.h"
#include "output.h"
#include "secret.h"
#include "usage.h"

static const subcommand *const commands[] = {&check_command,  &calendar_command, &replay_command,
                                             &run_command,    &explain_command,  &story_command,
                                             &import_command, &db_command,       &plan_command};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

typedef struct chosen {
    const subcommand *command;
    int at; /* its place on the command line */
} chosen;

static const subcommand *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    chosen *c = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        c->command = find_command(text);
        if (c->command == NULL)
            argp_error(state, "'%s' is no command of sla", text);
        c->at = state->next - 1;
        state->next = state->argc; /* the rest is its own */
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which command?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp grammar = {
    NULL,
    parse,
    "COMMAND [OPTION...]",
    "Keeps the deadlines of tickets and says who must be told.\v"
    "Commands:\n"
    "  check     read policies and calendars, say what is wrong and what is odd\n"
    "  calendar  ask a calendar: eval CALENDAR\n"
    "  replay    facts as JSON lines in, events as JSON lines out\n"
    "  run       the same live: events come the moment they fall due\n"
    "  explain   why a clock of a ticket is due when it is\n"
    "  story     what a replay was like, for a person\n"
    "  import    living tickets with their history are taken over\n"
    "  db        the tables of a store: init, migrate, check\n"
    "  plan      what the tickets of a profile need: memory, events, people\n\n"
    "sla COMMAND --help says more; so does sla(1).\n\n"
    "Exit: 0 fine, 1 a finding, 2 usage, 3 a policy, calendar or profile is not valid, 6 some "
    "lines were "
    "refused, 7 events that nobody has taken, 74 a file or a store cannot be read or "
    "written, 75 another service has the store.",
    NULL,
    NULL,
    NULL};

/* Whatever opens first would take the number of a standard descriptor that is
 * closed, and be read or written in its stead.  What stands there now refuses it. */
static void hold_standard_descriptors(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY) != i)
            _exit(EXIT_MACHINE);
}

/* Also where argp ends the program, after a help text. */
static void finish_standard_output(void)
{
    if (!output_finish())
        _exit(EXIT_MACHINE);
}

int command_main(int count, char **arguments)
{
    static char full_name[64];
    chosen c = {NULL, 0};

    hold_standard_descriptors();
    secret_hide(count, arguments);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of its write */
    if (atexit(finish_standard_output) != 0)
        give_up("out of memory");
    argp_err_exit_status = EXIT_USAGE;
    argp_program_version = "sla " SLA_VERSION_TEXT;
    usage_parse(&grammar, count, arguments, ARGP_IN_ORDER, &c);
    snprintf(full_name, sizeof full_name, "sla %s", c.command->name);
    arguments[c.at] = full_name;
    return c.command->run(count - c.at, arguments + c.at);
}
