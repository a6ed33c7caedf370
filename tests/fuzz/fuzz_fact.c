/* fuzz_fact.c - any text to the reader of facts: a result of the contract, every
 * string inside the text or the buffer, and the same answer twice. */
#include <stdlib.h>
#include <string.h>

#include <sla/json.h>

static sla_fact_buffer buffer;

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static bool lies_in(sla_string string, const char *text, size_t length)
{
    return string.data >= text && string.data + string.length <= text + length;
}

static void check_string(sla_string string, const char *text, size_t length)
{
    demand(string.data == NULL || lies_in(string, text, length) ||
           lies_in(string, buffer.text, sizeof buffer.text));
}

static void check_fact(const sla_fact *fact, const char *text, size_t length)
{
    demand(fact->ticket.length > 0 && fact->ticket.length <= SLA_ID_MAX);
    demand(fact->name.length > 0 && fact->name.length <= SLA_NAME_MAX);
    demand(fact->occurred_at >= SLA_TIME_MIN && fact->occurred_at <= SLA_TIME_MAX);
    demand(fact->attribute_count <= SLA_FACT_ATTRIBUTES_MAX);
    check_string(fact->tenant, text, length);
    check_string(fact->id, text, length);
    check_string(fact->reason, text, length);
    for (size_t i = 0; i < fact->attribute_count; i++) {
        check_string(fact->attributes[i].name, text, length);
        check_string(fact->attributes[i].string, text, length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    sla_error error = {0};
    sla_fact fact;
    sla_time recorded_at;
    const int result = sla_fact_parse(text, size, &buffer, &fact, &recorded_at, &error);

    demand(result == error.code);
    if (result == SLA_OK)
        check_fact(&fact, text, size);
    demand(sla_fact_parse(text, size, &buffer, &fact, NULL, NULL) == result);
    return 0;
}
