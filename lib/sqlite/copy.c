/* copy.c - see copy.h. */
#include "sqlite/copy.h"

#include <string.h>

enum { ALIGNMENT = 8 };

_Static_assert(_Alignof(sla_unit) <= ALIGNMENT && _Alignof(sla_event) <= ALIGNMENT &&
                   _Alignof(sla_clock_view) <= ALIGNMENT,
               "parts lie at multiples of it");

/* Where `size` bytes go; NULL while it is only measured. */
static void *take(sla__copier *to, size_t size, size_t alignment)
{
    const size_t at = (to->size + alignment - 1) / alignment * alignment;

    to->size = at + size;
    return to->block != NULL ? to->block + at : NULL;
}

static const void *copy_bytes(sla__copier *to, const void *bytes, size_t size, size_t alignment)
{
    void *const copy = bytes != NULL ? take(to, size, alignment) : NULL;

    if (copy != NULL && size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

void sla__copy_string(sla__copier *to, sla_string *string)
{
    string->data = copy_bytes(to, string->data, string->length, 1);
}

static void copy_word(sla__copier *to, const char **word)
{
    if (*word != NULL)
        *word = copy_bytes(to, *word, strlen(*word) + 1, 1);
}

static const sla_attribute *copy_attributes(sla__copier *to, const sla_attribute *given,
                                            size_t count)
{
    sla_attribute *const copies = take(to, count * sizeof *copies, ALIGNMENT);

    for (size_t i = 0; i < count; i++) {
        sla_attribute attribute = given[i];

        sla__copy_string(to, &attribute.name);
        sla__copy_string(to, &attribute.string);
        if (copies != NULL)
            copies[i] = attribute;
    }
    return copies;
}

void sla__copy_fact(sla__copier *to, sla_stored_fact *stored)
{
    sla_fact fact = *stored->fact;
    sla_string *const strings[] = {&fact.tenant,    &fact.ticket,   &fact.id,
                                   &fact.name,      &fact.by,       &fact.reason,
                                   &fact.policy,    &fact.target,   &fact.corrects,
                                   &fact.withdraws, &fact.approver, &fact.authorised_by};

    fact.attributes = copy_attributes(to, fact.attributes, fact.attribute_count);
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        sla__copy_string(to, strings[i]);
    stored->fact = copy_bytes(to, &fact, sizeof fact, ALIGNMENT);
}

/* ------------------------------------------------------------------- tickets */

static const sla_clock_view *copy_clocks(sla__copier *to, const sla_clock_view *given, size_t count)
{
    sla_clock_view *const copies = take(to, count * sizeof *copies, ALIGNMENT);

    for (size_t i = 0; i < count; i++) {
        sla_clock_view clock = given[i];

        copy_word(to, &clock.policy);
        copy_word(to, &clock.policy_version);
        copy_word(to, &clock.target);
        copy_word(to, &clock.metric);
        copy_word(to, &clock.display);
        copy_word(to, &clock.calendar);
        copy_word(to, &clock.next_step);
        if (copies != NULL)
            copies[i] = clock;
    }
    return copies;
}

static const sla_ticket_view *copy_view(sla__copier *to, const sla_ticket_view *given)
{
    sla_ticket_view view = *given;

    view.attributes = copy_attributes(to, view.attributes, view.attribute_count);
    view.clocks = copy_clocks(to, view.clocks, view.clock_count);
    return copy_bytes(to, &view, sizeof view, ALIGNMENT);
}

void sla__copy_ticket(sla__copier *to, sla_stored_ticket *ticket)
{
    sla__copy_string(to, &ticket->tenant);
    sla__copy_string(to, &ticket->ticket);
    if (ticket->gone) { /* nothing else of it counts */
        ticket->state = NULL;
        ticket->view = NULL;
        return;
    }
    ticket->state = copy_bytes(to, ticket->state, ticket->state_length, 1);
    if (ticket->view != NULL)
        ticket->view = copy_view(to, ticket->view);
}

/* ------------------------------------------------------ events, marks, worlds */

void sla__copy_event(sla__copier *to, sla_stored_event *stored)
{
    sla_event event = *stored->event;
    const char **const words[] = {&event.policy,  &event.policy_version, &event.target, &event.to,
                                  &event.because, &event.reason,         &event.derived};

    sla__copy_string(to, &event.tenant);
    sla__copy_string(to, &event.ticket);
    sla__copy_string(to, &event.fact_id);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        copy_word(to, words[i]);
    stored->event = copy_bytes(to, &event, sizeof event, ALIGNMENT);
}

void sla__copy_mark(sla__copier *to, sla_stored_mark *mark)
{
    sla__copy_string(to, &mark->consumer);
}

void sla__copy_world(sla__copier *to, sla_stored_world *world)
{
    sla_document *const copies = take(to, world->count * sizeof *copies, ALIGNMENT);

    for (size_t i = 0; i < world->count; i++) {
        sla_document document = world->documents[i];

        sla__copy_string(to, &document.source);
        sla__copy_string(to, &document.text);
        if (copies != NULL)
            copies[i] = document;
    }
    world->documents = copies;
}

/* ---------------------------------------------------------------------- units */

/* An array of parts, each with what it points to. */
#define COPY_PARTS(part_type, copy_part, parts, count)                                             \
    do {                                                                                           \
        part_type *const copies = take(to, (count) * sizeof *copies, ALIGNMENT);                   \
                                                                                                   \
        for (size_t i = 0; i < (count); i++) {                                                     \
            part_type part = (parts)[i];                                                           \
                                                                                                   \
            copy_part(to, &part);                                                                  \
            if (copies != NULL)                                                                    \
                copies[i] = part;                                                                  \
        }                                                                                          \
        (parts) = copies;                                                                          \
    } while (0)

void sla__copy_unit(sla__copier *to, sla_unit *unit)
{
    COPY_PARTS(sla_stored_fact, sla__copy_fact, unit->facts, unit->fact_count);
    COPY_PARTS(sla_stored_ticket, sla__copy_ticket, unit->tickets, unit->ticket_count);
    COPY_PARTS(sla_stored_event, sla__copy_event, unit->events, unit->event_count);
    COPY_PARTS(sla_stored_mark, sla__copy_mark, unit->marks, unit->mark_count);
    if (unit->world != NULL) {
        sla_stored_world world = *unit->world;

        sla__copy_world(to, &world);
        unit->world = copy_bytes(to, &world, sizeof world, ALIGNMENT);
    }
}
