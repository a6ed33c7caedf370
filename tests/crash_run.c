/* crash_run.c - see crash_run.h. */
#include "crash_run.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crash_point.h"
#include "crash_store.h"
#include "support/check.h"

enum { STALLED = 4, DESCRIPTORS = 256 };

/* What the parent has open is not the child's: a connection that the parent closes would
 * stay open for the server. */
static void close_all_but(int pipe_end)
{
    for (int each = STDERR_FILENO + 1; each < DESCRIPTORS; each++)
        if (each != pipe_end)
            close(each);
}

static _Noreturn void live(const crash_place *place, const crash_life *life,
                           const crash_journal *journal, int pipe_end)
{
    sla_store *store;

    setenv("CMOCKA_TEST_ABORT", "1", 1); /* a check that fails here ends this process */
    close_all_but(pipe_end);
    if (life->armed == 0)
        crash_arm(life->point, life->count);
    store = crash_store_new(place->open(place->context));
    _exit(crash_work(journal, store, life, pipe_end) ? 0 : STALLED);
}

void crash_run_start(crash_run *run, const crash_place *place, const crash_life *life,
                     crash_journal *journal)
{
    int ends[2];

    memset(run, 0, sizeof *run);
    run->journal = journal;
    CHECK_EQ("a pipe", 0, pipe(ends));
    fflush(NULL);
    run->pid = fork();
    CHECK_TRUE("a process", run->pid >= 0);
    if (run->pid == 0)
        live(place, life, journal, ends[1]);
    close(ends[1]);
    run->pipe_end = ends[0];
}

static void take_byte(crash_run *run, char byte)
{
    if (byte != '\n') {
        CHECK_TRUE("a line of the journal is short", run->length + 1 < sizeof run->line);
        run->line[run->length++] = byte;
        return;
    }
    run->line[run->length] = '\0';
    crash_journal_hear(run->journal, run->line);
    run->length = 0;
}

bool crash_run_hear(crash_run *run, int milliseconds)
{
    struct pollfd polled = {run->pipe_end, POLLIN, 0};
    char bytes[4096];
    ssize_t count;

    if (poll(&polled, 1, milliseconds) <= 0)
        return true;
    count = read(run->pipe_end, bytes, sizeof bytes);
    for (ssize_t i = 0; i < count; i++)
        take_byte(run, bytes[i]);
    return count > 0;
}

bool crash_run_goes_on(crash_run *run)
{
    struct pollfd polled = {run->pipe_end, POLLIN, 0};

    while (poll(&polled, 1, 0) > 0)
        if (!crash_run_hear(run, 0))
            return false;
    return crash_run_hear(run, -1);
}

crash_end crash_run_end(crash_run *run)
{
    int status;

    while (crash_run_hear(run, -1))
        ;
    close(run->pipe_end);
    CHECK_EQ("the service has ended", run->pid, waitpid(run->pid, &status, 0));
    if (WIFSIGNALED(status))
        CHECK_EQ("killed, and by nothing else", SIGKILL, WTERMSIG(status));
    else
        CHECK_EQ("it ended well", 0, WEXITSTATUS(status));
    if (run->journal->complete)
        return CRASH_COMPLETE;
    return WIFSIGNALED(status) ? CRASH_KILLED : CRASH_ENDED;
}
