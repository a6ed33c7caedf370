/* names.c - the words for what the engine counts in numbers. */
#include "engine/names.h"

#include "engine/state.h"

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
    static const char *const names[] = {"waiting", "running", "paused",
                                        "met",     "missed",  "cancelled"};

    return state >= SLA_WAITING && state <= SLA_CANCELLED ? names[state] : NULL;
}

const char *sla__cause_name(int cause)
{
    static const char *const names[] = {
        "",         "goal_changed", "policy_left", "reset",     "reopened",         "recurred",
        "extended", "resumed",      "pause_cap",   "late_fact", "calendar_changed", "migrated",
    };

    return names[cause];
}
