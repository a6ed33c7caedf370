/* _glue_store.c - see _glue_service.h: stores opened without holding up a loop, and their
 * complaints as one text. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <sla/pg.h>
#include <sla/sqlite.h>

#include "_glue_service.h"

enum { OPENS, OPENED, ABANDONED };

struct sla_py_opening {
    pthread_t thread;
    atomic_int state;
    int fd; /* readable when it is done */
    bool existing;
    sla_store *store;
    int result;
    sla_error error;
    char path[];
};

void sla_py_store_close(sla_store *store)
{
    if (store != NULL)
        store->ops->close(store);
}

static void free_opening(sla_py_opening *opening)
{
    if (opening->fd >= 0)
        close(opening->fd);
    free(opening);
}

static void *open_it(void *context)
{
    sla_py_opening *const opening = context;
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    const uint64_t one = 1;

    options.path = opening->path;
    options.existing = opening->existing;
    opening->result = sla_store_sqlite_new(&options, &opening->store, &opening->error);
    (void)!write(opening->fd, &one, sizeof one);
    if (atomic_exchange(&opening->state, OPENED) == ABANDONED) {
        if (opening->result == SLA_OK)
            sla_py_store_close(opening->store);
        free_opening(opening);
    }
    return NULL;
}

/* Signals are for the threads that the program knows of. */
static int start(sla_py_opening *opening)
{
    sigset_t all, before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(&opening->thread, NULL, open_it, opening);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

int sla_py_opening_new(const char *path, bool existing, sla_py_opening **opening_out)
{
    const size_t size = strlen(path) + 1;
    sla_py_opening *const opening = calloc(1, sizeof *opening + size);

    if (opening == NULL)
        return SLA_ERR_NOMEM;
    opening->existing = existing;
    memcpy(opening->path, path, size);
    opening->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (opening->fd < 0 || start(opening) != 0) {
        free_opening(opening);
        return SLA_ERR_NOMEM;
    }
    *opening_out = opening;
    return SLA_OK;
}

int sla_py_opening_fd(const sla_py_opening *opening)
{
    return opening->fd;
}

int sla_py_opening_finish(sla_py_opening *opening, sla_store **store_out, sla_error *error)
{
    int result;

    pthread_join(opening->thread, NULL);
    result = opening->result;
    if (result == SLA_OK)
        *store_out = opening->store;
    *error = opening->error;
    free_opening(opening);
    return result;
}

void sla_py_opening_abandon(sla_py_opening *opening)
{
    const pthread_t thread = opening->thread;
    sla_store *store = NULL;
    sla_error error;

    if (atomic_exchange(&opening->state, ABANDONED) != OPENED)
        pthread_detach(thread);
    else if (sla_py_opening_finish(opening, &store, &error) == SLA_OK)
        sla_py_store_close(store);
}

/* --------------------------------------------------------------- complaints */

typedef struct complaints {
    char *text;
    size_t length;
} complaints;

/* One for which there is no memory is left out: the result says the first one anyway. */
static void complain(void *context, const char *text)
{
    complaints *const all = context;
    const size_t length = strlen(text);
    char *const more = realloc(all->text, all->length + length + 2);

    if (more == NULL)
        return;
    memcpy(more + all->length, text, length);
    memcpy(more + all->length + length, "\n", 2);
    all->text = more;
    all->length += length + 1;
}

int sla_py_sqlite_check(const char *path, char **complaints_out, sla_error *error)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    complaints all = {0};
    int result;

    options.path = path;
    result = sla_store_sqlite_check(&options, complain, &all, error);
    *complaints_out = all.text;
    return result;
}

int sla_py_pg_check(const char *conninfo, const char *schema, char **complaints_out,
                    sla_error *error)
{
    sla_pg_options options = SLA_PG_OPTIONS_INIT;
    complaints all = {0};
    int result;

    options.conninfo = conninfo;
    options.schema = schema;
    result = sla_store_pg_check(&options, complain, &all, error);
    *complaints_out = all.text;
    return result;
}

void sla_py_text_free(char *text)
{
    free(text);
}
