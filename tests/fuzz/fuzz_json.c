/* Any bytes as JSON: a tree, or one complaint that has a place and a sentence. */
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sla__json json;
    sla_error error;
    int result;

    sla__error_clear(&error);
    result = sla__json_init(&json, (const char *)data, size, NULL, "input", SLA_ERR_POLICY, &error);
    if (result == SLA_OK)
        sla__json_fini(&json);
    else if (error.code != result || error.text[0] == '\0')
        abort();
    return 0;
}
