/* clocks.c - see clocks.h. */
#include "store/clocks.h"

#include <string.h>

/* Where people need a word; the engine has none of its own. */
static const char *const agreements[] = {"sla", "ola", "uc"};

static void put_instant(sla__json_out *out, const char *name, sla_time instant)
{
    if (instant != SLA_NEVER)
        sla__out_integer(out, name, instant);
}

static void put_flag(sla__json_out *out, const char *name, bool flag, bool usual)
{
    if (flag != usual)
        sla__out_word(out, name, flag ? "true" : "false");
}

static bool has_due(const sla_clock_view *clock)
{
    return clock->state == SLA_RUNNING || clock->state == SLA_PAUSED;
}

static void put_names(sla__json_out *out, const sla_clock_view *clock, const char *version)
{
    sla__out_text(out, "target", clock->target);
    if (strcmp(clock->metric, clock->target) != 0)
        sla__out_text(out, "metric", clock->metric);
    if (strcmp(clock->policy_version, version) != 0)
        sla__out_text(out, "version", clock->policy_version);
    if (clock->cycle != 1)
        sla__out_integer(out, "cycle", clock->cycle);
    if (clock->state != SLA_RUNNING)
        sla__out_text(out, "state", sla_state_name(clock->state));
}

static void put_clock(sla__json_out *out, const sla_clock_view *clock, const char *version,
                      sla_time opened_at)
{
    sla__out_open(out, NULL, '{');
    put_names(out, clock, version);
    if (clock->started_at != opened_at)
        put_instant(out, "started_at", clock->started_at);
    put_instant(out, "due_at", clock->due_at);
    put_instant(out, "paused_at", clock->paused_at);
    put_instant(out, "ended_at", clock->ended_at);
    put_instant(out, "breached_at", clock->breached_at);
    put_flag(out, "breached", clock->breached, clock->breached_at != SLA_NEVER);
    if (clock->level != 0)
        sla__out_integer(out, "level", clock->level);
    put_flag(out, "governs", clock->governs, has_due(clock));
    put_flag(out, "provisional", clock->provisional, false);
    put_flag(out, "provisional_attributes", clock->provisional_attributes, false);
    put_flag(out, "excluded", clock->excluded, false);
    put_flag(out, "adjusted_met", clock->adjusted_met, clock->state == SLA_MET);
    sla__out_close(out, '}');
}

static void open_policy(sla__json_out *out, const sla_clock_view *clock)
{
    sla__out_open(out, NULL, '{');
    sla__out_text(out, "policy", clock->policy);
    sla__out_text(out, "version", clock->policy_version);
    if (clock->agreement != SLA_AGREEMENT_SLA)
        sla__out_text(out, "agreement", agreements[clock->agreement]);
    if (clock->rank != 0)
        sla__out_integer(out, "rank", clock->rank);
    sla__out_open(out, "clocks", '[');
}

static void close_policy(sla__json_out *out)
{
    sla__out_close(out, ']');
    sla__out_close(out, '}');
}

void sla__clocks_put(sla__json_out *out, const sla_clock_view *clocks, size_t count,
                     sla_time opened_at)
{
    const sla_clock_view *first = NULL; /* of the policy that is open */

    for (size_t i = 0; i < count; i++) {
        const sla_clock_view *const clock = &clocks[i];

        if (clock->state == SLA_WAITING)
            continue;
        if (first == NULL || strcmp(clock->policy, first->policy) != 0) {
            if (first == NULL)
                sla__out_open(out, NULL, '[');
            else
                close_policy(out);
            open_policy(out, clock);
            first = clock;
        }
        put_clock(out, clock, first->policy_version, opened_at);
    }
    if (first != NULL) {
        close_policy(out);
        sla__out_close(out, ']');
    }
}
