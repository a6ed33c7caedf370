/* history_policy.c - see history.h: the text of a random policy. */
#include "history.h"
#include "history_writer.h"

/* --- the rest of a target --- */

static void recur(history_writer *to)
{
    static const char *const froms[] = {"fact", "due", "first_unanswered"};
    const char *from = PICK(to, froms);

    history_put(to, ", \"recur\": {\"from\": \"%s\"", from);
    if (from == froms[2])
        history_put(to, ", \"asked\": \"asked\"");
    if (history_chance(to, 60))
        history_put(to, ", \"limit\": %zu", 2 + history_below(to, 3));
    else
        history_put(to, ", \"limit\": 6, \"until\": \"closed\"");
    if (history_chance(to, 30))
        history_put(to, ", \"also_after_miss\": true");
    history_put(to, "}");
}

static void rules_of_change(history_writer *to)
{
    static const char *const goal_changes[] = {"keep_start", "keep_goal", "restart"};
    static const char *const reopens[] = {"new_cycle", "restart", "continue", "never"};

    if (history_chance(to, 50))
        history_put(to, ", \"on_goal_change\": \"%s\"", PICK(to, goal_changes));
    if (history_chance(to, 20))
        history_put(to, ", \"judge\": \"standing\"");
    if (history_chance(to, 60)) {
        const char *reopen = PICK(to, reopens);

        history_put(to, ", \"on_reopen\": \"%s\"", reopen);
        if (reopen == reopens[2] && history_chance(to, 60))
            history_put(to, ", \"closed_time\": \"%s\"",
                        history_chance(to, 50) ? "counts" : "does_not_count");
    }
}

static void rules_of_people(history_writer *to)
{
    if (history_chance(to, 30)) {
        history_put(to, ", \"acknowledge\": {\"timeout\": \"%s\", \"max\": %zu", history_span(to),
                    1 + history_below(to, 3));
        if (history_chance(to, 30))
            history_put(to, ", \"calendar\": \"%s\"", PICK(to, history_calendar_names));
        history_put(to, "}");
    }
    if (history_chance(to, 10))
        history_put(to, ", \"extension\": false");
    else if (history_chance(to, 40))
        history_put(to, ", \"extension\": {\"approver\": %s%s%s}",
                    history_chance(to, 50) ? "true" : "false",
                    history_chance(to, 40) ? ", \"max\": 1" : "",
                    history_chance(to, 40) ? ", \"up_to\": \"PT40H\"" : "");
    if (history_chance(to, 10))
        history_put(to, ", \"waiver\": false");
}

static void start(history_writer *to)
{
    static const char *const froms[] = {"\"opened\"", "{\"fact\": \"called\"}",
                                        "{\"attr\": \"appointment\"}", "\"fact\""};

    if (history_chance(to, 30)) {
        history_put(to, ", \"start\": ");
        history_facts(to, history_chance(to, 50) ? "dispatched" : "answered");
    }
    if (history_chance(to, 25))
        history_put(to, ", \"start_from\": %s", PICK(to, froms));
    if (history_chance(to, 95)) {
        history_put(to, ", \"stop\": ");
        history_facts(to, history_chance(to, 70) ? "resolved" : "answered");
    } else {
        history_put(to, ", \"stop\": \"resolved\"");
    }
    if (history_chance(to, 15)) {
        history_put(to, ", \"cancel\": ");
        history_facts(to, "returned");
    }
    if (history_chance(to, 15)) {
        history_put(to, ", \"reset\": ");
        history_facts(to, "handed_over");
    }
}

static void target_calendar(history_writer *to)
{
    if (history_chance(to, 15))
        history_put(to, ", \"calendar\": \"%s\"", PICK(to, history_calendar_names));
    else if (history_chance(to, 10))
        history_put(to, ", \"calendar\": {\"by\": \"region\", \"table\": {\"north\": \"office\", "
                        "\"south\": \"madrid\"}, \"default\": \"night\"}");
}

static void target(history_writer *to, size_t i)
{
    history_put(to, "{\"target\": \"t%zu\"", i);
    start(to);
    if (to->calendar)
        target_calendar(to);
    if (history_chance(to, 20))
        history_put(to, ", \"metric\": \"m\"");
    history_put(to, ", ");
    history_goals(to);
    rules_of_change(to);
    rules_of_people(to);
    if (history_chance(to, 25))
        recur(to);
    if (history_chance(to, 20))
        history_put(to, ", \"ladder_time\": \"wall\"");
    if (history_chance(to, 20))
        history_put(to, ", \"while_paused\": \"go_on\"");
    if (history_chance(to, 70)) {
        history_put(to, ", ");
        history_pauses(to);
    }
    if (history_chance(to, 75)) {
        history_put(to, ", ");
        history_steps(to);
    }
    if (history_chance(to, 10))
        history_put(to, ", \"attribute_defaults\": {\"grade\": 3}");
    history_put(to, "}");
}

/* --- the policy --- */

static void at_once(history_writer *to)
{
    static const char *const kinds[] = {"\"level\": 1", "\"level\": 2", "\"kind\": \"notice\"",
                                        "\"kind\": \"reminded\"", "\"kind\": \"supervised\""};
    const size_t count = 1 + history_below(to, 2);

    history_put(to, ", \"at_once\": [");
    for (size_t i = 0; i < count; i++) {
        history_put(to, "%s{\"name\": \"now_%zu\", ", history_comma(i), i);
        history_put(to, history_chance(to, 50) ? "\"on\": \"rejected\"" : "\"becomes\": ");
        if (to->text[to->length - 1] == ' ')
            history_about_ticket(to);
        history_put(to, ", %s, \"to\": \"chief\"", PICK(to, kinds));
        if (history_chance(to, 20)) {
            history_put(to, ", \"when\": ");
            history_about_ticket(to);
        }
        if (history_chance(to, 30))
            history_put(to, ", \"reason\": \"by_rule\"");
        if (history_chance(to, 20))
            history_put(to, ", \"once\": true");
        if (history_chance(to, 15))
            history_put(to, ", \"derives\": \"raised\"");
        history_put(to, "}");
    }
    history_put(to, "]");
}

static void head(history_writer *to, int number, int revision)
{
    history_put(to, "{\"policy\": \"p%d\", \"version\": \"%d\"", number, revision);
    history_put(
        to, ", \"attributes\": {\"grade\": \"int\", \"kind\": \"string\", \"region\": \"string\", "
            "\"vip\": \"bool\", \"waiting\": \"bool\", \"appointment\": \"instant\"}");
    if (history_chance(to, 20))
        history_put(to, ", \"agreement\": \"%s\"", history_chance(to, 50) ? "ola" : "uc");
    if (to->calendar)
        history_put(to, ", \"calendar\": \"%s\"", PICK(to, history_calendar_names));
    if (history_chance(to, 30)) {
        history_put(to, ", \"match\": ");
        history_condition(to, 20);
    }
    if (history_chance(to, 25))
        history_put(to, ", \"group\": \"g\", \"order\": %zu", history_below(to, 3));
    if (history_chance(to, 30))
        history_put(to, ", \"attribute_defaults\": {\"grade\": %zu}", 1 + history_below(to, 3));
}

static void behaviour(history_writer *to)
{
    static const char *const catch_ups[] = {"\"all\"", "\"highest\"",
                                            "{\"skip_older_than\": \"PT1H\"}"};

    if (history_chance(to, 40))
        history_put(to, ", \"catch_up\": %s", PICK(to, catch_ups));
    if (history_chance(to, 30))
        history_put(to, ", \"late_after\": \"%s\"", history_chance(to, 50) ? "PT0S" : "PT10M");
    if (history_chance(to, 15)) {
        history_put(to, ", \"cancel\": ");
        history_facts(to, "cancelled");
    }
    if (history_chance(to, 15)) {
        history_put(to, ", \"reopen\": ");
        history_facts(to, "rejected");
    }
    if (history_chance(to, 20)) {
        history_put(to, ", \"refuse\": [{\"rule\": \"not_now\", \"on\": \"%s\", \"when\": ",
                    history_chance(to, 50) ? "resolved" : "held");
        history_about_ticket(to);
        history_put(to, "}]");
    }
    if (history_chance(to, 15)) {
        history_put(to, ", \"rank\": [{\"when\": ");
        history_condition(to, 20);
        history_put(to, ", \"rank\": 7}]");
    }
    if (history_chance(to, 25))
        history_put(to, ", \"reason_codes\": {\"returned\": [\"not_ours\", \"doubled\"]}");
    if (history_chance(to, 10))
        history_put(to, ", \"future_tolerance\": \"PT2M\"");
    if (history_chance(to, 8))
        history_put(to, ", \"late_fact_limit\": \"PT24H\"");
    if (history_chance(to, 30))
        at_once(to);
}

char *history_policy_text(prng *random, int number, int revision)
{
    history_writer to = {.random = random};
    const size_t count = 1 + prng_below(random, 3);

    to.calendar = prng_percent(random, 80);
    head(&to, number, revision);
    behaviour(&to);
    history_put(&to, ", \"targets\": [");
    for (size_t i = 0; i < count; i++) {
        history_put(&to, "%s", history_comma(i));
        target(&to, i);
    }
    history_put(&to, "]}\n");
    return to.text;
}
