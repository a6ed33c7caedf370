/*
 * bench_calendar_peer.c - a peer in a process of its own (bench_calendar.h).
 *
 * It reads one line of JSON, says "ready", and then answers each further line with
 * the seconds that all questions took it and the sum of its answers: it measures
 * itself, so that the way to it is in no figure.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_calendar.h"

struct hours_peer {
    pid_t process;
    int socket;
    FILE *answers;
};

/* Where the interpreter has a path of its own it may be missing; then by name. */
static void run_peer(const char *interpreter, const char *script, const char *contender, int socket)
{
    char path[4096];
    const char *name = strrchr(interpreter, '/');

    snprintf(path, sizeof path, "%s/bench/peers/%s", SLA_SOURCE_DIR, script);
    if (dup2(socket, STDIN_FILENO) < 0 || dup2(socket, STDOUT_FILENO) < 0)
        _exit(1);
    execlp(interpreter, interpreter, path, contender, (char *)NULL);
    if (name != NULL)
        execlp(name + 1, name + 1, path, contender, (char *)NULL);
    _exit(127);
}

static bool start(hours_peer *peer, const char *interpreter, const char *script,
                  const char *contender)
{
    int ends[2];

    peer->process = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    fflush(NULL);
    peer->process = fork();
    if (peer->process == 0)
        run_peer(interpreter, script, contender, ends[1]);
    close(ends[1]);
    peer->socket = ends[0];
    peer->answers = fdopen(ends[0], "r");
    return peer->process > 0 && peer->answers != NULL;
}

static bool say(const hours_peer *peer, const char *text, size_t length)
{
    while (length > 0) {
        const ssize_t sent = send(peer->socket, text, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        text += sent;
        length -= (size_t)sent;
    }
    return true;
}

static void print_office(FILE *stream, const hours_office *office)
{
    fprintf(stream, "{\"zone\": \"%s\", \"hours\": [", office->zone);
    for (size_t i = 0; i < office->hours_count; i++)
        fprintf(stream, "%s[\"%02d:00\", \"%02d:00\"]", i > 0 ? ", " : "", office->hours[i].open,
                office->hours[i].close);
    fputs("], \"closed\": [", stream);
    for (size_t i = 0; i < office->holiday_count; i++)
        fprintf(stream, "%s[\"%s\", \"%s\"]", i > 0 ? ", " : "", office->holidays[i][0],
                office->holidays[i][1]);
    fputs("], \"opened\": [", stream);
    for (size_t i = 0; i < office->makeup_count; i++)
        fprintf(stream, "%s\"%s\"", i > 0 ? ", " : "", office->makeups[i]);
    fputs("]", stream);
}

/* Each question as seconds since 1970, minutes, the date's day since 1970, days. */
static bool hand_over(const hours_peer *peer, const hours_office *office,
                      const hours_questions *questions, size_t count)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    bool good;

    if (stream == NULL)
        return false;
    print_office(stream, office);
    fputs(", \"questions\": [", stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%s[%" PRId64 ", %" PRId64 ", %" PRId64 ", %d]", i > 0 ? ", " : "",
                questions->from[i] / SLA_SECOND, questions->need[i] / SLA_MINUTE,
                walk_date(&questions->walk, questions->from[i]), questions->days[i]);
    fputs("]}\n", stream);
    fclose(stream);
    good = text != NULL && say(peer, text, length);
    free(text);
    return good;
}

/* A reason stands in a JSON text. */
static const char *plain_words(char *text)
{
    for (char *at = text; *at != '\0'; at++)
        if (*at == '"' || *at == '\\' || (unsigned char)*at < ' ')
            *at = '\'';
    return text;
}

hours_peer *hours_peer_new(const char *interpreter, const char *script, const char *contender,
                           const hours_office *office, const hours_questions *questions,
                           size_t count, char why[128])
{
    static const char skipped[] = "skipped: ";
    hours_peer *peer = calloc(1, sizeof *peer);
    char line[128] = "";

    if (peer == NULL)
        return NULL;
    snprintf(why, 128, "%s does not run here", interpreter);
    if (start(peer, interpreter, script, contender) && hand_over(peer, office, questions, count) &&
        fgets(line, sizeof line, peer->answers) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "ready") == 0) {
            why[0] = '\0';
            return peer;
        }
        if (strncmp(line, skipped, strlen(skipped)) == 0)
            snprintf(why, 128, "%s", plain_words(line + strlen(skipped)));
    }
    hours_peer_free(peer);
    return NULL;
}

bool hours_peer_round(hours_peer *peer, double *seconds_out, uint64_t *sum_out)
{
    char line[128];

    if (say(peer, "again\n", 6) && fgets(line, sizeof line, peer->answers) != NULL &&
        sscanf(line, "%lf %" SCNu64, seconds_out, sum_out) == 2)
        return true;
    fprintf(stderr, "sla-bench: a peer gave up\n");
    return false;
}

/* Its input ends, and so does it. */
void hours_peer_free(hours_peer *peer)
{
    if (peer == NULL)
        return;
    if (peer->answers != NULL)
        fclose(peer->answers);
    if (peer->process > 0)
        waitpid(peer->process, NULL, 0);
    free(peer);
}
