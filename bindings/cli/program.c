/* program.c - see program.h. */
#define _GNU_SOURCE /* memfd_create */
#include "program.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

extern char **environ;

enum { PATH_LONGEST = 4096 };

/* ------------------------------------------------------------ can it be started? */

static bool is_program(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return false;
    errno = EACCES;
    return S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* On PATH, as execvp looks; into `whole`. */
static bool is_on_path(const char *name, char *whole)
{
    const char *path = getenv("PATH");
    size_t length;

    for (path = path != NULL ? path : "/bin:/usr/bin"; path != NULL;
         path = path[length] == ':' ? path + length + 1 : NULL) {
        length = strcspn(path, ":");
        snprintf(whole, PATH_LONGEST, "%.*s%s%s", (int)length, path, length > 0 ? "/" : "", name);
        if (is_program(whole))
            return true;
    }
    errno = ENOENT;
    return false;
}

/*
 * What the system says to starting it, before any of it has run: a traced child stops
 * right behind its exec, and is ended there.  Formats, interpreters and loaders are the
 * system's own to judge.  0 also where children may not be traced.
 */
static int trouble_with(const char *path, char *const *words)
{
    const pid_t child = fork();
    int status = 0;

    if (child < 0)
        return errno;
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(0);
        execv(path, words);
        _exit(errno);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSTOPPED(status)) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        return 0;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

const char *program_trouble(int trouble)
{
    switch (trouble) {
    case ENOEXEC:
        return "is no program: a script begins with #! and its interpreter";
    case ENOENT:
        return "is not there, or its interpreter is not";
    case EACCES:
        return "may not be executed";
    default:
        return strerror(trouble);
    }
}

bool program_can_run(char *const *words)
{
    const char *name = words[0], *path = name;
    char whole[PATH_LONGEST];
    bool found;
    int trouble;

    if (strchr(name, '/') != NULL) {
        found = is_program(name);
    } else {
        found = is_on_path(name, whole);
        path = whole;
    }
    if (!found) {
        say("--exec: %s: %s", name, strerror(errno));
        return false;
    }
    trouble = trouble_with(path, words);
    if (trouble != 0)
        say("--exec: %s: %s", name, program_trouble(trouble));
    return trouble == 0;
}

/* ------------------------------------------------------------ starting it */

/* A file without a name that holds the text: whoever reads it never waits, and
 * who does not read it does no harm.  -1 and errno. */
static int file_of(const char *text, size_t length)
{
    const int made = memfd_create("event", MFD_CLOEXEC);
    size_t put = 0;
    ssize_t step;

    while (made >= 0 && put < length) {
        step = write(made, text + put, length - put);
        if (step < 0 && errno != EINTR) {
            close(made);
            return -1;
        }
        put += step > 0 ? (size_t)step : 0;
    }
    if (made >= 0)
        lseek(made, 0, SEEK_SET);
    return made;
}

/* What we block or ignore is not the child's business, and neither is an
 * interrupt from our terminal: it has a group of its own. */
static int spawn(char *const *words, int input, pid_t *pid_out)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int trouble = posix_spawn_file_actions_init(&files);

    if (trouble != 0)
        return trouble;
    trouble = posix_spawnattr_init(&attributes);
    if (trouble == 0) {
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                  POSIX_SPAWN_SETPGROUP);
        trouble = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
        if (trouble == 0)
            trouble = posix_spawnp(pid_out, words[0], &files, &attributes, words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return trouble;
}

int program_start(char *const *words, const char *text, size_t length, pid_t *pid_out)
{
    const int input = file_of(text, length);
    int trouble;

    if (input < 0)
        return errno;
    trouble = spawn(words, input, pid_out);
    close(input);
    return trouble;
}
