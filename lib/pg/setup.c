/* setup.c - see setup.h. */
#include "pg/setup.h"

#include <string.h>

#include "pg/connection.h"
#include "pg/errors.h"
#include "pg/line.h"
#include "store/schema.h"

enum { LOOK, VERSION, PREPARE };

static void give_up(sla__pg *own, int result, const sla_error *error)
{
    const sla_error said = *error; /* it may lie in the call that goes */

    sla__pg_drop(own, true, result, &said);
}

void sla__pg_setup_begin(sla__pg *own)
{
    sla__pg_ask *const ask = sla__pg_ask_new(own, SLA__PG_SETUP, 0);
    sla_error error;

    if (ask != NULL) {
        sla__pg_line_put_next(own, ask);
        return;
    }
    memset(&error, 0, sizeof error);
    sla__pg_error(&error, SLA_ERR_STORE, "out of memory");
    give_up(own, SLA_ERR_STORE, &error);
}

/* -------------------------------------------------------------------- sending */

static bool send_plain(sla__pg *own, sla__pg_statement statement)
{
    return PQsendQueryParams(own->connection, own->sql[statement], 0, NULL, NULL, NULL, NULL, 1) ==
           1;
}

static bool prepare_all(sla__pg *own)
{
    for (int i = 0; i < SLA__PG_STATEMENTS; i++)
        if (sla__pg_texts[i].name != NULL && !own->pooled &&
            PQsendPrepare(own->connection, sla__pg_texts[i].name, own->sql[i], 0, NULL) != 1)
            return false;
    return true;
}

bool sla__pg_setup_send(sla__pg *own, sla__pg_ask *ask)
{
    if (ask->phase == LOOK)
        return send_plain(own, SLA__PG_LOOK) && (own->pooled || send_plain(own, SLA__PG_SETTINGS));
    if (ask->phase == VERSION)
        return send_plain(own, SLA__PG_VERSION);
    return prepare_all(own);
}

/* -------------------------------------------------------------------- looking */

static bool is_true(const PGresult *rows, int column)
{
    return PQgetlength(rows, 0, column) == 1 && PQgetvalue(rows, 0, column)[0] != 0;
}

static void refuse(sla__pg_ask *ask, const char *why)
{
    if (ask->result == SLA_OK)
        ask->result = sla__pg_error(&ask->error, SLA_ERR_REFUSED, "%s", why);
}

static void look(sla__pg_ask *ask, const PGresult *rows)
{
    if (is_true(rows, 4))
        ask->result = sla__pg_error(&ask->error, SLA_ERR_STORE, "the server is a standby");
    else if (is_true(rows, 5))
        ask->result = sla__pg_error(&ask->error, SLA_ERR_STORE,
                                    "the role may only read (default_transaction_read_only is on)");
    if (is_true(rows, 0))
        refuse(ask, "the role is a superuser, for whom no right is checked: use an ordinary one"
                    " (roles.sql makes it, 'sla db check' looks at it)");
    if (is_true(rows, 1))
        refuse(ask, "synchronous_commit is off: what is answered as written could be lost");
    if (!is_true(rows, 2))
        refuse(ask, "the encoding of the database is not UTF8: make one with ENCODING 'UTF8'");
    if (!is_true(rows, 3))
        refuse(ask, "the schema is not there: make it with 'sla db init'");
}

static void compare(sla__pg_ask *ask, const PGresult *rows)
{
    const int64_t version = sla__pg_get(PQgetvalue(rows, 0, 0), PQgetlength(rows, 0, 0));
    const int64_t fold = sla__pg_get(PQgetvalue(rows, 0, 1), PQgetlength(rows, 0, 1));

    if (version > SLA__SCHEMA_VERSION || fold > SLA__FOLD_VERSION)
        ask->result = sla__pg_error(&ask->error, SLA_ERR_NEWER,
                                    "the schema was made by a newer release of libsla");
    else if (version < SLA__SCHEMA_VERSION)
        refuse(ask, "the schema is older than this release: run 'sla db migrate'");
}

void sla__pg_setup_rows(sla__pg *own, sla__pg_ask *ask, const PGresult *rows)
{
    (void)own;
    if (PQntuples(rows) != 1)
        return;
    if (ask->phase == LOOK && ask->next_step == 0)
        look(ask, rows);
    else if (ask->phase == VERSION)
        compare(ask, rows);
}

void sla__pg_setup_done(sla__pg *own, sla__pg_ask *ask)
{
    if (ask->result != SLA_OK) {
        give_up(own, ask->result > SLA_OK ? SLA_ERR_STORE : ask->result, &ask->error);
    } else if (ask->phase < PREPARE) {
        ask->phase++;
        own->last_sent = NULL;
    } else {
        sla__pg_connected(own);
        sla__pg_line_answer(own);
    }
}
