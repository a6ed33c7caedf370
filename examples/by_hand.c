/*
 * by_hand.c - the clock is a variable: a ticket's life under a policy, with no
 * loop, no thread and no waiting.
 *
 * A fault comes in on Monday at nine.  The desk has four working hours, and
 * who hears of it on the way is said by the policy.  This program plays the
 * world: it says what happened and when, and jumps to the instant at which the
 * engine next wants to be asked.
 */
#include <stdio.h>
#include <string.h>

#include <sla/sla.h>

static const char desk[] = "{\"kind\": \"calendar\", \"name\": \"desk\", \"version\": \"1\","
                           " \"zone\": \"UTC\","
                           " \"week\": {\"mon-fri\": [\"09:00-12:00\", \"13:00-18:00\"]}}";

static const char policy[] =
    "{\"policy\": \"fault\", \"version\": \"1\", \"calendar\": \"desk\","
    " \"targets\": [{\"target\": \"repair\", \"stop\": \"repaired\","
    "   \"goals\": [{\"business\": \"PT4H\"}],"
    "   \"pauses\": [{\"reason\": \"customer\", \"on\": \"asked_customer\"}],"
    "   \"resumes\": [{\"on\": \"customer_answered\"}],"
    "   \"steps\": [{\"step\": \"warn_80\", \"percent\": 80, \"to\": \"engineer\"},"
    "     {\"step\": \"level_1\", \"after\": \"PT0S\", \"level\": 1, \"to\": \"shift_lead\"},"
    "     {\"step\": \"level_2\", \"after\": \"PT2H\", \"level\": 2, \"to\": \"manager\"}]}]}";

/* What the world does, in order. */
static const struct happening {
    const char *at;
    const char *name;
} happenings[] = {
    {"2026-03-02T09:00:00Z", "opened"},
    {"2026-03-02T10:00:00Z", "asked_customer"},
    {"2026-03-02T11:30:00Z", "customer_answered"},
    {"2026-03-02T17:15:00Z", "repaired"},
};

static sla_string string(const char *text)
{
    const sla_string made = {text, strlen(text)};

    return made;
}

/* Everything that fell due up to `now`. */
static void tell(sla_engine *engine, sla_time now)
{
    sla_event event;
    char at[SLA_TIME_TEXT_MAX], due[SLA_TIME_TEXT_MAX];

    while (sla_engine_poll(engine, now, &event)) {
        sla_time_format(event.at, at, sizeof at);
        sla_time_format(event.due_at, due, sizeof due);
        printf("%s  %-11s %-11s due %s%s%s\n", at, sla_event_kind_name(event.kind), event.step, due,
               event.to[0] != '\0' ? "  to " : "", event.to);
    }
}

/* The policy and the calendar, adopted; SLA_OK or the complaint in `error`. */
static int prepare(sla_engine **engine_out, sla_error *error)
{
    sla_calendar *calendar = NULL;
    sla_policies *policies = NULL;
    int result = sla_calendar_parse(desk, strlen(desk), "desk", NULL, &calendar, error);

    if (result == SLA_OK)
        result = sla_policies_new(NULL, &policies);
    if (result == SLA_OK)
        result = sla_policies_add(policies, policy, strlen(policy), "policy", error);
    if (result == SLA_OK)
        result = sla_policies_finish(policies, error);
    if (result == SLA_OK)
        result = sla_engine_new(NULL, engine_out);
    if (result == SLA_OK)
        result = sla_engine_adopt(*engine_out, policies, &calendar, 1, 0, error);
    sla_policies_unref(policies);
    sla_calendar_unref(calendar);
    return result;
}

int main(void)
{
    sla_engine *engine = NULL;
    sla_error error = {0};

    if (prepare(&engine, &error) != SLA_OK) {
        fprintf(stderr, "%s, at %s: %s\n", error.source, error.pointer, error.text);
        sla_engine_free(engine);
        return 1;
    }
    for (size_t i = 0; i < sizeof happenings / sizeof happenings[0]; i++) {
        sla_fact fact = {.ticket = string("F-1"), .name = string(happenings[i].name)};

        sla_time_parse(happenings[i].at, strlen(happenings[i].at), &fact.occurred_at);
        /* A host with a real clock would sleep until wakeup; here we are there at once. */
        while (sla_engine_wakeup(engine) < fact.occurred_at)
            tell(engine, sla_engine_wakeup(engine));
        printf("%s  %s\n", happenings[i].at, happenings[i].name);
        if (sla_engine_record(engine, &fact, fact.occurred_at, NULL, &error) != SLA_OK)
            fprintf(stderr, "refused: %s\n", error.text);
        tell(engine, fact.occurred_at);
    }
    sla_engine_free(engine);
    return 0;
}
