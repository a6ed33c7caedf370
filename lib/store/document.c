/* document.c - see document.h. */
#include "store/document.h"

#include <string.h>

#include "store/scan.h"

enum { ROOM = 6 * SLA_ID_MAX }; /* every byte of a version could be an escape */

/* A string of at most `size` - 1 bytes; any other value says nothing. */
static void read_word(sla__scan *scan, char *word, size_t size)
{
    const char *const start = (sla__scan_next(scan), scan->at);
    char room[ROOM];
    sla_string string;

    sla__scan_skip(scan);
    if (scan->bad || *start != '"' || (size_t)(scan->at - start) > ROOM)
        return;
    string = sla__scan_string(&(sla__scan){start, scan->at, room, false});
    if (string.length >= size)
        return;
    memcpy(word, string.data, string.length);
    word[string.length] = '\0';
}

/* Policies and overlays are called by `policy`; calendars say `kind`, and `name`. */
static void read_member(sla__scan *scan, sla__document_names *names)
{
    const sla_string member = sla__scan_name(scan);
    char word[SLA_NAME_MAX + 1] = "";

    if (sla__string_is(member, "policy")) {
        read_word(scan, names->name, sizeof names->name);
        if (names->kind[0] == '\0')
            names->kind = "policy";
    } else if (sla__string_is(member, "overlay_of")) {
        sla__scan_skip(scan);
        names->kind = "overlay";
    } else if (sla__string_is(member, "kind")) {
        read_word(scan, word, sizeof word);
        if (strcmp(word, "calendar") == 0)
            names->kind = "calendar";
    } else if (sla__string_is(member, "name")) {
        read_word(scan, names->name, sizeof names->name);
    } else if (sla__string_is(member, "version")) {
        read_word(scan, names->version, sizeof names->version);
    } else {
        sla__scan_skip(scan);
    }
}

void sla__document_look(sla_string text, sla__document_names *names_out)
{
    sla__scan scan = {text.data, text.data + text.length, NULL, false};
    bool first = true;

    *names_out = (sla__document_names){.kind = ""};
    if (text.length == 0 || !sla__scan_take(&scan, '{'))
        return;
    while (sla__scan_more(&scan, '}', &first))
        read_member(&scan, names_out);
}
