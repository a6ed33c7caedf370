/* Any bytes as an instant, a span, a date, a time of day: refused, or read so
 * that printing and reading again gives the same value. */
#include <stdint.h>
#include <stdlib.h>

#include <sla/time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void instant(const char *text, size_t size)
{
    char printed[SLA_TIME_TEXT_MAX];
    sla_time first, second;

    if (sla_time_parse(text, size, &first) == SLA_OK &&
        (sla_time_parse(printed, sla_time_format(first, printed, sizeof printed), &second) !=
             SLA_OK ||
         first != second))
        abort();
}

static void span(const char *text, size_t size)
{
    char printed[SLA_TIME_TEXT_MAX];
    sla_duration first, second;

    if (sla_duration_parse(text, size, &first) == SLA_OK &&
        (sla_duration_parse(printed, sla_duration_format(first, printed, sizeof printed),
                            &second) != SLA_OK ||
         first != second))
        abort();
}

static void date(const char *text, size_t size)
{
    char printed[SLA_TIME_TEXT_MAX];
    int32_t first, second;

    if (sla_date_parse(text, size, &first) == SLA_OK &&
        (sla_date_parse(printed, sla_date_format(first, printed, sizeof printed), &second) !=
             SLA_OK ||
         first != second))
        abort();
}

static void time_of_day(const char *text, size_t size)
{
    char printed[SLA_TIME_TEXT_MAX];
    int32_t first, second;

    if (sla_time_of_day_parse(text, size, &first) == SLA_OK &&
        (sla_time_of_day_parse(printed, sla_time_of_day_format(first, printed, sizeof printed),
                               &second) != SLA_OK ||
         first != second))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    instant(text, size);
    span(text, size);
    date(text, size);
    time_of_day(text, size);
    return 0;
}
