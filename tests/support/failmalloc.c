/*
 * failmalloc.c - see failmalloc.h.
 *
 * The real functions are reached by the second names that their owners give
 * them: __libc_malloc in glibc, __interceptor_malloc in the sanitizers.
 */
#include "failmalloc.h"

#include <errno.h>
#include <stdlib.h>

#if CHECK_UNDER_ASAN
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *block, size_t size);
void REAL(free)(void *block);

static _Thread_local struct {
    bool armed;
    bool onwards;
    bool refused;
    size_t calls;
    size_t fail_at;
} state;

/* ThreadSanitizer follows memory by its own malloc: nothing fails there. */
#if !CHECK_UNDER_TSAN
static bool refuse(void)
{
    size_t call;

    if (!state.armed)
        return false;
    call = state.calls++;
    if (state.onwards ? call < state.fail_at : call != state.fail_at)
        return false;
    state.refused = true;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return refuse() ? NULL : REAL(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
    return refuse() ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *block, size_t size)
{
    return refuse() ? NULL : REAL(realloc)(block, size);
}

void free(void *block)
{
    REAL(free)(block);
}
#endif

void failmalloc_arm(size_t n, bool onwards)
{
    state.calls = 0;
    state.fail_at = n;
    state.onwards = onwards;
    state.refused = false;
    state.armed = true;
}

bool failmalloc_disarm(size_t *calls_out)
{
    state.armed = false;
    if (calls_out != NULL)
        *calls_out = state.calls;
    return state.refused;
}

/* Asked of the program itself, because a sanitizer decides at link time whose
 * malloc stands in front. */
bool failmalloc_works(void)
{
    size_t calls = 0;
    void *volatile block;

    failmalloc_arm(0, false);
    block = malloc(1);
    failmalloc_disarm(&calls);
    free(block);
    return block == NULL && calls == 1;
}
