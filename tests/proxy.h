/*
 * proxy.h - a door before a PostgreSQL server that can be shut at any byte, and that
 * sees where messages begin.
 *
 * One thread passes bytes on, for any number of connections.  What the next connection
 * meets is said before it is made; those after it meet nothing.
 */
#ifndef SLA_TESTS_PROXY_H
#define SLA_TESTS_PROXY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct proxy proxy;

/* A proxy to the server whose socket is in `folder`; its own is in proxy_folder, under
 * the same port.  Fails the test when it cannot be made. */
proxy *proxy_new(const char *folder);
void proxy_free(proxy *door);
const char *proxy_folder(const proxy *door);

/* The next connection is cut after so many bytes to the server (or from it). */
void proxy_cut(proxy *door, bool from_server, size_t bytes);

/* Whether it was. */
bool proxy_has_cut(proxy *door);

/* The same of the connections that are there: so many bytes from now on. */
void proxy_cut_now(proxy *door, bool from_server, size_t bytes);

/* `seen` is called for each message of a client, with its type and its first bytes, on
 * the proxy's thread.  When it says true, the message is the last one that is passed on,
 * and nothing more comes back.  NULL: nobody looks. */
typedef bool (*proxy_seen)(void *context, char type, const char *body, size_t length);
void proxy_watch(proxy *door, proxy_seen seen, void *context);

#endif
