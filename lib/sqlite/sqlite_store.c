/*
 * sqlite_store.c - the service's side of a store on SQLite: calls go to the store's
 * thread as copies, and what it answers is handed to the sink in run.
 */
#include <sla/sqlite.h>

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sqlite/fail.h"
#include "sqlite/handle.h"
#include "sqlite/options.h"

static sla__sqlite *handle_of(sla_store *store)
{
    return (sla__sqlite *)(void *)store;
}

/* --------------------------------------------------------------------- calls */

static int put_ask(sla_store *store, const sla__ask *given, uint64_t number)
{
    sla__sqlite *const own = handle_of(store);
    sla__ask *ask;

    if (!own->is_open && given->kind != SLA__ASK_OPEN)
        return SLA_ERR_STATE;
    ask = sla__ask_new(&own->allocator, given);
    if (ask == NULL)
        return SLA_ERR_NOMEM;
    ask->done = (sla_store_done){number, SLA_OK, &ask->error, 0, 0, SLA_NEVER, SLA_NEVER};
    own->is_open = true;
    pthread_mutex_lock(&own->lock);
    sla__parcels_put(&own->asked, &ask->parcel);
    pthread_cond_broadcast(&own->changed);
    pthread_mutex_unlock(&own->lock);
    return SLA_OK;
}

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t number)
{
    const sla__ask ask = {.kind = SLA__ASK_OPEN, .opening.sink = *sink};

    return put_ask(store, &ask, number);
}

static int call_ticket(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    const sla__ask ask = {.kind = SLA__ASK_TICKET, .tenant = tenant, .ticket = ticket};

    return put_ask(store, &ask, number);
}

static int call_history(sla_store *store, sla_string tenant, sla_string ticket, uint64_t number)
{
    const sla__ask ask = {.kind = SLA__ASK_HISTORY, .tenant = tenant, .ticket = ticket};

    return put_ask(store, &ask, number);
}

static int call_outbox(sla_store *store, uint64_t after, size_t limit, uint64_t number)
{
    const sla__ask ask = {.kind = SLA__ASK_OUTBOX, .after = after, .limit = limit};

    return put_ask(store, &ask, number);
}

static int call_audit(sla_store *store, sla_time before, uint64_t number)
{
    const sla__ask ask = {.kind = SLA__ASK_AUDIT, .before = before};

    return put_ask(store, &ask, number);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t number)
{
    const sla__ask ask = {.kind = SLA__ASK_COMMIT, .unit = *unit};

    return put_ask(store, &ask, number);
}

static int call_release(sla_store *store, uint64_t number)
{
    const sla__ask ask = {.kind = SLA__ASK_RELEASE};

    return put_ask(store, &ask, number);
}

/* ------------------------------------------------------------ waiting, going on */

static size_t call_waits(const sla_store *store, sla_wait *waits, size_t capacity)
{
    if (capacity > 0)
        waits[0] = (sla_wait){((const sla__sqlite *)(const void *)store)->event_fd, true, false};
    return 1;
}

static sla_time call_until(const sla_store *store)
{
    (void)store;
    return SLA_NEVER;
}

static void hand_out_page(sla__sqlite *own, const sla__page *page)
{
    const sla_store_sink *const sink = &own->sink;

    for (const sla__item *item = NULL; (item = sla__page_next(page, item)) != NULL;)
        switch (item->kind) {
        case SLA__ITEM_WORLD:
            sink->world(sink->context, &item->of.world);
            break;
        case SLA__ITEM_TICKET:
            sink->ticket(sink->context, &item->of.ticket);
            break;
        case SLA__ITEM_FACT:
            sink->fact(sink->context, &item->of.fact);
            break;
        case SLA__ITEM_EVENT:
            sink->event(sink->context, &item->of.event);
            break;
        case SLA__ITEM_MARK:
            sink->mark(sink->context, &item->of.mark);
            break;
        }
}

static void hand_out(sla__sqlite *own, sla__parcel *parcel)
{
    const sla__ask *const ask = (sla__ask *)(void *)parcel;

    if (parcel->kind == SLA__PARCEL_PAGE)
        hand_out_page(own, (sla__page *)(void *)parcel);
    else if (parcel->kind == SLA__PARCEL_SINK)
        own->sink = ((const sla__opening *)(void *)parcel)->sink;
    else
        own->sink.done(own->sink.context, &ask->done);
}

/* What the sink asks meanwhile is answered by a later run. */
static void call_run(sla_store *store, sla_time now)
{
    sla__sqlite *const own = handle_of(store);
    sla__parcels answered = {NULL, NULL};
    sla__parcel *parcel;
    uint64_t count;

    (void)now;
    assert(!own->is_running);
    own->is_running = true;
    while (read(own->event_fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&own->lock);
    sla__parcels_join(&answered, &own->answered);
    own->answered_bytes = 0;
    pthread_cond_broadcast(&own->changed);
    pthread_mutex_unlock(&own->lock);
    while ((parcel = sla__parcels_take(&answered)) != NULL) {
        hand_out(own, parcel);
        sla__parcel_free(&own->allocator, parcel);
    }
    own->is_running = false;
}

/* ------------------------------------------------------------------------ new */

static void free_parcels(sla__sqlite *own, sla__parcels *parcels)
{
    sla__parcel *parcel;

    while ((parcel = sla__parcels_take(parcels)) != NULL)
        sla__parcel_free(&own->allocator, parcel);
}

/* Also of one that was never finished; its thread is gone or never was. */
static void dismantle(sla__sqlite *own)
{
    const sla_allocator allocator = own->allocator;

    free_parcels(own, &own->asked);
    free_parcels(own, &own->answered);
    sla__database_fini(&own->database);
    sla__content_room_fini(&own->room);
    if (own->event_fd >= 0)
        close(own->event_fd);
    pthread_cond_destroy(&own->changed);
    pthread_mutex_destroy(&own->lock);
    sla__free(&allocator, own);
}

static void call_close(sla_store *store)
{
    sla__sqlite *const own = handle_of(store);

    assert(!own->is_running);
    pthread_mutex_lock(&own->lock);
    own->closing = true;
    pthread_cond_broadcast(&own->changed);
    pthread_mutex_unlock(&own->lock);
    pthread_join(own->thread, NULL);
    dismantle(own);
}

static const sla_store_ops sqlite_ops = {
    .size = sizeof(sla_store_ops),
    .name = "sqlite",
    .views = true,
    .open = call_open,
    .ticket = call_ticket,
    .history = call_history,
    .outbox = call_outbox,
    .audit = call_audit,
    .commit = call_commit,
    .release = call_release,
    .waits = call_waits,
    .until = call_until,
    .run = call_run,
    .close = call_close,
};

/* The host's signals are for the host's threads.  A file that may not grow any more
 * (RLIMIT_FSIZE) is an error of its write then, not the end of the process. */
static int start_thread(sla__sqlite *own)
{
    sigset_t all, before;
    int code;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&own->thread, NULL, sla__sqlite_thread, own);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

/* Until the thread has opened the database, or could not; then it is gone. */
static int wait_for_thread(sla__sqlite *own)
{
    int result;

    pthread_mutex_lock(&own->lock);
    while (!own->opened)
        pthread_cond_wait(&own->changed, &own->lock);
    result = own->open_result;
    own->open_error = NULL;
    pthread_mutex_unlock(&own->lock);
    if (result != SLA_OK)
        pthread_join(own->thread, NULL);
    return result;
}

static int begin(sla__sqlite *own, const sla_sqlite_options *options, sla_error *error)
{
    int result = sla__database_init(&own->database, &own->allocator, options->path,
                                    options->existing, error);

    if (result == SLA_OK)
        result = sla__database_take(&own->database, error);
    if (result != SLA_OK)
        return result;
    own->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    own->open_error = error;
    if (own->event_fd < 0 || start_thread(own) != 0)
        return sla__fail(error, SLA_ERR_STORE, own->database.lock.path,
                         "%.200s: there is no descriptor or no thread left for the store",
                         own->database.lock.path);
    return wait_for_thread(own);
}

int sla_store_sqlite_new(const sla_sqlite_options *options, sla_store **store_out, sla_error *error)
{
    sla_sqlite_options wanted = SLA_SQLITE_OPTIONS_INIT;
    sla_allocator allocator;
    sla__sqlite *own;
    int result;

    if (store_out == NULL)
        return sla__fail(error, SLA_ERR_ARGUMENT, "", "store_out is NULL");
    *store_out = NULL;
    result = sla__options_of_sqlite(options, &wanted, error);
    if (result != SLA_OK)
        return result;
    allocator = sla__allocator_or_default(wanted.allocator);
    own = sla__new(&allocator, 1, sizeof *own);
    if (own == NULL)
        return sla__fail(error, SLA_ERR_NOMEM, "", "there is no memory for a store");
    own->store.ops = &sqlite_ops;
    own->allocator = allocator;
    own->event_fd = -1;
    sla__content_room_init(&own->room, &allocator);
    pthread_mutex_init(&own->lock, NULL);
    pthread_cond_init(&own->changed, NULL);
    result = begin(own, &wanted, error);
    if (result != SLA_OK)
        dismantle(own);
    else
        *store_out = &own->store;
    return result;
}
