/* service_host.c - see service_host.h. */
#include "service_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/json.h>

#include "faulty_store.h"

enum { ROUNDS_MAX = 20000, STOPS_MAX = 1000000, DOCUMENTS_MAX = 8, JSON_MAX = 16384 };

/* Four hours; a warning an hour before, two levels after, the first repeated. */
static const char ladder[] =
    "{'policy': 'p', 'version': '1', 'targets': [{'target': 't', 'stop': 'resolved',"
    " 'goals': [{'elapsed': 'PT4H'}],"
    " 'pauses': [{'reason': 'held', 'on': 'held'}], 'resumes': [{'on': 'free'}],"
    " 'steps': [{'step': 'warn', 'before': 'PT1H'},"
    "  {'step': 'level_1', 'after': 'PT1H', 'level': 1},"
    "  {'step': 'level_2', 'after': 'PT2H', 'level': 2,"
    "   'repeat': {'every': 'PT1H', 'max': 3, 'until': 'end'}}]}]}";

sla_string host_string(const char *text)
{
    return (sla_string){text, text != NULL ? strlen(text) : 0};
}

/* ---------------------------------------------------------------------- hooks */

static sla_time now_of(void *context)
{
    return ((host *)context)->now;
}

static sla_time steady_of(void *context)
{
    const host *h = context;

    return h->no_steady ? 0 : h->steady;
}

static void arm(void *context, sla_time at)
{
    ((host *)context)->armed = at;
}

static void wake(void *context)
{
    ((host *)context)->wakes++;
}

static void log_line(void *context, sla_log_level level, const char *code, const char *text)
{
    host *h = context;
    const size_t place = h->log_count < 63 ? h->log_count++ : 63;

    if (level == SLA_LOG_ERROR)
        snprintf(h->complaint, sizeof h->complaint, "%s", text);
    if (level == SLA_LOG_WARNING)
        snprintf(h->warning, sizeof h->warning, "%s", text);
    CHECK_TRUE("the log is key=value", strchr(text, '=') != NULL);
    snprintf(h->log[place], sizeof h->log[place], "%s", code);
}

static void write_down(host *h, const sla_event *event, uint64_t number, uint32_t attempt)
{
    host_told *told;

    if (h->told_count == h->told_capacity) {
        h->told_capacity = h->told_capacity == 0 ? 64 : 2 * h->told_capacity;
        h->told = realloc(h->told, h->told_capacity * sizeof *h->told);
        CHECK_TRUE("memory", h->told != NULL);
    }
    told = &h->told[h->told_count++];
    memset(told, 0, sizeof *told);
    sla_event_format_identity(event, told->identity, sizeof told->identity);
    memcpy(told->ticket, event->ticket.data, event->ticket.length);
    snprintf(told->step, sizeof told->step, "%s", event->step);
    told->number = number;
    told->attempt = attempt;
    told->at = event->at;
    told->when = h->now;
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    host *h = context;

    h->handed++;
    if (!h->keep_quiet)
        write_down(h, event, number, attempt);
    /* Afterwards the clock may lie anywhere: what counts is when it was told. */
    if (event->told < event->at)
        h->early++;
    if (h->on_event != NULL)
        return h->on_event(h, event, number, attempt);
    return h->reply;
}

void host_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    host_answers *answers = context;

    answers->count++;
    answers->refused += result < 0;
    if (result < 0)
        answers->refusal = *error;
    answers->duplicates += result == SLA_DUPLICATE;
    answers->last = result;
    answers->answer = *answer;
    answers->error = *error;
}

/* ----------------------------------------------------------------------- life */

void host_init(host *h)
{
    memset(h, 0, sizeof *h);
    h->now = HOST_START;
    h->steady = SLA_HOUR;
    h->documents = ladder;
    h->options = (sla_service_options)SLA_SERVICE_OPTIONS_INIT;
    h->consumer = (sla_consumer)SLA_CONSUMER_INIT;
    h->consumer.name = "crm";
    h->consumer.handler = on_event;
    h->consumer.context = h;
    CHECK_OK(sla_store_memory_new(NULL, &h->kept));
}

void host_fini(host *h)
{
    sla_service_free(h->service);
    h->kept->ops->close(h->kept);
    free(h->told);
}

size_t host_documents(const char *text, sla_document *documents, char *json, size_t size)
{
    static const char between[] = "\n---\n";
    size_t count = 0;

    CHECK_TRUE("there is room", strlen(text) < size);
    for (size_t i = 0; i <= strlen(text); i++)
        json[i] = (char)(text[i] == '\'' ? '"' : text[i]);
    while (json != NULL) {
        char *const end = strstr(json, between);
        const size_t length = end != NULL ? (size_t)(end - json) : strlen(json);

        CHECK_TRUE("there is room", count < DOCUMENTS_MAX);
        documents[count++] = (sla_document){host_string("test"), {json, length}};
        json = end != NULL ? end + strlen(between) : NULL;
    }
    return count;
}

int host_new(host *h, sla_error *error)
{
    static char json[JSON_MAX];
    static uint64_t incarnations;
    sla_document documents[DOCUMENTS_MAX];
    sla_service_options options = h->options;
    sla_store *store = NULL;

    if (sla_store_memory_share(h->kept, &store) != SLA_OK)
        return SLA_ERR_NOMEM;
    if (h->refuse != NULL)
        store = faulty_store_new(store, &(faulty_options){.refuse = h->refuse});
    options.store = h->wrap != NULL ? h->wrap(h, store) : store;
    options.clock = (sla_clock_hook){h, now_of, steady_of, arm, wake};
    options.incarnation[0] = ++incarnations;
    options.log = log_line;
    options.log_context = h;
    options.documents = documents;
    options.document_count = host_documents(h->documents, documents, json, sizeof json);
    return sla_service_new(&options, &h->service, error);
}

void host_open(host *h)
{
    sla_error error = {0};

    CHECK_OK_OR_SAY(host_new(h, &error), &error);
    CHECK_OK(sla_service_subscribe(h->service, &h->consumer));
    host_settle(h);
}

void host_stop(host *h)
{
    sla_service_stop(h->service);
    for (size_t i = 0; i < 1000 && sla_service_get_state(h->service) != SLA_SERVICE_STOPPED; i++) {
        host_settle(h);
        h->now += SLA_SECOND;
        h->steady += SLA_SECOND;
    }
    CHECK_EQ("it stops", SLA_SERVICE_STOPPED, sla_service_get_state(h->service));
    CHECK_EQ("and wants nothing", SLA_NEVER, sla_service_until(h->service));
    host_drop(h);
}

void host_drop(host *h)
{
    sla_service_free(h->service);
    h->service = NULL;
}

/* A host calls again where the service says so, and where it says an instant that has
 * passed: then that round has to do what it was called for. */
void host_settle(host *h)
{
    size_t rounds = 0;

    while (sla_service_run(h->service) || h->armed <= h->now)
        if (++rounds > ROUNDS_MAX)
            CHECK_FAIL("it wants to be called again and again");
    CHECK_EQ("armed as it says", sla_service_until(h->service), h->armed);
}

void host_go_to(host *h, sla_time to)
{
    size_t rounds = 0;

    host_settle(h);
    while (h->now < to) {
        const sla_time next = h->armed < to ? h->armed : to;

        if (++rounds > STOPS_MAX)
            CHECK_FAIL("it does not come on");
        h->steady += next - h->now;
        h->now = next;
        host_settle(h);
    }
}

/* ---------------------------------------------------------------------- facts */

int host_record_at(host *h, const char *ticket, const char *name, const char *id, sla_time at)
{
    const sla_fact fact = {.tenant = host_string("north"),
                           .ticket = host_string(ticket),
                           .name = host_string(name),
                           .id = host_string(id),
                           .occurred_at = at};

    return sla_service_record(h->service, &fact, host_recorded, &h->answers);
}

int host_record(host *h, const char *ticket, const char *name, const char *id)
{
    return host_record_at(h, ticket, name, id, h->now);
}

void host_fact(host *h, const char *ticket, const char *name, const char *id)
{
    const size_t count = h->answers.count;

    CHECK_OK(host_record(h, ticket, name, id));
    host_settle(h);
    CHECK_EQ("it was answered", count + 1, h->answers.count);
    CHECK_RESULT(SLA_OK, h->answers.last);
}

/* --------------------------------------------------------------------- looking */

size_t host_logged(const host *h, const char *code)
{
    size_t count = 0;

    for (size_t i = 0; i < h->log_count; i++)
        count += strcmp(h->log[i], code) == 0;
    return count;
}

size_t host_told_of(const host *h, const char *ticket)
{
    size_t count = 0;

    for (size_t i = 0; i < h->told_count; i++)
        count += ticket == NULL || strcmp(h->told[i].ticket, ticket) == 0;
    return count;
}

static int by_identity(const void *one, const void *other)
{
    const host_told *const *a = one, *const *b = other;
    const int order = strcmp((*a)->identity, (*b)->identity);

    return order != 0 ? order : ((*a)->number > (*b)->number) - ((*a)->number < (*b)->number);
}

static int by_ticket(const void *one, const void *other)
{
    const host_told *const *a = one, *const *b = other;
    const int order = strcmp((*a)->ticket, (*b)->ticket);

    return order != 0 ? order : (*a < *b ? -1 : *a > *b);
}

/* An event may come again, but an identity has one number; and the first time an
 * event of a ticket comes, its number is above those that came before. */
void host_check_told(const host *h)
{
    const host_told **sorted = malloc((h->told_count + 1) * sizeof *sorted);
    uint64_t highest = 0;

    CHECK_TRUE("memory", sorted != NULL);
    for (size_t i = 0; i < h->told_count; i++)
        sorted[i] = &h->told[i];
    qsort(sorted, h->told_count, sizeof *sorted, by_identity);
    for (size_t i = 1; i < h->told_count; i++) {
        if (strcmp(sorted[i]->identity, sorted[i - 1]->identity) == 0 &&
            sorted[i]->number != sorted[i - 1]->number)
            CHECK_FAIL("%s is number %llu and number %llu", sorted[i]->identity,
                       (unsigned long long)sorted[i - 1]->number,
                       (unsigned long long)sorted[i]->number);
    }
    qsort(sorted, h->told_count, sizeof *sorted, by_ticket);
    for (size_t i = 0; i < h->told_count; i++) {
        if (i == 0 || strcmp(sorted[i]->ticket, sorted[i - 1]->ticket) != 0)
            highest = 0;
        if (sorted[i]->attempt == 1 && sorted[i]->number > highest)
            highest = sorted[i]->number;
        else if (sorted[i]->attempt == 1 && sorted[i]->number < highest &&
                 sorted[i]->when == sorted[i - 1]->when)
            CHECK_FAIL("ticket %s: number %llu after %llu", sorted[i]->ticket,
                       (unsigned long long)sorted[i]->number, (unsigned long long)highest);
    }
    free(sorted);
    CHECK_EQ("nothing early", 0, h->early);
}
