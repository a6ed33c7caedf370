/* options.h - what a host gives, with its defaults. */
#ifndef SLA_PG_OPTIONS_H
#define SLA_PG_OPTIONS_H

#include <sla/pg.h>

/* SLA_OK; SLA_ERR_ARGUMENT.  `given_out` borrows the strings. */
int sla__pg_options_read(const sla_pg_options *options, sla_pg_options *given_out,
                         sla_error *error);

#endif
