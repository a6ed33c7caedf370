/*
 * sla/sqlite.h - a store in one file, by SQLite (libsla-sqlite).
 *
 *     sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
 *     sla_store *store;
 *
 *     options.path = "sla.db";
 *     sla_store_sqlite_new(&options, &store, &error);
 *
 * The file is an ordinary database in WAL mode that anybody may query while a
 * service runs on it, with the sqlite3 shell or anything else that reads SQLite;
 * docs/store.md says what is in it.  Beside it lie PATH-wal and PATH-shm, which
 * belong to it and are copied with it (or use VACUUM INTO, which gives one file),
 * and PATH-lock, which stays and in which the last service's process id stands.  A
 * store that is closed in order leaves one file without a WAL, for anybody who may
 * read it; where somebody has it open just then, the WAL stays for the next time.
 *
 * What is committed is on the disk (synchronous = FULL) before it is answered.
 * Units that wait together share one transaction and one sync, each whole or not
 * at all by itself.
 *
 * One service at a time.  Who has the store holds a lock on PATH-lock; another, in
 * this process or in any other, is refused at once with SLA_ERR_BUSY, and told which
 * process took it.  sla_store_ops.release gives the lock back, open takes it again.
 * Close and the end of a process drop it with the last descriptor: a child made by
 * fork has one as well until it ends or calls exec, so one that outlives a process that
 * was killed keeps the lock, and the text says so.  Readers are not kept out.  A writer
 * of another kind makes the store wait for up to five seconds a time, and is not
 * noticed otherwise: leave writing to the service.
 *
 * The thread.  The store has one thread of its own, which alone talks to SQLite;
 * calls never block and are answered from sla_store_ops.run, once the descriptor
 * that the store waits for (an eventfd) is readable.  It takes no signals.
 *
 * Fork.  A child has neither the thread nor the right to the file: it leaves the
 * store alone, close included.  A daemon forks first and makes the store then; workers
 * are started with exec (Python: spawn, not fork), before the store is made, or so that
 * they end with their parent (prctl, PR_SET_PDEATHSIG).
 *
 * A file that may not be written, or whose folder may not, is SLA_ERR_STORE at once:
 * nothing is made beside it.  A file without a WAL that somebody reads is waited for, up
 * to five seconds, then it is SLA_ERR_BUSY.
 *
 * Where it must lie.  On a disk of this machine: WAL needs shared memory and locks
 * that network file systems do not give.
 *
 * A full disk, a failing disk and a damaged file are SLA_ERR_STORE: nothing of the
 * unit counts, and it is sent again with the same key until there is room or somebody
 * stops the service.  Nothing is lost by that, and nothing is taken for refused that
 * only has to wait.
 *
 * A file that is removed or replaced while a service has it open is SLA_ERR_STORE from then on,
 * whatever is asked: nothing that is written would be found again.  So is one whose WAL was
 * removed.  The very same file, moved back, is gone on with; for any other the service ends and
 * a new store is made.  A file that is overwritten in place is not noticed: restore a copy with
 * no service on it.
 *
 * The store's clock is the machine's, so it has none of its own to compare with.
 */
#ifndef SLA_SQLITE_H
#define SLA_SQLITE_H

#include <stdbool.h>

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/error.h>
#include <sla/store.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sla_sqlite_options {
    size_t size;                    /* sizeof(sla_sqlite_options); grows only at the end */
    const sla_allocator *allocator; /* NULL: the C library's; used from two threads.  What SQLite
                                       itself allocates does not go through it */
    const char *path;               /* of the file; links are followed */
    bool existing;                  /* a file that is not there is SLA_ERR_NOT_FOUND, not made */
} sla_sqlite_options;

#define SLA_SQLITE_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(sla_sqlite_options), NULL, NULL, false                                              \
    }

/*
 * A store on that file, which is made with its tables where there is none.  It
 * returns when the file is open; that may take as long as a recovery of the WAL.
 *
 * SLA_OK; SLA_ERR_BUSY when another has it, the text names the file;
 * SLA_ERR_NOT_FOUND; SLA_ERR_NEWER when a newer release made its tables;
 * SLA_ERR_STATE when an older one did (sla_store_sqlite_migrate) or when it is
 * something else than such a store, be it that another program has only marked it as its own
 * (application_id); SLA_ERR_STORE when it cannot be opened, read or
 * made, is damaged or has lost a table; SLA_ERR_ARGUMENT for a path that is none and for options
 * that are none (see sla/base.h); SLA_ERR_NOMEM.  A file without anything in it, and of nobody, is
 * a new one: it gets its tables.
 * `error` may be NULL; it is empty after SLA_OK.
 */
SLA_API int sla_store_sqlite_new(const sla_sqlite_options *options, sla_store **store_out,
                                 sla_error *error);

/* Makes the file and its tables where they are missing; what is there stays as it is, but for
 * views and indexes that are missing: they are made again.  A lost table is SLA_ERR_STORE.  Any
 * number may do so at once, and beside a service.  Results as above. */
SLA_API int sla_store_sqlite_init(const sla_sqlite_options *options, sla_error *error);

/* Brings the tables of an older release up to this one's, in one transaction.  Does
 * nothing where they are so already.  Results as above, and SLA_ERR_NOT_FOUND where there is no
 * file, or nothing in it yet. */
SLA_API int sla_store_sqlite_migrate(const sla_sqlite_options *options, sla_error *error);

/*
 * Whether everything in it fits together: SQLite's own integrity_check, the columns and keys of
 * each table, then what must hold of facts, tickets, events and marks.  `complaint` (may be NULL)
 * is called with a sentence for each thing that does not hold, at most a hundred.  It takes no lock
 * and changes nothing, sees the file as it is at one moment, and may run beside a service.  A file
 * that may only be read is checked as well.
 *
 * SLA_OK: everything fits; SLA_ERR_STORE with the first complaint in `error`;
 * SLA_ERR_NOT_FOUND where there is no file, or nothing in it yet; results as above.
 */
SLA_API int sla_store_sqlite_check(const sla_sqlite_options *options,
                                   void (*complaint)(void *context, const char *text),
                                   void *context, sla_error *error);

/*
 * Whether each ticket, the ended ones too, can be taken in under what was adopted, and whether its
 * columns are what its packed state says; its attributes, which come from its facts, are not looked
 * at.  `complaint` and `progress` (NULL: nobody listens) are called for each ticket that is not
 * right, and after each ticket.  Memory does not grow with their number.  As check it takes no
 * lock, changes nothing, sees the file as it is at one moment, and may run beside a service.
 *
 * SLA_OK: all are; SLA_ERR_REFUSED with the first complaint in `error`, also where what was
 * adopted does not come into force and no ticket was looked at; SLA_ERR_NOMEM; results as above.
 */
SLA_API int sla_store_sqlite_inspect(const sla_sqlite_options *options,
                                     void (*complaint)(void *context,
                                                       const sla_ticket_complaint *complaint),
                                     void (*progress)(void *context, uint64_t done, uint64_t of),
                                     void *context, sla_error *error);

#ifdef __cplusplus
}
#endif

#endif
