/* rest_bytes.c - see rest_bytes.h. */
#include "engine/rest_bytes.h"

#include <stdbool.h>

/*
 * The first byte of an instant: the place of one that is remembered, SLA_NEVER, or that
 * a distance follows.  That is as many bytes as it takes, the lowest first, of
 * seconds or microseconds, with its sign in the lowest bit.
 */
enum { NEVER = SLA__REST_INSTANTS, SECONDS, MICROSECONDS = SECONDS + 8 };

static uint64_t fold_sign(int64_t number)
{
    return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

static int64_t unfold_sign(uint64_t number)
{
    return (int64_t)(number >> 1 ^ (UINT64_C(0) - (number & 1)));
}

static unsigned char *put_distance(unsigned char *to, int64_t distance)
{
    const int64_t seconds = distance / SLA_SECOND;
    const bool whole = seconds * SLA_SECOND == distance;
    uint64_t number = fold_sign(whole ? seconds : distance);
    unsigned char *const first = to++;

    for (*to++ = (unsigned char)number; (number >>= 8) != 0;)
        *to++ = (unsigned char)number;
    *first = (unsigned char)((whole ? SECONDS : MICROSECONDS) + (to - first - 2));
    return to;
}

unsigned char *sla__rest_put_new(unsigned char *to, sla__rest_instants *instants, unsigned place,
                                 sla_time at)
{
    if (at == SLA_NEVER) {
        *to++ = NEVER;
        return to;
    }
    to = put_distance(to, at - instants->last);
    sla__rest_remember(instants, place, at);
    return to;
}

uint64_t sla__rest_take_long(const unsigned char **from)
{
    const unsigned char *at = *from;
    uint64_t number = *at & 0x7F;

    for (unsigned shift = 7; *at++ >= 0x80; shift += 7)
        number |= (uint64_t)(*at & 0x7F) << shift;
    *from = at;
    return number;
}

sla_time sla__rest_take_new(const unsigned char **from, sla__rest_instants *instants,
                            unsigned first)
{
    const unsigned char *more = *from;
    uint64_t number;
    int64_t distance;
    sla_time at;

    if (first == NEVER)
        return SLA_NEVER;
    number = *more++;
    for (unsigned left = (first - SECONDS) % 8, shift = 8; left > 0; left--, shift += 8)
        number |= (uint64_t)*more++ << shift;
    *from = more;
    distance = unfold_sign(number);
    at = instants->last + (first < MICROSECONDS ? distance * SLA_SECOND : distance);
    sla__rest_remember(instants, sla__rest_place(at), at);
    return at;
}
