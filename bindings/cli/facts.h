/* facts.h - facts as JSON lines from a file, as they stand or by occurred_at. */
#ifndef SLA_CLI_FACTS_H
#define SLA_CLI_FACTS_H

#include <sla/json.h>

#include "input.h"

typedef struct facts facts;

/* NULL, and a complaint, when the file cannot be opened. */
facts *facts_open(const char *path, bool by_occurred);
void facts_free(facts *f);

/* The next line; false at the end.  Borrowed until the next call. */
bool facts_next(facts *f, line *out);

/* How far the reading is, and what it is called. */
const input *facts_input(const facts *f);

#endif
