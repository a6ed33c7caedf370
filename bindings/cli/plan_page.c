/* plan_page.c - see plan_page.h. */
#include "plan_page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static int complain(const char *path)
{
    say("%s: %s", path, strerror(errno));
    return EXIT_MACHINE;
}

/* A pipe or a device is written to; only a file can be replaced. */
static bool is_other(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* A new file in the folder of `path`: -1 and errno, or its descriptor and its name. */
static int make_beside(const char *path, char **name_out)
{
    const size_t size = strlen(path) + sizeof ".XXXXXX";
    char *name = need_memory(size, 1);
    int made;

    snprintf(name, size, "%s.XXXXXX", path);
    made = mkstemp(name);
    *name_out = name;
    return made;
}

/* The rights of the file that is replaced, or those of any new file. */
static void set_rights(int made, const char *path)
{
    const mode_t mask = umask(0);
    struct stat status;

    umask(mask);
    (void)!fchmod(made, stat(path, &status) == 0 ? status.st_mode & 0777 : 0666 & ~mask);
}

int plan_page_look(const char *path, taken *t)
{
    char *name;
    int made;

    if (!taken_spares_name(t, path))
        return EXIT_USAGE;
    if (access(path, F_OK) == 0 && access(path, W_OK) != 0)
        return complain(path);
    if (is_other(path)) {
        struct stat status;

        if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
            errno = EISDIR;
            return complain(path);
        }
        return EXIT_FINE;
    }
    if (!taken_replace(t, path))
        return EXIT_USAGE;
    made = make_beside(path, &name);
    if (made < 0) {
        free(name);
        return complain(path);
    }
    close(made);
    unlink(name);
    free(name);
    return EXIT_FINE;
}

/* All of it, on the disk; closes `out`. */
static bool put_page(FILE *out, const plan_result *result, bool keep)
{
    bool fine;

    plan_print_report(result, out);
    fine = fflush(out) == 0 && ferror(out) == 0 && (!keep || fsync(fileno(out)) == 0);
    return fclose(out) == 0 && fine;
}

static int write_over(const char *path, const plan_result *result)
{
    FILE *out = fopen(path, "w");

    return out != NULL && put_page(out, result, false) ? EXIT_FINE : complain(path);
}

int plan_page_write(const char *path, const plan_result *result)
{
    char *name, *real;
    int made, status = EXIT_FINE;
    FILE *out;

    if (is_other(path))
        return write_over(path, result);
    real = realpath(path, NULL); /* what a link leads to is replaced, not the link */
    made = make_beside(real != NULL ? real : path, &name);
    out = made >= 0 ? fdopen(made, "w") : NULL;
    if (made >= 0 && out == NULL)
        give_up("out of memory");
    if (made >= 0)
        set_rights(made, path);
    if (out == NULL || !put_page(out, result, true) ||
        rename(name, real != NULL ? real : path) != 0) {
        status = complain(path);
        if (made >= 0)
            unlink(name);
    }
    free(name);
    free(real);
    return status;
}
