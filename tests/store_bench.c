/* store_bench.c - see store_bench.h. */
#include "store_bench.h"

void bench_init(bench *on, const store_maker *maker)
{
    on->maker = maker;
    store_drive_init(&on->drive, maker->fresh(maker->context));
    store_model_init(&on->model);
    CHECK_OK(store_drive_open(&on->drive));
}

void bench_fini(bench *on)
{
    store_drive_fini(&on->drive);
    store_model_fini(&on->model);
    on->maker->forget(on->maker->context);
}

int bench_commit(bench *on, store_sample *sample, const char *why)
{
    const int wanted = store_model_commit(&on->model, &sample->unit);
    const int result = store_drive_commit(&on->drive, &sample->unit);

    store_sample_scribble(sample);
    CHECK_EQ(why, wanted, result);
    store_compare(&on->drive, &on->model, why);
    store_sample_fini(sample);
    return result;
}

void bench_next_unit(bench *on, store_sample *sample)
{
    const uint64_t number = store_model_last_unit(&on->model, BENCH_SERVICE) + 1;

    store_sample_init(sample, check_seed() + number, BENCH_SERVICE, number);
}

void bench_write_base(bench *on)
{
    store_sample sample;

    bench_next_unit(on, &sample);
    store_sample_world(&sample, 1);
    store_sample_fact(&sample, "tenant", "T-1", 1);
    store_sample_fact(&sample, "tenant", "T-1", 2);
    store_sample_ticket(&sample, "tenant", "T-1", 2);
    store_sample_event(&sample, "tenant", "T-1", 1);
    store_sample_event(&sample, "tenant", "T-1", 2);
    store_sample_mark(&sample, "console", 1, 0);
    CHECK_OK(bench_commit(on, &sample, "what the others build upon"));
}
