/* Goal: facts from many threads, handlers that record back, stop and start, and no
 * data race.  Method: eight threads record and wait while one thread runs the loop
 * on a condition variable; built again under ThreadSanitizer by tests/tsan.sh. */
#include "support/check.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "service/service.h" /* whether somebody waits for room */

enum { THREADS = 8 };

static const char policy[] = "{\"policy\": \"p\", \"version\": \"1\", \"targets\": [{\"target\": "
                             "\"t\", \"stop\": \"resolved\","
                             " \"goals\": [{\"elapsed\": \"PT4H\"}]}]}";

/* A loop: somebody wakes it, or its time comes. */
typedef struct loop {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool wake;
    _Atomic sla_time now; /* of the virtual clock */
    sla_service *service;
    atomic_size_t answered, handed, refused;
    size_t queue_max;
} loop;

typedef struct recorder {
    loop *of;
    unsigned number;
    size_t facts;
    size_t recorded;
} recorder;

static sla_time now_of(void *context)
{
    return atomic_load(&((loop *)context)->now);
}

static void wake(void *context)
{
    loop *const own = context;

    pthread_mutex_lock(&own->lock);
    own->wake = true;
    pthread_cond_signal(&own->woken);
    pthread_mutex_unlock(&own->lock);
}

static void answered(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    loop *const own = context;

    (void)answer;
    (void)error;
    atomic_fetch_add(&own->answered, 1);
    if (result < 0)
        atomic_fetch_add(&own->refused, 1);
}

static sla_string string(const char *text)
{
    return (sla_string){text, strlen(text)};
}

static int handle(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    loop *const own = context;
    const sla_fact fact = {
        .ticket = event->ticket, .name = string("noted"), .occurred_at = event->at};

    (void)attempt;
    atomic_fetch_add(&own->handed, 1);
    (void)sla_service_record(own->service, &fact, answered, own);
    if (number % 3 != 0)
        return SLA_OK;
    CHECK_OK(sla_service_acknowledge(own->service, "crm", number));
    return SLA_PENDING;
}

/* Half of the facts wait for their answer. */
static void *record_facts(void *context)
{
    recorder *const own = context;
    sla_service_stats stats = {.size = sizeof stats};
    char ticket[32];

    for (size_t i = 0; i < own->facts; i++) {
        sla_fact fact = {.ticket = {ticket, 0},
                         .id = string("o"),
                         .name = string("opened"),
                         .occurred_at = atomic_load(&own->of->now)};
        sla_answer answer;
        sla_error error;
        int result;

        fact.ticket.length = (size_t)snprintf(ticket, sizeof ticket, "T-%u-%zu", own->number, i);
        do {
            result = i % 2 == 0 ? sla_service_record_wait(own->of->service, &fact, &answer, &error)
                                : sla_service_record(own->of->service, &fact, answered, own->of);
        } while (result == SLA_ERR_BUSY);
        own->recorded += result == SLA_OK;
        if (i % 16 == 0) /* it lives, and stays */
            CHECK_OK(sla_service_forget(own->of->service, string(""), fact.ticket, NULL, NULL));
        sla_service_get_stats(own->of->service, &stats);
    }
    return NULL;
}

/* Each fact is waited for. */
static void *wait_each(void *context)
{
    recorder *const own = context;
    char ticket[32];

    for (size_t i = 0; i < own->facts; i++) {
        sla_fact fact = {.ticket = {ticket, 0},
                         .name = string("opened"),
                         .occurred_at = atomic_load(&own->of->now)};

        fact.ticket.length = (size_t)snprintf(ticket, sizeof ticket, "T-%u-%zu", own->number, i);
        own->recorded += sla_service_record_wait(own->of->service, &fact, NULL, NULL) == SLA_OK;
    }
    return NULL;
}

/* Until it has stopped; the clock goes on by an hour now and then. */
static void *run_loop(void *context)
{
    loop *const own = context;
    size_t rounds = 0;

    while (sla_service_get_state(own->service) != SLA_SERVICE_STOPPED) {
        const bool again = sla_service_run(own->service) != 0;

        if (++rounds % 64 == 0)
            atomic_fetch_add(&own->now, SLA_HOUR);
        pthread_mutex_lock(&own->lock);
        while (!again && !own->wake && sla_service_until(own->service) > atomic_load(&own->now) &&
               sla_service_get_state(own->service) != SLA_SERVICE_STOPPED)
            pthread_cond_wait(&own->woken, &own->lock);
        own->wake = false;
        pthread_mutex_unlock(&own->lock);
    }
    return NULL;
}

static void open_service(loop *own, sla_store *kept)
{
    static uint64_t incarnations;
    const sla_document document = {string("test"), string(policy)};
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;

    CHECK_OK(sla_store_memory_share(kept, &options.store));
    options.incarnation[0] = ++incarnations;
    options.clock.context = own;
    options.clock.now = now_of;
    options.clock.wake = wake;
    options.documents = &document;
    options.document_count = 1;
    options.queue_max = own->queue_max != 0 ? own->queue_max : 256;
    consumer.name = "crm";
    consumer.handler = handle;
    consumer.context = own;
    CHECK_OK(sla_service_new(&options, &own->service, NULL));
    CHECK_OK(sla_service_subscribe(own->service, &consumer));
}

/* One life: eight threads record, then somebody stops it. */
static size_t live(loop *own, sla_store *kept, unsigned life, size_t facts)
{
    recorder recorders[THREADS];
    pthread_t threads[THREADS], runner;
    size_t recorded = 0;

    open_service(own, kept);
    CHECK_EQ("a thread", 0, pthread_create(&runner, NULL, run_loop, own));
    for (unsigned i = 0; i < THREADS; i++) {
        recorders[i] = (recorder){own, life * THREADS + i, facts, 0};
        CHECK_EQ("a thread", 0, pthread_create(&threads[i], NULL, record_facts, &recorders[i]));
    }
    for (unsigned i = 0; i < THREADS; i++) {
        CHECK_EQ("joined", 0, pthread_join(threads[i], NULL));
        recorded += recorders[i].recorded;
    }
    sla_service_stop(own->service);
    CHECK_EQ("joined", 0, pthread_join(runner, NULL));
    sla_service_free(own->service);
    return recorded;
}

TEST(eight_threads_record_while_handlers_record_back)
{
    const size_t facts = check_count(500, 10000);
    const unsigned lives = 4;
    loop own = {.wake = false};
    sla_store *kept;
    size_t recorded = 0;

    pthread_mutex_init(&own.lock, NULL);
    pthread_cond_init(&own.woken, NULL);
    atomic_init(&own.now, INT64_C(1772442000000000));
    CHECK_OK(sla_store_memory_new(NULL, &kept));
    for (unsigned life = 0; life < lives; life++)
        recorded += live(&own, kept, life, facts);
    CHECK_EQ("every fact was taken", lives * THREADS * facts, recorded);
    CHECK_EQ("and none refused", 0, atomic_load(&own.refused));
    CHECK_TRUE("events came", atomic_load(&own.handed) > 0);
    printf("%zu facts, %zu answered later, %zu events\n", recorded, atomic_load(&own.answered),
           atomic_load(&own.handed));
    kept->ops->close(kept);
    pthread_cond_destroy(&own.woken);
    pthread_mutex_destroy(&own.lock);
}

/* A thread that waits comes back when the service goes. */
static void *wait_for_nothing(void *context)
{
    loop *const own = context;
    const sla_fact fact = {.ticket = string("T-1"), .name = string("opened"), .occurred_at = 1};

    sla_error error = {0};

    atomic_store(&own->refused,
                 (size_t)-sla_service_record_wait(own->service, &fact, NULL, &error));
    CHECK_TRUE("that says what to do", strstr(error.text, "record the fact again") != NULL);
    return NULL;
}

/* ... and one that waits for a place in a queue that is full. */
static void *wait_for_room(void *context)
{
    loop *const own = context;
    const sla_fact fact = {.ticket = string("T-2"), .name = string("opened"), .occurred_at = 1};
    sla_error error = {0};

    CHECK_RESULT(SLA_ERR_STATE, sla_service_record_wait(own->service, &fact, NULL, &error));
    CHECK_STR("in words", "the service stops or goes, and has not taken the fact", error.text);
    atomic_fetch_add(&own->refused, 1);
    return NULL;
}

static void with_a_full_queue(loop *own, sla_store *kept, pthread_t *thread)
{
    const sla_fact fact = {.ticket = string("T-1"), .name = string("opened"), .occurred_at = 1};

    own->queue_max = 1;
    open_service(own, kept);
    CHECK_OK(sla_service_record(own->service, &fact, NULL, NULL));
    CHECK_EQ("a thread", 0, pthread_create(thread, NULL, wait_for_room, own));
    while (atomic_load(&own->service->crowded) == 0)
        sched_yield();
}

TEST(a_full_queue_is_waited_for)
{
    recorder recorders[THREADS] = {{0}};
    pthread_t threads[THREADS], looping;
    loop own = {.wake = false, .queue_max = 1};
    sla_store *kept;

    pthread_mutex_init(&own.lock, NULL);
    pthread_cond_init(&own.woken, NULL);
    atomic_init(&own.now, INT64_C(1772442000000000));
    CHECK_OK(sla_store_memory_new(NULL, &kept));
    open_service(&own, kept);
    while (sla_service_run(own.service))
        continue;
    for (unsigned i = 0; i < THREADS; i++) {
        recorders[i] = (recorder){&own, i, 20, 0};
        CHECK_EQ("a thread", 0, pthread_create(&threads[i], NULL, wait_each, &recorders[i]));
    }
    CHECK_EQ("a thread", 0, pthread_create(&looping, NULL, run_loop, &own));
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_EQ("joined", 0, pthread_join(threads[i], NULL));
        CHECK_EQ("all, at the first try", 20, recorders[i].recorded);
    }
    sla_service_stop(own.service);
    CHECK_EQ("joined", 0, pthread_join(looping, NULL));
    sla_service_free(own.service);
    with_a_full_queue(&own, kept, &threads[0]);
    sla_service_stop(own.service);
    while (sla_service_get_state(own.service) != SLA_SERVICE_STOPPED)
        (void)sla_service_run(own.service);
    CHECK_EQ("joined after a stop", 0, pthread_join(threads[0], NULL));
    sla_service_free(own.service);
    with_a_full_queue(&own, kept, &threads[0]);
    sla_service_free(own.service);
    CHECK_EQ("joined, as it is gone", 0, pthread_join(threads[0], NULL));
    CHECK_EQ("both were told", 2, atomic_load(&own.refused));
    kept->ops->close(kept);
    pthread_cond_destroy(&own.woken);
    pthread_mutex_destroy(&own.lock);
}

TEST(a_service_that_goes_lets_waiting_threads_go)
{
    loop own = {.wake = false};
    pthread_t thread;
    sla_store *kept;

    pthread_mutex_init(&own.lock, NULL);
    pthread_cond_init(&own.woken, NULL);
    atomic_init(&own.now, INT64_C(1772442000000000));
    CHECK_OK(sla_store_memory_new(NULL, &kept));
    open_service(&own, kept);
    own.wake = false; /* subscribing wakes too; recording is what is waited for */
    CHECK_EQ("a thread", 0, pthread_create(&thread, NULL, wait_for_nothing, &own));
    pthread_mutex_lock(&own.lock);
    while (!own.wake)
        pthread_cond_wait(&own.woken, &own.lock);
    pthread_mutex_unlock(&own.lock);
    sla_service_free(own.service);
    CHECK_EQ("joined", 0, pthread_join(thread, NULL));
    CHECK_EQ("with an error", -SLA_ERR_STATE, (int)atomic_load(&own.refused));
    kept->ops->close(kept);
    pthread_cond_destroy(&own.woken);
    pthread_mutex_destroy(&own.lock);
}
