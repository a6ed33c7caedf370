/* twin_compare.c - see twin_compare.h. */
#include "twin_compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sla/time.h>

void twin_say(twin_difference *found, const char *format, ...)
{
    const size_t length = strlen(found->text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(found->text + length, sizeof found->text - length, format, arguments);
    va_end(arguments);
}

const char *twin_when(sla_time at)
{
    static char texts[16][SLA_TIME_TEXT_MAX];
    static unsigned turn;
    char *text = texts[turn++ % 16];

    if (sla_time_format(at, text, SLA_TIME_TEXT_MAX) == 0)
        snprintf(text, SLA_TIME_TEXT_MAX, "%s", at == SLA_NEVER ? "never" : "?");
    return text;
}

static void say_event(twin_difference *found, const char *who, const sla_event *event)
{
    twin_say(
        found,
        "  %s: %s %s %.*s %s/%s/%u %s repeat %u revision %u%s skipped %u collapsed %u to '%s' "
        "level %u %s started %s due %s old_due %s breached %s ended %s%s%s%s%s%s rank %d because "
        "'%s' reason '%s' derived '%s' fact %u %.*s\n",
        who, twin_when(event->at), sla_event_kind_name((int)event->kind), (int)event->ticket.length,
        event->ticket.data, event->policy, event->target, (unsigned)event->cycle, event->step,
        (unsigned)event->repeat, (unsigned)event->revision, event->late ? " late" : "",
        (unsigned)event->skipped, (unsigned)event->collapsed, event->to, event->level,
        sla_state_name((int)event->state), twin_when(event->started_at), twin_when(event->due_at),
        twin_when(event->old_due_at), twin_when(event->breached_at), twin_when(event->ended_at),
        event->provisional ? " provisional" : "",
        event->provisional_attributes ? " on_defaults" : "", event->governs ? " governs" : "",
        event->excluded ? " excluded" : "", event->adjusted_met ? " adjusted_met" : "",
        (int)event->rank, event->because, event->reason, event->derived, (unsigned)event->fact_seq,
        (int)event->fact_id.length, event->fact_id.data != NULL ? event->fact_id.data : "");
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool same_string(sla_string a, sla_string b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

#define FIELD(same, field)                                                                         \
    if (!(same))                                                                                   \
    return field

/* The first field that differs, or NULL. */
static const char *differing(const sla_event *a, const sla_event *b)
{
    FIELD(a->kind == b->kind, "kind");
    FIELD(same_string(a->tenant, b->tenant), "tenant");
    FIELD(same_string(a->ticket, b->ticket), "ticket");
    FIELD(same_text(a->policy, b->policy), "policy");
    FIELD(same_text(a->policy_version, b->policy_version), "policy_version");
    FIELD(same_text(a->target, b->target), "target");
    FIELD(a->cycle == b->cycle, "cycle");
    FIELD(same_text(a->step, b->step), "step");
    FIELD(a->repeat == b->repeat, "repeat");
    FIELD(a->revision == b->revision, "revision");
    FIELD(a->at == b->at, "at");
    FIELD(a->told == b->told, "told");
    FIELD(a->late == b->late, "late");
    FIELD(a->skipped == b->skipped, "skipped");
    FIELD(a->collapsed == b->collapsed, "collapsed");
    FIELD(same_text(a->to, b->to), "to");
    FIELD(a->level == b->level, "level");
    FIELD(a->state == b->state, "state");
    FIELD(a->started_at == b->started_at, "started_at");
    FIELD(a->due_at == b->due_at, "due_at");
    FIELD(a->old_due_at == b->old_due_at, "old_due_at");
    FIELD(a->breached_at == b->breached_at && a->breached == b->breached, "breached_at");
    FIELD(a->ended_at == b->ended_at, "ended_at");
    FIELD(a->provisional == b->provisional, "provisional");
    FIELD(a->provisional_attributes == b->provisional_attributes, "provisional_attributes");
    FIELD(a->governs == b->governs, "governs");
    FIELD(a->excluded == b->excluded, "excluded");
    FIELD(a->adjusted_met == b->adjusted_met, "adjusted_met");
    FIELD(a->agreement == b->agreement, "agreement");
    FIELD(a->rank == b->rank, "rank");
    FIELD(same_text(a->because, b->because), "because");
    FIELD(same_text(a->reason, b->reason), "reason");
    FIELD(same_text(a->derived, b->derived), "derived");
    FIELD(a->fact_seq == b->fact_seq, "fact_seq");
    FIELD(same_string(a->fact_id, b->fact_id), "fact_id");
    return NULL;
}

void twin_compare_events(const sla_event *got, size_t got_count, const sla_event *wanted,
                         size_t count, twin_difference *found)
{
    size_t i = 0;

    while (i < count && i < got_count && differing(&wanted[i], &got[i]) == NULL)
        i++;
    if (i == count && i == got_count)
        return;
    if (i < count && i < got_count)
        twin_say(found, "event %zu: %s\n", i, differing(&wanted[i], &got[i]));
    else
        twin_say(found, "event %zu: the engine tells %zu, the twin %zu\n", i, got_count, count);
    for (size_t j = i; j < i + 3; j++) {
        if (j < got_count)
            say_event(found, "engine", &got[j]);
        if (j < count)
            say_event(found, "twin  ", &wanted[j]);
    }
}

/* --- clocks side by side --- */

static const char *differing_view(const sla_clock_view *a, const sla_clock_view *b, bool level)
{
    FIELD(same_text(a->policy, b->policy), "policy");
    FIELD(same_text(a->policy_version, b->policy_version), "policy_version");
    FIELD(same_text(a->target, b->target), "target");
    FIELD(same_text(a->metric, b->metric), "metric");
    FIELD(a->cycle == b->cycle, "cycle");
    FIELD(a->state == b->state, "state");
    FIELD(a->started_at == b->started_at, "started_at");
    FIELD(a->due_at == b->due_at, "due_at");
    FIELD(a->paused_at == b->paused_at, "paused_at");
    FIELD(a->ended_at == b->ended_at, "ended_at");
    FIELD(a->breached == b->breached && a->breached_at == b->breached_at, "breached_at");
    FIELD(a->provisional == b->provisional, "provisional");
    FIELD(a->provisional_attributes == b->provisional_attributes, "provisional_attributes");
    FIELD(a->governs == b->governs, "governs");
    FIELD(a->excluded == b->excluded, "excluded");
    FIELD(a->adjusted_met == b->adjusted_met, "adjusted_met");
    FIELD(a->next_at == b->next_at, "next_at");
    FIELD(same_text(a->next_step, b->next_step), "next_step");
    FIELD(same_text(a->calendar, b->calendar), "calendar");
    FIELD(a->rank == b->rank, "rank");
    FIELD(!level || a->level == b->level, "level");
    return NULL;
}

static void say_view(twin_difference *found, const char *who, const sla_clock_view *view)
{
    twin_say(
        found,
        "  %s: %s/%s/%u %s started %s due %s paused %s ended %s breached %s next %s %s level %u "
        "calendar '%s'%s%s%s%s%s\n",
        who, view->policy, view->target, (unsigned)view->cycle, sla_state_name((int)view->state),
        twin_when(view->started_at), twin_when(view->due_at), twin_when(view->paused_at),
        twin_when(view->ended_at), twin_when(view->breached_at), twin_when(view->next_at),
        view->next_step, view->level, view->calendar, view->provisional ? " provisional" : "",
        view->provisional_attributes ? " on_defaults" : "", view->governs ? " governs" : "",
        view->excluded ? " excluded" : "", view->adjusted_met ? " adjusted_met" : "");
}

void twin_compare_views(const char *ticket, const sla_clock_view *got, size_t got_count,
                        const sla_clock_view *wanted, size_t count, bool level,
                        twin_difference *found)
{
    size_t i = 0;

    while (i < count && i < got_count && differing_view(&wanted[i], &got[i], level) == NULL)
        i++;
    if (i == count && i == got_count)
        return;
    if (i < count && i < got_count)
        twin_say(found, "%s, clock %zu: %s\n", ticket, i,
                 differing_view(&wanted[i], &got[i], level));
    else
        twin_say(found, "%s: the engine has %zu clocks, the twin %zu\n", ticket, got_count, count);
    for (size_t j = i; j < got_count && j < i + 3; j++)
        say_view(found, "engine", &got[j]);
    for (size_t j = i; j < count && j < i + 3; j++)
        say_view(found, "twin  ", &wanted[j]);
}
