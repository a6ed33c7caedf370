/*
 * view_store.h - a store around a store that wants views, and holds each row that is
 * written against all facts of its ticket: the attributes that a row has gathered are
 * those that the facts set, by when they happened, withdrawn ones left out.
 *
 * What was written stays in `view_content`, so that a service can be opened again.
 * Tickets are called T-0, T-1 ...
 */
#ifndef SLA_TESTS_VIEW_STORE_H
#define SLA_TESTS_VIEW_STORE_H

#include <sla/store.h>

typedef struct view_content view_content;

view_content *view_content_new(size_t tickets);
void view_content_free(view_content *content);

typedef struct view_counts {
    size_t rows, whole, clocks, attributes;
    size_t wrong; /* rows that say something else than the facts; the first is printed */
} view_counts;

view_counts view_content_counts(const view_content *content);

/* The inner store is the wrapper's: it is closed with it. */
sla_store *view_store_new(sla_store *inner, view_content *content);

#endif
