/* json.c - see json.h. */
#include "base/json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json_parse.h"
#include "base/json_place.h"

/* Whether a complaint made now would be the first. */
static bool is_first(const sla_error *error)
{
    return error != NULL && error->code == SLA_OK;
}

static void set_place(sla__json *json, int line, int column)
{
    snprintf(json->error->source, sizeof json->error->source, "%s", json->source);
    json->error->line = line;
    json->error->column = column;
}

/* A complaint about the text itself, at a byte. */
static int complain_about_text(sla__json *json, int code, size_t offset, const char *what)
{
    int line, column;

    if (is_first(json->error)) {
        sla__json_place_of(json->text, offset, &line, &column);
        set_place(json, line, column);
    }
    return sla__error_set(json->error, code, "", "%s", what);
}

/* What the parser would only call a value that it did not expect. */
static int check_encoding(sla__json *json)
{
    const char *nul = memchr(json->text, '\0', json->length);

    if (nul != NULL)
        return complain_about_text(json, SLA_ERR_SYNTAX, (size_t)(nul - json->text),
                                   "the text contains a NUL byte; remove it");
    if (json->length >= 3 && memcmp(json->text, "\xef\xbb\xbf", 3) == 0)
        return complain_about_text(json, SLA_ERR_SYNTAX, 0,
                                   "the text begins with a byte order mark; save it without one");
    return SLA_OK;
}

int sla__json_init(sla__json *json, const char *text, size_t length, const sla__json_limits *limits,
                   const char *source, int code, sla_error *error)
{
    const sla__json_limits standard = {SLA__JSON_BYTES_MAX, SLA__JSON_DEPTH_MAX};
    sla__json_trouble trouble = {0, NULL};
    int result;

    memset(json, 0, sizeof *json);
    json->text = text;
    json->length = length;
    json->source = source;
    json->code = code;
    json->error = error;
    if (limits == NULL)
        limits = &standard;
    if (length > limits->bytes) {
        if (is_first(error))
            set_place(json, 0, 0);
        return sla__error_set(error, SLA_ERR_TOO_LONG, "",
                              "the text has %zu bytes, more than the limit of %zu", length,
                              limits->bytes);
    }
    result = check_encoding(json);
    if (result == SLA_OK)
        result = sla__json_parse(text, length, limits->depth, &json->root, &trouble);
    if (result == SLA_ERR_NOMEM)
        sla__error_set(error, result, "", "%s", sla_result_text(result));
    else if (json->root == NULL)
        complain_about_text(json, result, trouble.offset, trouble.what);
    return result;
}

void sla__json_fini(sla__json *json)
{
    json_decref(json->root);
    json->root = NULL;
}

void sla__json_push_key(sla__json *json, const char *key)
{
    assert(json->depth < SLA__JSON_STEPS_MAX);
    json->steps[json->depth++] = (sla__json_step){key, 0};
}

void sla__json_push_index(sla__json *json, size_t index)
{
    assert(json->depth < SLA__JSON_STEPS_MAX);
    json->steps[json->depth++] = (sla__json_step){NULL, index};
}

void sla__json_pop(sla__json *json)
{
    assert(json->depth > 0);
    json->depth--;
}

static int complain_here(sla__json *json, int code, const char *format, va_list arguments)
{
    char pointer[sizeof json->error->pointer];
    char text[sizeof json->error->text];
    int line, column;

    if (!is_first(json->error))
        return code;
    sla__json_place_of(json->text,
                       sla__json_offset_of(json->text, json->length, json->steps, json->depth),
                       &line, &column);
    set_place(json, line, column);
    sla__json_pointer_of(json->steps, json->depth, pointer, sizeof pointer);
    vsnprintf(text, sizeof text, format, arguments);
    return sla__error_set(json->error, code, pointer, "%s", text);
}

int sla__json_complain(sla__json *json, const char *format, ...)
{
    va_list arguments;
    int code;

    va_start(arguments, format);
    code = complain_here(json, json->code, format, arguments);
    va_end(arguments);
    return code;
}

int sla__json_complain_as(sla__json *json, int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain_here(json, code, format, arguments);
    va_end(arguments);
    return code;
}

int sla__json_complain_at(sla__json *json, const char *key, const char *format, ...)
{
    va_list arguments;
    int code;

    sla__json_push_key(json, key);
    va_start(arguments, format);
    code = complain_here(json, json->code, format, arguments);
    va_end(arguments);
    sla__json_pop(json);
    return code;
}
