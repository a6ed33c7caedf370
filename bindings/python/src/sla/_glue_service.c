/* _glue_service.c - see _glue_service.h: a service whose hooks and handlers are lists. */
#define _GNU_SOURCE
#include "_glue_service_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Lines of the log that wait for Python, and microseconds: how long a turn may take, and
 * when to look again after there was no memory for the list of descriptors. */
enum { LOGS_MAX = 1024, TURN = 500, STARVED = 10000 };

/* -------------------------------------------------------------------- lists */

void sla_py_list_put(list *to, item *one)
{
    one->next = NULL;
    if (to->last != NULL)
        to->last->next = one;
    else
        to->first = one;
    to->last = one;
    to->count++;
}

void *sla_py_list_take(list *from)
{
    item *const one = from->first;

    if (one == NULL)
        return NULL;
    from->first = one->next;
    if (from->first == NULL)
        from->last = NULL;
    from->count--;
    return one;
}

void sla_py_list_empty(list *all)
{
    item *one;

    while ((one = sla_py_list_take(all)) != NULL)
        free(one);
}

/* -------------------------------------------------------------------- clock */

static sla_time clock_of(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
}

static sla_time hook_now(void *context)
{
    const sla_py_service *glue = context;

    return glue->settable ? glue->now : clock_of(CLOCK_REALTIME);
}

static sla_time hook_steady(void *context)
{
    const sla_py_service *glue = context;

    return glue->settable ? glue->steady : clock_of(CLOCK_BOOTTIME);
}

static void hook_arm(void *context, sla_time at)
{
    ((sla_py_service *)context)->armed = at;
}

/* Any thread.  What is readable already needs no second write. */
static void hook_wake(void *context)
{
    sla_py_service *glue = context;
    const uint64_t one = 1;

    if (!atomic_exchange(&glue->woken, true))
        (void)!write(glue->wake_fd, &one, sizeof one);
}

sla_time sla_py_service_now(const sla_py_service *glue)
{
    return hook_now((void *)glue);
}

void sla_py_service_set_clock(sla_py_service *glue, sla_time now, sla_duration passed)
{
    glue->now = now;
    glue->steady += passed;
}

/* Goes off at that instant, and when the clock is set; whether it was set meanwhile. */
static bool set_timer(const sla_py_service *glue, sla_time at)
{
    struct itimerspec when = {{0, 0}, {0, 0}};

    if (glue->timer_fd < 0)
        return false;
    if (at != SLA_NEVER) { /* zero would mean never, and what is past goes off at once */
        when.it_value.tv_sec = at > 0 ? at / SLA_SECOND : 0;
        when.it_value.tv_nsec = at > 0 ? at % SLA_SECOND * 1000 : 1;
    }
    return timerfd_settime(glue->timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when,
                           NULL) < 0 &&
           errno == ECANCELED;
}

/* ---------------------------------------------------------------------- log */

static void hook_log(void *context, sla_log_level level, const char *code, const char *text)
{
    sla_py_service *glue = context;
    const size_t code_size = strlen(code) + 1, text_size = strlen(text) + 1;
    line *one = glue->logs.count < LOGS_MAX ? malloc(sizeof *one + code_size + text_size) : NULL;
    char *strings;

    if (one == NULL) {
        glue->logs_lost++;
        return;
    }
    strings = (char *)(one + 1);
    one->given = (sla_py_log){(int)level, memcpy(strings, code, code_size),
                              memcpy(strings + code_size, text, text_size)};
    sla_py_list_put(&glue->logs, &one->item);
}

const sla_py_log *sla_py_service_take_log(sla_py_service *glue)
{
    free(glue->taken_log);
    glue->taken_log = sla_py_list_take(&glue->logs);
    return glue->taken_log != NULL ? &glue->taken_log->given : NULL;
}

uint64_t sla_py_service_logs_lost(sla_py_service *glue)
{
    const uint64_t lost = glue->logs_lost;

    glue->logs_lost = 0;
    return lost;
}

/* ------------------------------------------------------------------ answers */

/* Made with the call, so that its answer needs no memory. */
call *sla_py_call_new(sla_py_service *glue, uint64_t number)
{
    call *const one = calloc(1, sizeof *one);

    if (one == NULL)
        return NULL;
    one->glue = glue;
    one->answer.call = number;
    one->after = glue->waiting;
    if (one->after != NULL)
        one->after->before = one;
    glue->waiting = one;
    return one;
}

static void waits_no_more(call *one)
{
    if (one->before != NULL)
        one->before->after = one->after;
    else
        one->glue->waiting = one->after;
    if (one->after != NULL)
        one->after->before = one->before;
}

static void free_call(call *one)
{
    if (one != NULL)
        free(one->error);
    free(one);
}

/* The call was not taken up. */
int sla_py_call_drop(call *one, int result)
{
    waits_no_more(one);
    free_call(one);
    return result;
}

void sla_py_call_recorded(void *context, int result, const sla_answer *answer,
                          const sla_error *error)
{
    call *const one = context;

    waits_no_more(one);
    one->answer.result = result;
    one->answer.answer = *answer;
    if (result < 0 && (one->error = malloc(sizeof *error)) != NULL) {
        *one->error = *error;
        one->answer.error = one->error;
    }
    sla_py_list_put(&one->glue->answers, &one->item);
}

/* Of an adoption, and of a ticket that is forgotten. */
static void on_done(void *context, int result, const sla_error *error)
{
    const sla_answer nothing = {0};

    sla_py_call_recorded(context, result, &nothing, error);
}

const sla_py_answer *sla_py_service_take_answer(sla_py_service *glue)
{
    free_call(glue->taken_answer);
    glue->taken_answer = sla_py_list_take(&glue->answers);
    return glue->taken_answer != NULL ? &glue->taken_answer->answer : NULL;
}

/* -------------------------------------------------------------------- calls */

int sla_py_service_record(sla_py_service *glue, const char *piece, size_t length, uint64_t number,
                          sla_error *error)
{
    int result = sla_py_fact_read(piece, length, &glue->room, error);
    call *one;

    if (result != SLA_OK)
        return result;
    one = sla_py_call_new(glue, number);
    if (one == NULL)
        return SLA_ERR_NOMEM;
    result = sla_service_record(glue->service, &glue->room.fact, sla_py_call_recorded, one);
    return result == SLA_OK ? SLA_OK : sla_py_call_drop(one, result);
}

int sla_py_service_adopt(sla_py_service *glue, const sla_document *documents, size_t count,
                         uint64_t number, sla_error *error)
{
    call *const one = sla_py_call_new(glue, number);
    int result;

    if (one == NULL)
        return SLA_ERR_NOMEM;
    result = sla_service_adopt(glue->service, documents, count, on_done, one, error);
    return result == SLA_OK ? SLA_OK : sla_py_call_drop(one, result);
}

int sla_py_service_forget(sla_py_service *glue, sla_string tenant, sla_string ticket,
                          uint64_t number)
{
    call *const one = sla_py_call_new(glue, number);
    int result;

    if (one == NULL)
        return SLA_ERR_NOMEM;
    result = sla_service_forget(glue->service, tenant, ticket, on_done, one);
    return result == SLA_OK ? SLA_OK : sla_py_call_drop(one, result);
}

/* --------------------------------------------------------------------- turn */

/* What the store waits for; false when there was no memory for the list. */
static bool list_waits(sla_py_service *glue, size_t *count_out)
{
    size_t count;

    while ((count = sla_service_waits(glue->service, glue->waits, glue->waits_capacity)) >
           glue->waits_capacity) {
        sla_wait *const more = realloc(glue->waits, count * sizeof *more);

        *count_out = glue->waits_capacity;
        if (more == NULL)
            return false;
        glue->waits = more;
        glue->waits_capacity = count;
    }
    *count_out = count;
    return true;
}

static bool run(sla_py_service *glue)
{
    const sla_time began = clock_of(CLOCK_MONOTONIC);
    uint64_t times;
    bool more;

    (void)!read(glue->wake_fd, &times, sizeof times);
    do {
        /* Lowered before the round, so that whoever wakes during it is seen after it. */
        if (atomic_exchange(&glue->woken, false))
            (void)!read(glue->wake_fd, &times, sizeof times);
        more = sla_service_run(glue->service) != 0 || atomic_load(&glue->woken) ||
               glue->armed <= hook_now(glue);
    } while (more && clock_of(CLOCK_MONOTONIC) - began < TURN &&
             sla_service_get_state(glue->service) != SLA_SERVICE_STOPPED);
    return more;
}

static bool has_events(const sla_py_service *glue)
{
    for (size_t i = 0; i < glue->consumer_count; i++)
        if (glue->consumers[i]->inbox.count > 0)
            return true;
    return false;
}

void sla_py_service_turn(sla_py_service *glue, sla_py_turn *turn_out)
{
    sla_py_turn turn = {.more = run(glue), .until = glue->armed};

    turn.state = (int)sla_service_get_state(glue->service);
    if (turn.state == SLA_SERVICE_STOPPED) {
        turn.more = false;
        turn.until = SLA_NEVER;
    }
    turn.now = hook_now(glue);
    if (!list_waits(glue, &turn.wait_count) && turn.until > turn.now + STARVED)
        turn.until = turn.now + STARVED;
    turn.waits = glue->waits;
    if (!glue->settable && set_timer(glue, turn.more ? SLA_NEVER : turn.until))
        turn.more = true;
    turn.answers = glue->answers.count > 0;
    turn.logs = glue->logs.count > 0 || glue->logs_lost > 0;
    turn.events = has_events(glue);
    *turn_out = turn;
}

/* ---------------------------------------------------------------- new, free */

sla_service *sla_py_service_machine(const sla_py_service *glue)
{
    return glue->service;
}

int sla_py_service_wake_fd(const sla_py_service *glue)
{
    return glue->wake_fd;
}

int sla_py_service_timer_fd(const sla_py_service *glue)
{
    return glue->timer_fd;
}

static void free_calls(sla_py_service *glue)
{
    call *one;

    free_call(glue->taken_answer);
    while ((one = sla_py_list_take(&glue->answers)) != NULL)
        free_call(one);
    while ((one = glue->waiting) != NULL) {
        glue->waiting = one->after;
        free_call(one);
    }
}

void sla_py_service_free(sla_py_service *glue)
{
    if (glue == NULL)
        return;
    sla_service_free(glue->service);
    free_calls(glue);
    free(glue->taken_log);
    sla_py_list_empty(&glue->logs);
    sla_py_consumers_fini(glue);
    free(glue->waits);
    sla_py_events_free(glue->writing);
    if (glue->wake_fd >= 0)
        close(glue->wake_fd);
    if (glue->timer_fd >= 0)
        close(glue->timer_fd);
    free(glue);
}

/* Without a wake there is no service; without a timer the loop's own has to do. */
static sla_py_service *make(sla_time start)
{
    sla_py_service *const glue = calloc(1, sizeof *glue);

    if (glue == NULL)
        return NULL;
    glue->settable = start != SLA_NEVER;
    glue->now = start;
    glue->steady = 1; /* 0 would say that there is none */
    glue->armed = SLA_NEVER;
    glue->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    glue->timer_fd =
        glue->settable ? -1 : timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    glue->writing = sla_py_events_new();
    if (glue->wake_fd < 0 || glue->writing == NULL) {
        sla_py_service_free(glue);
        return NULL;
    }
    return glue;
}

int sla_py_service_new(const sla_service_options *options, sla_time start,
                       sla_py_service **service_out, sla_error *error)
{
    sla_service_options wanted = *options;
    sla_py_service *const glue = make(start);
    int result;

    if (glue == NULL) {
        sla_py_store_close(wanted.store);
        return SLA_ERR_NOMEM;
    }
    wanted.clock = (sla_clock_hook){glue, hook_now, hook_steady, hook_arm, hook_wake};
    wanted.log = hook_log;
    wanted.log_context = glue;
    if (getrandom(wanted.incarnation, sizeof wanted.incarnation, 0) < 0)
        memset(wanted.incarnation, 0, sizeof wanted.incarnation); /* which is refused */
    result = sla_service_new(&wanted, &glue->service, error);
    if (result != SLA_OK)
        sla_py_service_free(glue);
    else
        *service_out = glue;
    return result;
}
