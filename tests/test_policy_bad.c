/*
 * test_policy_bad.c - Goal: every complaint says where and what to write
 * instead, and a document that is refused leaves no trace.  Method: a folder of
 * bad policies, each with the complaint that it gets:
 *
 *     NAME.json  NAME.error         code, source:line:column, pointer; the sentence
 *     NAME.before1.json ...         policies that are in the set before it
 *
 * A new case needs no code.  SLA_UPDATE=1 writes the .error files anew, to be
 * read by a person.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/policy.h>

#include "policy/draft.h"
#include "policy/policy.h"
#include "support/check.h"

static const char folder[] = "tests/policies/invalid";

static char *read_case(const char *name, const char *ending, size_t *length_out)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    return check_read_file(check_source_path(path), length_out);
}

static bool has_case(const char *name, const char *ending)
{
    char path[600];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    file = fopen(check_source_path(path), "rb");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

static void add_before(sla_policies *set, const char *name)
{
    for (int i = 1; i < 10; i++) {
        char ending[32], source[600];
        sla_error error;
        size_t length;
        char *text;

        snprintf(ending, sizeof ending, ".before%d.json", i);
        if (!has_case(name, ending))
            return;
        text = read_case(name, ending, &length);
        snprintf(source, sizeof source, "%s%s", name, ending);
        CHECK_OK_OR_SAY(sla_policies_add(set, text, length, source, &error), &error);
        free(text);
    }
}

/* The counts of a set, in words that can be compared. */
static void count_all(const sla_policies *set, char *buffer, size_t size)
{
    const sla__drafts *drafts = set->drafts;

    snprintf(buffer, size,
             "%zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu",
             set->policy_count, set->target_count, set->goal_count, set->step_count,
             set->pause_count, set->resume_count, set->default_count, set->at_once_count,
             set->refuse_count, set->rank_count, set->reasons_count, set->node_count,
             set->calendar_row_count, set->fact_name_count, set->fact_slot_count,
             set->attribute_count, set->calendar_count, drafts->overlay_count);
}

static void check_complaint(const char *name, const char *got)
{
    char path[600];
    char *want;
    FILE *file;

    if (getenv("SLA_UPDATE") != NULL) {
        snprintf(path, sizeof path, "%s/%s.error", folder, name);
        file = fopen(check_source_path(path), "wb");
        fputs(got, file);
        fclose(file);
    }
    want = read_case(name, ".error", NULL);
    CHECK_STR(name, want, got);
    free(want);
}

static void check_bad(const char *name)
{
    char source[600], before[400], after[400], got[1200];
    sla_policies *set;
    sla_error error;
    size_t length;
    char *text = read_case(name, ".json", &length);
    int result;

    CHECK_OK(sla_policies_new(NULL, &set));
    add_before(set, name);
    count_all(set, before, sizeof before);
    snprintf(source, sizeof source, "%s.json", name);
    result = sla_policies_add(set, text, length, source, &error);
    free(text);
    if (result != SLA_OK) {
        count_all(set, after, sizeof after);
        CHECK_STR(name, before, after);
    } else {
        result = sla_policies_finish(set, &error);
    }
    snprintf(got, sizeof got, "%s %s:%d:%d %s\n%s\n", sla_result_name(result), error.source,
             error.line, error.column, error.pointer, error.text);
    check_complaint(name, got);
    CHECK_EQ(name, result, error.code);
    CHECK_TRUE("the line", error.line > 0 && error.column > 0);
    sla_policies_unref(set);
}

/* NAME.json, but not NAME.before1.json. */
static int is_case(const struct dirent *entry)
{
    const char *dot = strchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".json") == 0;
}

TEST(every_bad_policy_gets_its_complaint)
{
    struct dirent **entries;
    const int count = scandir(check_source_path(folder), &entries, is_case, alphasort);

    CHECK_TRUE("at least 110 cases", count >= 110);
    for (int i = 0; i < count; i++) {
        *strchr(entries[i]->d_name, '.') = '\0';
        check_bad(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

TEST(a_finished_set_takes_no_more)
{
    sla_policies *set;
    sla_error error;

    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_OK(sla_policies_finish(set, &error));
    CHECK_RESULT(SLA_ERR_STATE, sla_policies_add(set, "{}", 2, "late.json", &error));
    CHECK_EQ("and says so", SLA_ERR_STATE, error.code);
    CHECK_OK(sla_policies_finish(set, NULL));
    CHECK_RESULT(SLA_ERR_STATE, sla_policies_add(set, "{}", 2, NULL, NULL));
    sla_policies_unref(set);
}
