/* check.c - see check.h: the checks themselves, seeds, files. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *row(const char *why)
{
    return why != NULL ? why : "(no row)";
}

void check_fail(const char *file, int line, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_error("%s:%d: %s (seed %" PRIu64 ")\n", file, line, text, check_seed());
    _fail(file, line);
    abort();
}

void check_equal(const char *why, intmax_t want, intmax_t got, const char *what, const char *file,
                 int line)
{
    if (want != got)
        check_fail(file, line, "%s: %s is %" PRIdMAX ", wanted %" PRIdMAX " (off by %" PRIdMAX ")",
                   row(why), what, got, want, (intmax_t)((uintmax_t)got - (uintmax_t)want));
}

void check_string(const char *why, const char *want, const char *got, const char *what,
                  const char *file, int line)
{
    if (want == got || (want != NULL && got != NULL && strcmp(want, got) == 0))
        return;
    print_error("wanted: %s\n   got: %s\n", want != NULL ? want : "(null)",
                got != NULL ? got : "(null)");
    check_fail(file, line, "%s: %s is another string", row(why), what);
}

void check_true(const char *why, bool condition, const char *what, const char *file, int line)
{
    if (!condition)
        check_fail(file, line, "%s: not true: %s", row(why), what);
}

void check_memory(const char *why, const void *want, const void *got, size_t size, const char *what,
                  const char *file, int line)
{
    const unsigned char *left = want;
    const unsigned char *right = got;

    for (size_t i = 0; i < size; i++)
        if (left[i] != right[i])
            check_fail(file, line, "%s: %s differs at byte %zu: 0x%02x, wanted 0x%02x", row(why),
                       what, i, right[i], left[i]);
}

void check_result(int want, int got, const char *what, const sla_error *error, const char *file,
                  int line)
{
    if (want == got)
        return;
    if (error != NULL)
        print_error("%s:%d: %s: %s\n", error->source, error->line, error->pointer, error->text);
    check_fail(file, line, "%s answered %s (%s), wanted %s", what, sla_result_name(got),
               sla_result_text(got), sla_result_name(want));
}

void check_no_leak(const fakealloc *fake, const char *file, int line)
{
    if (fake->live_blocks != 0)
        check_fail(file, line, "leak: %zu blocks, %zu bytes still out", fake->live_blocks,
                   fake->live_bytes);
}

int check_oom_plain(int (*fn)(void))
{
    return fn();
}

/* One run with the n-th allocation failing; true when one was refused. */
static bool starve(const check_oom *oom, int (*plain)(int (*fn)(void)), void *context,
                   int (*fn)(void), const char *what, size_t n, bool onwards)
{
    size_t calls = 0;
    bool refused;
    int result;

    if (oom != NULL && oom->setup != NULL)
        oom->setup(context);
    failmalloc_arm(n, onwards);
    result = oom != NULL ? oom->operation(context) : plain(fn);
    refused = failmalloc_disarm(&calls);
    if (refused && result != SLA_ERR_NOMEM)
        check_fail(__FILE__, __LINE__, "%s: allocation %zu%s failed, the answer was %s", what, n,
                   onwards ? " and all after it" : "", sla_result_name(result));
    if (!refused && result != SLA_OK)
        check_fail(__FILE__, __LINE__, "%s: no allocation failed, the answer was %s", what,
                   sla_result_name(result));
    if (oom != NULL && oom->verify != NULL)
        oom->verify(context, result);
    return refused;
}

void check_every_oom(const check_oom *oom, int (*plain)(int (*fn)(void)), void *context,
                     int (*fn)(void), const char *what)
{
    if (!failmalloc_works())
        check_skip("%s: this build does not let a test stand in front of malloc", what);

    /* Once with all memory there is: caches (cctz keeps its zones) fill now. */
    starve(oom, plain, context, fn, what, FAILMALLOC_NEVER, false);
    for (int onwards = 0; onwards <= 1; onwards++) {
        size_t n = 0;

        while (starve(oom, plain, context, fn, what, n, onwards != 0))
            n++;
        if (onwards)
            print_message("%s: each of %zu allocations failed once\n", what, n);
    }
}

size_t check_count(size_t usual, size_t many)
{
    const char *wanted = getenv("SLA_LONG");
    const size_t rounds = wanted != NULL && strcmp(wanted, "1") == 0 ? many : usual;

    return CHECK_UNDER_ASAN ? rounds / CHECK_ASAN_PART + 1 : rounds;
}

prng check_prng(void)
{
    return prng_seeded(check_seed());
}

static char path_buffer[4096];

const char *check_source_path(const char *relative)
{
    snprintf(path_buffer, sizeof path_buffer, "%s/%s", SLA_SOURCE_DIR, relative);
    return path_buffer;
}

const char *check_shared_data(const char *relative)
{
    const char *folder = getenv("SLA_SHARED_DATA");
    FILE *file;

    if (folder != NULL && folder[0] != '\0')
        snprintf(path_buffer, sizeof path_buffer, "%s/%s", folder, relative);
    else
        snprintf(path_buffer, sizeof path_buffer, "%s/../shared/data/%s", SLA_SOURCE_DIR, relative);
    file = fopen(path_buffer, "rb");
    if (file == NULL)
        check_skip("shared data is not here: %s (set SLA_SHARED_DATA)", relative);
    fclose(file);
    return path_buffer;
}

char *check_read_file(const char *path, size_t *length_out)
{
    FILE *file = fopen(path, "rb");
    size_t capacity = 65536;
    size_t length = 0;
    char *text = malloc(capacity);

    if (file == NULL || text == NULL)
        check_fail(__FILE__, __LINE__, "cannot read %s", path);
    for (;;) {
        length += fread(text + length, 1, capacity - length - 1, file);
        if (length < capacity - 1)
            break;
        capacity *= 2;
        text = realloc(text, capacity);
        if (text == NULL)
            check_fail(__FILE__, __LINE__, "no memory for %s", path);
    }
    fclose(file);
    text[length] = '\0';
    if (length_out != NULL)
        *length_out = length;
    return text;
}
