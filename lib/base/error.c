/* error.c - see error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *sla_result_name(int result)
{
    switch (result) {
#define NAME(name, value, text)                                                                    \
    case name:                                                                                     \
        return #name;
        SLA_RESULT_MAP(NAME)
#undef NAME
    default:
        return "SLA_ERR_UNKNOWN";
    }
}

const char *sla_result_text(int result)
{
    switch (result) {
#define TEXT(name, value, text)                                                                    \
    case name:                                                                                     \
        return text;
        SLA_RESULT_MAP(TEXT)
#undef TEXT
    default:
        return "an unknown result";
    }
}

void sla__error_clear(sla_error *error)
{
    if (error == NULL)
        return;
    error->code = error->line = error->column = 0;
    error->source[0] = error->pointer[0] = error->text[0] = '\0';
}

int sla__error_set(sla_error *error, int code, const char *pointer, const char *format, ...)
{
    va_list arguments;

    if (error == NULL || error->code != SLA_OK)
        return code;
    error->code = code;
    snprintf(error->pointer, sizeof error->pointer, "%s", pointer != NULL ? pointer : "");
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return code;
}
