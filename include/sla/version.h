/*
 * sla/version.h - which version the program was compiled with, and which one
 * it runs with.
 *
 * The shared library's SONAME is the major number: what was compiled with 0.x
 * runs with every later 0.x.
 */
#ifndef SLA_VERSION_H
#define SLA_VERSION_H

#include <sla/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLA_VERSION_MAJOR 0
#define SLA_VERSION_MINOR 1
#define SLA_VERSION_PATCH 0
#define SLA_VERSION_TEXT "0.1.0"

/* The version of the library that runs, as SLA_VERSION_TEXT.  Static memory. */
SLA_API const char *sla_version_text(void);

#ifdef __cplusplus
}
#endif

#endif
