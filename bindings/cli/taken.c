/* taken.c - see taken.h. */
#include "taken.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

void taken_init(taken *t)
{
    memset(t, 0, sizeof *t);
}

void taken_fini(taken *t)
{
    free(t->files);
}

static void add(taken *t, const struct stat *status, const char *name, const char *use)
{
    t->files = need_room(t->files, &t->capacity, t->count + 1, sizeof *t->files);
    t->files[t->count++] = (taken_file){status->st_dev, status->st_ino, name, use};
}

void taken_read(taken *t, const char *path)
{
    const bool standard = path == NULL || strcmp(path, "-") == 0;
    struct stat status;

    if ((standard ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0 &&
        S_ISREG(status.st_mode))
        add(t, &status, standard ? "standard input" : path, "read");
}

static bool take(taken *t, const struct stat *status, const char *name)
{
    for (size_t i = 0; i < t->count; i++) {
        const taken_file *file = &t->files[i];

        if (file->device == status->st_dev && file->inode == status->st_ino) {
            const bool same = strcmp(file->name, name) == 0;

            say("%s: is %s%s%s already, and would be written over; name another file", name,
                same ? "" : file->name, same ? "" : ", which is ", file->use);
            return false;
        }
    }
    add(t, status, name, "written");
    return true;
}

/* On the terminal, if there is one: standard error is what we must not write to. */
static void complain_elsewhere(const char *name)
{
    FILE *terminal = fopen("/dev/tty", "w");

    if (terminal == NULL)
        return;
    fprintf(terminal, "sla: standard error would be written into %s, which is read\n", name);
    fclose(terminal);
}

bool taken_says(const taken *t)
{
    struct stat status;

    if (fstat(STDERR_FILENO, &status) != 0 || !S_ISREG(status.st_mode))
        return true;
    for (size_t i = 0; i < t->count; i++) {
        if (t->files[i].device == status.st_dev && t->files[i].inode == status.st_ino) {
            complain_elsewhere(t->files[i].name);
            return false;
        }
    }
    return true;
}

bool taken_write(taken *t, int descriptor, const char *name)
{
    struct stat status;

    return fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || take(t, &status, name);
}

void taken_written(taken *t, int descriptor, const char *name)
{
    struct stat status;

    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        add(t, &status, name, "written");
}

bool taken_replace(taken *t, const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return true;
    if (S_ISREG(status.st_mode))
        return take(t, &status, path);
    say("%s: is no regular file, and would be replaced by one; name another", path);
    return false;
}

bool taken_spares(const char *const *paths, size_t count)
{
    taken t;
    bool spared;

    taken_init(&t);
    for (size_t i = 0; i < count; i++)
        taken_read(&t, paths[i]);
    spared = taken_says(&t) && taken_write(&t, STDOUT_FILENO, "standard output");
    taken_fini(&t);
    return spared;
}
