/*
 * json.h - reading a JSON document that a person wrote.
 *
 * The text becomes a jansson tree, under limits.  What this adds is the
 * complaint: the reader knows where it stands (push, pop), so every error
 * carries a JSON pointer, and the line and column of that place, which are found
 * by scanning the text again, once, when they are needed.
 *
 *     if (sla__json_init(&json, text, length, NULL, source, SLA_ERR_POLICY, error) != SLA_OK)
 *         return ...;
 *     result = sla__json_get_text(&json, json.root, "version", SLA__REQUIRED, 64, &version);
 *
 * A get_ function looks a member up, stands on it while it is read, and steps
 * back; an as_ function reads the value one stands on.  All answer SLA_OK or the
 * code of the complaint they made.  An optional member that is absent leaves the
 * place for the answer as it was, so that the default is what stood there.
 *
 * Everywhere a member named `comment`, `$schema` or beginning with `x-` is
 * allowed and ignored; any other that is not read is an error.
 */
#ifndef SLA_BASE_JSON_H
#define SLA_BASE_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include <sla/error.h>

enum {
    SLA__JSON_BYTES_MAX = 1 << 20,
    SLA__JSON_DEPTH_MAX = 16,
    SLA__JSON_STEPS_MAX = 64 /* no reader stands deeper than this */
};

typedef struct sla__json_limits {
    size_t bytes;
    int depth;
} sla__json_limits;

typedef enum sla__json_need { SLA__OPTIONAL, SLA__REQUIRED } sla__json_need;

/* One step from a value to one inside it. */
typedef struct sla__json_step {
    const char *key; /* NULL: the step is an index */
    size_t index;
} sla__json_step;

typedef struct sla__json {
    json_t *root;
    const char *text;
    size_t length;
    const char *source;
    int code; /* of complaints about values */
    sla_error *error;
    int depth;
    sla__json_step steps[SLA__JSON_STEPS_MAX];
} sla__json;

/* Load `text`, which outlives the reader like `source` and `error` do.  NULL
 * limits are the defaults.  SLA_OK; SLA_ERR_SYNTAX; SLA_ERR_TOO_LONG;
 * SLA_ERR_NOMEM.  On error there is nothing to undo. */
int sla__json_init(sla__json *json, const char *text, size_t length, const sla__json_limits *limits,
                   const char *source, int code, sla_error *error);

void sla__json_fini(sla__json *json);

/* Where the reader stands.  Keys are borrowed until pop. */
void sla__json_push_key(sla__json *json, const char *key);
void sla__json_push_index(sla__json *json, size_t index);
void sla__json_pop(sla__json *json);

/* Complain about the place one stands on; returns json->code. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int sla__json_complain(sla__json *json, const char *format, ...);

/* The same with another code (SLA_ERR_ZONE, SLA_ERR_NOMEM ...), which is returned. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int sla__json_complain_as(sla__json *json, int code, const char *format, ...);

/* The same for the member `key` of the value one stands on. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int sla__json_complain_at(sla__json *json, const char *key, const char *format, ...);

/* Refuse every member of `object` that is neither in `known` nor free to all;
 * also refuses a value that is no object. */
int sla__json_check_members(sla__json *json, const json_t *object, const char *const *known,
                            size_t count);

/* Whether a member's name is one that everybody ignores (`comment`, `$schema`, `x-...`). */
bool sla__json_is_free_member(const char *key);

/* The value one stands on, as ... */
int sla__json_as_type(sla__json *json, const json_t *value, json_type type);
int sla__json_as_text(sla__json *json, const json_t *value, size_t max_bytes, const char **out);
int sla__json_as_name(sla__json *json, const json_t *value, const char **out);
int sla__json_as_int(sla__json *json, const json_t *value, int64_t min, int64_t max, int64_t *out);
int sla__json_as_bool(sla__json *json, const json_t *value, bool *out);
/* ... one of some words: its index in `words`. */
int sla__json_as_choice(sla__json *json, const json_t *value, const char *const *words,
                        size_t count, int *out);

/* The member `key` of `object`, one stands on `object`.  NULL when it is absent
 * and optional. */
int sla__json_get(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                  json_type type, json_t **out);
int sla__json_get_text(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       size_t max_bytes, const char **out);
int sla__json_get_name(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       const char **out);
int sla__json_get_int(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                      int64_t min, int64_t max, int64_t *out);
int sla__json_get_bool(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       bool *out);
int sla__json_get_choice(sla__json *json, const json_t *object, const char *key,
                         sla__json_need need, const char *const *words, size_t count, int *out);

/* The member `key`, or NULL; complains when it is absent and required.  For get_
 * functions of the floors above. */
int sla__json_find(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                   json_t **out);

/* The whole of a get_ function: looks the member `key` up and reads it with `call`, standing
 * on it. */
#define SLA__JSON_READ_MEMBER(call)                                                                \
    json_t *value;                                                                                 \
    int result = sla__json_find(json, object, key, need, &value);                                  \
                                                                                                   \
    if (result != SLA_OK || value == NULL)                                                         \
        return result;                                                                             \
    sla__json_push_key(json, key);                                                                 \
    result = call;                                                                                 \
    sla__json_pop(json);                                                                           \
    return result

/* Whether `text` is [a-z][a-z0-9_]{0,62}. */
bool sla__is_name(const char *text, size_t length);

#endif
