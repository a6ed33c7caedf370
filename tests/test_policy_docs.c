/*
 * test_policy_docs.c - Goal: what the manual shows is true.  Method: every block
 * marked ```json in docs/policy.md is added to a set of its own and finished.
 */
#include <stdlib.h>
#include <string.h>

#include <sla/policy.h>

#include "support/check.h"

static void add_block(const char *text, size_t length, const char *name)
{
    sla_policies *set;
    sla_error error = {0};

    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_OK_OR_SAY(sla_policies_add(set, text, length, name, &error), &error);
    CHECK_OK_OR_SAY(sla_policies_finish(set, &error), &error);
    CHECK_EQ("one policy", 1, sla_policies_count(set));
    sla_policies_unref(set);
}

TEST(every_example_of_the_manual_is_a_policy)
{
    static const char opening[] = "```json\n", closing[] = "\n```";
    char *manual = check_read_file(check_source_path("docs/policy.md"), NULL);
    const char *at = manual;
    size_t count = 0;

    while ((at = strstr(at, opening)) != NULL) {
        const char *end;

        at += strlen(opening);
        end = strstr(at, closing);
        CHECK_TRUE("the block ends", end != NULL);
        add_block(at, (size_t)(end - at), "docs/policy.md");
        at = end;
        count++;
    }
    CHECK_TRUE("there are examples", count > 0);
    free(manual);
}
