/* test_sqlite_other.c - Goal: what is no store, or is one no more, is refused with a sentence
 * that names it, and stays as it is; what is nothing yet becomes one.
 * Method: files of every other kind. */
#include "support/check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sqlite_hand.h"

static void make_text(const sqlite_file *file)
{
    FILE *const text = fopen(file->path, "w");

    CHECK_TRUE("a file", text != NULL);
    for (int i = 0; i < 200; i++)
        fprintf(text, "this is no database, whatever its name says\n");
    fclose(text);
}

static void make_other(const sqlite_file *file)
{
    sqlite_hand_change(file, "CREATE TABLE mine (id)");
}

/* Marked by whoever made it, and nothing in it yet. */
static void make_marked(const sqlite_file *file)
{
    sqlite_hand_change(file, "PRAGMA application_id = 0x47504b47; PRAGMA user_version = 1");
}

static void make_marked_high(const sqlite_file *file)
{
    sqlite_hand_change(file, "PRAGMA application_id = -1; PRAGMA user_version = 1");
}

static void make_folder(const sqlite_file *file)
{
    CHECK_EQ("a folder", 0, mkdir(file->path, 0700));
}

static void make_dangling(const sqlite_file *file)
{
    CHECK_EQ("a link", 0, symlink("nowhere", file->path));
}

static void make_nothing(const sqlite_file *file)
{
    (void)file;
}

static void make_empty(const sqlite_file *file)
{
    fclose(fopen(file->path, "w"));
}

static void make_newer(const sqlite_file *file)
{
    sla_store *const store = sqlite_file_open(file);

    store->ops->close(store);
    sqlite_hand_change(file, "INSERT INTO schema_version VALUES (1000, 1, 0)");
}

static void make_newer_rules(const sqlite_file *file)
{
    sla_store *const store = sqlite_file_open(file);

    store->ops->close(store);
    sqlite_hand_change(file, "UPDATE schema_version SET fold = 1000");
}

static void make_older(const sqlite_file *file)
{
    sla_store *const store = sqlite_file_open(file);

    store->ops->close(store);
    sqlite_hand_change(file, "UPDATE schema_version SET version = 0");
}

static void make_without(const sqlite_file *file, const char *change)
{
    sla_store *const store = sqlite_file_open(file);

    store->ops->close(store);
    sqlite_hand_change(file, change);
}

static void make_versionless(const sqlite_file *file)
{
    make_without(file, "DELETE FROM schema_version");
}

static void make_without_versions(const sqlite_file *file)
{
    make_without(file, "DROP TABLE schema_version");
}

static void make_without_events(const sqlite_file *file)
{
    make_without(file, "DROP TABLE event");
}

static void make_bare(const sqlite_file *file)
{
    sqlite_hand_change(file, "PRAGMA application_id = 0x736c6131; PRAGMA user_version = 1");
}

static void make_damaged(const sqlite_file *file)
{
    sla_store *const store = sqlite_file_open(file);

    store->ops->close(store);
    CHECK_EQ("a page of it", 0, truncate(file->path, 4096 * 3 + 100));
}

TEST(what_is_no_store_is_refused)
{
    static const struct row {
        const char *why;
        void (*make)(const sqlite_file *file);
        bool existing;
        int result;
        const char *said; /* in the text */
    } rows[] = {
        {"a text", make_text, false, SLA_ERR_STATE, "no database"},
        {"a database of something else", make_other, false, SLA_ERR_STATE, "something else"},
        {"an empty one of something else", make_marked, false, SLA_ERR_STATE,
         "application_id is 0x47504b47"},
        {"one whose mark is below 0", make_marked_high, false, SLA_ERR_STATE, "is 0xffffffff"},
        {"a folder", make_folder, false, SLA_ERR_ARGUMENT, "not a file"},
        {"a link to nowhere", make_dangling, false, SLA_ERR_STORE, "link"},
        {"nothing, where there should be one", make_nothing, true, SLA_ERR_NOT_FOUND, "no such"},
        {"nothing, where one is made", make_nothing, false, SLA_OK, ""},
        {"an empty file", make_empty, false, SLA_OK, ""},
        {"tables of a newer release", make_newer, false, SLA_ERR_NEWER, "1000"},
        {"rules of a newer release", make_newer_rules, false, SLA_ERR_NEWER, "1000"},
        {"tables of an older release", make_older, false, SLA_ERR_STATE, "sla db migrate"},
        {"no version", make_versionless, false, SLA_ERR_STORE, "schema_version has no row"},
        {"no table of versions", make_without_versions, false, SLA_ERR_STORE,
         "the table schema_version is missing"},
        {"no events", make_without_events, false, SLA_ERR_STORE, "the table event is missing"},
        {"all tables gone", make_bare, false, SLA_ERR_STORE, "the table schema_version is missing"},
        {"a damaged one", make_damaged, false, SLA_ERR_STORE, "sla.db"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const name = rows[i].result != SLA_OK ? "/sla.db" : "";
        sqlite_file file;
        sla_store *store = NULL;
        sla_error error = {.code = 1, .text = "what was said before"};

        sqlite_file_init(&file);
        rows[i].make(&file);
        CHECK_EQ(rows[i].why, rows[i].result,
                 sqlite_hand_try(file.path, rows[i].existing, &store, &error));
        CHECK_EQ("the error has the result", rows[i].result, error.code);
        if (strstr(error.text, rows[i].said) == NULL || strstr(error.text, name) == NULL)
            CHECK_STR(rows[i].why, rows[i].said, error.text);
        if (store != NULL)
            store->ops->close(store);
        rmdir(file.path);
        sqlite_file_remove(&file);
    }
}

/* Whatever it is, `sla db` says of it what a service says; a new one it would make. */
TEST(an_empty_file_is_a_new_one)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sqlite_file file;
    struct stat status;
    store_drive drive;
    sla_error error;

    sqlite_file_init(&file);
    options.path = file.path;
    make_empty(&file);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_sqlite_check(&options, NULL, NULL, &error));
    CHECK_TRUE(error.text, strstr(error.text, "sla.db has no tables yet") != NULL);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_sqlite_inspect(&options, NULL, NULL, NULL, &error));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_sqlite_migrate(&options, &error));
    CHECK_EQ("it is there", 0, stat(file.path, &status));
    CHECK_EQ("and is as it was", 0, status.st_size);
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    CHECK_EQ("nothing is said any more", 0, error.text[0]);
    sqlite_hand_drive(&drive, &file);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

/* Not even its journal is changed by being looked at. */
TEST(what_is_of_somebody_else_stays_as_it_is)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sqlite_file file;
    sla_store *store;
    sla_error error;

    for (int wal = 0; wal < 2; wal++) {
        sqlite3 *other;
        sqlite3_stmt *mode;

        sqlite_file_init(&file);
        options.path = file.path;
        sqlite_hand_change(&file, wal ? "PRAGMA journal_mode = WAL; CREATE TABLE mine (id)"
                                      : "CREATE TABLE mine (id)");
        CHECK_RESULT(SLA_ERR_STATE, sla_store_sqlite_check(&options, NULL, NULL, &error));
        CHECK_RESULT(SLA_ERR_STATE, sla_store_sqlite_init(&options, &error));
        CHECK_RESULT(SLA_ERR_STATE, sqlite_hand_try(file.path, true, &store, &error));
        other = sqlite_hand_connect(&file);
        sqlite3_prepare_v2(other, "PRAGMA journal_mode", -1, &mode, NULL);
        CHECK_EQ("its journal", SQLITE_ROW, sqlite3_step(mode));
        CHECK_STR("its journal", wal ? "wal" : "delete",
                  (const char *)sqlite3_column_text(mode, 0));
        sqlite3_finalize(mode);
        sqlite3_close(other);
        sqlite_file_remove(&file);
    }
}

TEST(a_path_that_is_none_is_an_argument)
{
    static char longer[5000];
    sla_store *store;

    CHECK_RESULT(SLA_ERR_ARGUMENT, sqlite_hand_try(NULL, false, &store, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sqlite_hand_try("", false, &store, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sqlite_hand_try("/tmp/", false, &store, NULL));
    memset(longer, 'a', sizeof longer - 1);
    CHECK_RESULT(SLA_ERR_ARGUMENT, sqlite_hand_try(longer, false, &store, NULL));
    CHECK_RESULT(SLA_ERR_STORE, sqlite_hand_try("/nowhere/to/be/found.db", false, &store, NULL));
}
