/*
 * log_sink.h - standard error for a command that must not wait for whoever reads it.
 *
 * What does not go out at once is kept, up to 64 KiB; what finds no room is not taken.
 * Its descriptor may be shared with a shell and with children, so it is not made
 * non-blocking: a socket is asked for each send, a pipe or terminal is opened once more
 * for us alone, and where that cannot be, no more is written than poll(2) says goes.
 */
#ifndef SLA_CLI_LOG_SINK_H
#define SLA_CLI_LOG_SINK_H

#include <stdbool.h>
#include <stddef.h>

void log_sink_begin(void);

/* Take a line whole, and write what goes; false when there is no room for it. */
bool log_sink_put(const char *text, size_t length);

/* Whether a line of this length would be taken. */
bool log_sink_has_room(size_t length);

/* The descriptor that has to be writable for more to go; -1 when nothing waits. */
int log_sink_waits(void);

/* Write what goes; call it when the descriptor is writable. */
void log_sink_write(void);

/* Write all that is there, as long as somebody reads: two seconds at most. */
void log_sink_drain(void);

#endif
