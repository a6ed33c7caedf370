/* jobs.c - see jobs.h. */
#define _GNU_SOURCE /* memfd_create */
#include "jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sla/json.h>

#include "cli.h"
#include "host_clock.h"
#include "log.h"

extern char **environ;

static const sla_duration grace = 2 * SLA_SECOND;       /* from SIGTERM to SIGKILL */
static const sla_duration again_after = 1 * SLA_SECOND; /* doubled by the service each time */

void jobs_init(jobs *j, char **words, size_t max, sla_duration timeout)
{
    memset(j, 0, sizeof *j);
    j->words = words;
    j->max = max;
    j->timeout = timeout;
}

void jobs_fini(jobs *j)
{
    for (size_t i = 0; i < j->count; i++)
        free(j->all[i].text);
    free(j->all);
}

/* ------------------------------------------------------------ the program */

static bool is_program(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return false;
    errno = EACCES;
    return S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* On PATH, as execvp looks. */
static bool is_on_path(const char *name)
{
    const char *path = getenv("PATH");
    char whole[4096];
    size_t length;

    for (path = path != NULL ? path : "/bin:/usr/bin"; path != NULL;
         path = path[length] == ':' ? path + length + 1 : NULL) {
        length = strcspn(path, ":");
        snprintf(whole, sizeof whole, "%.*s%s%s", (int)length, path, length > 0 ? "/" : "", name);
        if (is_program(whole))
            return true;
    }
    errno = ENOENT;
    return false;
}

bool jobs_can_run(const jobs *j)
{
    const char *name = j->words[0];

    if (strchr(name, '/') != NULL ? is_program(name) : is_on_path(name))
        return true;
    say("--exec: %s: %s", name, strerror(errno));
    return false;
}

/* A file without a name that holds the line: whoever reads it never waits, and
 * who does not read it does no harm.  -1 and errno. */
static int standard_input_of(const job *one)
{
    const int made = memfd_create("event", MFD_CLOEXEC);
    size_t put = 0;
    ssize_t step;

    while (made >= 0 && put < one->length) {
        step = write(made, one->text + put, one->length - put);
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
static int spawn(const jobs *j, int input, pid_t *pid_out)
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
            trouble = posix_spawnp(pid_out, j->words[0], &files, &attributes, j->words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return trouble;
}

static void complain(jobs *j, const job *one, const char *why, int code)
{
    j->failed++;
    log_line(SLA_LOG_WARNING, "exec_failed", "event=%llu attempt=%u %s=%d",
             (unsigned long long)one->number, one->attempt, why, code);
}

/* False when it cannot be started. */
static bool start(jobs *j, job *one)
{
    const int input = standard_input_of(one);
    int trouble = input < 0 ? errno : 0;

    if (trouble == 0) {
        trouble = spawn(j, input, &one->pid);
        close(input);
    }
    if (trouble != 0) {
        one->pid = 0;
        complain(j, one, "errno", trouble);
        return false;
    }
    one->limit = monotonic_now() + j->timeout;
    j->running++;
    j->started++;
    return true;
}

/* ------------------------------------------------------------ the queue */

static void drop(jobs *j, size_t at)
{
    free(j->all[at].text);
    j->count--;
    memmove(j->all + at, j->all + at + 1, (j->count - at) * sizeof *j->all);
}

static void start_those_that_wait(jobs *j)
{
    for (size_t i = 0; i < j->count && j->running < j->max;)
        if (j->all[i].pid != 0 || start(j, &j->all[i]))
            i++;
        else
            drop(j, i); /* delivered again later */
}

static job *add(jobs *j, const sla_event *event, uint64_t number, uint32_t attempt)
{
    job *one;

    j->all = need_room(j->all, &j->capacity, j->count + 1, sizeof *j->all);
    one = &j->all[j->count++];
    *one = (job){.number = number, .attempt = attempt, .limit = SLA_NEVER};
    one->length = sla_event_format(event, NULL, 0);
    one->text = need_memory(one->length + 1, 1);
    sla_event_format(event, one->text, one->length + 1);
    one->text[one->length++] = '\n'; /* where the NUL was */
    return one;
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    jobs *j = context;

    for (size_t i = 0; attempt > 1 && i < j->count; i++)
        if (j->all[i].number == number)
            return SLA_PENDING; /* it waits or runs still */
    add(j, event, number, attempt);
    start_those_that_wait(j);
    return SLA_PENDING;
}

int jobs_subscribe(jobs *j, sla_service *service)
{
    sla_consumer consumer = SLA_CONSUMER_INIT;

    j->service = service;
    consumer.name = "exec";
    consumer.handler = on_event;
    consumer.context = j;
    consumer.redeliver_after = again_after;
    return sla_service_subscribe(service, &consumer);
}

/* ------------------------------------------------------------ ends */

static void judge(jobs *j, const job *one, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !one->asked) {
        if (sla_service_acknowledge(j->service, "exec", one->number) == SLA_ERR_NOMEM)
            give_up("out of memory");
    } else if (one->asked) {
        complain(j, one, "timeout_s", (int)(j->timeout / SLA_SECOND));
    } else if (WIFEXITED(status)) {
        complain(j, one, "exit", WEXITSTATUS(status));
    } else {
        complain(j, one, "signal", WTERMSIG(status));
    }
}

/* What it started goes with it, while its number is still its own. */
static void end_family(const job *one)
{
    siginfo_t ended = {0};

    if (one->asked && waitid(P_PID, (id_t)one->pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        ended.si_pid == one->pid)
        kill(-one->pid, SIGKILL);
}

void jobs_reap(jobs *j)
{
    int status;

    for (size_t i = 0; i < j->count;) {
        if (j->all[i].pid != 0)
            end_family(&j->all[i]);
        if (j->all[i].pid == 0 || waitpid(j->all[i].pid, &status, WNOHANG) != j->all[i].pid) {
            i++;
            continue;
        }
        j->running--;
        judge(j, &j->all[i], status);
        drop(j, i);
    }
    start_those_that_wait(j);
}

sla_time jobs_look(jobs *j, sla_time now)
{
    sla_time next = SLA_NEVER;

    for (size_t i = 0; i < j->count; i++) {
        job *one = &j->all[i];

        if (one->pid == 0)
            continue;
        if (one->limit <= now) {
            kill(-one->pid, one->asked ? SIGKILL : SIGTERM);
            one->asked = true;
            one->limit = now + grace;
        }
        if (one->limit < next)
            next = one->limit;
    }
    return next;
}

void jobs_kill(jobs *j)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->all[i].pid != 0)
            kill(-j->all[i].pid, SIGKILL);
}
