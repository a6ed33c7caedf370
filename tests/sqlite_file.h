/* sqlite_file.h - a file for a store, in a folder of its own that goes with it. */
#ifndef SLA_TESTS_SQLITE_FILE_H
#define SLA_TESTS_SQLITE_FILE_H

#include <sla/sqlite.h>

typedef struct sqlite_file {
    char folder[256], path[300];
} sqlite_file;

void sqlite_file_init(sqlite_file *file);

/* A store on it; fails the test where there is none. */
sla_store *sqlite_file_open(const sqlite_file *file);

/* Everything in it fits together. */
void sqlite_file_check(const sqlite_file *file);

/* Removes it, whatever it is. */
void sqlite_file_remove(const sqlite_file *file);

/* Both. */
void sqlite_file_fini(const sqlite_file *file);

#endif
