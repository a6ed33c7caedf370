/*
 * check_run.c - the tests of one program, registered by TEST, run under cmocka.
 *
 * The last line is a tally that tests/tally.py adds up.  The program exits 77
 * (ctest: skipped) when no test failed and none could run.
 */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TESTS_MAX = 512, EXIT_SKIPPED = 77, EXIT_USAGE = 2 };

static struct CMUnitTest tests[TESTS_MAX];
static check_test bodies[TESTS_MAX];
static size_t test_count;
static size_t passed;
static size_t skipped;
static uint64_t seed = 20260101;

uint64_t check_seed(void)
{
    return seed;
}

void check_skip(const char *format, ...)
{
    va_list arguments;

    fputs("skipped: ", stdout);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    skipped++;
    skip();
    abort();
}

static void run_one(void **state)
{
    const check_test *body = *state;

    (*body)();
    passed++;
}

void check_register(const char *name, check_test test)
{
    if (test_count == TESTS_MAX) {
        fprintf(stderr, "more than %d tests in one program\n", TESTS_MAX);
        exit(EXIT_USAGE);
    }
    bodies[test_count] = test;
    tests[test_count] = (struct CMUnitTest){name, run_one, NULL, NULL, &bodies[test_count]};
    test_count++;
}

static bool read_seed(const char *text)
{
    char *end;

    if (text == NULL || *text == '\0')
        return false;
    seed = strtoull(text, &end, 0);
    return *end == '\0';
}

static int usage(const char *program)
{
    fprintf(stderr, "usage: %s [--seed N] [--only PATTERN] [--list]\n", program);
    return EXIT_USAGE;
}

/* `*` and `?`, as a shell has them. */
static bool matches(const char *pattern, const char *name)
{
    if (*pattern == '*')
        return matches(pattern + 1, name) || (*name != '\0' && matches(pattern, name + 1));
    if (*pattern == '\0' || *name == '\0')
        return *pattern == *name;
    return (*pattern == '?' || *pattern == *name) && matches(pattern + 1, name + 1);
}

static void keep_only(const char *pattern)
{
    size_t kept = 0;

    for (size_t i = 0; i < test_count; i++)
        if (matches(pattern, tests[i].name))
            tests[kept++] = tests[i];
    test_count = kept;
}

#if CHECK_UNDER_ASAN
int __lsan_is_turned_off(void);

/* LeakSanitizer asks at the end.  A test that ended early, failed or skipped, has
 * jumped over its own clearing up; that is not what leaks are looked for. */
int __lsan_is_turned_off(void)
{
    return passed < test_count;
}
#endif

int check_run(int count, char **arguments)
{
    const char *program = strrchr(arguments[0], '/');
    size_t failed;

    program = program != NULL ? program + 1 : arguments[0];
    if (getenv("SLA_SEED") != NULL && !read_seed(getenv("SLA_SEED")))
        return usage(program);
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;

        if (strcmp(arguments[i], "--list") == 0) {
            for (size_t j = 0; j < test_count; j++)
                puts(tests[j].name);
            return 0;
        } else if (strcmp(arguments[i], "--seed") == 0 && read_seed(value)) {
            i++;
        } else if (strcmp(arguments[i], "--only") == 0 && value != NULL) {
            keep_only(value);
            i++;
        } else {
            return usage(program);
        }
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%s: seed %" PRIu64 "%s\n", program, seed,
           CHECK_UNDER_ASAN ? ", a part of the rounds (AddressSanitizer)" : "");
    _cmocka_run_group_tests(program, tests, test_count, NULL, NULL);
    failed = test_count - passed - skipped;
    printf("tally: %zu passed, %zu failed, %zu skipped\n", passed, failed, skipped);
    if (failed > 0)
        return 1;
    return passed == 0 && skipped > 0 ? EXIT_SKIPPED : 0;
}
