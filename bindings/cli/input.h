/* input.h - files: whole ones, and those that are read line by line. */
#ifndef SLA_CLI_INPUT_H
#define SLA_CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_MAX_BYTES = 1 << 20 };

/* The whole file into memory that the caller frees; false, and the errno in
 * `*trouble_out`, when it cannot be read. */
bool input_whole(const char *path, char **text_out, size_t *length_out, int *trouble_out);

typedef struct line {
    const char *text; /* without its end; borrowed until the next one */
    size_t length;
    size_t number; /* from 1 */
    bool too_long; /* more than LINE_MAX_BYTES: `text` is its beginning */
} line;

typedef struct input {
    const char *name;
    int descriptor;
    char *buffer;
    size_t capacity, start, end;
    size_t lines;
    uint64_t bytes; /* taken so far */
    uint64_t total; /* of a regular file, else 0 */
    bool ended;
    bool skipping; /* the rest of a line that is too long comes first */
} input;

/* `path` NULL or "-" is standard input.  False, and a complaint, when it cannot
 * be opened. */
bool input_open(input *in, const char *path);

/* Whether it can be opened, before anything else is done; a complaint when not. */
bool input_is_there(const char *path);
void input_close(input *in);

/* The next line that is not blank; false at the end.  A read that fails ends the
 * program. */
bool input_line(input *in, line *out);

/* Whether another line can be had without waiting.  Who answers lines writes out
 * what he has before he waits, so that two programs can talk through pipes. */
bool input_ready(const input *in);

#endif
