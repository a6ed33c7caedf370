/*
 * store_text.h - what a store keeps, as lines of text that can be compared.
 *
 * Every member is in its line, so two equal lines are two equal things.  The
 * model of the content (store_model.h) and what a store hands to its sink are
 * both written with these.
 */
#ifndef SLA_TESTS_STORE_TEXT_H
#define SLA_TESTS_STORE_TEXT_H

#include <sla/store.h>

/* Lines, one behind the other, each ended by '\n'; NUL-terminated. */
typedef struct store_text {
    char *text;
    size_t length, capacity;
} store_text;

void store_text_init(store_text *text);
void store_text_fini(store_text *text);

__attribute__((format(printf, 2, 3))) void store_text_add(store_text *text, const char *format,
                                                          ...);

void store_text_fact(store_text *text, const sla_stored_fact *fact);
void store_text_ticket(store_text *text, const sla_stored_ticket *ticket);
void store_text_event(store_text *text, const sla_stored_event *event);
void store_text_mark(store_text *text, const sla_stored_mark *mark);
void store_text_world(store_text *text, const sla_stored_world *world);

/* The eight values that name an event for good. */
void store_text_identity(store_text *text, const sla_event *event);

/* Puts the lines in order of their bytes: for what may come in any order. */
void store_text_sort(store_text *text);

/* A number for a text: the same on every machine. */
uint64_t store_text_hash(const store_text *text);

#endif
