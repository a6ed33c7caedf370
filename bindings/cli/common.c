/* common.c - see cli.h. */
#include "cli.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "progress.h"

static void say_arguments(const char *format, va_list arguments)
{
    progress_clear();
    fputs("sla: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
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

    if (error->line > 0)
        snprintf(place, sizeof place, ":%d:%d", error->line, error->column);
    say("%s%s: %s%s%s", error->source, place, error->pointer, error->pointer[0] != '\0' ? ": " : "",
        error->text);
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

bool read_instant(const char *text, const char *option, sla_time *out)
{
    if (sla_time_parse(text, strlen(text), out) == SLA_OK)
        return true;
    say("%s: \"%s\" is not an instant with offset, such as 2026-03-02T09:00:00+08:00", option,
        text);
    return false;
}
