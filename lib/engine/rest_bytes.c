/* rest_bytes.c - see rest_bytes.h. */
#include "engine/rest_bytes.h"

/* An instant is SLA_NEVER, one that is remembered, or its distance to the last one of
 * these, whose lowest bit says that it counts seconds. */
enum { NEVER = 0, REMEMBERED = 1, DISTANCE = REMEMBERED + SLA__REST_INSTANTS };

static uint64_t fold_sign(int64_t number)
{
    return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

static uint64_t code_of(int64_t distance)
{
    const int64_t seconds = distance / SLA_SECOND;

    return seconds * SLA_SECOND == distance ? fold_sign(seconds) << 1 | 1
                                            : fold_sign(distance) << 1;
}

unsigned char *sla__rest_put_time(unsigned char *to, sla__rest_instants *instants, sla_time at)
{
    const unsigned place = sla__rest_place(at);
    uint64_t code;

    if (at == SLA_NEVER) {
        *to++ = NEVER;
        return to;
    }
    if ((instants->taken >> place & 1) && instants->them[place] == at) {
        *to++ = (unsigned char)(REMEMBERED + place);
        return to;
    }
    code = code_of(at - instants->last);
    sla__rest_remember(instants, place, at);
    return sla__rest_put(to, DISTANCE + code);
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

sla_time sla__rest_take_time(const unsigned char **from, sla__rest_instants *instants)
{
    uint64_t code = sla__rest_take(from);
    int64_t distance;
    sla_time at;

    if (code == NEVER)
        return SLA_NEVER;
    if (code < DISTANCE)
        return instants->them[code - REMEMBERED];
    code -= DISTANCE;
    distance = (int64_t)(code >> 2 ^ (UINT64_C(0) - (code >> 1 & 1)));
    at = instants->last + (code & 1 ? distance * SLA_SECOND : distance);
    sla__rest_remember(instants, sla__rest_place(at), at);
    return at;
}
