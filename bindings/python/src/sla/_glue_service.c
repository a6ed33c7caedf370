/* _glue_service.c - what would be callbacks of a service, kept until Python asks. */
#include "_glue_service.h"
