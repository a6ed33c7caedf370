/*
 * store_uri.h - where a command keeps its record, as a URI: sqlite:PATH, postgresql://...
 * or postgresql:KEY=VALUE ..., memory:.
 *
 * A URI may hold a password (secret.h), so nothing but the kind is said of a PostgreSQL.
 */
#ifndef SLA_CLI_STORE_URI_H
#define SLA_CLI_STORE_URI_H

#include <argp.h>
#include <stdbool.h>

#include <sla/error.h>
#include <sla/store.h>

#include "taken.h"

typedef enum store_kind { STORE_MEMORY, STORE_SQLITE, STORE_PG } store_kind;

typedef struct store_uri {
    store_kind kind;
    bool given;
    char *where;        /* the path, or what libpq reads */
    const char *shown;  /* the same without passwords */
    const char *schema; /* NULL: the usual one */
    bool pooled;
} store_uri;

void store_uri_init(store_uri *u);
void store_uri_fini(store_uri *u);

/* Take `text`, a word of the command line (secret.h); false, and a complaint, when it is
 * none. */
bool store_uri_take(store_uri *u, char *text);

/* The one of a command that was given none: sqlite:sla.db. */
void store_uri_usual(store_uri *u);

/* Its file and those beside it are its own; false, and a complaint, when one is read or
 * written otherwise. */
bool store_uri_take_files(const store_uri *u, taken *t);

/* What may be said of it. */
const char *store_uri_name(const store_uri *u);

/* Whether it may be one: a folder, a pipe or a device is not.  An exit code, and a complaint. */
int store_uri_look(const store_uri *u);

/* Whether a file that is not there can be made where it is named; else it is said. */
bool store_uri_can_be_made(const store_uri *u);

/* A store; `existing`: it has to be there.  An exit code, and a complaint. */
int store_uri_open(const store_uri *u, bool existing, sla_store **store_out);

/* What a result of a store is as an exit code, after saying it. */
int store_uri_complain(const store_uri *u, int result, const sla_error *error);

/* --store, --schema, --pooled; the state's input is the store_uri.  And the last two. */
extern const struct argp store_argp, store_detail_argp;

/* After the words are read: details without a PostgreSQL to apply to end in a usage error. */
void store_uri_check(const store_uri *u, const struct argp_state *state);

#endif
