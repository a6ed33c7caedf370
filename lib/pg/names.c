/* names.c - see names.h. */
#include "pg/names.h"

#include <string.h>

#include "base/alloc.h"
#include "store/shard.h"

bool sla__pg_names_init(sla__pg_names *names, const sla_allocator *allocator, size_t most)
{
    size_t slots = 16;

    memset(names, 0, sizeof *names);
    names->allocator = allocator;
    while (slots < 2 * most)
        slots *= 2;
    names->slot_mask = slots - 1;
    names->list = sla__new(allocator, most + 1, sizeof *names->list);
    names->slots = sla__new(allocator, slots, sizeof *names->slots);
    return names->list != NULL && names->slots != NULL;
}

void sla__pg_names_fini(sla__pg_names *names)
{
    sla__free(names->allocator, names->list);
    sla__free(names->allocator, names->slots);
}

static uint64_t hash_bytes(uint64_t hash, sla_string string)
{
    for (size_t i = 0; i < string.length; i++)
        hash = (hash ^ (unsigned char)string.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

sla__pg_name *sla__pg_names_find(sla__pg_names *names, sla_string tenant, sla_string ticket)
{
    uint64_t hash = hash_bytes(UINT64_C(0xcbf29ce484222325), tenant) * 31;
    sla__pg_name *name;

    hash = hash_bytes(hash, ticket);
    hash ^= hash >> 32;
    for (; names->slots[hash & names->slot_mask] != 0; hash++) {
        name = &names->list[names->slots[hash & names->slot_mask] - 1];
        if (same(name->tenant, tenant) && same(name->ticket, ticket))
            return name;
    }
    name = &names->list[names->count++];
    names->slots[hash & names->slot_mask] = (uint32_t)names->count;
    name->tenant = tenant;
    name->ticket = ticket;
    names->shards |= UINT64_C(1) << sla__shard_of(tenant, ticket);
    return name;
}
