/* machine.c - on what the figures were measured: a number without its machine
 * says nothing.  Also where this program lies. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sla/version.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The value after the first `key` of /proc/cpuinfo. */
static void processor(char *name, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];

    snprintf(name, size, "unknown processor");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *value = strstr(line, ": ");

        if (strncmp(line, "model name", 10) == 0 && value != NULL) {
            snprintf(name, size, "%s", value + 2);
            name[strcspn(name, "\n")] = '\0';
            break;
        }
    }
    if (file != NULL)
        fclose(file);
}

void bench_describe_machine(const bench_run *run)
{
    FILE *out = run->json ? stderr : stdout;
    const double gib = 1024.0 * 1024.0 * 1024.0;
    struct utsname system;
    char name[128];

    processor(name, sizeof name);
    if (uname(&system) != 0)
        memset(&system, 0, sizeof system);
    fprintf(out, "machine   %s, %ld cores, %.1f GiB, %s %s\n", name, sysconf(_SC_NPROCESSORS_ONLN),
            (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / gib, system.sysname,
            system.release);
    fprintf(out, "build     libsla %s, %s\n", sla_version_text(), COMPILER);
    fprintf(out, "run       seed %" PRIu64 ", %zu rounds%s\n", run->seed, run->rounds,
            run->quick ? ", quick: not for comparing" : "");
#if !defined(NDEBUG) || !defined(__OPTIMIZE__)
    fprintf(out, "warning   built with asserts or without optimisation; the figures mean little\n");
#endif
}

double bench_resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long all = 0, resident = 0;

    if (file != NULL && fscanf(file, "%ld %ld", &all, &resident) != 2)
        resident = 0;
    if (file != NULL)
        fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

double bench_available(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    char line[128];
    double kib = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "MemAvailable: %lf kB", &kib) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kib * 1024;
}

bool bench_beside(char *path, size_t size, const char *name)
{
    const ssize_t length = readlink("/proc/self/exe", path, size - 1);
    char *slash;

    if (length <= 0)
        return false;
    path[length] = '\0';
    slash = strrchr(path, '/');
    if (name == NULL)
        return true;
    if ((size_t)(slash + 1 - path) + strlen(name) >= size)
        return false;
    memcpy(slash + 1, name, strlen(name) + 1);
    return true;
}
