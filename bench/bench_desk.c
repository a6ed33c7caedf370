/* bench_desk.c - see bench_desk.h. */
#include "bench_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <prng.h>
#include <sla/sla.h>

#define START INT64_C(1772411400000000) /* 2026-03-02 08:30 in Shanghai, a Monday */

static const char calendar_text[] =
    "{\"kind\": \"calendar\", \"name\": \"desk\", \"version\": \"1\", \"zone\": \"Asia/Shanghai\","
    " \"week\": {\"mon-fri\": [\"09:00-12:00\", \"13:00-18:00\"]}}";

static const char policy_text[] =
    "{\"policy\": \"desk\", \"version\": \"1\", \"calendar\": \"desk\","
    " \"attributes\": {\"grade\": \"int\"}, \"attribute_defaults\": {\"grade\": 3},"
    " \"pauses\": [{\"reason\": \"customer\", \"on\": \"waiting\"}],"
    " \"resumes\": [{\"on\": \"answered\"}],"
    " \"steps\": [{\"step\": \"warn_80\", \"percent\": 80, \"to\": \"agent\"},"
    "  {\"step\": \"level_1\", \"after\": \"PT0S\", \"level\": 1, \"to\": \"lead\"},"
    "  {\"step\": \"level_2\", \"after\": \"PT4H\", \"level\": 2, \"to\": \"manager\"}],"
    " \"targets\": ["
    "  {\"target\": \"response\", \"stop\": \"responded\", \"goals\": [{\"business\": \"PT1H\"}]},"
    "  {\"target\": \"triage\", \"stop\": \"graded\", \"goals\": [{\"elapsed\": \"PT2H\"}]},"
    "  {\"target\": \"resolution\", \"stop\": \"resolved\", \"goals\": ["
    "   {\"when\": {\"attr\": \"grade\", \"le\": 2}, \"business\": \"PT4H\"},"
    "   {\"business\": \"PT8H\"}]},"
    "  {\"target\": \"update\", \"stop\": \"resolved\", \"goals\": [{\"elapsed\": \"PT24H\"}]},"
    "  {\"target\": \"closing\", \"stop\": \"closed\", \"goals\": [{\"workdays\": 3}]}]}";

static const char *const whole_life[] = {"opened",   "responded", "graded", "waiting",
                                         "answered", "resolved",  "closed"};
static const char *const live[] = {"opened", "noted", "waiting", "answered"};

static sla_string string(const char *text)
{
    const sla_string made = {text, strlen(text)};

    return made;
}

static int by_time(const void *left, const void *right)
{
    const bench_record *a = left;
    const bench_record *b = right;

    if (a->recorded_at != b->recorded_at)
        return a->recorded_at < b->recorded_at ? -1 : 1;
    return strcmp(a->id, b->id); /* a ticket's own facts never share an instant */
}

/* Strings point into the record itself, so this comes after sorting. */
static void finish_record(bench_record *record)
{
    record->fact.ticket = string(record->ticket);
    record->fact.id = string(record->id);
    record->fact.occurred_at = record->recorded_at;
    if (record->fact.attribute_count > 0)
        record->fact.attributes = &record->attribute;
}

bench_record *bench_desk_facts(uint64_t seed, size_t tickets, bench_life life, size_t *count_out)
{
    const char *const *names = life == BENCH_WHOLE_LIFE ? whole_life : live;
    const size_t steps = life == BENCH_WHOLE_LIFE ? sizeof whole_life / sizeof *whole_life
                                                  : sizeof live / sizeof *live;
    bench_record *records = calloc(tickets * steps, sizeof *records);
    bench_record *next = records;
    prng random = prng_seeded(seed);

    for (size_t ticket = 0; records != NULL && ticket < tickets; ticket++) {
        sla_time at = START + (sla_time)ticket * 2 * SLA_SECOND;

        for (size_t step = 0; step < steps; step++, next++) {
            next->fact.name = string(names[step]);
            next->recorded_at = at;
            snprintf(next->ticket, sizeof next->ticket, "T%zu", ticket);
            snprintf(next->id, sizeof next->id, "T%zu-%zu", ticket, step);
            if (strcmp(names[step], "graded") == 0) {
                next->attribute.name = string("grade");
                next->attribute.type = SLA_VALUE_INT;
                next->attribute.number = prng_between(&random, 1, 4);
                next->fact.attribute_count = 1;
            }
            /* To the microsecond: a fact at the very instant of a step that is told
             * already would be a late one, and that is another question. */
            at += prng_between(&random, 5 * SLA_MINUTE, 3 * SLA_HOUR);
        }
    }
    *count_out = tickets * steps;
    if (records != NULL)
        qsort(records, *count_out, sizeof *records, by_time);
    for (size_t i = 0; records != NULL && i < *count_out; i++)
        finish_record(&records[i]);
    return records;
}

sla_engine *bench_desk_engine(const sla_engine_options *options)
{
    sla_engine *engine = NULL;
    sla_policies *policies = NULL;
    sla_calendar *calendar = NULL;
    sla_error error = {0};
    bool ready;

    ready =
        sla_calendar_parse(calendar_text, sizeof calendar_text - 1, "desk", NULL, &calendar,
                           &error) == SLA_OK &&
        sla_policies_new(NULL, &policies) == SLA_OK &&
        sla_policies_add(policies, policy_text, sizeof policy_text - 1, "desk", &error) == SLA_OK &&
        sla_policies_finish(policies, &error) == SLA_OK &&
        sla_engine_new(options, &engine) == SLA_OK &&
        sla_engine_adopt(engine, policies, &calendar, 1, START, &error) == SLA_OK;
    if (!ready) {
        fprintf(stderr, "sla-bench: no engine: %s %s\n", error.pointer, error.text);
        sla_engine_free(engine);
        engine = NULL;
    }
    sla_calendar_unref(calendar);
    sla_policies_unref(policies);
    return engine;
}
