/* _glue_consumer.c - see _glue_service.h: events in the inbox of their consumer. */
#include <stdlib.h>
#include <string.h>

#include "_glue_service_own.h"

static delivery *copy_event(sla_py_service *glue, const sla_event *event)
{
    delivery *one;

    sla_py_events_clear(glue->writing);
    if (sla_py_events_reserve(glue->writing) != SLA_OK)
        return NULL;
    sla_py_events_add(glue->writing, event);
    one = malloc(sizeof *one + glue->writing->used);
    if (one == NULL)
        return NULL;
    one->given.piece = memcpy(one + 1, glue->writing->data, glue->writing->used);
    one->given.length = glue->writing->used;
    return one;
}

static delivery *find(const consumer *c, uint64_t number)
{
    for (item *one = c->inbox.first; one != NULL; one = one->next)
        if (((delivery *)(void *)one)->given.number == number)
            return (delivery *)(void *)one;
    return NULL;
}

/* One that nobody has taken yet is not put there twice. */
static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    consumer *const c = context;
    delivery *one;

    if (attempt > 1 && find(c, number) != NULL)
        return SLA_PENDING;
    one = copy_event(c->glue, event);
    if (one == NULL)
        return SLA_ERR_NOMEM;
    one->given.number = number;
    one->given.attempt = attempt;
    c->again += attempt > 1;
    sla_py_list_put(&c->inbox, &one->item);
    return SLA_PENDING;
}

int sla_py_service_subscribe(sla_py_service *glue, const char *name, size_t max_in_flight,
                             sla_duration redeliver_after)
{
    sla_consumer wanted = SLA_CONSUMER_INIT;
    consumer **const more =
        realloc(glue->consumers, (glue->consumer_count + 1) * sizeof *glue->consumers);
    consumer *c;
    int result;

    if (more == NULL)
        return SLA_ERR_NOMEM;
    glue->consumers = more;
    c = calloc(1, sizeof *c);
    if (c == NULL)
        return SLA_ERR_NOMEM;
    c->glue = glue;
    strncpy(c->name, name, sizeof c->name - 1);
    wanted.name = name;
    wanted.handler = on_event;
    wanted.context = c;
    wanted.max_in_flight = max_in_flight;
    wanted.redeliver_after = redeliver_after;
    result = sla_service_subscribe(glue->service, &wanted);
    if (result != SLA_OK)
        free(c);
    else
        glue->consumers[glue->consumer_count++] = c;
    return result;
}

const sla_py_delivery *sla_py_service_take_event(sla_py_service *glue, size_t consumer_index)
{
    consumer *const c = glue->consumers[consumer_index];

    free(c->taken);
    c->taken = sla_py_list_take(&c->inbox);
    if (c->taken == NULL)
        return NULL;
    c->again -= c->taken->given.attempt > 1;
    return &c->taken->given;
}

size_t sla_py_service_waiting(const sla_py_service *glue, size_t consumer_index)
{
    return glue->consumers[consumer_index]->inbox.count;
}

/* What was given again and is acknowledged now is not to be taken. */
static void drop_again(consumer *c, uint64_t number)
{
    list kept = {0};
    delivery *one;

    while ((one = sla_py_list_take(&c->inbox)) != NULL) {
        if (one->given.number != number) {
            sla_py_list_put(&kept, &one->item);
        } else {
            c->again -= one->given.attempt > 1;
            free(one);
        }
    }
    c->inbox = kept;
}

int sla_py_service_acknowledge(sla_py_service *glue, size_t consumer_index, uint64_t number)
{
    consumer *const c = glue->consumers[consumer_index];
    const int result = sla_service_acknowledge(glue->service, c->name, number);

    if (result == SLA_OK && c->again > 0)
        drop_again(c, number);
    return result;
}

void sla_py_consumers_fini(sla_py_service *glue)
{
    for (size_t i = 0; i < glue->consumer_count; i++) {
        free(glue->consumers[i]->taken);
        sla_py_list_empty(&glue->consumers[i]->inbox);
        free(glue->consumers[i]);
    }
    free(glue->consumers);
}
