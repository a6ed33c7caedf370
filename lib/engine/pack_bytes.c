/* pack_bytes.c - see pack_bytes.h. */
#include "engine/pack_bytes.h"

#include <string.h>

/* How an instant is written: SLA_NEVER, all of it, or as a distance whose lowest
 * bit says that it counts seconds. */
enum { TIME_NEVER, TIME_WHOLE, TIME_DISTANCE };

/* Beyond it an instant is written whole, so that no distance overflows. */
#define DISTANCE_MAX (INT64_C(1) << 60)

/* The sign goes to the lowest bit: small numbers are short, whatever their sign. */
static uint64_t fold_sign(int64_t number)
{
    return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

static int64_t unfold_sign(uint64_t number)
{
    const uint64_t half = number >> 1;

    return number & 1 ? -(int64_t)half - 1 : (int64_t)half;
}

/* ------------------------------------------------------------------ writing */

static void put(sla__packer *out, const void *bytes, size_t length)
{
    if (out->used <= out->capacity && length <= out->capacity - out->used && length > 0)
        memcpy(out->bytes + out->used, bytes, length);
    out->used += length;
}

static void put_byte(sla__packer *out, uint64_t byte)
{
    if (out->used < out->capacity)
        out->bytes[out->used] = (unsigned char)byte;
    out->used++;
}

void sla__pack_long(sla__packer *out, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        put_byte(out, number | 0x80);
    put_byte(out, number);
}

void sla__pack_signed(sla__packer *out, int64_t number)
{
    sla__pack_number(out, fold_sign(number));
}

static bool is_near(sla_time one, sla_time other)
{
    return one > -DISTANCE_MAX && one < DISTANCE_MAX && other > -DISTANCE_MAX &&
           other < DISTANCE_MAX;
}

/* The lowest bit says that it counts seconds. */
static uint64_t code_of(int64_t distance)
{
    return distance % SLA_SECOND == 0 ? fold_sign(distance / SLA_SECOND) << 1 | 1
                                      : fold_sign(distance) << 1;
}

void sla__pack_time(sla__packer *out, sla_time at)
{
    if (at == SLA_NEVER) {
        sla__pack_number(out, TIME_NEVER);
        return;
    }
    if (!is_near(at, out->last)) {
        sla__pack_number(out, TIME_WHOLE);
        sla__pack_signed(out, at);
    } else {
        sla__pack_number(out, TIME_DISTANCE + code_of(at - out->last));
    }
    out->last = at;
}

void sla__pack_text(sla__packer *out, const char *text, size_t length)
{
    sla__pack_number(out, length);
    put(out, text, length);
}

void sla__pack_name(sla__packer *out, const char *name)
{
    size_t place = 0;

    while (place < out->name_count && strcmp(out->names[place], name) != 0)
        place++;
    if (place < out->name_count) {
        sla__pack_number(out, place + 1);
        return;
    }
    sla__pack_number(out, 0);
    sla__pack_text(out, name, strlen(name));
    if (out->name_count < SLA__PACK_NAMES)
        out->names[out->name_count++] = name;
}

/* ------------------------------------------------------------------ reading */

uint64_t sla__unpack_refuse(sla__unpacker *in)
{
    in->bad = true;
    in->at = in->length;
    return 0;
}

uint64_t sla__unpack_long(sla__unpacker *in)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned char byte;

        if (in->at == in->length)
            return sla__unpack_refuse(in);
        byte = in->bytes[in->at++];
        if (shift == 63 && byte > 1)
            return sla__unpack_refuse(in);
        number |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return number;
    }
    return sla__unpack_refuse(in);
}

int64_t sla__unpack_signed(sla__unpacker *in)
{
    return unfold_sign(sla__unpack_number(in));
}

size_t sla__unpack_count(sla__unpacker *in, size_t least)
{
    const uint64_t count = sla__unpack_number(in);

    return count <= (in->length - in->at) / least ? (size_t)count : (size_t)sla__unpack_refuse(in);
}

/* A distance cannot lead further than the years of sla_time are wide. */
static sla_time at_distance(sla__unpacker *in, uint64_t code)
{
    const int64_t unit = code & 1 ? SLA_SECOND : 1;
    const int64_t distance = unfold_sign(code >> 1);
    const int64_t most = (SLA_TIME_MAX - SLA_TIME_MIN) / unit;

    if (distance < -most || distance > most)
        return (sla_time)sla__unpack_refuse(in);
    return in->last + distance * unit;
}

sla_time sla__unpack_time(sla__unpacker *in)
{
    const uint64_t code = sla__unpack_number(in);
    sla_time at;

    if (code == TIME_NEVER && !in->bad)
        return SLA_NEVER;
    at = code == TIME_WHOLE ? sla__unpack_signed(in) : at_distance(in, code - TIME_DISTANCE);
    if (in->bad || at < SLA_TIME_MIN || at > SLA_TIME_MAX)
        return (sla_time)sla__unpack_refuse(in);
    return in->last = at;
}

sla_time sla__unpack_instant(sla__unpacker *in)
{
    const sla_time at = sla__unpack_time(in);

    return at != SLA_NEVER ? at : (sla_time)sla__unpack_refuse(in);
}

sla_string sla__unpack_text(sla__unpacker *in)
{
    const size_t length = sla__unpack_count(in, 1);
    const sla_string text = {(const char *)in->bytes + in->at, length};

    in->at += length;
    return text;
}

sla_string sla__unpack_name(sla__unpacker *in)
{
    const uint64_t place = sla__unpack_below(in, in->name_count + 1);
    sla_string name;

    if (place > 0)
        return in->names[place - 1];
    name = sla__unpack_text(in);
    if (!in->bad && in->name_count < SLA__PACK_NAMES)
        in->names[in->name_count++] = name;
    return name;
}
