/* bind.c - see bind.h. */
#include "sqlite/bind.h"

#include <string.h>

int sla__bind_string(sqlite3_stmt *statement, int at, sla_string string)
{
    return sqlite3_bind_text64(statement, at, string.length > 0 ? string.data : "", string.length,
                               SQLITE_STATIC, SQLITE_UTF8);
}

int sla__bind_string_or_null(sqlite3_stmt *statement, int at, sla_string string)
{
    return string.length > 0 ? sla__bind_string(statement, at, string)
                             : sqlite3_bind_null(statement, at);
}

int sla__bind_word(sqlite3_stmt *statement, int at, const char *word)
{
    return sla__bind_string_or_null(statement, at, (sla_string){word, strlen(word)});
}

int sla__bind_time(sqlite3_stmt *statement, int at, sla_time instant)
{
    return instant != SLA_NEVER ? sqlite3_bind_int64(statement, at, instant)
                                : sqlite3_bind_null(statement, at);
}

int sla__bind_number(sqlite3_stmt *statement, int at, uint64_t number)
{
    return sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
}

sla_string sla__column_string(sqlite3_stmt *statement, int at)
{
    sla_string string = {(const char *)sqlite3_column_text(statement, at), 0};

    string.length = (size_t)sqlite3_column_bytes(statement, at);
    return string;
}

sla_string sla__column_bytes(sqlite3_stmt *statement, int at)
{
    sla_string bytes = {sqlite3_column_blob(statement, at), 0};

    bytes.length = (size_t)sqlite3_column_bytes(statement, at);
    if (bytes.data == NULL && sqlite3_column_type(statement, at) == SQLITE_BLOB &&
        bytes.length == 0)
        bytes.data = "";
    return bytes;
}

sla_time sla__column_time(sqlite3_stmt *statement, int at)
{
    return sqlite3_column_type(statement, at) == SQLITE_NULL ? SLA_NEVER
                                                             : sqlite3_column_int64(statement, at);
}
