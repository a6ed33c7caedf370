/* _glue_command.c - the command sla inside this extension: the same code as the program, so that
 * `python -m sla` cannot differ from it (_glue.h). */
#define _XOPEN_SOURCE 700 /* sigaction, SIGXFSZ */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "_glue.h"
#include "command.h"

/* The words of this process as the system lists them: the command blots passwords out where
 * they lie, and what Python hands over are copies. */
static struct {
    int count;
    char **words;
} process;

/* The C library hands them to what it loads, as it does to main(). */
__attribute__((constructor)) static void keep_words(int count, char **words)
{
    process.count = count;
    process.words = words;
}

/* Where the words of the command lie at the end of the process's own, or NULL. */
static char **find_words(int count, char **words)
{
    char **own = process.words + process.count - count;

    if (process.words == NULL || process.count < count)
        return NULL;
    for (int i = 0; i < count; i++)
        if (strcmp(own[i], words[i]) != 0)
            return NULL;
    return own;
}

/* Python ignores some signals and catches others; a program of C begins without that. */
static void restore_signals(void)
{
    struct sigaction now;

    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
        signal(SIGINT, SIG_DFL);
}

/* As C has them, also where Python was told to buffer nothing (-u). */
static void restore_streams(void)
{
    static char in[BUFSIZ], out[BUFSIZ]; /* used until the very end of the process */

    setvbuf(stdin, in, _IOFBF, sizeof in);
    setvbuf(stdout, out, isatty(STDOUT_FILENO) != 0 ? _IOLBF : _IOFBF, sizeof out);
}

void sla_py_command(int count, char **words)
{
    char **own = find_words(count - 1, words + 1);

    for (int i = 1; own != NULL && i < count; i++)
        words[i] = own[i - 1];
    restore_signals();
    restore_streams();
    exit(command_main(count, words));
}
