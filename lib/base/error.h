/* error.h - filling an sla_error: first complaint wins, NULL is allowed. */
#ifndef SLA_BASE_ERROR_H
#define SLA_BASE_ERROR_H

#include <sla/error.h>

void sla__error_clear(sla_error *error);

/* Sets code, pointer and text unless a complaint is there already; returns `code`. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
int sla__error_set(sla_error *error, int code, const char *pointer, const char *format, ...);

#endif
