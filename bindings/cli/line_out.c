/* line_out.c - see line_out.h. */
#include "line_out.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sla/json.h>

#include "cli.h"

/* What a pipe that is writable takes without waiting.  Its descriptor may be
 * shared with a shell, so it is not ours to make it non-blocking. */
enum { AT_ONCE = PIPE_BUF, AT_ONCE_FILE = 64 * 1024 };

void line_out_init(line_out *o)
{
    struct stat status;

    memset(o, 0, sizeof *o);
    o->regular = fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode);
}

void line_out_fini(line_out *o)
{
    free(o->buffer);
    free(o->waiting);
}

bool line_out_is_empty(const line_out *o)
{
    return o->count == 0;
}

static bool is_waiting(const line_out *o, uint64_t number)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->waiting[o->first + i].number == number)
            return true;
    return false;
}

/* The line with its end, behind those that wait. */
static void append(line_out *o, const sla_event *event)
{
    size_t length;

    if (o->start > 0) {
        memmove(o->buffer, o->buffer + o->start, o->end - o->start);
        o->end -= o->start;
        o->start = 0;
    }
    o->buffer = need_room(o->buffer, &o->capacity, o->end + SLA_EVENT_TEXT_USUAL, 1);
    length = sla_event_format(event, o->buffer + o->end, o->capacity - o->end);
    if (length >= o->capacity - o->end) {
        o->buffer = need_room(o->buffer, &o->capacity, o->end + length + 1, 1);
        sla_event_format(event, o->buffer + o->end, o->capacity - o->end);
    }
    o->end += length;
    o->buffer[o->end++] = '\n'; /* where the NUL was */
}

/* Its line is acknowledged when everything up to here is written. */
static void wait_for(line_out *o, uint64_t number)
{
    if (o->first + o->count == o->waiting_capacity && o->first > 0) {
        memmove(o->waiting, o->waiting + o->first, o->count * sizeof *o->waiting);
        o->first = 0;
    }
    o->waiting =
        need_room(o->waiting, &o->waiting_capacity, o->first + o->count + 1, sizeof *o->waiting);
    o->waiting[o->first + o->count++] = (line_out_event){number, o->written + o->end - o->start};
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    line_out *o = context;

    if (o->broken || o->left)
        return SLA_ERR_STATE;
    if (attempt > 1 && is_waiting(o, number))
        return SLA_PENDING;
    append(o, event);
    wait_for(o, number);
    return SLA_PENDING;
}

int line_out_subscribe(line_out *o, sla_service *service)
{
    sla_consumer consumer = SLA_CONSUMER_INIT;

    o->service = service;
    consumer.name = "standard_output";
    consumer.handler = on_event;
    consumer.context = o;
    return sla_service_subscribe(service, &consumer);
}

static void acknowledge(line_out *o)
{
    while (o->count > 0 && o->waiting[o->first].end <= o->written) {
        if (sla_service_acknowledge(o->service, "standard_output", o->waiting[o->first].number) ==
            SLA_ERR_NOMEM)
            give_up("out of memory");
        o->first++;
        o->count--;
    }
}

void line_out_break(line_out *o, int trouble)
{
    if (!o->broken)
        say("standard output: cannot be written: %s", strerror(trouble));
    o->broken = true;
    o->start = o->end = o->count = 0;
}

void line_out_leave(line_out *o)
{
    o->left = true;
    o->start = o->end = o->count = 0;
}

void line_out_write(line_out *o)
{
    const size_t most = o->regular ? AT_ONCE_FILE : AT_ONCE;
    const size_t length = o->end - o->start < most ? o->end - o->start : most;
    ssize_t put;

    if (length == 0 || o->broken)
        return;
    put = write(STDOUT_FILENO, o->buffer + o->start, length);
    if (put < 0) {
        if (errno != EINTR && errno != EAGAIN)
            line_out_break(o, errno);
        return;
    }
    o->start += (size_t)put;
    o->written += (size_t)put;
    acknowledge(o);
}
