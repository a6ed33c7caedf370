/* shard.c - see shard.h. */
#include "store/shard.h"

static uint64_t mix(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static uint64_t mix_string(uint64_t hash, sla_string string)
{
    for (size_t i = 0; i < string.length; i++)
        hash = mix(hash, (unsigned char)string.data[i]);
    return hash;
}

uint16_t sla__shard_of(sla_string tenant, sla_string ticket)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    hash = mix_string(hash, tenant);
    hash = mix(hash, 0);
    hash = mix_string(hash, ticket);
    return (uint16_t)((hash ^ (hash >> 32)) % SLA__SHARDS);
}
