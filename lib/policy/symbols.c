/* symbols.c - see symbols.h. */
#include "policy/symbols.h"

#include <string.h>

#include "base/alloc.h"

/* Strings are packed into chunks; a longer one gets a chunk of its own. */
enum { CHUNK_BYTES = 4000 };

typedef struct sla__text_chunk {
    struct sla__text_chunk *next;
    size_t used, size;
    char bytes[];
} text_chunk;

static text_chunk *chunk_with_room(sla__symbols *symbols, const sla_allocator *allocator,
                                   size_t bytes)
{
    const size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    text_chunk *chunk = symbols->chunks;

    if (chunk != NULL && chunk->size - chunk->used >= bytes)
        return chunk;
    chunk = sla__new(allocator, 1, sizeof *chunk + size);
    if (chunk == NULL)
        return NULL;
    chunk->size = size;
    chunk->next = symbols->chunks;
    symbols->chunks = chunk;
    return chunk;
}

uint32_t sla__symbols_find(const sla__symbols *symbols, const char *text, size_t length)
{
    const uint32_t hash = sla__hash(text, length, 0);
    size_t cursor = sla__map_start(&symbols->map, hash);
    uint32_t number;

    if (length == 0)
        return 0;
    while ((number = sla__map_next(&symbols->map, hash, &cursor)) != SLA__MAP_NONE) {
        const sla__symbol *symbol = &symbols->list[number];

        if (symbol->length == length && memcmp(symbol->text, text, length) == 0)
            return number;
    }
    return 0;
}

/* All room is taken before anything is written, so that failing changes nothing. */
static bool append(sla__symbols *symbols, const sla_allocator *allocator, const char *text,
                   size_t length)
{
    text_chunk *chunk;
    char *copy;

    if (!sla__map_reserve(&symbols->map, allocator, symbols->count + 1) ||
        !sla__grow(allocator, (void **)&symbols->list, &symbols->capacity, symbols->count + 1,
                   sizeof *symbols->list))
        return false;
    chunk = chunk_with_room(symbols, allocator, length + 1);
    if (chunk == NULL)
        return false;
    copy = chunk->bytes + chunk->used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    chunk->used += length + 1;
    symbols->list[symbols->count] =
        (sla__symbol){copy, (uint32_t)length, SLA__NONE, SLA__NONE, SLA__NONE, SLA__NONE};
    sla__map_put(&symbols->map, sla__hash(text, length, 0), (uint32_t)symbols->count++);
    return true;
}

bool sla__symbols_intern(sla__symbols *symbols, const sla_allocator *allocator, const char *text,
                         size_t length, uint32_t *symbol_out)
{
    *symbol_out = sla__symbols_find(symbols, text, length);
    if (*symbol_out != 0 || length == 0)
        return true;
    if (!append(symbols, allocator, text, length))
        return false;
    *symbol_out = (uint32_t)symbols->count - 1;
    return true;
}

sla__symbols *sla__symbols_new(const sla_allocator *allocator)
{
    sla__symbols *symbols = sla__new(allocator, 1, sizeof *symbols);

    if (symbols != NULL && !append(symbols, allocator, "", 0)) {
        sla__symbols_free(symbols, allocator);
        return NULL;
    }
    return symbols;
}

void sla__symbols_free(sla__symbols *symbols, const sla_allocator *allocator)
{
    if (symbols == NULL)
        return;
    while (symbols->chunks != NULL) {
        text_chunk *chunk = symbols->chunks;

        symbols->chunks = chunk->next;
        sla__free(allocator, chunk);
    }
    sla__free(allocator, symbols->list);
    sla__map_fini(&symbols->map, allocator);
    sla__free(allocator, symbols);
}
