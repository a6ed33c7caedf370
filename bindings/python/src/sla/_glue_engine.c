/* _glue_engine.c - an engine and what belongs to it, asked by value (_glue.h). */
#include <stdlib.h>

#include "_glue.h"

int sla_py_engine_new(const sla_engine_options *options, sla_py_engine **out)
{
    sla_py_engine *own = calloc(1, sizeof *own);
    int result = SLA_ERR_NOMEM;

    if (own == NULL)
        return SLA_ERR_NOMEM;
    own->room = sla_py_fact_new();
    own->events = sla_py_events_new();
    if (own->room != NULL && own->events != NULL)
        result = sla_engine_new(options, &own->engine);
    if (result != SLA_OK)
        sla_py_engine_free(own);
    else
        *out = own;
    return result;
}

void sla_py_engine_free(sla_py_engine *own)
{
    sla_engine_free(own->engine);
    sla_py_fact_free(own->room);
    sla_py_events_free(own->events);
    free(own);
}

static bool is_due(const sla_py_engine *own, sla_time now)
{
    return sla_engine_wakeup(own->engine) <= now;
}

/* What is in the room. */
static int64_t record(sla_py_engine *own)
{
    const sla_answer *answer = &own->answer;
    int result = sla_engine_record(own->engine, &own->room->fact, own->room->recorded_at,
                                   &own->answer, &own->error);
    int64_t said;

    if (result != SLA_OK && result != SLA_DUPLICATE)
        return SLA_PY_FAILED + result;
    said = (int64_t)answer->seq * 2 + is_due(own, own->room->recorded_at);
    if (result == SLA_DUPLICATE)
        said += 2 * SLA_PY_MORE;
    else if (answer->late || answer->no_effect || answer->refused)
        said += SLA_PY_MORE;
    return said;
}

int64_t sla_py_record(sla_py_engine *own, const char *piece, size_t length)
{
    int result = sla_py_fact_read(piece, length, own->room, &own->error);

    return result == SLA_OK ? record(own) : SLA_PY_FAILED + result;
}

int64_t sla_py_record_plain(sla_py_engine *own, const char *texts, size_t length,
                            uint32_t attribute_count, double occurred_at, double recorded_at)
{
    sla_py_fact *room = own->room;
    int result = SLA_ERR_RANGE;

    room->fact = (sla_fact){.attribute_count = attribute_count};
    if (sla_py_instant(occurred_at, &room->fact.occurred_at) &&
        sla_py_instant(recorded_at, &room->recorded_at))
        result = sla_py_fact_texts(texts, length, true, room, &own->error);
    return result == SLA_OK ? record(own) : SLA_PY_FAILED + result;
}

int64_t sla_py_next(sla_py_engine *own, double now)
{
    sla_event event;
    sla_time at;

    if (!sla_py_instant(now, &at) || !sla_engine_poll(own->engine, at, &event))
        return 0;
    return (int64_t)sla_py_event_write(own->event, &event) * 2 + is_due(own, at);
}
