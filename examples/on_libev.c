/* on_libev.c - a live service on a host's libev loop: what falls due is told to a
 * callback at that moment. */
#include <ev.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sla/ev.h>
#include <sla/sla.h>

static const char policy[] =
    "{\"policy\": \"call\", \"version\": \"1\", \"targets\": [{\"target\": \"answer\","
    " \"stop\": \"answered\", \"goals\": [{\"elapsed\": \"PT1S\"}],"
    " \"steps\": [{\"step\": \"level_1\", \"after\": \"PT1S\", \"level\": 1, \"to\": \"lead\"}]}]}";

static sla_string string(const char *text)
{
    return (sla_string){text, strlen(text)};
}

static void record(sla_ev *live, const char *ticket, const char *name)
{
    sla_fact fact = {.ticket = string(ticket), .name = string(name)};
    struct timespec now;

    timespec_get(&now, TIME_UTC);
    fact.occurred_at = now.tv_sec * SLA_SECOND + now.tv_nsec / 1000;
    sla_service_record(sla_ev_service(live), &fact, NULL, NULL); /* any thread may */
}

/* Once it is on the record; what is not acknowledged by SLA_OK comes again. */
static int on_event(void *live, const sla_event *event, uint64_t number, uint32_t attempt)
{
    printf("%.*s %s%s%s\n", (int)event->ticket.length, event->ticket.data,
           sla_event_kind_name(event->kind), event->level > 0 ? " to " : "", event->to);
    if (event->level > 0)
        sla_service_stop(sla_ev_service(*(sla_ev **)live)); /* the end of this example */
    return (void)number, (void)attempt, SLA_OK;
}

int main(void)
{
    struct ev_loop *loop = ev_default_loop(EVFLAG_AUTO);
    const sla_document document = {string("call.json"), string(policy)};
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error = {0};
    sla_ev *live;

    options.documents = &document;
    options.document_count = 1;
    if (sla_store_memory_new(NULL, &options.store) != SLA_OK ||
        sla_ev_new(loop, NULL, &options, &live, &error) != SLA_OK)
        return fprintf(stderr, "%s: %s\n", error.pointer, error.text), 1;
    consumer.name = "printer";
    consumer.handler = on_event;
    consumer.context = &live;
    sla_service_subscribe(sla_ev_service(live), &consumer);
    record(live, "T-1", "opened");
    record(live, "T-2", "opened");
    record(live, "T-2", "answered");
    ev_run(loop, 0); /* beside whatever else the host has on it */
    sla_ev_free(live);
    return 0;
}
