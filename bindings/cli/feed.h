/*
 * feed.h - facts from standard input into a service, a line each, without ever
 * waiting for the rest of a line.
 *
 * A line is refused with its number and the reason, at once or, where only the
 * engine can tell, after its commit.  What the service has no room for waits, and
 * nothing more is read until it has.
 */
#ifndef SLA_CLI_FEED_H
#define SLA_CLI_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include <sla/json.h>
#include <sla/service.h>

struct feed_line;

typedef struct feed {
    sla_service *service;
    char *buffer;
    size_t capacity, start, end;
    size_t searched; /* of the line that begins at `start`: no end so far */
    size_t lines;
    bool ended;                  /* nothing more will be read */
    bool skipping;               /* the rest of a line that is too long comes first */
    bool full;                   /* the service had no room for the next line */
    bool broken;                 /* it cannot be read */
    struct feed_line *under_way; /* handed over and not answered yet */
    size_t under_way_bytes;
    uint64_t recorded, duplicates, refused;
    uint64_t unrecorded; /* the store did not have them, and nothing was wrong with them */
    sla_fact_buffer fact;
} feed;

void feed_init(feed *f, sla_service *service);

/* After the service is gone, which answers no more. */
void feed_fini(feed *f);

/* Whether reading more makes sense now. */
bool feed_wants_input(const feed *f);

/* Read once; call it when standard input is readable. */
void feed_read(feed *f);

/* No time for more: whole lines that are there are taken, and one whose end has not come is
 * none, as if nothing of it had been read.  After the end of the input: nothing. */
void feed_end(feed *f);

/* Hand over the lines that are there, as far as there is room; whether there were any. */
bool feed_push(feed *f);

/* Every line that was read is handed over; every one handed over is answered. */
bool feed_is_empty(const feed *f);
bool feed_is_answered(const feed *f);

/* How many lines were read of which it is not known that they are on the record. */
size_t feed_left(const feed *f);

#endif
