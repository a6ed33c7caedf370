/*
 * log.c - runs the converter and reads its lines.
 */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../support/check.h"
#include <sla/json.h>

static void *grown(void *array, size_t *capacity, size_t count, size_t size)
{
    if (count <= *capacity)
        return array;
    *capacity = count < 4096 ? 4096 : 2 * count;
    array = realloc(array, *capacity * size);
    CHECK_TRUE("memory", array != NULL);
    return array;
}

static char *output_of(const char *command)
{
    FILE *pipe = popen(command, "r");
    size_t length = 0, capacity = 0, got;
    char *text = NULL;

    CHECK_TRUE(command, pipe != NULL);
    do {
        text = grown(text, &capacity, length + 65536 + 1, 1);
        got = fread(text + length, 1, 65536, pipe);
        length += got;
    } while (got > 0);
    CHECK_EQ(command, 0, pclose(pipe));
    text[length] = '\0';
    return text;
}

/* Tickets by name; the number is given at the first sight. */
static size_t number_of(event_log *log, json_t *tickets, sla_string name)
{
    char key[SLA_ID_MAX + 1] = "";
    const json_t *known;

    memcpy(key, name.data, name.length);
    known = json_object_get(tickets, key);
    if (known != NULL)
        return (size_t)json_integer_value(known);
    json_object_set_new(tickets, key, json_integer((json_int_t)log->tickets));
    return log->tickets++;
}

/* Attributes go where they stay; how many there are is known when all are read. */
static void read_lines(event_log *log)
{
    static sla_fact_buffer buffer;
    json_t *tickets = json_object();
    size_t capacity = 0, attribute_capacity = 0, attributes = 0;

    for (const char *line = log->text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        log_fact *read;
        sla_error error;

        log->facts = grown(log->facts, &capacity, log->count + 1, sizeof *log->facts);
        read = &log->facts[log->count++];
        CHECK_OK_OR_SAY(sla_fact_parse(line, strcspn(line, "\n"), &buffer, &read->fact,
                                       &read->recorded_at, &error),
                        &error);
        read->ticket = number_of(log, tickets, read->fact.ticket);
        log->attributes = grown(log->attributes, &attribute_capacity,
                                attributes + read->fact.attribute_count, sizeof *log->attributes);
        if (read->fact.attribute_count > 0)
            memcpy(&log->attributes[attributes], read->fact.attributes,
                   read->fact.attribute_count * sizeof *log->attributes);
        attributes += read->fact.attribute_count;
    }
    json_decref(tickets);
}

void log_read(event_log *log, const char *kind, const char *file)
{
    char command[4096], data[1024];
    size_t attributes = 0;

    memset(log, 0, sizeof *log);
    snprintf(data, sizeof data, "%s", check_shared_data(file));
    snprintf(command, sizeof command, "'%s' '%s' %s '%s'", SLA_PYTHON,
             check_source_path("tests/replays/facts.py"), kind, data);
    log->text = output_of(command);
    read_lines(log);
    for (size_t i = 0; i < log->count; i++) {
        log->facts[i].fact.attributes = &log->attributes[attributes];
        attributes += log->facts[i].fact.attribute_count;
    }
}

void log_free(event_log *log)
{
    free(log->text);
    free(log->facts);
    free(log->attributes);
}
