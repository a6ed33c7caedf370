/* living.c - see living.h. */
#include "living.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "log.h"

void living_init(living *l, const char *source)
{
    memset(l, 0, sizeof *l);
    l->source = source;
}

void living_fini(living *l)
{
    for (size_t i = 0; i < l->line_count; i++) {
        free(l->lines[i].key);
        free(l->lines[i].text);
    }
    free(l->lines);
    free(l->tickets);
}

/* ------------------------------------------------------------ lines */

static void add(living *l, sla_string tenant, sla_string ticket, size_t number, char *text,
                size_t length)
{
    living_line *line;

    l->lines = need_room(l->lines, &l->line_capacity, l->line_count + 1, sizeof *l->lines);
    line = &l->lines[l->line_count];
    *line = (living_line){.text = text, .length = length, .number = number};
    line->order = l->line_count++;
    line->key_length = tenant.length + 1 + ticket.length;
    line->key = need_memory(line->key_length, 1);
    if (tenant.length > 0)
        memcpy(line->key, tenant.data, tenant.length);
    if (ticket.length > 0)
        memcpy(line->key + tenant.length + 1, ticket.data, ticket.length);
}

static void complain(living *l, size_t number, sla_error *error)
{
    l->refused++;
    snprintf(error->source, sizeof error->source, "%s", l->source);
    error->line = (int)number;
    if (l->without_columns)
        error->column = 0;
    log_error(SLA_LOG_WARNING, "line_refused", error);
}

void living_refuse(living *l, size_t number, const char *why)
{
    sla_error error = {.code = SLA_ERR_SYNTAX};

    snprintf(error.text, sizeof error.text, "%s", why);
    complain(l, number, &error);
    l->lost = true;
}

void living_refuse_of(living *l, sla_string tenant, sla_string ticket, size_t number,
                      const char *pointer, const char *why)
{
    sla_error error = {.code = SLA_ERR_FACT};

    snprintf(error.pointer, sizeof error.pointer, "%s", pointer);
    snprintf(error.text, sizeof error.text, "%s", why);
    complain(l, number, &error);
    if (ticket.length > 0)
        add(l, tenant, ticket, number, NULL, 0);
    else
        l->lost = true;
}

static sla_string member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return (sla_string){json_string_value(value), json_string_length(value)};
}

/* Whose a line is that cannot be read as a fact, if it says so. */
static void refuse_ticket_of(living *l, const char *text, size_t length, size_t number)
{
    json_t *whole = json_loadb(text, length, JSON_DISABLE_EOF_CHECK, NULL);
    const json_t *data = json_object_get(whole, "data");
    const json_t *object = json_object_get(whole, "specversion") != NULL ? data : whole;
    sla_string ticket = member(whole, "subject");

    if (object == whole || ticket.length == 0)
        ticket = member(object, "ticket");
    if (ticket.length > 0)
        add(l, member(object, "tenant"), ticket, number, NULL, 0);
    else
        l->lost = true;
    json_decref(whole);
}

void living_add(living *l, const char *text, size_t length, size_t number)
{
    sla_error error = {0};
    sla_fact fact;

    if (sla_fact_parse(text, length, &l->buffer, &fact, NULL, &error) == SLA_OK) {
        add(l, fact.tenant, fact.ticket, number, need_copy(text, length), length);
        l->lines[l->line_count - 1].opens = fact.name.length == strlen("opened") &&
                                            memcmp(fact.name.data, "opened", fact.name.length) == 0;
        return;
    }
    complain(l, number, &error);
    refuse_ticket_of(l, text, length, number);
}

/* ------------------------------------------------------------ tickets */

static int by_ticket(const void *a, const void *b)
{
    const living_line *x = a, *y = b;
    const size_t shorter = x->key_length < y->key_length ? x->key_length : y->key_length;
    const int way = memcmp(x->key, y->key, shorter);

    if (way != 0)
        return way;
    if (x->key_length != y->key_length)
        return x->key_length < y->key_length ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static bool is_same_ticket(const living_line *x, const living_line *y)
{
    return x->key_length == y->key_length && memcmp(x->key, y->key, x->key_length) == 0;
}

/* For qsort, which hands over nothing else. */
static const living_line *lines_now;

static int by_first_line(const void *a, const void *b)
{
    const living_ticket *x = a, *y = b;

    return lines_now[x->first].order < lines_now[y->first].order ? -1 : 1;
}

void living_gather(living *l)
{
    living_ticket *ticket = NULL;

    if (l->line_count == 0)
        return;
    qsort(l->lines, l->line_count, sizeof *l->lines, by_ticket);
    for (size_t i = 0; i < l->line_count; i++) {
        if (i == 0 || !is_same_ticket(&l->lines[i - 1], &l->lines[i])) {
            l->tickets =
                need_room(l->tickets, &l->ticket_capacity, l->ticket_count + 1, sizeof *l->tickets);
            ticket = &l->tickets[l->ticket_count++];
            *ticket = (living_ticket){.first = i};
        }
        ticket->count++;
        ticket->refused |= l->lines[i].text == NULL;
        ticket->opened |= l->lines[i].opens;
    }
    lines_now = l->lines;
    qsort(l->tickets, l->ticket_count, sizeof *l->tickets, by_first_line);
}

/* ------------------------------------------------------------ facts */

static char *place(char **free_from, sla_string *text)
{
    char *at = *free_from;

    if (text->length == 0)
        return at;
    memcpy(at, text->data, text->length);
    text->data = at;
    *free_from = at + text->length;
    return at;
}

/* The fact in one block, which `*block_out` gets: nothing of the buffer is left in it. */
static sla_fact copy(const sla_fact *from, size_t text_length, void **block_out)
{
    const size_t attributes = from->attribute_count * sizeof *from->attributes;
    sla_fact to = *from;
    sla_string *const texts[] = {&to.tenant,   &to.ticket,    &to.id,       &to.name,
                                 &to.by,       &to.reason,    &to.policy,   &to.target,
                                 &to.corrects, &to.withdraws, &to.approver, &to.authorised_by};
    char *block = need_memory(attributes + text_length, 1), *at = block + attributes;
    sla_attribute *own = (sla_attribute *)(void *)block;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        place(&at, texts[i]);
    for (size_t i = 0; i < from->attribute_count; i++) {
        own[i] = from->attributes[i];
        place(&at, &own[i].name);
        place(&at, &own[i].string);
    }
    to.attributes = own;
    *block_out = block;
    return to;
}

void living_facts_init(living_facts *f, living *l, const living_ticket *ticket)
{
    sla_time last = SLA_TIME_MIN;

    f->count = ticket->count;
    f->facts = need_memory(f->count, sizeof *f->facts);
    f->recorded_at = need_memory(f->count, sizeof *f->recorded_at);
    f->blocks = need_memory(f->count, sizeof *f->blocks);
    for (size_t i = 0; i < f->count; i++) {
        const living_line *line = &l->lines[ticket->first + i];
        sla_fact fact;

        /* It was read before, so it can be read. */
        (void)sla_fact_parse(line->text, line->length, &l->buffer, &fact, &f->recorded_at[i], NULL);
        f->facts[i] = copy(&fact, line->length, &f->blocks[i]);
        if (f->recorded_at[i] < last)
            f->recorded_at[i] = last;
        last = f->recorded_at[i];
    }
}

void living_facts_fini(living_facts *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->blocks[i]);
    free(f->blocks);
    free(f->recorded_at);
    free(f->facts);
}
