/* attributes.c - see attributes.h. */
#include "store/attributes.h"

#include <sla/time.h>

void sla__instant_put(sla__json_out *out, const char *name, sla_time instant)
{
    if (instant >= SLA_TIME_MIN && instant <= SLA_TIME_MAX)
        sla__out_instant(out, name, instant);
    else
        sla__out_integer(out, name, instant);
}

static void put_value(sla__json_out *out, const sla_attribute *attribute)
{
    switch (attribute->type) {
    case SLA_VALUE_STRING:
        sla__out_string(out, NULL, attribute->string);
        break;
    case SLA_VALUE_INT:
        sla__out_integer(out, NULL, attribute->number);
        break;
    case SLA_VALUE_BOOL:
        sla__out_word(out, NULL, attribute->number != 0 ? "true" : "false");
        break;
    case SLA_VALUE_INSTANT:
        sla__instant_put(out, NULL, attribute->number);
        break;
    case SLA_VALUE_NONE:
        sla__out_word(out, NULL, "null");
        break;
    }
}

void sla__attributes_put(sla__json_out *out, const sla_attribute *attributes, size_t count,
                         bool nulls)
{
    for (size_t i = 0; i < count; i++) {
        if (attributes[i].type == SLA_VALUE_NONE && !nulls)
            continue;
        sla__out_name(out, attributes[i].name);
        put_value(out, &attributes[i]);
    }
}
