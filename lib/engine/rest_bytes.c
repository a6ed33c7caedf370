/* rest_bytes.c - see rest_bytes.h. */
#include "engine/rest_bytes.h"

#include <stdbool.h>

/*
 * The first byte of an instant: the place of one that is remembered, SLA_NEVER, or that
 * a distance follows.  That is as many bytes as it takes, the lowest first, of
 * seconds or microseconds, with its sign in the lowest bit.
 *
 * Distances are as good as random, so a branch that asks for their length is dear: where
 * there is room, eight bytes are moved at once, whatever lies in those beyond it.
 */
enum { NEVER = SLA__REST_INSTANTS, SECONDS, MICROSECONDS = SECONDS + 8 };

enum { WORD = 8 };

static uint64_t fold_sign(int64_t number)
{
    return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

static int64_t unfold_sign(uint64_t number)
{
    return (int64_t)(number >> 1 ^ (UINT64_C(0) - (number & 1)));
}

/* Bytes that a number takes, less one. */
static unsigned width_of(uint64_t number)
{
#ifdef __GNUC__
    return (63 - (unsigned)__builtin_clzll(number | 1)) / 8;
#else
    unsigned width = 0;

    while ((number >>= 8) != 0)
        width++;
    return width;
#endif
}

/* Written out, this is one move. */
static void put_word(unsigned char *to, uint64_t word)
{
    to[0] = (unsigned char)word;
    to[1] = (unsigned char)(word >> 8);
    to[2] = (unsigned char)(word >> 16);
    to[3] = (unsigned char)(word >> 24);
    to[4] = (unsigned char)(word >> 32);
    to[5] = (unsigned char)(word >> 40);
    to[6] = (unsigned char)(word >> 48);
    to[7] = (unsigned char)(word >> 56);
}

/* And so is this. */
static uint64_t word_at(const unsigned char *from)
{
    return (uint64_t)from[0] | (uint64_t)from[1] << 8 | (uint64_t)from[2] << 16 |
           (uint64_t)from[3] << 24 | (uint64_t)from[4] << 32 | (uint64_t)from[5] << 40 |
           (uint64_t)from[6] << 48 | (uint64_t)from[7] << 56;
}

static unsigned char *put_distance(unsigned char *to, int64_t distance)
{
    const int64_t seconds = distance / SLA_SECOND;
    const bool whole = seconds * SLA_SECOND == distance;
    const uint64_t number = fold_sign(whole ? seconds : distance);
    const unsigned width = width_of(number);

    put_word(to, number << 8 | ((whole ? SECONDS : MICROSECONDS) + width));
    to[WORD] = (unsigned char)(number >> 56);
    return to + 2 + width;
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

/* So near the end there is no word. */
static uint64_t take_last(const unsigned char *from, unsigned width)
{
    uint64_t number = 0;

    for (unsigned i = 0; i <= width; i++)
        number |= (uint64_t)from[i] << 8 * i;
    return number;
}

sla_time sla__rest_take_new(const unsigned char **from, sla__rest_instants *instants,
                            unsigned first)
{
    const unsigned width = (first - SECONDS) % 8;
    const unsigned char *const at = *from;
    int64_t distance;
    sla_time time;

    if (first == NEVER)
        return SLA_NEVER;
    distance = unfold_sign(instants->end - at >= WORD ? word_at(at) & UINT64_MAX >> (56 - 8 * width)
                                                      : take_last(at, width));
    *from = at + width + 1;
    time = instants->last + distance * (first < MICROSECONDS ? SLA_SECOND : 1);
    sla__rest_remember(instants, sla__rest_place(time), time);
    return time;
}
