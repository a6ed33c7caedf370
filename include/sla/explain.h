/*
 * sla/explain.h - why is it due then?
 *
 * For any clock of a ticket the stretches of time from its start to its due,
 * one after the other without a gap: what counted, what did not, and why.
 * Between them, in order, lie instants: where the clocks of the calendar's zone
 * were changed, where the due was moved, and where something was waived.  Two
 * sums come out exactly:
 *
 *     sum of `counted` + held == need + extended
 *     first_due_at, moved by each `credit` but those waived == due_at
 *
 * the first for goals that are a span of elapsed or open time and were not
 * extended to an instant.  For the other goals (workdays, days, cut-off, before
 * an instant) `counted` is what their due made of the time that was at hand.
 *
 *     sla_explain_segment segments[64];
 *     sla_explanation explanation;
 *     size_t count;
 *
 *     sla_engine_explain(engine, tenant, ticket, policy, target, 0, now,
 *                        &explanation, segments, 64, &count);
 */
#ifndef SLA_EXPLAIN_H
#define SLA_EXPLAIN_H

#include <sla/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* name, value, word in JSON, what it says in a sentence. */
#define SLA_EXPLAIN_MAP(X)                                                                         \
    X(SLA_EXPLAIN_RAN, 0, "ran", "the clock ran")                                                  \
    X(SLA_EXPLAIN_MAKEUP, 1, "makeup", "it ran on a make-up workday")                              \
    X(SLA_EXPLAIN_SPECIAL, 2, "special", "it ran in special hours")                                \
    X(SLA_EXPLAIN_CLOSED, 3, "closed", "outside hours")                                            \
    X(SLA_EXPLAIN_HOLIDAY, 4, "holiday", "holiday")                                                \
    X(SLA_EXPLAIN_PAUSED, 5, "paused", "paused")                                                   \
    X(SLA_EXPLAIN_CLOSED_TICKET, 6, "ticket_closed", "the ticket was closed")                      \
    X(SLA_EXPLAIN_DST, 7, "dst_shift", "the clocks were changed")                                  \
    X(SLA_EXPLAIN_CREDIT, 8, "credit", "credited")                                                 \
    X(SLA_EXPLAIN_EXTENSION, 9, "extension", "extended")                                           \
    X(SLA_EXPLAIN_WAIVER, 10, "waiver", "waived")

typedef enum sla_explain_kind {
#define SLA_EXPLAIN_(name, value, word, text) name = value,
    SLA_EXPLAIN_MAP(SLA_EXPLAIN_)
#undef SLA_EXPLAIN_
} sla_explain_kind;

/* "ran", "closed" ...; static memory, NULL for an unknown number. */
SLA_API const char *sla_explain_kind_name(int kind);

/* "the clock ran" ... */
SLA_API const char *sla_explain_kind_text(int kind);

/*
 * A stretch, or an instant (kinds from SLA_EXPLAIN_DST on), which counts for
 * nothing and ends where it starts.  In order of `start`.  An instant at which
 * the due was moved lies outside the stretches when a later change of goal or an
 * extension to an instant put the due before it; a waiver mostly comes after the
 * due.
 *
 * Reason and approver of an extension or waiver are read from its fact: with
 * history in the store they are there only while the history is (see
 * sla_engine_supply_history), else "" and {NULL, 0}.
 */
typedef struct sla_explain_segment {
    sla_time start;
    sla_time end; /* half open */
    sla_explain_kind kind;
    sla_duration counted; /* how much of it the goal was charged with */
    sla_duration shift;   /* of a change of clocks: by how much they jumped */
    sla_duration credit;  /* by how much the due was moved, in the target's time; 0 for
                             an extension to an instant; of a waiver what it credits */
    sla_time due_at;      /* the due that this made; SLA_NEVER when it moved none */
    const char *label;    /* reason of a pause, credit ("closed": the ticket was),
                             extension or waiver, name of a holiday, or ""; borrowed */
    uint16_t reasons;     /* all that a pause or credit had, as bits: 1 << i stands for
                             sla_explanation.reasons[i]; the label is the first of them */
    sla_string approver;  /* of an extension or waiver; borrowed */
    bool ahead;           /* lies after `now`: what is still to come; of a paused clock
                             what would come, up to the due that it has now */
} sla_explain_segment;

/* Reasons to pause of one target. */
#define SLA_EXPLAIN_REASONS_MAX 16

/* What the clock promised, and how it came to its due. */
typedef struct sla_explanation {
    sla_clock_view clock;
    const char *goal;     /* "elapsed", "business", "workdays", "days", "cutoff", "anchor" */
    const char *calendar; /* name, "" for none */
    const char *calendar_version;
    const char *zone;
    sla_duration need;        /* of elapsed and business goals, and before an anchor; else 0 */
    int32_t days;             /* of workdays and days goals */
    sla_time anchor;          /* of anchor goals, else SLA_NEVER */
    sla_time first_due_at;    /* by the goal alone, before credits and extensions */
    sla_duration credited;    /* by pauses and closed time, in the target's time */
    sla_duration extended;    /* by extensions of a span */
    sla_time extended_to;     /* the last extension to an instant, or SLA_NEVER */
    sla_duration waived;      /* by waivers; moves no due */
    sla_time adjusted_due_at; /* by which the adjusted figures judge: with what was waived */
    sla_duration counted;     /* sum over the segments */
    sla_duration held;        /* what a pause that lasts has covered of the goal so far; it
                                 is credited when the clock goes on */
    bool business;            /* the target's time is open time */
    const char *reasons[SLA_EXPLAIN_REASONS_MAX]; /* the target's reasons to pause; borrowed */
    size_t reason_count;
} sla_explanation;

/*
 * Explain a clock (`cycle` 0 is the latest).  Fills up to `capacity` segments
 * and writes how many there are to `*count_out`: call again with more room when
 * there are more.  Strings are borrowed until the engine's next call that is
 * not const.  Never allocates.
 *
 * SLA_OK; SLA_ERR_NOT_FOUND for an unknown ticket or clock; SLA_ERR_STATE for
 * a clock that has no due, because it has not started or ended before it did.  One
 * that ended is explained by the policies and the calendar that it ended under,
 * whatever has been adopted since and wherever the ticket has `migrated` to.
 */
SLA_API int sla_engine_explain(const sla_engine *engine, sla_string tenant, sla_string ticket,
                               const char *policy, const char *target, uint32_t cycle, sla_time now,
                               sla_explanation *explanation_out, sla_explain_segment *segments,
                               size_t capacity, size_t *count_out);

#ifdef __cplusplus
}
#endif

#endif
