/*
 * reasons.c - the segments of a clock lie one after the other from its start to
 * its due, and what counted is what the goal asked for.
 */
#include "reasons.h"

#include <stdlib.h>
#include <string.h>

#include "../support/check.h"

/* All segments of a clock; the caller frees them. */
static sla_explain_segment *segments_of(const sla_engine *engine, const sla_fact *opened,
                                        const sla_clock_view *clock, sla_time now,
                                        sla_explanation *explanation, size_t *count)
{
    sla_explain_segment *segments;

    CHECK_OK(sla_engine_explain(engine, opened->tenant, opened->ticket, clock->policy,
                                clock->target, clock->cycle, now, explanation, NULL, 0, count));
    segments = malloc((*count + 1) * sizeof *segments);
    CHECK_TRUE("memory for segments", segments != NULL);
    CHECK_OK(sla_engine_explain(engine, opened->tenant, opened->ticket, clock->policy,
                                clock->target, clock->cycle, now, explanation, segments, *count,
                                count));
    return segments;
}

/* A paused clock keeps its due: what its pause holds of the goal is credited later. */
static void check_sum(const sla_explanation *explanation, sla_duration counted, const char *name)
{
    const sla_duration wanted = explanation->need + explanation->extended;

    if (strcmp(explanation->goal, "elapsed") != 0 && strcmp(explanation->goal, "business") != 0)
        return;
    CHECK_EQ(name, wanted, counted + explanation->held);
}

void reasons_check(const sla_engine *engine, const sla_fact *opened, const sla_clock_view *clock,
                   sla_time now, const char *name)
{
    sla_explanation explanation;
    sla_duration counted = 0;
    sla_time at = clock->started_at;
    size_t count = 0;
    sla_explain_segment *segments = segments_of(engine, opened, clock, now, &explanation, &count);

    for (size_t i = 0; i < count; i++) {
        CHECK_TRUE(name, sla_explain_kind_name((int)segments[i].kind) != NULL);
        if (segments[i].kind >= SLA_EXPLAIN_DST) { /* an instant, not a stretch */
            CHECK_EQ(name, segments[i].start, segments[i].end);
            continue;
        }
        CHECK_EQ(name, at, segments[i].start);
        CHECK_TRUE(name, segments[i].end >= segments[i].start);
        counted += segments[i].counted;
        at = segments[i].end;
    }
    CHECK_EQ(name, clock->due_at, at);
    CHECK_EQ(name, explanation.counted, counted);
    check_sum(&explanation, counted, name);
    free(segments);
}
