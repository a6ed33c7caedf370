/*
 * shard.h - which of the 64 parts a ticket belongs to.
 *
 * Fixed for good: docs/store.md says how it is computed and has vectors.
 */
#ifndef SLA_STORE_SHARD_H
#define SLA_STORE_SHARD_H

#include <sla/engine.h>

enum { SLA__SHARDS = 64 };

/* FNV-1a of 64 bits over the tenant, a zero byte and the ticket; its upper half folded onto the
 * lower one; of that the lowest 6 bits.  No name has a zero byte, so no two pairs run together. */
uint16_t sla__shard_of(sla_string tenant, sla_string ticket);

#endif
