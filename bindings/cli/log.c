/* log.c - see log.h. */
#include "log.h"

#include <stdio.h>
#include <time.h>

#include "cli.h"
#include "output.h"
#include "plain.h"

static bool as_json, more;

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

static bool is_wanted(sla_log_level level)
{
    return level <= SLA_LOG_WARNING || (more && level == SLA_LOG_INFO);
}

static void begin_json(sla_log_level level, const char *code)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    fputs("{\"time\":", stderr);
    put_json_instant(stderr, (sla_time)now.tv_sec * SLA_SECOND + now.tv_nsec / 1000);
    fprintf(stderr, ",\"level\":\"%s\",\"what\":", levels[level]);
    put_json_text(stderr, code);
}

void log_arguments(sla_log_level level, const char *code, const char *format, va_list arguments)
{
    char text[1024];

    if (!is_wanted(level))
        return;
    vsnprintf(text, sizeof text, format, arguments);
    if (!as_json) {
        tell(stderr, "sla: %s: %s: %s\n", levels[level], code, text);
        return;
    }
    begin_json(level, code);
    fputs(",\"text\":", stderr);
    put_json_text(stderr, text);
    fputs("}\n", stderr);
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
    if (!is_wanted(level))
        return;
    if (!as_json) {
        say_error(error);
        return;
    }
    begin_json(level, code);
    if (error->source[0] != '\0') {
        fputs(",\"source\":", stderr);
        put_json_text(stderr, error->source);
    }
    if (error->line > 0)
        fprintf(stderr, ",\"line\":%d", error->line);
    put_json_error(stderr, error);
    fputs("}\n", stderr);
}
