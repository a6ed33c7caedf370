/*
 * draft.h - what the reader remembers beside the compiled policy: where things
 * stood in their documents, so that finishing and the lint can point at them,
 * and what only finishing can settle (overlays, agreements inside others).
 */
#ifndef SLA_POLICY_DRAFT_H
#define SLA_POLICY_DRAFT_H

#include <sla/error.h>

#include "policy/policy.h"

/* Lists that a target may take from its policy. */
enum { SLA__PAUSES, SLA__RESUMES, SLA__STEPS, SLA__INHERITED };

/* What was read.  The text is kept because a line and a column are only looked for
 * when somebody complains. */
typedef struct sla__document {
    uint32_t source; /* symbol */
    char *text;
    size_t length;
} sla__document;

/* A value in some document. */
typedef struct sla__place {
    uint32_t document;
    uint32_t pointer; /* symbol */
} sla__place;

/* Of each policy and target, in the order of sla_policies.policies and .targets. */
typedef struct sla__policy_draft {
    sla__place place;
    bool has_match; /* else "every ticket" was not said, only left out */
} sla__policy_draft;

typedef struct sla__target_draft {
    sla__place place;
    uint32_t inside; /* symbol of "policy.target"; 0 is none */
    sla__place inside_place;
    bool breach_added;
    bool inherits[SLA__INHERITED];
} sla__target_draft;

/* Goals that an overlay puts before those of a target. */
typedef struct sla__overlay_draft {
    uint32_t name; /* symbol of the overlay; several drafts share one */
    uint32_t policy, target;
    uint16_t covers; /* the target's number, once finishing has found it */
    sla_time from, to;
    sla__place policy_place, target_place;
    uint32_t goal_first, goal_count;
    bool needs_calendar; /* some goal does */
    sla__place needs_place;
} sla__overlay_draft;

/* Where a fact is derived first. */
typedef struct sla__derived_draft {
    uint16_t fact;
    sla__place place;
} sla__derived_draft;

typedef struct sla__drafts {
    sla__document *documents;
    size_t document_count, document_capacity;
    sla__place *calendars; /* where each calendar is asked for first */
    size_t calendar_count, calendar_capacity;
    sla__policy_draft *policies;
    size_t policy_count, policy_capacity;
    sla__target_draft *targets;
    size_t target_count, target_capacity;
    sla__overlay_draft *overlays;
    size_t overlay_count, overlay_capacity;
    sla__derived_draft *derived;
    size_t derived_count, derived_capacity;
} sla__drafts;

static inline sla__drafts *sla__drafts_of(const sla_policies *policies)
{
    return policies->drafts;
}

/* Line and column, from 1, of the value at `pointer`. */
void sla__document_place(const sla_policies *policies, uint32_t document, const char *pointer,
                         int *line_out, int *column_out);

/* Complain about a value of a document that has been read; returns `code`. */
#if defined(__GNUC__)
__attribute__((format(printf, 6, 7)))
#endif
int sla__document_complain(const sla_policies *policies, uint32_t document, const char *pointer,
                           int code, sla_error *error, const char *format, ...);

/* The same about a place; returns SLA_ERR_POLICY. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
int sla__place_complain(const sla_policies *policies, const sla__place *place, sla_error *error,
                        const char *format, ...);

#endif
