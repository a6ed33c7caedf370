/* content.c - see content.h. */
#include "store/content.h"

#include <string.h>

#include <sla/time.h>

#include "base/alloc.h"
#include "store/attributes.h"
#include "store/cursor.h"

typedef enum sort { STRING, CYCLE, SPAN, INSTANT, FLAG } sort;

/* The members beside the attributes, in the order in which they are written. */
static const struct member {
    const char *name;
    sort sort;
    size_t offset;
} members[] = {
    {"by", STRING, offsetof(sla_fact, by)},
    {"reason", STRING, offsetof(sla_fact, reason)},
    {"policy", STRING, offsetof(sla_fact, policy)},
    {"target", STRING, offsetof(sla_fact, target)},
    {"cycle", CYCLE, offsetof(sla_fact, cycle)},
    {"corrects", STRING, offsetof(sla_fact, corrects)},
    {"withdraws", STRING, offsetof(sla_fact, withdraws)},
    {"approver", STRING, offsetof(sla_fact, approver)},
    {"authorised_by", STRING, offsetof(sla_fact, authorised_by)},
    {"for", SPAN, offsetof(sla_fact, span)},
    {"until", INSTANT, offsetof(sla_fact, until)},
    {"excluded", FLAG, offsetof(sla_fact, excluded)},
    {"silence", FLAG, offsetof(sla_fact, silence)},
};

enum { MEMBER_COUNT = sizeof members / sizeof members[0] };

/* ------------------------------------------------------------------ writing */

static void put_span(sla__json_out *out, const char *name, sla_duration span)
{
    char words[SLA_TIME_TEXT_MAX];
    sla_duration again;
    const size_t length = sla_duration_format(span, words, sizeof words);

    if (length > 0 && sla_duration_parse(words, length, &again) == SLA_OK && again == span)
        sla__out_text(out, name, words);
    else
        sla__out_integer(out, name, span);
}

static bool says_something(const struct member *member, const void *at)
{
    switch (member->sort) {
    case STRING:
        return ((const sla_string *)at)->length > 0;
    case CYCLE:
        return *(const uint32_t *)at != 0;
    case SPAN:
    case INSTANT:
        return *(const int64_t *)at != 0;
    case FLAG:
        return *(const bool *)at;
    }
    return false;
}

static void put_member(sla__json_out *out, const struct member *member, const void *at)
{
    switch (member->sort) {
    case STRING:
        sla__out_string(out, member->name, *(const sla_string *)at);
        break;
    case CYCLE:
        sla__out_integer(out, member->name, *(const uint32_t *)at);
        break;
    case SPAN:
        put_span(out, member->name, *(const sla_duration *)at);
        break;
    case INSTANT:
        sla__instant_put(out, member->name, *(const sla_time *)at);
        break;
    case FLAG:
        sla__out_word(out, member->name, "true");
        break;
    }
}

static void put_instants(sla__json_out *out, const sla_fact *fact)
{
    bool any = false;

    for (size_t i = 0; i < fact->attribute_count; i++) {
        if (fact->attributes[i].type != SLA_VALUE_INSTANT)
            continue;
        if (!any)
            sla__out_open(out, "x-instants", '[');
        any = true;
        sla__out_integer(out, NULL, (int64_t)i);
    }
    if (any)
        sla__out_close(out, ']');
}

void sla__content_put(sla__json_out *out, const sla_fact *fact)
{
    bool any = fact->attribute_count > 0;

    for (size_t i = 0; i < MEMBER_COUNT && !any; i++)
        any = says_something(&members[i], (const char *)fact + members[i].offset);
    if (!any)
        return;
    sla__out_open(out, NULL, '{');
    if (fact->attribute_count > 0) {
        sla__out_open(out, "attributes", '{');
        sla__attributes_put(out, fact->attributes, fact->attribute_count, true);
        sla__out_close(out, '}');
        put_instants(out, fact);
    }
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        const void *const at = (const char *)fact + members[i].offset;

        if (says_something(&members[i], at))
            put_member(out, &members[i], at);
    }
    sla__out_close(out, '}');
}

/* ------------------------------------------------------------------ reading */

void sla__content_room_init(sla__content_room *room, const sla_allocator *allocator)
{
    *room = (sla__content_room){.allocator = sla__allocator_or_default(allocator)};
}

void sla__content_room_fini(sla__content_room *room)
{
    sla__free(&room->allocator, room->attributes);
    sla__free(&room->allocator, room->bytes);
    sla__content_room_init(room, &room->allocator);
}

typedef struct reader {
    sla__cursor cursor;
    sla__content_room *room;
    sla_fact *fact;
    bool starved;
} reader;

static void read_attribute(reader *in, sla_attribute *attribute)
{
    sla__cursor *const cursor = &in->cursor;

    memset(attribute, 0, sizeof *attribute);
    attribute->name = sla__cursor_name(cursor);
    switch (sla__cursor_next(cursor)) {
    case '"':
        attribute->type = SLA_VALUE_STRING;
        attribute->string = sla__cursor_string(cursor);
        break;
    case 't':
    case 'f':
        attribute->type = SLA_VALUE_BOOL;
        attribute->number = sla__cursor_flag(cursor);
        break;
    case 'n':
        attribute->type = SLA_VALUE_NONE;
        sla__cursor_skip(cursor);
        break;
    default:
        attribute->type = SLA_VALUE_INT;
        attribute->number = sla__cursor_number(cursor);
    }
}

static void read_attributes(reader *in)
{
    sla__content_room *const room = in->room;
    size_t count = 0;
    bool first = true;

    in->cursor.bad = in->cursor.bad || !sla__cursor_take(&in->cursor, '{');
    while (sla__cursor_more(&in->cursor, '}', &first)) {
        if (!sla__grow(&room->allocator, (void **)&room->attributes, &room->attribute_capacity,
                       count + 1, sizeof *room->attributes)) {
            in->starved = in->cursor.bad = true;
            return;
        }
        read_attribute(in, &room->attributes[count++]);
    }
    in->fact->attributes = count > 0 ? room->attributes : NULL;
    in->fact->attribute_count = count;
}

static bool to_instant(sla_attribute *attribute)
{
    const sla_string text = attribute->string;

    if (attribute->type == SLA_VALUE_STRING &&
        sla_time_parse(text.data, text.length, &attribute->number) != SLA_OK)
        return false;
    attribute->type = SLA_VALUE_INSTANT;
    attribute->string = (sla_string){NULL, 0};
    return true;
}

static void read_instants(reader *in)
{
    bool first = true;

    in->cursor.bad = in->cursor.bad || !sla__cursor_take(&in->cursor, '[');
    while (sla__cursor_more(&in->cursor, ']', &first)) {
        const int64_t place = sla__cursor_number(&in->cursor);

        if (in->cursor.bad || place < 0 || (size_t)place >= in->fact->attribute_count ||
            !to_instant(&in->room->attributes[place]))
            in->cursor.bad = true;
    }
}

/* A text that `parse` reads, or the number itself. */
static int64_t read_time(sla__cursor *cursor, int (*parse)(const char *, size_t, int64_t *))
{
    int64_t number = 0;
    sla_string text;

    if (sla__cursor_next(cursor) != '"')
        return sla__cursor_number(cursor);
    text = sla__cursor_string(cursor);
    if (!cursor->bad && parse(text.data, text.length, &number) != SLA_OK)
        cursor->bad = true;
    return number;
}

static void read_member(reader *in, const struct member *member)
{
    sla__cursor *const cursor = &in->cursor;
    void *const at = (char *)in->fact + member->offset;
    int64_t number;

    switch (member->sort) {
    case STRING:
        *(sla_string *)at = sla__cursor_string(cursor);
        break;
    case CYCLE:
        number = sla__cursor_number(cursor);
        cursor->bad = cursor->bad || number < 0 || number > UINT32_MAX;
        *(uint32_t *)at = (uint32_t)number;
        break;
    case SPAN:
        *(sla_duration *)at = read_time(cursor, sla_duration_parse);
        break;
    case INSTANT:
        *(sla_time *)at = read_time(cursor, sla_time_parse);
        break;
    case FLAG:
        *(bool *)at = sla__cursor_flag(cursor);
        break;
    }
}

/* A member that a later release added is read past. */
static void read_any(reader *in)
{
    const sla_string name = sla__cursor_name(&in->cursor);

    if (sla__string_is(name, "attributes")) {
        read_attributes(in);
        return;
    }
    if (sla__string_is(name, "x-instants")) {
        read_instants(in);
        return;
    }
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (sla__string_is(name, members[i].name)) {
            read_member(in, &members[i]);
            return;
        }
    sla__cursor_skip(&in->cursor);
}

int sla__content_read(sla_string content, sla__content_room *room, sla_fact *fact)
{
    reader in = {.room = room, .fact = fact};
    bool first = true;

    if (content.length == 0)
        return SLA_OK;
    if (!sla__grow(&room->allocator, (void **)&room->bytes, &room->byte_capacity, content.length,
                   1))
        return SLA_ERR_NOMEM;
    in.cursor = (sla__cursor){content.data, content.data + content.length, room->bytes, false};
    if (!sla__cursor_take(&in.cursor, '{'))
        return SLA_ERR_SYNTAX;
    while (sla__cursor_more(&in.cursor, '}', &first))
        read_any(&in);
    if (in.starved)
        return SLA_ERR_NOMEM;
    return in.cursor.bad || sla__cursor_next(&in.cursor) != '\0' ? SLA_ERR_SYNTAX : SLA_OK;
}
