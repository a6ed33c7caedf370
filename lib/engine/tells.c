/* tells.c - see tells.h. */
#include "engine/tells.h"

#include <string.h>

/* Who comes next may have to keep it for long: no more room than most facts ask for. */
enum { SPARE_MOST = 4 };

/* What concerns told steps stands in the order of the steps. */
static sla__sort rank_of(const sla__tell *tell)
{
    return tell->sort == SLA__SORT_BACKDATED ? SLA__SORT_RETRACTED : (sla__sort)tell->sort;
}

bool sla__tell_before(const sla__tell *one, const sla__tell *other)
{
    if (one->at != other->at)
        return one->at < other->at;
    if (one->policy != other->policy)
        return one->policy < other->policy;
    /* What concerns the whole ticket comes after the clocks of its policy. */
    if (one->target != other->target)
        return one->target < other->target;
    if (one->cycle != other->cycle)
        return one->cycle < other->cycle;
    if (rank_of(one) != rank_of(other))
        return rank_of(one) < rank_of(other);
    if (one->rule != other->rule)
        return one->rule < other->rule;
    if (one->of != other->of)
        return one->of < other->of;
    if (one->step != other->step)
        return one->step < other->step;
    return one->repeat < other->repeat;
}

bool sla__tell_same(const sla__tell *one, const sla__tell *other)
{
    return one->sort == other->sort && one->target == other->target &&
           one->policy == other->policy && one->cycle == other->cycle && one->step == other->step &&
           one->repeat == other->repeat && one->rule == other->rule && one->of == other->of;
}

void sla__tells_insert(sla__tells *tells, const sla__tell *tell)
{
    size_t place = tells->count;

    while (place > 0 && sla__tell_before(tell, &tells->items[place - 1])) {
        tells->items[place] = tells->items[place - 1];
        place--;
    }
    tells->items[place] = *tell;
    tells->count++;
}

int sla__tells_put(sla_engine *engine, sla__tells *tells, const sla__tell *tell)
{
    if (!sla__grow(&engine->allocator, (void **)&tells->items, &tells->capacity, tells->count + 1,
                   sizeof *tell))
        return SLA_ERR_NOMEM;
    sla__tells_insert(tells, tell);
    return SLA_OK;
}

bool sla__tells_reserve(sla_engine *engine, sla__tells *tells, size_t count)
{
    sla__tells *const spare = &engine->spare_tells;

    if (tells->items == NULL && count > 0 && count <= spare->capacity) {
        tells->items = spare->items;
        tells->capacity = spare->capacity;
        memset(spare, 0, sizeof *spare);
    }
    return sla__grow_exact(&engine->allocator, (void **)&tells->items, &tells->capacity, count,
                           sizeof(sla__tell));
}

void sla__tells_leave(sla_engine *engine, sla__tells *tells)
{
    sla__tells *const spare = &engine->spare_tells;
    sla__tells left = *tells;

    memset(tells, 0, sizeof *tells);
    left.count = 0;
    if (left.capacity > spare->capacity && left.capacity <= SPARE_MOST) {
        const sla__tells smaller = *spare;

        *spare = left;
        left = smaller;
    }
    sla__free(&engine->allocator, left.items);
}

void sla__tells_take_out(sla__tells *tells, size_t place)
{
    memmove(&tells->items[place], &tells->items[place + 1],
            (tells->count - place - 1) * sizeof tells->items[0]);
    tells->count--;
}
