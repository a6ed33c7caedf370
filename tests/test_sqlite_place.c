/* test_sqlite_place.c - Goal: a file that is moved, removed or replaced under a service is
 * noticed before anything is answered as written, whatever is asked, and what is beside the new
 * one is left alone.
 * Method: files moved by hand under a store that has them open. */
#include "support/check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sqlite_hand.h"

static void rename_it(const sqlite_file *file, const char *from, const char *to)
{
    char old[320], new[320];

    snprintf(old, sizeof old, "%s%s", file->path, from);
    snprintf(new, sizeof new, "%s%s", file->path, to);
    CHECK_EQ(from, 0, rename(old, new));
}

static void remove_it(const sqlite_file *file, const char *end)
{
    char path[320];

    snprintf(path, sizeof path, "%s%s", file->path, end);
    CHECK_EQ(end, 0, unlink(path));
}

/* The first answer, not the last of a drive that asks again. */
static int commit_once(store_drive *drive, uint64_t number)
{
    store_sample sample;

    sqlite_hand_fill(&sample, number);
    CHECK_OK(drive->store->ops->commit(drive->store, &sample.unit, ++drive->asked));
    store_drive_wait(drive, drive->asked);
    store_sample_fini(&sample);
    return drive->done.result;
}

static void check_said(const store_drive *drive, const char *why, const char *said)
{
    CHECK_EQ(why, SLA_ERR_STORE, drive->done.result);
    if (strstr(drive->error.text, said) == NULL)
        CHECK_STR(why, said, drive->error.text);
}

/* ------------------------------------------------------------------- what happens to it */

static void move_away(const sqlite_file *file)
{
    rename_it(file, "", "-away");
}

static void move_all_away(const sqlite_file *file)
{
    move_away(file);
    rename_it(file, "-wal", "-away-wal");
}

static void put_a_copy(const sqlite_file *file)
{
    char copy[700];

    move_away(file);
    snprintf(copy, sizeof copy, "cp %s-away %s", file->path, file->path);
    CHECK_EQ(copy, 0, system(copy));
}

static void put_an_empty_one(const sqlite_file *file)
{
    move_away(file);
    fclose(fopen(file->path, "w"));
}

static void move_back(const sqlite_file *file)
{
    rename_it(file, "-away", "");
}

static void move_all_back(const sqlite_file *file)
{
    move_back(file);
    rename_it(file, "-away-wal", "-wal");
}

TEST(a_file_that_is_not_there_any_more_takes_nothing)
{
    static const struct row {
        const char *why;
        void (*act)(const sqlite_file *file);
        void (*mend)(const sqlite_file *file);
    } rows[] = {
        {"moved", move_away, move_back},
        {"moved with its WAL", move_all_away, move_all_back},
        {"replaced by a copy", put_a_copy, move_back},
        {"replaced by nothing", put_an_empty_one, move_back},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sqlite_file file;
        store_drive drive;

        sqlite_file_init(&file);
        sqlite_hand_drive(&drive, &file);
        sqlite_hand_commit(&drive, 1);
        rows[i].act(&file);
        for (int again = 0; again < 2; again++) {
            commit_once(&drive, 2);
            check_said(&drive, rows[i].why, "sla.db was removed or replaced while");
        }
        store_drive_audit(&drive, 0);
        check_said(&drive, "an audit", "removed or replaced");
        store_drive_outbox(&drive, 0, 10);
        check_said(&drive, "reading", "removed or replaced");
        store_drive_open(&drive);
        check_said(&drive, "opened again", "removed or replaced");
        rows[i].mend(&file);
        CHECK_OK(store_drive_open(&drive));
        CHECK_EQ("nothing was written meanwhile", 1, drive.done.events);
        sqlite_hand_commit(&drive, 2);
        store_drive_fini(&drive);
        sqlite_hand_drive(&drive, &file);
        CHECK_EQ("all is there", 2, drive.done.events);
        store_drive_fini(&drive);
        sqlite_file_fini(&file);
    }
}

/* Everything of it was removed, the lock too, and another service lives on a new one. */
TEST(what_is_beside_the_next_one_is_its_own)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    sqlite_file file;
    store_drive old, new;

    sqlite_file_init(&file);
    sqlite_hand_drive(&old, &file);
    sqlite_hand_commit(&old, 1);
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        remove_it(&file, ends[i]);
    sqlite_hand_drive(&new, &file);
    sqlite_hand_commit(&new, 1);
    commit_once(&old, 2);
    check_said(&old, "the first service", "removed or replaced");
    store_drive_fini(&old);
    sqlite_hand_commit(&new, 2);
    store_drive_fini(&new);
    sqlite_hand_drive(&new, &file);
    CHECK_EQ("the second has lost nothing", 2, new.done.events);
    store_drive_fini(&new);
    sqlite_file_fini(&file);
}

TEST(what_a_lost_wal_held_is_saved)
{
    sqlite_file file;
    store_drive drive;
    sqlite3 *reader;

    for (int read = 0; read < 2; read++) {
        sqlite_file_init(&file);
        sqlite_hand_drive(&drive, &file);
        for (uint64_t number = 1; number <= 20; number++)
            sqlite_hand_commit(&drive, number);
        reader = sqlite_hand_connect(&file);
        sqlite_hand_say(reader, "SELECT count(*) FROM ticket");
        if (!read)
            sqlite3_close(reader);
        remove_it(&file, "-wal");
        commit_once(&drive, 21);
        check_said(&drive, "without its WAL", "sla.db-wal was removed");
        store_drive_fini(&drive);
        if (read)
            sqlite3_close(reader);
        sqlite_hand_drive(&drive, &file);
        CHECK_EQ("all that was answered is there", 20, drive.done.events);
        sqlite_hand_commit(&drive, 21);
        store_drive_fini(&drive);
        sqlite_file_fini(&file);
    }
}
