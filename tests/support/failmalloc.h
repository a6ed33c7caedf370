/*
 * failmalloc.h - the process's malloc, made to fail at a chosen call.
 *
 * A test program has its own malloc, calloc, realloc and free in front of the C
 * library's (or of AddressSanitizer's), and its own operator new.  Shared
 * libraries find these first, so jansson's and cctz's allocations are counted
 * and starved like ours.  Only between arm and disarm, and only on the thread
 * that armed.
 */
#ifndef SLA_TESTS_FAILMALLOC_H
#define SLA_TESTS_FAILMALLOC_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define CHECK_UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECK_UNDER_ASAN 1
#endif
#endif
#ifndef CHECK_UNDER_ASAN
#define CHECK_UNDER_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__)
#define CHECK_UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CHECK_UNDER_TSAN 1
#endif
#endif
#ifndef CHECK_UNDER_TSAN
#define CHECK_UNDER_TSAN 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define FAILMALLOC_NEVER ((size_t)-1)

/* Counts from 0; the n-th allocation fails (FAILMALLOC_NEVER: only counts), and
 * with `onwards` all after it. */
void failmalloc_arm(size_t n, bool onwards);

/* Ends it.  `*calls_out` (may be NULL): how many allocations there were.  Says
 * whether one was refused. */
bool failmalloc_disarm(size_t *calls_out);

/* What a sanitizer leaves us: false where malloc cannot be put in front of. */
bool failmalloc_works(void);

#ifdef __cplusplus
}
#endif

#endif
