/*
 * check.c - see check.h: SQLite's own check of pages and indexes, then what must hold
 * of the rows.  Each question is a query that finds what does not hold, as a sentence.
 */
#include "sqlite/check.h"

#include <stdio.h>

#include "sqlite/bind.h"
#include "sqlite/fail.h"
#include "sqlite/rows.h"
#include "sqlite/shape.h"
#include "store/questions.h"
#include "store/rows.h"
#include "store/shard.h"

static const char pages[] =
    "SELECT integrity_check FROM pragma_integrity_check(100) WHERE integrity_check <> 'ok'";

static const char *const questions[] = {
#define SLA__QUESTION_(text) text,
    SLA__QUESTIONS(SLA__QUESTION_, "")
#undef SLA__QUESTION_
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

/* What SQLite says to a statement that failed. */
static void complain_of(complaining *to, int code)
{
    sla_error failure;

    sla__fail(&failure, SLA_ERR_STORE, to->database->lock.path, "%s (SQLite's code %d)%s",
              sqlite3_errmsg(to->database->handle), code,
              (code & 0xff) == SQLITE_CORRUPT
                  ? ": take a copy of the file, or save what can be read by sqlite3's .recover"
                  : "");
    complain(to, failure.text);
}

/* A damaged file may end a query early: that is a complaint of its own, and false. */
static bool ask(complaining *to, const char *question)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(to->database->handle, question, -1, &statement, NULL);

    while (code == SQLITE_OK && to->count < SLA__COMPLAINTS_MAX) {
        const int step = sqlite3_step(statement);

        if (step == SQLITE_ROW)
            complain(to, (const char *)sqlite3_column_text(statement, 0));
        else
            code = step;
    }
    if (code != SQLITE_OK && code != SQLITE_DONE)
        complain_of(to, code);
    sqlite3_finalize(statement);
    return code == SQLITE_OK || code == SQLITE_DONE;
}

/* --------------------------------------------------- what is in a row, one by one */

typedef bool (*row_check)(complaining *to, sqlite3_stmt *row);

static bool ticket_is_in_its_part(complaining *to, sqlite3_stmt *row)
{
    (void)to;
    return sqlite3_column_int64(row, 2) ==
           sla__shard_of(sla__column_string(row, 0), sla__column_string(row, 1));
}

static bool fact_can_be_read(complaining *to, sqlite3_stmt *row)
{
    sla__content_room room;
    sla__fact_row fact = {0};
    sla_stored_fact stored;
    bool good;

    sla__content_room_init(&room, &to->database->allocator);
    good = sla__row_read(row, &sla__fact_table, &fact) &&
           sla__fact_row_stored(&fact, &room, &stored) == SLA_OK;
    sla__content_room_fini(&room);
    return good;
}

static bool event_can_be_read(complaining *to, sqlite3_stmt *row)
{
    sla__event_row event = {0};

    (void)to;
    return sla__row_read(row, &sla__event_table, &event);
}

/* The statement's first two columns say which row it is. */
static void look_at_each(complaining *to, const char *text, row_check is_good,
                         const char *complaint)
{
    sqlite3_stmt *statement = NULL;
    char said[320];

    if (sqlite3_prepare_v2(to->database->handle, text, -1, &statement, NULL) == SQLITE_OK)
        while (to->count < SLA__COMPLAINTS_MAX && sqlite3_step(statement) == SQLITE_ROW)
            if (!is_good(to, statement)) {
                snprintf(said, sizeof said, "%s: %.100s, %.100s", complaint,
                         (const char *)sqlite3_column_text(statement, 0),
                         (const char *)sqlite3_column_text(statement, 1));
                complain(to, said);
            }
    sqlite3_finalize(statement); /* pages that cannot be read were a complaint before */
}

static void look_at_rows(complaining *to)
{
    for (size_t i = 0;
         i < sizeof questions / sizeof questions[0] && to->count < SLA__COMPLAINTS_MAX; i++)
        (void)ask(to, questions[i]);
    look_at_each(to, "SELECT tenant, ticket, shard FROM ticket", ticket_is_in_its_part,
                 "a ticket is in another part than its name says");
    look_at_each(to, "SELECT " SLA__FACT_COLUMNS " FROM fact", fact_can_be_read,
                 "a fact that no release has written");
    look_at_each(to, "SELECT " SLA__EVENT_COLUMNS " FROM event", event_can_be_read,
                 "an event that no release has written");
}

static void on_difference(void *context, const char *text)
{
    complaining *const to = context;

    if (to->count < SLA__COMPLAINTS_MAX)
        complain(to, text);
}

/* Rows are looked at in tables that have what the questions ask. */
static bool tables_are_ours(complaining *to)
{
    size_t before;
    int code;

    if (sla__schema_missing(to->database, on_difference, to) > 0)
        return false;
    before = to->count;
    code = sla__shape_look(to->database->handle, on_difference, to);
    if (code != SQLITE_OK)
        complain_of(to, code);
    return to->count == before;
}

int sla__check(sla__database *database, void (*complaint)(void *context, const char *text),
               void *context, sla_error *error)
{
    complaining to = {database, complaint, context, error, 0};
    sla_error doubt = {0};
    const int result = sla__schema_look(database, &doubt);

    if (result != SLA_OK && result != SLA_ERR_STORE) { /* older, newer, somebody else's */
        if (error != NULL)
            *error = doubt;
        return result;
    }
    (void)sla__database_text(database, "BEGIN"); /* all of it as it is at one moment */
    if (ask(&to, pages) && tables_are_ours(&to))
        look_at_rows(&to);
    (void)sla__database_text(database, "COMMIT");
    if (to.count == 0 && result != SLA_OK)
        complain(&to, doubt.text);
    return to.count == 0 ? SLA_OK : SLA_ERR_STORE;
}
