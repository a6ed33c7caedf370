/*
 * _glue_service.h - what would be callbacks of a service, kept until Python asks.
 */
#ifndef SLA_PYTHON_GLUE_SERVICE_H
#define SLA_PYTHON_GLUE_SERVICE_H

#include "_glue.h"

#endif
