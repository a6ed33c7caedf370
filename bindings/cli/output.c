/* output.c - see output.h. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "plain.h"

enum { OUTPUT_BUFFER = 256 * 1024 };

void put_json_string(FILE *out, const char *text, size_t length)
{
    fputc('"', out);
    for (size_t i = 0; i < length;) {
        const unsigned char c = (unsigned char)text[i];
        const size_t step = utf8_length(text + i, length - i);

        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else if (step > 0)
            fwrite(text + i, 1, step, out);
        else
            fputs("\\ufffd", out);
        i += step > 0 ? step : 1;
    }
    fputc('"', out);
}

bool is_utf8(const char *text, size_t length)
{
    size_t step;

    for (size_t i = 0; i < length; i += step)
        if ((step = utf8_length(text + i, length - i)) == 0)
            return false;
    return true;
}

void put_json_base64(FILE *out, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = (const unsigned char *)bytes;

    fputc('"', out);
    for (size_t i = 0; i < length; i += 3) {
        const size_t left = length - i;
        const unsigned three = (unsigned)at[i] << 16 | (left > 1 ? (unsigned)at[i + 1] << 8 : 0U) |
                               (left > 2 ? (unsigned)at[i + 2] : 0U);

        fputc(digits[three >> 18], out);
        fputc(digits[three >> 12 & 63], out);
        fputc(left > 1 ? digits[three >> 6 & 63] : '=', out);
        fputc(left > 2 ? digits[three & 63] : '=', out);
    }
    fputc('"', out);
}

void put_json_text(FILE *out, const char *text)
{
    put_json_string(out, text, strlen(text));
}

void put_json_instant(FILE *out, sla_time time)
{
    char text[SLA_TIME_TEXT_MAX];

    if (sla_time_format(time, text, sizeof text) > 0)
        fprintf(out, "\"%s\"", text);
    else
        fputs("null", out);
}

void put_json_error(FILE *out, const sla_error *error)
{
    fprintf(out, ",\"code\":\"%s\"", sla_result_name(error->code));
    if (error->pointer[0] != '\0') {
        fputs(",\"pointer\":", out);
        put_json_text(out, error->pointer);
    }
    if (error->column > 0)
        fprintf(out, ",\"column\":%d", error->column);
    fputs(",\"error\":", out);
    put_json_text(out, error->text);
}

bool may_colour(FILE *out)
{
    const char *no = getenv("NO_COLOR");

    return (no == NULL || no[0] == '\0') && isatty(fileno(out)) != 0;
}

/* The file with what it held. */
static int open_whole(output *o)
{
    int descriptor = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    o->made = descriptor >= 0;
    if (descriptor < 0 && errno == EEXIST)
        descriptor = open(o->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    return descriptor;
}

static int complain(const output *o)
{
    say("%s: %s", o->path, strerror(errno));
    return EXIT_MACHINE;
}

static int open_file(output *o, taken *t)
{
    int descriptor;

    if (!taken_spares_name(t, o->path))
        return EXIT_USAGE;
    descriptor = open_whole(o);
    if (descriptor < 0)
        return complain(o);
    o->stream = fdopen(descriptor, "w");
    if (o->stream == NULL)
        give_up("out of memory");
    return taken_write(t, descriptor, o->path) ? EXIT_FINE : EXIT_USAGE;
}

int output_open(output *o, const char *path, taken *t)
{
    *o = (output){path, NULL, false};
    if (strcmp(path, "-") != 0)
        return open_file(o, t);
    o->stream = stdout;
    return EXIT_FINE;
}

int output_begin(output *o)
{
    struct stat status;

    if (o->stream == NULL)
        return EXIT_FINE;
    if (isatty(fileno(o->stream)) == 0)
        setvbuf(o->stream, NULL, _IOFBF, OUTPUT_BUFFER);
    if (o->stream == stdout)
        return EXIT_FINE;
    if (fstat(fileno(o->stream), &status) != 0 ||
        (S_ISREG(status.st_mode) && ftruncate(fileno(o->stream), 0) != 0))
        return complain(o);
    return EXIT_FINE;
}

void output_drop(output *o)
{
    if (o->stream == NULL || o->stream == stdout)
        return;
    fclose(o->stream);
    if (o->made)
        unlink(o->path);
    o->stream = NULL;
}

/* Why writing failed first: what is lost then leaves nothing to fail with later. */
static int first_trouble;

void output_flush(FILE *stream)
{
    if (fflush(stream) != 0 && first_trouble == 0)
        first_trouble = errno;
}

static bool end_stream(FILE *stream, const char *name)
{
    bool fine;

    output_flush(stream);
    fine = ferror(stream) == 0;
    if (stream != stdout && fclose(stream) != 0) {
        first_trouble = errno;
        fine = false;
    }
    if (!fine)
        say("%s: cannot be written%s%s", name, first_trouble != 0 ? ": " : "",
            first_trouble != 0 ? strerror(first_trouble) : "");
    return fine;
}

bool output_end(output *o)
{
    return o->stream == NULL || o->stream == stdout || end_stream(o->stream, o->path);
}

bool output_finish(void)
{
    return end_stream(stdout, "standard output");
}
