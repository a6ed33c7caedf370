/* answer.c - see answer.h. */
#include "pg/answer.h"

#include <string.h>

#include "pg/errors.h"
#include "pg/lease.h"
#include "pg/line.h"

void sla__pg_open_load(sla__pg *own, sla__pg_ask *ask)
{
    own->sink = ask->sink;
    sla__pg_steps_clear(ask);
    sla__pg_step_add(ask, SLA__PG_LOAD_WORLDS);
    sla__pg_step_add(ask, SLA__PG_LOAD_MARKS);
    sla__pg_step_add(ask, SLA__PG_LOAD_TICKETS);
    sla__pg_step_add(ask, SLA__PG_LOAD_END);
    sla__pg_lease_renew(own, ask);
    if (ask->parameters.failed) {
        ask->result = sla__pg_error(&ask->error, SLA_ERR_STORE, "out of memory");
        sla__pg_line_answer(own);
    }
}

bool sla__pg_must_count(const sla__pg *own, uint64_t after)
{
    const sla__pg_ask *const end = sla__pg_line_next(own);

    for (const sla__pg_ask *ask = own->first; ask != end; ask = ask->next)
        if (ask->kind == SLA__PG_OUTBOX || (ask->kind == SLA__PG_COMMIT && ask->forgets))
            return true;
    return !own->left_known || own->left_after != after;
}

static void written(sla__pg *own, const sla__pg_ask *ask, bool before)
{
    if (before || ask->forgets)
        own->left_known = false;
    else if (ask->last_event > own->left_after)
        own->left += ask->deliverable;
}

static void give_back(sla__pg *own)
{
    own->held = false;
    own->given_back = true;
}

/* The server sees an epoch that is over, and cannot know who ended it. */
static void say_given_back(sla__pg_ask *ask)
{
    memset(&ask->error, 0, sizeof ask->error);
    sla__pg_error(&ask->error, SLA_ERR_FENCED, "what open took has been given back");
}

void sla__pg_settle(sla__pg *own, sla__pg_ask *ask)
{
    const bool before = ask->result == SLA__PG_WRITTEN;

    if (before)
        ask->result = SLA_OK;
    else if (ask->result == SLA__PG_LOOK_CLOSER)
        ask->result = SLA_ERR_REFUSED;
    else if (ask->result > SLA_OK)
        ask->result = SLA_ERR_STORE;
    if (ask->result == SLA_ERR_FENCED && own->given_back)
        say_given_back(ask);
    ask->error.code = ask->result;
    if (ask->result == SLA_OK && ask->kind == SLA__PG_COMMIT)
        written(own, ask, before);
    else if (ask->result == SLA_OK && ask->kind == SLA__PG_RELEASE)
        give_back(own);
}
