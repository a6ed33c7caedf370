/* json_read.c - typed values out of a JSON document; see json.h. */
#include "base/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *type_name(json_type type)
{
    switch (type) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a number with a fraction";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        break;
    }
    return "null";
}

/* ------------------------------------------------------------ members */

bool sla__json_is_free_member(const char *key)
{
    return strncmp(key, "x-", 2) == 0 || strcmp(key, "comment") == 0 || strcmp(key, "$schema") == 0;
}

static int min3(int a, int b, int c)
{
    const int least = a < b ? a : b;

    return least < c ? least : c;
}

/* How many letters must change to make one word of the other; many when they are long. */
static int distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    const size_t columns = strlen(b);
    int row[LONGEST + 1];

    if (strlen(a) > LONGEST || columns > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= columns; j++)
        row[j] = (int)j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        int diagonal = row[0];

        row[0] = (int)i + 1;
        for (size_t j = 0; j < columns; j++) {
            const int changed = diagonal + (a[i] != b[j]);

            diagonal = row[j + 1];
            row[j + 1] = min3(changed, row[j] + 1, diagonal + 1);
        }
    }
    return row[columns];
}

/* The word that was probably meant, or NULL. */
static const char *nearest(const char *word, const char *const *words, size_t count)
{
    const char *best = NULL;
    /* Two letters may be wrong, in a word of two only one: else it means any other. */
    int least = strlen(word) > 2 ? 3 : 2;

    for (size_t i = 0; i < count; i++) {
        const int d = distance(word, words[i]);

        if (d < least) {
            least = d;
            best = words[i];
        }
    }
    return best;
}

/* The words with commas between; where they do not fit, "..." for the rest. */
static void list_words(const char *const *words, size_t count, char *buffer, size_t size)
{
    size_t used = 0;

    buffer[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (used + strlen(words[i]) + sizeof ", , ..." > size) {
            snprintf(buffer + used, size - used, ", ...");
            return;
        }
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i > 0 ? ", " : "", words[i]);
    }
}

static int complain_unknown(sla__json *json, const char *key, const char *const *known,
                            size_t count)
{
    const char *meant = nearest(key, known, count);
    char list[288];

    if (meant != NULL)
        return sla__json_complain_at(json, key, "unknown member; did you mean \"%s\"?", meant);
    list_words(known, count, list, sizeof list);
    return sla__json_complain_at(json, key, "unknown member; known here: %s", list);
}

int sla__json_check_members(sla__json *json, const json_t *object, const char *const *known,
                            size_t count)
{
    const int result = sla__json_as_type(json, object, JSON_OBJECT);
    void *member;

    if (result != SLA_OK)
        return result;
    for (member = json_object_iter((json_t *)object); member != NULL;
         member = json_object_iter_next((json_t *)object, member)) {
        const char *key = json_object_iter_key(member);
        size_t i = 0;

        while (i < count && strcmp(key, known[i]) != 0)
            i++;
        if (i == count && !sla__json_is_free_member(key))
            return complain_unknown(json, key, known, count);
    }
    return SLA_OK;
}

/* ------------------------------------------------------------ the value one stands on */

int sla__json_as_type(sla__json *json, const json_t *value, json_type type)
{
    if (json_typeof(value) == type)
        return SLA_OK;
    return sla__json_complain(json, "%s is expected here, not %s", type_name(type),
                              type_name(json_typeof(value)));
}

int sla__json_as_text(sla__json *json, const json_t *value, size_t max_bytes, const char **out)
{
    const int result = sla__json_as_type(json, value, JSON_STRING);
    const char *text;

    if (result != SLA_OK)
        return result;
    text = json_string_value(value);
    if (text[0] == '\0')
        return sla__json_complain(json, "the text is empty");
    if (json_string_length(value) > max_bytes)
        return sla__json_complain(json, "the text has %zu bytes, more than the limit of %zu",
                                  json_string_length(value), max_bytes);
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return sla__json_complain(json, "the text contains a control character (%d)", *c);
    *out = text;
    return SLA_OK;
}

bool sla__is_name(const char *text, size_t length)
{
    if (length == 0 || length > SLA_NAME_MAX || text[0] < 'a' || text[0] > 'z')
        return false;
    for (size_t i = 1; i < length; i++) {
        const char c = text[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}

int sla__json_as_name(sla__json *json, const json_t *value, const char **out)
{
    const int result = sla__json_as_type(json, value, JSON_STRING);

    if (result != SLA_OK)
        return result;
    if (!sla__is_name(json_string_value(value), json_string_length(value)))
        return sla__json_complain(json, "a name begins with a letter a-z and goes on with a-z, 0-9 "
                                        "and _, 63 characters at most; other letters belong into "
                                        "\"display\"");
    *out = json_string_value(value);
    return SLA_OK;
}

int sla__json_as_int(sla__json *json, const json_t *value, int64_t min, int64_t max, int64_t *out)
{
    const int result = sla__json_as_type(json, value, JSON_INTEGER);
    int64_t number;

    if (result != SLA_OK)
        return result;
    number = json_integer_value(value);
    if (number < min || number > max)
        return sla__json_complain(json, "%lld is outside %lld to %lld", (long long)number,
                                  (long long)min, (long long)max);
    *out = number;
    return SLA_OK;
}

int sla__json_as_bool(sla__json *json, const json_t *value, bool *out)
{
    if (!json_is_boolean(value))
        return sla__json_complain(json, "true or false is expected here, not %s",
                                  type_name(json_typeof(value)));
    *out = json_is_true(value);
    return SLA_OK;
}

int sla__json_as_choice(sla__json *json, const json_t *value, const char *const *words,
                        size_t count, int *out)
{
    const int result = sla__json_as_type(json, value, JSON_STRING);
    char list[240];

    if (result != SLA_OK)
        return result;
    for (size_t i = 0; i < count; i++)
        if (strcmp(json_string_value(value), words[i]) == 0) {
            *out = (int)i;
            return SLA_OK;
        }
    list_words(words, count, list, sizeof list);
    return sla__json_complain(json, "\"%.40s\" is not one of: %s", json_string_value(value), list);
}

/* ------------------------------------------------------------ members by name */

int sla__json_find(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                   json_t **out)
{
    const int result = sla__json_as_type(json, object, JSON_OBJECT);

    *out = NULL;
    if (result != SLA_OK)
        return result;
    *out = json_object_get(object, key);
    if (*out == NULL && need == SLA__REQUIRED)
        return sla__json_complain(json, "the member \"%s\" is missing", key);
    return SLA_OK;
}

static int as_itself(sla__json *json, json_t *value, json_type type, json_t **out)
{
    const int result = sla__json_as_type(json, value, type);

    if (result == SLA_OK)
        *out = value;
    return result;
}

int sla__json_get(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                  json_type type, json_t **out)
{
    *out = NULL;
    SLA__JSON_READ_MEMBER(as_itself(json, value, type, out));
}

int sla__json_get_text(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       size_t max_bytes, const char **out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_text(json, value, max_bytes, out));
}

int sla__json_get_name(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       const char **out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_name(json, value, out));
}

int sla__json_get_int(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                      int64_t min, int64_t max, int64_t *out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_int(json, value, min, max, out));
}

int sla__json_get_bool(sla__json *json, const json_t *object, const char *key, sla__json_need need,
                       bool *out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_bool(json, value, out));
}

int sla__json_get_choice(sla__json *json, const json_t *object, const char *key,
                         sla__json_need need, const char *const *words, size_t count, int *out)
{
    SLA__JSON_READ_MEMBER(sla__json_as_choice(json, value, words, count, out));
}
