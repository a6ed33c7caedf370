/*
 * options.h - structs that begin with their size, as sla/base.h says: read into
 * this release's own.  In a header, as every library has to follow the same rule.
 */
#ifndef SLA_BASE_OPTIONS_H
#define SLA_BASE_OPTIONS_H

#include <stddef.h>
#include <string.h>

/* No struct of ours will ever be larger: a size above it was never set. */
enum { SLA__OPTIONS_MOST = 4096 };

/* What the first release had of structs that more than one library reads. */
#define SLA__SERVICE_OPTIONS_LEAST offsetof(sla_service_options, log)

/*
 * Reads `given` into `options`, which holds the defaults and is `size` bytes long, and
 * sets its size.  `least` is how much every program knows.  Returns NULL, or why not.
 */
static inline const char *sla__options_read(void *options, size_t size, size_t least,
                                            const void *given)
{
    const unsigned char *const bytes = given;
    size_t known;

    memcpy(&known, given, sizeof known);
    if (known < least || known > SLA__OPTIONS_MOST)
        return "size is not that of the struct; begin with its _INIT macro";
    for (size_t i = size; i < known; i++) {
        if (bytes[i] != 0)
            return "a member is set that this release does not have (size is larger than its)";
    }
    memcpy(options, given, known < size ? known : size);
    memcpy(options, &size, sizeof size);
    return NULL;
}

#endif
