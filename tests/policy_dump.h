/*
 * policy_dump.h - a finished set of policies as text, for those who compare
 * what was compiled with what was meant.
 *
 * Only what differs from the default of its kind is printed, in the order of
 * the structures in policy.h.
 */
#ifndef SLA_TESTS_POLICY_DUMP_H
#define SLA_TESTS_POLICY_DUMP_H

#include <stdarg.h>
#include <stdio.h>

#include <sla/time.h>

#include "policy/policy.h"

typedef struct policy_dump {
    const sla_policies *set;
    char *text;
    size_t used, size;
} policy_dump;

__attribute__((format(printf, 2, 3))) static void say(policy_dump *dump, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    dump->used +=
        (size_t)vsnprintf(dump->text + dump->used, dump->size - dump->used, format, arguments);
    va_end(arguments);
    if (dump->used >= dump->size)
        dump->used = dump->size - 1;
}

/* " word NAME" for a symbol that is there. */
static void say_symbol(policy_dump *dump, const char *word, uint32_t symbol)
{
    if (symbol != 0)
        say(dump, " %s %s", word, sla__policies_symbol(dump->set, symbol));
}

static void say_span(policy_dump *dump, const char *word, sla_duration span)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_duration_format(span, text, sizeof text);
    say(dump, " %s %s", word, text);
}

static void say_span_if(policy_dump *dump, const char *word, sla_duration span)
{
    if (span != 0)
        say_span(dump, word, span);
}

static void say_instant(policy_dump *dump, const char *word, sla_time at)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_time_format(at, text, sizeof text);
    say(dump, " %s %s", word, text);
}

static const char *attribute_name(const sla_policies *set, uint16_t slot)
{
    return sla__policies_symbol(set, set->attributes[slot].name);
}

static const char *fact_name(const sla_policies *set, uint16_t fact)
{
    return sla__policies_symbol(set, set->fact_names[fact]);
}

static void say_calendar(policy_dump *dump, const char *word, uint16_t calendar)
{
    if (calendar != SLA__NONE)
        say(dump, " %s %s", word, sla__policies_symbol(dump->set, dump->set->calendars[calendar]));
}

static void say_value(policy_dump *dump, uint16_t slot, int64_t value)
{
    if (dump->set->attributes[slot].type == SLA__STRING)
        say(dump, "'%s'", sla__policies_symbol(dump->set, (uint32_t)value));
    else
        say(dump, "%lld", (long long)value);
}

/* ------------------------------------------------------------ conditions */

static void say_node(policy_dump *dump, uint32_t number);

static void say_children(policy_dump *dump, const sla__node *node, const char *word)
{
    say(dump, "%s(", word);
    for (uint32_t i = 0; i < node->count; i++) {
        say(dump, "%s", i > 0 ? ", " : "");
        say_node(dump, node->first + i);
    }
    say(dump, ")");
}

static void say_node(policy_dump *dump, uint32_t number)
{
    static const char *const signs[] = {[SLA__EQ] = "=",  [SLA__NE] = "!=", [SLA__LT] = "<",
                                        [SLA__LE] = "<=", [SLA__GT] = ">",  [SLA__GE] = ">="};
    const sla__node *node = &dump->set->nodes[number];

    switch ((sla__op)node->op) {
    case SLA__TRUE:
        say(dump, "always");
        break;
    case SLA__FACT:
        say(dump, "%s", fact_name(dump->set, node->subject));
        break;
    case SLA__SEEN:
        say(dump, "seen %s", fact_name(dump->set, dump->set->fact_slots[node->subject]));
        break;
    case SLA__SET:
        say(dump, "%s set", attribute_name(dump->set, node->subject));
        break;
    case SLA__ALL:
        say_children(dump, node, "all");
        break;
    case SLA__ANY:
        say_children(dump, node, "any");
        break;
    case SLA__NOT:
        say_children(dump, node, "not");
        break;
    default:
        say(dump, "%s%s", attribute_name(dump->set, node->subject), signs[node->op]);
        say_value(dump, node->subject, node->value);
    }
}

static void say_condition(policy_dump *dump, const char *word, sla__condition condition)
{
    if (condition == SLA__IMPOSSIBLE || condition == 0)
        return;
    say(dump, " %s ", word);
    say_node(dump, condition);
}

/* ------------------------------------------------------------ parts of a target */

static void say_goal(policy_dump *dump, const sla__goal *goal)
{
    static const char *const kinds[] = {"elapsed", "business", "workdays",       "days",
                                        "cutoff",  "anchor",   "anchor_workdays"};

    say(dump, "    goal %s%s", kinds[goal->kind],
        goal->measure == SLA__BUSINESS ? " in business time" : "");
    say_condition(dump, "when", goal->when);
    if (goal->during_from != INT64_MIN)
        say_instant(dump, "from", goal->during_from);
    if (goal->during_to != SLA_NEVER)
        say_instant(dump, "to", goal->during_to);
    if (goal->kind == SLA__GOAL_ELAPSED || goal->kind == SLA__GOAL_BUSINESS ||
        goal->kind == SLA__GOAL_ANCHOR)
        say_span(dump, "need", goal->need);
    if (goal->kind == SLA__GOAL_DAYS)
        say(dump, " %d end %d", (int)goal->days, goal->end);
    if (goal->kind == SLA__GOAL_WORKDAYS || goal->kind == SLA__GOAL_ANCHOR_WORKDAYS)
        say(dump, " %d roll %d end %d fit %d", goal->workdays.days, (int)goal->workdays.roll,
            (int)goal->workdays.end, (int)goal->workdays.fit);
    if (goal->kind == SLA__GOAL_CUTOFF)
        say(dump, " before %d today %d days %d later %d%s%s", (int)goal->cutoff.before_s,
            (int)goal->cutoff.today_s, (int)goal->cutoff.days, (int)goal->cutoff.later_s,
            goal->cutoff.workdays ? " workdays" : "", goal->cutoff.snap ? " snap" : "");
    if (goal->anchor != SLA__NONE)
        say(dump, " of %s", attribute_name(dump->set, goal->anchor));
    say_span_if(dump, "cap", goal->cap);
    say(dump, "%s\n", goal->fit == SLA_FIT_NEXT_OPEN ? " next_open" : "");
}

static void say_at(policy_dump *dump, const sla__step *step)
{
    if (step->at == SLA__AT_PERCENT)
        say(dump, " at %u%%", step->percent);
    else if (step->at == SLA__AT_DUE)
        say(dump, " at due");
    else
        say_span(dump, step->at == SLA__AT_BEFORE ? "before" : "after", step->offset);
}

static void say_step(policy_dump *dump, const sla__step *step)
{
    static const char *const kinds[] = {"warning", "breach", "reminded", "supervised", "level"};
    static const char *const catching[] = {"all", "highest", "skip_older_than"};

    say(dump, "    step %s", sla__policies_symbol(dump->set, step->name));
    say_at(dump, step);
    say(dump, " %s", kinds[step->kind]);
    if (step->level > 0)
        say(dump, " %u", step->level);
    say_symbol(dump, "to", step->to);
    say_condition(dump, "when", step->when);
    if (step->repeat_max > 0) {
        say_span(dump, "every", step->repeat_every);
        say(dump, " x%u #%u%s", step->repeat_max, step->repeat_index,
            step->repeat_until_next_level ? " until next level" : "");
    }
    if (step->derives != SLA__NONE)
        say(dump, " derives %s", fact_name(dump->set, step->derives));
    say(dump, " catch %s", catching[step->catch_up]);
    if (step->catch_up == SLA__CATCH_SKIP_OLDER)
        say_span(dump, "of", step->skip_older_than);
    say(dump, "\n");
}

static void say_pause(policy_dump *dump, const sla__pause *pause)
{
    say(dump, "    pause %s", sla__policies_symbol(dump->set, pause->reason));
    say_condition(dump, "on", pause->on);
    say_condition(dump, "while", pause->hold);
    say_span_if(dump, "cap", pause->cap);
    say_calendar(dump, "by", pause->cap_calendar);
    say_span_if(dump, "follow_up", pause->follow_up);
    say_calendar(dump, "by", pause->follow_up_calendar);
    say_symbol(dump, "to", pause->follow_up_to);
    say(dump, "\n");
}

static void say_resume(policy_dump *dump, const sla__target *target, const sla__resume *resume)
{
    const uint32_t pause = target->pause_first + resume->pause;

    say(dump, "    resume %s",
        resume->pause == SLA__NONE
            ? "all"
            : sla__policies_symbol(dump->set, dump->set->pauses[pause].reason));
    say_condition(dump, "on", resume->on);
    say(dump, "\n");
}

static void say_choice(policy_dump *dump, const sla__calendar_choice *choice)
{
    if (choice->by != SLA__NONE) {
        say(dump, "    calendar by %s:", attribute_name(dump->set, choice->by));
        for (uint32_t i = 0; i < choice->count; i++) {
            const sla__calendar_row *row = &dump->set->calendar_rows[choice->first + i];

            say(dump, " ");
            say_value(dump, choice->by, row->value);
            say_calendar(dump, "->", row->calendar);
        }
        say_calendar(dump, "else", choice->fixed);
        say(dump, "\n");
    } else if (choice->fixed != SLA__NONE) {
        say(dump, "    calendar %s\n",
            sla__policies_symbol(dump->set, dump->set->calendars[choice->fixed]));
    }
}

/* ------------------------------------------------------------ targets */

static void say_begin(policy_dump *dump, const sla__target *target)
{
    say_condition(dump, "start", target->start);
    if (target->start_from == SLA__FROM_OPENED)
        say(dump, " from opened");
    if (target->start_from == SLA__FROM_SEEN)
        say(dump, " from %s", fact_name(dump->set, dump->set->fact_slots[target->start_slot]));
    if (target->start_from == SLA__FROM_ATTRIBUTE)
        say(dump, " from attribute %s", attribute_name(dump->set, target->start_slot));
    say_condition(dump, "stop", target->stop);
    say_condition(dump, "cancel", target->cancel);
    say_condition(dump, "reset", target->reset);
    say_condition(dump, "reopen", target->reopen);
}

static void say_choices(policy_dump *dump, const sla__target *target)
{
    static const char *const changes[] = {"", " keep_goal", " restart"};
    static const char *const reopenings[] = {"", " continue", " never"};

    say(dump, "%s%s%s%s%s%s", changes[target->on_goal_change],
        target->judge_standing ? " standing" : "", reopenings[target->on_reopen],
        target->closed_time_counts ? " closed_time_counts" : "", target->ladder_wall ? " wall" : "",
        target->ladder_while_paused ? " go_on" : "");
    if (target->recur != SLA__RECUR_NONE) {
        say(dump, " recur %u limit %u%s", target->recur, target->recur_limit,
            target->recur_after_miss ? " after_miss" : "");
        say_condition(dump, "until", target->recur_until);
        say_condition(dump, "asked", target->recur_asked);
    }
}

static void say_allowances(policy_dump *dump, const sla__target *target)
{
    if (target->max_acks != 3 || target->ack_timeout != 0) {
        say(dump, " acks %u", target->max_acks);
        say_span_if(dump, "timeout", target->ack_timeout);
        say_calendar(dump, "by", target->ack_calendar);
    }
    if (!target->extension_allowed)
        say(dump, " no extension");
    if (!target->extension_needs_approver)
        say(dump, " no approver");
    if (target->extension_max != 0)
        say(dump, " extensions %u", target->extension_max);
    say_span_if(dump, "up_to", target->extension_up_to);
    say_condition(dump, "extension when", target->extension_when);
    if (!target->waiver_allowed)
        say(dump, " no waiver");
    if (target->late_after != SLA_MINUTE)
        say_span(dump, "late_after", target->late_after);
}

static void say_target(policy_dump *dump, const sla__target *target)
{
    const sla_policies *set = dump->set;

    say(dump, "  target %s", sla__policies_symbol(set, target->name));
    if (target->metric != target->name)
        say_symbol(dump, "metric", target->metric);
    say_symbol(dump, "display", target->display);
    if (target->inside != SLA__NONE)
        say(dump, " inside #%u", target->inside);
    say_begin(dump, target);
    say_choices(dump, target);
    say_allowances(dump, target);
    say(dump, "\n");
    say_choice(dump, &target->calendar);
    for (uint32_t i = 0; i < target->default_count; i++) {
        const sla__default *value = &set->defaults[target->default_first + i];

        say(dump, "    default %s ", attribute_name(set, value->slot));
        say_value(dump, value->slot, value->value);
        say(dump, "\n");
    }
    for (uint32_t i = 0; i < target->goal_count; i++)
        say_goal(dump, &set->goals[target->goal_first + i]);
    for (uint32_t i = 0; i < target->pause_count; i++)
        say_pause(dump, &set->pauses[target->pause_first + i]);
    for (uint32_t i = 0; i < target->resume_count; i++)
        say_resume(dump, target, &set->resumes[target->resume_first + i]);
    for (uint32_t i = 0; i < target->step_count; i++)
        say_step(dump, &set->steps[target->step_first + i]);
}

/* ------------------------------------------------------------ policies */

static void say_at_once(policy_dump *dump, const sla__at_once *rule)
{
    static const char *const kinds[] = {"notice", "", "reminded", "supervised", "level"};

    say(dump, "  at once %s %s", sla__policies_symbol(dump->set, rule->name), kinds[rule->kind]);
    if (rule->level > 0)
        say(dump, " %u", rule->level);
    say_condition(dump, "on", rule->on);
    say_condition(dump, "becomes", rule->becomes);
    say_condition(dump, "when", rule->when);
    say_symbol(dump, "to", rule->to);
    say_symbol(dump, "reason", rule->reason);
    if (rule->derives != SLA__NONE)
        say(dump, " derives %s", fact_name(dump->set, rule->derives));
    say(dump, "%s\n", rule->once ? " once" : "");
}

static void say_rules(policy_dump *dump, const sla__policy *policy)
{
    const sla_policies *set = dump->set;

    for (uint32_t i = 0; i < policy->rank_count; i++) {
        const sla__rank *rank = &set->ranks[policy->rank_first + i];

        say(dump, "  rank %d", (int)rank->rank);
        say_condition(dump, "when", rank->when);
        say(dump, "\n");
    }
    for (uint32_t i = 0; i < policy->reasons_count; i++) {
        const sla__reasons *reasons = &set->reasons[policy->reasons_first + i];

        say(dump, "  reasons of %s:", fact_name(set, reasons->fact));
        for (uint32_t j = 0; j < reasons->count; j++)
            say(dump, " %s", sla__policies_symbol(set, set->reason_symbols[reasons->first + j]));
        say(dump, "\n");
    }
    for (uint32_t i = 0; i < policy->at_once_count; i++)
        say_at_once(dump, &set->at_once[policy->at_once_first + i]);
    for (uint32_t i = 0; i < policy->refuse_count; i++) {
        const sla__refuse *rule = &set->refuses[policy->refuse_first + i];

        say(dump, "  refuse %s", sla__policies_symbol(set, rule->rule));
        say_condition(dump, "on", rule->on);
        say_condition(dump, "when", rule->when);
        say(dump, "\n");
    }
}

static void say_policy(policy_dump *dump, const sla__policy *policy)
{
    static const char *const agreements[] = {"sla", "ola", "uc"};

    say(dump, "policy %s version %s %s", sla__policies_symbol(dump->set, policy->name),
        sla__policies_symbol(dump->set, policy->version), agreements[policy->agreement]);
    say_symbol(dump, "display", policy->display);
    say_symbol(dump, "group", policy->group);
    if (policy->order != 0)
        say(dump, " order %d", (int)policy->order);
    say_condition(dump, "match", policy->match);
    if (policy->match_slots != 0)
        say(dump, " slots %llx", (unsigned long long)policy->match_slots);
    say_span_if(dump, "late_fact_limit", policy->late_fact_limit);
    if (policy->future_tolerance != 5 * SLA_MINUTE)
        say_span(dump, "future_tolerance", policy->future_tolerance);
    say(dump, "\n");
    say_rules(dump, policy);
    for (uint32_t i = 0; i < policy->target_count; i++)
        say_target(dump, &dump->set->targets[policy->target_first + i]);
}

/* The whole set into `text`. */
static void dump_policies(const sla_policies *set, char *text, size_t size)
{
    static const char *const types[] = {"string", "int", "bool", "instant"};
    policy_dump dump = {set, text, 0, size};

    text[0] = '\0';
    for (size_t i = 0; i < set->attribute_count; i++)
        say(&dump, "attribute %s %s\n", attribute_name(set, (uint16_t)i),
            types[set->attributes[i].type]);
    for (size_t i = 0; i < set->policy_count; i++)
        say_policy(&dump, &set->policies[i]);
}

#endif
