/* usage.c - see usage.h. */
#include "usage.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "log.h"

static FILE *real; /* standard error, while it is caught */
static char *caught;
static size_t length;

/* --json as getopt takes it: also cut short, and -j behind other letters without a value. */
static bool is_json(const char *word)
{
    static const char letters[] = "bestvy";
    const size_t size = strlen(word);

    if (strncmp(word, "--", 2) == 0)
        return size > 2 && strncmp(word, "--json", size) == 0;
    return word[0] == '-' && word[1 + strspn(word + 1, letters)] == 'j';
}

static bool wants_json(int count, char *const *words)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--exec") == 0 || strncmp(words[i], "--exec=", 7) == 0)
            return false;
        if (is_json(words[i]))
            return true;
    }
    return false;
}

static void give_back(void)
{
    fclose(stderr);
    stderr = real;
    real = NULL;
}

/* Its name stands before each line; where help is, and all options, is for whoever reads text. */
static void say_line(const char *line)
{
    const char *colon = strstr(line, ": ");

    if (line[0] == ' ' || strncmp(line, "Usage:", strlen("Usage:")) == 0)
        return;
    if (line[0] == '{')
        fprintf(stderr, "%s\n", line); /* a complaint of ours */
    else if (colon != NULL)
        say("%s", colon + 2);
}

static void say_caught(void)
{
    char *rest;

    if (real == NULL)
        return;
    give_back();
    for (char *line = strtok_r(caught, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        say_line(line);
    free(caught);
}

static void catch_errors(void)
{
    static bool at_exit;
    FILE *const memory = open_memstream(&caught, &length);

    if (memory == NULL || (!at_exit && atexit(say_caught) != 0))
        give_up("out of memory");
    at_exit = true;
    real = stderr;
    stderr = memory;
}

void usage_parse(const struct argp *grammar, int count, char **words, unsigned flags, void *input)
{
    if (wants_json(count, words)) {
        log_as_json();
        catch_errors();
    }
    argp_parse(grammar, count, words, flags, NULL, input);
    say_caught();
}
