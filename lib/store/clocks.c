/* clocks.c - see clocks.h. */
#include "store/clocks.h"

#include <string.h>

/* Where people need a word; the engine has none of its own. */
static const char *const agreements[] = {"sla", "ola", "uc"};

static void put_instant(sla__text *text, const char *name, sla_time instant)
{
    if (instant != SLA_NEVER)
        sla__text_number(text, name, instant);
}

static void put_flag(sla__text *text, const char *name, bool flag, bool usual)
{
    if (flag != usual)
        sla__text_literal(text, name, flag ? "true" : "false");
}

static bool has_due(const sla_clock_view *clock)
{
    return clock->state == SLA_RUNNING || clock->state == SLA_PAUSED;
}

static void put_names(sla__text *text, const sla_clock_view *clock, const char *version)
{
    sla__text_word(text, "target", clock->target);
    if (strcmp(clock->metric, clock->target) != 0)
        sla__text_word(text, "metric", clock->metric);
    if (strcmp(clock->policy_version, version) != 0)
        sla__text_word(text, "version", clock->policy_version);
    if (clock->cycle != 1)
        sla__text_number(text, "cycle", clock->cycle);
    if (clock->state != SLA_RUNNING)
        sla__text_word(text, "state", sla_state_name(clock->state));
}

static void put_clock(sla__text *text, const sla_clock_view *clock, const char *version,
                      sla_time opened_at)
{
    sla__text_open(text, NULL, '{');
    put_names(text, clock, version);
    if (clock->started_at != opened_at)
        put_instant(text, "started_at", clock->started_at);
    put_instant(text, "due_at", clock->due_at);
    put_instant(text, "paused_at", clock->paused_at);
    put_instant(text, "ended_at", clock->ended_at);
    put_instant(text, "breached_at", clock->breached_at);
    put_flag(text, "breached", clock->breached, clock->breached_at != SLA_NEVER);
    if (clock->level != 0)
        sla__text_number(text, "level", clock->level);
    put_flag(text, "governs", clock->governs, has_due(clock));
    put_flag(text, "provisional", clock->provisional, false);
    put_flag(text, "provisional_attributes", clock->provisional_attributes, false);
    put_flag(text, "excluded", clock->excluded, false);
    put_flag(text, "adjusted_met", clock->adjusted_met, clock->state == SLA_MET);
    sla__text_close(text, '}');
}

static void open_policy(sla__text *text, const sla_clock_view *clock)
{
    sla__text_open(text, NULL, '{');
    sla__text_word(text, "policy", clock->policy);
    sla__text_word(text, "version", clock->policy_version);
    if (clock->agreement != SLA_AGREEMENT_SLA)
        sla__text_word(text, "agreement", agreements[clock->agreement]);
    if (clock->rank != 0)
        sla__text_number(text, "rank", clock->rank);
    sla__text_open(text, "clocks", '[');
}

static void close_policy(sla__text *text)
{
    sla__text_close(text, ']');
    sla__text_close(text, '}');
}

void sla__clocks_put(sla__text *text, const sla_clock_view *clocks, size_t count,
                     sla_time opened_at)
{
    const sla_clock_view *first = NULL; /* of the policy that is open */

    for (size_t i = 0; i < count; i++) {
        const sla_clock_view *const clock = &clocks[i];

        if (clock->state == SLA_WAITING)
            continue;
        if (first == NULL || strcmp(clock->policy, first->policy) != 0) {
            if (first == NULL)
                sla__text_open(text, NULL, '[');
            else
                close_policy(text);
            open_policy(text, clock);
            first = clock;
        }
        put_clock(text, clock, first->policy_version, opened_at);
    }
    if (first != NULL) {
        close_policy(text);
        sla__text_close(text, ']');
    }
}
