/* json_plain.h - the characters that stand for themselves in a JSON string, one
 * byte each: what readers and writers of strings pass by in great numbers. */
#ifndef SLA_ENGINE_JSON_PLAIN_H
#define SLA_ENGINE_JSON_PLAIN_H

#include <stdbool.h>

/* All of ASCII but control characters, the quote and the backslash. */
static inline bool sla__json_is_plain(char c)
{
    static const bool plain[256] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x00 */
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x10 */
        1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 0x22 is the quote */
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 0x30 */
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 0x40 */
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, /* 0x5c is the backslash */
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 0x60 */
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* from 0x80 on none */
    };

    return plain[(unsigned char)c];
}

#endif
