/*
 * service_host.h - a host for tests: one thread, a clock that is a number, one
 * consumer that writes down what it is told, and a store that is kept, so that a
 * service can be stopped or dropped and opened again on what it left.
 */
#ifndef SLA_TESTS_SERVICE_HOST_H
#define SLA_TESTS_SERVICE_HOST_H

#include "check.h"

#include <sla/service.h>

#define HOST_START INT64_C(1772442000000000) /* 2026-03-02T09:00Z, a Monday */

/* What the consumer was handed. */
typedef struct host_told {
    char identity[320];
    char ticket[SLA_ID_MAX + 1];
    char step[2 * (SLA_NAME_MAX + 1)];
    uint64_t number;
    uint32_t attempt;
    sla_time at, when; /* its instant; the host's clock when it came */
} host_told;

/* What became of facts. */
typedef struct host_answers {
    size_t count, refused, duplicates;
    int last;
    sla_answer answer;
    sla_error error;
    sla_error refusal; /* of the last one refused */
} host_answers;

typedef struct host host;

/* Puts a store in front of the one given; the default gives it as it is. */
typedef sla_store *(*host_wrap)(host *h, sla_store *inner);

struct host {
    sla_service *service;
    sla_store *kept; /* the handle that keeps the content */
    sla_time now, steady;
    bool no_steady;
    sla_time armed;
    size_t wakes;

    host_told *told;
    size_t told_count, told_capacity;
    host_answers answers;
    int reply;       /* of the consumer: SLA_OK, SLA_PENDING or an error */
    bool keep_quiet; /* the consumer counts, and writes nothing down */
    size_t handed;
    sla_event_handler on_event; /* called after it was written down, or NULL */

    char log[64][32]; /* the codes, oldest first; then the last place again and again */
    size_t log_count;
    char complaint[256]; /* the text of the last error */
    char warning[256];   /* ... and warning */
    size_t early;        /* told before its instant */

    /* Set before host_open. */
    host_wrap wrap;
    void *wrap_context;
    bool (*refuse)(void *context, const sla_unit *unit); /* units the store refuses; or NULL */
    const char *documents; /* JSON with ' for ", apart by a line `---`; NULL: a ladder */
    sla_service_options options;
    sla_consumer consumer;
};

/* A memory store, the clock at HOST_START. */
void host_init(host *h);
void host_fini(host *h);

/* A service on the store, as it is; loaded, with its consumer. */
void host_open(host *h);
/* Without running it, and without a consumer. */
int host_new(host *h, sla_error *error);
/* In order; checks that it stops. */
void host_stop(host *h);
/* As if it were killed: what is not written is gone. */
void host_drop(host *h);

/* Rounds until it does not want to be called at once; checks that there is an end to it. */
void host_settle(host *h);
/* The clock goes on, stopping wherever the service wants to be called. */
void host_go_to(host *h, sla_time to);

/* A fact of a ticket, now; `id` NULL: without one.  What sla_service_record says. */
int host_record(host *h, const char *ticket, const char *name, const char *id);
/* ... that occurred at another time. */
int host_record_at(host *h, const char *ticket, const char *name, const char *id, sla_time at);
/* Settled, and on the record. */
void host_fact(host *h, const char *ticket, const char *name, const char *id);
void host_recorded(void *context, int result, const sla_answer *answer, const sla_error *error);

/* How often a code was logged; how many events of a ticket (NULL: of all) came. */
size_t host_logged(const host *h, const char *code);
size_t host_told_of(const host *h, const char *ticket);
/* No identity twice at a first attempt, nothing early, numbers rising per ticket. */
void host_check_told(const host *h);

/* Documents from text as above; `text` must stay. */
size_t host_documents(const char *text, sla_document *documents, char *json, size_t size);

sla_string host_string(const char *text);

#endif
