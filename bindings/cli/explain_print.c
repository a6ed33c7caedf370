/* explain_print.c - see explain_print.h. */
#include "explain_print.h"

#include <stdarg.h>
#include <string.h>

#include <sla/time.h>

#include "event_text.h"
#include "output.h"
#include "plain.h"

/* ------------------------------------------------------------ for people */

static void print_time(const explained *e, const char *before, sla_time time, FILE *out)
{
    char text[SLA_TIME_TEXT_MAX];

    tell(out, "%s%s", before, event_text_time(time, e->place, text, sizeof text));
}

static void print_span(const char *before, sla_duration span, FILE *out)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_duration_format(span, text, sizeof text);
    tell(out, "%s%s", before, text);
}

static void print_goal(const explained *e, FILE *out)
{
    const sla_explanation *x = &e->explanation;

    tell(out, "  goal     %s", x->goal);
    if (strcmp(x->goal, "workdays") == 0 || strcmp(x->goal, "days") == 0)
        tell(out, " %d", x->days);
    else if (x->need > 0)
        print_span(" ", x->need, out);
    if (x->anchor != SLA_NEVER)
        print_time(e, " before ", x->anchor, out);
    if (x->calendar[0] != '\0')
        tell(out, ", calendar %s %s (%s)", x->calendar, x->calendar_version, x->zone);
    fputc('\n', out);
}

/* Where the due time comes from: the goal, and what moved it. */
static void print_due(const explained *e, FILE *out)
{
    const sla_explanation *x = &e->explanation;

    print_time(e, "  due      ", x->clock.due_at, out);
    if (x->first_due_at != x->clock.due_at)
        print_time(e, ", by the goal alone ", x->first_due_at, out);
    if (x->credited > 0)
        print_span(", credited ", x->credited, out);
    if (x->extended > 0)
        print_span(", extended by ", x->extended, out);
    if (x->extended_to != SLA_NEVER)
        print_time(e, ", extended to ", x->extended_to, out);
    if (x->waived > 0)
        print_span(", waived ", x->waived, out);
    if (x->adjusted_due_at != x->clock.due_at)
        print_time(e, ": adjusted due ", x->adjusted_due_at, out);
    tell(out, "%s%s\n", x->clock.provisional ? ", provisional: holidays are not known yet" : "",
         x->clock.provisional_attributes ? ", provisional: rests on attribute defaults" : "");
}

static void print_state(const explained *e, FILE *out)
{
    const sla_clock_view *clock = &e->explanation.clock;

    tell(out, "  state    %s", sla_state_name(clock->state));
    if (clock->ended_at != SLA_NEVER)
        print_time(e, " at ", clock->ended_at, out);
    else if (clock->paused_at != SLA_NEVER)
        print_time(e, " (the due moves when it goes on) since ", clock->paused_at, out);
    if (clock->breached)
        print_time(e, ", breached at ", clock->breached_at, out);
    if (clock->level > 0)
        tell(out, ", escalated to level %d", clock->level);
    if (clock->next_at != SLA_NEVER)
        print_time(e, ", next: ", clock->next_at, out);
    if (clock->next_at != SLA_NEVER && clock->next_step[0] != '\0')
        tell(out, " %s", clock->next_step);
    tell(out, "%s\n", clock->excluded ? ", excluded from the figures" : "");
}

/* A paused clock does not run: it would, up to the due that it has now.  NULL for
 * what is said in the same words of all clocks. */
static const char *would_text(const explained *e, const sla_explain_segment *s)
{
    if (!s->ahead || e->explanation.clock.state != SLA_PAUSED)
        return NULL;
    switch (s->kind) {
    case SLA_EXPLAIN_RAN:
        return "the clock would run";
    case SLA_EXPLAIN_MAKEUP:
        return "it would run on a make-up workday";
    case SLA_EXPLAIN_SPECIAL:
        return "it would run in special hours";
    default:
        return NULL;
    }
}

/* The label, or all reasons of a pause that had several. */
static void print_label(const explained *e, const sla_explain_segment *s, FILE *out)
{
    const char *before = ": ";

    if (s->reasons == 0 && s->label[0] != '\0')
        tell(out, ": %s", s->label);
    for (size_t i = 0; i < e->explanation.reason_count; i++) {
        if (!(s->reasons >> i & 1))
            continue;
        tell(out, "%s%s", before, e->explanation.reasons[i]);
        before = ", ";
    }
}

static void print_why(const explained *e, const sla_explain_segment *s, FILE *out)
{
    const char *would = would_text(e, s);

    fputs(would != NULL ? would : sla_explain_kind_text(s->kind), out);
    if (s->shift != 0)
        print_span(" by ", s->shift, out);
    if (s->credit != 0)
        print_span(" ", s->credit, out);
    print_label(e, s, out);
    if (s->due_at != SLA_NEVER)
        print_time(e, ", due ", s->due_at, out);
    if (s->approver.length > 0) {
        fputs(", approver ", out);
        put_plain(out, s->approver.data, s->approver.length);
    }
    if (s->ahead && would == NULL) /* of a clock that has ended: time that it had left */
        fputs(e->explanation.clock.ended_at != SLA_NEVER ? " (left)" : " (to come)", out);
}

/* Both ends on the clock of its start, so that they are as far apart as it is
 * long; a change of clocks from the old one to the new one. */
static void print_span_of_time(const explained *e, const sla_explain_segment *s, FILE *out)
{
    const int32_t offset = e->place != NULL ? sla_calendar_offset(e->place, s->start) : 0;
    char from[SLA_TIME_TEXT_MAX], to[SLA_TIME_TEXT_MAX] = "-";

    sla_time_format_offset(s->start, offset - (int32_t)(s->shift / SLA_SECOND), from, sizeof from);
    if (s->end > s->start || s->shift != 0)
        sla_time_format_offset(s->end, offset, to, sizeof to);
    tell(out, "  %-27s %-27s ", from, to);
}

static void print_segment(const explained *e, const sla_explain_segment *s, FILE *out)
{
    char counted[SLA_TIME_TEXT_MAX] = "-";

    if (s->counted != 0)
        sla_duration_format(s->counted, counted, sizeof counted);
    print_span_of_time(e, s, out);
    tell(out, "%-12s ", counted);
    print_why(e, s, out);
    fputc('\n', out);
}

static bool asks_for_a_span(const sla_explanation *x)
{
    return (strcmp(x->goal, "elapsed") == 0 || strcmp(x->goal, "business") == 0) &&
           x->extended_to == SLA_NEVER;
}

/* What counted, and how it comes to what the goal asks where it asks for a span. */
static void print_sum(const explained *e, FILE *out)
{
    const sla_explanation *x = &e->explanation;
    char counted[SLA_TIME_TEXT_MAX];

    sla_duration_format(x->counted, counted, sizeof counted);
    tell(out, "  %-55s %s", "sum", counted);
    if (x->held > 0)
        print_span(" + ", x->held, out);
    if (x->held > 0)
        fputs(" held by the pause so far", out);
    if (asks_for_a_span(x) && x->counted + x->held == x->need + x->extended) {
        print_span(" = goal ", x->need, out);
        if (x->extended > 0)
            print_span(" + extended ", x->extended, out);
    }
    fputc('\n', out);
}

/* One that has no due to explain. */
static void print_unexplained(const explained *e, FILE *out)
{
    const sla_clock_view *clock = &e->explanation.clock;

    if (clock->ended_at == SLA_NEVER) {
        fputs("  has not started yet\n", out);
        return;
    }
    tell(out, "  state    %s", sla_state_name(clock->state));
    print_time(e, " at ", clock->ended_at, out);
    fputs(", before it had started\n", out);
}

void explain_print(const explained *e, FILE *out)
{
    const sla_clock_view *clock = &e->explanation.clock;

    tell(out, "%s.%s", clock->policy, clock->target);
    if (clock->cycle > 1)
        tell(out, ", cycle %u", clock->cycle);
    if (clock->display != NULL && clock->display[0] != '\0')
        tell(out, "  %s", clock->display);
    tell(out, "  (policy version %s%s)\n", clock->policy_version,
         clock->governs ? ", governs" : "");
    if (!e->has_due) {
        print_unexplained(e, out);
        return;
    }
    print_time(e, "  started  ", clock->started_at, out);
    fputc('\n', out);
    print_goal(e, out);
    print_due(e, out);
    print_state(e, out);
    tell(out, "  %-27s %-27s %-12s %s\n", "from", "to", "counted", "why");
    for (size_t i = 0; i < e->count; i++)
        print_segment(e, &e->segments[i], out);
    print_sum(e, out);
}

/* ------------------------------------------------------------ JSON */

static void put_text(const char *key, const char *text, FILE *out)
{
    fprintf(out, ",\"%s\":", key);
    put_json_text(out, text);
}

static void put_said(const char *key, const char *text, FILE *out)
{
    if (text != NULL && text[0] != '\0')
        put_text(key, text, out);
}

static void put_instant(const char *key, sla_time time, FILE *out)
{
    if (time == SLA_NEVER)
        return;
    fprintf(out, ",\"%s\":", key);
    put_json_instant(out, time);
}

static void put_sum(const char *key, sla_duration span, FILE *out)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_duration_format(span, text, sizeof text);
    put_text(key, text, out);
}

static void put_span(const char *key, sla_duration span, FILE *out)
{
    if (span != 0)
        put_sum(key, span, out);
}

static void put_flag(const char *key, bool flag, FILE *out)
{
    if (flag)
        fprintf(out, ",\"%s\":true", key);
}

static void put_clock(const sla_clock_view *clock, FILE *out)
{
    fputs("{\"policy\":", out);
    put_json_text(out, clock->policy);
    put_text("policy_version", clock->policy_version, out);
    put_text("target", clock->target, out);
    put_said("display", clock->display, out);
    put_said("metric", clock->metric, out);
    fprintf(out, ",\"cycle\":%u", clock->cycle);
    put_text("state", sla_state_name(clock->state), out);
    put_instant("started_at", clock->started_at, out);
    put_instant("due_at", clock->due_at, out);
    put_instant("paused_at", clock->paused_at, out);
    put_instant("ended_at", clock->ended_at, out);
    put_instant("breached_at", clock->breached_at, out);
    put_flag("breached", clock->breached, out);
    put_flag("provisional", clock->provisional, out);
    put_flag("provisional_attributes", clock->provisional_attributes, out);
    put_flag("governs", clock->governs, out);
    put_flag("excluded", clock->excluded, out);
    if (clock->level > 0)
        fprintf(out, ",\"level\":%d", clock->level);
    put_instant("next_at", clock->next_at, out);
    put_said("next_step", clock->next_step, out);
}

static void put_explanation(const sla_explanation *x, FILE *out)
{
    put_text("goal", x->goal, out);
    put_said("calendar", x->calendar, out);
    put_said("calendar_version", x->calendar_version, out);
    put_said("zone", x->zone, out);
    put_span("need", x->need, out);
    if (x->days != 0)
        fprintf(out, ",\"days\":%d", x->days);
    put_instant("anchor", x->anchor, out);
    put_instant("first_due_at", x->first_due_at, out);
    put_span("credited", x->credited, out);
    put_span("extended", x->extended, out);
    put_instant("extended_to", x->extended_to, out);
    put_span("waived", x->waived, out);
    if (x->adjusted_due_at != x->clock.due_at)
        put_instant("adjusted_due_at", x->adjusted_due_at, out);
    put_flag("business", x->business, out);
    put_sum("counted", x->counted, out);
    put_span("held", x->held, out);
}

/* Where a pause had several. */
static void put_reasons(const explained *e, const sla_explain_segment *s, FILE *out)
{
    const char *before = ",\"reasons\":[";

    if ((s->reasons & (s->reasons - 1)) == 0)
        return;
    for (size_t i = 0; i < e->explanation.reason_count; i++) {
        if (!(s->reasons >> i & 1))
            continue;
        fputs(before, out);
        put_json_text(out, e->explanation.reasons[i]);
        before = ",";
    }
    fputc(']', out);
}

static void put_segment(const explained *e, const sla_explain_segment *s, FILE *out)
{
    fputs("{\"from\":", out);
    put_json_instant(out, s->start);
    fputs(",\"to\":", out);
    put_json_instant(out, s->end);
    put_text("kind", sla_explain_kind_name(s->kind), out);
    put_span("counted", s->counted, out);
    put_span("shift", s->shift, out);
    put_span("credit", s->credit, out);
    put_instant("due_at", s->due_at, out);
    put_said("label", s->label, out);
    put_reasons(e, s, out);
    if (s->approver.length > 0) {
        fputs(",\"approver\":", out);
        put_json_string(out, s->approver.data, s->approver.length);
    }
    put_flag("ahead", s->ahead, out);
    fputc('}', out);
}

void explain_print_json(const explained *e, FILE *out)
{
    put_clock(&e->explanation.clock, out);
    if (e->has_due) {
        put_explanation(&e->explanation, out);
        fputs(",\"segments\":[", out);
        for (size_t i = 0; i < e->count; i++) {
            fputs(i > 0 ? ",\n" : "\n", out);
            put_segment(e, &e->segments[i], out);
        }
        fputc(']', out);
    }
    fputc('}', out);
}
