/* lint.c - what is legal but probably not meant: the frame, and calendars. */
#include "policy/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sla/time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "time/calendar.h"

enum { SOON_DAYS = 60 };

void sla__lint_remark(sla__lint *lint, const char *code, const sla__spot *where, const char *format,
                      ...)
{
    const size_t place = lint->count++;
    va_list arguments;
    sla_remark *remark;

    if (place >= lint->capacity)
        return;
    remark = &lint->remarks[place];
    snprintf(remark->code, sizeof remark->code, "%s", code);
    snprintf(remark->source, sizeof remark->source, "%s", where->source);
    snprintf(remark->pointer, sizeof remark->pointer, "%s", where->pointer);
    remark->line = where->line;
    remark->column = where->column;
    va_start(arguments, format);
    vsnprintf(remark->text, sizeof remark->text, format, arguments);
    va_end(arguments);
}

/* ------------------------------------------------------------ where */

static sla__spot spot(const sla__lint *lint, uint32_t document, const char *base,
                      const char *member)
{
    const uint32_t source = sla__drafts_of(lint->set)->documents[document].source;
    sla__spot made;

    snprintf(made.source, sizeof made.source, "%s", sla__policies_symbol(lint->set, source));
    snprintf(made.pointer, sizeof made.pointer, "%s%s", base, member);
    sla__document_place(lint->set, document, made.pointer, &made.line, &made.column);
    return made;
}

sla__spot sla__spot_policy(const sla__lint *lint, size_t policy, const char *member)
{
    return spot(lint, sla__drafts_of(lint->set)->policies[policy].place.document, "", member);
}

sla__spot sla__spot_target(const sla__lint *lint, size_t target, const char *member)
{
    const sla__place *place = &sla__drafts_of(lint->set)->targets[target].place;

    return spot(lint, place->document, sla__policies_symbol(lint->set, place->pointer), member);
}

/* An element of a list that may be the policy's. */
static sla__spot spot_element(const sla__lint *lint, size_t target, bool inherited,
                              const char *list, size_t index)
{
    const size_t policy = lint->set->targets[target].policy;
    char member[40];

    snprintf(member, sizeof member, "/%s/%zu", list, index);
    return inherited ? sla__spot_policy(lint, policy, member)
                     : sla__spot_target(lint, target, member);
}

sla__spot sla__spot_step(const sla__lint *lint, size_t target, size_t step)
{
    const sla__target_draft *draft = &sla__drafts_of(lint->set)->targets[target];

    return spot_element(lint, target, draft->inherits[SLA__STEPS], "steps",
                        step - draft->breach_added);
}

sla__spot sla__spot_pause(const sla__lint *lint, size_t target, size_t pause)
{
    const sla__target_draft *draft = &sla__drafts_of(lint->set)->targets[target];

    return spot_element(lint, target, draft->inherits[SLA__PAUSES], "pauses", pause);
}

/* Goals of overlays stand before the target's own; each knows its document. */
sla__spot sla__spot_goal(const sla__lint *lint, size_t target, size_t goal)
{
    const sla__drafts *drafts = lint->set->drafts;
    char base[256], member[40];
    size_t before = 0;

    for (size_t i = 0; i < drafts->overlay_count; i++) {
        const sla__overlay_draft *overlay = &drafts->overlays[i];

        if (overlay->covers != target)
            continue;
        if (goal - before < overlay->goal_count) {
            snprintf(base, sizeof base, "%s",
                     sla__policies_symbol(lint->set, overlay->target_place.pointer));
            *strrchr(base, '/') = '\0';
            snprintf(member, sizeof member, "/goals/%zu", goal - before);
            return spot(lint, overlay->target_place.document, base, member);
        }
        before += overlay->goal_count;
    }
    snprintf(member, sizeof member, "/goals/%zu", goal - before);
    return sla__spot_target(lint, target, member);
}

/* ------------------------------------------------------------ calendars */

static const sla_calendar *find_calendar(sla_calendar *const *calendars, size_t count,
                                         const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(sla_calendar_name(calendars[i]), name) == 0)
            return calendars[i];
    return NULL;
}

static bool has_hours(const sla_calendar *calendar, sla_time from, sla_time to)
{
    sla_duration open = 0;

    return from < to && sla_calendar_between(calendar, from, to, &open) == SLA_OK && open > 0;
}

static sla__spot spot_calendar(const sla_calendar *calendar, const sla__member_place *place)
{
    sla__spot made = {.line = place->line, .column = place->column};

    snprintf(made.source, sizeof made.source, "%s", calendar->source);
    snprintf(made.pointer, sizeof made.pointer, "%s", place->pointer);
    return made;
}

/* Its list of holidays ends soon, or the years for which it is compiled do. */
static void lint_end(sla__lint *lint, const sla_calendar *calendar, sla_time now)
{
    const bool by_list = calendar->known_until <= calendar->to;
    const sla_time end = by_list ? calendar->known_until : calendar->to;
    sla__spot where;
    char text[SLA_TIME_TEXT_MAX];

    if (end - now >= SOON_DAYS * SLA_DAY)
        return;
    where = spot_calendar(calendar, by_list ? &calendar->known_place : &calendar->horizon_place);
    sla_time_format(end, text, sizeof text);
    if (by_list)
        sla__lint_remark(lint, "calendar_ends_soon", &where,
                         "calendar \"%s\" is known until %s only; add the dates that follow",
                         calendar->name, text);
    else
        sla__lint_remark(lint, "calendar_ends_soon", &where,
                         "the horizon of calendar \"%s\" ends at %s, and nothing falls due behind "
                         "it; write a later \"to_year\" under \"horizon\"",
                         calendar->name, text);
}

static void lint_calendar(sla__lint *lint, const sla_calendar *calendar, sla_time now)
{
    const sla_time from = now > calendar->from ? now : calendar->from;
    const sla_time year = from < SLA_TIME_MAX - 366 * SLA_DAY ? from + 366 * SLA_DAY : SLA_TIME_MAX;
    const sla__spot where = spot_calendar(calendar, &calendar->week_place);

    if (!has_hours(calendar, from, year < calendar->to ? year : calendar->to))
        sla__lint_remark(lint, "zero_hour_calendar", &where,
                         "calendar \"%s\" has no open time in the year from now on; nothing "
                         "counted on it ever falls due",
                         calendar->name);
    lint_end(lint, calendar, now);
}

/* What the calendars that the policies ask for can hold. */
static int measure_calendars(sla__lint *lint, sla_calendar *const *calendars, size_t count,
                             sla_error *error)
{
    for (size_t i = 0; i < lint->set->calendar_count; i++) {
        const sla_calendar *calendar =
            find_calendar(calendars, count, sla_policies_calendar(lint->set, i));

        if (calendar == NULL)
            return sla_policies_calendar_missing(lint->set, i, error);
        lint->reaches[i] = sla__reach_of(calendar);
    }
    return SLA_OK;
}

/* ------------------------------------------------------------ everything */

/* No list of conditions that the lint holds together is longer. */
static size_t most_claims(const sla_policies *set)
{
    size_t most = set->policy_count;

    for (size_t i = 0; i < set->target_count; i++)
        if (set->targets[i].goal_count > most)
            most = set->targets[i].goal_count;
    for (size_t i = 0; i < set->policy_count; i++)
        if (set->policies[i].rank_count > most)
            most = set->policies[i].rank_count;
    return 2 * most + 4; /* goals of two targets are held together */
}

int sla_policies_lint(const sla_policies *policies, sla_calendar *const *calendars,
                      size_t calendar_count, sla_time now, sla_remark *remarks, size_t capacity,
                      size_t *count_out, sla_error *error)
{
    sla__lint lint = {.set = policies, .remarks = remarks, .capacity = capacity};
    int result;

    sla__error_clear(error);
    if (!policies->finished)
        return sla__error_set(error, SLA_ERR_STATE, "", "finish the set first");
    if (now < SLA_TIME_MIN || now > SLA_TIME_MAX)
        return sla__error_set(error, SLA_ERR_RANGE, "", "%s", sla_result_text(SLA_ERR_RANGE));
    lint.claims = sla__new(&policies->allocator, most_claims(policies), sizeof *lint.claims);
    lint.reaches =
        sla__new(&policies->allocator, policies->calendar_count + 1, sizeof *lint.reaches);
    result = lint.claims != NULL && lint.reaches != NULL
                 ? measure_calendars(&lint, calendars, calendar_count, error)
                 : sla__error_set(error, SLA_ERR_NOMEM, "", "%s", sla_result_text(SLA_ERR_NOMEM));
    for (size_t i = 0; i < policies->policy_count && result == SLA_OK; i++)
        sla__lint_policy(&lint, i);
    for (size_t i = 0; i < calendar_count && result == SLA_OK; i++)
        lint_calendar(&lint, calendars[i], now);
    sla__free(&policies->allocator, lint.claims);
    sla__free(&policies->allocator, lint.reaches);
    if (result == SLA_OK)
        *count_out = lint.count;
    return result;
}
