/*
 * handle.h - a store on SQLite: what its two threads share, and what each has alone.
 */
#ifndef SLA_SQLITE_HANDLE_H
#define SLA_SQLITE_HANDLE_H

#include <pthread.h>

#include <sla/store.h>

#include "sqlite/ask.h"
#include "sqlite/database.h"
#include "store/content.h"

typedef struct sla__sqlite {
    sla_store store;
    sla_allocator allocator;

    /* The service's thread alone. */
    sla_store_sink sink;
    bool is_open, is_running;

    /* Both, under `lock`. */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* anything of what follows */
    sla__parcels asked, answered;
    size_t answered_bytes; /* of the pages not handed out yet */
    bool closing;
    bool opened; /* the database, or it failed: */
    int open_result;
    sla_error *open_error; /* of sla_store_sqlite_new; NULL afterwards */

    /* Readable when something was answered. */
    int event_fd;

    /* The store's thread alone, once it runs. */
    pthread_t thread;
    sla__database database;
    sla__content_room room; /* where a fact is read into */
    sla__parcels answers;   /* to be handed over next */
    size_t answer_bytes;
} sla__sqlite;

/* The thread: opens the database, answers what is asked until `closing`. */
void *sla__sqlite_thread(void *own);

/* What the thread does with calls.  Each fills ask->done and gives the sink's items. */
void sla__answer_open(sla__sqlite *own, sla__ask *ask);
void sla__answer_ticket(sla__sqlite *own, sla__ask *ask);
void sla__answer_history(sla__sqlite *own, sla__ask *ask);
void sla__answer_outbox(sla__sqlite *own, sla__ask *ask);
void sla__answer_audit(sla__sqlite *own, sla__ask *ask);

/* Of an open: everything that lives, every mark. */
int sla__give_tickets(sla__sqlite *own, sla__ask *ask);
int sla__give_marks(sla__sqlite *own, sla__ask *ask);

/* Units that came one behind the other, in one transaction. */
void sla__answer_commits(sla__database *database, sla__ask *const *asks, size_t count);

/* Something for the sink, copied.  SLA_ERR_STORE when out of memory, or when the store is
 * being closed and nobody waits for the rest. */
int sla__give(sla__sqlite *own, const sla__item *item, sla_error *error);

#endif
