/* lock.c - see lock.h. */
#define _GNU_SOURCE /* F_OFD_SETLK */

#include "sqlite/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sqlite/fail.h"

_Static_assert(SLA__PATH_MAX >= PATH_MAX + 16, "a path and what is put behind it");

/* A process id, and the end of the line. */
enum { SIGNATURE = 12 };

static int fail_of_errno(sla_error *error, const char *path, const char *what)
{
    return sla__fail(error, SLA_ERR_STORE, path, "%.200s: %s: %s", path, what, strerror(errno));
}

static int too_long(const char *path, sla_error *error)
{
    return sla__fail(error, SLA_ERR_ARGUMENT, path, "the path %.200s... is too long", path);
}

/* A file that is not there yet: its folder is resolved. */
static int resolve_new(sla__lock *lock, const char *path, sla_error *error)
{
    const char *const slash = strrchr(path, '/');
    const char *const name = slash != NULL ? slash + 1 : path;
    char folder[PATH_MAX];
    struct stat status;
    size_t length;

    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) /* else it was made just now */
        return sla__fail(error, SLA_ERR_STORE, path,
                         "%.200s is a link to a file that does not exist", path);
    if (name[0] == '\0')
        return sla__fail(error, SLA_ERR_ARGUMENT, path, "%.200s names a folder, not a file", path);
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(name - path) : 1,
             slash != NULL ? path : ".");
    if (realpath(folder, lock->path) == NULL)
        return fail_of_errno(error, path, "the folder of the store cannot be found");
    length = strlen(lock->path);
    if (length + strlen(name) + 2 > PATH_MAX)
        return too_long(path, error);
    snprintf(lock->path + length, sizeof lock->path - length, "%s%s",
             lock->path[length - 1] == '/' ? "" : "/", name);
    return SLA_OK;
}

/* Two names of one file would be two locks; SQLite would take them for two databases. */
static int resolve(sla__lock *lock, const char *path, bool existing, sla_error *error)
{
    struct stat status;

    if (path == NULL || path[0] == '\0')
        return sla__fail(error, SLA_ERR_ARGUMENT, "", "the store needs the path of a file");
    if (strlen(path) >= PATH_MAX)
        return too_long(path, error);
    if (realpath(path, lock->path) == NULL && errno == ENOENT)
        return existing ? sla__fail(error, SLA_ERR_NOT_FOUND, path, "%.200s: there is no such file",
                                    path)
                        : resolve_new(lock, path, error);
    if (stat(path, &status) != 0)
        return fail_of_errno(error, path, "the store cannot be found");
    if (!S_ISREG(status.st_mode))
        return sla__fail(error, SLA_ERR_ARGUMENT, path, "%.200s is not a file", path);
    if (status.st_nlink > 1)
        return sla__fail(error, SLA_ERR_STORE, path,
                         "%.200s has several names (hard links), which would be several stores",
                         path);
    return SLA_OK;
}

/* ---------------------------------------------------------------- may it be written */

static int fail_of_rights(sla_error *error, const char *path, const char *what)
{
    return sla__fail(error, SLA_ERR_STORE, path, "%.200s cannot be written: %s: %s", path, what,
                     strerror(errno));
}

int sla__lock_may_read(const sla__lock *lock, sla_error *error)
{
    return faccessat(AT_FDCWD, lock->path, R_OK, AT_EACCESS) == 0
               ? SLA_OK
               : fail_of_errno(error, lock->path, "the file cannot be read");
}

/* Asked before anything is opened: SQLite would read on, and leave files beside it that nobody
 * can write later. */
int sla__lock_may_write(const sla__lock *lock, sla_error *error)
{
    char folder[SLA__PATH_MAX];
    const char *const slash = strrchr(lock->path, '/');

    if (faccessat(AT_FDCWD, lock->path, R_OK | W_OK, AT_EACCESS) != 0 && errno != ENOENT)
        return fail_of_rights(error, lock->path, "the file");
    snprintf(folder, sizeof folder, "%.*s", slash == lock->path ? 1 : (int)(slash - lock->path),
             lock->path);
    if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
        return fail_of_rights(error, lock->path, "its folder");
    return SLA_OK;
}

/* -------------------------------------------------------------------------- the lock */

int sla__lock_find(sla__lock *lock, const char *path, bool existing, sla_error *error)
{
    lock->fd = -1;
    lock->held = false;
    return resolve(lock, path, existing, error);
}

static int open_it(sla__lock *lock, sla_error *error)
{
    char beside[SLA__PATH_MAX + sizeof "-lock"];

    if (lock->fd >= 0)
        return SLA_OK;
    snprintf(beside, sizeof beside, "%s-lock", lock->path);
    lock->fd = open(beside, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    return lock->fd >= 0 ? SLA_OK
                         : fail_of_errno(error, lock->path, "its -lock file cannot be opened");
}

static int set(sla__lock *lock, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

    return fcntl(lock->fd, F_OFD_SETLK, &whole);
}

/* Such a lock belongs to no process, so whoever holds it says who it is: for people. */
static void sign(const sla__lock *lock)
{
    char text[SIGNATURE + 1];

    snprintf(text, sizeof text, "%*ld\n", SIGNATURE - 1, (long)getpid());
    (void)!pwrite(lock->fd, text, SIGNATURE, 0);
}

static int say_who(const sla__lock *lock, sla_error *error)
{
    char text[SIGNATURE + 1] = "";
    const ssize_t count = pread(lock->fd, text, SIGNATURE, 0);
    const long holder = count > 0 ? strtol(text, NULL, 10) : 0;

    if (holder <= 0)
        return sla__fail(error, SLA_ERR_BUSY, lock->path,
                         "%.200s is in use by another service or command", lock->path);
    if (getpgid((pid_t)holder) < 0 && errno == ESRCH) /* or it has other numbers than we */
        return sla__fail(error, SLA_ERR_BUSY, lock->path,
                         "%.200s is in use by another service or command (process %ld, not here: "
                         "a child that it forked, or a container, has the lock)",
                         lock->path, holder);
    return sla__fail(error, SLA_ERR_BUSY, lock->path,
                     "%.200s is in use by another service or command (process %ld)", lock->path,
                     holder);
}

int sla__lock_take(sla__lock *lock, sla_error *error)
{
    const int result = open_it(lock, error);

    if (result != SLA_OK || lock->held)
        return result;
    if (set(lock, F_WRLCK) == 0) {
        lock->held = true;
        sign(lock);
        return SLA_OK;
    }
    if (errno != EAGAIN && errno != EACCES)
        return fail_of_errno(error, lock->path, "the store cannot be locked");
    return say_who(lock, error);
}

void sla__lock_give_back(sla__lock *lock)
{
    if (lock->held)
        set(lock, F_UNLCK);
    lock->held = false;
}

void sla__lock_fini(sla__lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
    lock->held = false;
}
