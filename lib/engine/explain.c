/* explain.c - see sla/explain.h: the way from a clock's start to its due. */
#include <string.h>

#include <sla/explain.h>

#include "engine/clock.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/ticket.h"

/* The walk, and where it writes. */
typedef struct sla__walk {
    sla__view view;
    sla_time now;
    sla_explain_segment *segments;
    size_t capacity, count;
    sla_duration counted;
} sla__walk;

static const char *symbol(const sla__view *view, uint32_t number)
{
    return sla__policies_symbol(view->policies, number);
}

static void add(sla__walk *walk, sla_explain_segment segment)
{
    if (walk->count < walk->capacity)
        walk->segments[walk->count] = segment;
    walk->count++;
    if (segment.kind != SLA_EXPLAIN_DST)
        walk->counted += segment.counted;
}

/* Cut at `now`: what was, and what is to come. */
static void add_cut(sla__walk *walk, sla_explain_segment segment, bool counts)
{
    sla_explain_segment first = segment;

    if (segment.start < walk->now && walk->now < segment.end) {
        first.end = segment.start = walk->now;
        first.counted = counts ? first.end - first.start : 0;
        first.ahead = false;
        add(walk, first);
    }
    segment.counted = counts ? segment.end - segment.start : 0;
    segment.ahead = segment.start >= walk->now;
    add(walk, segment);
}

/* ------------------------------------------------------------------- pauses */

/* A pause that began after the due of its time moved nothing: it is no pause of
 * what a later extension put behind it. */
static bool stood_still(const sla__view *view, const sla__note *pause)
{
    sla__fold until = *view->fold;
    sla__view then = *view;

    until.note_count = (size_t)(pause - view->fold->notes);
    then.fold = &until;
    return pause->b == SLA_NEVER || sla__plan_of(&then).due >= pause->a;
}

/* The pause of the clock that holds `at`, or the first one after it. */
static const sla__note *pause_at(const sla__walk *walk, sla_time at)
{
    const sla__note *note = NULL;
    const sla__note *found = NULL;

    while ((note = sla__note_next(walk->view.fold, walk->view.clock, SLA__NOTE_PAUSE,
                                  (sla__note *)note)) != NULL) {
        if (note->b > at && (found == NULL || note->a < found->a) && stood_still(&walk->view, note))
            found = note;
    }
    return found;
}

static const char *reason_of(const sla__walk *walk, const sla__note *pause)
{
    for (uint32_t i = 0; i < walk->view.target->pause_count; i++) {
        if (pause->n >> i & 1)
            return symbol(&walk->view,
                          walk->view.policies->pauses[walk->view.target->pause_first + i].reason);
    }
    return "";
}

/* ------------------------------------------------------------------ walking */

static sla_explain_kind kind_of(sla_segment_kind kind)
{
    switch (kind) {
    case SLA_SEGMENT_OPEN:
        return SLA_EXPLAIN_RAN;
    case SLA_SEGMENT_MAKEUP:
        return SLA_EXPLAIN_MAKEUP;
    case SLA_SEGMENT_SPECIAL:
        return SLA_EXPLAIN_SPECIAL;
    case SLA_SEGMENT_CLOSED:
        return SLA_EXPLAIN_CLOSED;
    case SLA_SEGMENT_HOLIDAY:
        break;
    }
    return SLA_EXPLAIN_HOLIDAY;
}

/* The clocks of the calendar's zone jumped once within [from, to). */
static void add_shift(sla__walk *walk, sla_time from, sla_time to)
{
    const int32_t before = sla_calendar_offset(walk->view.calendar, from);
    const int32_t after = sla_calendar_offset(walk->view.calendar, to);
    sla_time low = from, high = to;

    if (before == after)
        return;
    while (high - low > SLA_SECOND) {
        const sla_time middle = low + (high - low) / 2;

        if (sla_calendar_offset(walk->view.calendar, middle) == before)
            low = middle;
        else
            high = middle;
    }
    high -= high % SLA_SECOND;
    add(walk,
        (sla_explain_segment){high, high, SLA_EXPLAIN_DST,
                              (sla_duration)(after - before) * SLA_SECOND, "", high >= walk->now});
}

/* Looked for in steps too short for a zone to jump there and back again. */
static void add_shifts(sla__walk *walk, sla_time from, sla_time to)
{
    const sla_duration step = 14 * SLA_DAY;

    for (; walk->view.calendar != NULL && from < to; from += step)
        add_shift(walk, from, to - from > step ? from + step : to);
}

/* Open and closed stretches between two pauses. */
static void walk_open(sla__walk *walk, sla_time from, sla_time to)
{
    while (from < to) {
        sla_segment segment;
        sla_explain_kind kind;

        if (sla_calendar_segment(walk->view.calendar, from, to, &segment) != SLA_OK ||
            segment.end <= from)
            return;
        kind = kind_of(segment.kind);
        add_shifts(walk, segment.start, segment.end);
        add_cut(walk,
                (sla_explain_segment){segment.start, segment.end, kind, 0, segment.label, false},
                kind <= SLA_EXPLAIN_SPECIAL);
        from = segment.end;
    }
}

static void walk_running(sla__walk *walk, sla_time from, sla_time to, bool business)
{
    if (from >= to)
        return;
    if (business) {
        walk_open(walk, from, to);
        return;
    }
    add_shifts(walk, from, to);
    add_cut(walk, (sla_explain_segment){from, to, SLA_EXPLAIN_RAN, 0, "", false}, true);
}

static void walk_all(sla__walk *walk, sla_time from, sla_time to, bool business)
{
    while (from < to) {
        const sla__note *pause = pause_at(walk, from);
        const bool closed = pause != NULL && (pause->flags & SLA__NOTE_CLOSED);
        sla_time end;

        if (pause == NULL || pause->a >= to) {
            walk_running(walk, from, to, business);
            return;
        }
        walk_running(walk, from, pause->a, business);
        end = pause->b < to ? pause->b : to;
        if (pause->b == SLA_NEVER && walk->now < end && walk->now > pause->a)
            end = walk->now; /* it lasts: what is to come is not known */
        add_cut(walk,
                (sla_explain_segment){pause->a > from ? pause->a : from, end,
                                      closed ? SLA_EXPLAIN_CLOSED_TICKET : SLA_EXPLAIN_PAUSED, 0,
                                      closed ? "" : reason_of(walk, pause), false},
                false);
        if (pause->b == SLA_NEVER) {
            walk_running(walk, end, to, business);
            return;
        }
        from = end;
    }
}

/* ------------------------------------------------------------------ summing */

static const char *goal_name(const sla__goal *goal)
{
    static const char *const names[] = {"elapsed", "business", "workdays", "days",
                                        "cutoff",  "anchor",   "anchor"};

    return names[goal->kind];
}

static void sum_notes(const sla__view *view, sla_explanation *out)
{
    for (size_t i = 0; i < view->fold->note_count; i++) {
        const sla__note *note = &view->fold->notes[i];
        const sla_time from = note->a > view->clock->start_at ? note->a : view->clock->start_at;

        if (note->target != view->clock->target || note->cycle != view->clock->cycle)
            continue;
        if (note->kind == SLA__NOTE_PAUSE && note->b != SLA_NEVER)
            out->credited += sla__plan_between(view, from, note->b);
        else if (note->kind == SLA__NOTE_WAIVE)
            out->waived += note->b;
        else if (note->kind == SLA__NOTE_EXTEND && (note->flags & SLA__NOTE_TO_INSTANT))
            out->extended_to = note->b;
        else if (note->kind == SLA__NOTE_EXTEND)
            out->extended += note->b;
    }
}

static void describe(const sla__view *view, sla_explanation *out)
{
    sla__clock bare = *view->clock;
    sla__view first = *view;

    bare.flags &= (uint8_t)~SLA__NOTED;
    first.clock = &bare;
    out->goal = goal_name(view->goal);
    out->business = view->goal->measure == SLA__BUSINESS && view->calendar != NULL;
    out->calendar = view->calendar != NULL ? sla_calendar_name(view->calendar) : "";
    out->calendar_version = view->calendar != NULL ? sla_calendar_version(view->calendar) : "";
    out->zone = view->calendar != NULL ? sla_calendar_zone(view->calendar) : "";
    out->need = view->goal->need;
    out->days = view->goal->kind == SLA__GOAL_DAYS ? view->goal->days : view->goal->workdays.days;
    out->anchor = out->extended_to = SLA_NEVER;
    if (sla__goal_is_anchor(view->goal))
        out->anchor = sla__plan_anchor(view);
    out->first_due_at = sla__plan_of(&first).due;
    sum_notes(view, out);
}

/* ------------------------------------------------------------------- asking */

static const sla__clock *find_clock(const sla_engine *engine, const sla__fold *fold,
                                    const char *policy, const char *target, uint32_t cycle)
{
    const sla_policies *policies = sla__rules_of(engine, fold);

    for (size_t i = 0; i < policies->target_count; i++) {
        const sla__target *found = &policies->targets[i];

        if (strcmp(sla__policies_symbol(policies, found->name), target) == 0 &&
            strcmp(sla__policies_symbol(policies, policies->policies[found->policy].name),
                   policy) == 0)
            return sla__fold_clock(fold, (uint16_t)i, cycle);
    }
    return NULL;
}

int sla_engine_explain(const sla_engine *engine, sla_string tenant, sla_string ticket,
                       const char *policy, const char *target, uint32_t cycle, sla_time now,
                       sla_explanation *explanation_out, sla_explain_segment *segments,
                       size_t capacity, size_t *count_out)
{
    const uint32_t slot = sla__ticket_find(engine, tenant, ticket);
    const sla__clock *clock;
    sla__walk walk;

    if (slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    clock = find_clock(engine, &engine->tickets[slot]->fold, policy, target, cycle);
    if (clock == NULL)
        return SLA_ERR_NOT_FOUND;
    if (clock->due_at == SLA_NEVER || clock->goal == SLA__NONE)
        return SLA_ERR_STATE;
    memset(explanation_out, 0, sizeof *explanation_out);
    memset(&walk, 0, sizeof walk);
    walk.view = sla__view_of(engine, &engine->tickets[slot]->fold, clock);
    walk.now = now;
    walk.segments = segments;
    walk.capacity = capacity;
    sla__clock_view_fill(engine, &engine->tickets[slot]->fold, clock, &explanation_out->clock);
    describe(&walk.view, explanation_out);
    walk_all(&walk, clock->start_at, clock->due_at, explanation_out->business);
    explanation_out->counted = walk.counted;
    *count_out = walk.count;
    return SLA_OK;
}

const char *sla_explain_kind_name(int kind)
{
    switch (kind) {
#define NAME(name, value, word, text)                                                              \
    case name:                                                                                     \
        return word;
        SLA_EXPLAIN_MAP(NAME)
#undef NAME
    default:
        return NULL;
    }
}

const char *sla_explain_kind_text(int kind)
{
    switch (kind) {
#define TEXT(name, value, word, text)                                                              \
    case name:                                                                                     \
        return text;
        SLA_EXPLAIN_MAP(TEXT)
#undef TEXT
    default:
        return NULL;
    }
}
