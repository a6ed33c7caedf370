/* plan_disk.h - what a store takes on the disk. */
#ifndef SLA_CLI_PLAN_DISK_H
#define SLA_CLI_PLAN_DISK_H

#include <stdint.h>

#include "store_uri.h"

/* The file and those beside it, or the tables with their indexes; 0 for a store in memory.
 * An exit code, and a complaint. */
int plan_disk_bytes(const store_uri *uri, uint64_t *bytes_out);

#endif
