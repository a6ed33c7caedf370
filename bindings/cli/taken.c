/* taken.c - see taken.h. */
#include "taken.h"

#include <limits.h>
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
    for (size_t i = 0; i < t->count; i++)
        free(t->files[i].path);
    free(t->files);
}

/* ------------------------------------------------------------ names */

enum { LINKS_MAX = 40 };

static char *join(const char *folder, const char *name)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    char *whole = need_memory(size, 1);

    snprintf(whole, size, "%s/%s", folder, name);
    return whole;
}

/* What a link that leads nowhere would make; NULL for what is no link. */
static char *behind_link(const char *path)
{
    const char *slash = strrchr(path, '/');
    char target[PATH_MAX], *folder, *whole;
    const ssize_t length = readlink(path, target, sizeof target - 1);

    if (length <= 0)
        return NULL;
    target[length] = '\0';
    if (target[0] == '/' || slash == NULL)
        return need_copy(target, (size_t)length);
    folder = need_copy(path, (size_t)(slash - path));
    whole = join(folder, target);
    free(folder);
    return whole;
}

static char *in_its_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? need_copy(".", 1) : need_copy(path, (size_t)(slash - path) + 1);
    char *real = realpath(folder, NULL), *whole = NULL;

    if (real != NULL)
        whole = join(strcmp(real, "/") == 0 ? "" : real, slash == NULL ? path : slash + 1);
    free(real);
    free(folder);
    return whole;
}

/* The same for all names of a file, there or not; NULL when its folder is not there. */
static char *one_path(const char *path)
{
    char *now = need_copy(path, strlen(path)), *next, *real;

    for (int i = 0; (real = realpath(now, NULL)) == NULL && i < LINKS_MAX; i++) {
        next = behind_link(now);
        if (next == NULL) {
            real = in_its_folder(now);
            break;
        }
        free(now);
        now = next;
    }
    free(now);
    return real;
}

/* ------------------------------------------------------------ files */

static taken_file look(const struct stat *status, const char *path, const char *name,
                       const char *use)
{
    taken_file file = {.name = name, .use = use};

    if (path != NULL)
        file.path = one_path(path);
    file.there = status != NULL;
    if (file.there) {
        file.device = status->st_dev;
        file.inode = status->st_ino;
    }
    return file;
}

static bool is_same(const taken_file *one, const taken_file *other)
{
    if (one->there && other->there && one->device == other->device && one->inode == other->inode)
        return true;
    return one->path != NULL && other->path != NULL && strcmp(one->path, other->path) == 0;
}

static const taken_file *find(const taken *t, const taken_file *file)
{
    for (size_t i = 0; i < t->count; i++)
        if (is_same(&t->files[i], file))
            return &t->files[i];
    return NULL;
}

static void add(taken *t, taken_file file)
{
    t->files = need_room(t->files, &t->capacity, t->count + 1, sizeof *t->files);
    t->files[t->count++] = file;
}

static void complain(const taken_file *file, const char *name)
{
    const bool same = file->name == NULL || strcmp(file->name, name) == 0;

    say("%s: is %s%s%s already, and would be written over; name another file", name,
        same ? "" : file->name, same ? "" : ", which is ", file->use);
}

void taken_read(taken *t, const char *path)
{
    const bool standard = path == NULL || strcmp(path, "-") == 0;
    struct stat status;

    if ((standard ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0 &&
        S_ISREG(status.st_mode))
        add(t, look(&status, standard ? NULL : path, standard ? "standard input" : path, "read"));
}

/* Its own, or a complaint under `name`. */
static bool take(taken *t, taken_file file, const char *name)
{
    const taken_file *other = find(t, &file);

    if (other == NULL) {
        add(t, file);
        return true;
    }
    complain(other, name);
    free(file.path);
    return false;
}

bool taken_keep(taken *t, const char *path, const char *name)
{
    static const char *const behind[] = {"", "-wal", "-shm", "-journal", "-lock"};
    char *database = one_path(path), *one;
    bool fine = true;

    for (size_t i = 0; database != NULL && fine && i < sizeof behind / sizeof behind[0]; i++) {
        struct stat status;

        one = need_memory(strlen(database) + sizeof "-journal", 1);
        strcat(strcpy(one, database), behind[i]);
        fine =
            take(t, look(stat(one, &status) == 0 ? &status : NULL, one, NULL, "kept by the store"),
                 i == 0 ? name : one);
        free(one);
    }
    free(database);
    return fine;
}

bool taken_spares_name(const taken *t, const char *path)
{
    taken_file file = look(NULL, path, path, "");
    const taken_file *other = find(t, &file);

    free(file.path);
    if (other == NULL || other->name != NULL)
        return true;
    complain(other, path);
    return false;
}

/* On the terminal, if there is one: standard error is what we must not write to. */
static void complain_elsewhere(const taken_file *file)
{
    FILE *terminal = fopen("/dev/tty", "w");

    if (terminal == NULL)
        return;
    fprintf(terminal, "sla: standard error would be written into %s, which is %s\n",
            file->name != NULL ? file->name : file->path, file->use);
    fclose(terminal);
}

bool taken_says(const taken *t)
{
    struct stat status;

    if (fstat(STDERR_FILENO, &status) != 0 || !S_ISREG(status.st_mode))
        return true;
    for (size_t i = 0; i < t->count; i++) {
        if (t->files[i].there && t->files[i].device == status.st_dev &&
            t->files[i].inode == status.st_ino) {
            complain_elsewhere(&t->files[i]);
            return false;
        }
    }
    return true;
}

bool taken_write(taken *t, int descriptor, const char *name)
{
    struct stat status;

    return fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
           take(t, look(&status, NULL, name, "written"), name);
}

void taken_written(taken *t, int descriptor, const char *name)
{
    struct stat status;

    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        add(t, look(&status, NULL, name, "written"));
}

bool taken_replace(taken *t, const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return take(t, look(NULL, path, path, "written"), path);
    if (S_ISREG(status.st_mode))
        return take(t, look(&status, path, path, "written"), path);
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
