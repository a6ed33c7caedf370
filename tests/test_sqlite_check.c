/* test_sqlite_check.c - Goal: whoever may only read is served, whoever may not write is
 * told at once, and what does not fit together or is damaged is found and named.
 * Method: another account, statements of somebody else, bytes overwritten. */
#include "support/check.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite_hand.h"
#include "store_damage.h"

/* ------------------------------------------------------------------------ rights */

/* What somebody finds who is not the file's owner: a bit for each thing that is not so. */
enum { NOT_REFUSED = 1, OTHER_WORDS = 2, NOT_READ = 4, NOT_CHECKED = 8 };

static int try_to_write(const sqlite_file *file)
{
    sla_store *store;
    sla_error error = {0};

    return (sqlite_hand_try(file->path, true, &store, &error) == SLA_ERR_STORE ? 0 : NOT_REFUSED) |
           (strstr(error.text, "cannot be written") != NULL ? 0 : OTHER_WORDS);
}

static int try_to_read(const sqlite_file *file)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sqlite3 *other = NULL;
    sla_error error;
    int bad = NOT_READ;

    options.path = file->path;
    if (sqlite3_open_v2(file->path, &other, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_exec(other, "SELECT count(*) FROM open_clock", NULL, NULL, NULL) == SQLITE_OK)
        bad = 0;
    sqlite3_close(other);
    return bad | (sla_store_sqlite_check(&options, NULL, NULL, &error) == SLA_OK ? 0 : NOT_CHECKED);
}

/* As an account that has nothing; as who runs this, where that is no administrator. */
static int as_somebody(const sqlite_file *file, int (*act)(const sqlite_file *file))
{
    int status = -1;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0)
        _exit(geteuid() == 0 && setuid(65534) != 0 ? 99 : act(file));
    CHECK_EQ("waited for", child, waitpid(child, &status, 0));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t count_files(const sqlite_file *file)
{
    DIR *const folder = opendir(file->folder);
    size_t count = 0;

    CHECK_TRUE("the folder", folder != NULL);
    for (const struct dirent *each; (each = readdir(folder)) != NULL;)
        count += each->d_name[0] != '.';
    closedir(folder);
    return count;
}

TEST(a_stopped_store_is_one_file_that_others_read)
{
    sqlite_file file;
    store_drive drive;

    sqlite_file_init(&file);
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 1);
    store_drive_fini(&drive);
    CHECK_EQ("the file and its lock", 2, count_files(&file));
    chmod(file.folder, 0555);
    chmod(file.path, 0444);
    CHECK_EQ("it is read", 0, as_somebody(&file, try_to_read));
    CHECK_EQ("and is as it was", 2, count_files(&file));
    chmod(file.folder, 0755);
    chmod(file.path, 0644);
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 2);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

TEST(what_cannot_be_written_is_refused_at_once)
{
    static const struct row {
        const char *why;
        mode_t folder, file;
    } rows[] = {
        {"the file may only be read", 0777, 0444},
        {"nothing may be made in its folder", 0555, 0666},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sqlite_file file;
        store_drive drive;

        sqlite_file_init(&file);
        sqlite_hand_drive(&drive, &file);
        sqlite_hand_commit(&drive, 1);
        store_drive_fini(&drive);
        chmod(file.path, rows[i].file);
        chmod(file.folder, rows[i].folder);
        CHECK_EQ(rows[i].why, 0, as_somebody(&file, try_to_write));
        CHECK_EQ("nothing is left beside it", 2, count_files(&file));
        chmod(file.folder, 0755);
        chmod(file.path, 0644);
        sqlite_hand_drive(&drive, &file);
        sqlite_hand_commit(&drive, 2);
        store_drive_fini(&drive);
        sqlite_file_fini(&file);
    }
}

static int try_to_look(const sqlite_file *file)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_error error = {0};

    options.path = file->path;
    return (sla_store_sqlite_check(&options, NULL, NULL, &error) == SLA_ERR_STORE ? 0
                                                                                  : NOT_REFUSED) |
           (strstr(error.text, "the file cannot be read: Permission denied") != NULL ? 0
                                                                                     : OTHER_WORDS);
}

TEST(what_may_not_be_read_is_said_so)
{
    sqlite_file file;
    store_drive drive;

    sqlite_file_init(&file);
    sqlite_hand_drive(&drive, &file);
    store_drive_fini(&drive);
    chmod(file.folder, 0755);
    chmod(file.path, 0200);
    CHECK_EQ("a check", 0, as_somebody(&file, try_to_look));
    chmod(file.path, 0644);
    sqlite_file_fini(&file);
}

typedef struct complaints {
    size_t count;
    char first[400];
} complaints;

static void on_complaint(void *context, const char *text)
{
    complaints *const all = context;

    if (all->count++ == 0)
        snprintf(all->first, sizeof all->first, "%s", text);
}

static void make_changed(sqlite_file *file, const char *change)
{
    store_drive drive;

    sqlite_file_init(file);
    sqlite_hand_drive(&drive, file);
    store_damage_write(&drive);
    store_drive_fini(&drive);
    sqlite_file_check(file);
    sqlite_hand_change(file, change);
}

static void check_harmless(const char *change)
{
    sqlite_file file;

    make_changed(&file, change);
    sqlite_file_check(&file);
    sqlite_file_remove(&file);
}

/* A file with a little in it, changed by somebody else: what a check says first. */
static void check_change(const char *change, const char *wanted)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    complaints said = {0};
    sqlite_file file;
    sla_error error;

    make_changed(&file, change);
    options.path = file.path;
    CHECK_RESULT(SLA_ERR_STORE, sla_store_sqlite_check(&options, on_complaint, &said, &error));
    CHECK_TRUE("the first complaint is the error", strncmp(said.first, error.text, 300) == 0);
    if (strstr(said.first, wanted) == NULL)
        CHECK_STR(change, wanted, said.first);
    sqlite_file_remove(&file);
}

TEST(what_does_not_fit_together_is_found)
{
    static const store_damage rows[] = {
        {"UPDATE ticket SET shard = 63 - shard WHERE ticket = 'T-3'", "part"},
        {"UPDATE event SET kind = 'hoped' WHERE number = 2", "an event that no release"},
        {"UPDATE fact SET content = 'not json' WHERE ticket = 'T-2'", "a fact that no release"},
        {"DROP TABLE mark", "the table mark is missing"},
        {"DROP TABLE schema_version", "the table schema_version is missing"},
        {"DROP VIEW at_risk", "at_risk is missing: `sla db init` makes it again"},
        {"DROP INDEX ticket_open", "ticket_open is missing: `sla db init` makes it again"},
    };

    for (size_t i = 0; i < store_table_damage_count; i++)
        check_change(store_table_damages[i].change, store_table_damages[i].said);
    for (size_t i = 0; i < store_damage_count; i++)
        check_change(store_damages[i].change, store_damages[i].said);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_change(rows[i].change, rows[i].said);
}

/* A table that was made anew without some of what it had. */
TEST(tables_that_were_changed_are_found)
{
    static const store_damage rows[] = {
        {"ALTER TABLE mark RENAME TO old; CREATE TABLE mark (consumer TEXT NOT NULL, number INTEGER"
         " NOT NULL) STRICT; INSERT INTO mark SELECT * FROM old; DROP TABLE old",
         "the column consumer of the table mark is TEXT NOT NULL instead of TEXT NOT NULL, in the"},
        {"ALTER TABLE world RENAME TO old; CREATE TABLE world (number INTEGER NOT NULL PRIMARY KEY,"
         " adopted_at TEXT); INSERT INTO world SELECT * FROM old; DROP TABLE old",
         "the column adopted_at of the table world is TEXT instead of INTEGER NOT NULL"},
        {"CREATE TABLE copy AS SELECT * FROM event; DROP TABLE event; ALTER TABLE copy RENAME TO"
         " event",
         "of the table event is"},
        {"DELETE FROM mark; DROP TABLE mark; CREATE TABLE mark (consumer TEXT NOT NULL, number"
         " INTEGER NOT NULL, reader TEXT NOT NULL, PRIMARY KEY (consumer, number)) STRICT",
         "the column reader of the table mark is not of this release, and has to be given"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_change(rows[i].change, rows[i].said);
    /* What a service does not mind. */
    check_harmless("ALTER TABLE ticket ADD COLUMN note TEXT; CREATE TABLE other (a TEXT NOT NULL);"
                   " CREATE INDEX fact_name ON fact (name); CREATE VIEW mine AS SELECT 1");
}

TEST(views_and_indexes_are_made_again_and_tables_are_not)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sqlite_file file;
    store_drive drive;
    sla_error error;

    sqlite_file_init(&file);
    options.path = file.path;
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 1);
    store_drive_fini(&drive);
    sqlite_hand_change(&file, "DROP VIEW at_risk; DROP VIEW on_time; DROP INDEX ticket_open");
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    sqlite_file_check(&file);
    sqlite_hand_change(&file, "DROP TABLE fact; DROP VIEW on_time");
    CHECK_RESULT(SLA_ERR_STORE, sla_store_sqlite_init(&options, &error));
    CHECK_TRUE(error.text, strstr(error.text, "the table fact is missing") != NULL);
    sqlite_file_remove(&file);
}

TEST(damage_is_named)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    complaints said = {0};
    sqlite_file file;
    store_drive drive;
    sla_error error;

    sqlite_file_init(&file);
    options.path = file.path;
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 1);
    store_drive_fini(&drive);
    CHECK_EQ("a page of it", 0, truncate(file.path, 4096 * 3 + 100));
    CHECK_RESULT(SLA_ERR_STORE, sla_store_sqlite_check(&options, on_complaint, &said, &error));
    CHECK_EQ("what it is, once", 1, said.count);
    CHECK_TRUE(said.first, strstr(said.first, "malformed") != NULL);
    CHECK_TRUE(error.text, strstr(error.text, "sla db check") == NULL);
    sqlite_file_remove(&file);
}

/* Pages in the midst of it are overwritten: nothing is taken for what it is not. */
TEST(damage_is_an_error_and_no_crash)
{
    prng random = check_prng();

    for (size_t i = 0; i < check_count(30, 1000); i++) {
        sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
        sqlite_file file;
        store_drive drive;
        sla_store *store;
        struct stat status;
        FILE *raw;

        sqlite_file_init(&file);
        options.path = file.path;
        sqlite_hand_drive(&drive, &file);
        for (uint64_t number = 1; number <= 20; number++)
            sqlite_hand_commit(&drive, number);
        store_drive_fini(&drive);
        CHECK_EQ("a file", 0, stat(file.path, &status));
        raw = fopen(file.path, "r+");
        for (int place = 0; place < 3; place++) {
            fseek(raw, (long)prng_below(&random, (uint64_t)status.st_size), SEEK_SET);
            for (int byte = 0; byte < 64; byte++)
                fputc((int)prng_below(&random, 256), raw);
        }
        fclose(raw);
        sla_store_sqlite_check(&options, NULL, NULL, NULL);
        if (sqlite_hand_try(file.path, true, &store, NULL) == SLA_OK) {
            store_drive_init(&drive, store);
            store_drive_open(&drive);
            store_drive_outbox(&drive, 0, 1000);
            store_drive_fini(&drive);
        }
        sqlite_file_remove(&file);
    }
}
