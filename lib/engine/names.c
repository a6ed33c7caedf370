/* names.c - the words of events and states in JSON; see sla/engine.h. */
#include <sla/engine.h>

const char *sla_event_kind_name(int kind)
{
    switch (kind) {
#define NAME(name, value, word)                                                                    \
    case name:                                                                                     \
        return word;
        SLA_EVENT_MAP(NAME)
#undef NAME
    default:
        return NULL;
    }
}

const char *sla_state_name(int state)
{
    switch (state) {
    case SLA_WAITING:
        return "waiting";
    case SLA_RUNNING:
        return "running";
    case SLA_PAUSED:
        return "paused";
    case SLA_MET:
        return "met";
    case SLA_MISSED:
        return "missed";
    case SLA_CANCELLED:
        return "cancelled";
    default:
        return NULL;
    }
}
