/* history_policy.c - see history.h: the text of a random policy. */
#include "history.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
    char *text;
    size_t length, capacity;
    prng *random;
    bool calendar; /* the policy has one */
} writer;

__attribute__((format(printf, 2, 3))) static void put(writer *to, const char *format, ...)
{
    va_list arguments;

    if (to->capacity - to->length < 1024) {
        to->capacity = to->capacity * 2 + 4096;
        to->text = realloc(to->text, to->capacity);
    }
    va_start(arguments, format);
    to->length +=
        (size_t)vsnprintf(to->text + to->length, to->capacity - to->length, format, arguments);
    va_end(arguments);
}

static bool chance(writer *to, unsigned percent)
{
    return prng_percent(to->random, percent);
}

static size_t below(writer *to, size_t count)
{
    return prng_below(to->random, count);
}

#define PICK(to, list) (list)[below(to, sizeof(list) / sizeof(list)[0])]

/* The separator before the i-th of some. */
static const char *comma(size_t i)
{
    return i == 0 ? "" : ", ";
}

static const char *const calendars[] = {"office", "madrid", "night", "always"};

/* --- conditions --- */

static void comparison(writer *to)
{
    static const char *const them[] = {
        "{\"attr\": \"grade\", \"eq\": 1}",
        "{\"attr\": \"grade\", \"le\": 2}",
        "{\"attr\": \"grade\", \"gt\": 1}",
        "{\"attr\": \"grade\", \"ne\": 2}",
        "{\"attr\": \"grade\", \"in\": [1, 3]}",
        "{\"attr\": \"kind\", \"eq\": \"fault\"}",
        "{\"attr\": \"kind\", \"ne\": \"order\"}",
        "{\"attr\": \"region\", \"in\": [\"north\", \"south\"]}",
        "{\"attr\": \"region\", \"set\": true}",
        "{\"attr\": \"vip\", \"eq\": true}",
        "{\"attr\": \"vip\", \"set\": false}",
        "{\"attr\": \"appointment\", \"set\": true}",
    };

    put(to, "%s", PICK(to, them));
}

static void condition(writer *to, unsigned deeper)
{
    const size_t count = 1 + below(to, 3);

    if (!chance(to, deeper)) {
        comparison(to);
        return;
    }
    if (chance(to, 30)) {
        put(to, "{\"not\": ");
        condition(to, deeper / 2);
        put(to, "}");
        return;
    }
    put(to, "{\"%s\": [", chance(to, 50) ? "all" : "any");
    for (size_t i = 0; i < count; i++) {
        put(to, "%s", comma(i));
        condition(to, deeper / 2);
    }
    put(to, "]}");
}

static void about_ticket(writer *to)
{
    if (chance(to, 30))
        put(to, "{\"seen\": \"%s\"}", chance(to, 50) ? "answered" : "held");
    else
        condition(to, 30);
}

/* Facts: a name, often with a twist. */
static void facts(writer *to, const char *name)
{
    static const char *const others[] = {"touched", "answered", "held", "deemed", "raised"};

    switch (below(to, 12)) {
    case 0:
        put(to, "{\"fact\": [\"%s\", \"%s\"]}", name, PICK(to, others));
        break;
    case 1:
        put(to, "{\"fact\": \"%s\", \"where\": ", name);
        condition(to, 20);
        put(to, "}");
        break;
    case 2:
        put(to, "{\"any\": [\"%s\", {\"fact\": \"%s\"}]}", name, PICK(to, others));
        break;
    default:
        put(to, "\"%s\"", name);
    }
}

static const char *span(writer *to)
{
    static const char *const them[] = {"PT5M", "PT15M", "PT30M", "PT1H",  "PT90M", "PT2H",
                                       "PT4H", "PT8H",  "PT12H", "PT24H", "PT48H"};

    return PICK(to, them);
}

static const char *short_span(writer *to)
{
    static const char *const them[] = {"PT5M", "PT10M", "PT30M", "PT1H", "PT2H"};

    return PICK(to, them);
}

/* --- goals --- */

static void workdays(writer *to)
{
    static const char *const rolls[] = {"forward", "forward_day", "backward", "none_keep_time"};
    static const char *const ends[] = {"same_time", "same_time_in_hours", "last_hour", "day",
                                       "close"};

    if (chance(to, 40))
        put(to, "\"workdays\": %zu", 1 + below(to, 3));
    else
        put(to, "\"workdays\": {\"days\": %zu, \"roll\": \"%s\", \"end\": \"%s\"}", below(to, 4),
            PICK(to, rolls), PICK(to, ends));
}

static void cutoff(writer *to)
{
    static const char *const befores[] = {"12:00", "16:00", "09:30"};

    put(to, "\"cutoff\": {\"before\": \"%s\", \"today\": \"%s\", \"days\": %zu, \"later\": \"%s\"",
        PICK(to, befores), chance(to, 50) ? "24:00" : "18:00", 1 + below(to, 2),
        chance(to, 50) ? "24:00" : "10:00");
    put(to, ", \"next_day\": \"%s\"", chance(to, 50) ? "calendar" : "workday");
    if (chance(to, 40))
        put(to, ", \"snap\": true");
    if (chance(to, 40))
        put(to, ", \"pause\": \"business\"");
    put(to, "}");
}

static void anchor(writer *to)
{
    put(to, "\"anchor\": \"appointment\"");
    if (to->calendar && chance(to, 30))
        put(to, ", \"before_business\": \"%s\"", short_span(to));
    else if (to->calendar && chance(to, 30))
        put(to, ", \"before_workdays\": 1");
    else if (chance(to, 60))
        put(to, ", \"before\": \"%s\"", short_span(to));
    if (chance(to, 30))
        put(to, ", \"cap\": \"%s\"", chance(to, 50) ? "P2D" : "PT6H");
}

static void goal(writer *to, bool conditional)
{
    static const char *const froms[] = {"2026-03-01T00:00:00Z", "2026-03-28T20:00:00Z"};

    put(to, "{");
    if (conditional) {
        put(to, "\"when\": ");
        about_ticket(to);
        put(to, ", ");
    }
    if (conditional && chance(to, 10))
        put(to, "\"during\": {\"from\": \"%s\", \"to\": \"2026-04-02T00:00:00Z\"}, ",
            PICK(to, froms));
    switch (to->calendar ? below(to, 10) : 8 + below(to, 4)) {
    case 0:
    case 1:
    case 2:
        put(to, "\"business\": \"%s\"", span(to));
        if (chance(to, 30))
            put(to, ", \"exact_fit\": \"next_open\"");
        break;
    case 3:
    case 4:
        workdays(to);
        break;
    case 5:
        put(to, chance(to, 50) ? "\"days\": %zu" : "\"days\": {\"days\": %zu, \"end\": \"day\"}",
            1 + below(to, 3));
        break;
    case 6:
        cutoff(to);
        break;
    case 7:
        anchor(to);
        break;
    default:
        put(to, "\"elapsed\": \"%s\"", span(to));
    }
    put(to, "}");
}

static void goals(writer *to)
{
    const size_t conditional = below(to, 3);

    put(to, "\"goals\": [");
    for (size_t i = 0; i < conditional; i++) {
        put(to, "%s", comma(i));
        goal(to, true);
    }
    if (conditional == 0 || chance(to, 80)) {
        put(to, "%s", comma(conditional));
        goal(to, false);
    }
    put(to, "]");
}

/* --- steps --- */

static void repeat(writer *to)
{
    if (chance(to, 50))
        put(to, ", \"repeat\": {\"every\": \"%s\", \"max\": %zu, \"until\": \"%s\"}",
            short_span(to), 1 + below(to, 4), chance(to, 60) ? "next_level" : "end");
}

static void step_catch_up(writer *to)
{
    static const char *const them[] = {"\"all\"", "\"highest\"", "{\"skip_older_than\": \"PT2H\"}"};

    if (chance(to, 15))
        put(to, ", \"catch_up\": %s", PICK(to, them));
}

static void before_due(writer *to, size_t i)
{
    if (chance(to, 60))
        put(to, "{\"step\": \"warn_%zu\", \"percent\": %zu", i, 20 * (1 + below(to, 4)));
    else
        put(to, "{\"step\": \"warn_%zu\", \"before\": \"%s\"", i, short_span(to));
    if (chance(to, 10))
        put(to, ", \"level\": %zu", 1 + below(to, 2));
    else if (chance(to, 10))
        put(to, ", \"kind\": \"reminded\"");
    if (chance(to, 60))
        put(to, ", \"to\": \"agent\"");
    if (chance(to, 15)) {
        put(to, ", \"when\": ");
        about_ticket(to);
    }
    step_catch_up(to);
    put(to, "}");
}

static void after_due(writer *to, size_t i)
{
    if (chance(to, 75))
        put(to, "{\"step\": \"level_%zu\", \"after\": \"%s\"", i,
            i == 0 && chance(to, 50) ? "PT0S" : short_span(to));
    else
        put(to, "{\"step\": \"level_%zu\", \"percent\": %zu", i, 100 + 25 * below(to, 5));
    if (chance(to, 75))
        put(to, ", \"level\": %zu", i + 1);
    else if (chance(to, 50))
        put(to, ", \"kind\": \"supervised\"");
    put(to, ", \"to\": \"chief_%zu\"", i);
    if (chance(to, 15)) {
        put(to, ", \"when\": ");
        about_ticket(to);
    }
    if (chance(to, 6))
        put(to, ", \"derives\": \"deemed\"");
    repeat(to);
    step_catch_up(to);
    put(to, "}");
}

static void steps(writer *to)
{
    const size_t before = below(to, 3);
    const size_t after = below(to, 4);
    size_t count = 0;

    put(to, "\"steps\": [");
    for (size_t i = 0; i < before; i++) {
        put(to, "%s", comma(count++));
        before_due(to, i);
    }
    if (chance(to, 20))
        put(to, "%s{\"step\": \"breach\", \"to\": \"desk\"%s}", comma(count++),
            chance(to, 50) ? ", \"derives\": \"deemed\"" : "");
    for (size_t i = 0; i < after; i++) {
        put(to, "%s", comma(count++));
        after_due(to, i);
    }
    put(to, "]");
}

/* --- pauses --- */

static void pause_extras(writer *to)
{
    if (chance(to, 25)) {
        put(to, ", \"cap\": \"%s\"", span(to));
        if (chance(to, 30))
            put(to, ", \"cap_calendar\": \"%s\"", PICK(to, calendars));
    }
    if (chance(to, 25)) {
        put(to, ", \"follow_up\": {\"after\": \"%s\", \"to\": \"asker\"", short_span(to));
        if (chance(to, 30))
            put(to, ", \"calendar\": \"%s\"", PICK(to, calendars));
        put(to, "}");
    }
    put(to, "}");
}

static void pauses(writer *to)
{
    put(to, "\"pauses\": [{\"reason\": \"customer\", \"on\": ");
    facts(to, "held");
    pause_extras(to);
    if (chance(to, 40)) {
        put(to, ", {\"reason\": \"supplier\", \"on\": ");
        facts(to, "supplied");
        pause_extras(to);
    }
    if (chance(to, 40)) {
        put(to, ", {\"reason\": \"waiting\", \"while\": ");
        if (chance(to, 50))
            put(to, "{\"attr\": \"waiting\", \"eq\": true}");
        else
            condition(to, 20);
        pause_extras(to);
    }
    put(to, "], \"resumes\": [{\"on\": ");
    facts(to, "unheld");
    put(to, "%s}", chance(to, 40) ? ", \"reason\": \"customer\"" : "");
    if (chance(to, 30))
        put(to, ", {\"on\": \"answered\"}");
    put(to, "]");
}

/* --- the rest of a target --- */

static void recur(writer *to)
{
    static const char *const froms[] = {"fact", "due", "first_unanswered"};
    const char *from = PICK(to, froms);

    put(to, ", \"recur\": {\"from\": \"%s\"", from);
    if (from == froms[2])
        put(to, ", \"asked\": \"asked\"");
    if (chance(to, 60))
        put(to, ", \"limit\": %zu", 2 + below(to, 3));
    else
        put(to, ", \"limit\": 6, \"until\": \"closed\"");
    if (chance(to, 30))
        put(to, ", \"also_after_miss\": true");
    put(to, "}");
}

static void rules_of_change(writer *to)
{
    static const char *const goal_changes[] = {"keep_start", "keep_goal", "restart"};
    static const char *const reopens[] = {"new_cycle", "restart", "continue", "never"};

    if (chance(to, 50))
        put(to, ", \"on_goal_change\": \"%s\"", PICK(to, goal_changes));
    if (chance(to, 20))
        put(to, ", \"judge\": \"standing\"");
    if (chance(to, 60)) {
        const char *reopen = PICK(to, reopens);

        put(to, ", \"on_reopen\": \"%s\"", reopen);
        if (reopen == reopens[2] && chance(to, 60))
            put(to, ", \"closed_time\": \"%s\"", chance(to, 50) ? "counts" : "does_not_count");
    }
}

static void rules_of_people(writer *to)
{
    if (chance(to, 30)) {
        put(to, ", \"acknowledge\": {\"timeout\": \"%s\", \"max\": %zu", span(to),
            1 + below(to, 3));
        if (chance(to, 30))
            put(to, ", \"calendar\": \"%s\"", PICK(to, calendars));
        put(to, "}");
    }
    if (chance(to, 10))
        put(to, ", \"extension\": false");
    else if (chance(to, 40))
        put(to, ", \"extension\": {\"approver\": %s%s%s}", chance(to, 50) ? "true" : "false",
            chance(to, 40) ? ", \"max\": 1" : "", chance(to, 40) ? ", \"up_to\": \"PT40H\"" : "");
    if (chance(to, 10))
        put(to, ", \"waiver\": false");
}

static void start(writer *to)
{
    static const char *const froms[] = {"\"opened\"", "{\"fact\": \"called\"}",
                                        "{\"attr\": \"appointment\"}", "\"fact\""};

    if (chance(to, 30)) {
        put(to, ", \"start\": ");
        facts(to, chance(to, 50) ? "dispatched" : "answered");
    }
    if (chance(to, 25))
        put(to, ", \"start_from\": %s", PICK(to, froms));
    if (chance(to, 95)) {
        put(to, ", \"stop\": ");
        facts(to, chance(to, 70) ? "resolved" : "answered");
    } else {
        put(to, ", \"stop\": \"resolved\"");
    }
    if (chance(to, 15)) {
        put(to, ", \"cancel\": ");
        facts(to, "returned");
    }
    if (chance(to, 15)) {
        put(to, ", \"reset\": ");
        facts(to, "handed_over");
    }
}

static void target_calendar(writer *to)
{
    if (chance(to, 15))
        put(to, ", \"calendar\": \"%s\"", PICK(to, calendars));
    else if (chance(to, 10))
        put(to, ", \"calendar\": {\"by\": \"region\", \"table\": {\"north\": \"office\", "
                "\"south\": \"madrid\"}, \"default\": \"night\"}");
}

static void target(writer *to, size_t i)
{
    put(to, "{\"target\": \"t%zu\"", i);
    start(to);
    if (to->calendar)
        target_calendar(to);
    if (chance(to, 20))
        put(to, ", \"metric\": \"m\"");
    put(to, ", ");
    goals(to);
    rules_of_change(to);
    rules_of_people(to);
    if (chance(to, 25))
        recur(to);
    if (chance(to, 20))
        put(to, ", \"ladder_time\": \"wall\"");
    if (chance(to, 20))
        put(to, ", \"while_paused\": \"go_on\"");
    if (chance(to, 70)) {
        put(to, ", ");
        pauses(to);
    }
    if (chance(to, 75)) {
        put(to, ", ");
        steps(to);
    }
    if (chance(to, 10))
        put(to, ", \"attribute_defaults\": {\"grade\": 3}");
    put(to, "}");
}

/* --- the policy --- */

static void at_once(writer *to)
{
    static const char *const kinds[] = {"\"level\": 1", "\"level\": 2", "\"kind\": \"notice\"",
                                        "\"kind\": \"reminded\"", "\"kind\": \"supervised\""};
    const size_t count = 1 + below(to, 2);

    put(to, ", \"at_once\": [");
    for (size_t i = 0; i < count; i++) {
        put(to, "%s{\"name\": \"now_%zu\", ", comma(i), i);
        put(to, chance(to, 50) ? "\"on\": \"rejected\"" : "\"becomes\": ");
        if (to->text[to->length - 1] == ' ')
            about_ticket(to);
        put(to, ", %s, \"to\": \"chief\"", PICK(to, kinds));
        if (chance(to, 20)) {
            put(to, ", \"when\": ");
            about_ticket(to);
        }
        if (chance(to, 30))
            put(to, ", \"reason\": \"by_rule\"");
        if (chance(to, 20))
            put(to, ", \"once\": true");
        if (chance(to, 15))
            put(to, ", \"derives\": \"raised\"");
        put(to, "}");
    }
    put(to, "]");
}

static void head(writer *to, int number, int revision)
{
    put(to, "{\"policy\": \"p%d\", \"version\": \"%d\"", number, revision);
    put(to, ", \"attributes\": {\"grade\": \"int\", \"kind\": \"string\", \"region\": \"string\", "
            "\"vip\": \"bool\", \"waiting\": \"bool\", \"appointment\": \"instant\"}");
    if (chance(to, 20))
        put(to, ", \"agreement\": \"%s\"", chance(to, 50) ? "ola" : "uc");
    if (to->calendar)
        put(to, ", \"calendar\": \"%s\"", PICK(to, calendars));
    if (chance(to, 30)) {
        put(to, ", \"match\": ");
        condition(to, 20);
    }
    if (chance(to, 25))
        put(to, ", \"group\": \"g\", \"order\": %zu", below(to, 3));
    if (chance(to, 30))
        put(to, ", \"attribute_defaults\": {\"grade\": %zu}", 1 + below(to, 3));
}

static void behaviour(writer *to)
{
    static const char *const catch_ups[] = {"\"all\"", "\"highest\"",
                                            "{\"skip_older_than\": \"PT1H\"}"};

    if (chance(to, 40))
        put(to, ", \"catch_up\": %s", PICK(to, catch_ups));
    if (chance(to, 30))
        put(to, ", \"late_after\": \"%s\"", chance(to, 50) ? "PT0S" : "PT10M");
    if (chance(to, 15)) {
        put(to, ", \"cancel\": ");
        facts(to, "cancelled");
    }
    if (chance(to, 15)) {
        put(to, ", \"reopen\": ");
        facts(to, "rejected");
    }
    if (chance(to, 20)) {
        put(to, ", \"refuse\": [{\"rule\": \"not_now\", \"on\": \"%s\", \"when\": ",
            chance(to, 50) ? "resolved" : "held");
        about_ticket(to);
        put(to, "}]");
    }
    if (chance(to, 15)) {
        put(to, ", \"rank\": [{\"when\": ");
        condition(to, 20);
        put(to, ", \"rank\": 7}]");
    }
    if (chance(to, 25))
        put(to, ", \"reason_codes\": {\"returned\": [\"not_ours\", \"doubled\"]}");
    if (chance(to, 10))
        put(to, ", \"future_tolerance\": \"PT2M\"");
    if (chance(to, 8))
        put(to, ", \"late_fact_limit\": \"PT24H\"");
    if (chance(to, 30))
        at_once(to);
}

char *history_policy_text(prng *random, int number, int revision)
{
    writer to = {.random = random};
    const size_t count = 1 + prng_below(random, 3);

    to.calendar = prng_percent(random, 80);
    head(&to, number, revision);
    behaviour(&to);
    put(&to, ", \"targets\": [");
    for (size_t i = 0; i < count; i++) {
        put(&to, "%s", comma(i));
        target(&to, i);
    }
    put(&to, "]}\n");
    return to.text;
}
