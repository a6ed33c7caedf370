/* common.c - see cli.h. */
#include "cli.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "plain.h"
#include "progress.h"

int exit_with(int one, int other)
{
    static const int order[] = {EXIT_MACHINE,     EXIT_HELD,    EXIT_INVALID, EXIT_USAGE,
                                EXIT_UNDELIVERED, EXIT_PARTIAL, EXIT_FINDING};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (one == order[i] || other == order[i])
            return order[i];
    return EXIT_FINE;
}

static void say_arguments(const char *format, va_list arguments)
{
    FILE *out;

    if (log_is_json()) {
        log_arguments(SLA_LOG_ERROR, "complaint", format, arguments);
        return;
    }
    progress_clear();
    out = log_begin();
    fputs("sla: ", out);
    tell_arguments(out, format, arguments);
    fputc('\n', out);
    log_end(out);
}

void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_arguments(format, arguments);
    va_end(arguments);
}

void give_up(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_arguments(format, arguments);
    va_end(arguments);
    exit(EXIT_MACHINE);
}

void say_error(const sla_error *error)
{
    char place[48] = "";

    if (log_is_json()) {
        log_error(SLA_LOG_ERROR, "complaint", error);
        return;
    }
    if (error->line > 0 && error->column > 0)
        snprintf(place, sizeof place, ":%d:%d", error->line, error->column);
    else if (error->line > 0)
        snprintf(place, sizeof place, ":%d", error->line);
    say("%s%s%s%s%s%s", error->source, place, error->source[0] != '\0' ? ": " : "", error->pointer,
        error->pointer[0] != '\0' ? ": " : "", error->text);
}

void *need_memory(size_t count, size_t size)
{
    void *block = calloc(count > 0 ? count : 1, size);

    if (block == NULL)
        give_up("out of memory");
    return block;
}

void *need_room(void *array, size_t *capacity, size_t count, size_t size)
{
    size_t wanted = *capacity + *capacity / 2;

    if (count <= *capacity)
        return array;
    if (wanted < count)
        wanted = count < 16 ? 16 : count;
    if (wanted > SIZE_MAX / size || (array = realloc(array, wanted * size)) == NULL)
        give_up("out of memory");
    *capacity = wanted;
    return array;
}

char *need_copy(const char *text, size_t length)
{
    char *copy = need_memory(length + 1, 1);

    if (length > 0) /* then `text` may be NULL */
        memcpy(copy, text, length);
    return copy;
}

bool is_attribute_name(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && ((text[at] >= 'a' && text[at] <= 'z') ||
                           (at > 0 && (text[at] == '_' || (text[at] >= '0' && text[at] <= '9')))))
        at++;
    return at == length && length > 0 && length <= SLA_NAME_MAX;
}

const char *instant_trouble(int result)
{
    return result == SLA_ERR_RANGE
               ? "lies outside the years 1900 to 2199"
               : "is not an instant with offset, such as 2026-03-02T09:00:00+08:00";
}

bool read_instant(const char *text, const char *option, sla_time *out)
{
    const int result = sla_time_parse(text, strlen(text), out);

    if (result != SLA_OK)
        say("%s: \"%s\" %s", option, text, instant_trouble(result));
    return result == SLA_OK;
}

bool read_timeout(const char *text, sla_duration *out)
{
    return sla_duration_parse(text, strlen(text), out) == SLA_OK && *out >= SLA_SECOND &&
           *out <= SLA_DAY;
}

bool read_offset(const char *text, int32_t *out)
{
    const char *digits = text + (text[0] == '+' || text[0] == '-');

    if (sla_time_of_day_parse(digits, strlen(digits), out) != SLA_OK || *out >= 24 * 3600)
        return false;
    if (text[0] == '-')
        *out = -*out;
    return true;
}
