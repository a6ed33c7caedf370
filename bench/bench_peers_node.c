/* bench_peers_node.c - see bench_peers.h: a peer, run by node, and what it prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "bench_peers.h"

enum { LEAD_OVER = 75, PATH = 4096 };

static void keep(bench_deadlines *deadlines, bool herd, double late)
{
    deadlines->early += late < 0;
    if (herd && deadlines->herd_count < deadlines->herd)
        deadlines->herd_ms[deadlines->herd_count++] = late;
    else if (!herd && deadlines->spread_count < deadlines->spread)
        deadlines->spread_ms[deadlines->spread_count++] = late;
}

static void read_all(FILE *stream, bench_deadlines *deadlines)
{
    char line[128];

    while (fgets(line, sizeof line, stream) != NULL) {
        char *end;

        if (strncmp(line, "armed ", 6) == 0) {
            strtod(line + 6, &end);
            deadlines->armed_seconds = strtod(end, NULL);
        } else if (strncmp(line, "whole ", 6) == 0)
            deadlines->whole_ms = strtod(line + 6, NULL);
        else if (strncmp(line, "done ", 5) == 0)
            deadlines->done = (size_t)strtod(line + 5, NULL);
        else if (strncmp(line, "late ", 5) == 0 || strncmp(line, "herd ", 5) == 0)
            keep(deadlines, line[0] == 'h', strtod(line + 5, NULL));
    }
}

/* Nothing lands among the sources. */
static bool find_packages(char packages[PATH])
{
    return bench_beside(packages, PATH, "../peers");
}

bool bench_peers_install(char why[256])
{
    char packages[PATH], command[2 * PATH], rest[256];
    FILE *stream;

    snprintf(why, 256, "there is no folder for them");
    if (!find_packages(packages))
        return false;
    snprintf(command, sizeof command, "sh '%s/bench/peers/install.sh' '%s'", SLA_SOURCE_DIR,
             packages);
    stream = popen(command, "r");
    if (stream == NULL || fgets(why, 256, stream) == NULL)
        why[0] = '\0';
    why[strcspn(why, "\n")] = '\0';
    while (stream != NULL && fgets(rest, sizeof rest, stream) != NULL)
        ;
    return stream != NULL && pclose(stream) == 0;
}

bool bench_deadlines_node(const bench_server *server, const char *script, int poll_ms,
                          bench_deadlines *deadlines)
{
    char packages[PATH], command[2 * PATH];
    FILE *stream;
    int status;

    if (!find_packages(packages))
        return false;
    snprintf(command, sizeof command,
             "NODE_PATH='%s/node_modules' exec node '%s/bench/peers/'%s %s %s sla_test %zu %zu %zu"
             " %d %d",
             packages, SLA_SOURCE_DIR, script, server->folder, BENCH_PEERS_DATABASE,
             deadlines->spread, deadlines->rate, deadlines->herd,
             (int)(deadlines->lead / BENCH_MILLISECOND), poll_ms);
    fflush(NULL);
    stream = popen(command, "r");
    if (stream == NULL)
        return false;
    read_all(stream, deadlines);
    status = pclose(stream);
    deadlines->lead_over = WIFEXITED(status) && WEXITSTATUS(status) == LEAD_OVER;
    return deadlines->lead_over || status == 0;
}
