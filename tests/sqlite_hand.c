/* sqlite_hand.c - see sqlite_hand.h. */
#include "sqlite_hand.h"

#include <stdio.h>
#include <string.h>

#include "support/check.h"

/* Somebody else's connection. */
sqlite3 *sqlite_hand_connect(const sqlite_file *file)
{
    sqlite3 *other = NULL;

    CHECK_EQ("it opens for anybody", SQLITE_OK, sqlite3_open(file->path, &other));
    return other;
}

void sqlite_hand_say(sqlite3 *to, const char *text)
{
    char *complaint = NULL;
    const int code = sqlite3_exec(to, text, NULL, NULL, &complaint);

    CHECK_STR(text, "", code != SQLITE_OK ? complaint : "");
    sqlite3_free(complaint);
}

/* On a file that nobody has. */
void sqlite_hand_change(const sqlite_file *file, const char *text)
{
    sqlite3 *const other = sqlite_hand_connect(file);

    sqlite_hand_say(other, text);
    sqlite3_close(other);
}

int64_t sqlite_hand_ask(sqlite3 *of, const char *text)
{
    sqlite3_stmt *statement;
    int64_t number;

    CHECK_EQ(text, SQLITE_OK, sqlite3_prepare_v2(of, text, -1, &statement, NULL));
    CHECK_EQ(text, SQLITE_ROW, sqlite3_step(statement));
    number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

int sqlite_hand_try(const char *path, bool existing, sla_store **store_out, sla_error *error)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;

    options.path = path;
    options.existing = existing;
    return sla_store_sqlite_new(&options, store_out, error);
}

/* Unit `number` of service 7: a ticket of its own, and its event. */
void sqlite_hand_fill(store_sample *sample, uint64_t number)
{
    char ticket[16];

    store_sample_init(sample, check_seed() + number, 7, number);
    snprintf(ticket, sizeof ticket, "T-%d", (int)number);
    store_sample_fact(sample, "tenant", ticket, 1);
    store_sample_ticket(sample, "tenant", ticket, 1)->live = 1;
    store_sample_event(sample, "tenant", ticket, number)->imported = false;
    store_sample_mark(sample, "console", number, number - 1);
}

void sqlite_hand_commit(store_drive *drive, uint64_t number)
{
    store_sample sample;

    sqlite_hand_fill(&sample, number);
    CHECK_OK(store_drive_commit(drive, &sample.unit));
    store_sample_fini(&sample);
}

void sqlite_hand_drive(store_drive *drive, const sqlite_file *file)
{
    store_drive_init(drive, sqlite_file_open(file));
    CHECK_OK(store_drive_open(drive));
}
