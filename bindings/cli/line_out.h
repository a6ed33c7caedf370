/*
 * line_out.h - a consumer that writes events to standard output, a line of JSON
 * each, and acknowledges what is written.
 *
 * It never waits: a reader that is slow holds back what is told, not the service.
 */
#ifndef SLA_CLI_LINE_OUT_H
#define SLA_CLI_LINE_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include <sla/service.h>

typedef struct line_out_event {
    uint64_t number;
    uint64_t end; /* behind its line, counted from the first byte ever */
} line_out_event;

typedef struct line_out {
    sla_service *service;
    char *buffer;
    size_t capacity, start, end;
    uint64_t written;
    line_out_event *waiting; /* in order */
    size_t waiting_capacity, first, count;
    bool regular; /* a file: writing never waits */
    bool broken;  /* nobody reads any more */
    bool left;    /* nobody is waited for any more */
} line_out;

void line_out_init(line_out *o);
void line_out_fini(line_out *o);

/* SLA_OK; what sla_service_subscribe answers. */
int line_out_subscribe(line_out *o, sla_service *service);

bool line_out_is_empty(const line_out *o);

/* Write what fits; call it when standard output is writable. */
void line_out_write(line_out *o);

/* Wait for the reader no longer: what he has not taken is not acknowledged. */
void line_out_leave(line_out *o);

/* Nobody reads any more: complain, once, and drop what waits. */
void line_out_break(line_out *o, int trouble);

#endif
