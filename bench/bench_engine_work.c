/* bench_engine_work.c - see bench_engine_work.h. */
#include "bench_engine_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <prng.h>
#include <sla/sla.h>

static sla_string string(const char *text)
{
    const sla_string made = {text, strlen(text)};

    return made;
}

/* ------------------------------------------------------------------- facts */

/* One in ten is grade 1, three in ten grade 2. */
static int64_t some_grade(prng *random)
{
    const uint64_t tenth = prng_below(random, 10);

    return tenth == 0 ? 1 : tenth <= 3 ? 2 : 3;
}

static void set_attribute(bench_record *record, const bench_world *world, prng *random)
{
    const char *name = record->fact.name.data;
    sla_attribute *attribute = &record->attribute;

    if (strcmp(name, "graded") == 0 || strcmp(name, "attributes") == 0) {
        attribute->name = string("grade");
        attribute->type = SLA_VALUE_INT;
        attribute->number = some_grade(random);
    } else if (strcmp(name, "opened") == 0 && world == &bench_complaint) {
        attribute->name = string("kind");
        attribute->type = SLA_VALUE_STRING;
        attribute->string = string(world->name);
    }
    record->fact.attribute_count = attribute->type != SLA_VALUE_NONE;
}

static void name_record(bench_record *record, size_t ticket, const char *name, sla_time at)
{
    memset(record, 0, sizeof *record);
    record->fact.name = string(name);
    record->fact.occurred_at = at;
    record->recorded_at = at;
    snprintf(record->ticket, sizeof record->ticket, "T%07zu", ticket);
    snprintf(record->id, sizeof record->id, "T%07zu-%.16s", ticket, name);
}

/* Strings point into the record itself, so this comes when it has its place. */
static void finish_record(bench_record *record)
{
    record->fact.ticket = string(record->ticket);
    record->fact.id = string(record->id);
    record->fact.attributes = record->fact.attribute_count > 0 ? &record->attribute : NULL;
}

void bench_fact_make(bench_record *record, size_t ticket, const char *name, sla_time at)
{
    name_record(record, ticket, name, at);
    finish_record(record);
}

static void make_ticket(bench_record *records, const bench_work *work, size_t ticket, prng *random)
{
    const bench_stage *stages = work->live ? work->world->live : work->world->whole;
    const size_t count = work->live ? work->world->live_count : work->world->whole_count;
    sla_time at = BENCH_START + (sla_time)ticket * work->arrival;

    for (size_t i = 0; i < count; i++) {
        /* To the microsecond: a fact at the very instant of a step that is told
         * already would be a late one, and that is another question. */
        at += prng_between(random, stages[i].least * SLA_MINUTE, stages[i].most * SLA_MINUTE);
        name_record(&records[i], ticket, stages[i].name, at);
        set_attribute(&records[i], work->world, random);
        if (i > 0 && prng_percent(random, work->late_percent))
            records[i].recorded_at += prng_between(random, 20 * SLA_MINUTE, 6 * SLA_HOUR);
    }
}

static int by_time(const void *left, const void *right)
{
    const bench_record *a = left;
    const bench_record *b = right;

    if (a->recorded_at != b->recorded_at)
        return a->recorded_at < b->recorded_at ? -1 : 1;
    return strcmp(a->id, b->id); /* a ticket's own facts never share an instant */
}

bench_record *bench_facts(const bench_work *work, size_t *count_out)
{
    const size_t each = work->live ? work->world->live_count : work->world->whole_count;
    const size_t count = work->tickets * each;
    bench_record *records = calloc(count, sizeof *records);
    prng random = prng_seeded(work->seed);

    if (records == NULL)
        return NULL;
    for (size_t ticket = 0; ticket < work->tickets; ticket++)
        make_ticket(&records[ticket * each], work, ticket, &random);
    qsort(records, count, sizeof *records, by_time);
    for (size_t i = 0; i < count; i++)
        finish_record(&records[i]);
    *count_out = count;
    return records;
}

/* ------------------------------------------------------------------ engine */

static bool adopt(const bench_world *world, sla_engine *engine, sla_policies *policies,
                  sla_calendar **calendar, sla_error *error)
{
    const char *policy =
        world->policy != NULL ? world->policy : sla_bundled_policy(world->name, NULL);
    const char *hours = world->calendar != NULL ? world->calendar
                                                : sla_bundled_calendar(world->calendar_name, NULL);

    return policy != NULL && hours != NULL &&
           sla_calendar_parse(hours, strlen(hours), world->calendar_name, NULL, calendar, error) ==
               SLA_OK &&
           sla_policies_add(policies, policy, strlen(policy), world->name, error) == SLA_OK &&
           sla_policies_finish(policies, error) == SLA_OK &&
           sla_engine_adopt(engine, policies, calendar, 1, BENCH_START, error) == SLA_OK;
}

sla_engine *bench_engine_new(const bench_world *world, const sla_engine_options *options)
{
    sla_engine *engine = NULL;
    sla_policies *policies = NULL;
    sla_calendar *calendar = NULL;
    sla_error error = {0};

    if (sla_engine_new(options, &engine) != SLA_OK || sla_policies_new(NULL, &policies) != SLA_OK ||
        !adopt(world, engine, policies, &calendar, &error)) {
        fprintf(stderr, "sla-bench: no engine: %s %s\n", error.pointer, error.text);
        sla_engine_free(engine);
        engine = NULL;
    }
    sla_calendar_unref(calendar);
    sla_policies_unref(policies);
    return engine;
}

bool bench_play(sla_engine *engine, const bench_record *records, size_t count, uint64_t *events)
{
    sla_event event;

    for (size_t i = 0; i < count; i++) {
        const bench_record *record = &records[i];
        sla_error error = {0};
        const int result =
            sla_engine_record(engine, &record->fact, record->recorded_at, NULL, &error);

        if (result != SLA_OK) {
            fprintf(stderr, "sla-bench: %s of %s: %s %s\n", record->fact.name.data, record->ticket,
                    sla_result_name(result), error.text);
            return false;
        }
        while (sla_engine_poll(engine, record->recorded_at, &event))
            ++*events;
    }
    return true;
}
