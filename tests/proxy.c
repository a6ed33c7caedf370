/* proxy.c - see proxy.h. */
#define _GNU_SOURCE
#include "proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/check.h"

enum { LINES_MAX = 16, BUFFER = 1 << 16, HEAD = 64 };

/* Where the messages of a client begin. */
typedef struct reader {
    bool started; /* the first message has no type */
    char head[5]; /* type and length of the next one, as far as they came */
    size_t head_bytes;
    char body[HEAD]; /* the beginning of it */
    size_t body_bytes, left;
} reader;

typedef struct line {
    int client, server; /* -1: no line */
    bool is_cut, from_server;
    size_t bytes_left;
    reader messages;
} line;

struct proxy {
    pthread_t thread;
    pthread_mutex_t lock;
    char folder[64], server[128], path[96];
    int listening, wake[2];
    atomic_bool ends;
    bool cuts, cut_from_server, has_cut;
    size_t cut_after;
    proxy_seen seen;
    void *context;
    line lines[LINES_MAX];
};

/* ------------------------------------------------------------------------ lines */

static void address_of(struct sockaddr_un *address, const char *folder)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    snprintf(address->sun_path, sizeof address->sun_path, "%.80s/.s.PGSQL.5432", folder);
}

static void shut(line *at)
{
    close(at->client);
    close(at->server);
    at->client = at->server = -1;
}

static void accept_one(proxy *door)
{
    struct sockaddr_un address;
    line *at = door->lines;

    while (at < door->lines + LINES_MAX && at->client >= 0)
        at++;
    if (at == door->lines + LINES_MAX)
        abort();
    memset(at, 0, sizeof *at);
    at->client = accept(door->listening, NULL, NULL);
    at->server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address_of(&address, door->server);
    if (connect(at->server, (struct sockaddr *)&address, sizeof address) != 0) {
        shut(at);
        return;
    }
    pthread_mutex_lock(&door->lock);
    at->is_cut = door->cuts;
    at->from_server = door->cut_from_server;
    at->bytes_left = door->cut_after;
    door->cuts = false;
    pthread_mutex_unlock(&door->lock);
}

/* --------------------------------------------------------------------- messages */

static bool say(proxy *door, char type, const reader *at)
{
    bool last;

    pthread_mutex_lock(&door->lock);
    last = door->seen != NULL && door->seen(door->context, type, at->body, at->body_bytes);
    pthread_mutex_unlock(&door->lock);
    return last;
}

/* True when a message ends with it that is to be the last. */
static bool read_byte(proxy *door, reader *at, char byte)
{
    const size_t head = at->started ? 5 : 4;

    if (at->left == 0) {
        const unsigned char *length;

        at->head[at->head_bytes++] = byte;
        if (at->head_bytes < head)
            return false;
        length = (const unsigned char *)at->head + head - 4;
        at->left = ((size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 |
                    length[3]) -
                   4;
        at->body_bytes = 0;
    } else {
        if (at->body_bytes < HEAD)
            at->body[at->body_bytes++] = byte;
        at->left--;
    }
    if (at->left > 0)
        return false;
    at->head_bytes = 0;
    if (at->started)
        return say(door, at->head[0], at);
    at->started = true;
    return false;
}

/* ------------------------------------------------------------------------ bytes */

static void note_cut(proxy *door, line *at)
{
    shut(at);
    pthread_mutex_lock(&door->lock);
    door->has_cut = true;
    pthread_mutex_unlock(&door->lock);
}

/* A socket that blocks is written to its end: the other side reads. */
static bool write_all(int to, const char *bytes, size_t count)
{
    while (count > 0) {
        const ssize_t written = send(to, bytes, count, MSG_NOSIGNAL);

        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        count -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static void pass_on(proxy *door, line *at, bool from_server)
{
    static char bytes[BUFFER];
    const bool counted = at->is_cut && at->from_server == from_server;
    const size_t most = counted && at->bytes_left < BUFFER ? at->bytes_left : BUFFER;
    ssize_t count = most > 0 ? read(from_server ? at->server : at->client, bytes, most) : 0;
    bool last = false;

    if (count <= 0) {
        if (counted && most == 0)
            note_cut(door, at);
        else
            shut(at);
        return;
    }
    if (!from_server)
        for (ssize_t i = 0; i < count && !last; i++)
            if (read_byte(door, &at->messages, bytes[i])) {
                last = true;
                count = i + 1;
            }
    if (!write_all(from_server ? at->client : at->server, bytes, (size_t)count)) {
        shut(at);
        return;
    }
    if (counted)
        at->bytes_left -= (size_t)count;
    if (last || (counted && at->bytes_left == 0))
        note_cut(door, at);
}

static void *run(void *context)
{
    proxy *const door = context;

    while (!door->ends) {
        struct pollfd polled[2 + 2 * LINES_MAX];

        polled[0] = (struct pollfd){door->listening, POLLIN, 0};
        polled[1] = (struct pollfd){door->wake[0], POLLIN, 0};
        for (size_t i = 0; i < LINES_MAX; i++) {
            polled[2 + 2 * i] = (struct pollfd){door->lines[i].client, POLLIN, 0};
            polled[3 + 2 * i] = (struct pollfd){door->lines[i].server, POLLIN, 0};
        }
        if (poll(polled, COUNT_OF(polled), -1) < 0 || polled[1].revents != 0)
            continue;
        for (size_t i = 0; i < LINES_MAX; i++)
            for (size_t side = 0; side < 2; side++)
                if (polled[2 + 2 * i + side].revents != 0 && door->lines[i].client >= 0)
                    pass_on(door, &door->lines[i], side == 1);
        if (polled[0].revents != 0)
            accept_one(door);
    }
    return NULL;
}

/* --------------------------------------------------------------------- the proxy */

proxy *proxy_new(const char *folder)
{
    proxy *const door = calloc(1, sizeof *door);
    struct sockaddr_un address;

    CHECK_TRUE("memory for a proxy", door != NULL);
    snprintf(door->server, sizeof door->server, "%s", folder);
    snprintf(door->folder, sizeof door->folder, "/tmp/sla-door.XXXXXX");
    CHECK_TRUE("a folder", mkdtemp(door->folder) != NULL);
    for (size_t i = 0; i < LINES_MAX; i++)
        door->lines[i].client = door->lines[i].server = -1;
    address_of(&address, door->folder);
    snprintf(door->path, sizeof door->path, "%.95s", address.sun_path);
    door->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_EQ("a socket", 0, bind(door->listening, (struct sockaddr *)&address, sizeof address));
    CHECK_EQ("that listens", 0, listen(door->listening, LINES_MAX));
    CHECK_EQ("a pipe", 0, pipe(door->wake));
    pthread_mutex_init(&door->lock, NULL);
    CHECK_EQ("a thread", 0, pthread_create(&door->thread, NULL, run, door));
    return door;
}

void proxy_free(proxy *door)
{
    door->ends = true;
    CHECK_EQ("it is woken", 1, write(door->wake[1], "!", 1));
    pthread_join(door->thread, NULL);
    for (size_t i = 0; i < LINES_MAX; i++)
        if (door->lines[i].client >= 0)
            shut(&door->lines[i]);
    close(door->listening);
    close(door->wake[0]);
    close(door->wake[1]);
    unlink(door->path);
    rmdir(door->folder);
    pthread_mutex_destroy(&door->lock);
    free(door);
}

const char *proxy_folder(const proxy *door)
{
    return door->folder;
}

void proxy_cut(proxy *door, bool from_server, size_t bytes)
{
    pthread_mutex_lock(&door->lock);
    door->cuts = true;
    door->cut_from_server = from_server;
    door->cut_after = bytes;
    door->has_cut = false;
    pthread_mutex_unlock(&door->lock);
}

void proxy_cut_now(proxy *door, bool from_server, size_t bytes)
{
    pthread_mutex_lock(&door->lock);
    door->has_cut = false;
    for (size_t i = 0; i < LINES_MAX; i++) {
        door->lines[i].is_cut = true;
        door->lines[i].from_server = from_server;
        door->lines[i].bytes_left = bytes;
    }
    pthread_mutex_unlock(&door->lock);
}

bool proxy_has_cut(proxy *door)
{
    bool has_cut;

    pthread_mutex_lock(&door->lock);
    has_cut = door->has_cut;
    pthread_mutex_unlock(&door->lock);
    return has_cut;
}

void proxy_watch(proxy *door, proxy_seen seen, void *context)
{
    pthread_mutex_lock(&door->lock);
    door->seen = seen;
    door->context = context;
    pthread_mutex_unlock(&door->lock);
}
