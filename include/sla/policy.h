/*
 * sla/policy.h - policies: JSON documents in, one immutable set out.
 *
 * A policy says which promises (targets) a ticket carries, when their clocks
 * start, stop and stand still, how long they may take, and who is told when.
 * Its language is described in docs/policy.md.  Policies are read one by one
 * into a set; finishing checks what concerns several of them.  A finished set
 * never changes and may be shared by any number of engines and threads.
 *
 *     sla_policies *set;
 *
 *     sla_policies_new(NULL, &set);
 *     sla_policies_add(set, text, length, "complaint.json", &error);
 *     sla_policies_finish(set, &error);
 *     sla_engine_adopt(engine, set, NULL, 0, now, &error);
 *     sla_policies_unref(set);
 */
#ifndef SLA_POLICY_H
#define SLA_POLICY_H

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/calendar.h>
#include <sla/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose promise it is: to a customer, between one's own units, by a supplier. */
typedef enum sla_agreement { SLA_AGREEMENT_SLA, SLA_AGREEMENT_OLA, SLA_AGREEMENT_UC } sla_agreement;

/* An empty set; the caller owns one reference.  SLA_ERR_ARGUMENT for an allocator that
 * is none (sla/alloc.h); SLA_ERR_NOMEM. */
SLA_API int sla_policies_new(const sla_allocator *allocator, sla_policies **policies_out);

/*
 * Read one document and add it.  `source` names it in complaints.  Returns
 * SLA_OK; SLA_ERR_SYNTAX when it is no JSON; SLA_ERR_POLICY when a value is
 * wrong, with the place and what to write instead; SLA_ERR_TOO_LONG above a
 * megabyte; SLA_ERR_NOMEM; SLA_ERR_STATE once the set is finished.  On error the
 * set is as it was.
 */
SLA_API int sla_policies_add(sla_policies *policies, const char *text, size_t length,
                             const char *source, sla_error *error);

/*
 * Check what concerns several policies (overlays, agreements inside one
 * another, derived facts that loop) and freeze the set.  SLA_OK, also when it is
 * finished already; SLA_ERR_POLICY; SLA_ERR_NOMEM.  On error the set is as it
 * was, and documents may be added.
 */
SLA_API int sla_policies_finish(sla_policies *policies, sla_error *error);

SLA_API sla_policies *sla_policies_ref(sla_policies *policies);
SLA_API void sla_policies_unref(sla_policies *policies);

/* Number of policies (overlays are none), and their names and versions; borrowed. */
SLA_API size_t sla_policies_count(const sla_policies *policies);
SLA_API const char *sla_policies_name(const sla_policies *policies, size_t index);
SLA_API const char *sla_policies_version(const sla_policies *policies, size_t index);

/* Names of the calendars that the policies ask for, without repetition; NULL
 * past the last one.  Borrowed. */
SLA_API const char *sla_policies_calendar(const sla_policies *policies, size_t index);

/* Complain that the calendar sla_policies_calendar(policies, index) is not there,
 * with the place where it is asked for first.  Returns SLA_ERR_NOT_FOUND. */
SLA_API int sla_policies_calendar_missing(const sla_policies *policies, size_t index,
                                          sla_error *error);

/* One remark of the lint: legal, and probably not meant. */
typedef struct sla_remark {
    char code[32]; /* stable: "step_before_start", "unreachable_step", ... */
    int line;      /* from 1, of the value at `pointer` */
    int column;
    char source[128];
    char pointer[256];
    char text[320];
} sla_remark;

/*
 * Look for what is legal but probably not meant: unreachable steps, steps
 * before the start, ladders that cannot end, shadowed matches, OLA sums above
 * their SLA; and of every calendar given, zero hours, and an end within 60 days of
 * `now`.  Calendars are those the policies will run with; a name the policies ask
 * for that is not among them is SLA_ERR_NOT_FOUND, with the place.
 *
 * Fills up to `capacity` remarks and writes how many there are in all to
 * `*count_out`.  SLA_OK also when there are remarks; SLA_ERR_STATE when the set is
 * not finished; SLA_ERR_RANGE for `now`; SLA_ERR_NOMEM.
 */
SLA_API int sla_policies_lint(const sla_policies *policies, sla_calendar *const *calendars,
                              size_t calendar_count, sla_time now, sla_remark *remarks,
                              size_t capacity, size_t *count_out, sla_error *error);

#ifdef __cplusplus
}
#endif

#endif
