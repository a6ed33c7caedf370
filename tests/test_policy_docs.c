/*
 * test_policy_docs.c - Goal: what the manual shows is true.  Method: every block
 * marked ```json in docs/policy.md is added to one set, in order, and that finished.
 */
#include <stdlib.h>
#include <string.h>

#include <sla/policy.h>

#include "support/check.h"

TEST(every_example_of_the_manual_is_a_policy)
{
    static const char opening[] = "```json\n", closing[] = "\n```";
    char *manual = check_read_file(check_source_path("docs/policy.md"), NULL);
    const char *at = manual;
    sla_policies *set;
    sla_error error;
    size_t count = 0;

    CHECK_OK(sla_policies_new(NULL, &set));
    while ((at = strstr(at, opening)) != NULL) {
        const char *end;

        at += strlen(opening);
        end = strstr(at, closing);
        CHECK_TRUE("the block ends", end != NULL);
        CHECK_OK_OR_SAY(sla_policies_add(set, at, (size_t)(end - at), "docs/policy.md", &error),
                        &error);
        at = end;
        count++;
    }
    CHECK_OK_OR_SAY(sla_policies_finish(set, &error), &error);
    CHECK_TRUE("there are examples", count >= 3);
    free(manual);
    sla_policies_unref(set);
}
