/* lint.c - what is legal but probably not meant: the frame, and calendars. */
#include "policy/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sla/time.h>

#include "base/alloc.h"
#include "base/error.h"

enum { SOON_DAYS = 60 };

void sla__lint_remark(sla__lint *lint, const char *code, const char *source, const char *pointer,
                      const char *format, ...)
{
    const size_t place = lint->count++;
    va_list arguments;
    sla_remark *remark;

    if (place >= lint->capacity)
        return;
    remark = &lint->remarks[place];
    snprintf(remark->code, sizeof remark->code, "%s", code);
    snprintf(remark->source, sizeof remark->source, "%s", source);
    snprintf(remark->pointer, sizeof remark->pointer, "%s", pointer);
    va_start(arguments, format);
    vsnprintf(remark->text, sizeof remark->text, format, arguments);
    va_end(arguments);
}

/* ------------------------------------------------------------ where */

static sla__spot spot(const sla__lint *lint, uint32_t source, const char *base, const char *member)
{
    sla__spot made;

    snprintf(made.source, sizeof made.source, "%s", sla__policies_symbol(lint->set, source));
    snprintf(made.pointer, sizeof made.pointer, "%s%s", base, member);
    return made;
}

sla__spot sla__spot_policy(const sla__lint *lint, size_t policy, const char *member)
{
    return spot(lint, sla__drafts_of(lint->set)->policies[policy].place.source, "", member);
}

sla__spot sla__spot_target(const sla__lint *lint, size_t target, const char *member)
{
    const sla__place *place = &sla__drafts_of(lint->set)->targets[target].place;

    return spot(lint, place->source, sla__policies_symbol(lint->set, place->pointer), member);
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
            return spot(lint, overlay->target_place.source, base, member);
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

static void lint_calendar(sla__lint *lint, const sla_calendar *calendar, sla_time now)
{
    const char *name = sla_calendar_name(calendar);
    const sla_time known = sla_calendar_known_until(calendar);
    sla_time from, to, end;
    char until[SLA_TIME_TEXT_MAX];

    sla_calendar_horizon(calendar, &from, &to);
    from = now > from ? now : from;
    end = from < SLA_TIME_MAX - 366 * SLA_DAY ? from + 366 * SLA_DAY : SLA_TIME_MAX;
    if (!has_hours(calendar, from, end < to ? end : to))
        sla__lint_remark(lint, "zero_hour_calendar", name, "",
                         "calendar \"%s\" has no open time in the year from now on; nothing "
                         "counted on it ever falls due",
                         name);
    end = known < to ? known : to;
    if (end != SLA_NEVER && end - now < SOON_DAYS * SLA_DAY) {
        sla_time_format(end, until, sizeof until);
        sla__lint_remark(lint, "calendar_ends_soon", name, "",
                         "calendar \"%s\" is known until %s only; add the dates that follow", name,
                         until);
    }
}

static int lint_calendars(sla__lint *lint, sla_calendar *const *calendars, size_t count,
                          sla_time now, sla_error *error)
{
    for (size_t i = 0; i < lint->set->calendar_count; i++) {
        const char *name = sla_policies_calendar(lint->set, i);
        const sla_calendar *calendar = find_calendar(calendars, count, name);

        if (calendar == NULL)
            return sla__error_set(error, SLA_ERR_NOT_FOUND, "",
                                  "the policies ask for calendar \"%s\"; give it, too", name);
        lint_calendar(lint, calendar, now);
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
    if (lint.claims == NULL)
        return sla__error_set(error, SLA_ERR_NOMEM, "", "%s", sla_result_text(SLA_ERR_NOMEM));
    for (size_t i = 0; i < policies->policy_count; i++)
        sla__lint_policy(&lint, i);
    result = lint_calendars(&lint, calendars, calendar_count, now, error);
    sla__free(&policies->allocator, lint.claims);
    if (result == SLA_OK)
        *count_out = lint.count;
    return result;
}
