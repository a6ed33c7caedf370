/*
 * test_policy.c - Goal: what is compiled is what was written.  Method: a folder
 * of good policies, each with the compiled set as text beside it (policy_dump.h):
 *
 *     NAME.json  NAME.dump          and NAME.2.json ... of the same set
 *
 * A new case needs no code.  SLA_UPDATE=1 writes the .dump files anew, to be
 * read by a person.  Then names, references, and running out of memory.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sla/policy.h>

#include "policy_dump.h"
#include "support/check.h"

static const char folder[] = "tests/policies/valid";

static const char *case_path(const char *name, const char *ending)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    return check_source_path(path);
}

static void add_file(sla_policies *set, const char *name, const char *ending)
{
    char source[600];
    sla_error error;
    size_t length;
    char *text = check_read_file(case_path(name, ending), &length);

    snprintf(source, sizeof source, "%s%s", name, ending);
    CHECK_OK_OR_SAY(sla_policies_add(set, text, length, source, &error), &error);
    free(text);
}

/* All documents of a case, finished. */
static sla_policies *load_case(const sla_allocator *allocator, const char *name)
{
    sla_policies *set;
    sla_error error;

    CHECK_OK(sla_policies_new(allocator, &set));
    add_file(set, name, ".json");
    for (int i = 2; i < 10; i++) {
        char ending[16];

        snprintf(ending, sizeof ending, ".%d.json", i);
        if (access(case_path(name, ending), F_OK) == 0)
            add_file(set, name, ending);
    }
    CHECK_OK_OR_SAY(sla_policies_finish(set, &error), &error);
    return set;
}

static void check_dump(const char *name, const char *got)
{
    char *want;

    if (getenv("SLA_UPDATE") != NULL) {
        FILE *file = fopen(case_path(name, ".dump"), "wb");

        fputs(got, file);
        fclose(file);
    }
    want = check_read_file(case_path(name, ".dump"), NULL);
    CHECK_STR(name, want, got);
    free(want);
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".json") == 0;
}

TEST(every_good_policy_is_compiled_as_it_is_meant)
{
    static char text[1 << 16];
    struct dirent **entries;
    const int count = scandir(check_source_path(folder), &entries, is_case, alphasort);

    CHECK_TRUE("there are cases", count > 0);
    for (int i = 0; i < count; i++) {
        sla_policies *set;
        fakealloc fake;

        *strchr(entries[i]->d_name, '.') = '\0';
        fakealloc_init(&fake);
        set = load_case(&fake.allocator, entries[i]->d_name);
        dump_policies(set, text, sizeof text);
        check_dump(entries[i]->d_name, text);
        sla_policies_unref(set);
        CHECK_NO_LEAK(&fake);
        free(entries[i]);
    }
    free(entries);
}

/* ------------------------------------------------------------ names */

TEST(names_are_found_by_their_bytes)
{
    sla_policies *set = load_case(NULL, "everything");
    const uint32_t symbol = sla__policies_find(set, "everything", 10);

    CHECK_TRUE("a name", symbol != 0);
    CHECK_STR("and back", "everything", sla__policies_symbol(set, symbol));
    CHECK_EQ("nobody's name", 0, sla__policies_find(set, "nobody", 6));
    CHECK_EQ("a beginning only", 0, sla__policies_find(set, "everythin", 9));
    CHECK_EQ("empty", 0, sla__policies_find(set, "", 0));
    CHECK_EQ("opened", SLA__FACT_OPENED, sla__policies_fact(set, "opened", 6));
    CHECK_EQ("migrated", SLA__FACT_MIGRATED, sla__policies_fact(set, "migrated", 8));
    CHECK_TRUE("a host's fact", sla__policies_fact(set, "resolved", 8) >= SLA__FACT_BUILTIN_COUNT);
    CHECK_EQ("no fact", SLA__NONE, sla__policies_fact(set, "grade", 5));
    CHECK_EQ("unknown fact", SLA__NONE, sla__policies_fact(set, "nobody", 6));
    CHECK_TRUE("an attribute", sla__policies_attribute(set, "grade", 5) != SLA__NONE);
    CHECK_EQ("no attribute", SLA__NONE, sla__policies_attribute(set, "resolved", 8));
    CHECK_EQ("never asked", SLA__NONE, sla__policies_fact_slot(set, SLA__FACT_OPENED));
    CHECK_EQ("no number", SLA__NONE, sla__policies_fact_slot(set, SLA__NONE));
    CHECK_TRUE("asked for",
               sla__policies_fact_slot(set, sla__policies_fact(set, "sent", 4)) != SLA__NONE);
    sla_policies_unref(set);
}

TEST(a_set_says_what_is_in_it)
{
    sla_policies *set = load_case(NULL, "overlaid");
    size_t calendars = 0;

    CHECK_EQ("the overlay is no policy of its own", 1, sla_policies_count(set));
    CHECK_STR("name", "repair", sla_policies_name(set, 0));
    CHECK_STR("version", "2026-03", sla_policies_version(set, 0));
    while (sla_policies_calendar(set, calendars) != NULL)
        calendars++;
    CHECK_EQ("calendars", 1, calendars);
    CHECK_TRUE("a reference more", sla_policies_ref(set) == set);
    sla_policies_unref(set);
    CHECK_STR("still there", "repair", sla_policies_name(set, 0));
    sla_policies_unref(set);
    sla_policies_unref(NULL);
}

TEST(what_a_refused_document_named_is_unknown_again)
{
    static const char bad[] =
        "{\"policy\": \"bad\", \"version\": \"1\", \"attributes\": {\"fresh\": \"int\"},\n"
        " \"targets\": [{\"target\": \"t\", \"stop\": \"done\", \"start_from\": {\"fact\": "
        "\"sent\"},\n"
        "   \"calendar\": \"desk\", \"goals\": [{\"business\": \"P1M\"}]}]}";
    sla_policies *set;
    sla_error error;

    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_RESULT(SLA_ERR_POLICY, sla_policies_add(set, bad, strlen(bad), "bad.json", &error));
    CHECK_EQ("attribute", SLA__NONE, sla__policies_attribute(set, "fresh", 5));
    CHECK_EQ("fact", SLA__NONE, sla__policies_fact(set, "done", 4));
    CHECK_EQ("remembered fact", SLA__NONE, sla__policies_fact(set, "sent", 4));
    CHECK_TRUE("calendar", sla_policies_calendar(set, 0) == NULL);
    CHECK_EQ("builtin facts stay", SLA__FACT_WAIVED, sla__policies_fact(set, "waived", 6));
    CHECK_EQ("nothing in it", 0, sla_policies_count(set));
    CHECK_OK(sla_policies_finish(set, &error));
    sla_policies_unref(set);
}

TEST(a_thousand_policies_and_not_one_more)
{
    sla_policies *set;
    sla_error error;
    char text[300];

    CHECK_OK(sla_policies_new(NULL, &set));
    for (int i = 0; i <= SLA_POLICIES_MAX; i++) {
        snprintf(
            text, sizeof text,
            "{\"policy\": \"p%d\", \"version\": \"1\", \"group\": \"g\", \"attributes\":"
            " {\"grade\": \"int\"}, \"match\": {\"attr\": \"grade\", \"eq\": %d}, \"targets\":"
            " [{\"target\": \"t\", \"stop\": \"done_%d\", \"goals\": [{\"elapsed\": \"PT1H\"}]}]}",
            i, i, i);
        if (i < SLA_POLICIES_MAX)
            CHECK_OK_OR_SAY(sla_policies_add(set, text, strlen(text), "many", &error), &error);
        else
            CHECK_RESULT(SLA_ERR_POLICY, sla_policies_add(set, text, strlen(text), "many", &error));
    }
    CHECK_STR("says so", "more than 1000 policies in one set", error.text);
    CHECK_OK(sla_policies_finish(set, &error));
    CHECK_EQ("all there", SLA_POLICIES_MAX, sla_policies_count(set));
    for (size_t i = 0; i < SLA_POLICIES_MAX; i++) {
        char name[32];

        snprintf(name, sizeof name, "done_%zu", i);
        CHECK_EQ("each fact has its number", SLA__FACT_BUILTIN_COUNT + 1 + i,
                 sla__policies_fact(set, name, strlen(name)));
    }
    sla_policies_unref(set);
}

/* ------------------------------------------------------------ memory */

typedef struct starved {
    sla_policies *set;
    char *policy, *overlay;
    sla_policies before;
    char dump[2][1 << 15];
} starved;

static void load_texts(starved *context, const char *name)
{
    context->policy = check_read_file(case_path(name, ".json"), NULL);
    context->overlay = access(case_path(name, ".2.json"), F_OK) == 0
                           ? check_read_file(case_path(name, ".2.json"), NULL)
                           : NULL;
}

static void start_empty(void *given)
{
    starved *context = given;

    CHECK_OK(sla_policies_new(NULL, &context->set));
    dump_policies(context->set, context->dump[0], sizeof context->dump[0]);
}

static int add_starved(void *given)
{
    starved *context = given;

    return sla_policies_add(context->set, context->policy, strlen(context->policy), "a", NULL);
}

static void unchanged_after_add(void *given, int result)
{
    starved *context = given;
    sla_error error;

    if (result != SLA_OK) {
        dump_policies(context->set, context->dump[1], sizeof context->dump[1]);
        CHECK_STR("as it was", context->dump[0], context->dump[1]);
        CHECK_EQ("facts", SLA__FACT_BUILTIN_COUNT, context->set->fact_name_count);
        CHECK_OK_OR_SAY(
            sla_policies_add(context->set, context->policy, strlen(context->policy), "a", &error),
            &error);
    }
    sla_policies_unref(context->set);
}

static void start_added(void *given)
{
    starved *context = given;

    start_empty(given);
    CHECK_OK(add_starved(given));
    if (context->overlay != NULL)
        CHECK_OK(
            sla_policies_add(context->set, context->overlay, strlen(context->overlay), "b", NULL));
    dump_policies(context->set, context->dump[0], sizeof context->dump[0]);
}

static int finish_starved(void *given)
{
    return sla_policies_finish(((starved *)given)->set, NULL);
}

static void unchanged_after_finish(void *given, int result)
{
    starved *context = given;

    if (result != SLA_OK) {
        dump_policies(context->set, context->dump[1], sizeof context->dump[1]);
        CHECK_STR("as it was", context->dump[0], context->dump[1]);
        CHECK_OK(sla_policies_finish(context->set, NULL));
    }
    CHECK_TRUE("finished", context->set->finished);
    sla_policies_unref(context->set);
}

static int new_and_free(void)
{
    sla_policies *set;
    const int result = sla_policies_new(NULL, &set);

    if (result == SLA_OK)
        sla_policies_unref(set);
    return result;
}

TEST(every_failed_allocation_leaves_the_set_as_it_was)
{
    static const check_oom adding = {start_empty, add_starved, unchanged_after_add};
    static const check_oom finishing = {start_added, finish_starved, unchanged_after_finish};
    static starved context;

    if (!failmalloc_works())
        CHECK_SKIP("this build does not let a test stand in front of malloc");
    CHECK_EVERY_OOM(new_and_free);
    load_texts(&context, "everything");
    CHECK_EVERY_OOM_OF(&adding, &context);
    CHECK_EVERY_OOM_OF(&finishing, &context);
    free(context.policy);
    load_texts(&context, "overlaid");
    CHECK_EVERY_OOM_OF(&adding, &context);
    CHECK_EVERY_OOM_OF(&finishing, &context);
    free(context.policy);
    free(context.overlay);
}
