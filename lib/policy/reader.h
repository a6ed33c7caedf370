/*
 * reader.h - what the readers of policies share: the document at hand, the set
 * that grows, and how a name becomes a number.
 *
 * Every function answers SLA_OK or the code of the complaint it made.  Readers
 * append to the arrays of the set and never take back; sla_policies_add cuts the
 * arrays to what they were when a document turns out to be wrong.
 */
#ifndef SLA_POLICY_READER_H
#define SLA_POLICY_READER_H

#include "base/json.h"
#include "policy/draft.h"
#include "policy/policy.h"
#include "policy/symbols.h"

/* Spans in a policy end here, so that no arithmetic on them can overflow. */
#define SLA__SPAN_MAX (3660 * SLA_DAY)

enum {
    SLA__MEMBERS_MAX = 32,  /* of all, any; names of one fact condition */
    SLA__IN_MAX = 128,      /* values of one `in` */
    SLA__LIST_MAX = 64,     /* goals, resumes, rules ... of one list */
    SLA__PAUSES_MAX = 16,   /* reasons of one target: they are bits of a word */
    SLA__TABLE_MAX = 256,   /* rows of one calendar table, codes of one fact */
    SLA__REPEAT_MAX = 1000, /* of one step */
    SLA__DAYS_MAX = 3660,
    SLA__TO_MAX = 256 /* bytes of a receiver, a display name */
};

/* How a step that is late is told; a step inherits its target's. */
typedef struct sla__catching {
    sla__catch_up how;
    sla_duration skip_older_than;
} sla__catching;

typedef struct sla__defaults {
    sla__default list[SLA_ATTRIBUTES_MAX];
    size_t count;
} sla__defaults;

typedef struct sla__reader {
    sla__json json;
    sla_policies *set;
    uint32_t document;                        /* its number */
    uint64_t declared;                        /* attributes that this document declares, as bits */
    const json_t *values[SLA_ATTRIBUTES_MAX]; /* what they may be, or NULL */
    size_t target_base;                       /* number of the document's first target */
    /* Of the policy, for targets that say nothing. */
    sla__condition cancel;
    sla__condition reopen;
    sla_duration late_after;
    sla__catching catching;
    sla__defaults defaults;
    sla__calendar_choice calendar;
    bool inherited[SLA__INHERITED]; /* some target has taken the policy's list */
} sla__reader;

/* ------------------------------------------------------------ policy_names.c */

int sla__read_nomem(sla__reader *reader);

/* One more zeroed element of an array of the set; NULL after a complaint. */
void *sla__read_append(sla__reader *reader, void **array, size_t *count, size_t *capacity,
                       size_t size);
#define SLA__APPEND(reader, array, name)                                                           \
    sla__read_append(reader, (void **)&(array), &(name##_count), &(name##_capacity),               \
                     sizeof *(array))

int sla__read_symbol(sla__reader *reader, const char *text, uint32_t *symbol_out);

/* Where the reader stands. */
int sla__read_place(sla__reader *reader, sla__place *place_out);

/* Numbers of names, made where there is none yet. */
int sla__read_fact(sla__reader *reader, const char *name, uint16_t *fact_out);
int sla__read_fact_slot(sla__reader *reader, const char *name, uint16_t *slot_out);
int sla__read_calendar(sla__reader *reader, const char *name, uint16_t *calendar_out);

/* The slot of an attribute that this document declares. */
int sla__read_attribute(sla__reader *reader, const char *name, uint16_t *slot_out);
int sla__read_instant_attribute(sla__reader *reader, const char *name, uint16_t *slot_out);

/* A value of an attribute's type; and one that is among its `values`. */
int sla__read_value(sla__reader *reader, uint16_t slot, const json_t *value, int64_t *out);
int sla__read_listed_value(sla__reader *reader, uint16_t slot, const json_t *value, int64_t *out);

/* Members, looked up and read standing on them. */
int sla__read_name_symbol(sla__reader *reader, const json_t *object, const char *key,
                          sla__json_need need, uint32_t *symbol_out);
int sla__read_text_symbol(sla__reader *reader, const json_t *object, const char *key,
                          sla__json_need need, size_t max_bytes, uint32_t *symbol_out);
int sla__read_calendar_member(sla__reader *reader, const json_t *object, const char *key,
                              uint16_t *calendar_out);
int sla__read_display(sla__reader *reader, const json_t *object, uint32_t *symbol_out);

/* `derives`: the fact, and the note where. */
int sla__read_derives(sla__reader *reader, const json_t *object, uint16_t *fact_out);

/* A list of `min` to `max` elements; NULL where it is absent. */
int sla__read_list(sla__reader *reader, const json_t *object, const char *key, sla__json_need need,
                   size_t min, size_t max, json_t **list_out);

/* ------------------------------------------------------------ policy_condition.c */

typedef enum sla__about {
    SLA__ABOUT_FACTS,      /* start, stop, on ...: the fact that comes */
    SLA__ABOUT_ATTRIBUTES, /* match, while */
    SLA__ABOUT_TICKET      /* when, where, becomes: attributes, and what has been seen */
} sla__about;

/* The member `key`; absent: `*out` stays as it was. */
int sla__read_condition(sla__reader *reader, const json_t *object, const char *key,
                        sla__json_need need, sla__about about, sla__condition *out);

/* The fact of this name. */
int sla__read_fact_condition(sla__reader *reader, const char *name, sla__condition *out);

/* Either of two, where each may be SLA__IMPOSSIBLE. */
int sla__read_either(sla__reader *reader, sla__condition a, sla__condition b, sla__condition *out);

/* The attribute slots that a condition reads, as bits. */
uint64_t sla__condition_slots(const sla_policies *set, sla__condition condition);

/* ------------------------------------------------------------ policy_goal.c */

/* Whether the goals of a target may count on a calendar, and the span in which
 * an overlay's goals are held. */
typedef struct sla__goal_frame {
    bool has_calendar;
    bool *needs_calendar; /* not NULL: noted instead of refused */
    sla__place *needs_place;
    sla_time from, to;
} sla__goal_frame;

int sla__read_goals(sla__reader *reader, const json_t *object, const sla__goal_frame *frame,
                    uint32_t *first_out, uint32_t *count_out);

/* `{"from": …, "to": …}` under "during"; absent: as it was. */
int sla__read_during(sla__reader *reader, const json_t *object, sla__json_need need,
                     sla_time *from_out, sla_time *to_out);

/* ------------------------------------------------------------ policy_step.c */

int sla__read_steps(sla__reader *reader, const json_t *list, const sla__catching *catching,
                    sla__target *target, sla__target_draft *draft);
int sla__read_catch_up(sla__reader *reader, const json_t *object, sla__catching *catching);

/* `kind` or `level` of something told; `plain` is the word for SLA__WARNING. */
int sla__read_kind(sla__reader *reader, const json_t *object, const char *plain, bool plain_allowed,
                   uint8_t *kind_out, uint8_t *level_out);

/* ------------------------------------------------------------ policy_pause.c */

int sla__read_pauses(sla__reader *reader, const json_t *list, sla__target *target);
int sla__read_resumes(sla__reader *reader, const json_t *list, sla__target *target);

/* ------------------------------------------------------------ policy_target.c */

int sla__read_targets(sla__reader *reader, const json_t *document, sla__policy *policy);

/* Adds to `defaults`; a later value for the same attribute replaces the earlier. */
int sla__read_defaults(sla__reader *reader, const json_t *object, sla__defaults *defaults);

/* ------------------------------------------------------------ policy_cycle.c */

/* Start, reopening, recurrence, acknowledgement, extension, waiver. */
int sla__read_cycle(sla__reader *reader, const json_t *object, sla__target *target);

/* ------------------------------------------------------------ policy_calendar.c */

/* The member "calendar"; absent: as it was. */
int sla__read_calendar_choice(sla__reader *reader, const json_t *object,
                              sla__calendar_choice *choice);

/* ------------------------------------------------------------ policy_rule.c */

int sla__read_rules(sla__reader *reader, const json_t *document, sla__policy *policy);

/* ------------------------------------------------------------ policy_overlay.c */

int sla__read_overlay(sla__reader *reader, const json_t *document);

/* ------------------------------------------------------------ policy_document.c */

/* `policy` and `version`; `attributes`. */
int sla__read_identity(sla__reader *reader, const json_t *document, uint32_t *name_out,
                       uint32_t *version_out);
int sla__read_attributes(sla__reader *reader, const json_t *document);

/* ------------------------------------------------------------ policy_set.c */

/* Cut a set back to what it was when a document began. */
void sla__policies_cut(sla_policies *set, const sla_policies *before,
                       const sla__drafts *drafts_before);

/* ------------------------------------------------------------ finishing */

/* Each checks, and settles, one thing; SLA_OK, SLA_ERR_POLICY, SLA_ERR_NOMEM. */
int sla__check_overlays(sla_policies *set, sla_error *error);
int sla__check_inside(sla_policies *set, sla_error *error);
int sla__check_derived(sla_policies *set, sla_error *error);

/* Puts the goals of overlays before those of their targets; comes last. */
int sla__arrange_goals(sla_policies *set, sla_error *error);

#endif
