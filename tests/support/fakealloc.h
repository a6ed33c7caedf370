/*
 * fakealloc.h - an sla_allocator that counts what it gave out and can be told
 * to fail.  It sees what the library allocates through its own door; for
 * jansson's and cctz's memory see failmalloc.h.
 */
#ifndef SLA_TESTS_FAKEALLOC_H
#define SLA_TESTS_FAKEALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include <sla/alloc.h>

typedef struct fakealloc {
    sla_allocator allocator; /* hand out &fake.allocator; `fake` must not move */
    size_t calls;            /* allocations and growths asked for, from 0 */
    size_t live_blocks;
    size_t live_bytes;
    size_t peak_bytes;
    size_t fail_at; /* the call that fails, FAKEALLOC_NEVER for none */
    bool onwards;   /* and all calls after it */
    bool failed;    /* a call has been refused since the last arming */
} fakealloc;

#define FAKEALLOC_NEVER ((size_t)-1)

void fakealloc_init(fakealloc *fake);

/* The n-th call from now on fails, n from 0; `onwards`: all after it too. */
void fakealloc_fail_at(fakealloc *fake, size_t n, bool onwards);

/* No call fails any more; says whether one had. */
bool fakealloc_disarm(fakealloc *fake);

#endif
