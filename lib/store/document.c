/* document.c - see document.h. */
#include "store/document.h"

#include <string.h>

#include "store/cursor.h"

enum { ROOM = 6 * SLA_ID_MAX }; /* every byte of a version could be an escape */

/* A string of at most `size` - 1 bytes; any other value says nothing. */
static void read_word(sla__cursor *cursor, char *word, size_t size)
{
    const char *const start = (sla__cursor_next(cursor), cursor->at);
    char room[ROOM];
    sla_string string;

    sla__cursor_skip(cursor);
    if (cursor->bad || *start != '"' || (size_t)(cursor->at - start) > ROOM)
        return;
    string = sla__cursor_string(&(sla__cursor){start, cursor->at, room, false});
    if (string.length >= size)
        return;
    memcpy(word, string.data, string.length);
    word[string.length] = '\0';
}

/* Policies and overlays are called by `policy`; calendars say `kind`, and `name`. */
static void read_member(sla__cursor *cursor, sla__document_names *names)
{
    const sla_string member = sla__cursor_name(cursor);
    char word[SLA_NAME_MAX + 1] = "";

    if (sla__string_is(member, "policy")) {
        read_word(cursor, names->name, sizeof names->name);
        if (names->kind[0] == '\0')
            names->kind = "policy";
    } else if (sla__string_is(member, "overlay_of")) {
        sla__cursor_skip(cursor);
        names->kind = "overlay";
    } else if (sla__string_is(member, "kind")) {
        read_word(cursor, word, sizeof word);
        if (strcmp(word, "calendar") == 0)
            names->kind = "calendar";
    } else if (sla__string_is(member, "name")) {
        read_word(cursor, names->name, sizeof names->name);
    } else if (sla__string_is(member, "version")) {
        read_word(cursor, names->version, sizeof names->version);
    } else {
        sla__cursor_skip(cursor);
    }
}

void sla__document_look(sla_string text, sla__document_names *names_out)
{
    sla__cursor cursor = {text.data, text.data, NULL, false};
    bool first = true;

    *names_out = (sla__document_names){.kind = ""};
    if (text.length == 0)
        return;
    cursor.end += text.length;
    if (!sla__cursor_take(&cursor, '{'))
        return;
    while (sla__cursor_more(&cursor, '}', &first))
        read_member(&cursor, names_out);
}
