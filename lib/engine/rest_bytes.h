/*
 * rest_bytes.h - numbers and instants of a ticket at rest.
 *
 * Only the engine that wrote them reads them: writing is into room for the most that
 * there can be, and reading believes what it finds.  Numbers are as in pack_bytes.h, for
 * most are small.  Of the instants of a ticket many are the same: what was written before
 * is one byte, another one a byte and as many as its distance to the last new one takes.
 */
#ifndef SLA_ENGINE_REST_BYTES_H
#define SLA_ENGINE_REST_BYTES_H

#include <sla/base.h>
#include <sla/time.h>

/* There is a place for so many instants; a power of two. */
enum { SLA__REST_INSTANTS = 64 };

/* What a number and an instant take at most. */
enum { SLA__REST_NUMBER_MOST = 10 };

/* Each instant has one place, and gives way to the next one of the same place. */
typedef struct sla__rest_instants {
    sla_time them[SLA__REST_INSTANTS];
    uint64_t taken;           /* places, as bits */
    sla_time last;            /* the one that was remembered last */
    const unsigned char *end; /* of what is read */
} sla__rest_instants;

/* None is remembered yet.  `end` is that of what is to be read. */
static inline void sla__rest_instants_init(sla__rest_instants *instants, const unsigned char *end)
{
    instants->taken = 0;
    instants->last = 0;
    instants->end = end;
}

static inline unsigned sla__rest_place(sla_time at)
{
    return (unsigned)((uint64_t)at * UINT64_C(0x9E3779B97F4A7C15) >> 58);
}

static inline void sla__rest_remember(sla__rest_instants *instants, unsigned place, sla_time at)
{
    instants->them[place] = at;
    instants->taken |= UINT64_C(1) << place;
    instants->last = at;
}

/* ------------------------------------------------------------------ writing */

/* All of these return the place behind what they wrote. */
static inline unsigned char *sla__rest_put(unsigned char *to, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *to++ = (unsigned char)(number | 0x80);
    *to++ = (unsigned char)number;
    return to;
}

/* The sign goes to the lowest bit. */
static inline unsigned char *sla__rest_put_signed(unsigned char *to, int64_t number)
{
    return sla__rest_put(to, (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

/* SLA_NEVER, or an instant that is not remembered, whose place it is. */
unsigned char *sla__rest_put_new(unsigned char *to, sla__rest_instants *instants, unsigned place,
                                 sla_time at);

/* Or SLA_NEVER. */
static inline unsigned char *sla__rest_put_time(unsigned char *to, sla__rest_instants *instants,
                                                sla_time at)
{
    const unsigned place = sla__rest_place(at);

    if (!(instants->taken >> place & 1) || instants->them[place] != at)
        return sla__rest_put_new(to, instants, place, at);
    *to++ = (unsigned char)place;
    return to;
}

/* ------------------------------------------------------------------ reading */

/* The rest of a number that does not fit into one byte. */
uint64_t sla__rest_take_long(const unsigned char **from);

static inline uint64_t sla__rest_take(const unsigned char **from)
{
    return **from < 0x80 ? *(*from)++ : sla__rest_take_long(from);
}

static inline int64_t sla__rest_take_signed(const unsigned char **from)
{
    const uint64_t number = sla__rest_take(from);

    return (int64_t)(number >> 1 ^ (UINT64_C(0) - (number & 1)));
}

/* What is not remembered; its first byte has been read. */
sla_time sla__rest_take_new(const unsigned char **from, sla__rest_instants *instants,
                            unsigned first);

static inline sla_time sla__rest_take_time(const unsigned char **from, sla__rest_instants *instants)
{
    const unsigned first = *(*from)++;

    return first < SLA__REST_INSTANTS ? instants->them[first]
                                      : sla__rest_take_new(from, instants, first);
}

#endif
