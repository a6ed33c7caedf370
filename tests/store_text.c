/* store_text.c - see store_text.h. */
#include "store_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"

void store_text_init(store_text *text)
{
    memset(text, 0, sizeof *text);
    store_text_add(text, "%s", "");
}

void store_text_fini(store_text *text)
{
    free(text->text);
    memset(text, 0, sizeof *text);
}

static void make_room(store_text *text, size_t more)
{
    if (text->capacity - text->length > more)
        return;
    text->capacity = 2 * text->capacity + more + 256;
    text->text = realloc(text->text, text->capacity);
    if (text->text == NULL)
        abort();
}

void store_text_add(store_text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    for (;;) {
        const size_t room = text->capacity - text->length;

        va_start(arguments, format);
        length = vsnprintf(room > 0 ? text->text + text->length : NULL, room, format, arguments);
        va_end(arguments);
        if ((size_t)length < room)
            break;
        make_room(text, (size_t)length);
    }
    text->length += (size_t)length;
}

/* Any bytes; those that cannot stand in a line are written as \xHH. */
static void add_bytes(store_text *text, const char *name, const void *data, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *const bytes = data;
    char *at;

    store_text_add(text, " %s=", name);
    make_room(text, 4 * length);
    at = text->text + text->length;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] > ' ' && bytes[i] != '\\' && bytes[i] < 0x7f) {
            *at++ = (char)bytes[i];
        } else {
            *at++ = '\\';
            *at++ = 'x';
            *at++ = digits[bytes[i] >> 4];
            *at++ = digits[bytes[i] & 15];
        }
    *at = '\0';
    text->length = (size_t)(at - text->text);
}

static void add_string(store_text *text, const char *name, sla_string string)
{
    add_bytes(text, name, string.data, string.length);
}

static void add_word(store_text *text, const char *name, const char *word)
{
    add_bytes(text, name, word, strlen(word));
}

static void add_number(store_text *text, const char *name, int64_t number)
{
    store_text_add(text, " %s=%" PRId64, name, number);
}

static void add_attribute(store_text *text, const sla_attribute *attribute)
{
    add_string(text, "attribute", attribute->name);
    add_number(text, "type", attribute->type);
    if (attribute->type == SLA_VALUE_STRING)
        add_string(text, "string", attribute->string);
    else
        add_number(text, "number", attribute->number);
}

void store_text_fact(store_text *text, const sla_stored_fact *stored)
{
    const sla_fact *const fact = stored->fact;

    store_text_add(text, "fact");
    add_string(text, "tenant", fact->tenant);
    add_string(text, "ticket", fact->ticket);
    add_number(text, "seq", stored->seq);
    add_number(text, "recorded_at", stored->recorded_at);
    add_number(text, "rules", stored->rules);
    add_string(text, "id", fact->id);
    add_string(text, "name", fact->name);
    add_number(text, "occurred_at", fact->occurred_at);
    for (size_t i = 0; i < fact->attribute_count; i++)
        add_attribute(text, &fact->attributes[i]);
    add_string(text, "by", fact->by);
    add_string(text, "reason", fact->reason);
    add_string(text, "policy", fact->policy);
    add_string(text, "target", fact->target);
    add_number(text, "cycle", fact->cycle);
    add_string(text, "corrects", fact->corrects);
    add_string(text, "withdraws", fact->withdraws);
    add_string(text, "approver", fact->approver);
    add_string(text, "authorised_by", fact->authorised_by);
    add_number(text, "span", fact->span);
    add_number(text, "until", fact->until);
    add_number(text, "excluded", fact->excluded);
    add_number(text, "silence", fact->silence);
    store_text_add(text, "\n");
}

void store_text_ticket(store_text *text, const sla_stored_ticket *ticket)
{
    store_text_add(text, "ticket");
    add_string(text, "tenant", ticket->tenant);
    add_string(text, "ticket", ticket->ticket);
    add_number(text, "gone", ticket->gone);
    add_number(text, "number", (int64_t)ticket->number);
    add_number(text, "live", ticket->live);
    add_number(text, "next_at", ticket->next_at);
    add_bytes(text, "state", ticket->state, ticket->state_length);
    store_text_add(text, "\n");
}

void store_text_identity(store_text *text, const sla_event *event)
{
    add_string(text, "tenant", event->tenant);
    add_string(text, "ticket", event->ticket);
    add_word(text, "policy", event->policy);
    add_word(text, "target", event->target);
    add_number(text, "cycle", event->cycle);
    add_word(text, "step", event->step);
    add_number(text, "repeat", event->repeat);
    add_number(text, "revision", event->revision);
}

static void add_clock(store_text *text, const sla_event *event)
{
    add_number(text, "state", event->state);
    add_number(text, "started_at", event->started_at);
    add_number(text, "due_at", event->due_at);
    add_number(text, "old_due_at", event->old_due_at);
    add_number(text, "breached_at", event->breached_at);
    add_number(text, "ended_at", event->ended_at);
    add_number(text, "breached", event->breached);
    add_number(text, "provisional", event->provisional);
    add_number(text, "provisional_attributes", event->provisional_attributes);
    add_number(text, "governs", event->governs);
    add_number(text, "excluded", event->excluded);
    add_number(text, "adjusted_met", event->adjusted_met);
    add_number(text, "agreement", event->agreement);
    add_number(text, "rank", event->rank);
}

void store_text_event(store_text *text, const sla_stored_event *stored)
{
    const sla_event *const event = stored->event;

    store_text_add(text, "event number=%020" PRIu64, stored->number);
    add_number(text, "imported", stored->imported);
    store_text_identity(text, event);
    add_number(text, "kind", event->kind);
    add_word(text, "version", event->policy_version);
    add_number(text, "at", event->at);
    add_number(text, "told", event->told);
    add_number(text, "late", event->late);
    add_number(text, "skipped", event->skipped);
    add_number(text, "collapsed", event->collapsed);
    add_word(text, "to", event->to);
    add_number(text, "level", event->level);
    add_clock(text, event);
    add_word(text, "because", event->because);
    add_word(text, "reason", event->reason);
    add_word(text, "derived", event->derived);
    add_number(text, "fact_seq", event->fact_seq);
    add_string(text, "fact_id", event->fact_id);
    store_text_add(text, "\n");
}

void store_text_mark(store_text *text, const sla_stored_mark *mark)
{
    store_text_add(text, "mark");
    add_string(text, "consumer", mark->consumer);
    store_text_add(text, " through=%020" PRIu64 " number=%020" PRIu64 "\n", mark->through,
                   mark->number);
}

void store_text_world(store_text *text, const sla_stored_world *world)
{
    store_text_add(text, "world number=%010u", world->number);
    add_number(text, "adopted_at", world->adopted_at);
    for (size_t i = 0; i < world->count; i++) {
        add_string(text, "source", world->documents[i].source);
        add_string(text, "text", world->documents[i].text);
    }
    store_text_add(text, "\n");
}

/* --------------------------------------------------------------- as a whole */

static int compare_lines(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

void store_text_sort(store_text *text)
{
    store_text sorted;
    char **lines;
    size_t count = 0, next = 0;

    for (size_t i = 0; i < text->length; i++)
        count += text->text[i] == '\n';
    lines = calloc(count + 1, sizeof *lines);
    if (lines == NULL)
        abort();
    for (char *line = text->text; next < count; line += strlen(line) + 1) {
        lines[next++] = line;
        *strchr(line, '\n') = '\0';
    }
    qsort(lines, count, sizeof *lines, compare_lines);
    store_text_init(&sorted);
    for (size_t i = 0; i < count; i++)
        store_text_add(&sorted, "%s\n", lines[i]);
    free(lines);
    store_text_fini(text);
    *text = sorted;
}

uint64_t store_text_hash(const store_text *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < text->length; i++)
        hash = (hash ^ (unsigned char)text->text[i]) * UINT64_C(0x100000001b3);
    return hash;
}
