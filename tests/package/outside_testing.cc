// An outside C++ program: a host's own test, which lets a minute pass at once.
#include <iostream>
#include <string>

#include <sla/sla.h>
#include <sla/testing.h>

static int tell(void *context, const sla_event *event, uint64_t, uint32_t)
{
    if (event->level == 0)
        return SLA_OK;
    std::cout << event->step << " to " << event->to << '\n';
    ++*static_cast<int *>(context);
    return SLA_OK;
}

int main()
{
    const std::string policy = R"({"policy": "call", "version": "1", "targets": [{
        "target": "answer", "goals": [{"elapsed": "PT1M"}],
        "steps": [{"step": "level_1", "after": "PT0S", "level": 1, "to": "shift_lead"}]}]})";
    sla_document document = {{"policy", 6}, {policy.data(), policy.size()}};
    sla_service_options options = {};
    sla_consumer consumer = {};
    sla_fact opened = {};
    sla_error error = {};
    sla_test *test = nullptr;
    int told = 0;

    options.size = sizeof options;
    options.documents = &document;
    options.document_count = 1;
    if (sla_test_new(&options, 0, &test, &error) != SLA_OK)
        return 1;
    consumer.size = sizeof consumer;
    consumer.name = "desk";
    consumer.handler = tell;
    consumer.context = &told;
    sla_service_subscribe(sla_test_service(test), &consumer);
    opened.ticket = {"T-1", 3};
    opened.name = {"opened", 6};
    sla_service_record(sla_test_service(test), &opened, nullptr, nullptr);
    if (sla_test_advance(test, SLA_MINUTE - 1) != SLA_OK || told != 0)
        return 2;
    if (sla_test_advance(test, 1) != SLA_OK || told != 1)
        return 3;
    sla_test_free(test);
}
