/* documents.h - the policies and calendars that a command is given by their names. */
#ifndef SLA_CLI_DOCUMENTS_H
#define SLA_CLI_DOCUMENTS_H

#include <argp.h>
#include <stdbool.h>

#include "store_uri.h"
#include "taken.h"
#include "world.h"

typedef struct documents {
    char **names; /* in order */
    size_t count, capacity;
    bool unneeded; /* none is no usage error */
} documents;

void documents_fini(documents *d);

/* --policy and --calendar; the state's input is the documents, zeroed.  None at all is a
 * usage error, unless a parser in front has said that they are not needed. */
extern const struct argp documents_argp;

/* What is read (these and `path`), what the store keeps (NULL: there is none) and standard
 * output are apart, even where the shell appends to it; false, and a complaint, where they
 * are not. */
bool documents_take_files(const documents *d, const char *path, const store_uri *store, taken *t);

/* Loads them and does the work, which returns the exit code. */
typedef int documents_work(void *context, world *w);
int documents_load(const documents *d, documents_work *work, void *context);

#endif
