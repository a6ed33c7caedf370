/* fakealloc.c - see fakealloc.h.  A block carries its size in front of it. */
#include "fakealloc.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

enum { HEAD = 16 }; /* keeps the alignment malloc promises */

static bool refused(fakealloc *fake)
{
    const size_t call = fake->calls++;
    const bool refuse = fake->onwards ? call >= fake->fail_at : call == fake->fail_at;

    fake->failed = fake->failed || refuse;
    return refuse;
}

static void *fake_realloc(void *block, size_t size, void *user)
{
    fakealloc *fake = user;
    size_t *head = block == NULL ? NULL : (size_t *)(void *)((char *)block - HEAD);
    const size_t before = head == NULL ? 0 : *head;

    assert(size > 0);
    if (refused(fake) || size > SIZE_MAX - HEAD)
        return NULL;
    head = realloc(head, size + HEAD);
    if (head == NULL)
        return NULL;
    *head = size;
    fake->live_blocks += block == NULL;
    fake->live_bytes += size - before;
    if (fake->live_bytes > fake->peak_bytes)
        fake->peak_bytes = fake->live_bytes;
    return (char *)head + HEAD;
}

static void *fake_alloc(size_t size, void *user)
{
    return fake_realloc(NULL, size, user);
}

static void fake_free(void *block, void *user)
{
    fakealloc *fake = user;
    size_t *head;

    if (block == NULL)
        return;
    head = (size_t *)(void *)((char *)block - HEAD);
    assert(fake->live_blocks > 0);
    fake->live_blocks--;
    fake->live_bytes -= *head;
    free(head);
}

void fakealloc_init(fakealloc *fake)
{
    const fakealloc fresh = {
        .allocator = {fake_alloc, fake_realloc, fake_free, fake},
        .fail_at = FAKEALLOC_NEVER,
    };

    *fake = fresh;
}

void fakealloc_fail_at(fakealloc *fake, size_t n, bool onwards)
{
    fake->fail_at = n == FAKEALLOC_NEVER ? n : fake->calls + n;
    fake->onwards = onwards;
    fake->failed = false;
}

bool fakealloc_disarm(fakealloc *fake)
{
    fake->fail_at = FAKEALLOC_NEVER;
    fake->onwards = false;
    return fake->failed;
}
