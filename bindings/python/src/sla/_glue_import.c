/* _glue_import.c - see _glue_service.h: a ticket taken over with its history. */
#include <stdlib.h>

#include "_glue_service_own.h"

/* Facts of one ticket, and where their attributes lie. */
typedef struct history {
    sla_py_fact **rooms;
    sla_fact *facts;
    sla_time *recorded_at;
    size_t count;
} history;

static void free_history(history *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->rooms[i]);
    free(all->rooms);
    free(all->facts);
    free(all->recorded_at);
}

static bool more_room(history *all)
{
    const size_t count = all->count + 1;
    sla_py_fact **const rooms = realloc(all->rooms, count * sizeof(sla_py_fact *));
    sla_fact *const facts = rooms != NULL ? realloc(all->facts, count * sizeof *facts) : NULL;
    sla_time *const times = facts != NULL ? realloc(all->recorded_at, count * sizeof *times) : NULL;

    if (rooms != NULL)
        all->rooms = rooms;
    if (facts != NULL)
        all->facts = facts;
    if (times != NULL)
        all->recorded_at = times;
    return times != NULL && (all->rooms[all->count] = malloc(sizeof(sla_py_fact))) != NULL;
}

static int read_history(const char *pieces, size_t length, history *all, sla_error *error)
{
    for (size_t at = 0; at < length;) {
        sla_py_fact *room;
        int result;

        if (!more_room(all))
            return SLA_ERR_NOMEM;
        room = all->rooms[all->count++];
        result = sla_py_fact_read(pieces + at, length - at, room, error);
        if (result != SLA_OK)
            return result;
        all->facts[all->count - 1] = room->fact;
        all->recorded_at[all->count - 1] = room->recorded_at;
        at += room->length;
    }
    return SLA_OK;
}

int sla_py_service_import(sla_py_service *glue, const char *pieces, size_t length,
                          sla_time told_until, bool dry_run, uint64_t number, sla_import *import,
                          sla_error *error)
{
    history all = {0};
    call *const one = dry_run ? NULL : sla_py_call_new(glue, number);
    int result = one != NULL || dry_run ? read_history(pieces, length, &all, error) : SLA_ERR_NOMEM;

    if (result == SLA_OK)
        result =
            sla_service_import(glue->service, all.facts, all.recorded_at, all.count, told_until,
                               dry_run, dry_run ? NULL : sla_py_call_recorded, one, import, error);
    free_history(&all);
    return result == SLA_OK || one == NULL ? result : sla_py_call_drop(one, result);
}
