/*
 * sla/engine.h - facts about tickets in, events out when they fall due.
 *
 * The engine does no I/O, reads no clock, starts no thread and calls nobody
 * back.  The program says what happened and what time it is; the engine says
 * what fell due and when it next wants to be asked.  All of its use is this:
 *
 *     sla_engine_record(engine, &fact, now, &answer, &error);
 *     while (sla_engine_poll(engine, now, &event))
 *         handle(&event);
 *     wake_me_at(sla_engine_wakeup(engine));
 *
 * Time.  Every instant is microseconds since 1970 UTC.  `now` may jump in
 * either direction; what has been told is never told twice under one identity,
 * and nothing is told before its instant.  A step is due when `at <= now`; a
 * goal is met when its fact's `occurred_at <= due`.
 *
 * Order.  Events come in the order of their instants.  Equal instants come by
 * the opening number of their ticket, then policy, target in file order, cycle,
 * step, repeat.  Facts of an instant come before steps of that instant.  What
 * passed late because of a change (a goal that left less time, a fact that
 * waited, the cap of a pause) stands at the instant of the change.
 *
 * Late facts.  A fact may come in any order.  One that lies before what the
 * engine has already folded makes it fold the ticket again and tell the
 * difference: what was told and no longer holds is taken back, what should
 * have been told is told late; what was told is never rewritten.
 *
 * Memory.  Recording reserves what later telling needs, so poll, wakeup,
 * explain into the caller's buffer and forget never fail for memory.  Two things
 * have no bound: a recurrence that begins one cycle after another by itself
 * (also_after_miss), and tickets at rest (see `awake`), of which more fall due than
 * can be woken without any.  They wait for memory, hold back no other ticket,
 * and are told by the first poll that has some.
 *
 * One engine belongs to one thread at a time; two engines share nothing but
 * the immutable policies and calendars they were given.
 */
#ifndef SLA_ENGINE_H
#define SLA_ENGINE_H

#include <stdbool.h>

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/calendar.h>
#include <sla/error.h>
#include <sla/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A string with its length; need not be NUL-terminated.  {NULL, 0} is absent. */
typedef struct sla_string {
    const char *data;
    size_t length;
} sla_string;

typedef enum sla_value_type {
    SLA_VALUE_NONE, /* JSON null: the attribute has no value from now on */
    SLA_VALUE_STRING,
    SLA_VALUE_INT,
    SLA_VALUE_BOOL,
    SLA_VALUE_INSTANT
} sla_value_type;

typedef struct sla_attribute {
    sla_string name; /* [a-z][a-z0-9_]{0,62} */
    sla_value_type type;
    sla_string string; /* at most SLA_STRING_MAX bytes; of control characters tab, LF and CR */
    int64_t number;    /* INT, BOOL (0 or 1), INSTANT (microseconds) */
} sla_attribute;

/*
 * What happened to a ticket.  Plain data, borrowed during the call only.
 *
 * The names `opened`, `attributes`, `acknowledged`, `extended`, `waived`,
 * `withdrawn`, `migrated` have a meaning of their own (docs/facts.md); every
 * other name is the host's, and policies say what it does.
 */
typedef struct sla_fact {
    sla_string tenant; /* <= SLA_ID_MAX bytes of UTF-8 without control characters; may be empty */
    sla_string ticket; /* the same, not empty */
    sla_string id;     /* unique per ticket; absent: the engine makes one and promises nothing */
    sla_string name;
    sla_time occurred_at;
    const sla_attribute *attributes; /* set on the ticket before anything else is decided */
    size_t attribute_count;
    sla_string by;        /* who recorded it */
    sla_string reason;    /* a reason code: of a pause, a return, a waiver ... */
    sla_string policy;    /* with `target`: names the clock that an acknowledgement, extension, */
    sla_string target;    /* ... or waiver is about; absent: every clock of the ticket */
    uint32_t cycle;       /* 0: the latest */
    sla_string corrects;  /* id of the fact whose content this one replaces; it keeps its seq */
    sla_string withdraws; /* id of the fact that never was; with the name `withdrawn` */
    sla_string approver;  /* of an extension or a waiver */
    sla_string authorised_by; /* lets a fact past the policy's late_fact_limit */
    sla_duration span; /* extended: how much longer, in the target's time; waived: credited */
    sla_time until;    /* extended: the new due itself; 0 where `span` is meant */
    bool excluded;     /* waived: leave the clock out of the figures */
    bool silence;      /* waived: no further levels */
} sla_fact;

/* What became of a recorded fact. */
typedef struct sla_answer {
    uint32_t seq;   /* its number on this ticket, from 1; that of the first one for a duplicate */
    bool late;      /* the ticket was folded again */
    bool no_effect; /* kept, and nothing read it (an unknown name, or before `opened`) */
    bool refused;   /* kept, without effect on clocks: a policy forbids it (refused_by_policy) */
    char rule[SLA_NAME_MAX + 1]; /* ... this rule */
} sla_answer;

/* name, value, word in JSON.  The stable list of what can be told. */
#define SLA_EVENT_MAP(X)                                                                           \
    X(SLA_EVENT_WARNING, 1, "warning")       /* a step before due */                               \
    X(SLA_EVENT_BREACHED, 2, "breached")     /* due passed while the clock ran */                  \
    X(SLA_EVENT_REMINDED, 3, "reminded")     /* repeats of a level, and steps without one */       \
    X(SLA_EVENT_SUPERVISED, 4, "supervised") /* wants an answer */                                 \
    X(SLA_EVENT_ESCALATED, 5, "escalated")   /* the first telling of a level */                    \
    X(SLA_EVENT_NOTICE, 6, "notice")         /* told at once because of a fact */                  \
    X(SLA_EVENT_MET, 7, "met")                                                                     \
    X(SLA_EVENT_MISSED, 8, "missed")                                                               \
    X(SLA_EVENT_CANCELLED, 9, "cancelled")                                                         \
    X(SLA_EVENT_DUE_CHANGED, 10, "due_changed")                                                    \
    X(SLA_EVENT_CONFIRMED, 11, "confirmed") /* a provisional due stands */                         \
    X(SLA_EVENT_RETRACTED, 12, "retracted") /* a told event no longer holds */                     \
    X(SLA_EVENT_BREACH_RETRACTED, 13, "breach_retracted")                                          \
    X(SLA_EVENT_BREACH_BACKDATED, 14, "breach_backdated")                                          \
    X(SLA_EVENT_FOLLOW_UP, 15, "follow_up") /* of a pause */                                       \
    X(SLA_EVENT_RESUMED, 16, "resumed")     /* by the cap of a pause, not by a fact */

typedef enum sla_event_kind {
#define SLA_EVENT_(name, value, word) name = value,
    SLA_EVENT_MAP(SLA_EVENT_)
#undef SLA_EVENT_
} sla_event_kind;

/* "warning", "breached" ...; static memory, NULL for an unknown number. */
SLA_API const char *sla_event_kind_name(int kind);

typedef enum sla_state {
    SLA_WAITING,
    SLA_RUNNING,
    SLA_PAUSED,
    SLA_MET,
    SLA_MISSED,
    SLA_CANCELLED
} sla_state;

SLA_API const char *sla_state_name(int state);

/*
 * What fell due, or changed.
 *
 * (tenant, ticket, policy, target, cycle, step, repeat, revision) is the
 * event's identity for good: the same eight values seen again after a crash
 * are the same event.  `step` is the name of a step of the policy, or for an
 * event of another kind the kind's name; an event that takes another one back
 * is called after both ("retracted:level_1").
 *
 * Strings are borrowed from the engine until its next call that is not const.
 */
typedef struct sla_event {
    sla_event_kind kind;
    sla_string tenant, ticket;
    const char *policy;
    const char *policy_version;
    const char *target; /* "" for events of the whole ticket */
    uint32_t cycle;
    char step[2 * (SLA_NAME_MAX + 1)];
    uint32_t repeat;   /* number of a repeat; for an event made by a fact the fact's seq */
    uint32_t revision; /* how often this same event was told and taken back before */

    sla_time at;        /* the instant it fell due */
    sla_time told;      /* `now` of the poll that told it */
    bool late;          /* told more than late_after after its instant */
    uint32_t skipped;   /* repeats missed and not told because of this newest one */
    uint32_t collapsed; /* lower levels (or earlier warnings) not told because of this one */

    const char *to;  /* who shall be told: the policy's own words, "" where it names nobody */
    uint8_t level;   /* 1..6, or 0 */
    sla_state state; /* of the clock */
    sla_time started_at;
    sla_time due_at;      /* of the clock now, SLA_NEVER where it has none */
    sla_time old_due_at;  /* due_changed, confirmed, breach_backdated: before; else SLA_NEVER */
    sla_time breached_at; /* SLA_NEVER while not breached */
    sla_time ended_at;    /* SLA_NEVER while live */
    bool breached;
    bool provisional;            /* due rests on holidays not known yet */
    bool provisional_attributes; /* due rests on attribute defaults */
    bool governs;                /* nearest due of its metric among the ticket's live clocks */
    bool excluded;               /* a waiver leaves the clock out of the figures */
    bool adjusted_met;           /* met, or met once the waiver's credit is counted */
    sla_agreement agreement;
    int32_t rank;
    const char *because; /* "goal_changed", "pause_cap", "policy_left", "reopened", "reset",
                            "recurred" ... or "" */
    const char *reason;  /* a reason code, or "" */
    const char *derived; /* fact that the fold derived with it, or "" */
    uint32_t fact_seq;   /* the fact that caused it, 0 for none */
    sla_string fact_id;  /* its id, where history is at hand */
} sla_event;

typedef struct sla_engine_options {
    size_t size;                    /* sizeof(sla_engine_options); grows only at the end */
    const sla_allocator *allocator; /* NULL: the C library's */
    bool history_in_store; /* facts are not kept here: a late one answers SLA_NEED_HISTORY, and
                              their ids are the host's to know (sla_engine_record) */
    sla_duration keep;     /* how long a ticket without a live clock is kept before
                              sla_engine_expire() forgets it; 0: until forgotten */
    size_t awake;          /* so many tickets, and those that the last call touched, are kept ready
                              for work: those touched most.  The others rest as bytes, six times
                              smaller, at the price of reading and writing them when they are
                              touched.  0: 2,048; SIZE_MAX: all */
} sla_engine_options;

#define SLA_ENGINE_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(sla_engine_options), NULL, false, 0, 0                                              \
    }

/* An engine without policies; `options` NULL means all defaults, and so does a member
 * beyond their size.  SLA_ERR_ARGUMENT for a size beyond ours or an allocator that is
 * none (sla/alloc.h); SLA_ERR_NOMEM. */
SLA_API int sla_engine_new(const sla_engine_options *options, sla_engine **engine_out);
SLA_API void sla_engine_free(sla_engine *engine);

/*
 * Adopt policies and calendars as one numbered fact of the world.
 *
 * Tickets opened from now on take the new policies (NULL: those in force
 * stay); tickets already open keep theirs until a fact `migrated`.  A calendar
 * replaces the one of its name, for running and paused clocks as if it had
 * been known from their start, never for clocks that ended; the difference is
 * told by the next poll (due_changed, confirmed, breaches).  The engine takes
 * its own references.
 *
 * SLA_OK; SLA_ERR_NOT_FOUND when the policies ask for a calendar that was
 * never adopted (the complaint names it); SLA_ERR_STATE when the policies are
 * not finished; SLA_ERR_RANGE for `now`; SLA_ERR_NOMEM.  On error nothing has
 * changed.
 */
SLA_API int sla_engine_adopt(sla_engine *engine, sla_policies *policies,
                             sla_calendar *const *calendars, size_t calendar_count, sla_time now,
                             sla_error *error);

/*
 * Record what happened.  `now` is the instant of recording.
 *
 * SLA_OK; SLA_DUPLICATE when the same fact is there under its id (nothing
 * changes); SLA_NEED_HISTORY with history in the store: supply it, record
 * again; SLA_ERR_CONFLICT for another fact under the same id; SLA_ERR_FUTURE;
 * SLA_ERR_TOO_LATE; SLA_ERR_STATE (opened twice, an extension after due, one
 * that the policy does not allow); SLA_ERR_NOT_FOUND (corrects or withdraws
 * what is not there, a clock that does not exist); SLA_ERR_FACT (a name, id
 * or value that is not valid, a value of the wrong type, a reason that the
 * policy does not list); SLA_ERR_RANGE (an instant, or `now`, outside the
 * years 1900 to 2199); SLA_ERR_HORIZON (a due beyond what the calendar
 * answers for); SLA_ERR_TOO_LONG; SLA_ERR_NOMEM.  On error nothing has
 * changed.  `answer` and `error` may be NULL.
 *
 * With history in the store a ticket's facts go with their ids, once all that was
 * told of them has been taken.  A fact under an id that went is not asked for: it is
 * recorded as a new one.  Duplicates and conflicts are then the host's to find,
 * where the facts are; or it supplies the history before any fact whose id may be
 * on the record, and the answer is as without history in the store.
 */
SLA_API int sla_engine_record(sla_engine *engine, const sla_fact *fact, sla_time now,
                              sla_answer *answer, sla_error *error);

/* Take the next event due at or before `now`.  Returns 1, or 0 when nothing is
 * left to take.  Never fails for memory.  A `now` outside the years 1900 to
 * 2199 counts as their beginning or end. */
SLA_API int sla_engine_poll(sla_engine *engine, sla_time now, sla_event *event_out);

/* The same, up to `capacity` at once; returns how many.  Their strings stay
 * valid until the next call that is not const. */
SLA_API size_t sla_engine_poll_many(sla_engine *engine, sla_time now, sla_event *events,
                                    size_t capacity);

/* When the engine next wants to be polled, or SLA_NEVER.  Never later than the
 * truth.  O(1). */
SLA_API sla_time sla_engine_wakeup(const sla_engine *engine);

/* Drop a ticket and all that is known of it.  SLA_OK; SLA_ERR_NOT_FOUND. */
SLA_API int sla_engine_forget(sla_engine *engine, sla_string tenant, sla_string ticket);

/* Forget tickets without a live clock whose last event lies `keep` ago; returns how many. */
SLA_API size_t sla_engine_expire(sla_engine *engine, sla_time now);

/*
 * Hand in all facts of a ticket in order of recording, after SLA_NEED_HISTORY or
 * before a fact whose id may be one of theirs.
 * They stay until the next fact of that ticket has been recorded.  `policies`
 * holds for each fact how many adoptions of policies lay before its recording,
 * less one; NULL where policies were adopted only once.
 *
 * SLA_OK; SLA_ERR_NOT_FOUND; SLA_ERR_ARGUMENT when their number is not that of
 * the facts recorded, or `policies` names some that were not adopted;
 * SLA_ERR_FACT; SLA_ERR_NOMEM.
 */
SLA_API int sla_engine_supply_history(sla_engine *engine, sla_string tenant, sla_string ticket,
                                      const sla_fact *facts, const uint32_t *policies,
                                      size_t count);

/* One clock as it stands. */
typedef struct sla_clock_view {
    const char *policy, *policy_version, *target, *metric, *display, *calendar;
    uint32_t cycle;
    sla_state state;
    bool breached, provisional, provisional_attributes, governs, excluded, adjusted_met;
    sla_agreement agreement;
    sla_time started_at;   /* SLA_NEVER while waiting */
    sla_time due_at;       /* SLA_NEVER while waiting */
    sla_time paused_at;    /* SLA_NEVER unless paused */
    sla_time ended_at;     /* SLA_NEVER while live */
    sla_time breached_at;  /* SLA_NEVER unless breached */
    sla_time next_at;      /* its next step, or SLA_NEVER */
    const char *next_step; /* its name, or "" */
    uint8_t level;         /* highest level told */
    int32_t rank;          /* of its policy, as things are now */
} sla_clock_view;

/* The clocks of a ticket in order of policy, target, cycle: fills up to
 * `capacity`, writes how many there are to `*count_out`.  SLA_OK; SLA_ERR_NOT_FOUND. */
SLA_API int sla_engine_clocks(const sla_engine *engine, sla_string tenant, sla_string ticket,
                              sla_clock_view *clocks, size_t capacity, size_t *count_out);

/*
 * What the facts of a ticket set, in the order in which they happened: a name may
 * come again, then the last one counts; SLA_VALUE_NONE takes a value away.  Facts
 * that were withdrawn do not count, corrected ones as corrected.  An instant comes
 * as the string that JSON has for it.  Fills up to `capacity`, writes how many
 * there are to `*count_out`.  Strings are borrowed as those of events are; this call
 * lets none go.
 *
 * SLA_OK; SLA_ERR_NOT_FOUND; SLA_ERR_NOMEM; SLA_NEED_HISTORY where the facts are in
 * the store: they are at hand for a ticket with a fact that waits for its time, and
 * after the record of a fact that needed them, until the next one is recorded.
 */
SLA_API int sla_engine_attributes(sla_engine *engine, sla_string tenant, sla_string ticket,
                                  sla_attribute *attributes, size_t capacity, size_t *count_out);

/* Numbers for the curious and for metrics. */
typedef struct sla_engine_stats {
    uint64_t tickets, live_tickets, live_clocks;
    uint64_t facts, duplicates, late_facts, refused_facts, unread_facts;
    uint64_t events, worlds;
    uint64_t bytes;   /* handed out by the allocator for tickets, timers and maps */
    uint64_t resting; /* tickets that are not awake, see sla_engine_options */
} sla_engine_stats;

SLA_API void sla_engine_get_stats(const sla_engine *engine, sla_engine_stats *stats_out);

/* Count how often facts and attributes came that no policy reads: the
 * `index`-th name and its count, in order of first appearance; 0 past the last. */
SLA_API int sla_engine_unread(const sla_engine *engine, size_t index, const char **name_out,
                              uint64_t *count_out);

/* Every invariant of the engine (for tests and debug builds); 1 when all hold,
 * else 0 and what does not in `text`. */
SLA_API int sla_engine_verify(const sla_engine *engine, char *text, size_t size);

/* A hash over all that the engine holds (truth and told): equal states, equal hashes. */
SLA_API uint64_t sla_engine_hash(const sla_engine *engine);

#ifdef __cplusplus
}
#endif

#endif
