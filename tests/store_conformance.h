/*
 * store_conformance.h - what every store has to pass.
 *
 *     static sla_store *fresh(void *context) ...
 *     static const store_maker maker = {"memory", NULL, fresh, again, forget, false};
 *
 *     STORE_CONFORMANCE(maker)
 *
 * makes a TEST of each question.  They ask through the interface alone, one call
 * at a time or several, make a call again while it is answered SLA_ERR_STORE, and
 * compare with a model of the content (store_model.h); so a store that fails now
 * and then passes too, as long as it keeps its word.
 */
#ifndef SLA_TESTS_STORE_CONFORMANCE_H
#define SLA_TESTS_STORE_CONFORMANCE_H

#include <sla/store.h>

#include "support/check.h"

typedef struct store_maker {
    const char *name;
    void *context;
    /* A store whose content is empty, not open yet. */
    sla_store *(*fresh)(void *context);
    /* Another on the content of the last fresh one, as another service would have it. */
    sla_store *(*again)(void *context);
    /* All stores are closed: the content goes.  Called before each fresh but the first,
     * and at the end. */
    void (*forget)(void *context);
    /* Who has it open keeps others out, until release or close: nobody is fenced by
     * another's open, and again() is called only then. */
    bool exclusive;
} store_maker;

#define STORE_CONFORMANCE_MAP(X)                                                                   \
    X(an_empty_store_has_nothing)                                                                  \
    X(nothing_goes_before_open)                                                                    \
    X(everything_comes_back)                                                                       \
    X(a_unit_is_written_whole_or_not_at_all)                                                       \
    X(a_key_is_written_once)                                                                       \
    X(marks_are_kept_with_their_gaps)                                                              \
    X(what_waits_is_loaded_and_counted)                                                            \
    X(the_outbox_comes_in_pages)                                                                   \
    X(the_outbox_counts_what_comes_and_goes)                                                       \
    X(the_latest_decision_is_kept)                                                                 \
    X(a_ticket_forgotten_may_be_opened_anew)                                                       \
    X(calls_are_answered_in_their_order)                                                           \
    X(the_sink_may_ask)                                                                            \
    X(who_opens_last_fences_the_others)                                                            \
    X(what_was_given_back_is_fenced)                                                               \
    X(what_was_closed_is_found_again)                                                              \
    X(random_units_agree_with_the_model)

#define STORE_CONFORMANCE_DECLARE_(name) void store_conformance_##name(const store_maker *maker);
STORE_CONFORMANCE_MAP(STORE_CONFORMANCE_DECLARE_)
#undef STORE_CONFORMANCE_DECLARE_

/* Random units, good and bad, from a seed; each compared with the model.  Returns the
 * hash of all states on the way: two stores that keep their word have the same, and
 * so has one that fails now and then. */
uint64_t store_random_run(const store_maker *maker, uint64_t seed, size_t steps);

#define STORE_CONFORMANCE(maker)                                                                   \
    static const store_maker *const conforming = &(maker);                                         \
    STORE_CONFORMANCE_MAP(STORE_CONFORMANCE_TEST_)
#define STORE_CONFORMANCE_TEST_(name)                                                              \
    TEST(name)                                                                                     \
    {                                                                                              \
        store_conformance_##name(conforming);                                                      \
    }

#endif
