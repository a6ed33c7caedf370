/* check.h - whether everything in a file fits together. */
#ifndef SLA_SQLITE_CHECK_H
#define SLA_SQLITE_CHECK_H

#include "sqlite/database.h"

/* SLA_OK; SLA_ERR_STORE with the first complaint.  `complaint` may be NULL. */
int sla__check(sla__database *database, void (*complaint)(void *context, const char *text),
               void *context, sla_error *error);

#endif
