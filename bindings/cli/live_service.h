/* live_service.h - the service of sla run: made of what was read, and given it anew. */
#ifndef SLA_CLI_LIVE_SERVICE_H
#define SLA_CLI_LIVE_SERVICE_H

#include <stdbool.h>

#include "host_clock.h"
#include "world.h"

/* A service over a new memory store, whose log is ours; an exit code, and the reason
 * said where it is not EXIT_FINE. */
int live_service_new(const world *w, host_clock *clock, sla_service **service_out);

/* Read all files again and adopt what they hold, or say what is wrong and leave the
 * service as it is. */
void live_service_reload(sla_service *service, char *const *names, size_t count);

#endif
