/* uri.c - see uri.h. */
#include "uri.h"

#include <stddef.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define HEX DIGITS "ABCDEFabcdef"

/* What may stand in every part; slash, question mark and number sign divide the
 * parts, brackets belong to the host. */
static const char part[] = LETTERS DIGITS "-._~!$&'()*+,;=:@%/?#[]";

static bool escapes_are_whole(const char *text)
{
    for (const char *at = text; (at = strchr(at, '%')) != NULL; at += 3)
        if (strspn(at + 1, HEX) < 2)
            return false;
    return true;
}

/* A colon before any slash ends a scheme. */
static bool scheme_is_one(const char *text)
{
    const size_t length = strcspn(text, ":/?#");

    return text[length] != ':' || (length > 0 && strchr(LETTERS, text[0]) != NULL &&
                                   strspn(text, LETTERS DIGITS "+-.") == length);
}

/* Where user, host and port begin; NULL when the text has none. */
static const char *authority_of(const char *text)
{
    const size_t length = strcspn(text, ":/?#");
    const char *at = text[length] == ':' ? text + length + 1 : text;

    return strncmp(at, "//", 2) == 0 ? at + 2 : NULL;
}

/* Brackets hold an address of IPv6 and stand nowhere else. */
static bool brackets_are_of_a_host(const char *text)
{
    const char *authority = authority_of(text);
    const char *open = strchr(text, '['), *close = strchr(text, ']');

    if (open == NULL && close == NULL)
        return true;
    if (authority == NULL || open == NULL || close == NULL ||
        open > authority + strcspn(authority, "/?#") || (open != authority && open[-1] != '@'))
        return false;
    return close > open + 1 && open + 1 + strspn(open + 1, HEX ":.") == close &&
           strpbrk(close + 1, "[]") == NULL &&
           (close[1] == '\0' || strchr(":/?#", close[1]) != NULL);
}

bool is_uri_reference(const char *text)
{
    const char *fragment = strchr(text, '#');

    return text[0] != '\0' && strspn(text, part) == strlen(text) && escapes_are_whole(text) &&
           scheme_is_one(text) && brackets_are_of_a_host(text) &&
           (fragment == NULL || strchr(fragment + 1, '#') == NULL);
}
