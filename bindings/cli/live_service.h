/* live_service.h - the service of sla run: made of what was read, and given it anew. */
#ifndef SLA_CLI_LIVE_SERVICE_H
#define SLA_CLI_LIVE_SERVICE_H

#include <stdbool.h>

#include "host_clock.h"
#include "world.h"

typedef void live_service_log(void *context, sla_log_level level, const char *code,
                              const char *text);

/* A service over `store`, which is its from now on; an exit code, and the reason said where
 * it is not EXIT_FINE. */
int live_service_new(const world *w, sla_store *store, size_t queue_max, host_clock *clock,
                     live_service_log *log, sla_service **service_out);

/* The log that is ours: as it comes. */
live_service_log live_service_say;

/* Read all files again and adopt what they hold: `done` comes when it is in force, or
 * not.  False, and it does not come, where what is wrong was said and the service is left as
 * it is. */
bool live_service_reload(sla_service *service, char *const *names, size_t count, sla_adopted done,
                         void *context);

#endif
