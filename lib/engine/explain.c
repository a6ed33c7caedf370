/* explain.c - see sla/explain.h: the way from a clock's start to its due. */
#include <string.h>

#include <sla/explain.h>

#include "engine/clock.h"
#include "engine/event.h"
#include "engine/fold.h"
#include "engine/judged.h"
#include "engine/rest.h"
#include "engine/ticket.h"

/* The walk, and where it writes. */
typedef struct sla__walk {
    sla__view view;
    const sla__history *history;
    sla_time now;
    size_t move; /* place of the next note that moved the due */
    sla_explain_segment *segments;
    size_t capacity, count;
    sla_duration counted, held, credited;
} sla__walk;

static const char *symbol(const sla__view *view, uint32_t number)
{
    return sla__policies_symbol(view->policies, number);
}

/* An instant that is now has come; a stretch that begins now has not. */
static void add(sla__walk *walk, sla_explain_segment segment)
{
    segment.ahead = segment.end > walk->now && segment.start >= walk->now;
    if (walk->count < walk->capacity)
        walk->segments[walk->count] = segment;
    walk->count++;
    walk->counted += segment.counted;
}

/* ------------------------------------------------------------------- pauses */

/* The due before this note had moved it. */
static sla_time due_before(const sla__view *view, const sla__note *note)
{
    return sla__plan_after(view, (size_t)(note - view->fold->notes)).due;
}

/* A pause that began after the due of its time moved nothing: it is no pause of
 * what a later extension put behind it. */
static bool stood_still(const sla__view *view, const sla__note *pause)
{
    return pause->b == SLA_NEVER || due_before(view, pause) >= pause->a;
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

static const char *reason_name(const sla__view *view, uint32_t number)
{
    return symbol(view, view->policies->pauses[view->target->pause_first + number].reason);
}

/* The first of the reasons that the pause had. */
static const char *reason_of(const sla__walk *walk, const sla__note *pause)
{
    if (pause->flags & SLA__NOTE_CLOSED)
        return "closed";
    for (uint32_t i = 0; i < walk->view.target->pause_count; i++) {
        if (pause->n >> i & 1)
            return reason_name(&walk->view, i);
    }
    return "";
}

/* -------------------------------------------------------- what moved the due */

/* When it moved the due: a pause when it ended. */
static sla_time instant_of(const sla__note *note)
{
    return note->kind == SLA__NOTE_PAUSE ? note->b : note->a;
}

static sla_duration credit_of(const sla__view *view, const sla__note *note)
{
    const sla_time from = note->a > view->clock->start_at ? note->a : view->clock->start_at;

    if (note->kind == SLA__NOTE_PAUSE)
        return sla__plan_between(view, from, note->b);
    return note->flags & SLA__NOTE_TO_INSTANT ? 0 : note->b;
}

/* A waiver moves none, and has its place among them. */
static bool moves(const sla__view *view, const sla__note *note)
{
    if (note->target != view->clock->target || note->cycle != view->clock->cycle)
        return false;
    if (note->kind == SLA__NOTE_PAUSE)
        return note->b != SLA_NEVER && credit_of(view, note) > 0 && stood_still(view, note);
    return note->kind == SLA__NOTE_EXTEND || note->kind == SLA__NOTE_WAIVE;
}

/* The place of the next note, from `place` on, that moved the due. */
static size_t next_move(const sla__view *view, size_t place)
{
    while (place < view->fold->note_count && !moves(view, &view->fold->notes[place]))
        place++;
    return place;
}

/* When the due is moved next; SLA_NEVER past the last. */
static sla_time next_moved_at(const sla__walk *walk)
{
    return walk->move < walk->view.fold->note_count
               ? instant_of(&walk->view.fold->notes[walk->move])
               : SLA_NEVER;
}

static void add_credit(sla__walk *walk, const sla__note *pause)
{
    const sla_duration credit = credit_of(&walk->view, pause);

    add(walk, (sla_explain_segment){.start = pause->b,
                                    .end = pause->b,
                                    .kind = SLA_EXPLAIN_CREDIT,
                                    .credit = credit,
                                    .due_at = due_before(&walk->view, pause + 1),
                                    .label = reason_of(walk, pause),
                                    .reasons = (uint16_t)pause->n});
    walk->credited += credit;
}

/* An extension or a waiver, with what its fact says where that is at hand. */
static void add_grant(sla__walk *walk, const sla__note *note)
{
    const bool waiver = note->kind == SLA__NOTE_WAIVE;
    const size_t first = sla__history_find_seq(walk->history, note->n);
    sla_explain_segment segment = {.start = note->a,
                                   .end = note->a,
                                   .kind = waiver ? SLA_EXPLAIN_WAIVER : SLA_EXPLAIN_EXTENSION,
                                   .credit = credit_of(&walk->view, note),
                                   .due_at = SLA_NEVER,
                                   .label = ""};

    if (!waiver)
        segment.due_at = due_before(&walk->view, note + 1);
    if (first != SIZE_MAX) {
        const size_t content = sla__history_content(walk->history, first);

        segment.label = sla__history_reason(walk->history, content);
        segment.approver = sla__history_approver(walk->history, content);
    }
    add(walk, segment);
}

/* All that moved the due until `at`; notes lie in the order of doing so. */
static void add_moves(sla__walk *walk, sla_time at)
{
    while (walk->move < walk->view.fold->note_count && next_moved_at(walk) <= at) {
        const sla__note *note = &walk->view.fold->notes[walk->move];

        if (note->kind == SLA__NOTE_PAUSE)
            add_credit(walk, note);
        else
            add_grant(walk, note);
        walk->move = next_move(&walk->view, walk->move + 1);
    }
}

/* ---------------------------------------------------------- changes of clocks */

/* Where in (from, to] the clocks of the calendar's zone jump first; SLA_NEVER for
 * nowhere.  Looked for in steps too short for a zone to jump there and back. */
static sla_time next_shift(const sla_calendar *calendar, sla_time from, sla_time to)
{
    const sla_duration step = 14 * SLA_DAY;
    const int32_t before = calendar != NULL ? sla_calendar_offset(calendar, from) : 0;

    for (sla_time low = from, high; calendar != NULL && low < to; low = high) {
        high = to - low > step ? low + step : to;
        if (sla_calendar_offset(calendar, high) == before)
            continue;
        while (high - low > 1) {
            const sla_time middle = low + (high - low) / 2;

            if (sla_calendar_offset(calendar, middle) == before)
                low = middle;
            else
                high = middle;
        }
        return high;
    }
    return SLA_NEVER;
}

static void add_shift(sla__walk *walk, sla_time at)
{
    const sla_calendar *calendar = walk->view.calendar;
    const int32_t jump = sla_calendar_offset(calendar, at) - sla_calendar_offset(calendar, at - 1);

    add(walk, (sla_explain_segment){.start = at,
                                    .end = at,
                                    .kind = SLA_EXPLAIN_DST,
                                    .shift = jump * SLA_SECOND,
                                    .due_at = SLA_NEVER,
                                    .label = ""});
}

/* ------------------------------------------------------------------ walking */

static bool counts(sla_explain_kind kind)
{
    return kind <= SLA_EXPLAIN_SPECIAL;
}

static sla_time sooner(sla_time from, sla_time cut, sla_time end)
{
    return from < cut && cut < end ? cut : end;
}

/* A stretch, cut at `now`, and where an instant has its own place in between. */
static void add_stretch(sla__walk *walk, sla_time from, sla_time to, sla_explain_segment segment)
{
    const bool counting = counts(segment.kind);
    sla_time shift = from < to ? next_shift(walk->view.calendar, from, to) : SLA_NEVER;

    add_moves(walk, from);
    while (from < to) {
        sla_time end = sooner(from, walk->now, shift < to ? shift : to);

        end = sooner(from, next_moved_at(walk), end);
        segment.start = from;
        segment.end = end;
        segment.counted = counting ? end - from : 0;
        segment.due_at = SLA_NEVER;
        add(walk, segment);
        if (end == shift) {
            add_shift(walk, shift);
            shift = next_shift(walk->view.calendar, shift, to);
        }
        add_moves(walk, end);
        from = end;
    }
}

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

/* Open and closed stretches between two pauses. */
static void walk_open(sla__walk *walk, sla_time from, sla_time to)
{
    while (from < to) {
        sla_segment segment;

        if (sla_calendar_segment(walk->view.calendar, from, to, &segment) != SLA_OK ||
            segment.end <= from)
            return;
        add_stretch(walk, from, segment.end,
                    (sla_explain_segment){.kind = kind_of(segment.kind), .label = segment.label});
        from = segment.end;
    }
}

static void walk_running(sla__walk *walk, sla_time from, sla_time to, bool business)
{
    if (from >= to)
        return;
    if (business)
        walk_open(walk, from, to);
    else
        add_stretch(walk, from, to, (sla_explain_segment){.kind = SLA_EXPLAIN_RAN, .label = ""});
}

static void walk_pause(sla__walk *walk, const sla__note *pause, sla_time from, sla_time to)
{
    sla_explain_segment segment = {.kind = SLA_EXPLAIN_CLOSED_TICKET, .label = ""};

    if (!(pause->flags & SLA__NOTE_CLOSED)) {
        segment.kind = SLA_EXPLAIN_PAUSED;
        segment.label = reason_of(walk, pause);
        segment.reasons = (uint16_t)pause->n;
    }
    add_stretch(walk, from, to, segment);
}

/* It lasts until now; what is to come is told as if it ended now. */
static void walk_lasting(sla__walk *walk, const sla__note *pause, sla_time from, sla_time to,
                         bool business)
{
    const sla_time end = walk->now <= from ? from : walk->now < to ? walk->now : to;

    walk_pause(walk, pause, from, end);
    walk->held = sla__plan_between(&walk->view, from, end);
    walk_running(walk, end, to, business);
}

static void walk_all(sla__walk *walk, sla_time from, sla_time to, bool business)
{
    while (from < to) {
        const sla__note *pause = pause_at(walk, from);
        sla_time end;

        if (pause == NULL || pause->a >= to) {
            walk_running(walk, from, to, business);
            return;
        }
        walk_running(walk, from, pause->a, business);
        from = pause->a > from ? pause->a : from;
        if (pause->b == SLA_NEVER) {
            walk_lasting(walk, pause, from, to, business);
            return;
        }
        end = pause->b < to ? pause->b : to;
        walk_pause(walk, pause, from, end);
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

        if (note->target != view->clock->target || note->cycle != view->clock->cycle)
            continue;
        if (note->kind == SLA__NOTE_WAIVE) {
            out->waived += note->b;
            out->adjusted_due_at = sla__plan_due_add(view, out->adjusted_due_at, note->b);
        } else if (note->kind == SLA__NOTE_EXTEND && (note->flags & SLA__NOTE_TO_INSTANT)) {
            out->extended_to = note->b;
        } else if (note->kind == SLA__NOTE_EXTEND) {
            out->extended += note->b;
        }
    }
}

static void describe(const sla__view *view, sla_explanation *out)
{
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
    out->first_due_at = sla__plan_after(view, 0).due;
    out->adjusted_due_at = view->clock->due_at;
    out->reason_count = view->target->pause_count;
    for (uint32_t i = 0; i < view->target->pause_count; i++)
        out->reasons[i] = reason_name(view, i);
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
            return cycle == 0            ? sla__fold_latest(fold, (uint16_t)i)
                   : cycle <= UINT16_MAX ? sla__fold_clock(fold, (uint16_t)i, (uint16_t)cycle)
                                         : NULL;
    }
    return NULL;
}

int sla_engine_explain(const sla_engine *engine, sla_string tenant, sla_string ticket,
                       const char *policy, const char *target, uint32_t cycle, sla_time now,
                       sla_explanation *explanation_out, sla_explain_segment *segments,
                       size_t capacity, size_t *count_out)
{
    const uint32_t slot = sla__ticket_find(engine, tenant, ticket);
    const sla__ticket *found;
    const sla__clock *clock;
    sla__walk walk;

    if (slot == SLA__MAP_NONE)
        return SLA_ERR_NOT_FOUND;
    found = sla__ticket_read(engine, slot);
    clock = find_clock(engine, &found->fold, policy, target, cycle);
    if (clock == NULL)
        return SLA_ERR_NOT_FOUND;
    memset(&walk, 0, sizeof walk);
    walk.view = sla__judged_view(engine, found, clock);
    if (clock->due_at == SLA_NEVER || walk.view.goal == NULL)
        return SLA_ERR_STATE;
    memset(explanation_out, 0, sizeof *explanation_out);
    walk.history = &found->history;
    walk.now = now;
    walk.segments = segments;
    walk.capacity = capacity;
    walk.move = next_move(&walk.view, 0);
    sla__clock_view_fill(engine, found, clock, &explanation_out->clock);
    describe(&walk.view, explanation_out);
    walk_all(&walk, clock->start_at, clock->due_at, explanation_out->business);
    add_moves(&walk, SLA_NEVER);
    explanation_out->counted = walk.counted;
    explanation_out->held = walk.held;
    explanation_out->credited = walk.credited;
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
