/*
 * shape.c - see shape.h: schema.sql is run in memory, what the tables of the file are like is put
 * beside it, and one question finds what differs.
 */
#include "sqlite/shape.h"

#include <stdio.h>

extern const char sla__sqlite_schema[];

/* What the tables of a file are like: table, what of it, how it is, whether it has to be given. */
#define TRAITS                                                                                     \
    "SELECT t.name AS owner, 'column ' || c.name AS what, c.type || CASE WHEN c.\"notnull\" THEN"  \
    " ' NOT NULL' ELSE '' END || CASE WHEN c.pk > 0 THEN ', in the key' ELSE '' END ||"            \
    " CASE WHEN c.hidden > 0 THEN ', computed' ELSE '' END AS form,"                               \
    " c.hidden = 0 AND c.dflt_value IS NULL AND c.\"notnull\" AS given"                            \
    " FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c WHERE t.type = 'table'"             \
    " UNION ALL "                                                                                  \
    "SELECT owner, 'UNIQUE (' || group_concat(part, ', ') || ')', '', 0 FROM (SELECT"              \
    " t.name AS owner, i.name AS name, c.name AS part FROM sqlite_schema AS t,"                    \
    " pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c WHERE t.type = 'table'"       \
    " AND i.\"unique\" AND NOT i.partial ORDER BY owner, i.name, c.seqno) GROUP BY owner, name"

static const char traits[] = TRAITS;

static const char make_room[] = "CREATE TEMP TABLE wanted AS " TRAITS
                                "; CREATE TEMP TABLE live AS SELECT * FROM wanted LIMIT 0";

static const char insert[] = "INSERT INTO live VALUES (?1, ?2, ?3, ?4)";

static const char differences[] =
    "SELECT 'the ' || w.what || ' of the table ' || w.owner || CASE WHEN l.what IS NULL THEN"
    " ' is missing: ' || CASE WHEN w.form = '' THEN 'a thing may be in it twice' ELSE"
    " 'what was in it comes back from a copy of the file only' END ELSE"
    " ' is ' || l.form || ' instead of ' || w.form END"
    " FROM wanted AS w LEFT JOIN live AS l ON l.owner = w.owner AND l.what = w.what"
    " WHERE l.what IS NULL OR l.form <> w.form"
    " UNION ALL "
    "SELECT 'the ' || l.what || ' of the table ' || l.owner || ' is not of this release, and has"
    " to be given: what is written to the table is refused' FROM live AS l WHERE l.given"
    " AND l.owner IN (SELECT owner FROM wanted) AND NOT EXISTS"
    " (SELECT 1 FROM wanted AS w WHERE w.owner = l.owner AND w.what = l.what)";

/* Both are asked in their own connection. */
static int copy_traits(sqlite3_stmt *from, sqlite3_stmt *into)
{
    int code = SQLITE_OK;

    while (code == SQLITE_OK && (code = sqlite3_step(from)) == SQLITE_ROW) {
        code = SQLITE_OK;
        for (int i = 0; i < 4 && code == SQLITE_OK; i++)
            code = sqlite3_bind_value(into, i + 1, sqlite3_column_value(from, i));
        if (code == SQLITE_OK && sqlite3_step(into) != SQLITE_DONE)
            code = SQLITE_NOMEM;
        if (code == SQLITE_OK)
            code = sqlite3_reset(into);
    }
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int read_traits(sqlite3 *memory, sqlite3 *file)
{
    sqlite3_stmt *from = NULL, *into = NULL;
    int code = sqlite3_prepare_v2(file, traits, -1, &from, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(memory, insert, -1, &into, NULL);
    if (code == SQLITE_OK)
        code = copy_traits(from, into);
    sqlite3_finalize(from);
    sqlite3_finalize(into);
    return code;
}

static int tell(sqlite3 *memory, void (*said)(void *context, const char *text), void *context)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(memory, differences, -1, &statement, NULL);

    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        said(context, (const char *)sqlite3_column_text(statement, 0));
        code = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int sla__shape_look(sqlite3 *file, void (*said)(void *context, const char *text), void *context)
{
    sqlite3 *memory = NULL;
    int code = sqlite3_open(":memory:", &memory);

    if (code == SQLITE_OK)
        code = sqlite3_exec(memory, sla__sqlite_schema, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(memory, make_room, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = read_traits(memory, file);
    if (code == SQLITE_OK)
        code = tell(memory, said, context);
    sqlite3_close(memory);
    return code;
}
