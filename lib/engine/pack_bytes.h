/*
 * pack_bytes.h - numbers, instants and texts as bytes, for packed tickets.
 *
 * Numbers are little endian in groups of seven bits, the last one without its top
 * bit.  An instant is written as its distance to the one written before, in whole
 * seconds where it is one.  Names that come again are written once.
 */
#ifndef SLA_ENGINE_PACK_BYTES_H
#define SLA_ENGINE_PACK_BYTES_H

#include <stdbool.h>

#include <sla/base.h>
#include <sla/engine.h>

/* As many different names are remembered; of more each is written out. */
enum { SLA__PACK_NAMES = 8 };

/* Writes what fits and counts all. */
typedef struct sla__packer {
    unsigned char *bytes;
    size_t capacity, used;
    sla_time last;
    const char *names[SLA__PACK_NAMES];
    size_t name_count;
} sla__packer;

void sla__pack_long(sla__packer *out, uint64_t number);

/* Most numbers are small. */
static inline void sla__pack_number(sla__packer *out, uint64_t number)
{
    if (number < 0x80 && out->used < out->capacity)
        out->bytes[out->used++] = (unsigned char)number;
    else
        sla__pack_long(out, number);
}

void sla__pack_signed(sla__packer *out, int64_t number);
void sla__pack_time(sla__packer *out, sla_time at); /* or SLA_NEVER */
void sla__pack_text(sla__packer *out, const char *text, size_t length);
void sla__pack_name(sla__packer *out, const char *name);

/* Reads what anybody may have written.  After the first thing that cannot be,
 * `bad` stands and all that is read is 0. */
typedef struct sla__unpacker {
    const unsigned char *bytes;
    size_t length, at;
    bool bad;
    sla_time last;
    sla_string names[SLA__PACK_NAMES];
    size_t name_count;
} sla__unpacker;

uint64_t sla__unpack_long(sla__unpacker *in);
uint64_t sla__unpack_refuse(sla__unpacker *in);

static inline uint64_t sla__unpack_number(sla__unpacker *in)
{
    if (in->at < in->length && in->bytes[in->at] < 0x80)
        return in->bytes[in->at++];
    return sla__unpack_long(in);
}

int64_t sla__unpack_signed(sla__unpacker *in);

/* A number smaller than `limit`. */
static inline uint64_t sla__unpack_below(sla__unpacker *in, uint64_t limit)
{
    const uint64_t number = sla__unpack_number(in);

    return number < limit ? number : sla__unpack_refuse(in);
}

/* A count of things that take at least so many bytes each: there cannot be more
 * of them than bytes. */
size_t sla__unpack_count(sla__unpacker *in, size_t least);

/* An instant of the years of sla_time, or SLA_NEVER; only an instant. */
sla_time sla__unpack_time(sla__unpacker *in);
sla_time sla__unpack_instant(sla__unpacker *in);

sla_string sla__unpack_text(sla__unpacker *in);
sla_string sla__unpack_name(sla__unpacker *in);

#endif
