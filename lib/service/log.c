/* log.c - see log.h. */
#include "service/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "service/service.h"

static const struct {
    sla_log_level level;
    const char *code;
} codes[] = {
#define ROW(name, level, code, meaning) {SLA_LOG_##level, code},
    SLA__LOG_MAP(ROW)
#undef ROW
};

void sla__log_words(char *words, size_t size, const char *text)
{
    size_t i = 0;

    for (; text[i] != '\0' && i + 1 < size; i++)
        words[i] = (char)(text[i] == '"' ? '\'' : (unsigned char)text[i] < ' ' ? ' ' : text[i]);
    words[i] = '\0';
}

void sla__log(const sla_service *service, sla__log_code code, const char *format, ...)
{
    char text[SLA__WORDS_MAX + 256];
    va_list arguments;

    if (service->options.log == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    service->options.log(service->options.log_context, codes[code].level, codes[code].code, text);
}
