/*
 * import.c - a living ticket is taken over with its history (rule 28).
 *
 * It lives its life again in an engine of its own, asked by a driver that is never
 * late; what fell due before it was taken over goes on the record as imported.
 * Then the ticket moves to the service's engine, and all of it goes into one unit.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "engine/like.h"
#include "service/parts.h"

enum { SILENT_MAX = 100000 }; /* polls without an event: memory has run short for good */

typedef struct importing {
    sla_service *service;
    sla_engine *engine;
    sla_time told_until;
    bool dry_run;
    sla__arrivals facts;
    sla__outgoings events;
    sla_import counts;
    sla_error *error;
} importing;

/* -------------------------------------------------------------------- telling */

static bool keep(importing *work, const sla_event *event)
{
    const bool imported = event->at < work->told_until;
    const sla_stored_event stored = {event, 0, imported};

    work->counts.imported += imported;
    work->counts.later += !imported;
    return work->dry_run || sla__outgoing_new(work->service, &stored, &work->events);
}

static int tell_at(importing *work, sla_time now, bool *told_out)
{
    sla_event event;

    *told_out = false;
    while (sla_engine_poll(work->engine, now, &event)) {
        *told_out = true;
        if (!keep(work, &event))
            return SLA_ERR_NOMEM;
    }
    return SLA_OK;
}

/* As a driver that is never late: at each instant that the engine asks for. */
static int tell_until(importing *work, sla_time until)
{
    size_t silent = 0;
    int result = SLA_OK;

    while (result == SLA_OK && sla_engine_wakeup(work->engine) <= until) {
        bool told;

        result = tell_at(work, sla_engine_wakeup(work->engine), &told);
        silent = told ? 0 : silent + 1;
        if (silent > SILENT_MAX)
            result = SLA_ERR_NOMEM;
    }
    return result;
}

/* -------------------------------------------------------------------- living */

static int keep_fact(importing *work, const sla_fact *fact, sla_time recorded_at,
                     const sla_answer *answer)
{
    const sla_stored_fact stored = {fact, answer->seq, recorded_at, work->service->rules - 1};
    sla__arrival *arrival;

    if (work->dry_run)
        return SLA_OK;
    arrival = sla__arrival_new(work->service, &stored, NULL, NULL);
    if (arrival == NULL)
        return SLA_ERR_NOMEM;
    atomic_fetch_add(&work->service->unanswered, 1);
    arrival->answer = *answer;
    arrival->imported = true;
    sla__arrivals_put(&work->facts, arrival);
    return SLA_OK;
}

static int live_fact(importing *work, const sla_fact *fact, sla_time recorded_at, size_t number)
{
    sla_answer answer;
    int result = tell_until(work, recorded_at - 1);

    if (result != SLA_OK)
        return result;
    result = sla_engine_record(work->engine, fact, recorded_at, &answer, work->error);
    if (result == SLA_DUPLICATE) /* it is there once */
        return SLA_OK;
    if (result != SLA_OK && work->error != NULL)
        snprintf(work->error->source, sizeof work->error->source, "fact %zu", number);
    if (result != SLA_OK)
        return result;
    work->counts.facts++;
    work->counts.refused += answer.refused;
    return keep_fact(work, fact, recorded_at, &answer);
}

static int live(importing *work, const sla_fact *facts, const sla_time *recorded_at, size_t count)
{
    int result = SLA_OK;
    bool told;

    for (size_t i = 0; i < count && result == SLA_OK; i++)
        result = live_fact(work, &facts[i], recorded_at[i], i + 1);
    if (result == SLA_OK)
        result = tell_until(work, work->told_until - 1);
    return result == SLA_OK ? tell_at(work, work->service->now, &told) : result;
}

/* --------------------------------------------------------------------- moving */

static int move(importing *work, sla__line *line)
{
    sla_service *const service = work->service;
    sla_packed packed;
    int result;

    (void)sla_engine_pack(work->engine, line->tenant, line->ticket, NULL, 0, &packed);
    if (!sla__grow(&service->allocator, (void **)&service->pack, &service->pack_capacity,
                   packed.length, 1))
        return SLA_ERR_NOMEM;
    result = sla_engine_pack(work->engine, line->tenant, line->ticket, service->pack,
                             service->pack_capacity, &packed);
    if (result == SLA_OK)
        result = sla_engine_unpack(service->engine, line->tenant, line->ticket, service->pack,
                                   packed.length, work->error);
    return result;
}

/* There is room for everything; nothing fails any more. */
static void gather(importing *work, sla__line *line, sla_recorded done, void *context)
{
    sla__outgoing *event = work->events.first;
    sla__arrival *arrival;

    work->facts.last->done = done;
    work->facts.last->context = context;
    line->state = SLA__LINE_READY;
    line->on_record = line->ids_known = true;
    while ((arrival = sla__arrivals_take(&work->facts)) != NULL) {
        arrival->line = line;
        sla__line_add_id(line, arrival->kept->fact.id);
        sla__gather_fact(work->service, line, arrival);
    }
    while (event != NULL) {
        sla__outgoing *const next = event->next;

        sla__gather_event(work->service, line, event);
        event = next;
    }
    memset(&work->events, 0, sizeof work->events);
}

static int place(importing *work, const sla_fact *fact, sla_recorded done, void *context)
{
    sla_service *const service = work->service;
    sla__line *const line = sla__line_new(service, fact->tenant, fact->ticket);
    int result = SLA_ERR_NOMEM;

    if (line == NULL)
        return SLA_ERR_NOMEM;
    if (sla__gathering(service) && sla__line_reserve_ids(service, line, work->facts.count))
        result =
            service->store->ops->views ? sla__view_read_whole(service, work->engine, line) : SLA_OK;
    if (result == SLA_OK)
        result = move(work, line);
    if (result != SLA_OK) {
        sla__line_free(service, line);
        return result;
    }
    gather(work, line, done, context);
    return SLA_OK;
}

/* ------------------------------------------------------------------- checking */

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

/* A fact that came before it and waits. */
static bool is_queued(sla_service *service, const sla_fact *of)
{
    bool found = false;

    pthread_mutex_lock(&service->lock);
    for (const sla__arrival *arrival = service->inbox.first; arrival != NULL && !found;
         arrival = arrival->next)
        found = same(arrival->kept->fact.tenant, of->tenant) &&
                same(arrival->kept->fact.ticket, of->ticket);
    pthread_mutex_unlock(&service->lock);
    return found;
}

/* What is known of the ticket already.  A line of which nothing was recorded is about to leave:
 * it goes now, but not from under a round that may have it in hand. */
static int look_for(importing *work, const sla_fact *of)
{
    sla_service *const service = work->service;
    const sla__line *line;

    if (!service->in_run)
        sla__lines_expire(service);
    line = sla__line_find(service, of->tenant, of->ticket);
    if (line != NULL && !line->on_record && line->units == 0 && line->state != SLA__LINE_SET_ASIDE)
        return sla__error_set(work->error, SLA_ERR_BUSY, "",
                              "the ticket is being looked for or forgotten; import it when that "
                              "is answered");
    if (line != NULL || sla__resting_has(service, of->tenant, of->ticket))
        return sla__error_set(work->error, SLA_ERR_EXISTS, "", "the ticket is there already");
    return SLA_OK;
}

/* What keeps a fact from following those before it. */
static int check_fact(const importing *work, const sla_fact *facts, const sla_time *recorded_at,
                      size_t i)
{
    /* What does not say when it was recorded was so when it happened. */
    const char *pointer = recorded_at[i] == facts[i].occurred_at ? "/occurred_at" : "/recorded_at";
    const char *why = NULL;

    if (!same(facts[i].tenant, facts[0].tenant) || !same(facts[i].ticket, facts[0].ticket)) {
        pointer = "/ticket";
        why = "is of another ticket than the first: one ticket a call";
    } else if (recorded_at[i] > work->service->now) {
        why = "was recorded ahead of the clock: a history is what was recorded until now; mend the "
              "instant, or set the clock right";
    } else if (i > 0 && recorded_at[i] < recorded_at[i - 1]) {
        why = "was recorded before the fact before it: give them in the order of recording";
    }
    if (why == NULL)
        return SLA_OK;
    sla__error_set(work->error, SLA_ERR_ARGUMENT, pointer, "fact %zu %s", i + 1, why);
    if (work->error != NULL)
        snprintf(work->error->source, sizeof work->error->source, "fact %zu", i + 1);
    return SLA_ERR_ARGUMENT;
}

static int check_arguments(const sla_service *service, const sla_fact *facts,
                           const sla_time *recorded_at, size_t count, const sla_import *import,
                           sla_error *error)
{
    const char *const why = service == NULL       ? "service is NULL"
                            : facts == NULL       ? "facts is NULL"
                            : recorded_at == NULL ? "recorded_at is NULL"
                            : count == 0          ? "count is 0: a ticket has a fact"
                            : import == NULL      ? "import is NULL"
                                                  : NULL;

    return why == NULL ? SLA_OK : sla__error_set(error, SLA_ERR_ARGUMENT, "", "%s", why);
}

/* A request to forget the ticket that was made before holds it. */
static int look_around(importing *work, const sla_fact *of)
{
    if (!sla__unstick(work->service) || !sla__forget_take_up(work->service))
        return SLA_ERR_NOMEM;
    if (is_queued(work->service, of))
        return sla__error_set(work->error, SLA_ERR_BUSY, "",
                              "a fact of the ticket waits to be recorded; import the ticket before "
                              "its facts come, or once they are answered");
    return look_for(work, of);
}

/* The clock of the last round may be as old as the service has been idle. */
static int check(importing *work, const sla_fact *facts, const sla_time *recorded_at, size_t count)
{
    sla_service *const service = work->service;

    if (sla__stopping(service))
        return sla__error_set(work->error, SLA_ERR_STATE, "", "the service is stopping");
    sla__host_look(service);
    if (service->state != SLA_SERVICE_LIVE || service->held || service->adopting != NULL ||
        service->wishing)
        return sla__error_set(work->error, SLA_ERR_BUSY, "",
                              "the service loads, is held, or is adopting documents");
    if (work->told_until < SLA_TIME_MIN || work->told_until > SLA_TIME_MAX)
        return sla__error_set(work->error, SLA_ERR_RANGE, "",
                              "told_until is outside the years 1900 to 2199");
    if (work->told_until > service->now)
        return sla__error_set(work->error, SLA_ERR_ARGUMENT, "",
                              "told_until is ahead of the clock");
    for (size_t i = 0; i < count; i++) {
        const int result = check_fact(work, facts, recorded_at, i);

        if (result != SLA_OK)
            return result;
    }
    return look_around(work, &facts[0]);
}

static void add(sla_import *sum, const sla_import *counts)
{
    sum->tickets++;
    sum->facts += counts->facts;
    sum->refused += counts->refused;
    sum->imported += counts->imported;
    sum->later += counts->later;
}

static void fini(importing *work)
{
    sla__arrival *arrival;

    while ((arrival = sla__arrivals_take(&work->facts)) != NULL)
        sla__arrival_free(work->service, arrival);
    sla__outgoings_release(work->service, &work->events);
    sla_engine_free(work->engine);
}

int sla_service_import(sla_service *service, const sla_fact *facts, const sla_time *recorded_at,
                       size_t count, sla_time told_until, bool dry_run, sla_recorded done,
                       void *context, sla_import *import, sla_error *error)
{
    importing work = {
        .service = service, .told_until = told_until, .dry_run = dry_run, .error = error};
    int result;

    sla__error_clear(error);
    result = check_arguments(service, facts, recorded_at, count, import, error);
    if (result != SLA_OK)
        return result;
    result = check(&work, facts, recorded_at, count);
    if (result == SLA_OK)
        result = sla__engine_like(service->engine, &work.engine);
    if (result == SLA_OK)
        result = live(&work, facts, recorded_at, count);
    if (result == SLA_OK && !dry_run)
        result = place(&work, &facts[0], done, context);
    fini(&work);
    if (result != SLA_OK)
        return sla__error_set(error, result, "", "%s", sla_result_text(result));
    add(import, &work.counts);
    if (!dry_run && service->options.clock.wake != NULL)
        service->options.clock.wake(service->options.clock.context);
    return SLA_OK;
}
