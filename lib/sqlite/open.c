/*
 * open.c - what the thread answers to an open: the lock is taken, whoever wrote before
 * is fenced, and everything that lives is read.
 */
#include "sqlite/handle.h"

#include "sqlite/bind.h"
#include "sqlite/fail.h"
#include "sqlite/place.h"
#include "sqlite/worlds.h"
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
        result = sla__place_look(database, error);
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

static int hand_over(void *context, const sla_stored_world *world, sla_error *error)
{
    const sla__item item = {.kind = SLA__ITEM_WORLD, .of.world = *world};

    return sla__give(context, &item, error);
}

static int give_worlds(sla__sqlite *own, sla__ask *ask)
{
    return sla__worlds_read(&own->database, own->database.statements[SLA__SQL_WORLDS],
                            own->database.statements[SLA__SQL_DOCUMENTS], hand_over, own,
                            &ask->error);
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
