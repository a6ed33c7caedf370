/*
 * crm_threads.c - inside a program of many threads that has no event loop: one
 * thread lives with the service, the others record what happens, and the handler of
 * events records back.
 *
 * Four desks open tickets.  Of every four tickets a desk answers three and forgets
 * one; the forgotten ones are escalated, and whoever is told of that takes the
 * ticket over, which is a fact again.  When the last one is handled the handler
 * stops the service.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sla/sla.h>

enum { DESKS = 4, TICKETS = 100, FORGOTTEN = DESKS * TICKETS / 4 };

static const char policy[] = "{\"policy\": \"call\", \"version\": \"1\","
                             " \"targets\": [{\"target\": \"answer\", \"stop\": \"answered\","
                             "   \"goals\": [{\"elapsed\": \"PT2S\"}],"
                             "   \"steps\": [{\"step\": \"level_1\", \"after\": \"PT0S\", "
                             "\"level\": 1, \"to\": \"shift_lead\"}]}]}";

typedef struct crm {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    sla_time at; /* when the service wants to run */
    bool woken;  /* ... or at once */
    sla_service *service;
    size_t met, escalated, missed, taken_over; /* only the service's thread counts */
} crm;

static sla_string string(const char *text)
{
    const sla_string made = {text, strlen(text)};

    return made;
}

/* ------------------------------------------------- the clock, as the service asks for it */

static sla_time now(void *context)
{
    struct timespec at;

    (void)context;
    clock_gettime(CLOCK_REALTIME, &at);
    return (sla_time)at.tv_sec * SLA_SECOND + at.tv_nsec / 1000;
}

static void arm(void *context, sla_time at)
{
    ((crm *)context)->at = at;
}

static void wake(void *context)
{
    crm *c = context;

    pthread_mutex_lock(&c->lock);
    c->woken = true;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

/* Until somebody wakes us or the armed instant has come.  A store that has
 * descriptors wants poll(2) on sla_service_waits here; this one has none. */
static void sleep_on_it(crm *c)
{
    struct timespec until = {(time_t)(c->at / SLA_SECOND), (long)(c->at % SLA_SECOND * 1000)};
    int result = 0;

    pthread_mutex_lock(&c->lock);
    while (!c->woken && result == 0)
        result = pthread_cond_timedwait(&c->changed, &c->lock, &until);
    c->woken = false;
    pthread_mutex_unlock(&c->lock);
}

/* ------------------------------------------------------------------------ the desks */

typedef struct desk {
    crm *crm;
    pthread_t thread;
    int number;
} desk;

static void *work(void *context)
{
    const desk *d = context;
    crm *c = d->crm;
    char name[SLA_ID_MAX];
    sla_error error = {0};

    for (int i = 0; i < TICKETS; i++) {
        sla_fact fact = {.name = string("opened"), .occurred_at = now(c)};

        snprintf(name, sizeof name, "D%d-%d", d->number, i);
        fact.ticket = string(name);
        if (sla_service_record_wait(c->service, &fact, NULL, &error) != SLA_OK)
            fprintf(stderr, "refused: %s\n", error.text);
        if (i % 4 == 0)
            continue; /* forgotten */
        fact.name = string("answered");
        fact.occurred_at = now(c);
        sla_service_record(c->service, &fact, NULL, NULL);
    }
    return NULL;
}

/* --------------------------------------------------- the service's thread: what is told */

static void on_taken_over(void *context, int result, const sla_answer *answer,
                          const sla_error *error)
{
    crm *c = context;

    (void)answer;
    if (result == SLA_OK)
        c->taken_over++;
    else
        fprintf(stderr, "refused: %s\n", error->text);
}

/* It may record, and never waits: the answer comes when the fact is on the record. */
static void take_over(crm *c, const sla_event *event)
{
    const sla_fact fact = {.tenant = event->tenant,
                           .ticket = event->ticket,
                           .name = string("answered"),
                           .occurred_at = now(c),
                           .by = string(event->to)};

    sla_service_record(c->service, &fact, on_taken_over, c);
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    crm *c = context;

    (void)number;
    (void)attempt;
    c->met += event->kind == SLA_EVENT_MET;
    c->missed += event->kind == SLA_EVENT_MISSED;
    if (event->kind == SLA_EVENT_ESCALATED) {
        c->escalated++;
        take_over(c, event);
    }
    if (c->met + c->missed == DESKS * TICKETS)
        sla_service_stop(c->service);
    return SLA_OK;
}

/* The service over a store that forgets; SLA_OK or the complaint in `error`. */
static int prepare(crm *c, sla_error *error)
{
    const sla_document document = {string("call.json"), string(policy)};
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    int result = sla_store_memory_new(NULL, &options.store);

    options.clock = (sla_clock_hook){.context = c, .now = now, .arm = arm, .wake = wake};
    options.documents = &document;
    options.document_count = 1;
    options.incarnation[0] = 1; /* of the only service that this store ever sees */
    if (result == SLA_OK)
        result = sla_service_new(&options, &c->service, error);
    consumer.name = "shift_lead";
    consumer.handler = on_event;
    consumer.context = c;
    if (result == SLA_OK)
        result = sla_service_subscribe(c->service, &consumer);
    return result;
}

int main(void)
{
    crm c = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    desk desks[DESKS];
    sla_error error = {0};

    if (prepare(&c, &error) != SLA_OK)
        return fprintf(stderr, "%s: %s\n", error.pointer, error.text), 1;
    for (int i = 0; i < DESKS; i++) {
        desks[i] = (desk){.crm = &c, .number = i + 1};
        if (pthread_create(&desks[i].thread, NULL, work, &desks[i]) != 0)
            return fprintf(stderr, "no thread\n"), 1;
    }
    for (;;) {
        while (sla_service_run(c.service))
            ;
        if (sla_service_get_state(c.service) == SLA_SERVICE_STOPPED)
            break;
        sleep_on_it(&c);
    }
    for (int i = 0; i < DESKS; i++)
        pthread_join(desks[i].thread, NULL);
    printf("%d tickets: %zu answered in time, %zu escalated, %zu of them taken over\n",
           DESKS * TICKETS, c.met, c.escalated, c.taken_over);
    sla_service_free(c.service);
    return c.escalated == FORGOTTEN ? 0 : 1;
}
