/*
 * notify.h - the protocol of sd_notify(3), spoken without its library: datagrams
 * of NAME=VALUE lines to the socket that NOTIFY_SOCKET names.
 */
#ifndef SLA_CLI_NOTIFY_H
#define SLA_CLI_NOTIFY_H

#include <stdbool.h>

#include <sla/base.h>

typedef struct notify {
    int socket;            /* -1: nobody asked */
    sla_duration watchdog; /* how often WATCHDOG=1 is sent; 0: never */
} notify;

/* Takes what the environment asks for out of it, so that no child speaks for us.
 * False, and a complaint, when it asks for what cannot be. */
bool notify_init(notify *n);
void notify_fini(notify *n);

/* Send these lines; a manager that does not listen is no trouble of ours. */
__attribute__((format(printf, 2, 3))) void notify_say(const notify *n, const char *format, ...);

#endif
