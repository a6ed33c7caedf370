/*
 * check.h - how a test of this house asks, over cmocka.
 *
 *     #include "check.h"
 *
 *     TEST(four_hours_are_four_hours)
 *     {
 *         CHECK_OK(sla_calendar_add(day, 0, 4 * SLA_HOUR, SLA_FIT_CLOSE, &got));
 *         CHECK_EQ("from midnight", 4 * SLA_HOUR, got);
 *     }
 *
 * A TEST registers itself; main is in the support library.  A failed check ends
 * its test, never the run, and prints its row's `why` and both values.  Every
 * program takes --seed N, --only PATTERN (* and ?) and --list, and prints its seed.
 */
#ifndef SLA_TESTS_CHECK_H
#define SLA_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sla/error.h>

#include "fakealloc.h"
#include "failmalloc.h"
#include "prng.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define TEST(name)                                                                                 \
    static void name(void);                                                                        \
    __attribute__((constructor)) static void name##_registers(void)                                \
    {                                                                                              \
        check_register(#name, name);                                                               \
    }                                                                                              \
    static void name(void)

/* Each check names its row first (`why`), then what is wanted, then what came. */
#define CHECK_EQ(why, want, got)                                                                   \
    check_equal(why, (intmax_t)(want), (intmax_t)(got), #got, __FILE__, __LINE__)
#define CHECK_STR(why, want, got) check_string(why, want, got, #got, __FILE__, __LINE__)
#define CHECK_TRUE(why, condition) check_true(why, condition, #condition, __FILE__, __LINE__)
#define CHECK_MEM(why, want, got, size) check_memory(why, want, got, size, #got, __FILE__, __LINE__)

/* The call answered SLA_OK, or exactly this result. */
#define CHECK_OK(call) check_result(SLA_OK, call, #call, NULL, __FILE__, __LINE__)
#define CHECK_RESULT(want, call) check_result(want, call, #call, NULL, __FILE__, __LINE__)

/* As CHECK_OK; a failure also prints the complaint in `error`. */
#define CHECK_OK_OR_SAY(call, error) check_result(SLA_OK, call, #call, error, __FILE__, __LINE__)

/* Fail with a sentence; give up with a reason (what cannot run here says so). */
#define CHECK_FAIL(...) check_fail(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK_SKIP(...) check_skip(__VA_ARGS__)

/* Everything that `fake` gave out has come back. */
#define CHECK_NO_LEAK(fake) check_no_leak(fake, __FILE__, __LINE__)

/*
 * Runs `fn` with every allocation of the process failing once: first only the
 * n-th, then the n-th and all after it, for n = 0, 1, ... until nothing fails.
 * malloc itself fails, so jansson, cctz and the C++ runtime are in it.  `fn`
 * must answer SLA_OK when nothing failed, else SLA_ERR_NOMEM, and free all it made.
 */
#define CHECK_EVERY_OOM(fn) check_every_oom(NULL, check_oom_plain, NULL, fn, #fn)

/*
 * The same in three steps: `setup` and `verify` run with all memory there is,
 * only `operation` is starved.  `verify` sees the result and checks that after
 * SLA_ERR_NOMEM nothing has changed; it also frees.  setup or verify may be NULL.
 */
typedef struct check_oom {
    void (*setup)(void *context);
    int (*operation)(void *context);
    void (*verify)(void *context, int result);
} check_oom;
#define CHECK_EVERY_OOM_OF(oom, context) check_every_oom(oom, NULL, context, NULL, #oom)

/* The generator of this run, from --seed, SLA_SEED or a fixed number. */
prng check_prng(void);
uint64_t check_seed(void);

/* How many rounds: `usual`, or `many` under SLA_LONG=1; a fifth of it under
 * AddressSanitizer, which looks at how memory is used rather than for rare cases
 * (the plain build has asked them all). */
enum { CHECK_ASAN_PART = 5 };
size_t check_count(size_t usual, size_t many);

/* A file under shared data (SLA_SHARED_DATA, or shared/data beside the source
 * tree); skips the test with the reason where it is missing.  Static memory,
 * good until the next call.  check_source_path: a file of the source tree. */
const char *check_shared_data(const char *relative);
const char *check_source_path(const char *relative);

/* The whole file, ended by a NUL that `*length_out` (may be NULL) does not
 * count; fails the test where it cannot be read.  The caller frees it. */
char *check_read_file(const char *path, size_t *length_out);

/* What the macros stand on. */
typedef void (*check_test)(void);
void check_register(const char *name, check_test test);
void check_equal(const char *why, intmax_t want, intmax_t got, const char *what, const char *file,
                 int line);
void check_string(const char *why, const char *want, const char *got, const char *what,
                  const char *file, int line);
void check_true(const char *why, bool condition, const char *what, const char *file, int line);
void check_memory(const char *why, const void *want, const void *got, size_t size, const char *what,
                  const char *file, int line);
void check_result(int want, int got, const char *what, const sla_error *error, const char *file,
                  int line);
void check_no_leak(const fakealloc *fake, const char *file, int line);
__attribute__((format(printf, 3, 4), noreturn)) void check_fail(const char *file, int line,
                                                                const char *format, ...);
__attribute__((format(printf, 1, 2), noreturn)) void check_skip(const char *format, ...);
int check_oom_plain(int (*fn)(void));
void check_every_oom(const check_oom *oom, int (*plain)(int (*fn)(void)), void *context,
                     int (*fn)(void), const char *what);
int check_run(int count, char **arguments);

#endif
