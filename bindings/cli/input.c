/* input.c - see input.h. */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

enum { CHUNK = 256 * 1024 };

/* False, and errno, when there is nothing to read from. */
static bool begin(input *in, const char *path)
{
    struct stat status;

    memset(in, 0, sizeof *in);
    if (path == NULL || strcmp(path, "-") == 0) {
        in->name = "standard input";
        in->descriptor = STDIN_FILENO;
    } else {
        in->name = path;
        in->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (in->descriptor < 0 || fstat(in->descriptor, &status) != 0)
        return false;
    if (S_ISREG(status.st_mode))
        in->total = (uint64_t)status.st_size;
    in->capacity = CHUNK;
    in->buffer = need_memory(in->capacity, 1);
    return true;
}

bool input_open(input *in, const char *path)
{
    if (begin(in, path))
        return true;
    say("%s: %s", in->name, strerror(errno));
    return false;
}

bool input_is_there(const char *path)
{
    struct stat status = {0};
    input in;

    /* Who writes into a pipe would take a look for a reader that went away. */
    if (path == NULL || strcmp(path, "-") == 0 ||
        (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)))
        return true;
    if (!input_open(&in, path))
        return false;
    if (S_ISDIR(status.st_mode))
        say("%s: %s", path, strerror(EISDIR));
    input_close(&in);
    return !S_ISDIR(status.st_mode);
}

void input_close(input *in)
{
    if (in->descriptor != STDIN_FILENO)
        close(in->descriptor);
    free(in->buffer);
    in->buffer = NULL;
}

/* More bytes behind those that are there; false, and errno, when none can be had. */
static bool fill(input *in)
{
    ssize_t got;

    if (in->start > 0) {
        memmove(in->buffer, in->buffer + in->start, in->end - in->start);
        in->end -= in->start;
        in->start = 0;
    }
    if (in->end == in->capacity)
        in->buffer = need_room(in->buffer, &in->capacity, in->end + CHUNK, 1);
    do
        got = read(in->descriptor, in->buffer + in->end, in->capacity - in->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    in->end += (size_t)got;
    in->ended = got == 0;
    return true;
}

static void need_more(input *in)
{
    if (!fill(in))
        give_up("%s: %s", in->name, strerror(errno));
}

bool input_whole(const char *path, char **text_out, size_t *length_out, int *trouble_out)
{
    input in;

    if (!begin(&in, path)) {
        *trouble_out = errno;
        return false;
    }
    while (!in.ended)
        if (!fill(&in)) {
            *trouble_out = errno;
            input_close(&in);
            return false;
        }
    *text_out = in.buffer;
    *length_out = in.end;
    in.buffer = NULL;
    input_close(&in);
    return true;
}

/* Where the line that begins at `start` ends; NULL while that is not known. */
static const char *line_end(input *in, size_t *searched)
{
    const char *from = in->buffer + in->start + *searched;
    const char *end = memchr(from, '\n', in->end - in->start - *searched);

    *searched = in->end - in->start;
    return end;
}

/* The raw line with its newline, cut where it is too long; false at the end. */
static bool take_line(input *in, line *out)
{
    const char *end;
    size_t searched = 0;

    out->too_long = false;
    while ((end = line_end(in, &searched)) == NULL && !in->ended && searched <= LINE_MAX_BYTES)
        need_more(in);
    if (end == NULL && searched == 0)
        return false;
    out->text = in->buffer + in->start;
    out->length = end != NULL ? (size_t)(end - out->text) : searched;
    in->start += out->length + (end != NULL);
    in->bytes += out->length + (end != NULL);
    if (out->length > LINE_MAX_BYTES) {
        out->too_long = true;
        out->length = LINE_MAX_BYTES;
    }
    return true;
}

/* What is left of a line that is longer than any may be. */
static void skip_rest(input *in)
{
    const char *end;

    while ((end = memchr(in->buffer + in->start, '\n', in->end - in->start)) == NULL) {
        in->bytes += in->end - in->start;
        in->start = in->end;
        if (in->ended)
            return;
        need_more(in);
    }
    in->bytes += (size_t)(end + 1 - in->buffer) - in->start;
    in->start = (size_t)(end + 1 - in->buffer);
}

static bool is_blank(const line *l)
{
    for (size_t i = 0; i < l->length; i++)
        if (l->text[i] != ' ' && l->text[i] != '\t' && l->text[i] != '\r')
            return false;
    return true;
}

bool input_line(input *in, line *out)
{
    do {
        if (in->skipping)
            skip_rest(in);
        in->skipping = false;
        if (!take_line(in, out))
            return false;
        in->skipping = out->too_long && in->buffer[in->start - 1] != '\n';
        out->number = ++in->lines;
    } while (is_blank(out));
    return true;
}

bool input_ready(const input *in)
{
    return memchr(in->buffer + in->start, '\n', in->end - in->start) != NULL;
}
