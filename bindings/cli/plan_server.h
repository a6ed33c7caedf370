/*
 * plan_server.h - what a store costs, read off where it is counted: processor time of this
 * process and of the server's, the log that the server writes, rows, and the disk.
 *
 * A server is asked in a session beside that of the service.  The processor time of its
 * processes is only there where it runs on this machine.
 */
#ifndef SLA_CLI_PLAN_SERVER_H
#define SLA_CLI_PLAN_SERVER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan_counters.h"
#include "store_uri.h"

enum { PLAN_BACKENDS_MAX = 256 };

/* A process that writes for all, and the seconds that it had when it was looked at last. */
typedef struct plan_writer {
    pid_t process;
    double seconds;
} plan_writer;

/* Bytes on the disk; of a file all are `tables`. */
typedef struct plan_disk {
    bool known;
    uint64_t tables, indexes;
} plan_disk;

typedef struct plan_server {
    const store_uri *uri;
    PGconn *connection; /* NULL: no server */
    pid_t before[PLAN_BACKENDS_MAX], own[PLAN_BACKENDS_MAX], postmaster;
    size_t before_count, own_count;
    plan_writer *writers; /* all that were ever seen */
    size_t writer_count, writer_capacity;
    double writers_cpu; /* of them all, since they were seen first */
    bool mute;          /* it has not answered once */
    bool own_ended;     /* one of the service's processes has ended */
} plan_server;

/* Before the service connects.  An exit code, and a complaint. */
int plan_server_open(plan_server *server, const store_uri *uri);

/* When it has: which of the server's processes are the service's. */
void plan_server_find(plan_server *server);

void plan_server_look(plan_server *server, plan_counters *counters);

/* Says what was lost on the way, and what therefore is in no figure. */
void plan_server_say(const plan_server *server);

/* Rows that were written to the tables of the store, ever, as far as the server has counted;
 * false where nobody counts. */
bool plan_server_rows(plan_server *server, uint64_t *rows_out);

plan_disk plan_server_disk(plan_server *server);
void plan_server_close(plan_server *server);

#endif
