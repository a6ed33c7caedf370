/* secret.c - see secret.h. */
#include "secret.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli.h"

/* ------------------------------------------------------------ in a text */

static char *blot(char *from, const char *to)
{
    while (from < to)
        *from++ = 'x';
    return from;
}

/* In ://user:PASSWORD@host.  Who does not escape an at sign or a slash in it is no URI's
 * author, but a secret's owner: the last at sign counts. */
static void blot_user(char *text)
{
    char *user = strstr(text, "://"), *at = strrchr(text, '@'), *colon;

    if (user == NULL || at == NULL || at < user + 3)
        return;
    colon = memchr(user + 3, ':', (size_t)(at - user - 3));
    if (colon != NULL)
        blot(colon + 1, at);
}

/* In KEY=VALUE ... of libpq: a value in quotes or without, a backslash before any of it. */
static const char *end_of_value(const char *at)
{
    const char *ends = *at == '\'' ? "'" : " \t\n\r\f\v";

    at += *at == '\'';
    while (*at != '\0' && strchr(ends, *at) == NULL)
        at += *at == '\\' && at[1] != '\0' ? 2 : 1;
    return *at == '\'' ? at + 1 : at;
}

static bool is_of_a_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '%';
}

/* A key that is escaped itself may be any. */
static bool is_secret(const char *key, size_t length)
{
    static const char *const ends[] = {"password", "secret", "client_key", "server_key"};

    if (memchr(key, '%', length) != NULL)
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (length >= strlen(ends[i]) &&
            strncasecmp(key + length - strlen(ends[i]), ends[i], strlen(ends[i])) == 0)
            return true;
    return false;
}

/* The value behind the equals sign at `at`, if its key wants it. */
static char *blot_value(const char *text, char *at)
{
    const char *key = at, *end;
    bool in_query;

    while (key > text && strchr(" \t\n\r\f\v", key[-1]) != NULL)
        key--;
    end = key;
    while (key > text && is_of_a_key(key[-1]))
        key--;
    in_query = key > text && (key[-1] == '?' || key[-1] == '&');
    at++;
    if (!is_secret(key, (size_t)(end - key)))
        return at;
    if (in_query)
        return blot(at, at + strcspn(at, "&"));
    at += strspn(at, " \t\n\r\f\v");
    return blot(at, end_of_value(at));
}

void secret_blot(char *text)
{
    char *at = text;

    blot_user(text);
    while ((at = strchr(at, '=')) != NULL)
        at = blot_value(text, at);
}

/* ------------------------------------------------------------ on the command line */

typedef struct said {
    const char *word; /* where it lies */
    char *text;       /* what it was */
} said;

static said *all;
static size_t count, capacity;

void secret_hide(int words_count, char **words)
{
    for (int i = 0; i < words_count; i++) {
        char *text = need_copy(words[i], strlen(words[i]));

        secret_blot(words[i]);
        if (strcmp(text, words[i]) == 0) {
            free(text);
            continue;
        }
        all = need_room(all, &capacity, count + 1, sizeof *all);
        all[count++] = (said){words[i], text};
    }
}

char *secret_of(char *word)
{
    for (size_t i = 0; i < count; i++)
        if (word >= all[i].word && word <= all[i].word + strlen(all[i].word))
            return all[i].text + (word - all[i].word);
    return word;
}
