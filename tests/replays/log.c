/*
 * log.c - runs the converter and reads its lines.
 */
#include "log.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../support/check.h"
#include <sla/time.h>

enum { CHUNK_SIZE = 1 << 20 };

struct log_chunk {
    log_chunk *next;
    size_t used;
    _Alignas(max_align_t) char bytes[CHUNK_SIZE];
};

static void *keep(event_log *log, size_t size)
{
    log_chunk *chunk = log->chunks;
    void *place;

    size = (size + 15) / 16 * 16;
    if (chunk == NULL || chunk->used + size > CHUNK_SIZE) {
        chunk = malloc(sizeof *chunk);
        CHECK_TRUE("memory for a chunk", chunk != NULL);
        chunk->next = log->chunks;
        chunk->used = 0;
        log->chunks = chunk;
    }
    place = chunk->bytes + chunk->used;
    chunk->used += size;
    return place;
}

static sla_string keep_text(event_log *log, const char *text)
{
    const size_t length = strlen(text);
    char *copy = keep(log, length + 1);

    memcpy(copy, text, length + 1);
    return (sla_string){copy, length};
}

static sla_string text_of(event_log *log, const json_t *line, const char *member)
{
    const char *text = json_string_value(json_object_get(line, member));

    CHECK_TRUE(member, text != NULL);
    return keep_text(log, text);
}

static sla_time time_of(const json_t *line, const char *member)
{
    const char *text = json_string_value(json_object_get(line, member));
    sla_time at = SLA_NEVER;

    CHECK_TRUE(member, text != NULL);
    CHECK_OK(sla_time_parse(text, strlen(text), &at));
    return at;
}

static void set_value(event_log *log, sla_attribute *attribute, const json_t *value)
{
    if (json_is_string(value)) {
        attribute->type = SLA_VALUE_STRING;
        attribute->string = keep_text(log, json_string_value(value));
    } else if (json_is_integer(value)) {
        attribute->type = SLA_VALUE_INT;
        attribute->number = json_integer_value(value);
    } else {
        CHECK_TRUE("string, number or truth", json_is_boolean(value));
        attribute->type = SLA_VALUE_BOOL;
        attribute->number = json_is_true(value);
    }
}

static void set_attributes(event_log *log, sla_fact *fact, json_t *object)
{
    const size_t count = json_object_size(object);
    sla_attribute *attributes;
    const char *name;
    json_t *value;

    if (count == 0)
        return;
    attributes = keep(log, count * sizeof *attributes);
    memset(attributes, 0, count * sizeof *attributes);
    fact->attributes = attributes;
    json_object_foreach(object, name, value)
    {
        sla_attribute *attribute = &attributes[fact->attribute_count++];

        attribute->name = keep_text(log, name);
        set_value(log, attribute, value);
    }
}

static log_fact *add(event_log *log)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity == 0 ? 4096 : 2 * log->capacity;
        log->facts = realloc(log->facts, log->capacity * sizeof *log->facts);
        CHECK_TRUE("memory for facts", log->facts != NULL);
    }
    memset(&log->facts[log->count], 0, sizeof *log->facts);
    return &log->facts[log->count++];
}

static void read_line(event_log *log, const char *text, json_t *tickets)
{
    json_t *line = json_loads(text, 0, NULL);
    log_fact *read = add(log);
    const json_t *known;

    CHECK_TRUE("a line of JSON", line != NULL);
    read->fact.ticket = text_of(log, line, "ticket");
    read->fact.id = text_of(log, line, "id");
    read->fact.name = text_of(log, line, "fact");
    read->fact.occurred_at = time_of(line, "occurred_at");
    read->recorded_at = time_of(line, "recorded_at");
    set_attributes(log, &read->fact, json_object_get(line, "attributes"));
    known = json_object_get(tickets, read->fact.ticket.data);
    if (known == NULL) {
        json_object_set_new(tickets, read->fact.ticket.data,
                            json_integer((json_int_t)log->tickets));
        read->ticket = log->tickets++;
    } else {
        read->ticket = (size_t)json_integer_value(known);
    }
    json_decref(line);
}

void log_read(event_log *log, const char *kind, const char *file, FILE *lines)
{
    json_t *tickets;
    char command[4096], *text = NULL;
    size_t size = 0;
    FILE *pipe;

    memset(log, 0, sizeof *log);
    snprintf(command, sizeof command, "'%s' '%s' %s '%s'", SLA_PYTHON,
             check_source_path("tests/replays/facts.py"), kind, check_shared_data(file));
    pipe = popen(command, "r");
    CHECK_TRUE(command, pipe != NULL);
    tickets = json_object();
    while (getline(&text, &size, pipe) > 0) {
        read_line(log, text, tickets);
        if (lines != NULL)
            fputs(text, lines);
    }
    CHECK_EQ(command, 0, pclose(pipe));
    json_decref(tickets);
    free(text);
}

void log_free(event_log *log)
{
    while (log->chunks != NULL) {
        log_chunk *next = log->chunks->next;

        free(log->chunks);
        log->chunks = next;
    }
    free(log->facts);
}
