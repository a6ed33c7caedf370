/* test_sqlite_file.c - Goal: the file is what sla/sqlite.h says of it: one service at a
 * time, readers welcome, what is not a store refused with a sentence, what does not fit
 * together found.  Method: a second opinion on the same file by SQLite itself. */
#include "support/check.h"

#include <dirent.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite_file.h"
#include "store_compare.h"
#include "store_sample.h"
#include "test_vfs.h"

/* Somebody else's connection. */
static sqlite3 *connect_to(const sqlite_file *file)
{
    sqlite3 *other = NULL;

    CHECK_EQ("it opens for anybody", SQLITE_OK, sqlite3_open(file->path, &other));
    return other;
}

static void say(sqlite3 *to, const char *text)
{
    char *complaint = NULL;
    const int code = sqlite3_exec(to, text, NULL, NULL, &complaint);

    CHECK_STR(text, "", code != SQLITE_OK ? complaint : "");
    sqlite3_free(complaint);
}

/* On a file that nobody has. */
static void change(const sqlite_file *file, const char *text)
{
    sqlite3 *const other = connect_to(file);

    say(other, text);
    sqlite3_close(other);
}

static int64_t ask(sqlite3 *of, const char *text)
{
    sqlite3_stmt *statement;
    int64_t number;

    CHECK_EQ(text, SQLITE_OK, sqlite3_prepare_v2(of, text, -1, &statement, NULL));
    CHECK_EQ(text, SQLITE_ROW, sqlite3_step(statement));
    number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static int try_new(const char *path, bool existing, sla_store **store_out, sla_error *error)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;

    options.path = path;
    options.existing = existing;
    return sla_store_sqlite_new(&options, store_out, error);
}

/* Unit `number` of service 7: a ticket of its own, and its event. */
static void fill(store_sample *sample, uint64_t number)
{
    char ticket[16];

    store_sample_init(sample, check_seed() + number, 7, number);
    snprintf(ticket, sizeof ticket, "T-%d", (int)number);
    store_sample_fact(sample, "tenant", ticket, 1);
    store_sample_ticket(sample, "tenant", ticket, 1)->live = 1;
    store_sample_event(sample, "tenant", ticket, number)->imported = false;
    store_sample_mark(sample, "console", number, number - 1);
}

static void commit(store_drive *drive, uint64_t number)
{
    store_sample sample;

    fill(&sample, number);
    CHECK_OK(store_drive_commit(drive, &sample.unit));
    store_sample_fini(&sample);
}

static void open_drive(store_drive *drive, const sqlite_file *file)
{
    store_drive_init(drive, sqlite_file_open(file));
    CHECK_OK(store_drive_open(drive));
}

/* --------------------------------------------------------------- one at a time */

TEST(a_second_service_is_refused)
{
    sqlite_file file;
    store_drive drive;
    sla_store *second;
    sla_error error;
    pid_t child;
    int status;
    char who[40];

    sqlite_file_init(&file);
    open_drive(&drive, &file);
    CHECK_RESULT(SLA_ERR_BUSY, try_new(file.path, false, &second, &error));
    CHECK_TRUE("there is none", second == NULL);
    CHECK_TRUE("the text names the file", strstr(error.text, file.path) != NULL);
    snprintf(who, sizeof who, "(process %d)", (int)getpid());
    CHECK_TRUE("and who has it", strstr(error.text, who) != NULL);
    commit(&drive, 1);
    fflush(NULL);
    child = fork();
    if (child == 0)
        _exit(-try_new(file.path, false, &second, &error));
    CHECK_EQ("another process is waited for", child, waitpid(child, &status, 0));
    CHECK_EQ("and was refused too", -SLA_ERR_BUSY, WEXITSTATUS(status));
    commit(&drive, 2);
    CHECK_OK(store_drive_release(&drive));
    CHECK_OK(try_new(file.path, true, &second, &error));
    CHECK_RESULT(SLA_ERR_BUSY, store_drive_open(&drive));
    CHECK_TRUE("the text names the file", strstr(drive.error.text, file.path) != NULL);
    second->ops->close(second);
    CHECK_OK(store_drive_open(&drive));
    commit(&drive, 3);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

TEST(two_names_are_one_file)
{
    sqlite_file file;
    store_drive drive;
    sla_store *second;
    sla_error error;
    char link_path[320];

    sqlite_file_init(&file);
    open_drive(&drive, &file);
    snprintf(link_path, sizeof link_path, "%s/link", file.folder);
    CHECK_EQ("a link", 0, symlink("sla.db", link_path));
    CHECK_RESULT(SLA_ERR_BUSY, try_new(link_path, false, &second, &error));
    unlink(link_path);
    CHECK_EQ("a second name", 0, link(file.path, link_path));
    CHECK_RESULT(SLA_ERR_STORE, try_new(link_path, false, &second, &error));
    CHECK_TRUE("which would be a second store", strstr(error.text, "several names") != NULL);
    unlink(link_path);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

/* The lock was taken off behind its back; the epoch is what is left. */
TEST(who_was_taken_over_writes_nothing)
{
    sqlite_file file;
    store_drive drive;
    store_sample sample;

    sqlite_file_init(&file);
    open_drive(&drive, &file);
    commit(&drive, 1);
    change(&file, "UPDATE shard SET epoch = epoch + 1");
    fill(&sample, 2);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&drive, &sample.unit));
    CHECK_OK(store_drive_open(&drive));
    CHECK_OK(store_drive_commit(&drive, &sample.unit));
    store_sample_fini(&sample);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

/* ------------------------------------------------------------- others on the file */

TEST(readers_are_welcome)
{
    sqlite_file file;
    store_drive drive;
    sqlite3 *reader;

    sqlite_file_init(&file);
    open_drive(&drive, &file);
    commit(&drive, 1);
    reader = connect_to(&file);
    say(reader, "BEGIN");
    CHECK_EQ("it sees what is there", 1, ask(reader, "SELECT count(*) FROM ticket"));
    commit(&drive, 2);
    CHECK_EQ("and goes on seeing it", 1, ask(reader, "SELECT count(*) FROM ticket"));
    say(reader, "COMMIT");
    CHECK_EQ("until it looks again", 2, ask(reader, "SELECT count(*) FROM ticket"));
    CHECK_EQ("through the views too", 0, ask(reader, "SELECT count(*) FROM breach_month"));
    sqlite3_close(reader);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

TEST(a_writer_of_another_kind_is_waited_for)
{
    sqlite_file file;
    store_drive drive;
    store_sample sample;
    sqlite3 *writer;

    sqlite_file_init(&file);
    open_drive(&drive, &file);
    writer = connect_to(&file);
    say(writer, "BEGIN IMMEDIATE");
    fill(&sample, 1);
    CHECK_OK(drive.store->ops->commit(drive.store, &sample.unit, ++drive.asked));
    usleep(100000);
    drive.store->ops->run(drive.store, 0);
    CHECK_EQ("it waits", 1, drive.answered);
    say(writer, "COMMIT");
    store_drive_wait(&drive, drive.asked);
    CHECK_EQ("and is written", SLA_OK, drive.done.result);
    sqlite3_close(writer);
    store_sample_fini(&sample);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

/* ----------------------------------------------------------- what is not a store */

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
    change(file, "CREATE TABLE mine (id)");
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
    change(file, "INSERT INTO schema_version VALUES (1000, 1, 0)");
}

static void make_newer_rules(const sqlite_file *file)
{
    sla_store *const store = sqlite_file_open(file);

    store->ops->close(store);
    change(file, "UPDATE schema_version SET fold = 1000");
}

static void make_older(const sqlite_file *file)
{
    sla_store *const store = sqlite_file_open(file);

    store->ops->close(store);
    change(file, "UPDATE schema_version SET version = 0");
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
        {"a folder", make_folder, false, SLA_ERR_ARGUMENT, "not a file"},
        {"a link to nowhere", make_dangling, false, SLA_ERR_STORE, "link"},
        {"nothing, where there should be one", make_nothing, true, SLA_ERR_NOT_FOUND, "no such"},
        {"nothing, where one is made", make_nothing, false, SLA_OK, ""},
        {"an empty file", make_empty, false, SLA_OK, ""},
        {"tables of a newer release", make_newer, false, SLA_ERR_NEWER, "1000"},
        {"rules of a newer release", make_newer_rules, false, SLA_ERR_NEWER, "1000"},
        {"tables of an older release", make_older, false, SLA_ERR_STATE, "sla db migrate"},
        {"a damaged one", make_damaged, false, SLA_ERR_STORE, "sla.db"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sqlite_file file;
        sla_store *store = NULL;
        sla_error error = {0};

        sqlite_file_init(&file);
        rows[i].make(&file);
        CHECK_EQ(rows[i].why, rows[i].result, try_new(file.path, rows[i].existing, &store, &error));
        CHECK_TRUE(rows[i].why, strstr(error.text, rows[i].said) != NULL);
        if (store != NULL)
            store->ops->close(store);
        rmdir(file.path);
        sqlite_file_remove(&file);
    }
}

TEST(a_path_that_is_none_is_an_argument)
{
    static char longer[5000];
    sla_store *store;

    CHECK_RESULT(SLA_ERR_ARGUMENT, try_new(NULL, false, &store, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, try_new("", false, &store, NULL));
    CHECK_RESULT(SLA_ERR_ARGUMENT, try_new("/tmp/", false, &store, NULL));
    memset(longer, 'a', sizeof longer - 1);
    CHECK_RESULT(SLA_ERR_ARGUMENT, try_new(longer, false, &store, NULL));
    CHECK_RESULT(SLA_ERR_STORE, try_new("/nowhere/to/be/found.db", false, &store, NULL));
}

TEST(it_may_become_newer_while_it_was_given_back)
{
    sqlite_file file;
    store_drive drive;

    sqlite_file_init(&file);
    open_drive(&drive, &file);
    CHECK_OK(store_drive_release(&drive));
    change(&file, "INSERT INTO schema_version VALUES (1000, 1, 0)");
    CHECK_RESULT(SLA_ERR_NEWER, store_drive_open(&drive));
    store_drive_fini(&drive);
    sqlite_file_remove(&file);
}

/* ------------------------------------------------------------------- made, checked */

TEST(making_it_twice_changes_nothing)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sqlite_file file;
    store_drive drive;
    sla_error error;

    sqlite_file_init(&file);
    options.path = file.path;
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_sqlite_migrate(&options, &error));
    CHECK_RESULT(SLA_ERR_NOT_FOUND, sla_store_sqlite_check(&options, NULL, NULL, &error));
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    open_drive(&drive, &file);
    commit(&drive, 1);
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_sqlite_migrate(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_sqlite_check(&options, NULL, NULL, &error), &error);
    commit(&drive, 2);
    store_drive_fini(&drive);
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_sqlite_migrate(&options, &error), &error);
    open_drive(&drive, &file);
    CHECK_EQ("what was there is there", 2, drive.done.events);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

static void *make_one(void *context)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_error error = {0};
    int result;

    options.path = ((const sqlite_file *)context)->path;
    result = sla_store_sqlite_init(&options, &error);
    if (result == SLA_OK)
        result = sla_store_sqlite_check(&options, NULL, NULL, &error);
    if (result == SLA_OK)
        result = sla_store_sqlite_migrate(&options, &error);
    if (result != SLA_OK)
        fprintf(stderr, "%s\n", error.text);
    return (void *)(intptr_t)result;
}

/* While some make it and look at it, a service starts: nobody fails. */
TEST(any_number_may_make_and_check_it_at_once)
{
    for (size_t round = check_count(10, 100); round > 0; round--) {
        pthread_t threads[6];
        sqlite_file file;
        store_drive drive;
        sqlite3 *reader;

        sqlite_file_init(&file);
        for (size_t i = 0; i < COUNT_OF(threads); i++)
            CHECK_EQ("a thread", 0, pthread_create(&threads[i], NULL, make_one, &file));
        open_drive(&drive, &file);
        commit(&drive, 1);
        for (size_t i = 0; i < COUNT_OF(threads); i++) {
            void *result;

            pthread_join(threads[i], &result);
            CHECK_OK((int)(intptr_t)result);
        }
        commit(&drive, 2);
        reader = connect_to(&file);
        CHECK_EQ("made once", 1, ask(reader, "SELECT count(*) FROM schema_version"));
        sqlite3_close(reader);
        store_drive_fini(&drive);
        sqlite_file_fini(&file);
    }
}

/* ------------------------------------------------------------------------ rights */

/* What somebody finds who is not the file's owner: a bit for each thing that is not so. */
enum { NOT_REFUSED = 1, OTHER_WORDS = 2, NOT_READ = 4, NOT_CHECKED = 8 };

static int try_to_write(const sqlite_file *file)
{
    sla_store *store;
    sla_error error = {0};

    return (try_new(file->path, true, &store, &error) == SLA_ERR_STORE ? 0 : NOT_REFUSED) |
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
    open_drive(&drive, &file);
    commit(&drive, 1);
    store_drive_fini(&drive);
    CHECK_EQ("the file and its lock", 2, count_files(&file));
    chmod(file.folder, 0555);
    chmod(file.path, 0444);
    CHECK_EQ("it is read", 0, as_somebody(&file, try_to_read));
    CHECK_EQ("and is as it was", 2, count_files(&file));
    chmod(file.folder, 0755);
    chmod(file.path, 0644);
    open_drive(&drive, &file);
    commit(&drive, 2);
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
        open_drive(&drive, &file);
        commit(&drive, 1);
        store_drive_fini(&drive);
        chmod(file.path, rows[i].file);
        chmod(file.folder, rows[i].folder);
        CHECK_EQ(rows[i].why, 0, as_somebody(&file, try_to_write));
        CHECK_EQ("nothing is left beside it", 2, count_files(&file));
        chmod(file.folder, 0755);
        chmod(file.path, 0644);
        open_drive(&drive, &file);
        commit(&drive, 2);
        store_drive_fini(&drive);
        sqlite_file_fini(&file);
    }
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

TEST(what_does_not_fit_together_is_found)
{
    static const struct row {
        const char *change, *said;
    } rows[] = {
        {"DELETE FROM fact WHERE ticket = 'T-2'", "ticket T-2 "},
        {"UPDATE fact SET seq = 3 WHERE ticket = 'T-1'", "facts of ticket T-1 "},
        {"UPDATE ticket SET facts = 7 WHERE ticket = 'T-3'",
         "says that it has 7 facts, 1 are there"},
        {"UPDATE ticket SET shard = 63 - shard WHERE ticket = 'T-3'", "part"},
        {"UPDATE event SET number = 100 WHERE number = 3", "event 100 is above"},
        {"UPDATE event SET kind = 'hoped' WHERE number = 2", "an event that no release"},
        {"UPDATE fact SET content = 'not json' WHERE ticket = 'T-2'", "a fact that no release"},
        {"DELETE FROM consumer", "consumer console"},
        {"INSERT INTO mark VALUES ('console', 1)", "acknowledged event 1 twice"},
        {"INSERT INTO world VALUES (2, 0)", "of 2 adoptions 1 are there"},
        {"INSERT INTO document VALUES (9, 1, '', 'policy', 'a', '1', '{}')", "document 1"},
        {"DELETE FROM shard WHERE id = 9", "of the 64 parts 63"},
        {"DROP TABLE mark", "the table mark is missing"},
        {"DROP TABLE schema_version", "the table schema_version is missing"},
        {"DROP VIEW at_risk", "at_risk is missing: `sla db init` makes it again"},
        {"DROP INDEX ticket_open", "ticket_open is missing: `sla db init` makes it again"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
        complaints said = {0};
        sqlite_file file;
        store_drive drive;
        sla_error error;

        sqlite_file_init(&file);
        options.path = file.path;
        open_drive(&drive, &file);
        for (uint64_t number = 1; number <= 3; number++)
            commit(&drive, number);
        store_drive_fini(&drive);
        sqlite_file_check(&file);
        change(&file, rows[i].change);
        CHECK_RESULT(SLA_ERR_STORE, sla_store_sqlite_check(&options, on_complaint, &said, &error));
        CHECK_TRUE("the first complaint is the error", strncmp(said.first, error.text, 300) == 0);
        if (strstr(said.first, rows[i].said) == NULL)
            CHECK_STR(rows[i].change, rows[i].said, said.first);
        sqlite_file_remove(&file);
    }
}

TEST(views_and_indexes_are_made_again_and_tables_are_not)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sqlite_file file;
    store_drive drive;
    sla_error error;

    sqlite_file_init(&file);
    options.path = file.path;
    open_drive(&drive, &file);
    commit(&drive, 1);
    store_drive_fini(&drive);
    change(&file, "DROP VIEW at_risk; DROP VIEW on_time; DROP INDEX ticket_open");
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    sqlite_file_check(&file);
    change(&file, "DROP TABLE fact; DROP VIEW on_time");
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
    open_drive(&drive, &file);
    commit(&drive, 1);
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
        open_drive(&drive, &file);
        for (uint64_t number = 1; number <= 20; number++)
            commit(&drive, number);
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
        if (try_new(file.path, true, &store, NULL) == SLA_OK) {
            store_drive_init(&drive, store);
            store_drive_open(&drive);
            store_drive_outbox(&drive, 0, 1000);
            store_drive_fini(&drive);
        }
        sqlite_file_remove(&file);
    }
}

/* --------------------------------------------------------------------- the thread */

static size_t log_syncs;

static int count_syncs(void *context, test_vfs_op op, test_vfs_file file)
{
    (void)context;
    log_syncs += op == TEST_VFS_SYNC && file == TEST_VFS_WAL;
    return SQLITE_OK;
}

/* While a writer holds the file everything comes together: one transaction, one sync. */
TEST(units_that_wait_together_share_a_sync)
{
    enum { TOGETHER = 50 };
    const test_vfs_hook hook = {count_syncs, NULL, NULL};
    sqlite_file file;
    store_drive drive;
    sqlite3 *writer;

    test_vfs_watch(&hook);
    sqlite_file_init(&file);
    open_drive(&drive, &file);
    commit(&drive, 1);
    writer = connect_to(&file);
    say(writer, "BEGIN IMMEDIATE");
    log_syncs = 0;
    for (uint64_t number = 2; number <= TOGETHER; number++) {
        store_sample sample;

        fill(&sample, number);
        CHECK_OK(drive.store->ops->commit(drive.store, &sample.unit, ++drive.asked));
        store_sample_fini(&sample);
    }
    say(writer, "ROLLBACK");
    sqlite3_close(writer);
    store_drive_wait(&drive, drive.asked);
    CHECK_EQ("all are written", SLA_OK, drive.done.result);
    CHECK_TRUE("with a few syncs", log_syncs >= 1 && log_syncs <= 3);
    test_vfs_watch(NULL);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

/* More than lies in the hand-over at a time; then the store is closed in the midst of it. */
TEST(a_load_is_handed_over_piece_by_piece)
{
    const uint32_t count = (uint32_t)check_count(20000, 200000);
    sqlite_file file;
    store_drive drive;
    char text[300];

    sqlite_file_init(&file);
    open_drive(&drive, &file);
    store_drive_fini(&drive);
    snprintf(text, sizeof text,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
             " INSERT INTO ticket (tenant, ticket, number, facts, live, shard, level, breached,"
             " state) SELECT '', 'T-' || i, i, 0, 1, 0, 0, 0, zeroblob(200) FROM n",
             count);
    change(&file, text);
    open_drive(&drive, &file);
    CHECK_EQ("all came", count, drive.items);
    CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, ++drive.asked));
    store_drive_fini(&drive);
    open_drive(&drive, &file);
    CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, ++drive.asked));
    usleep(50000);
    store_drive_fini(&drive);
    sqlite_file_remove(&file);
}
