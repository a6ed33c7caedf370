/* timers_sort.c - the ids of a minute by instant, and equal instants by order; see
 * timers_parts.h. */
#include <stdbool.h>
#include <string.h>

#include "engine/timers_parts.h"

enum { DIGIT = 9, DIGITS = 1 << DIGIT, PASSES = 3, FEW = 40, KEY = 32 };

static void sort_few(uint64_t *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint64_t item = items[i];
        size_t place = i;

        for (; place > 0 && items[place - 1] >> KEY > item >> KEY; place--)
            items[place] = items[place - 1];
        items[place] = item;
    }
}

static void sort_digit(const uint64_t *from, uint64_t *to, size_t count, unsigned shift,
                       uint32_t *places)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < DIGITS; i++) {
        const uint32_t had = places[i];

        places[i] = sum;
        sum += had;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

/* Least digit first, so that equal keys stay in their order. */
static uint64_t *sort_many(sla__minutes *minutes, size_t count)
{
    uint32_t places[PASSES][DIGITS];
    uint64_t *from = minutes->sorting[0];
    uint64_t *to = minutes->sorting[1];

    memset(places, 0, sizeof places);
    for (size_t i = 0; i < count; i++)
        for (size_t pass = 0; pass < PASSES; pass++)
            places[pass][from[i] >> (KEY + pass * DIGIT) & (DIGITS - 1)]++;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        uint64_t *const had = from;

        if (places[pass][from[0] >> (KEY + pass * DIGIT) & (DIGITS - 1)] == count)
            continue;
        sort_digit(from, to, count, KEY + pass * DIGIT, places[pass]);
        from = to;
        to = had;
    }
    return from;
}

/* -------------------------------------------------------------------- equal instants */

static inline bool later(const uint64_t *items, const uint64_t *orders, size_t one, size_t other)
{
    return orders[one] != orders[other] ? orders[one] > orders[other]
                                        : (uint32_t)items[one] > (uint32_t)items[other];
}

static void swap(uint64_t *list, size_t one, size_t other)
{
    const uint64_t had = list[one];

    list[one] = list[other];
    list[other] = had;
}

static void sift(uint64_t *items, uint64_t *orders, size_t place, size_t count)
{
    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        child += child + 1 < count && later(items, orders, child + 1, child);
        if (!later(items, orders, child, place))
            break;
        swap(items, place, child);
        swap(orders, place, child);
    }
}

/* A heap sort: it needs no room. */
static void sort_orders(uint64_t *items, uint64_t *orders, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(items, orders, i - 1, count);
    for (size_t i = count; i > 1; i--) {
        swap(items, 0, i - 1);
        swap(orders, 0, i - 1);
        sift(items, orders, 0, i - 1);
    }
}

static void sort_equals(const sla__timers *timers, uint64_t *items, size_t count)
{
    uint64_t *const orders = timers->minutes->orders;
    uint64_t before = 0;
    uint32_t id_before = 0;
    bool sorted = true;

    for (size_t i = 0; i < count; i++) {
        const uint32_t id = (uint32_t)items[i];
        const uint64_t order = timers->order_of(timers->owner, id);

        sorted &= (order > before) | ((order == before) & (id >= id_before));
        orders[i] = before = order;
        id_before = id;
    }
    if (!sorted)
        sort_orders(items, orders, count);
}

const uint64_t *sla__minutes_sort(sla__timers *timers, size_t count)
{
    uint64_t *items = timers->minutes->sorting[0];
    bool sorted = true;

    for (size_t i = 1; i < count && sorted; i++)
        sorted = items[i - 1] >> KEY <= items[i] >> KEY;
    if (!sorted && count <= FEW)
        sort_few(items, count);
    else if (!sorted)
        items = sort_many(timers->minutes, count);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && items[end] >> KEY == items[first] >> KEY;)
            end++;
        if (end - first > 1)
            sort_equals(timers, items + first, end - first);
    }
    return items;
}
