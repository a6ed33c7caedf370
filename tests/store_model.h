/*
 * store_model.h - the dumb twin of a store's content: a list of lines that is
 * walked from its beginning for every question.
 */
#ifndef SLA_TESTS_STORE_MODEL_H
#define SLA_TESTS_STORE_MODEL_H

#include <sla/store.h>

#include "store_text.h"

enum { STORE_MODEL_CONSUMERS = 8, STORE_MODEL_NUMBERS = 256, STORE_MODEL_KEYS = 256 };

typedef struct store_thing {
    enum { THING_FACT, THING_ROW, THING_EVENT, THING_WORLD } kind;
    char tenant[SLA_ID_MAX + 1], ticket[SLA_ID_MAX + 1];
    uint64_t number;     /* seq of a fact, number of an event or a world */
    sla_time next_at;    /* row */
    bool loads;          /* row: open hands it out */
    bool imported;       /* event */
    store_text identity; /* event */
    store_text line;
} store_thing;

typedef struct store_model {
    store_thing *things;
    size_t count, capacity;
    uint64_t events; /* the highest number */
    uint32_t worlds;
    sla_time decided_at;
    struct store_model_consumer {
        char name[SLA_NAME_MAX + 1];
        uint64_t through;
        uint64_t numbers[STORE_MODEL_NUMBERS];
        size_t count;
    } consumers[STORE_MODEL_CONSUMERS];
    size_t consumer_count;
    struct {
        uint64_t service, number;
    } keys[STORE_MODEL_KEYS];
    size_t key_count;
} store_model;

void store_model_init(store_model *model);
void store_model_fini(store_model *model);

/* What a store answers; where that is SLA_OK and the key is new, it is written. */
int store_model_commit(store_model *model, const sla_unit *unit);

/* Facts on the record; the last unit of an incarnation. */
uint32_t store_model_facts(const store_model *model, const char *tenant, const char *ticket);
uint64_t store_model_last_unit(const store_model *model, uint64_t service);

/* What the sink is told, appended to `text`.  Tickets and marks of a load come in
 * any order: both sides are sorted. */
void store_model_load(const store_model *model, store_text *text);
int store_model_ticket(const store_model *model, const char *tenant, const char *ticket,
                       store_text *text);
void store_model_history(const store_model *model, const char *tenant, const char *ticket,
                         store_text *text);
/* Returns how many are left. */
uint64_t store_model_outbox(const store_model *model, uint64_t after, size_t limit,
                            store_text *text);
uint64_t store_model_audit(const store_model *model, sla_time before);

/* "5: 7 8": the watermark, and the numbers above it in rising order. */
void store_model_marks(const store_model *model, const char *consumer, char *buffer, size_t size);

#endif
