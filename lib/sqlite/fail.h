/* fail.h - errors of the adapter: a result and a sentence that names the file. */
#ifndef SLA_SQLITE_FAIL_H
#define SLA_SQLITE_FAIL_H

#include <sla/error.h>

/* Writes into `error`, which may be NULL, and returns `result`. */
__attribute__((format(printf, 4, 5))) int sla__fail(sla_error *error, int result, const char *path,
                                                    const char *format, ...);

/* What an extended result code of SQLite is in our words: SLA_ERR_STORE for what may
 * pass and for what is broken, SLA_ERR_REFUSED for what lies in the content. */
int sla__fail_of_sqlite(int code);

#endif
