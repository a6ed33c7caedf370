/*
 * store_patience.h - how long a store that does not answer is waited for.
 *
 * A store that another has, and a clock that is not right, count like one that is away: nothing
 * goes on until somebody does something about it.
 */
#ifndef SLA_CLI_STORE_PATIENCE_H
#define SLA_CLI_STORE_PATIENCE_H

#include <stdbool.h>

#include <sla/service.h>

typedef struct store_patience {
    sla_duration most; /* 0: without end */
    sla_time since;    /* monotonic; 0: it answers */
    bool over;         /* and it was said */
} store_patience;

/* Looked at after each round: whether it has been so for too long, which is said once. */
bool store_patience_is_over(store_patience *p, const sla_service *service);

/* When to look again at the latest, monotonic, or SLA_NEVER. */
sla_time store_patience_next(const store_patience *p);

#endif
