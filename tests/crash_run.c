/* crash_run.c - see crash_run.h. */
#include "crash_run.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

#define PATIENCE "30000000" /* microseconds without anything going on */

static void become_worker(const crash_run *run, const char *program, const char *kind,
                          const char *place, sla_duration lease, crash_point point, unsigned count)
{
    char lease_text[24], series[16], now[24], answered[CRASH_FACTS + 1] = "", at[8], times[16];

    snprintf(lease_text, sizeof lease_text, "%" PRId64, lease);
    snprintf(series, sizeof series, "%u", run->series->number);
    snprintf(now, sizeof now, "%" PRId64, run->series->now);
    for (size_t i = 0; i < CRASH_FACTS; i++)
        answered[i] = run->series->answered[i] ? '1' : '0';
    snprintf(at, sizeof at, "%d", (int)point);
    snprintf(times, sizeof times, "%u", count);
    execl(program, program, kind, place, lease_text, series, now, answered, at, times, PATIENCE,
          (char *)NULL);
    _exit(127);
}

void crash_run_start(crash_run *run, const char *program, const char *kind, const char *place,
                     sla_duration lease, crash_series *series, crash_point point, unsigned count)
{
    int ends[2];

    memset(run, 0, sizeof *run);
    run->series = series;
    CHECK_EQ("a pipe", 0, pipe(ends));
    fflush(NULL);
    run->pid = fork();
    CHECK_TRUE("a process", run->pid >= 0);
    if (run->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        become_worker(run, program, kind, place, lease, point, count);
    }
    close(ends[1]);
    run->journal = ends[0];
}

static void take_byte(crash_run *run, char byte)
{
    if (byte != '\n') {
        CHECK_TRUE("a line of the journal is short", run->length + 1 < sizeof run->line);
        run->line[run->length++] = byte;
        return;
    }
    run->line[run->length] = '\0';
    crash_series_hear(run->series, run->line);
    run->length = 0;
}

bool crash_run_hear(crash_run *run, int milliseconds)
{
    struct pollfd polled = {run->journal, POLLIN, 0};
    char bytes[4096];
    ssize_t count;

    if (poll(&polled, 1, milliseconds) <= 0)
        return true;
    count = read(run->journal, bytes, sizeof bytes);
    for (ssize_t i = 0; i < count; i++)
        take_byte(run, bytes[i]);
    return count > 0;
}

bool crash_run_goes_on(crash_run *run)
{
    struct pollfd polled = {run->journal, POLLIN, 0};

    while (poll(&polled, 1, 0) > 0)
        if (!crash_run_hear(run, 0))
            return false;
    return crash_run_hear(run, -1);
}

bool crash_run_end(crash_run *run)
{
    int status;

    while (crash_run_hear(run, -1))
        ;
    close(run->journal);
    CHECK_EQ("the worker has ended", run->pid, waitpid(run->pid, &status, 0));
    if (WIFSIGNALED(status)) {
        CHECK_EQ("it was killed", SIGKILL, WTERMSIG(status));
        return !run->series->complete;
    }
    CHECK_EQ("a worker that lives comes to the end", 0, WEXITSTATUS(status));
    CHECK_TRUE("and says so", run->series->complete);
    return false;
}

/* The number of a ticket's last event, in the order of the journal. */
static void check_order(const crash_series *series)
{
    uint64_t last[CRASH_TICKETS] = {0};

    for (const char *line = series->events.text; *line != '\0'; line = strchr(line, '\n') + 1) {
        uint64_t number;
        unsigned tenant, ticket;

        CHECK_EQ("an event of the journal", 3,
                 sscanf(line, "%" SCNu64 " s%u/T-%u/", &number, &tenant, &ticket));
        CHECK_TRUE("a ticket of the series", ticket < CRASH_TICKETS);
        CHECK_TRUE("each ticket's events come in order", number > last[ticket]);
        last[ticket] = number;
    }
}

void crash_run_check(const crash_series *series, const store_text *wanted)
{
    store_text told;

    store_text_init(&told);
    for (const char *line = series->events.text; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *const identity = strchr(line, ' ') + 1;

        store_text_add(&told, "%.*s\n", (int)(strchr(identity, '\n') - identity), identity);
    }
    store_text_sort(&told);
    CHECK_STR("delivered: nothing lost, nothing twice, nothing else", wanted->text, told.text);
    store_text_fini(&told);
    for (size_t i = 0; i < CRASH_FACTS; i++)
        CHECK_TRUE("every fact was answered", series->answered[i]);
    check_order(series);
}
