/* attributes.c - see attributes.h. */
#include "store/attributes.h"

static void put_value(sla__text *text, const sla_attribute *attribute)
{
    switch (attribute->type) {
    case SLA_VALUE_STRING:
        sla__text_string(text, NULL, attribute->string);
        break;
    case SLA_VALUE_INT:
        sla__text_number(text, NULL, attribute->number);
        break;
    case SLA_VALUE_BOOL:
        sla__text_literal(text, NULL, attribute->number != 0 ? "true" : "false");
        break;
    case SLA_VALUE_INSTANT:
        sla__text_instant(text, NULL, attribute->number);
        break;
    case SLA_VALUE_NONE:
        sla__text_literal(text, NULL, "null");
        break;
    }
}

void sla__attributes_put(sla__text *text, const sla_attribute *attributes, size_t count, bool nulls)
{
    for (size_t i = 0; i < count; i++) {
        if (attributes[i].type == SLA_VALUE_NONE && !nulls)
            continue;
        sla__text_name(text, attributes[i].name);
        put_value(text, &attributes[i]);
    }
}
