/* model_ticket.h - inside the model: a ticket, and what of it has been told. */
#ifndef SLA_TESTS_MODEL_TICKET_H
#define SLA_TESTS_MODEL_TICKET_H

#include "model.h"
#include "model_truth.h"

/* Of what kind a thing told is; with the rest of the key it finds it again. */
typedef enum model_sort {
    MODEL_SORT_MOVED,     /* due_changed, confirmed */
    MODEL_SORT_TAKEN,     /* a taking-back */
    MODEL_SORT_CAP,       /* resumed */
    MODEL_SORT_FOLLOW_UP, /* follow_up */
    MODEL_SORT_STEP,
    MODEL_SORT_END,
    MODEL_SORT_FIRED
} model_sort;

typedef struct model_key {
    uint16_t policy, target; /* target SLA__NONE: the whole ticket */
    uint32_t cycle;
    model_sort sort;
    uint32_t place; /* of the step, pause or rule; the state of an end */
    uint32_t repeat;
} model_key;

typedef struct model_told {
    model_key key;
    bool decided; /* told, or collapsed, skipped, too old */
    bool told;
    uint32_t revision;
    sla_time breached_at; /* as told */
    uint8_t level;
    const char *to;
} model_told;

typedef struct model_notice {
    model_key key;
    sla_event event;
    sla_time when; /* how far the fold had come */
} model_notice;

typedef struct model_ticket {
    char *tenant, *name;
    model_fact **facts;
    size_t fact_count;
    bool opened;
    uint32_t number; /* of its opening */
    size_t world;    /* number of worlds when it was opened */
    sla_time limit;  /* folded up to here */
    bool passing;    /* ... this instant's steps included */
    sla_time stood;  /* the limit before this poll */
    bool stood_passing;
    model_item *items;
    model_timeline timeline;
    model_truth *truth;
    size_t moves_told;
    model_told *told;
    size_t told_count;
    model_notice *notices;
    size_t notice_count;
} model_ticket;

typedef struct model_telling {
    sla_event event;
    model_key key;
    uint32_t ticket;
    sla_time order; /* where it comes among the others */
    size_t serial;
} model_telling;

struct model {
    model_world *worlds;
    size_t world_count;
    model_ticket **tickets;
    size_t ticket_count;
    uint32_t openings;
    model_telling *tellings;
    sla_event *events;
    bool undone; /* see model_undone */
};

/* Why the truth changed, for those who are told so. */
typedef struct model_cause {
    sla_time at;
    uint32_t seq; /* `repeat` of what is told because of it */
    const model_fact *fact;
    bool world;
    const char *because; /* NULL: what moved the clock */
} model_cause;

/* Queue what of the told no longer holds in the ticket's truth. */
void model_reconcile(model_ticket *ticket, const model_cause *cause);

/* Queue the due_changed of a refold. */
void model_compare_dues(model_ticket *ticket, const model_truth *before, const model_cause *cause);

/* Queue those that the fold noted and that have not been told. */
void model_take_moves(model_ticket *ticket, uint32_t seq);

/* What is to be told at `now`, appended to `*tellings`. */
void model_tell(model_ticket *ticket, sla_time now, model_telling **tellings, size_t *count);

/* Whether there is anything to be told, and since when. */
sla_time model_earliest(const model_ticket *ticket);

int32_t model_rank(const model_truth *truth, uint16_t policy);
bool model_governs(const model_truth *truth, const model_clock *clock);

void model_fill_view(const model_ticket *ticket, const model_clock *clock, sla_clock_view *view);

/* --- model_told.c --- */

const char *model_symbol(const model_ticket *ticket, uint32_t number);
const sla__step *model_step_of(const model_ticket *ticket, const model_key *key);
model_told *model_told_of(model_ticket *ticket, const model_key *key);
bool model_decided(const model_ticket *ticket, const model_key *key);
const model_clock *model_clock_of(const model_truth *truth, const model_key *key);
sla_event model_blank(const model_ticket *ticket, const model_key *key);
void model_name_fact(const model_ticket *ticket, sla_event *event, uint32_t seq);
const char *model_end_name(uint32_t state);
model_told *model_revision_of(model_ticket *ticket, const model_key *key);

const char *model_reason_of(const model_ticket *ticket, uint32_t seq);

/* --- model_fact.c, model_timeline.c --- */

void model_fact_free(model_fact *fact);
model_fact *model_fact_copy(const sla_fact *given);
bool model_same_string(sla_string a, sla_string b);
bool model_is(sla_string string, const char *text);
bool model_same_content(const sla_fact *a, const sla_fact *b);
const model_fact *model_content_of(const model_ticket *ticket, size_t root);
void model_build_timeline(const model *twin, model_ticket *ticket);
void model_fold_ticket(const model *twin, model_ticket *ticket, const model_fact *watch);
void model_tighten(model_ticket *ticket);
void model_advance(const model *twin, model_ticket *ticket, sla_time at, bool passing,
                   const model_fact *watch);
const model_fact *model_fact_by_id(const model_ticket *ticket, sla_string id);
int model_check_names(const sla_fact *fact);
int model_check_values(const sla_policies *set, const sla_fact *fact);
int model_check_time(const sla_policies *set, const sla_fact *fact, sla_time now);
int model_check_place(const model_ticket *ticket, const sla_fact *fact);

#endif
