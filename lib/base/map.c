/* map.c - see map.h.  Linear probing; removal shifts back, so there are no tombstones. */
#include "base/map.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

static uint64_t four_bytes(const unsigned char *at)
{
    uint32_t bytes;

    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/* Up to seven bytes as a number, read at fixed widths that overlap: copying so many
 * as there are costs more than the rest of the hash. */
static uint64_t few_bytes(const unsigned char *at, size_t length)
{
    if (length >= 4)
        return four_bytes(at) | four_bytes(at + length - 4) << 32;
    return (uint64_t)at[0] | (uint64_t)at[length / 2] << 8 | (uint64_t)at[length - 1] << 16;
}

uint32_t sla__hash(const void *bytes, size_t length, uint32_t seed)
{
    const unsigned char *at = bytes;
    uint64_t hash = (uint64_t)seed * 0x9e3779b97f4a7c15u + length;

    for (; length >= 8; length -= 8, at += 8) {
        hash = (hash ^ four_bytes(at) ^ four_bytes(at + 4) << 32) * 0xd6e8feb86659fd93u;
        hash ^= hash >> 32;
    }
    if (length > 0) {
        hash = (hash ^ few_bytes(at, length)) * 0xd6e8feb86659fd93u;
        hash ^= hash >> 32;
    }
    hash *= 0xd6e8feb86659fd93u;
    return (uint32_t)(hash >> 32);
}

/* At most three quarters full: beyond it linear probing gets long runs. */
static bool has_room(size_t capacity, size_t count)
{
    return count <= capacity / 4 * 3;
}

void sla__map_fini(sla__map *map, const sla_allocator *allocator)
{
    sla__free(allocator, map->entries);
    memset(map, 0, sizeof *map);
}

static sla__map_entry *new_entries(const sla_allocator *allocator, size_t capacity)
{
    sla__map_entry *entries = sla__new(allocator, capacity, sizeof *entries);

    if (entries != NULL)
        memset(entries, 0xff, capacity * sizeof *entries);
    return entries;
}

bool sla__map_reserve(sla__map *map, const sla_allocator *allocator, size_t count)
{
    sla__map grown = {NULL, 8, 0};

    if (has_room(map->capacity, count))
        return true;
    while (!has_room(grown.capacity, count)) {
        if (grown.capacity > SIZE_MAX / 2)
            return false;
        grown.capacity *= 2;
    }
    grown.entries = new_entries(allocator, grown.capacity);
    if (grown.entries == NULL)
        return false;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->entries[i].value != SLA__MAP_NONE)
            sla__map_put(&grown, map->entries[i].hash, map->entries[i].value);
    sla__free(allocator, map->entries);
    *map = grown;
    return true;
}

void sla__map_put(sla__map *map, uint32_t hash, uint32_t value)
{
    size_t at = sla__map_start(map, hash);

    assert(value != SLA__MAP_NONE);
    assert(has_room(map->capacity, map->count + 1));
    while (map->entries[at].value != SLA__MAP_NONE)
        at = (at + 1) & (map->capacity - 1);
    map->entries[at] = (sla__map_entry){hash, value};
    map->count++;
}

size_t sla__map_start(const sla__map *map, uint32_t hash)
{
    return map->capacity == 0 ? 0 : hash & (map->capacity - 1);
}

void sla__map_expect(const sla__map *map, uint32_t hash)
{
#ifdef __GNUC__
    if (map->capacity != 0)
        __builtin_prefetch(&map->entries[sla__map_start(map, hash)]);
#else
    (void)map, (void)hash;
#endif
}

uint32_t sla__map_next(const sla__map *map, uint32_t hash, size_t *cursor)
{
    if (map->capacity == 0)
        return SLA__MAP_NONE;
    for (;;) {
        const sla__map_entry entry = map->entries[*cursor];

        if (entry.value == SLA__MAP_NONE)
            return SLA__MAP_NONE;
        *cursor = (*cursor + 1) & (map->capacity - 1);
        if (entry.hash == hash)
            return entry.value;
    }
}

/*
 * Close the gap at `gap`: an entry further on may move into it unless that would
 * put it before the slot where its search starts.
 */
static void close_gap(sla__map *map, size_t gap)
{
    const size_t mask = map->capacity - 1;
    size_t at = gap;

    for (;;) {
        at = (at + 1) & mask;
        if (map->entries[at].value == SLA__MAP_NONE)
            break;
        if (((at - sla__map_start(map, map->entries[at].hash)) & mask) >= ((at - gap) & mask)) {
            map->entries[gap] = map->entries[at];
            gap = at;
        }
    }
    map->entries[gap].value = SLA__MAP_NONE;
}

bool sla__map_remove(sla__map *map, uint32_t hash, uint32_t value)
{
    size_t at = sla__map_start(map, hash);

    if (map->capacity == 0)
        return false;
    while (map->entries[at].value != value || map->entries[at].hash != hash) {
        if (map->entries[at].value == SLA__MAP_NONE)
            return false;
        at = (at + 1) & (map->capacity - 1);
    }
    close_gap(map, at);
    map->count--;
    return true;
}
