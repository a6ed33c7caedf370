/*
 * worlds.c - the worlds of a store for whoever reads its tickets without a service: the same
 * reading and checking of documents, and an engine for each count of worlds that is asked for.
 *
 * A ticket that was packed under fewer worlds than there are is the same bytes again only in an
 * engine that has adopted no more than those.
 */
#include <string.h>

#include "base/error.h"
#include "service/parts.h"

struct sla_worlds {
    sla_allocator allocator;
    sla__documents documents;  /* in force after the last */
    sla__adoption **adoptions; /* their policies and calendars */
    sla_engine **engines;      /* by how many they have adopted; NULL: not asked for yet */
    size_t count;
    size_t adoption_capacity, engine_capacity;
};

int sla_worlds_new(const sla_allocator *allocator, sla_worlds **worlds_out)
{
    const sla_allocator own = sla__allocator_or_default(allocator);
    sla_worlds *worlds;

    *worlds_out = NULL;
    if (sla__allocator_why_not(allocator) != NULL)
        return SLA_ERR_ARGUMENT;
    worlds = sla__new(&own, 1, sizeof *worlds);
    if (worlds == NULL)
        return SLA_ERR_NOMEM;
    worlds->allocator = own;
    if (!sla__grow(&own, (void **)&worlds->engines, &worlds->engine_capacity, 1,
                   sizeof(sla_engine *))) {
        sla__free(&own, worlds);
        return SLA_ERR_NOMEM;
    }
    worlds->engines[0] = NULL;
    *worlds_out = worlds;
    return SLA_OK;
}

void sla_worlds_free(sla_worlds *worlds)
{
    sla_allocator allocator;

    if (worlds == NULL)
        return;
    allocator = worlds->allocator;
    for (size_t i = 0; i <= worlds->count; i++)
        sla_engine_free(worlds->engines[i]);
    for (size_t i = 0; i < worlds->count; i++)
        sla__adoption_free(&allocator, worlds->adoptions[i]);
    sla__documents_fini(&allocator, &worlds->documents);
    sla__free(&allocator, worlds->adoptions);
    sla__free(&allocator, worlds->engines);
    sla__free(&allocator, worlds);
}

uint32_t sla_worlds_count(const sla_worlds *worlds)
{
    return (uint32_t)worlds->count;
}

/* ---------------------------------------------------------------------- adopting */

static bool make_room(sla_worlds *worlds)
{
    return sla__grow(&worlds->allocator, (void **)&worlds->adoptions, &worlds->adoption_capacity,
                     worlds->count + 1, sizeof(sla__adoption *)) &&
           sla__grow(&worlds->allocator, (void **)&worlds->engines, &worlds->engine_capacity,
                     worlds->count + 2, sizeof(sla_engine *));
}

/* There is room.  Only the documents of the last one are needed again. */
static void take(sla_worlds *worlds, sla__adoption *adoption)
{
    const sla__documents old = worlds->documents;

    worlds->documents = adoption->documents;
    adoption->documents = old;
    sla__documents_fini(&worlds->allocator, &adoption->documents);
    sla__free(&worlds->allocator, adoption->world);
    adoption->world = NULL;
    worlds->adoptions[worlds->count++] = adoption;
    worlds->engines[worlds->count] = NULL;
}

/* The engine of the last count follows; that of the count before is made again when it is asked
 * for. */
int sla_worlds_adopt(sla_worlds *worlds, const sla_stored_world *world, sla_error *error)
{
    sla__adoption *adoption = NULL;
    sla_engine *engine;
    int result = sla__documents_check(world->documents, world->count, error);

    if (result == SLA_OK && world->number != worlds->count + 1)
        return sla__error_set(error, SLA_ERR_STATE, "", "adoption %u comes after number %zu",
                              (unsigned)world->number, worlds->count);
    if (result == SLA_OK)
        result = sla__adoption_prepare(&worlds->allocator, &worlds->documents, NULL,
                                       world->documents, world->count, &adoption, error);
    if (result == SLA_OK && adoption == NULL)
        return sla__error_set(error, SLA_ERR_STATE, "", "nothing in adoption %u is new",
                              (unsigned)world->number);
    if (result != SLA_OK)
        return result;
    adoption->at = world->adopted_at;
    result = sla_worlds_engine(worlds, (uint32_t)worlds->count, &engine);
    if (result == SLA_OK && !make_room(worlds))
        result = SLA_ERR_NOMEM;
    if (result == SLA_OK)
        result = sla_engine_adopt(engine, adoption->policies, adoption->calendars,
                                  adoption->calendar_count, adoption->at, error);
    if (result != SLA_OK) {
        sla__adoption_free(&worlds->allocator, adoption);
        return result;
    }
    take(worlds, adoption);
    worlds->engines[worlds->count] = engine; /* it has followed; the one before is made anew */
    worlds->engines[worlds->count - 1] = NULL;
    return SLA_OK;
}

/* ----------------------------------------------------------------------- engines */

static int make_engine(const sla_worlds *worlds, size_t count, sla_engine **engine_out)
{
    const sla_engine_options options = {
        .size = sizeof options, .allocator = &worlds->allocator, .history_in_store = true};
    int result = sla_engine_new(&options, engine_out);

    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        const sla__adoption *const adoption = worlds->adoptions[i];

        result = sla_engine_adopt(*engine_out, adoption->policies, adoption->calendars,
                                  adoption->calendar_count, adoption->at, NULL);
        if (result != SLA_OK)
            sla_engine_free(*engine_out);
    }
    return result;
}

int sla_worlds_engine(sla_worlds *worlds, uint32_t count, sla_engine **engine_out)
{
    int result = SLA_OK;

    *engine_out = NULL;
    if (count > worlds->count)
        return SLA_ERR_ARGUMENT;
    if (worlds->engines[count] == NULL)
        result = make_engine(worlds, count, &worlds->engines[count]);
    if (result != SLA_OK)
        worlds->engines[count] = NULL;
    *engine_out = worlds->engines[count];
    return result;
}
