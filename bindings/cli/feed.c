/* feed.c - see feed.h. */
#include "feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "input.h"
#include "log.h"

enum {
    CHUNK = 256 * 1024,
    UNDER_WAY_BYTES_MAX = 16 * 1024 * 1024 /* of lines whose answer has not come */
};

/* A line whose fact is being recorded: for the complaint, should it be refused. */
typedef struct feed_line {
    feed *feed;
    struct feed_line *next, **link; /* what points to this one */
    size_t number, length;
    char text[];
} feed_line;

void feed_init(feed *f, sla_service *service)
{
    memset(f, 0, sizeof *f);
    f->service = service;
    f->buffer = need_room(NULL, &f->capacity, CHUNK, 1);
}

void feed_fini(feed *f)
{
    feed_line *next;

    for (feed_line *l = f->under_way; l != NULL; l = next) {
        next = l->next;
        free(l);
    }
    free(f->buffer);
}

bool feed_wants_input(const feed *f)
{
    return !f->ended && !f->full && f->under_way_bytes < UNDER_WAY_BYTES_MAX;
}

bool feed_is_empty(const feed *f)
{
    return f->start == f->end;
}

bool feed_is_answered(const feed *f)
{
    return f->under_way == NULL;
}

size_t feed_left(const feed *f)
{
    const char *at = f->buffer + f->start, *end = f->buffer + f->end, *newline;
    size_t left = 0;

    for (const feed_line *l = f->under_way; l != NULL; l = l->next)
        left++;
    for (; at < end; at = newline != NULL ? newline + 1 : end, left++)
        newline = memchr(at, '\n', (size_t)(end - at));
    return left;
}

void feed_end(feed *f)
{
    if (f->ended)
        return;
    f->ended = true;
    while (f->end > f->start && f->buffer[f->end - 1] != '\n')
        f->end--;
    f->searched = 0;
}

void feed_read(feed *f)
{
    ssize_t got;

    if (f->start > 0) {
        memmove(f->buffer, f->buffer + f->start, f->end - f->start);
        f->end -= f->start;
        f->start = 0;
    }
    f->buffer = need_room(f->buffer, &f->capacity, f->end + CHUNK, 1);
    got = read(STDIN_FILENO, f->buffer + f->end, CHUNK);
    if (got > 0)
        f->end += (size_t)got;
    if (got == 0)
        f->ended = true;
    if (got < 0 && errno != EINTR && errno != EAGAIN) {
        say("standard input: %s", strerror(errno));
        f->broken = true;
        feed_end(f);
    }
}

/* ------------------------------------------------------------ complaints */

static void refuse(feed *f, size_t number, sla_error *error)
{
    f->refused++;
    if (error->text[0] == '\0')
        snprintf(error->text, sizeof error->text, "%s", sla_result_text(error->code));
    snprintf(error->source, sizeof error->source, "standard input");
    error->line = (int)number;
    log_error(SLA_LOG_WARNING, "line_refused", error);
}

static void unlink_line(feed_line *l)
{
    *l->link = l->next;
    if (l->next != NULL)
        l->next->link = l->link;
    l->feed->under_way_bytes -= l->length;
    free(l);
}

/* Nothing is wrong with the line: the service tells nothing any more, or never began. */
static bool is_of_the_store(const feed *f, int result)
{
    return sla_service_given_up(f->service) != SLA_OK || result == SLA_ERR_BUSY;
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    feed_line *l = context;
    feed *f = l->feed;
    sla_error own = *error;

    (void)answer;
    if (result == SLA_OK) {
        f->recorded++;
    } else if (result == SLA_DUPLICATE) {
        f->duplicates++;
    } else if (is_of_the_store(f, result)) {
        f->unrecorded++;
    } else {
        own.code = result;
        sla_fact_place(l->text, l->length, &own);
        refuse(f, l->number, &own);
    }
    unlink_line(l);
}

/* ------------------------------------------------------------ lines */

static feed_line *keep_line(feed *f, const line *l)
{
    feed_line *kept = need_memory(1, sizeof *kept + l->length);

    kept->feed = f;
    kept->number = l->number;
    kept->length = l->length;
    memcpy(kept->text, l->text, l->length);
    kept->next = f->under_way;
    kept->link = &f->under_way;
    if (kept->next != NULL)
        kept->next->link = &kept->next;
    f->under_way = kept;
    f->under_way_bytes += kept->length;
    return kept;
}

/* False when there is no room for it now. */
static bool record(feed *f, const line *l, const sla_fact *fact)
{
    feed_line *kept = keep_line(f, l);
    sla_error error = {0};
    const int result = sla_service_record(f->service, fact, on_recorded, kept);

    if (result == SLA_OK)
        return true;
    unlink_line(kept);
    if (result == SLA_ERR_BUSY)
        return false;
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    error.code = result;
    refuse(f, l->number, &error);
    return true;
}

static bool is_blank(const line *l)
{
    for (size_t i = 0; i < l->length; i++)
        if (l->text[i] != ' ' && l->text[i] != '\t' && l->text[i] != '\r')
            return false;
    return true;
}

/* False when there is no room for it now. */
static bool take(feed *f, const line *l)
{
    sla_error error = {0};
    sla_fact fact;

    if (is_blank(l))
        return true;
    if (l->too_long) {
        error.code = SLA_ERR_TOO_LONG;
        snprintf(error.text, sizeof error.text, "the line is longer than %d bytes", LINE_MAX_BYTES);
    } else if (sla_fact_parse(l->text, l->length, &f->fact, &fact, NULL, &error) == SLA_OK) {
        return record(f, l, &fact);
    }
    refuse(f, l->number, &error);
    return true;
}

/* The rest of a line that is too long; false while its end is not there. */
static bool skip(feed *f)
{
    const char *end = memchr(f->buffer + f->start, '\n', f->end - f->start);

    f->start = end != NULL ? (size_t)(end + 1 - f->buffer) : f->end;
    f->skipping = end == NULL;
    return end != NULL;
}

/* The next line, and how much of the buffer it takes; false while it is not there.
 * What the input ends with is a line also without its end. */
static bool look(feed *f, line *l, size_t *taken_out)
{
    const size_t length = f->end - f->start;
    const char *from = f->buffer + f->start;
    const char *end = memchr(from + f->searched, '\n', length - f->searched);

    f->searched = length;
    if (end == NULL && length <= LINE_MAX_BYTES && (!f->ended || length == 0))
        return false;
    l->text = from;
    l->length = end != NULL ? (size_t)(end - from) : length;
    l->number = f->lines + 1;
    l->too_long = l->length > LINE_MAX_BYTES;
    *taken_out = l->length + (end != NULL);
    return true;
}

bool feed_push(feed *f)
{
    const size_t before = f->lines;
    size_t taken;
    line l;

    f->full = false;
    while ((!f->skipping || skip(f)) && look(f, &l, &taken)) {
        f->searched = 0;
        f->full = !take(f, &l);
        if (f->full)
            break;
        f->lines++;
        f->start += taken;
        f->skipping = l.too_long && taken == l.length;
    }
    return f->lines > before;
}
