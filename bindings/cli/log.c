/* log.c - see log.h. */
#include "log.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "log_sink.h"
#include "output.h"
#include "plain.h"

enum { NOTICE_ROOM = 256 }; /* for the line that says what was dropped */

static bool as_json, more, never_waits;
static uint64_t dropped;

/* Of the line that is being written, when it never waits. */
static char *text_now;
static size_t length_now;

static const char *const levels[] = {"error", "warning", "info", "debug"};

void log_as_json(void)
{
    as_json = true;
}

bool log_is_json(void)
{
    return as_json;
}

void log_more(void)
{
    more = true;
}

/* ------------------------------------------------------------ where it goes */

FILE *log_begin(void)
{
    FILE *out = never_waits ? open_memstream(&text_now, &length_now) : stderr;

    return out != NULL ? out : stderr;
}

/* Before anything that comes after it. */
static void say_what_was_dropped(void)
{
    const uint64_t count = dropped;

    if (count == 0 || !log_sink_has_room(NOTICE_ROOM))
        return;
    dropped = 0;
    log_line(SLA_LOG_WARNING, "lines_dropped", "lines=%llu", (unsigned long long)count);
}

void log_end(FILE *out)
{
    char *text;
    size_t length;

    if (out == stderr)
        return;
    fclose(out);
    text = text_now;
    length = length_now;
    say_what_was_dropped();
    if (dropped > 0 || !log_sink_put(text, length))
        dropped++;
    free(text);
}

void log_go_on(void)
{
    log_sink_write();
    say_what_was_dropped();
}

int log_waits(void)
{
    return never_waits ? log_sink_waits() : -1;
}

static void drain(void)
{
    log_sink_drain();
    say_what_was_dropped();
}

void log_never_waits(void)
{
    if (never_waits || atexit(drain) != 0)
        return;
    log_sink_begin();
    never_waits = true;
}

/* ------------------------------------------------------------ what is said */

static bool is_wanted(sla_log_level level)
{
    return level <= SLA_LOG_WARNING || (more && level == SLA_LOG_INFO);
}

static void begin_json(FILE *out, sla_log_level level, const char *code)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    fputs("{\"time\":", out);
    put_json_instant(out, (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000);
    fprintf(out, ",\"level\":\"%s\",\"what\":", levels[level]);
    put_json_text(out, code);
}

/* Whole where there is memory for it. */
static void put_line(sla_log_level level, const char *code, const char *format, va_list arguments)
{
    char usual[1024], *longer = NULL;
    const char *text = usual;
    va_list again;
    FILE *out;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(usual, sizeof usual, format, arguments);
    if (length >= (int)sizeof usual && (longer = malloc((size_t)length + 1)) != NULL) {
        vsnprintf(longer, (size_t)length + 1, format, again);
        text = longer;
    }
    va_end(again);
    out = log_begin();
    if (as_json) {
        begin_json(out, level, code);
        fputs(",\"text\":", out);
        put_json_text(out, text);
        fputs("}\n", out);
    } else {
        tell(out, "sla: %s: %s: %s\n", levels[level], code, text);
    }
    log_end(out);
    free(longer);
}

void log_arguments(sla_log_level level, const char *code, const char *format, va_list arguments)
{
    if (is_wanted(level))
        put_line(level, code, format, arguments);
}

void log_told(const char *code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    put_line(SLA_LOG_INFO, code, format, arguments);
    va_end(arguments);
}

void log_line(sla_log_level level, const char *code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_arguments(level, code, format, arguments);
    va_end(arguments);
}

void log_error(sla_log_level level, const char *code, const sla_error *error)
{
    FILE *out;

    if (!is_wanted(level))
        return;
    if (!as_json) {
        say_error(error);
        return;
    }
    out = log_begin();
    begin_json(out, level, code);
    if (error->source[0] != '\0') {
        fputs(",\"source\":", out);
        put_json_text(out, error->source);
    }
    if (error->line > 0)
        fprintf(out, ",\"line\":%d", error->line);
    put_json_error(out, error);
    fputs("}\n", out);
    log_end(out);
}
