/* utf8.c - see utf8.h. */
#include "base/utf8.h"

size_t sla__utf8_put(unsigned code, char *out)
{
    static const unsigned char lead[] = {0x00, 0xc0, 0xe0, 0xf0};
    const int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    out[0] = (char)(lead[more] | (code >> (6 * more)));
    for (int i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3f));
    return (size_t)more + 1;
}

size_t sla__utf8_length(const char *at, const char *end)
{
    /* The least code point that needs so many bytes: shorter ways to say the
     * same are refused. */
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = (unsigned char)*at;
    const size_t length = first < 0x80   ? 1
                          : first < 0xc0 ? 0
                          : first < 0xe0 ? 2
                          : first < 0xf0 ? 3
                                         : 4;
    unsigned code;

    if (length <= 1)
        return length;
    if (first > 0xf4 || (size_t)(end - at) < length)
        return 0;
    code = first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    return length;
}
