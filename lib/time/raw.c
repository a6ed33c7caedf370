/* raw.c - the raw calendar's own bookkeeping; see raw.h. */
#include "time/raw.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

const char *sla__entry_list(sla__entry_kind kind)
{
    static const char *const lists[] = {"holidays", "makeup", "special", "breaks"};

    return lists[kind];
}

void sla__raw_fini(sla__raw *raw)
{
    sla__free(raw->allocator, raw->hours);
    sla__free(raw->allocator, raw->entries);
    raw->hours = NULL;
    raw->entries = NULL;
}

int sla__raw_put_hours(sla__raw *raw, sla__hours_range *range, sla__hours hours)
{
    void *pool = raw->hours;
    size_t at;

    assert(range->first + range->count == raw->hours_count);
    if (!sla__grow(raw->allocator, &pool, &raw->hours_capacity, raw->hours_count + 1,
                   sizeof *raw->hours))
        return SLA_ERR_NOMEM;
    raw->hours = pool;
    for (at = raw->hours_count; at > range->first && raw->hours[at - 1].start > hours.start; at--)
        raw->hours[at] = raw->hours[at - 1];
    raw->hours[at] = hours;
    raw->hours_count++;
    range->count++;
    if (at > range->first && raw->hours[at - 1].end > hours.start)
        return SLA_ERR_EXISTS;
    if (at + 1 < raw->hours_count && raw->hours[at + 1].start < hours.end)
        return SLA_ERR_EXISTS;
    return SLA_OK;
}

int sla__raw_complain(sla__json *json, const sla__entry *entry, const char *member,
                      const char *format, ...)
{
    char text[256];
    va_list arguments;
    int result;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(json->depth == 0);
    sla__json_push_key(json, sla__entry_list(entry->kind));
    sla__json_push_index(json, entry->index);
    if (member != NULL)
        sla__json_push_key(json, member);
    result = sla__json_complain(json, "%s", text);
    json->depth = 0;
    return result;
}
