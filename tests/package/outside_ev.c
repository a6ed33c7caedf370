/* An outside program that has a libev loop: a ticket is opened in the past, what fell
 * due since is told, and the loop ends when the service has stopped. */
#include <stdio.h>
#include <string.h>

#include <ev.h>

#include <sla/ev.h>
#include <sla/sla.h>

static const char policy[] = "{\"policy\": \"call\", \"version\": \"1\", \"targets\": [{"
                             "\"target\": \"answer\", \"goals\": [{\"elapsed\": \"PT1M\"}],"
                             " \"steps\": [{\"step\": \"level_1\", \"after\": \"PT0S\","
                             " \"level\": 1, \"to\": \"shift_lead\"}]}]}";

static int tell(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    (void)number, (void)attempt;
    if (event->level == 0)
        return SLA_OK;
    printf("%s to %s\n", event->step, event->to);
    sla_service_stop(context);
    return SLA_OK;
}

int main(void)
{
    const sla_document document = {{"policy", 6}, {policy, sizeof policy - 1}};
    const sla_fact opened = {.ticket = {"T-1", 3}, .name = {"opened", 6}, .occurred_at = 0};
    struct ev_loop *loop = ev_default_loop(EVFLAG_AUTO);
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error = {0};
    sla_ev *ev;

    options.documents = &document;
    options.document_count = 1;
    if (sla_store_memory_new(NULL, &options.store) != SLA_OK ||
        sla_ev_new(loop, NULL, &options, &ev, &error) != SLA_OK)
        return fprintf(stderr, "%s: %s\n", error.pointer, error.text), 1;
    consumer.name = "desk";
    consumer.handler = tell;
    consumer.context = sla_ev_service(ev);
    sla_service_subscribe(sla_ev_service(ev), &consumer);
    sla_service_record(sla_ev_service(ev), &opened, NULL, NULL);
    ev_run(loop, 0);
    sla_ev_free(ev);
    return 0;
}
