/*
 * json_scan.h - a JSON text read once from front to back, without a tree.
 *
 * For what comes by the million and is flat.  The readers of documents that
 * people write stand on base/json.h instead; the messages here are as theirs.
 *
 *     sla__scan_init(&scan, text, length, room, sizeof room, error);
 *     if (sla__scan_object(&scan))
 *         while (sla__scan_member(&scan, &key))
 *             ... read or skip its value ...
 *     if (scan.result != SLA_OK) ...
 *
 * Whatever is wrong ends the reading: every call answers false, `result` says
 * why, and the first complaint is in `error` with pointer, line and column.
 */
#ifndef SLA_ENGINE_JSON_SCAN_H
#define SLA_ENGINE_JSON_SCAN_H

#include <stdbool.h>

#include <sla/engine.h>
#include <sla/error.h>

enum { SLA__SCAN_DEPTH_MAX = 16 };

typedef struct sla__scan {
    const char *text;
    const char *at;
    const char *end;
    char *room; /* for strings with escapes */
    size_t room_left;
    bool fresh;                           /* an object or array has just been opened */
    sla_string path[SLA__SCAN_DEPTH_MAX]; /* names of the members one stands in */
    int depth;
    int result;
    sla_error *error;
} sla__scan;

/* All of them outlive the scan; `error` may be NULL. */
void sla__scan_init(sla__scan *scan, const char *text, size_t length, char *room, size_t room_size,
                    sla_error *error);

/* Take the opening brace of an object. */
bool sla__scan_object(sla__scan *scan);

/* The next member of the object one is in: its name, then its value must be read
 * or skipped.  False at the end of the object, too. */
bool sla__scan_member(sla__scan *scan, sla_string *key_out);

/* Only white space is left. */
bool sla__scan_end(sla__scan *scan);

/* The first character of the value that comes next; NUL at the end. */
static inline char sla__scan_peek(sla__scan *scan)
{
    const char *at = scan->at;

    while (at < scan->end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    scan->at = at;
    return at < scan->end ? *at : '\0';
}

/* The value that comes next, as ... */
bool sla__scan_string(sla__scan *scan, sla_string *out);
bool sla__scan_integer(sla__scan *scan, int64_t *out);
bool sla__scan_bool(sla__scan *scan, bool *out);
bool sla__scan_null(sla__scan *scan);
bool sla__scan_skip(sla__scan *scan);

/* The string whose opening quote has been taken. */
bool sla__scan_take_string(sla__scan *scan, sla_string *out);

/* The string that begins here, with its quote. */
bool sla__scan_skip_string(sla__scan *scan);

/* "a string", "null" ...: what the value that comes next is. */
const char *sla__scan_kind(sla__scan *scan);

/* Complain that `what` ("a string") should come next and something else does; false. */
bool sla__scan_unexpected(sla__scan *scan, const char *what);

/* Complain about the byte `at` in the text (NULL: where one stands); false. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
bool sla__scan_complain(sla__scan *scan, int code, const char *at, const char *format, ...);

#endif
