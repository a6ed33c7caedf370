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

/* The clocks of the first one's policy; returns how many. */
static size_t put_policy(sla__text *text, const sla_clock_view *clocks, size_t count,
                         sla_time opened_at)
{
    size_t i = 0;

    sla__text_open(text, NULL, '{');
    sla__text_word(text, "policy", clocks->policy);
    sla__text_word(text, "version", clocks->policy_version);
    if (clocks->agreement != SLA_AGREEMENT_SLA)
        sla__text_word(text, "agreement", agreements[clocks->agreement]);
    if (clocks->rank != 0)
        sla__text_number(text, "rank", clocks->rank);
    sla__text_open(text, "clocks", '[');
    while (i < count && strcmp(clocks[i].policy, clocks->policy) == 0)
        put_clock(text, &clocks[i++], clocks->policy_version, opened_at);
    sla__text_close(text, ']');
    sla__text_close(text, '}');
    return i;
}

void sla__clocks_put(sla__text *text, const sla_clock_view *clocks, size_t count,
                     sla_time opened_at)
{
    sla__text_open(text, NULL, '[');
    while (count > 0) {
        const size_t done = put_policy(text, clocks, count, opened_at);

        clocks += done;
        count -= done;
    }
    sla__text_close(text, ']');
}
