/* log_sink.c - see log_sink.h. */
#include "log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host_clock.h"

enum { ROOM = 64 * 1024 };

static const sla_duration patience = 2 * SLA_SECOND;

typedef enum log_way {
    BY_WRITE, /* a file, or a description of our own that does not block */
    BY_SEND,
    BY_POLL
} log_way;

static struct {
    log_way way;
    int descriptor;
    bool broken; /* nobody reads any more */
    size_t start, end;
    char buffer[ROOM];
} sink = {.descriptor = STDERR_FILENO};

void log_sink_begin(void)
{
    struct stat status;
    int own;

    if (fstat(STDERR_FILENO, &status) != 0 || S_ISREG(status.st_mode))
        return;
    if (S_ISSOCK(status.st_mode)) {
        sink.way = BY_SEND;
        return;
    }
    own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own >= 0)
        sink.descriptor = own;
    else
        sink.way = BY_POLL;
}

static bool is_writable(int timeout)
{
    struct pollfd one = {.fd = sink.descriptor, .events = POLLOUT};

    return poll(&one, 1, timeout) > 0;
}

/* -1 and EAGAIN when nothing goes. */
static ssize_t put(const char *text, size_t length)
{
    if (sink.way == BY_SEND)
        return send(sink.descriptor, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sink.way == BY_WRITE)
        return write(sink.descriptor, text, length);
    if (!is_writable(0)) {
        errno = EAGAIN;
        return -1;
    }
    return write(sink.descriptor, text, length < PIPE_BUF ? length : PIPE_BUF);
}

void log_sink_write(void)
{
    ssize_t went;

    while (sink.start < sink.end) {
        went = put(sink.buffer + sink.start, sink.end - sink.start);
        if (went > 0)
            sink.start += (size_t)went;
        else if (went < 0 && errno == EAGAIN)
            return;
        else if (went == 0 || errno != EINTR) {
            sink.broken = true;
            sink.start = sink.end;
        }
    }
    sink.start = sink.end = 0;
}

bool log_sink_has_room(size_t length)
{
    return sink.broken || length <= ROOM - (sink.end - sink.start);
}

bool log_sink_put(const char *text, size_t length)
{
    if (!log_sink_has_room(length))
        return false;
    if (sink.broken)
        return true;
    memmove(sink.buffer, sink.buffer + sink.start, sink.end - sink.start);
    sink.end -= sink.start;
    sink.start = 0;
    memcpy(sink.buffer + sink.end, text, length);
    sink.end += length;
    log_sink_write();
    return true;
}

int log_sink_waits(void)
{
    return sink.start < sink.end ? sink.descriptor : -1;
}

void log_sink_drain(void)
{
    const sla_time end = monotonic_now() + patience;
    sla_time now;

    log_sink_write();
    while (sink.start < sink.end && (now = monotonic_now()) < end) {
        is_writable((int)((end - now + 999) / 1000));
        log_sink_write();
    }
}
