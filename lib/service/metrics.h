/* metrics.h - statistics as Prometheus' text. */
#ifndef SLA_SERVICE_METRICS_H
#define SLA_SERVICE_METRICS_H

#include <sla/service.h>

/* In the manner of snprintf: what fits, ended by a NUL, and how long the whole is. */
size_t sla__metrics_write(const sla_service_stats *stats, char *buffer, size_t size);

#endif
