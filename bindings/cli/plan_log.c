/* plan_log.c - see plan_log.h. */
#include "plan_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/json.h>

#include "cli.h"
#include "facts.h"
#include "output.h"

static const sla_attribute *find(const sla_fact *fact, const char *name, size_t length)
{
    for (size_t i = 0; i < fact->attribute_count; i++) {
        const sla_attribute *attribute = &fact->attributes[i];

        if (attribute->name.length == length && memcmp(attribute->name.data, name, length) == 0)
            return attribute;
    }
    return NULL;
}

static void put_value(FILE *out, const sla_attribute *attribute)
{
    if (attribute->type == SLA_VALUE_INT)
        fprintf(out, "%lld", (long long)attribute->number);
    else if (attribute->type == SLA_VALUE_BOOL)
        fputs(attribute->number != 0 ? "true" : "false", out);
    else
        put_json_string(out, attribute->string.data, attribute->string.length);
}

/* "kind":"fault","grade":1 - those of the list that the fact sets. */
static char *kind_of(plan_log *log, const sla_fact *fact, const char *by)
{
    uint64_t bit = 1;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const char *comma = "";

    if (out == NULL)
        give_up("out of memory");
    for (const char *name = by; *name != '\0';) {
        const size_t length = strcspn(name, ",");
        const sla_attribute *attribute = find(fact, name, length);

        log->found |= attribute != NULL ? bit : 0;
        bit <<= 1;
        if (attribute != NULL && attribute->type != SLA_VALUE_NONE) {
            fprintf(out, "%s\"%.*s\": ", comma, (int)length, name);
            put_value(out, attribute);
            comma = ", ";
        }
        name += length + (name[length] == ',');
    }
    if (fclose(out) != 0)
        give_up("out of memory");
    return text;
}

static void add(plan_log *log, const sla_fact *fact, const char *by)
{
    const sla_string tenant = fact->tenant, ticket = fact->ticket;
    plan_log_fact *row;

    log->facts = need_room(log->facts, &log->capacity, log->count + 1, sizeof *log->facts);
    row = &log->facts[log->count];
    *row = (plan_log_fact){.ticket = need_memory(tenant.length + ticket.length + 2, 1),
                           .name = need_copy(fact->name.data, fact->name.length),
                           .length = tenant.length + 1 + ticket.length,
                           .order = log->count++,
                           .at = fact->occurred_at};
    if (tenant.length > 0)
        memcpy(row->ticket, tenant.data, tenant.length);
    memcpy(row->ticket + tenant.length + 1, ticket.data, ticket.length);
    if (strcmp(row->name, "opened") == 0)
        row->kind = kind_of(log, fact, by);
}

static int by_ticket(const void *left, const void *right)
{
    const plan_log_fact *one = left, *other = right;
    const size_t length = one->length < other->length ? one->length : other->length;
    int way = memcmp(one->ticket, other->ticket, length);

    if (way == 0)
        way = (one->length > other->length) - (one->length < other->length);
    if (way == 0)
        way = (one->at > other->at) - (one->at < other->at);
    return way != 0 ? way : (one->order > other->order) - (one->order < other->order);
}

int plan_log_read(plan_log *log, const char *path, const char *by)
{
    static sla_fact_buffer buffer;
    facts *source = facts_open(path, false);
    line l;

    memset(log, 0, sizeof *log);
    if (source == NULL)
        return EXIT_MACHINE;
    while (facts_next(source, &l)) {
        sla_error error = {0};
        sla_fact fact;

        if (!l.too_long &&
            sla_fact_parse(l.text, l.length, &buffer, &fact, NULL, &error) == SLA_OK) {
            add(log, &fact, by);
            continue;
        }
        log->refused++;
        say("%s:%zu: %s", facts_input(source)->name, l.number,
            l.too_long ? "the line is too long" : error.text);
    }
    facts_free(source);
    if (log->count > 0)
        qsort(log->facts, log->count, sizeof *log->facts, by_ticket);
    return log->refused > 0 ? EXIT_PARTIAL : EXIT_FINE;
}

bool plan_log_has(const plan_log *log, const char *by)
{
    bool any = false, all = true;
    uint64_t bit = 1;

    for (size_t i = 0; i < log->count && !any; i++)
        any = log->facts[i].kind != NULL;
    for (const char *name = by; any && *name != '\0'; bit <<= 1) {
        const size_t length = strcspn(name, ",");

        if ((log->found & bit) == 0) {
            say("--by: no ticket has the attribute \"%.*s\"", (int)length, name);
            all = false;
        }
        name += length + (name[length] == ',');
    }
    return all;
}

void plan_log_fini(plan_log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        free(log->facts[i].ticket);
        free(log->facts[i].name);
        free(log->facts[i].kind);
    }
    free(log->facts);
}

size_t plan_log_ticket(const plan_log *log, size_t first)
{
    const plan_log_fact *one = &log->facts[first];
    size_t count = 1;

    while (first + count < log->count && log->facts[first + count].length == one->length &&
           memcmp(log->facts[first + count].ticket, one->ticket, one->length) == 0)
        count++;
    return count;
}
