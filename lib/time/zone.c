/* zone.c - civil arithmetic on a zone's list of shifts; see zone.h. */
#include "time/zone.h"

#include <assert.h>
#include <string.h>

#include "time/civil.h"

static bool is_part_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-';
}

/* Files that lie among the zones and are none: what this machine was set up with,
 * and the same zones once more in two notions of UTC. */
static bool depends_on_machine(const char *name)
{
    return strcmp(name, "localtime") == 0 || strcmp(name, "posixrules") == 0 ||
           strncmp(name, "posix/", 6) == 0 || strncmp(name, "right/", 6) == 0;
}

bool sla__zone_is_name(const char *name)
{
    int parts = 1;
    size_t letters = 0;

    if (depends_on_machine(name))
        return false;
    for (; *name != '\0'; name++) {
        if (*name == '/') {
            if (letters == 0 || ++parts > 3)
                return false;
            letters = 0;
        } else if (is_part_letter(*name)) {
            letters++;
        } else {
            return false;
        }
    }
    return letters > 0;
}

/* When another shift takes over. */
static sla_time end_of(const sla__zone *zone, size_t shift)
{
    return shift + 1 < zone->count ? zone->shifts[shift + 1].at : SLA_NEVER;
}

void sla__zone_index_plan(sla__zone *zone)
{
    sla__index_plan(&zone->ends, SLA_TIME_MIN, SLA_TIME_MAX - SLA_TIME_MIN, zone->count);
}

void sla__zone_index_fill(sla__zone *zone)
{
    size_t shift = 0;

    for (size_t cell = 0; cell <= zone->ends.cell_count; cell++) {
        while (end_of(zone, shift) <= sla__index_start(&zone->ends, cell))
            shift++;
        zone->ends.cells[cell] = (uint32_t)shift;
    }
}

size_t sla__zone_shift_at(const sla__zone *zone, sla_time at)
{
    size_t low = 0, high = zone->count;

    assert(zone->count > 0);
    if (zone->ends.cells != NULL && at >= SLA_TIME_MIN && at < SLA_TIME_MAX) {
        const uint32_t *cell = zone->ends.cells + sla__index_cell(&zone->ends, at);

        low = cell[0];
        high = (size_t)cell[1] + 1;
    }
    /* The last shift at or before `at` lies in [low, high). */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (zone->shifts[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t sla__zone_offset(const sla__zone *zone, sla_time at)
{
    return zone->shifts[sla__zone_shift_at(zone, at)].offset_s;
}

sla__civil sla__zone_civil(const sla__zone *zone, sla_time at)
{
    return sla__floor_div(at, SLA_SECOND) + sla__zone_offset(zone, at);
}

sla_time sla__zone_instant(const sla__zone *zone, sla__civil civil)
{
    /* No offset reaches 25 hours: shifts before this one are over by then. */
    const sla_time clock = civil * SLA_SECOND;
    size_t i = sla__zone_shift_at(zone, clock - 25 * SLA_HOUR);

    /* The first shift whose time is not over yet; when even its beginning is
     * later than the civil time, that one was skipped. */
    for (;; i++) {
        const sla_time at = clock - zone->shifts[i].offset_s * SLA_SECOND;

        if (i + 1 < zone->count && at >= zone->shifts[i + 1].at)
            continue;
        return at < zone->shifts[i].at && i > 0 ? zone->shifts[i].at : at;
    }
}
