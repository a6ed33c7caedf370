/* waits.h - what a service or a store waits for, as poll wants it. */
#ifndef SLA_CLI_WAITS_H
#define SLA_CLI_WAITS_H

#include <poll.h>
#include <stddef.h>

#include <sla/store.h>

/* `count` of them, or those that there is room for; how many they are. */
static inline size_t waits_fill(struct pollfd *polled, size_t room, const sla_wait *waits,
                                size_t count)
{
    if (count > room)
        count = room;
    for (size_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){
            .fd = waits[i].fd,
            .events = (short)((waits[i].read ? POLLIN : 0) | (waits[i].write ? POLLOUT : 0))};
    return count;
}

#endif
