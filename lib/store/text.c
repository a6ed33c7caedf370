/* text.c - see text.h. */
#include "store/text.h"

#include "base/alloc.h"

static bool grow(sla__json_out *out, size_t length)
{
    sla__text *const text = (sla__text *)(void *)out; /* its first member */

    text->failed = text->failed || !sla__grow(&text->allocator, (void **)&out->buffer, &out->size,
                                              out->used + length, 1);
    return !text->failed;
}

void sla__text_init(sla__text *text, const sla_allocator *allocator)
{
    *text = (sla__text){.out = sla__json_out_to(NULL, 0),
                        .allocator = sla__allocator_or_default(allocator)};
    text->out.grow = grow;
}

void sla__text_fini(sla__text *text)
{
    sla__free(&text->allocator, text->out.buffer);
    sla__text_init(text, &text->allocator);
}

void sla__text_clear(sla__text *text)
{
    text->out.used = 0;
    text->out.fresh = true;
    text->failed = false;
}

sla_string sla__text_since(const sla__text *text, size_t start)
{
    if (text->failed || text->out.used == start)
        return (sla_string){NULL, 0};
    return (sla_string){text->out.buffer + start, text->out.used - start};
}
