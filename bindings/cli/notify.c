/* notify.c - see notify.h. */
#include "notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli.h"

/* A path, or a name in the abstract namespace after an @. */
static bool address_of(const char *name, struct sockaddr_un *address, socklen_t *length)
{
    const size_t named = strlen(name);

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if ((name[0] != '/' && name[0] != '@') || named >= sizeof address->sun_path)
        return false;
    memcpy(address->sun_path, name, named);
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + named + (name[0] == '/'));
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    return true;
}

/* Connected; a manager that hangs holds us up for a second at most. */
static int connect_to(const char *name)
{
    const struct timeval patience = {.tv_sec = 1};
    struct sockaddr_un address;
    socklen_t length;
    int made;

    if (!address_of(name, &address, &length)) {
        errno = EINVAL;
        return -1;
    }
    made = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (made >= 0 && (setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
                      connect(made, (struct sockaddr *)&address, length) != 0)) {
        const int trouble = errno;

        close(made);
        errno = trouble;
        return -1;
    }
    return made;
}

/* Half of what the manager allows, when it is us whom it watches. */
static sla_duration watchdog(void)
{
    const char *allowed = getenv("WATCHDOG_USEC"), *watched = getenv("WATCHDOG_PID");
    char *end;
    long long span;

    if (allowed == NULL || (watched != NULL && strtoll(watched, NULL, 10) != (long long)getpid()))
        return 0;
    errno = 0;
    span = strtoll(allowed, &end, 10);
    return errno == 0 && *end == '\0' && span > 1 ? span / 2 : 0;
}

bool notify_init(notify *n)
{
    const char *name = getenv("NOTIFY_SOCKET");

    *n = (notify){-1, 0};
    if (name != NULL && name[0] != '\0') {
        n->socket = connect_to(name);
        if (n->socket < 0) {
            say("NOTIFY_SOCKET: %s: %s", name, strerror(errno));
            return false;
        }
        n->watchdog = watchdog();
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    return true;
}

void notify_fini(notify *n)
{
    if (n->socket >= 0)
        close(n->socket);
    n->socket = -1;
}

void notify_say(const notify *n, const char *format, ...)
{
    char text[512];
    va_list arguments;
    int length;

    if (n->socket < 0)
        return;
    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0 && (size_t)length < sizeof text)
        (void)!send(n->socket, text, (size_t)length, MSG_NOSIGNAL);
}
