/* Goal: the bundled policies are policies, all of them at once, the lint has nothing
 * to say about them, and every rule says where it comes from.
 * Method: read them out of the library, with the calendars that lie beside them. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <sla/bundled.h>
#include <sla/calendar.h>
#include <sla/policy.h>
#include <sla/time.h>

/* Options that take the place of another policy, or a span of dates, are
 * adopted as well: they are made to stand beside the others. */
static sla_policies *every_bundled_policy(void)
{
    sla_policies *policies;
    sla_error error = {0};

    CHECK_OK(sla_policies_new(NULL, &policies));
    for (size_t i = 0; sla_bundled_policy_name(i) != NULL; i++) {
        const char *name = sla_bundled_policy_name(i);
        size_t length;
        const char *text = sla_bundled_policy(name, &length);

        CHECK_OK_OR_SAY(sla_policies_add(policies, text, length, name, &error), &error);
    }
    CHECK_OK_OR_SAY(sla_policies_finish(policies, &error), &error);
    return policies;
}

static size_t every_bundled_calendar(sla_calendar *calendars[], size_t capacity)
{
    size_t count = 0;

    for (size_t i = 0; sla_bundled_calendar_name(i) != NULL; i++) {
        const char *name = sla_bundled_calendar_name(i);
        sla_error error = {0};
        size_t length;
        const char *text = sla_bundled_calendar(name, &length);

        CHECK_TRUE("room for the bundled calendars", count < capacity);
        CHECK_OK_OR_SAY(sla_calendar_parse(text, length, name, NULL, &calendars[count++], &error),
                        &error);
    }
    return count;
}

TEST(every_bundled_policy_stands_beside_the_others)
{
    sla_policies *policies = every_bundled_policy();

    CHECK_TRUE("there are policies", sla_policies_count(policies) > 0);
    sla_policies_unref(policies);
}

TEST(the_lint_has_nothing_to_say)
{
    sla_policies *policies = every_bundled_policy();
    sla_calendar *calendars[8];
    const size_t count = every_bundled_calendar(calendars, COUNT_OF(calendars));
    sla_remark remarks[32];
    sla_error error = {0};
    sla_time now;
    size_t found;

    CHECK_OK(sla_time_parse("2026-03-02T00:00:00Z", 20, &now));
    CHECK_OK_OR_SAY(sla_policies_lint(policies, calendars, count, now, remarks, COUNT_OF(remarks),
                                      &found, &error),
                    &error);
    for (size_t i = 0; i < found && i < COUNT_OF(remarks); i++)
        fprintf(stderr, "%s%s: %s: %s\n", remarks[i].source, remarks[i].pointer, remarks[i].code,
                remarks[i].text);
    CHECK_EQ("remarks", 0, found);
    for (size_t i = 0; i < count; i++)
        sla_calendar_unref(calendars[i]);
    sla_policies_unref(policies);
}

/* A comment that names a section of the requirements, or says that we decided. */
static bool says_where_from(const json_t *rule)
{
    static const char *const words[] = {"\302\247", "urs", "BLANK", "As in "};
    const json_t *comment = json_object_get(rule, "comment");
    char *text = comment == NULL ? NULL : json_dumps(comment, JSON_ENCODE_ANY);
    bool says = false;

    for (size_t i = 0; text != NULL && i < COUNT_OF(words); i++)
        says = says || strstr(text, words[i]) != NULL;
    free(text);
    return says;
}

static void check_rules(const char *name, const json_t *owner, const char *member)
{
    const json_t *rules = json_object_get(owner, member);

    for (size_t i = 0; i < json_array_size(rules); i++)
        if (!says_where_from(json_array_get(rules, i)))
            CHECK_FAIL("%s: %s %zu does not say where it comes from", name, member, i);
}

TEST(every_rule_says_where_it_comes_from)
{
    static const char *const of_policies[] = {"targets", "steps", "at_once", "refuse", "rank"};
    static const char *const of_targets[] = {"goals", "steps", "pauses"};

    for (size_t i = 0; sla_bundled_policy_name(i) != NULL; i++) {
        const char *name = sla_bundled_policy_name(i);
        json_t *policy = json_loads(sla_bundled_policy(name, NULL), 0, NULL);
        const json_t *targets = json_object_get(policy, "targets");

        for (size_t k = 0; k < COUNT_OF(of_policies); k++)
            check_rules(name, policy, of_policies[k]);
        for (size_t k = 0; k < json_array_size(targets); k++)
            for (size_t m = 0; m < COUNT_OF(of_targets); m++)
                check_rules(name, json_array_get(targets, k), of_targets[m]);
        json_decref(policy);
    }
}
