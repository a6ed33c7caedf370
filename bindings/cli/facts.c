/* facts.c - see facts.h. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* A line that waits for its turn. */
typedef struct kept {
    sla_time occurred_at; /* SLA_NEVER when it cannot be read: those come last */
    size_t offset, length, number;
    bool too_long;
} kept;

struct facts {
    input in;
    bool sorted;
    char *text; /* all lines, when they are sorted */
    kept *lines;
    size_t text_capacity, text_used, capacity, count, next;
};

static sla_time occurred_at(const line *l)
{
    static sla_fact_buffer buffer;
    sla_fact fact;

    if (l->too_long || sla_fact_parse(l->text, l->length, &buffer, &fact, NULL, NULL) != SLA_OK)
        return SLA_NEVER;
    return fact.occurred_at;
}

/* Lines of one instant stay in the order in which they stood. */
static int compare(const void *a, const void *b)
{
    const kept *x = a, *y = b;

    if (x->occurred_at != y->occurred_at)
        return x->occurred_at < y->occurred_at ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void keep(facts *f, const line *l)
{
    f->text = need_room(f->text, &f->text_capacity, f->text_used + l->length, 1);
    memcpy(f->text + f->text_used, l->text, l->length);
    f->lines = need_room(f->lines, &f->capacity, f->count + 1, sizeof *f->lines);
    f->lines[f->count++] = (kept){occurred_at(l), f->text_used, l->length, l->number, l->too_long};
    f->text_used += l->length;
}

facts *facts_open(const char *path, bool by_occurred)
{
    facts *f = need_memory(1, sizeof *f);
    line l;

    if (!input_open(&f->in, path)) {
        free(f);
        return NULL;
    }
    f->sorted = by_occurred;
    while (by_occurred && input_line(&f->in, &l))
        keep(f, &l);
    if (f->count > 1)
        qsort(f->lines, f->count, sizeof *f->lines, compare);
    return f;
}

void facts_free(facts *f)
{
    input_close(&f->in);
    free(f->text);
    free(f->lines);
    free(f);
}

bool facts_next(facts *f, line *out)
{
    const kept *k;

    if (!f->sorted)
        return input_line(&f->in, out);
    if (f->next == f->count)
        return false;
    k = &f->lines[f->next++];
    *out = (line){f->text + k->offset, k->length, k->number, k->too_long};
    return true;
}

const input *facts_input(const facts *f)
{
    return &f->in;
}
