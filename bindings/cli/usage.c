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

static bool wants_json(int count, char *const *words)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--exec") == 0 || strncmp(words[i], "--exec=", 7) == 0)
            return false;
        if (strcmp(words[i], "--json") == 0 || strcmp(words[i], "-j") == 0)
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

/* Its name stands before each line, and the last says where help is. */
static void say_line(const char *line)
{
    const char *colon = strstr(line, ": ");

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

void usage_begin(int count, char *const *words)
{
    FILE *memory;

    if (!wants_json(count, words))
        return;
    log_as_json();
    memory = open_memstream(&caught, &length);
    if (memory == NULL || atexit(say_caught) != 0)
        give_up("out of memory");
    real = stderr;
    stderr = memory;
}

void usage_end(void)
{
    if (real != NULL)
        say_caught();
}
