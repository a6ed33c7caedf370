/*
 * open.c - what the thread answers to an open: the lock is taken, whoever wrote before
 * is fenced, and everything that lives is read.
 */
#include "sqlite/handle.h"

#include <string.h>

#include "base/alloc.h"
#include "sqlite/bind.h"
#include "sqlite/fail.h"
#include "sqlite/write.h"

/* ------------------------------------------------------------------ taking over */

static int raise_epoch(sla__database *database)
{
    sqlite3_stmt *const epoch = database->statements[SLA__SQL_EPOCH];
    int code = sla__database_do(database, SLA__SQL_BEGIN);

    if (code == SQLITE_OK)
        code = sla__database_do(database, SLA__SQL_TAKE_OVER);
    if (code == SQLITE_OK)
        code = sqlite3_step(epoch);
    database->epoch = code == SQLITE_ROW ? sqlite3_column_int64(epoch, 0) : 0;
    sqlite3_reset(epoch);
    return code == SQLITE_ROW ? sla__database_do(database, SLA__SQL_COMMIT) : code;
}

static int take_over(sla__database *database, sla_error *error)
{
    int result = sla__lock_take(&database->lock, error);

    if (result == SLA_OK)
        result = sla__database_connect(database, SLA__CONNECT_KEEP, error);
    if (result == SLA_OK)
        result = sla__schema_look(database, error);
    if (result != SLA_OK || raise_epoch(database) == SQLITE_OK)
        return result;
    result = sla__database_failed(database, error);
    database->epoch = 0;
    sla__database_roll_back(database);
    return result;
}

/* ---------------------------------------------------------------------- worlds */

/* The documents of one world, out of rows that do not last. */
typedef struct gathered {
    sla_allocator allocator;
    sla_document *documents;
    size_t count, capacity;
} gathered;

static void free_gathered(gathered *all)
{
    for (size_t i = 0; i < all->count; i++)
        sla__free(&all->allocator, (void *)(uintptr_t)all->documents[i].source.data);
    all->count = 0;
}

/* One block for both strings. */
static bool gather(gathered *all, sla_string source, sla_string text)
{
    char *block;

    if (!sla__grow(&all->allocator, (void **)&all->documents, &all->capacity, all->count + 1,
                   sizeof *all->documents))
        return false;
    block = sla__new(&all->allocator, source.length + text.length + 1, 1);
    if (block == NULL)
        return false;
    if (source.length > 0)
        memcpy(block, source.data, source.length);
    if (text.length > 0)
        memcpy(block + source.length, text.data, text.length);
    all->documents[all->count++] =
        (sla_document){{block, source.length}, {block + source.length, text.length}};
    return true;
}

static int read_documents(sla__sqlite *own, sla__ask *ask, uint32_t world, gathered *all)
{
    sqlite3_stmt *const read = own->database.statements[SLA__SQL_DOCUMENTS];
    int code = sla__bind_number(read, 1, world), result = SLA_OK;

    while (result == SLA_OK && (code = sqlite3_step(read)) == SQLITE_ROW)
        if (!gather(all, sla__column_string(read, 0), sla__column_string(read, 1)))
            result = sla__fail(&ask->error, SLA_ERR_STORE, own->database.lock.path,
                               "there is no memory for what was adopted");
    if (result == SLA_OK && code != SQLITE_DONE)
        result = sla__database_failed(&own->database, &ask->error);
    sqlite3_reset(read);
    return result;
}

static int give_world(sla__sqlite *own, sla__ask *ask, gathered *all)
{
    sqlite3_stmt *const row = own->database.statements[SLA__SQL_WORLDS];
    sla__item item = {.kind = SLA__ITEM_WORLD};
    int result;

    item.of.world.number = (uint32_t)sqlite3_column_int64(row, 0);
    item.of.world.adopted_at = sla__column_time(row, 1);
    result = read_documents(own, ask, item.of.world.number, all);
    item.of.world.documents = all->documents;
    item.of.world.count = all->count;
    if (result == SLA_OK)
        result = sla__give(own, &item, &ask->error);
    free_gathered(all);
    return result;
}

static int give_worlds(sla__sqlite *own, sla__ask *ask)
{
    sqlite3_stmt *const worlds = own->database.statements[SLA__SQL_WORLDS];
    gathered all = {.allocator = own->allocator};
    int code, result = SLA_OK;

    while (result == SLA_OK && (code = sqlite3_step(worlds)) != SQLITE_DONE)
        result = code == SQLITE_ROW ? give_world(own, ask, &all)
                                    : sla__database_failed(&own->database, &ask->error);
    sqlite3_reset(worlds);
    sla__free(&own->allocator, all.documents);
    return result;
}

/* ------------------------------------------------------------------------ answer */

/* What every load ends with. */
static int read_last(sla__sqlite *own, sla__ask *ask)
{
    sqlite3_stmt *const decided = own->database.statements[SLA__SQL_DECIDED];
    int result;

    own->database.last.known = false;
    result = sla__write_begin(&own->database, &ask->error);
    if (result != SLA_OK)
        return result;
    ask->done.events = own->database.last.events;
    if (sqlite3_step(decided) == SQLITE_ROW)
        ask->done.decided_at = sla__column_time(decided, 0);
    else
        result = sla__database_failed(&own->database, &ask->error);
    sqlite3_reset(decided);
    return result;
}

void sla__answer_open(sla__sqlite *own, sla__ask *ask)
{
    int result = take_over(&own->database, &ask->error);

    if (result == SLA_OK)
        result = give_worlds(own, ask);
    if (result == SLA_OK)
        result = sla__give_marks(own, ask);
    if (result == SLA_OK)
        result = sla__give_tickets(own, ask);
    if (result == SLA_OK)
        result = read_last(own, ask);
    ask->done.count = 0;
    ask->done.result = result;
}
