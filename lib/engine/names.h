/* names.h - the words for what the engine counts in numbers. */
#ifndef SLA_ENGINE_NAMES_H
#define SLA_ENGINE_NAMES_H

#include <sla/engine.h>

/* The word of an sla__cause, "" for none. */
const char *sla__cause_name(int cause);

#endif
