/* sqlite_file.c - see sqlite_file.h. */
#include "sqlite_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/check.h"

/* In memory where there is such a place: a test of what is written needs no disk. */
static const char *base(void)
{
    const char *const wanted = getenv("SLA_TEST_FOLDER");

    return wanted != NULL ? wanted : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

void sqlite_file_init(sqlite_file *file)
{
    snprintf(file->folder, sizeof file->folder, "%s/sla-test-XXXXXX", base());
    CHECK_TRUE("a folder", mkdtemp(file->folder) != NULL);
    snprintf(file->path, sizeof file->path, "%s/sla.db", file->folder);
}

sla_store *sqlite_file_open(const sqlite_file *file)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_store *store = NULL;
    sla_error error;

    options.path = file->path;
    CHECK_OK_OR_SAY(sla_store_sqlite_new(&options, &store, &error), &error);
    return store;
}

void sqlite_file_remove(const sqlite_file *file)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", "-lock"};

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        char path[320];

        snprintf(path, sizeof path, "%s%s", file->path, ends[i]);
        unlink(path);
    }
    rmdir(file->folder);
}

void sqlite_file_check(const sqlite_file *file)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_error error;

    options.path = file->path;
    CHECK_OK_OR_SAY(sla_store_sqlite_check(&options, NULL, NULL, &error), &error);
}

void sqlite_file_fini(const sqlite_file *file)
{
    sqlite_file_check(file);
    sqlite_file_remove(file);
}
