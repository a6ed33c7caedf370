/* metrics_file.h - a file of metrics in Prometheus' text format, always whole: it is
 * written beside its place and renamed. */
#ifndef SLA_CLI_METRICS_FILE_H
#define SLA_CLI_METRICS_FILE_H

#include <stdbool.h>

#include "feed.h"
#include "jobs.h"

/* Whether there can be such a file; else a complaint. */
bool metrics_file_can_be(const char *path);

/* Write it anew; false, and a complaint, when it cannot be written.  `j` may be NULL. */
bool metrics_file_write(const char *path, const sla_service *service, const feed *f, const jobs *j);

#endif
