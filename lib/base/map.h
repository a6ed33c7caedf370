/*
 * map.h - hash of a key to a number, open addressing, eight bytes an entry.
 *
 * The map holds hashes and numbers only; the keys stay with whoever numbered
 * them, and he compares them:
 *
 *     uint32_t hash = sla__hash(key, length, 0);
 *     size_t cursor = sla__map_start(&map, hash);
 *     uint32_t value;
 *
 *     while ((value = sla__map_next(&map, hash, &cursor)) != SLA__MAP_NONE)
 *         if (same(things[value], key, length))
 *             return value;
 *
 * Memory is taken in reserve and nowhere else, so that put and remove cannot
 * fail.  The hash has no random seed: the same input gives the same walk.
 */
#ifndef SLA_BASE_MAP_H
#define SLA_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/alloc.h>

/* No value; never put into a map. */
#define SLA__MAP_NONE UINT32_MAX

typedef struct sla__map_entry {
    uint32_t hash;
    uint32_t value; /* SLA__MAP_NONE: empty */
} sla__map_entry;

typedef struct sla__map {
    sla__map_entry *entries;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
} sla__map;

/* A well mixed number for some bytes; `seed` chains several keys into one. */
uint32_t sla__hash(const void *bytes, size_t length, uint32_t seed);

/* A zeroed map is an empty map. */
void sla__map_fini(sla__map *map, const sla_allocator *allocator);

/* Room for `count` entries in all.  False when out of memory: nothing changed. */
bool sla__map_reserve(sla__map *map, const sla_allocator *allocator, size_t count);

/* Adds an entry; room is reserved.  The pair (hash, value) is not in the map yet. */
void sla__map_put(sla__map *map, uint32_t hash, uint32_t value);

/* Takes the pair (hash, value) out; false when it is not there. */
bool sla__map_remove(sla__map *map, uint32_t hash, uint32_t value);

/* Where the search for `hash` starts; pass it to sla__map_next. */
size_t sla__map_start(const sla__map *map, uint32_t hash);

/* Says that `hash` will be looked for soon: it lies where no cache has it, mostly. */
void sla__map_expect(const sla__map *map, uint32_t hash);

/* The next value put under `hash`, or SLA__MAP_NONE. */
uint32_t sla__map_next(const sla__map *map, uint32_t hash, size_t *cursor);

#endif
