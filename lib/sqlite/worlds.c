/* worlds.c - see worlds.h. */
#include "sqlite/worlds.h"

#include <string.h>

#include "base/alloc.h"
#include "sqlite/bind.h"
#include "sqlite/fail.h"

/* The documents of one world, out of rows that do not last. */
typedef struct gathered {
    sla__database *database;
    sqlite3_stmt *rows;
    sla_document *documents;
    size_t count, capacity;
} gathered;

static void free_gathered(gathered *all)
{
    for (size_t i = 0; i < all->count; i++)
        sla__free(&all->database->allocator, (void *)(uintptr_t)all->documents[i].source.data);
    all->count = 0;
}

/* One block for both strings. */
static bool gather(gathered *all, sla_string source, sla_string text)
{
    const sla_allocator *const allocator = &all->database->allocator;
    char *block;

    if (!sla__grow(allocator, (void **)&all->documents, &all->capacity, all->count + 1,
                   sizeof *all->documents))
        return false;
    block = sla__new(allocator, source.length + text.length + 1, 1);
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

static int read_documents(gathered *all, uint32_t world, sla_error *error)
{
    int code = sla__bind_number(all->rows, 1, world), result = SLA_OK;

    while (result == SLA_OK && (code = sqlite3_step(all->rows)) == SQLITE_ROW)
        if (!gather(all, sla__column_string(all->rows, 0), sla__column_string(all->rows, 1)))
            result = sla__fail(error, SLA_ERR_STORE, all->database->lock.path,
                               "there is no memory for what was adopted");
    if (result == SLA_OK && code != SQLITE_DONE)
        result = sla__database_failed(all->database, error);
    sqlite3_reset(all->rows);
    return result;
}

int sla__worlds_read(sla__database *database, sqlite3_stmt *worlds, sqlite3_stmt *documents,
                     int (*give)(void *context, const sla_stored_world *world, sla_error *error),
                     void *context, sla_error *error)
{
    gathered all = {.database = database, .rows = documents};
    int code, result = SLA_OK;

    while (result == SLA_OK && (code = sqlite3_step(worlds)) != SQLITE_DONE) {
        sla_stored_world world = {(uint32_t)sqlite3_column_int64(worlds, 0),
                                  sla__column_time(worlds, 1), NULL, 0};

        result = code == SQLITE_ROW ? read_documents(&all, world.number, error)
                                    : sla__database_failed(database, error);
        world.documents = all.documents;
        world.count = all.count;
        if (result == SLA_OK)
            result = give(context, &world, error);
        free_gathered(&all);
    }
    sqlite3_reset(worlds);
    sla__free(&database->allocator, all.documents);
    return result;
}
