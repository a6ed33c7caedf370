/* csv.c - see csv.h. */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"

void csv_init(csv *c, char *text, size_t length, char separator)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some programs put it before UTF-8 */

    memset(c, 0, sizeof *c);
    c->text = text;
    c->length = length;
    c->line = 1;
    c->separator = separator;
    if (length >= 3 && memcmp(text, mark, 3) == 0)
        c->at = 3;
}

void csv_fini(csv *c)
{
    free(c->fields);
}

static void put_field(csv *c, size_t from, size_t to)
{
    c->fields = need_room(c->fields, &c->capacity, c->count + 1, sizeof *c->fields);
    c->fields[c->count++] = (csv_field){c->text + from, to - from};
}

/* Up to the separator or the end of the line. */
static void take_plain(csv *c)
{
    const size_t from = c->at;

    while (c->at < c->length && c->text[c->at] != c->separator && c->text[c->at] != '\n')
        c->at++;
    put_field(c, from,
              c->at > from && c->text[c->at - 1] == '\r' &&
                      (c->at == c->length || c->text[c->at] == '\n')
                  ? c->at - 1
                  : c->at);
}

/* Between quotes, of which two stand for one; false, and why. */
static bool take_quoted(csv *c)
{
    const size_t from = ++c->at;
    size_t to = from;

    for (;; c->text[to++] = c->text[c->at++]) {
        if (c->at == c->length) {
            c->trouble = "a quote is not closed";
            return false;
        }
        if (c->text[c->at] == '"' && (++c->at == c->length || c->text[c->at] != '"'))
            break;
        c->line += c->text[c->at] == '\n';
    }
    put_field(c, from, to);
    if (c->at < c->length && c->text[c->at] == '\r')
        c->at++;
    if (c->at == c->length || c->text[c->at] == c->separator || c->text[c->at] == '\n')
        return true;
    c->trouble = "behind a closing quote comes neither a separator nor the end of the line";
    return false;
}

static bool take_row(csv *c)
{
    c->count = 0;
    c->row = c->line;
    for (;; c->at++) {
        if (c->at < c->length && c->text[c->at] == '"') {
            if (!take_quoted(c))
                return false;
        } else {
            take_plain(c);
        }
        if (c->at == c->length)
            return true;
        if (c->text[c->at] == '\n')
            break;
    }
    c->at++;
    c->line++;
    return true;
}

bool csv_next(csv *c)
{
    while (c->trouble == NULL && c->at < c->length) {
        if (!take_row(c))
            return false;
        if (c->count > 1 || c->fields[0].length > 0)
            return true;
    }
    return false;
}
