/* metrics_file.c - see metrics_file.h. */
#include "metrics_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "log.h"

static void put_counter(FILE *out, const char *name, const char *help, uint64_t value)
{
    fprintf(out, "# HELP sla_run_%s %s\n# TYPE sla_run_%s counter\nsla_run_%s %" PRIu64 "\n", name,
            help, name, name, value);
}

static void put_service(FILE *out, const sla_service *service)
{
    size_t length = sla_metrics_text(service, NULL, 0), capacity;
    char *text;

    do { /* the figures may have grown by a digit in between */
        capacity = length + 1;
        text = need_memory(capacity, 1);
        length = sla_metrics_text(service, text, capacity);
        if (length >= capacity)
            free(text);
    } while (length >= capacity);
    fwrite(text, 1, length, out);
    free(text);
}

static void put_all(FILE *out, const sla_service *service, const feed *f, const jobs *j)
{
    put_service(out, service);
    put_counter(out, "lines_total", "Lines read from standard input.", f->lines);
    put_counter(out, "lines_refused_total", "Lines that were refused.", f->refused);
    if (j == NULL)
        return;
    put_counter(out, "exec_started_total", "Programs started for events.", j->started);
    put_counter(out, "exec_failed_total", "Programs that did not acknowledge.", j->failed);
}

bool metrics_file_can_be(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? need_copy(".", 1) : need_copy(path, (size_t)(slash - path) + 1);
    struct stat status;
    bool fine = false;

    if (path[0] == '\0')
        say("--metrics: the name of a file is missing");
    else if (stat(folder, &status) != 0)
        say("--metrics: %s: the folder %s: %s", path, folder, strerror(errno));
    else if (slash != NULL && slash[1] == '\0')
        say("--metrics: %s: is a folder; name a file in it", path);
    else if (access(folder, W_OK | X_OK) != 0)
        say("--metrics: %s: the folder %s cannot be written to: %s", path, folder, strerror(errno));
    else
        fine = true;
    free(folder);
    return fine;
}

/* A new file beside `path` that everybody may read; NULL and errno. */
static FILE *make_beside(const char *path, char **name_out)
{
    const size_t size = strlen(path) + sizeof ".XXXXXX";
    char *name = need_memory(size, 1);
    int made;
    FILE *out;

    snprintf(name, size, "%s.XXXXXX", path);
    made = mkstemp(name);
    if (made < 0) {
        free(name);
        return NULL;
    }
    fchmod(made, 0644);
    out = fdopen(made, "w");
    if (out == NULL)
        give_up("out of memory");
    *name_out = name;
    return out;
}

bool metrics_file_write(const char *path, const sla_service *service, const feed *f, const jobs *j)
{
    char *name = NULL;
    FILE *out = make_beside(path, &name);
    bool fine = out != NULL;

    if (fine) {
        put_all(out, service, f, j);
        fine = ferror(out) == 0;
        fine = fclose(out) == 0 && fine && rename(name, path) == 0;
    }
    if (!fine) {
        log_line(SLA_LOG_WARNING, "metrics_failed", "file=%s error=%s", path, strerror(errno));
        if (name != NULL)
            unlink(name);
    }
    free(name);
    return fine;
}
