/* timers_open.c - the minute that has come: sorted into runs, and these merged as they
 * are read; see timers_parts.h. */
#include <assert.h>
#include <string.h>

#include "engine/timers_parts.h"

/* -------------------------------------------------------------------------- sorting */

enum { DIGIT = 9, DIGITS = 512, FEW = 48 };

static void sort_few(sla__sorting *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const sla__sorting item = items[i];
        size_t place = i;

        for (; place > 0 && items[place - 1].key > item.key; place--)
            items[place] = items[place - 1];
        items[place] = item;
    }
}

/* By one digit; false where all have the same and nothing was to be done. */
static bool sort_digit(const sla__sorting *from, sla__sorting *to, size_t count, unsigned shift)
{
    uint32_t places[DIGITS] = {0};
    uint32_t sum = 0;

    for (size_t i = 0; i < count; i++)
        places[from[i].key >> shift & (DIGITS - 1)]++;
    if (places[from[0].key >> shift & (DIGITS - 1)] == count)
        return false;
    for (size_t i = 0; i < DIGITS; i++) {
        const uint32_t had = places[i];

        places[i] = sum;
        sum += had;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
    return true;
}

/* A heap sort: equal instants whose order is not that in which they came. */
static void sift(sla__sorting *items, uint64_t *orders, size_t place, size_t count)
{
    const sla__sorting item = items[place];
    const uint64_t order = orders[place];

    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        child += child + 1 < count && orders[child + 1] > orders[child];
        if (orders[child] <= order)
            break;
        items[place] = items[child];
        orders[place] = orders[child];
    }
    items[place] = item;
    orders[place] = order;
}

static void sort_orders(sla__sorting *items, uint64_t *orders, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(items, orders, i - 1, count);
    for (size_t i = count; i > 1; i--) {
        const sla__sorting item = items[0];
        const uint64_t order = orders[0];

        items[0] = items[i - 1];
        orders[0] = orders[i - 1];
        items[i - 1] = item;
        orders[i - 1] = order;
        sift(items, orders, 0, i - 1);
    }
}

static void sort_ties(const sla__timers *timers, sla__sorting *items, size_t count)
{
    uint64_t *const orders = timers->minutes->orders;

    for (size_t first = 0, end; first < count; first = end) {
        bool sorted = true;

        for (end = first + 1; end < count && items[end].key == items[first].key; end++) {
            orders[end - first] = sla__order(timers, items[end].id);
            if (end == first + 1)
                orders[0] = sla__order(timers, items[first].id);
            sorted = sorted && orders[end - first - 1] <= orders[end - first];
        }
        if (!sorted)
            sort_orders(items + first, orders, end - first);
    }
}

static sla__sorting *sort(sla__timers *timers, size_t count)
{
    sla__sorting *from = timers->minutes->sorting[0];
    sla__sorting *to = timers->minutes->sorting[1];

    if (count <= FEW)
        sort_few(from, count);
    else
        for (unsigned shift = 0; shift < BITS_0; shift += DIGIT)
            if (sort_digit(from, to, count, shift)) {
                sla__sorting *const had = from;

                from = to;
                to = had;
            }
    sort_ties(timers, from, count);
    return from;
}

/* ----------------------------------------------------------------------------- runs */

static bool counts(const sla__timers *timers, uint32_t id)
{
    const sla__minutes *const minutes = timers->minutes;
    const uint64_t word = *sla__word(timers, id);

    return (word & 3) == 3 - minutes->buckets[minutes->open % TICKS_0].colour &&
           sla__tick(word, BITS_0) == minutes->open;
}

/* To the first that counts; false, and its chunks given back, where none is left. */
static bool run_settle(sla__timers *timers, sla__run *run)
{
    sla__minutes *const minutes = timers->minutes;

    while (run->left > 0) {
        const sla__chunk *const chunk = sla__chunk_at(minutes, run->chunk);
        const uint32_t id = chunk->ids[run->place];

        if (counts(timers, id)) {
            run->first =
                (sla__timer){sla__word_at(*sla__word(timers, id)), sla__order(timers, id), id};
            return true;
        }
        run->left--;
        minutes->run_ids--;
        if (++run->place == CHUNK_IDS || run->left == 0) {
            const uint32_t next = chunk->next;

            sla__chunk_give(minutes, run->chunk);
            run->chunk = next;
            run->place = 0;
        }
    }
    return false;
}

static void runs_sift(sla__minutes *minutes, size_t place)
{
    const sla__run run = minutes->runs[place];

    for (size_t child; (child = 2 * place + 1) < minutes->run_count; place = child) {
        child += child + 1 < minutes->run_count &&
                 sla__earlier(&minutes->runs[child + 1].first, &minutes->runs[child].first);
        if (!sla__earlier(&minutes->runs[child].first, &run.first))
            break;
        minutes->runs[place] = minutes->runs[child];
    }
    minutes->runs[place] = run;
}

const sla__timer *sla__runs_first(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    while (minutes->run_count > 0) {
        sla__run *const top = &minutes->runs[0];

        if (counts(timers, top->first.id))
            return &top->first;
        if (!run_settle(timers, top)) {
            *top = minutes->runs[--minutes->run_count];
            if (minutes->run_count == 0)
                break;
        }
        runs_sift(minutes, 0);
    }
    return NULL;
}

static void run_write(sla__timers *timers, size_t count)
{
    sla__minutes *const minutes = timers->minutes;
    const sla__sorting *const items = sort(timers, count);
    sla__run *const run = &minutes->runs[minutes->run_count++];
    uint32_t *link = &run->chunk;

    assert(minutes->run_count <= minutes->run_capacity);
    for (size_t i = 0; i < count; i += CHUNK_IDS) {
        const uint32_t number = sla__chunk_take(minutes);
        sla__chunk *const chunk = sla__chunk_at(minutes, number);

        for (size_t j = 0; j < CHUNK_IDS && i + j < count; j++)
            chunk->ids[j] = items[i + j].id;
        *link = number;
        link = &chunk->next;
    }
    *link = 0;
    run->place = 0;
    run->left = (uint32_t)count;
    minutes->run_ids += count;
}

/* ------------------------------------------------------------------ opening, closing */

static void each_run_id(sla__timers *timers, bool keep)
{
    sla__minutes *const minutes = timers->minutes;
    const size_t bucket = minutes->open % TICKS_0;

    for (size_t i = 0; i < minutes->run_count; i++) {
        sla__run run = minutes->runs[i];

        while (run.left > 0) {
            const sla__chunk chunk = *sla__chunk_at(minutes, run.chunk);

            sla__chunk_give(minutes, run.chunk);
            for (; run.place < CHUNK_IDS && run.left > 0; run.place++, run.left--) {
                const uint32_t id = chunk.ids[run.place];

                if (keep && counts(timers, id)) {
                    *sla__word(timers, id) =
                        (*sla__word(timers, id) & ~UINT64_C(3)) | minutes->buckets[bucket].colour;
                    sla__bucket_put(minutes, bucket, id);
                }
            }
            run.chunk = chunk.next;
            run.place = 0;
        }
    }
    minutes->run_count = minutes->run_ids = 0;
}

void sla__runs_close(sla__timers *timers)
{
    each_run_id(timers, true);
}

void sla__runs_drop(sla__minutes *minutes)
{
    for (size_t i = 0; i < minutes->run_count; i++) {
        uint32_t number = minutes->runs[i].left > 0 ? minutes->runs[i].chunk : 0;

        while (number != 0) {
            const uint32_t next = sla__chunk_at(minutes, number)->next;

            sla__chunk_give(minutes, number);
            number = next;
        }
    }
    minutes->run_count = minutes->run_ids = 0;
}

static void runs_order(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    for (size_t i = 0; i < minutes->run_count; i++)
        run_settle(timers, &minutes->runs[i]);
    for (size_t i = minutes->run_count / 2; i > 0; i--)
        runs_sift(minutes, i - 1);
}

void sla__minutes_open(sla__timers *timers, uint64_t tick)
{
    sla__minutes *const minutes = timers->minutes;
    sla__bucket *const bucket = &minutes->buckets[tick % TICKS_0];
    const uint64_t hour = tick >> (BITS_1 - BITS_0);
    uint32_t left, number;
    size_t count = 0;

    sla__runs_close(timers);
    minutes->open = tick;
    minutes->has_pivot = false;
    if (hour > minutes->low + BEHIND)
        sla__minutes_follow(timers, hour - BEHIND);
    number = sla__bucket_detach(minutes, tick % TICKS_0, &left);
    while (left > 0) {
        const sla__chunk chunk = *sla__chunk_at(minutes, number);
        const uint32_t here = left < CHUNK_IDS ? left : CHUNK_IDS;

        sla__chunk_give(minutes, number);
        for (uint32_t i = 0; i < here; i++) {
            uint64_t *const word = sla__word(timers, chunk.ids[i]);

            if ((*word & 3) != bucket->colour || sla__tick(*word, BITS_0) != tick)
                continue;
            *word = (*word & ~UINT64_C(3)) | (3 - bucket->colour);
            minutes->sorting[0][count++] = (sla__sorting){
                (uint32_t)(*word >> 2 & ((UINT64_C(1) << BITS_0) - 1)), chunk.ids[i]};
            if (count == RUN) {
                run_write(timers, count);
                count = 0;
            }
        }
        number = chunk.next;
        left -= here;
    }
    if (count > 0)
        run_write(timers, count);
    runs_order(timers);
}

/* ------------------------------------------------------------------- the next minute */

/* The first tick in use of those from `from` on; `to` for none. */
static uint64_t find(const sla__minutes *minutes, size_t first, size_t ticks, uint64_t from,
                     uint64_t to)
{
    for (uint64_t tick = from; tick < to;) {
        const size_t bucket = first + tick % ticks;
        uint64_t bits = minutes->used[bucket / 64] >> (bucket % 64);

        if (bits == 0) {
            tick = (tick | 63) + 1;
            continue;
        }
        for (; (bits & 1) == 0; bits >>= 1)
            tick++;
        return tick;
    }
    return to;
}

bool sla__minutes_next(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;
    const unsigned hour = BITS_1 - BITS_0, far = BITS_2 - BITS_1;

    for (;;) {
        const uint64_t end = (minutes->low << hour) + TICKS_0;
        uint64_t tick = find(minutes, 0, TICKS_0, minutes->open + 1, end);

        if (tick < end) {
            sla__minutes_open(timers, tick);
            return true;
        }
        const uint64_t hours = ((minutes->low >> far) + 2) << far;

        tick = find(minutes, TICKS_0, TICKS_1, end >> hour, hours);
        if (tick == hours) {
            tick = find(minutes, TICKS_0 + TICKS_1, TICKS_2, hours >> far, TICKS_2);
            if (tick == TICKS_2)
                return false;
            tick <<= far;
        }
        sla__minutes_follow(timers, tick - BEHIND);
        minutes->open = (tick << hour) - 1;
    }
}
