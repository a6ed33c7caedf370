/*
 * thread.c - the store's own thread: takes what was asked, in its order, and hands
 * back what comes of it.
 *
 * Everything that was asked while it was busy is taken at once.  Units that follow
 * one another in that share a transaction, so the more come, the fewer syncs each
 * costs; nobody waits for company.
 */
#include "sqlite/handle.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sqlite/fail.h"

/* Of one transaction; of answers, handed over at a time and lying there at most. */
enum { GROUP_UNITS = 256, GROUP_BYTES = 4 << 20, HAND_OVER = 1 << 18, LYING_MAX = 1 << 20 };

/* ------------------------------------------------------------------- answering */

static void wake_service(sla__sqlite *own)
{
    const uint64_t one = 1;
    const ssize_t written = write(own->event_fd, &one, sizeof one);

    (void)written; /* it cannot fail but for a count that is there already */
}

/* False when the store is being closed: then nobody waits for it. */
static bool hand_over(sla__sqlite *own)
{
    bool go_on;

    pthread_mutex_lock(&own->lock);
    while (own->answered_bytes > LYING_MAX && !own->closing)
        pthread_cond_wait(&own->changed, &own->lock);
    go_on = !own->closing;
    if (own->answered.first == NULL && own->answers.first != NULL)
        wake_service(own);
    sla__parcels_join(&own->answered, &own->answers);
    own->answered_bytes += own->answer_bytes;
    own->answer_bytes = 0;
    pthread_mutex_unlock(&own->lock);
    return go_on;
}

int sla__give(sla__sqlite *own, const sla__item *item, sla_error *error)
{
    const size_t added = sla__pages_put(&own->answers, &own->allocator, item);

    if (added == 0)
        return sla__fail(error, SLA_ERR_STORE, own->database.lock.path,
                         "there is no memory for what was read");
    own->answer_bytes += added;
    return own->answer_bytes < HAND_OVER || hand_over(own)
               ? SLA_OK
               : sla__fail(error, SLA_ERR_STORE, own->database.lock.path, "the store is closing");
}

/* What is committed before the next open is refused; reading goes on. */
static void release(sla__database *database)
{
    database->epoch = 0;
    sla__lock_give_back(&database->lock);
}

static void answer_read(sla__sqlite *own, sla__ask *ask)
{
    switch (ask->kind) {
    case SLA__ASK_OPEN:
        sla__answer_open(own, ask);
        break;
    case SLA__ASK_TICKET:
        sla__answer_ticket(own, ask);
        break;
    case SLA__ASK_HISTORY:
        sla__answer_history(own, ask);
        break;
    case SLA__ASK_OUTBOX:
        sla__answer_outbox(own, ask);
        break;
    default:
        sla__answer_audit(own, ask);
        break;
    }
}

static void answer_one(sla__sqlite *own, sla__ask *ask)
{
    memset(&ask->error, 0, sizeof ask->error);
    if (ask->kind == SLA__ASK_OPEN)
        sla__parcels_put(&own->answers, &ask->opening.parcel);
    if (ask->kind == SLA__ASK_RELEASE)
        release(&own->database);
    else
        answer_read(own, ask);
    sla__parcels_put(&own->answers, &ask->parcel);
}

/* The first of `asks` and those that can share its transaction. */
static void answer_group(sla__sqlite *own, sla__parcels *asks)
{
    sla__ask *group[GROUP_UNITS];
    size_t count = 0, bytes = 0;

    do {
        group[count] = (sla__ask *)(void *)sla__parcels_take(asks);
        memset(&group[count]->error, 0, sizeof group[count]->error);
        bytes += group[count++]->size;
    } while (count < GROUP_UNITS && bytes < GROUP_BYTES && asks->first != NULL &&
             ((sla__ask *)(void *)asks->first)->kind == SLA__ASK_COMMIT);
    sla__answer_commits(&own->database, group, count);
    for (size_t i = 0; i < count; i++)
        sla__parcels_put(&own->answers, &group[i]->parcel);
}

/* Stops on the way when the store is closed; says what is left. */
static void answer(sla__sqlite *own, sla__parcels *asks)
{
    do {
        if (((sla__ask *)(void *)asks->first)->kind == SLA__ASK_COMMIT)
            answer_group(own, asks);
        else
            answer_one(own, (sla__ask *)(void *)sla__parcels_take(asks));
    } while (hand_over(own) && asks->first != NULL);
}

/* -------------------------------------------------------------------- the thread */

static bool wait_for_asks(sla__sqlite *own, sla__parcels *asks)
{
    bool go_on;

    pthread_mutex_lock(&own->lock);
    while (own->asked.first == NULL && !own->closing)
        pthread_cond_wait(&own->changed, &own->lock);
    go_on = !own->closing;
    if (go_on)
        sla__parcels_join(asks, &own->asked);
    pthread_mutex_unlock(&own->lock);
    return go_on;
}

static int open_database(sla__sqlite *own)
{
    const int result = sla__database_connect(&own->database, SLA__CONNECT_MAKE, own->open_error);

    if (result != SLA_OK)
        sla__database_disconnect(&own->database);
    pthread_mutex_lock(&own->lock);
    own->open_result = result;
    own->opened = true;
    pthread_cond_broadcast(&own->changed);
    pthread_mutex_unlock(&own->lock);
    return result;
}

void *sla__sqlite_thread(void *context)
{
    sla__sqlite *const own = context;
    sla__parcels asks = {NULL, NULL};

    if (open_database(own) != SLA_OK)
        return NULL;
    while (wait_for_asks(own, &asks))
        answer(own, &asks);
    sla__parcels_join(&own->asked, &asks); /* freed with the others by whoever closes */
    sla__database_leave(&own->database);
    return NULL;
}
