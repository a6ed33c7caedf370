/* _glue_engine.c - an engine and what belongs to it (_glue.h). */
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

int sla_py_record(sla_py_engine *own, const char *piece, size_t length)
{
    int result = sla_py_fact_read(piece, length, own->room, &own->error);

    if (result != SLA_OK)
        return result;
    return sla_engine_record(own->engine, &own->room->fact, own->room->recorded_at, &own->answer,
                             &own->error);
}
