/* Goal: a packed ticket is small.  Method: what the benchmarks' tickets take is asked
 * and printed. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include <sla/pack.h>

#include "../bench/bench_engine_work.h"

static void print_size(const bench_world *world, bool live)
{
    enum { COUNT = 200 };
    const sla_engine_options options = {.size = sizeof options, .history_in_store = true};
    const bench_work work = {world, check_seed(), COUNT, live, 0, 5 * SLA_MINUTE};
    sla_engine *engine = bench_engine_new(world, &options);
    size_t records, bytes = 0, most = 0;
    bench_record *them = bench_facts(&work, &records);
    uint64_t events = 0;

    CHECK_TRUE("played", bench_play(engine, them, records, &events));
    for (size_t i = 0; i < records; i++) {
        sla_packed packed = {0};

        CHECK_RESULT(SLA_ERR_SPACE, sla_engine_pack(engine, them[i].fact.tenant,
                                                    them[i].fact.ticket, NULL, 0, &packed));
        bytes += packed.length;
        most = packed.length > most ? packed.length : most;
    }
    printf("%s, %s: %zu bytes a ticket, at most %zu\n", world->name,
           live ? "live with five clocks" : "its life behind it", bytes / records, most);
    CHECK_TRUE("a state is small", most < 1024);
    free(them);
    sla_engine_free(engine);
}

TEST(what_a_ticket_takes)
{
    print_size(&bench_complaint, true);
    print_size(&bench_complaint, false);
    print_size(&bench_desk, true);
    print_size(&bench_desk, false);
}
