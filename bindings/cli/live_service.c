/* live_service.c - see live_service.h. */
#include "live_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include <sla/service.h>

#include "cli.h"
#include "log.h"

void live_service_say(void *context, sla_log_level level, const char *code, const char *text)
{
    (void)context;
    log_line(level, code, "%s", text);
}

int live_service_new(const world *w, sla_store *store, size_t queue_max, host_clock *clock,
                     live_service_log *log, sla_service **service_out)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_document *documents = world_documents(w);
    sla_error error = {0};
    int result;

    options.store = store;
    options.clock = host_clock_hook(clock);
    options.log = log;
    options.documents = documents;
    options.document_count = w->text_count;
    options.queue_max = queue_max;
    /* Without random bits it takes the clock and addresses. */
    (void)!getrandom(options.incarnation, sizeof options.incarnation, 0);
    result = sla_service_new(&options, service_out, &error);
    free(documents);
    if (result == SLA_OK)
        return EXIT_FINE;
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    error.code = result;
    say_error(&error);
    return EXIT_INVALID;
}

bool live_service_reload(sla_service *service, char *const *names, size_t count, sla_adopted done,
                         void *context)
{
    sla_error error = {0};
    sla_document *documents;
    world w;
    int result = SLA_ERR_POLICY;

    world_init(&w);
    if (world_load(&w, names, count) == EXIT_FINE) {
        documents = world_documents(&w);
        result = sla_service_adopt(service, documents, w.text_count, done, context, &error);
        free(documents);
        if (result != SLA_OK) {
            error.code = result;
            if (error.text[0] == '\0')
                snprintf(error.text, sizeof error.text, "%s", sla_result_text(result));
            say_error(&error);
        }
    }
    world_fini(&w);
    return result == SLA_OK;
}
