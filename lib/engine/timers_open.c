/* timers_open.c - the minute that has come: sorted into runs, and these merged as they
 * are read; see timers_parts.h. */
#include <assert.h>
#include <string.h>

#include "engine/timers_parts.h"

/* ----------------------------------------------------------------------------- runs */

/* To the first that counts; false, and its chunks given back, where none is left. */
static bool run_settle(sla__timers *timers, sla__run *run)
{
    sla__minutes *const minutes = timers->minutes;

    while (run->left > 0) {
        const uint32_t id = *sla__slot(minutes, run->slot);
        const uint64_t word = *sla__word(timers, id);

        if (sla__in_run(word)) {
            run->first.at = sla__word_at(word);
            run->first.id = id;
            if (minutes->run_count > 1)
                run->order = timers->order_of(timers->owner, id);
            return true;
        }
        run->left--;
        run->slot++;
        if (run->slot % CHUNK == 0 || run->left == 0) {
            const uint32_t chunk = (run->slot - 1) >> CHUNK_BITS;

            if (run->left > 0)
                run->slot = (*sla__next(minutes, chunk) << CHUNK_BITS) + 1;
            sla__chunk_give(minutes, chunk);
        }
    }
    return false;
}

static bool goes_before(const sla__run *one, const sla__run *other)
{
    if (one->first.at != other->first.at)
        return one->first.at < other->first.at;
    return one->order != other->order ? one->order < other->order : one->first.id < other->first.id;
}

static void runs_sift(sla__minutes *minutes, size_t place)
{
    const sla__run run = minutes->runs[place];

    for (size_t child; (child = 2 * place + 1) < minutes->run_count; place = child) {
        child += child + 1 < minutes->run_count &&
                 goes_before(&minutes->runs[child + 1], &minutes->runs[child]);
        if (!goes_before(&minutes->runs[child], &run))
            break;
        minutes->runs[place] = minutes->runs[child];
    }
    minutes->runs[place] = run;
}

/* Part by part: loaded as a whole it would wait for the parts that were just stored. */
static void runs_settle(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    minutes->sorted.at = minutes->others = SLA_NEVER;
    if (minutes->run_count > 0) {
        minutes->sorted.at = minutes->runs[0].first.at;
        minutes->sorted.id = minutes->runs[0].first.id;
    }
    for (size_t i = 1; i < minutes->run_count && i <= 2; i++)
        if (minutes->runs[i].first.at < minutes->others)
            minutes->others = minutes->runs[i].first.at;
}

/* The first of all is gone; that of the run which is then the first may be as well. */
void sla__runs_pop(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    do {
        if (!run_settle(timers, &minutes->runs[0]))
            minutes->runs[0] = minutes->runs[--minutes->run_count];
        if (minutes->run_count > 1)
            runs_sift(minutes, 0);
        runs_settle(timers);
    } while (minutes->run_count > 0 && !sla__in_run(*sla__word(timers, minutes->sorted.id)));
}

/* What is sorted goes on where the run before it ends: then there is one run. */
static bool follows(const sla__timers *timers, const sla__run *before, uint64_t item)
{
    const uint32_t id = (uint32_t)item;
    const uint32_t last = *sla__slot(timers->minutes, (before->last << CHUNK_BITS) + CHUNK_IDS);
    const uint64_t word = *sla__word(timers, id), words = *sla__word(timers, last);

    if (before->left % CHUNK_IDS != 0)
        return false;
    return words < word || (words == word && sla__earlier_order(timers, last, id));
}

static void run_write(sla__timers *timers, size_t count)
{
    sla__minutes *const minutes = timers->minutes;
    const uint64_t *const items = sla__minutes_sort(timers, count);
    sla__run *run = &minutes->runs[minutes->run_count];
    uint32_t chunk = NO_CHUNK;

    if (minutes->run_count > 0 && follows(timers, run - 1, items[0])) {
        run--;
        chunk = run->last;
    } else {
        assert(minutes->run_count < minutes->run_capacity);
        minutes->run_count++;
        run->left = 0;
    }
    for (size_t i = 0; i < count; i += CHUNK_IDS) {
        const uint32_t next = sla__chunk_take(minutes);
        uint32_t *const slots = sla__next(minutes, next);

        if (chunk == NO_CHUNK)
            run->slot = (next << CHUNK_BITS) + 1;
        else
            *sla__next(minutes, chunk) = next;
        for (size_t j = 0; j < CHUNK_IDS && i + j < count; j++)
            slots[j + 1] = (uint32_t)items[i + j];
        chunk = next;
    }
    run->last = chunk;
    run->left += (uint32_t)count;
}

/* ------------------------------------------------------------------ opening, closing */

void sla__runs_close(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    for (size_t i = 0; i < minutes->run_count; i++) {
        sla__run run = minutes->runs[i];

        while (run.left > 0) {
            const uint32_t first = run.slot % CHUNK, chunk = run.slot >> CHUNK_BITS;
            uint32_t ids[CHUNK];

            memcpy(ids, sla__next(minutes, chunk), sizeof ids);
            sla__chunk_give(minutes, chunk);
            for (uint32_t j = first; j < CHUNK && run.left > 0; j++, run.left--) {
                const uint64_t word = *sla__word(timers, ids[j]);

                if (sla__in_run(word))
                    sla__bucket_add(timers, ids[j], sla__word_at(word));
            }
            if (run.left > 0)
                run.slot = (ids[0] << CHUNK_BITS) + 1;
        }
    }
    minutes->run_count = 0;
    minutes->sorted.at = SLA_NEVER;
    if (minutes->edge > minutes->open)
        minutes->edge = minutes->open;
}

static void runs_order(sla__timers *timers)
{
    sla__minutes *const minutes = timers->minutes;

    for (size_t i = 0; i < minutes->run_count; i++)
        run_settle(timers, &minutes->runs[i]);
    for (size_t i = minutes->run_count / 2; i > 0; i--)
        runs_sift(minutes, i - 1);
    runs_settle(timers);
}

/* A chunk of a minute that is opened: its words are on their way while the one before it is
 * looked at. */
typedef struct look {
    uint32_t ids[CHUNK];
    uint64_t *words[CHUNK];
    uint32_t count;
} look;

/* Adds the number of the next chunk. */
static uint32_t look_ahead(const sla__timers *timers, look *ahead, uint32_t chunk, uint32_t left)
{
    const sla__minutes *const minutes = timers->minutes;

    ahead->count = left < CHUNK_IDS ? left : CHUNK_IDS;
    if (left == 0)
        return chunk;
    memcpy(ahead->ids, sla__next(minutes, chunk), sizeof ahead->ids);
    if (left > CHUNK_IDS)
        sla__fetch(sla__next(minutes, ahead->ids[0]));
    for (uint32_t i = 1; i <= ahead->count; i++) {
        ahead->words[i] = sla__word(timers, ahead->ids[i]);
        sla__fetch(ahead->words[i]);
    }
    return ahead->ids[0];
}

/* Of a word, that it lies in the bucket of its tick, whatever the colour and the instant. */
#define WANTED (UINT64_MAX << (BITS_0 + WHERE_BITS) | (WHERE & ~UINT64_C(1)))

/* What counts, behind what there is to be sorted.  Nobody can guess what does. */
static size_t filter(const look *here, uint64_t wanted, uint64_t *items, size_t count)
{
    for (uint32_t i = 1; i <= here->count; i++) {
        const uint64_t had = *here->words[i];
        const bool counts = ((had ^ wanted) & WANTED) == 0;

        *here->words[i] = counts ? (had & ~(uint64_t)WHERE) | IN_RUN : had;
        items[count] = (had >> WHERE_BITS & ((UINT64_C(1) << BITS_0) - 1)) << 32 | here->ids[i];
        count += counts;
    }
    return count;
}

static void sort_bucket(sla__timers *timers, sla__bucket all, uint64_t wanted)
{
    sla__minutes *const minutes = timers->minutes;
    uint32_t chunk = all.head, left = all.entries;
    size_t count = 0;
    look looks[2];
    uint32_t next = look_ahead(timers, &looks[0], chunk, left);

    for (size_t turn = 0; left > 0; turn = !turn) {
        const look *const here = &looks[turn];
        uint32_t after;

        left -= here->count;
        after = look_ahead(timers, &looks[!turn], next, left);
        sla__chunk_give(minutes, chunk);
        count = filter(here, wanted, minutes->sorting[0], count);
        if (count > RUN - CHUNK_IDS || (left == 0 && count > 0)) {
            run_write(timers, count);
            count = 0;
        }
        chunk = next;
        next = after;
    }
}

static void open_tick(sla__timers *timers, uint64_t tick)
{
    sla__minutes *const minutes = timers->minutes;

    sla__runs_close(timers);
    sla__minutes_rise(minutes, tick);
    minutes->open = tick;
    minutes->edge = minutes->soonest = tick + 1;
    sort_bucket(timers, sla__bucket_detach(minutes, tick % TICKS_0),
                sla__word_of(BEGIN + (sla_time)(tick << BITS_0), IN_BUCKET));
    runs_order(timers);
}

/* ------------------------------------------------------------------- the next minute */

static unsigned lowest_bit(uint64_t bits)
{
#if defined __GNUC__
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned lowest = 0;

    for (unsigned width = 32; width > 0; width /= 2)
        if ((bits & ((UINT64_C(1) << width) - 1)) == 0) {
            bits >>= width;
            lowest += width;
        }
    return lowest;
#endif
}

/* The first tick in use of those from `from` on; NO_TICK for none before `to`.  `ticks` is a
 * power of two. */
static inline uint64_t find(const sla__minutes *minutes, size_t first, size_t ticks, uint64_t from,
                            uint64_t to)
{
    for (uint64_t tick = from; tick < to;) {
        const size_t bucket = first + (tick & (ticks - 1));
        const uint64_t bits = minutes->used[bucket / 64] >> (bucket % 64);

        if (bits != 0)
            return tick + lowest_bit(bits);
        tick = (tick | 63) + 1;
    }
    return NO_TICK;
}

static uint64_t as_tick(uint64_t found, unsigned bits, uint64_t low)
{
    return found == NO_TICK ? NO_TICK : found << bits > low ? found << bits : low;
}

bool sla__minutes_next(sla__timers *timers, uint64_t tick)
{
    sla__minutes *const minutes = timers->minutes;

    while (minutes->waiting > 0) {
        const uint64_t low = minutes->low, hour = low >> TO_1;
        const uint64_t from = minutes->soonest > low ? minutes->soonest : low;
        const uint64_t end = minutes->far_buckets > 0 ? UINT64_MAX : 0; /* of what is far */
        const uint64_t far = find(minutes, TICKS_0 + TICKS_1, TICKS_2, low >> TO_2, end & TICKS_2);
        const uint64_t next = find(minutes, TICKS_0, TICKS_1, hour, end & (hour + TICKS_1));
        const uint64_t minute = find(minutes, 0, TICKS_0, from, low + TICKS_0);
        const uint64_t at_far = as_tick(far, TO_2, low), at_next = as_tick(next, TO_1, low);
        const uint64_t soonest = at_far < at_next ? at_far : at_next;

        minutes->soonest = soonest < minute ? soonest : minute;
        if (minutes->soonest > tick || minutes->soonest == NO_TICK)
            return false;
        sla__minutes_rise(minutes, minutes->soonest);
        if (at_far == minutes->soonest)
            sla__bucket_relocate(timers, TICKS_0 + TICKS_1 + far);
        else if (at_next == minutes->soonest)
            sla__bucket_relocate(timers, TICKS_0 + next % TICKS_1);
        else {
            open_tick(timers, minute);
            return true;
        }
    }
    minutes->soonest = NO_TICK;
    return false;
}
