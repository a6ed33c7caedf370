/* bundled.c - finding a bundled text by name; see sla/bundled.h. */
#include <sla/bundled.h>

#include <string.h>

#include "base/bundled.h"

static const char *find(const sla__bundled *entry, const char *name, size_t *length_out)
{
    for (; entry->name != NULL; entry++)
        if (strcmp(entry->name, name) == 0) {
            if (length_out != NULL)
                *length_out = entry->length;
            return entry->text;
        }
    return NULL;
}

static const char *name_of(const sla__bundled *entry, size_t number)
{
    while (entry->name != NULL && number > 0) {
        entry++;
        number--;
    }
    return entry->name;
}

const char *sla_bundled_calendar(const char *name, size_t *length_out)
{
    return find(sla__bundled_calendars, name, length_out);
}

const char *sla_bundled_policy(const char *name, size_t *length_out)
{
    return find(sla__bundled_policies, name, length_out);
}

const char *sla_bundled_calendar_name(size_t number)
{
    return name_of(sla__bundled_calendars, number);
}

const char *sla_bundled_policy_name(size_t number)
{
    return name_of(sla__bundled_policies, number);
}
