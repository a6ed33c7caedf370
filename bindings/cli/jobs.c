/* jobs.c - see jobs.h. */
#include "jobs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <sla/json.h>

#include "cli.h"
#include "host_clock.h"
#include "log.h"
#include "program.h"

static const sla_duration grace = 2 * SLA_SECOND; /* from SIGTERM to SIGKILL */
static const sla_duration again_first = SLA_SECOND, again_most = SLA_HOUR;
static const sla_duration for_good = 36500 * SLA_DAY; /* all further tries are ours */

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

/* ------------------------------------------------------------ one that fails */

static void drop(jobs *j, size_t at)
{
    free(j->all[at].text);
    j->count--;
    memmove(j->all + at, j->all + at + 1, (j->count - at) * sizeof *j->all);
}

static void acknowledge(jobs *j, const job *one)
{
    j->acknowledged++;
    if (sla_service_acknowledge(j->service, "exec", one->number) == SLA_ERR_NOMEM)
        give_up("out of memory");
}

static sla_duration wait_after(unsigned attempt)
{
    sla_duration wait = again_first;

    while (--attempt > 0 && wait < again_most)
        wait *= 2;
    return wait < again_most ? wait : again_most;
}

/* It is tried again later; at the end it is given up.  False when it is gone. */
static bool put_off(jobs *j, size_t at)
{
    job *one = &j->all[at];

    j->failed++;
    one->pid = 0;
    one->asked = false;
    one->again = monotonic_now() + wait_after(one->attempt);
    if (!j->ending)
        return true;
    if (j->kept) {
        one->again = SLA_NEVER;
        return true;
    }
    j->given_up++;
    acknowledge(j, one);
    drop(j, at);
    return false;
}

static void complain(const job *one, const char *why, int code)
{
    log_line(SLA_LOG_WARNING, "exec_failed", "event=%llu attempt=%u %s=%d",
             (unsigned long long)one->number, one->attempt, why, code);
}

/* ------------------------------------------------------------ the queue */

/* False when it cannot be started. */
static bool start(jobs *j, job *one)
{
    int trouble;

    one->attempt++;
    trouble = program_start(j->words, one->text, one->length, &one->pid);
    if (trouble != 0) {
        log_line(SLA_LOG_WARNING, "exec_failed", "event=%llu attempt=%u error=%s",
                 (unsigned long long)one->number, one->attempt, program_trouble(trouble));
        return false;
    }
    one->limit = monotonic_now() + j->timeout;
    j->running++;
    j->started++;
    return true;
}

static void start_those_that_wait(jobs *j, sla_time now)
{
    for (size_t i = 0; i < j->count && j->running < j->max;) {
        job *one = &j->all[i];

        if (one->pid != 0 || one->again > now || start(j, one) || put_off(j, i))
            i++;
    }
}

static void add(jobs *j, const sla_event *event, uint64_t number)
{
    job *one;

    j->all = need_room(j->all, &j->capacity, j->count + 1, sizeof *j->all);
    one = &j->all[j->count++];
    *one = (job){.number = number, .limit = SLA_NEVER};
    one->length = sla_event_format(event, NULL, 0);
    one->text = need_memory(one->length + 1, 1);
    sla_event_format(event, one->text, one->length + 1);
    one->text[one->length++] = '\n'; /* where the NUL was */
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    jobs *j = context;

    for (size_t i = 0; attempt > 1 && i < j->count; i++)
        if (j->all[i].number == number)
            return SLA_PENDING; /* it waits or runs still */
    add(j, event, number);
    start_those_that_wait(j, monotonic_now());
    return SLA_PENDING;
}

int jobs_subscribe(jobs *j, sla_service *service)
{
    sla_consumer consumer = SLA_CONSUMER_INIT;

    j->service = service;
    consumer.name = "exec";
    consumer.handler = on_event;
    consumer.context = j;
    consumer.max_in_flight = JOBS_WAITING_MAX;
    consumer.redeliver_after = for_good;
    return sla_service_subscribe(service, &consumer);
}

/* ------------------------------------------------------------ ends */

static void judge(jobs *j, size_t at, int status)
{
    job *one = &j->all[at];

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !one->asked) {
        acknowledge(j, one);
        drop(j, at);
        return;
    }
    if (one->asked)
        complain(one, "timeout_s", (int)(j->timeout / SLA_SECOND));
    else if (WIFEXITED(status))
        complain(one, "exit", WEXITSTATUS(status));
    else
        complain(one, "signal", WTERMSIG(status));
    put_off(j, at);
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

    for (size_t i = j->count; i-- > 0;) {
        if (j->all[i].pid == 0)
            continue;
        end_family(&j->all[i]);
        if (waitpid(j->all[i].pid, &status, WNOHANG) != j->all[i].pid)
            continue;
        j->running--;
        judge(j, i, status);
    }
    start_those_that_wait(j, monotonic_now());
}

/* When `one`, which runs, is to be looked at; it is ended when it has taken too long. */
static sla_time look_at(job *one, sla_time now)
{
    if (one->limit <= now) {
        kill(-one->pid, one->asked ? SIGKILL : SIGTERM);
        one->asked = true;
        one->limit = now + grace;
    }
    return one->limit;
}

sla_time jobs_look(jobs *j, sla_time now)
{
    sla_time next = SLA_NEVER;

    start_those_that_wait(j, now);
    for (size_t i = 0; i < j->count; i++) {
        job *one = &j->all[i];
        sla_time at = SLA_NEVER;

        if (one->pid != 0)
            at = look_at(one, now);
        else if (j->running < j->max)
            at = one->again;
        next = at < next ? at : next;
    }
    return next;
}

bool jobs_are_done(const jobs *j)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->all[i].pid != 0 || j->all[i].again != SLA_NEVER)
            return false;
    return true;
}

void jobs_end(jobs *j, bool kept)
{
    j->ending = true;
    j->kept = kept;
    for (size_t i = 0; i < j->count; i++)
        j->all[i].again = 0;
    start_those_that_wait(j, monotonic_now());
}

void jobs_kill(jobs *j)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->all[i].pid != 0)
            kill(-j->all[i].pid, SIGKILL);
}
