/* _glue_clocks.c - the clocks of many tickets at once, for figures (_glue.h). */
#include <stdlib.h>
#include <string.h>

#include "_glue.h"

enum { CLOCKS_USUAL = 64 };

/* The name at `*taken`, which moves behind its NUL. */
static sla_string next_name(const char *names, size_t *taken)
{
    sla_string name = {names + *taken, strlen(names + *taken)};

    *taken += name.length + 1;
    return name;
}

static sla_py_clock clock_of(const sla_clock_view *view, uint32_t ticket)
{
    return (sla_py_clock){.ticket = ticket,
                          .cycle = view->cycle,
                          .started_at = view->started_at,
                          .due_at = view->due_at,
                          .ended_at = view->ended_at,
                          .breached_at = view->breached_at,
                          .policy = view->policy,
                          .target = view->target,
                          .display = view->display,
                          .state = (uint8_t)view->state,
                          .level = view->level,
                          .marks = (uint8_t)(view->breached | view->excluded << 1 |
                                             view->adjusted_met << 2 | view->provisional << 3),
                          .agreement = (uint8_t)view->agreement};
}

/* The clocks of one ticket; how many, also where they are more than `capacity`. */
static size_t look(const sla_engine *engine, sla_string tenant, sla_string ticket,
                   sla_clock_view *views, size_t capacity)
{
    size_t count = 0;

    if (sla_engine_clocks(engine, tenant, ticket, views, capacity, &count) != SLA_OK)
        return 0; /* forgotten, or never opened */
    return count;
}

/* Up to `capacity` of them behind those that are there; how many it has, or SLA_ERR_NOMEM. */
static int64_t put_clocks(const sla_engine *engine, sla_string tenant, sla_string ticket,
                          uint32_t number, sla_py_clock *clocks, size_t capacity)
{
    sla_clock_view usual[CLOCKS_USUAL], *views = usual;
    size_t count = look(engine, tenant, ticket, views, CLOCKS_USUAL);

    if (count <= capacity && count > CLOCKS_USUAL) {
        views = malloc(count * sizeof *views);
        if (views == NULL)
            return SLA_ERR_NOMEM;
        count = look(engine, tenant, ticket, views, count);
    }
    for (size_t i = 0; count <= capacity && i < count; i++)
        clocks[i] = clock_of(&views[i], number);
    if (views != usual)
        free(views);
    return (int64_t)count;
}

int64_t sla_py_clocks_of(const sla_engine *engine, const char *names, size_t length, size_t *taken,
                         uint32_t *next, sla_py_clock *clocks, size_t capacity)
{
    size_t filled = 0;

    while (*taken < length && filled < capacity) {
        size_t after = *taken;
        const sla_string tenant = next_name(names, &after), ticket = next_name(names, &after);
        const int64_t count =
            put_clocks(engine, tenant, ticket, *next, clocks + filled, capacity - filled);

        if (count < 0)
            return count;
        if ((size_t)count > capacity - filled) {
            if (filled == 0)
                return SLA_ERR_SPACE;
            break; /* with the next call */
        }
        filled += (size_t)count;
        *taken = after;
        (*next)++;
    }
    return (int64_t)filled;
}
