/*
 * record.c - facts into the engine, ticket by ticket in order.
 *
 * A fact of a ticket that is not in memory asks the store for the ticket first,
 * unless it opens it: then the unit's key decides.  A fact that may be on the
 * record already, by its id, and one that the engine cannot fold without the
 * ticket's history, asks for the history.  What comes behind it waits in the
 * ticket's line.
 */
#include <string.h>

#include "base/error.h"
#include "engine/act.h"
#include "service/log.h"
#include "service/parts.h"

/* Few enough that the store has something to write while the others are recorded. */
enum { FACTS_A_ROUND = 1024 };

typedef enum went {
    WENT_ON, /* recorded, or answered with an error */
    WAITS    /* for the store, or for memory: it is still the first of its line */
} went;

static bool opens(const sla_fact *fact)
{
    return fact->name.length == 6 && memcmp(fact->name.data, "opened", 6) == 0 &&
           fact->corrects.length == 0;
}

/* Whether the fact may be there already, which only its history can tell. */
static bool may_be_known(const sla__line *line, const sla_fact *fact)
{
    return fact->id.length > 0 && !line->whole &&
           (!line->ids_known || sla__line_knows(line, fact->id));
}

static went want(sla__line *line, sla__line_state state)
{
    line->state = state;
    return WAITS;
}

static void stands(sla_service *service, sla__line *line, sla__arrival *arrival, sla_time now)
{
    arrival->kept->stored.seq = arrival->answer.seq;
    arrival->kept->stored.recorded_at = now;
    arrival->kept->stored.rules = service->rules - 1;
    line->on_record = true;
    sla__forget_fact(line, arrival);
    sla__line_add_id(line, arrival->kept->fact.id);
    sla__gather_fact(service, line, arrival);
    sla__view_fact(service, line, arrival);
}

static went into_engine(sla_service *service, sla__line *line, sla__arrival *arrival)
{
    const sla_time now = service->decided_at != SLA_NEVER && service->decided_at > service->now
                             ? service->decided_at
                             : service->now;
    sla_error error;
    int result;

    sla__error_clear(&error);
    if (!sla__gathering(service) || !sla__line_reserve_ids(service, line, line->id_count + 1))
        return WAITS;
    result =
        sla_engine_record(service->engine, &arrival->kept->fact, now, &arrival->answer, &error);
    if (result == SLA_NEED_HISTORY && !line->whole)
        return want(line, SLA__LINE_HISTORY);
    if (result == SLA_NEED_HISTORY)
        result = sla__error_set(&error, SLA_ERR_REFUSED, "",
                                "the facts of the ticket on the record are not all there");
    line->whole = false;
    sla__arrivals_take(&line->waiting);
    if (result == SLA_OK)
        stands(service, line, arrival, now);
    else
        sla__answer(service, arrival, result, &error);
    return WENT_ON;
}

/* The first fact of the line. */
static went record_first(sla_service *service, sla__line *line)
{
    sla__arrival *const arrival = line->waiting.first;
    const sla_fact *const fact = &arrival->kept->fact;

    if (line->going)
        return WAITS;
    if (line->state == SLA__LINE_NEW && !opens(fact))
        return want(line, SLA__LINE_TICKET);
    if (line->state == SLA__LINE_NEW) {
        line->state = SLA__LINE_READY;
        line->ids_known = true;
    }
    if (may_be_known(line, fact))
        return want(line, SLA__LINE_HISTORY);
    return into_engine(service, line, arrival);
}

/* ------------------------------------------------------------------- the lines */

static bool is_ready(sla_service *service, sla__line *line)
{
    sla__line_wake(service, line);
    if (line->state == SLA__LINE_SET_ASIDE)
        line->state = SLA__LINE_TICKET;
    if (line->state == SLA__LINE_HISTORY && line->whole && !line->ask.asked)
        return sla__fetch_supply(service, line);
    return line->state == SLA__LINE_NEW || line->state == SLA__LINE_READY;
}

/* Everything of the line that can go on.  A line that waits for its units is served
 * again when they are settled, one that waits for an answer when it comes. */
static void serve(sla_service *service, sla__line *line)
{
    bool ready = is_ready(service, line);

    while (ready && line->waiting.first != NULL && !service->starved)
        ready = record_first(service, line) == WENT_ON;
    if (line->state == SLA__LINE_TICKET || line->state == SLA__LINE_HISTORY) {
        if (!(line->state == SLA__LINE_HISTORY && line->whole))
            sla__fetch(service, line);
        if (!line->ask.asked && !(line->state == SLA__LINE_HISTORY && line->units > 0))
            sla__line_serve(service, line);
    } else if (line->waiting.first != NULL) {
        sla__line_serve(service, line);
    }
    sla__line_let_go(service, line);
}

static void serve_lines(sla_service *service)
{
    sla__line *line = service->serve_first;

    service->serve_first = service->serve_last = NULL;
    while (line != NULL) {
        sla__line *const next = line->next_serve;

        line->serving = false;
        serve(service, line);
        line = next;
    }
}

/* -------------------------------------------------------------------- the inbox */

/* False: out of memory, and the fact is still the arrival's. */
static bool queue_up(sla_service *service, sla__arrival *arrival)
{
    const sla_fact *const fact = &arrival->kept->fact;
    sla_error error;
    sla__line *line;
    int result;

    sla__error_clear(&error);
    result = sla__fact_check(fact, &error);
    if (result != SLA_OK) {
        sla__answer(service, arrival, result, &error);
        return true;
    }
    line = sla__line_get(service, fact->tenant, fact->ticket);
    if (line == NULL)
        return sla__starve(service);
    sla__line_wake(service, line);
    arrival->line = line;
    sla__arrivals_put(&line->waiting, arrival);
    if (!line->ask.asked && !line->serving)
        serve(service, line);
    return true;
}

/* Those for which there was no memory go back before what has come since. */
static void give_back(sla_service *service, sla__arrivals *left)
{
    pthread_mutex_lock(&service->lock);
    sla__arrivals_join_front(&service->inbox, left);
    pthread_mutex_unlock(&service->lock);
}

void sla__record_round(sla_service *service)
{
    sla__arrivals arrived;
    sla__arrival *arrival;
    size_t taken = 0;
    bool forgets;

    serve_lines(service);
    pthread_mutex_lock(&service->lock);
    arrived = service->inbox;
    memset(&service->inbox, 0, sizeof service->inbox);
    forgets = service->to_forget.first != NULL;
    pthread_mutex_unlock(&service->lock);
    if (forgets) /* before the facts that came behind */
        (void)sla__forget_take_up(service);
    while (!service->starved && taken++ < FACTS_A_ROUND &&
           (arrival = sla__arrivals_take(&arrived)) != NULL) {
        if (!queue_up(service, arrival)) {
            sla__arrivals one = {0};

            sla__arrivals_put(&one, arrival);
            sla__arrivals_join_front(&arrived, &one);
        }
    }
    give_back(service, &arrived);
}
