/* test_sqlite_file.c - Goal: the file is what sla/sqlite.h says of it: one service at a
 * time, readers welcome, made and checked by any number.
 * Method: a second opinion on the same file by SQLite itself. */
#include "support/check.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite_hand.h"
#include "store_writers.h"
#include "test_vfs.h"

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
    sqlite_hand_drive(&drive, &file);
    CHECK_RESULT(SLA_ERR_BUSY, sqlite_hand_try(file.path, false, &second, &error));
    CHECK_TRUE("there is none", second == NULL);
    CHECK_TRUE("the text names the file", strstr(error.text, file.path) != NULL);
    snprintf(who, sizeof who, "(process %d)", (int)getpid());
    CHECK_TRUE("and who has it", strstr(error.text, who) != NULL);
    sqlite_hand_commit(&drive, 1);
    fflush(NULL);
    child = fork();
    if (child == 0)
        _exit(-sqlite_hand_try(file.path, false, &second, &error));
    CHECK_EQ("another process is waited for", child, waitpid(child, &status, 0));
    CHECK_EQ("and was refused too", -SLA_ERR_BUSY, WEXITSTATUS(status));
    sqlite_hand_commit(&drive, 2);
    CHECK_OK(store_drive_release(&drive));
    CHECK_OK(sqlite_hand_try(file.path, true, &second, &error));
    CHECK_RESULT(SLA_ERR_BUSY, store_drive_open(&drive));
    CHECK_TRUE("the text names the file", strstr(drive.error.text, file.path) != NULL);
    second->ops->close(second);
    CHECK_OK(store_drive_open(&drive));
    sqlite_hand_commit(&drive, 3);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

/* Takes the file, leaves a child that waits for the end of `line`, and is gone. */
static void take_and_leave_a_child(const char *path, int line)
{
    char byte;
    sla_store *store;

    if (sqlite_hand_try(path, false, &store, NULL) != SLA_OK)
        _exit(1);
    if (fork() == 0)
        (void)!read(line, &byte, 1);
    _exit(0);
}

TEST(a_child_that_outlives_its_parent_keeps_the_lock)
{
    sqlite_file file;
    sla_store *store = NULL;
    sla_error error;
    char who[80];
    int line[2], status;
    pid_t parent;

    sqlite_file_init(&file);
    CHECK_EQ("a line", 0, pipe(line));
    fflush(NULL);
    parent = fork();
    if (parent == 0) {
        close(line[1]);
        take_and_leave_a_child(file.path, line[0]);
    }
    close(line[0]);
    CHECK_EQ("it is waited for", parent, waitpid(parent, &status, 0));
    CHECK_EQ("it had the file", 0, WEXITSTATUS(status));
    CHECK_RESULT(SLA_ERR_BUSY, sqlite_hand_try(file.path, true, &store, &error));
    snprintf(who, sizeof who, "process %d, not here: a child that it forked", (int)parent);
    CHECK_TRUE(error.text, strstr(error.text, who) != NULL);
    close(line[1]);
    for (int i = 0; i < 1000 && store == NULL; i++) {
        usleep(10000);
        (void)sqlite_hand_try(file.path, true, &store, &error);
    }
    CHECK_TRUE("it goes with the child", store != NULL);
    store->ops->close(store);
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
    sqlite_hand_drive(&drive, &file);
    snprintf(link_path, sizeof link_path, "%s/link", file.folder);
    CHECK_EQ("a link", 0, symlink("sla.db", link_path));
    CHECK_RESULT(SLA_ERR_BUSY, sqlite_hand_try(link_path, false, &second, &error));
    unlink(link_path);
    CHECK_EQ("a second name", 0, link(file.path, link_path));
    CHECK_RESULT(SLA_ERR_STORE, sqlite_hand_try(link_path, false, &second, &error));
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
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 1);
    sqlite_hand_change(&file, "UPDATE shard SET epoch = epoch + 1");
    sqlite_hand_fill(&sample, 2);
    CHECK_RESULT(SLA_ERR_FENCED, store_drive_commit(&drive, &sample.unit));
    CHECK_OK(store_drive_open(&drive));
    CHECK_OK(store_drive_commit(&drive, &sample.unit));
    store_sample_fini(&sample);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

static int64_t count_writers(void *reader)
{
    return sqlite_hand_ask(reader, "SELECT count(*) FROM writer");
}

TEST(writers_come_and_go)
{
    sqlite_file file;
    store_drive drive;
    sqlite3 *reader;

    sqlite_file_init(&file);
    sqlite_hand_drive(&drive, &file);
    reader = sqlite_hand_connect(&file);
    store_writers_come_and_go(&drive, count_writers, reader);
    sqlite3_close(reader);
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
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 1);
    reader = sqlite_hand_connect(&file);
    sqlite_hand_say(reader, "BEGIN");
    CHECK_EQ("it sees what is there", 1, sqlite_hand_ask(reader, "SELECT count(*) FROM ticket"));
    sqlite_hand_commit(&drive, 2);
    CHECK_EQ("and goes on seeing it", 1, sqlite_hand_ask(reader, "SELECT count(*) FROM ticket"));
    sqlite_hand_say(reader, "COMMIT");
    CHECK_EQ("until it looks again", 2, sqlite_hand_ask(reader, "SELECT count(*) FROM ticket"));
    CHECK_EQ("through the views too", 0,
             sqlite_hand_ask(reader, "SELECT count(*) FROM breach_month"));
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
    sqlite_hand_drive(&drive, &file);
    writer = sqlite_hand_connect(&file);
    sqlite_hand_say(writer, "BEGIN IMMEDIATE");
    sqlite_hand_fill(&sample, 1);
    CHECK_OK(drive.store->ops->commit(drive.store, &sample.unit, ++drive.asked));
    usleep(100000);
    drive.store->ops->run(drive.store, 0);
    CHECK_EQ("it waits", 1, drive.answered);
    sqlite_hand_say(writer, "COMMIT");
    store_drive_wait(&drive, drive.asked);
    CHECK_EQ("and is written", SLA_OK, drive.done.result);
    sqlite3_close(writer);
    store_sample_fini(&sample);
    store_drive_fini(&drive);
    sqlite_file_fini(&file);
}

/* ------------------------------------------------------------------- made, checked */

TEST(it_may_become_newer_while_it_was_given_back)
{
    sqlite_file file;
    store_drive drive;

    sqlite_file_init(&file);
    sqlite_hand_drive(&drive, &file);
    CHECK_OK(store_drive_release(&drive));
    sqlite_hand_change(&file, "INSERT INTO schema_version VALUES (1000, 1, 0)");
    CHECK_RESULT(SLA_ERR_NEWER, store_drive_open(&drive));
    store_drive_fini(&drive);
    sqlite_file_remove(&file);
}

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
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 1);
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_sqlite_migrate(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_sqlite_check(&options, NULL, NULL, &error), &error);
    sqlite_hand_commit(&drive, 2);
    store_drive_fini(&drive);
    CHECK_OK_OR_SAY(sla_store_sqlite_init(&options, &error), &error);
    CHECK_OK_OR_SAY(sla_store_sqlite_migrate(&options, &error), &error);
    sqlite_hand_drive(&drive, &file);
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
        sqlite_hand_drive(&drive, &file);
        sqlite_hand_commit(&drive, 1);
        for (size_t i = 0; i < COUNT_OF(threads); i++) {
            void *result;

            pthread_join(threads[i], &result);
            CHECK_OK((int)(intptr_t)result);
        }
        sqlite_hand_commit(&drive, 2);
        reader = sqlite_hand_connect(&file);
        CHECK_EQ("made once", 1, sqlite_hand_ask(reader, "SELECT count(*) FROM schema_version"));
        sqlite3_close(reader);
        store_drive_fini(&drive);
        sqlite_file_fini(&file);
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
    sqlite_hand_drive(&drive, &file);
    sqlite_hand_commit(&drive, 1);
    writer = sqlite_hand_connect(&file);
    sqlite_hand_say(writer, "BEGIN IMMEDIATE");
    log_syncs = 0;
    for (uint64_t number = 2; number <= TOGETHER; number++) {
        store_sample sample;

        sqlite_hand_fill(&sample, number);
        CHECK_OK(drive.store->ops->commit(drive.store, &sample.unit, ++drive.asked));
        store_sample_fini(&sample);
    }
    sqlite_hand_say(writer, "ROLLBACK");
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
    sqlite_hand_drive(&drive, &file);
    store_drive_fini(&drive);
    snprintf(text, sizeof text,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
             " INSERT INTO ticket (tenant, ticket, number, facts, live, shard, level, breached,"
             " state) SELECT '', 'T-' || i, i, 0, 1, 0, 0, 0, zeroblob(200) FROM n",
             count);
    sqlite_hand_change(&file, text);
    sqlite_hand_drive(&drive, &file);
    CHECK_EQ("all came", count, drive.items);
    CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, ++drive.asked));
    store_drive_fini(&drive);
    sqlite_hand_drive(&drive, &file);
    CHECK_OK(drive.store->ops->open(drive.store, &drive.sink, ++drive.asked));
    usleep(50000);
    store_drive_fini(&drive);
    sqlite_file_remove(&file);
}
