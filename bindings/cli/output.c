/* output.c - see output.h. */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { OUTPUT_BUFFER = 256 * 1024 };

/* The length of the UTF-8 sequence at `at`, 0 when it is none. */
static size_t sequence_length(const unsigned char *at, size_t left)
{
    const size_t length = at[0] < 0x80   ? 1
                          : at[0] < 0xc2 ? 0
                          : at[0] < 0xe0 ? 2
                          : at[0] < 0xf0 ? 3
                          : at[0] < 0xf5 ? 4
                                         : 0;

    if (length < 2)
        return length;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return length;
}

void put_json_string(FILE *out, const char *text, size_t length)
{
    fputc('"', out);
    for (size_t i = 0; i < length;) {
        const unsigned char c = (unsigned char)text[i];
        const size_t step = sequence_length((const unsigned char *)text + i, length - i);

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

FILE *output_open(const char *path)
{
    FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");

    if (out == NULL)
        say("%s: %s", path, strerror(errno));
    else if (isatty(fileno(out)) == 0)
        setvbuf(out, NULL, _IOFBF, OUTPUT_BUFFER);
    return out;
}

bool output_finish(FILE *out, const char *name)
{
    bool fine = fflush(out) == 0 && ferror(out) == 0;

    if (out != stdout)
        fine = fclose(out) == 0 && fine;
    if (!fine)
        say("%s: cannot be written: %s", name, strerror(errno));
    return fine;
}
