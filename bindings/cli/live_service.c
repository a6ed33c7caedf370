/* live_service.c - see live_service.h. */
#include "live_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include <sla/service.h>

#include "cli.h"
#include "log.h"

/* Facts under way: enough for whole units, few enough to take little memory. */
static const size_t queue_max = 1024;

static void on_log(void *context, sla_log_level level, const char *code, const char *text)
{
    (void)context;
    log_line(level, code, "%s", text);
}

int live_service_new(const world *w, host_clock *clock, sla_service **service_out)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_document *documents = world_documents(w);
    sla_error error = {0};
    int result = sla_store_memory_new(NULL, &options.store);

    options.clock = host_clock_hook(clock);
    options.log = on_log;
    options.documents = documents;
    options.document_count = w->text_count;
    options.queue_max = queue_max;
    /* Without random bits it takes the clock and addresses. */
    (void)!getrandom(options.incarnation, sizeof options.incarnation, GRND_NONBLOCK);
    if (result == SLA_OK)
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

static bool adopt(sla_service *service, const world *w)
{
    sla_document *documents = world_documents(w);
    sla_error error = {0};
    const int result = sla_service_adopt(service, documents, w->text_count, NULL, NULL, &error);

    free(documents);
    if (result == SLA_OK)
        return true;
    error.code = result;
    if (error.text[0] == '\0')
        snprintf(error.text, sizeof error.text, "%s", sla_result_text(result));
    say_error(&error);
    return false;
}

void live_service_reload(sla_service *service, char *const *names, size_t count)
{
    world w;

    world_init(&w);
    if (world_load(&w, names, count) == EXIT_FINE && adopt(service, &w))
        log_line(SLA_LOG_INFO, "reloaded", "documents=%zu", w.text_count);
    else
        log_line(SLA_LOG_ERROR, "reload_refused", "the old ones stay in force");
    world_fini(&w);
}
