/*
 * _glue_service_own.h - what a service's glue is made of, for its own files.
 */
#ifndef SLA_PYTHON_GLUE_SERVICE_OWN_H
#define SLA_PYTHON_GLUE_SERVICE_OWN_H

#include <stdatomic.h>

#include "_glue_service.h"

/* A thing in a list, its kind's own data behind it. */
typedef struct item {
    struct item *next;
} item;

typedef struct list {
    item *first, *last;
    size_t count;
} list;

typedef struct call {
    item item;
    struct call *before, *after; /* among those that wait for their answer */
    sla_py_service *glue;
    sla_py_answer answer;
    sla_error *error;
} call;

typedef struct delivery {
    item item;
    sla_py_delivery given; /* its piece lies behind it */
} delivery;

typedef struct line {
    item item;
    sla_py_log given;
} line;

typedef struct consumer {
    sla_py_service *glue;
    char name[SLA_NAME_MAX + 1];
    list inbox;
    size_t again; /* of these, how many are not the first attempt */
    delivery *taken;
} consumer;

struct sla_py_service {
    sla_service *service;
    bool settable;
    sla_time now, steady; /* of the settable clock */
    sla_time armed;
    int wake_fd, timer_fd;
    atomic_bool woken;
    call *waiting; /* for their answers */
    list answers, logs;
    call *taken_answer;
    line *taken_log;
    uint64_t logs_lost;
    consumer **consumers;
    size_t consumer_count;
    sla_wait *waits;
    size_t waits_capacity;
    sla_py_fact room;
    sla_py_events *writing;
};

void sla_py_list_put(list *to, item *one);
void *sla_py_list_take(list *from); /* NULL: it is empty */
void sla_py_list_empty(list *all);

/* A call that waits for its answer, made with it so that the answer needs no memory; what
 * was not taken up after all goes with its result. */
call *sla_py_call_new(sla_py_service *glue, uint64_t number);
int sla_py_call_drop(call *one, int result);
void sla_py_call_recorded(void *context, int result, const sla_answer *answer,
                          const sla_error *error);

void sla_py_consumers_fini(sla_py_service *glue);

#endif
