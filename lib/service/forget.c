/*
 * forget.c - a ticket leaves memory and store for good.
 *
 * Its row goes with its facts and events, so nobody may still want those: a ticket
 * with a live clock stays, and every event told so far is acknowledged before.  A
 * request is looked at first (the ticket may have to be read from the store), then it
 * waits for the acknowledgements, in order, and then the ticket is going: what comes
 * for it waits until the unit is on the record, and finds no ticket.
 *
 * A fact that was queued behind the request keeps the ticket, however early it is
 * recorded: so a request holds the ticket's line before any such fact is taken up.
 */
#include <string.h>

#include "base/error.h"
#include "engine/act.h"
#include "service/parts.h"

enum { LOOKED_AT_A_ROUND = 256 };

typedef enum next { NEXT_STAY, NEXT_WAIT, NEXT_GONE } next;

static bool same(sla_string one, sla_string other)
{
    return one.length == other.length &&
           (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

/* ------------------------------------------------------------------ any thread */

static sla__forgetting *make(const sla_allocator *allocator, sla_string tenant, sla_string ticket)
{
    sla__forgetting *const made =
        sla__new(allocator, 1, sizeof *made + tenant.length + ticket.length);
    char *names;

    if (made == NULL)
        return NULL;
    names = (char *)(made + 1);
    if (tenant.length > 0)
        memcpy(names, tenant.data, tenant.length);
    memcpy(names + tenant.length, ticket.data, ticket.length);
    made->tenant = (sla_string){names, tenant.length};
    made->ticket = (sla_string){names + tenant.length, ticket.length};
    return made;
}

static void put(sla__forgettings *queue, sla__forgetting *given)
{
    given->next = NULL;
    if (queue->last != NULL)
        queue->last->next = given;
    else
        queue->first = given;
    queue->last = given;
    queue->count++;
}

static void put_back(sla__forgettings *queue, sla__forgetting *taken)
{
    taken->next = queue->first;
    queue->first = taken;
    if (queue->last == NULL)
        queue->last = taken;
    queue->count++;
}

static sla__forgetting *take(sla__forgettings *queue)
{
    sla__forgetting *const first = queue->first;

    if (first == NULL)
        return NULL;
    queue->first = first->next;
    if (queue->first == NULL)
        queue->last = NULL;
    queue->count--;
    return first;
}

int sla_service_forget(sla_service *service, sla_string tenant, sla_string ticket,
                       sla_forgotten done, void *context)
{
    const sla_clock_hook *clock = &service->options.clock;
    const sla_fact fact = {.tenant = tenant, .ticket = ticket, .name = {"opened", 6}};
    sla__forgetting *made;
    int result = SLA_OK;

    if (sla__fact_check(&fact, NULL) != SLA_OK)
        return SLA_ERR_ARGUMENT;
    made = make(&service->allocator, tenant, ticket);
    if (made == NULL)
        return SLA_ERR_NOMEM;
    made->done = done;
    made->context = context;
    pthread_mutex_lock(&service->lock);
    if (sla__stopping(service) || service->closing)
        result = SLA_ERR_STATE;
    else
        put(&service->to_forget, made);
    made->number = service->queued;
    pthread_mutex_unlock(&service->lock);
    if (result != SLA_OK)
        sla__free(&service->allocator, made);
    else if (clock->wake != NULL)
        clock->wake(clock->context);
    return result;
}

/* -------------------------------------------------------------------- answering */

/* Whoever asked is told last: he may ask for more. */
static void answer(sla_service *service, sla__forgetting *given, int result, const char *text)
{
    const sla_forgotten done = given->done;
    void *const context = given->context;
    sla__line *const line = given->line;
    sla_error error;

    if (line != NULL)
        line->forgetting = NULL;
    if (line != NULL && !line->going)
        sla__line_let_go(service, line);
    sla__free(&service->allocator, given);
    sla__error_clear(&error);
    if (result != SLA_OK)
        sla__error_set(&error, result, "", "%s", text);
    if (done != NULL)
        done(context, result, &error);
}

static next refuse(sla_service *service, sla__forgetting *given, int result, const char *text)
{
    answer(service, given, result, text);
    return NEXT_GONE;
}

/* -------------------------------------------------------------------- looking */

/* A fact of the ticket that has not been taken up. */
static bool is_queued(sla_service *service, const sla__forgetting *given)
{
    bool found = false;

    pthread_mutex_lock(&service->lock);
    for (const sla__arrival *arrival = service->inbox.first; arrival != NULL && !found;
         arrival = arrival->next)
        found = same(arrival->kept->fact.tenant, given->tenant) &&
                same(arrival->kept->fact.ticket, given->ticket);
    pthread_mutex_unlock(&service->lock);
    return found;
}

/* Everything of it that was on its way has arrived.  What only has to be taken up is,
 * in this round, and then it is looked at again. */
static bool is_quiet(sla_service *service, const sla__forgetting *given)
{
    const sla__line *const line = given->line;

    if (is_queued(service, given)) {
        service->look_again = true;
        return false;
    }
    return line->state == SLA__LINE_READY && line->waiting.first == NULL && line->units == 0 &&
           !line->ask.asked;
}

/* As it stands; SLA_OK, or why it stays. */
static int look(sla_service *service, const sla__forgetting *given)
{
    const sla__line *const line = given->line;
    sla_packed packed;
    const int result =
        sla_engine_pack(service->engine, line->tenant, line->ticket, NULL, 0, &packed);

    if (!line->on_record || (result != SLA_OK && result != SLA_ERR_SPACE))
        return SLA_ERR_NOT_FOUND;
    return packed.live > 0 || packed.next_at != SLA_NEVER ? SLA_ERR_STATE : SLA_OK;
}

/* What is not in memory is wanted from the store. */
static void begin(sla_service *service, sla__forgetting *given)
{
    sla__line *const line = given->line;

    given->begun = true;
    if (line->state == SLA__LINE_NEW)
        line->state = SLA__LINE_TICKET;
    if (line->state == SLA__LINE_TICKET || line->state == SLA__LINE_SET_ASIDE)
        sla__line_serve(service, line);
}

void sla__forget_fact(const sla__line *line, const sla__arrival *arrival)
{
    if (line->forgetting != NULL && arrival->number > line->forgetting->number)
        line->forgetting->came = true;
}

static next look_at(sla_service *service, sla__forgetting *given)
{
    int result;

    if (given->line == NULL)
        return refuse(service, given, SLA_ERR_BUSY, "the ticket is being forgotten already");
    if (!given->begun)
        begin(service, given);
    if (given->line->state == SLA__LINE_SET_ASIDE && !given->line->serving)
        return refuse(service, given, SLA_ERR_STATE, "what is on its record cannot be read");
    if (!is_quiet(service, given))
        return NEXT_STAY;
    if (given->came)
        return refuse(service, given, SLA_ERR_STATE, "a fact came for the ticket");
    result = look(service, given);
    if (result == SLA_ERR_NOT_FOUND)
        return refuse(service, given, result, "there is no such ticket");
    if (result != SLA_OK)
        return refuse(service, given, result,
                      "the ticket has a live clock, or something waits to be told");
    given->up_to = service->settled;
    return NEXT_WAIT;
}

/* ------------------------------------------------------------------------ going */

static next let_it_go(sla_service *service, sla__forgetting *given)
{
    if (given->line->state == SLA__LINE_SET_ASIDE)
        return refuse(service, given, SLA_ERR_STATE, "the store refused what came for the ticket");
    if (!is_quiet(service, given))
        return NEXT_STAY;
    if (given->came || look(service, given) != SLA_OK)
        return refuse(service, given, SLA_ERR_STATE, "a fact came for the ticket");
    if (!sla__gathering(service))
        return NEXT_STAY;
    given->line->going = true;
    sla__gather_line(service, given->line);
    return NEXT_GONE; /* the line has it now */
}

/* The line stays until whoever settles or mends its unit lets go of it. */
static void end(sla_service *service, sla__line *line, int result, const char *text)
{
    if (line->forgetting != NULL)
        answer(service, line->forgetting, result, text);
    line->going = false;
}

void sla__forget_settled(sla_service *service, sla__line *line)
{
    (void)sla_engine_forget(service->engine, line->tenant, line->ticket);
    line->on_record = line->whole = line->ids_known = false;
    line->id_count = 0;
    line->state = SLA__LINE_NEW;
    end(service, line, SLA_OK, NULL);
}

void sla__forget_refused(sla_service *service, sla__line *line, int result, const char *text)
{
    if (line->going)
        end(service, line, result, text);
}

/* ------------------------------------------------------------------- the round */

static void look_at_some(sla_service *service)
{
    sla__forgettings left = {NULL, NULL, 0};
    sla__forgetting *given;

    for (size_t i = 0; i < LOOKED_AT_A_ROUND && !service->starved &&
                       (given = take(&service->forget_looking)) != NULL;
         i++) {
        const next then = look_at(service, given);

        service->look_left -= service->look_left > 0;
        if (then == NEXT_STAY)
            put(&left, given);
        else if (then == NEXT_WAIT)
            put(&service->forget_waiting, given);
    }
    while ((given = take(&left)) != NULL)
        put(&service->forget_looking, given);
}

/* Those that were looked at first wait for the fewest events. */
static void let_some_go(sla_service *service)
{
    const uint64_t through = sla__acknowledged_through(service);

    while (service->forget_waiting.first != NULL && !service->starved &&
           service->forget_waiting.first->up_to <= through) {
        sla__forgetting *const given = take(&service->forget_waiting);

        if (let_it_go(service, given) == NEXT_STAY) {
            put_back(&service->forget_waiting, given);
            return;
        }
    }
}

/* The next of those that were asked for. */
static sla__forgetting *take_asked(sla_service *service)
{
    sla__forgetting *given;

    pthread_mutex_lock(&service->lock);
    given = take(&service->to_forget);
    pthread_mutex_unlock(&service->lock);
    return given;
}

/* Of several requests for a ticket the first one has the line.  False: out of memory. */
static bool hold_line(sla_service *service, sla__forgetting *given)
{
    sla__line *const line = sla__line_get(service, given->tenant, given->ticket);

    if (line == NULL)
        return sla__starve(service);
    if (line->forgetting != NULL)
        return true;
    sla__line_wake(service, line);
    line->forgetting = given;
    given->line = line;
    return true;
}

bool sla__forget_take_up(sla_service *service)
{
    sla__forgetting *given;

    while ((given = take_asked(service)) != NULL) {
        if (!hold_line(service, given)) {
            pthread_mutex_lock(&service->lock);
            put_back(&service->to_forget, given);
            pthread_mutex_unlock(&service->lock);
            return false;
        }
        put(&service->forget_looking, given);
        service->look_again = true;
    }
    return true;
}

void sla__forget_round(sla_service *service)
{
    if (sla__stopping(service)) {
        service->look_again = false;
        service->look_left = 0;
        sla__forget_give_up(service, SLA_ERR_STATE, "the service is stopping");
        return;
    }
    if (!sla__forget_take_up(service))
        return;
    if (service->look_again)
        service->look_left = service->forget_looking.count;
    service->look_again = false;
    look_at_some(service);
    let_some_go(service);
}

bool sla__forget_waits(const sla_service *service)
{
    return service->forget_looking.first != NULL || service->forget_waiting.first != NULL;
}

void sla__forget_give_up(sla_service *service, int result, const char *text)
{
    sla__forgetting *given;

    while ((given = take_asked(service)) != NULL)
        answer(service, given, result, text);
    while ((given = take(&service->forget_looking)) != NULL)
        answer(service, given, result, text);
    while ((given = take(&service->forget_waiting)) != NULL)
        answer(service, given, result, text);
}

void sla__forget_fini(sla_service *service)
{
    sla__forgetting *given;

    while ((given = take(&service->to_forget)) != NULL)
        sla__free(&service->allocator, given);
    while ((given = take(&service->forget_looking)) != NULL)
        sla__free(&service->allocator, given);
    while ((given = take(&service->forget_waiting)) != NULL)
        sla__free(&service->allocator, given);
}
