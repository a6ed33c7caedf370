/*
 * lock.h - one service at a time on a file.
 *
 * The lock lies on a file beside the database, PATH-lock, not on the database
 * itself: the database's own locks are of the kind that a process loses when it
 * closes any descriptor of the file, and a second handle that was refused would
 * have to close one.  This one belongs to its descriptor (F_OFD_SETLK), so it also
 * keeps apart two handles of one process.  Only a service takes it: what `sla db`
 * does is one transaction of SQLite each.
 */
#ifndef SLA_SQLITE_LOCK_H
#define SLA_SQLITE_LOCK_H

#include <stdbool.h>

#include <sla/error.h>

/* Room for a path that was resolved, and for what is put behind it. */
enum { SLA__PATH_MAX = 4096 + 16 };

typedef struct sla__lock {
    int fd;
    bool held;
    char path[SLA__PATH_MAX]; /* of the database, resolved */
} sla__lock;

/* Resolves the path; nothing is opened.  `existing`: there must be a database.  SLA_OK;
 * SLA_ERR_ARGUMENT; SLA_ERR_NOT_FOUND; SLA_ERR_STORE. */
int sla__lock_find(sla__lock *lock, const char *path, bool existing, sla_error *error);

/* Whether the file may be read.  SLA_OK; SLA_ERR_STORE. */
int sla__lock_may_read(const sla__lock *lock, sla_error *error);

/* Whether the file and its folder may be written.  SLA_OK; SLA_ERR_STORE. */
int sla__lock_may_write(const sla__lock *lock, sla_error *error);

/* SLA_OK, also when it is held; SLA_ERR_BUSY, with the process that has it; SLA_ERR_STORE. */
int sla__lock_take(sla__lock *lock, sla_error *error);

void sla__lock_give_back(sla__lock *lock);
void sla__lock_fini(sla__lock *lock);

#endif
