/*
 * check.c - see check.h: SQLite's own check of pages and indexes, then what must hold
 * of the rows.  Each question is a query that finds what does not hold, as a sentence.
 */
#include "sqlite/check.h"

#include <stdio.h>

#include "sqlite/fail.h"

enum { COMPLAINTS_MAX = 100 };

static const char *const questions[] = {
    "SELECT integrity_check FROM pragma_integrity_check(100) WHERE integrity_check <> 'ok'",

    "SELECT printf('facts of ticket %s of tenant ''%s'': %d are there, the last has number %d',"
    " ticket, tenant, count(*), max(seq)) FROM fact GROUP BY tenant, ticket"
    " HAVING count(*) <> max(seq) OR min(seq) <> 1",

    "SELECT printf('ticket %s of tenant ''%s'' says that it has %d facts, %d are there', t.ticket,"
    " t.tenant, t.facts, (SELECT count(*) FROM fact f WHERE f.tenant = t.tenant AND f.ticket ="
    " t.ticket)) FROM ticket t WHERE t.facts <> (SELECT count(*) FROM fact f"
    " WHERE f.tenant = t.tenant AND f.ticket = t.ticket)",

    "SELECT printf('event %d is above the last number that was given, %d', number,"
    " (SELECT coalesce(max(events), 0) FROM writer)) FROM event"
    " WHERE number > (SELECT coalesce(max(events), 0) FROM writer) OR number < 1",

    "SELECT printf('consumer %s has acknowledged event %d twice', consumer, number)"
    " FROM mark JOIN consumer ON name = consumer WHERE number <= through",

    "SELECT printf('consumer %s of event %d is not known', consumer, number) FROM mark"
    " WHERE consumer NOT IN (SELECT name FROM consumer)",

    "SELECT printf('of %d adoptions %d are there', max(number), count(*)) FROM world"
    " HAVING count(*) <> max(number) OR min(number) <> 1",

    "SELECT printf('document %d belongs to adoption %d, which is not there', position, world)"
    " FROM document WHERE world NOT IN (SELECT number FROM world)",

    "SELECT printf('of the 64 parts %d are there', count(*)) FROM shard HAVING count(*) <> 64",
};

typedef struct complaining {
    sla__database *database;
    void (*complaint)(void *context, const char *text);
    void *context;
    sla_error *error;
    size_t count;
} complaining;

static void complain(complaining *to, const char *text)
{
    if (to->count++ == 0)
        sla__fail(to->error, SLA_ERR_STORE, to->database->lock.path, "%s", text);
    if (to->complaint != NULL)
        to->complaint(to->context, text);
}

/* A damaged file may end a query early: that is a complaint of its own. */
static void ask(complaining *to, const char *question)
{
    sqlite3_stmt *statement = NULL;
    sla_error failure;
    int code = sqlite3_prepare_v2(to->database->handle, question, -1, &statement, NULL);

    while (code == SQLITE_OK && to->count < COMPLAINTS_MAX) {
        const int step = sqlite3_step(statement);

        if (step == SQLITE_ROW)
            complain(to, (const char *)sqlite3_column_text(statement, 0));
        else
            code = step;
    }
    if (code != SQLITE_OK && code != SQLITE_DONE) {
        sla__database_failed(to->database, &failure);
        complain(to, failure.text);
    }
    sqlite3_finalize(statement);
}

int sla__check(sla__database *database, void (*complaint)(void *context, const char *text),
               void *context, sla_error *error)
{
    complaining to = {database, complaint, context, error, 0};

    for (size_t i = 0; i < sizeof questions / sizeof questions[0] && to.count < COMPLAINTS_MAX; i++)
        ask(&to, questions[i]);
    return to.count == 0 ? SLA_OK : SLA_ERR_STORE;
}
