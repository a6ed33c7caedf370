/* alloc.c - see alloc.h.  The only caller of malloc, realloc and free. */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static void *libc_alloc(size_t size, void *user)
{
    (void)user;
    return malloc(size);
}

static void *libc_realloc(void *block, size_t size, void *user)
{
    (void)user;
    return realloc(block, size);
}

static void libc_free(void *block, void *user)
{
    (void)user;
    free(block);
}

sla_allocator sla__allocator_or_default(const sla_allocator *given)
{
    const sla_allocator libc = {libc_alloc, libc_realloc, libc_free, NULL};

    return given != NULL ? *given : libc;
}

const char *sla__allocator_why_not(const sla_allocator *given)
{
    if (given == NULL)
        return NULL;
    if (given->alloc == NULL)
        return "allocator.alloc is NULL; set all three calls, or no allocator for the C library's";
    if (given->realloc == NULL)
        return "allocator.realloc is NULL; set all three calls, or no allocator for the C "
               "library's";
    return given->free == NULL ? "allocator.free is NULL; set all three calls, or no allocator "
                                 "for the C library's"
                               : NULL;
}

void *sla__new(const sla_allocator *allocator, size_t count, size_t size)
{
    void *block;

    if (count == 0)
        count = 1;
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    block = allocator->alloc(count * size, allocator->user);
    if (block != NULL)
        memset(block, 0, count * size);
    return block;
}

bool sla__resize(const sla_allocator *allocator, void **array, size_t *capacity, size_t count,
                 size_t size)
{
    void *grown;

    if (count > SIZE_MAX / size)
        return false;
    grown = allocator->realloc(*array, count * size, allocator->user);
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = count;
    return true;
}

bool sla__grow_by_half(const sla_allocator *allocator, void **array, size_t *capacity, size_t count,
                       size_t size)
{
    size_t wanted = *capacity + *capacity / 2;

    if (wanted < count)
        wanted = count;
    return sla__resize(allocator, array, capacity, wanted < 4 ? 4 : wanted, size);
}

void sla__free(const sla_allocator *allocator, void *block)
{
    if (block != NULL)
        allocator->free(block, allocator->user);
}
