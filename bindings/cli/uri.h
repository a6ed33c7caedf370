/* uri.h - whether a text is a URI reference (RFC 3986), as CloudEvents want of a source. */
#ifndef SLA_CLI_URI_H
#define SLA_CLI_URI_H

#include <stdbool.h>

/* The empty reference, which RFC 3986 knows, is none here: a source has a name. */
bool is_uri_reference(const char *text);

#endif
