/*
 * sla/alloc.h - where memory comes from.
 *
 * Whoever creates an object may hand an allocator in; NULL means the C
 * library's.  The structure is copied, `user` must outlive the object.  One of
 * which a call is NULL is refused wherever it is handed in: SLA_ERR_ARGUMENT, and
 * an sla_error names the member.  What jansson and cctz allocate while a file is
 * read does not go through it.
 */
#ifndef SLA_ALLOC_H
#define SLA_ALLOC_H

#include <sla/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sla_allocator {
    /* `size` is never 0.  NULL means out of memory. */
    void *(*alloc)(size_t size, void *user);
    /* `block` may be NULL.  On NULL the old block is still valid. */
    void *(*realloc)(void *block, size_t size, void *user);
    /* `block` may be NULL. */
    void (*free)(void *block, void *user);
    void *user;
} sla_allocator;

#ifdef __cplusplus
}
#endif

#endif
