/* json_parse.h - JSON text to a jansson tree, or the byte at which it is wrong. */
#ifndef SLA_BASE_JSON_PARSE_H
#define SLA_BASE_JSON_PARSE_H

#include <jansson.h>

#include <sla/error.h>

typedef struct sla__json_trouble {
    size_t offset;
    const char *what; /* static memory */
} sla__json_trouble;

/* SLA_OK; SLA_ERR_NOMEM; SLA_ERR_SYNTAX, then `*trouble_out` says where.  The
 * value of a number with a fraction or an exponent is not kept: nobody may read one. */
int sla__json_parse(const char *text, size_t length, int depth_max, json_t **root_out,
                    sla__json_trouble *trouble_out);

#endif
