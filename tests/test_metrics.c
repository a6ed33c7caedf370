/* test_metrics.c - Goal: Prometheus can read what we print.  Method: a reader of the
 * text format, written from its description, takes every page apart: names, types,
 * one HELP and one TYPE before the samples, rising buckets; the values are those
 * that were put in, random ones and the largest. */
#include "support/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/metrics.h"
#include "service_host.h"

enum { PAGE = 1 << 16, FAMILIES_MAX = 64, NAME_MAX_HERE = 80 };

typedef struct family {
    char name[NAME_MAX_HERE], type[16];
    size_t samples;
    char value[32]; /* of the last sample */
    /* A histogram. */
    char bound[32];
    uint64_t bucket, count;
    bool is_complete; /* +Inf came */
    char sum[32];
} family;

typedef struct reading {
    family families[FAMILIES_MAX];
    size_t count;
} reading;

/* ------------------------------------------------------------------- the reader */

static bool is_name(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:";
    const size_t length = strspn(name, first);

    return length > 0 &&
           name[length + strspn(name + length, "0123456789_:abcdefghijklmnopqrstuvwxyz"
                                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool is_number(const char *text)
{
    char *end;

    strtod(text, &end);
    return *text != '\0' && *end == '\0';
}

static family *last_family(reading *read, const char *why)
{
    CHECK_TRUE(why, read->count > 0);
    return &read->families[read->count - 1];
}

static void read_help(reading *read, const char *line)
{
    family *const added = &read->families[read->count++];

    CHECK_TRUE("few families", read->count <= FAMILIES_MAX);
    memset(added, 0, sizeof *added);
    CHECK_EQ("a name after HELP", 1, sscanf(line, "# HELP %79s ", added->name));
    CHECK_TRUE(line, is_name(added->name) && strncmp(added->name, "sla_", 4) == 0);
    CHECK_TRUE("a sentence after the name", strlen(line) > strlen(added->name) + 12);
    CHECK_TRUE("which needs no escapes", strchr(line, '\\') == NULL);
    for (size_t i = 0; i + 1 < read->count; i++)
        CHECK_TRUE("each name once", strcmp(read->families[i].name, added->name) != 0);
}

static void read_type(reading *read, const char *line)
{
    family *const named = last_family(read, "TYPE comes after HELP");
    char name[NAME_MAX_HERE];
    const size_t length = strlen(named->name);
    bool is_total;

    CHECK_EQ("a name and a type", 2, sscanf(line, "# TYPE %79s %15s", name, named->type));
    CHECK_STR("of the same name", named->name, name);
    CHECK_EQ("before its samples", 0, named->samples);
    is_total = length > 6 && strcmp(name + length - 6, "_total") == 0;
    CHECK_EQ("_total is for counters, and they have it", strcmp(named->type, "counter") == 0,
             is_total);
    CHECK_TRUE(line, is_total || strcmp(named->type, "gauge") == 0 ||
                         strcmp(named->type, "histogram") == 0);
}

static void read_bucket(family *named, const char *labels, const char *value)
{
    const uint64_t bucket = strtoull(value, NULL, 10);
    char bound[32];

    CHECK_EQ("a bound", 1, sscanf(labels, "{le=\"%31[^\"]\"}", bound));
    CHECK_TRUE("nothing comes after +Inf", !named->is_complete);
    CHECK_TRUE("buckets do not fall", bucket >= named->bucket);
    named->is_complete = strcmp(bound, "+Inf") == 0;
    if (!named->is_complete) {
        CHECK_TRUE("a bound is a number", is_number(bound));
        CHECK_TRUE("bounds rise",
                   named->bound[0] == '\0' || strtod(bound, NULL) > strtod(named->bound, NULL));
        strcpy(named->bound, bound);
    }
    named->bucket = bucket;
}

static void read_sample(reading *read, const char *line)
{
    family *const named = last_family(read, "a sample has a TYPE before it");
    const size_t length = strlen(named->name);
    const char *const rest = line + length;
    const char *const space = strrchr(line, ' ');

    CHECK_TRUE(line, space != NULL && strncmp(line, named->name, length) == 0);
    CHECK_TRUE(line, is_number(space + 1));
    named->samples++;
    if (strcmp(named->type, "histogram") != 0) {
        CHECK_TRUE("no labels, no time", rest == space);
        CHECK_EQ("one sample", 1, named->samples);
        CHECK_TRUE("a value fits", strlen(space + 1) < sizeof named->value);
        strcpy(named->value, space + 1);
    } else if (strncmp(rest, "_bucket{", 8) == 0) {
        read_bucket(named, rest + 7, space + 1);
    } else if (strncmp(rest, "_sum ", 5) == 0) {
        snprintf(named->sum, sizeof named->sum, "%s", space + 1);
    } else {
        CHECK_TRUE(line, strncmp(rest, "_count ", 7) == 0);
        named->count = strtoull(space + 1, NULL, 10);
        CHECK_TRUE("the last bucket holds all", named->is_complete);
        CHECK_EQ("and is the count", named->bucket, named->count);
    }
}

static void read_page(reading *read, char *text)
{
    read->count = 0;
    CHECK_TRUE("the last line is ended", text[strlen(text) - 1] == '\n');
    for (char *line = text, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        *end = '\0';
        if (strncmp(line, "# HELP ", 7) == 0)
            read_help(read, line);
        else if (strncmp(line, "# TYPE ", 7) == 0)
            read_type(read, line);
        else
            read_sample(read, line);
        *end = '\n';
    }
}

static const family *find(const reading *read, const char *name)
{
    for (size_t i = 0; i < read->count; i++)
        if (strcmp(read->families[i].name, name) == 0)
            return &read->families[i];
    CHECK_FAIL("%s is not there", name);
}

/* -------------------------------------------------------------------- the values */

static const struct row {
    const char *name;
    size_t offset;
} rows[] = {
#define ROW(name, member)                                                                          \
    {                                                                                              \
        name, offsetof(sla_service_stats, member)                                                  \
    }
    ROW("sla_facts_queued", queued),
    ROW("sla_facts_recorded_total", facts),
    ROW("sla_facts_refused_total", refused),
    ROW("sla_events_told_total", events),
    ROW("sla_events_imported_total", imported),
    ROW("sla_units_written_total", units),
    ROW("sla_units_in_flight", units_in_flight),
    ROW("sla_units_retried_total", retries),
    ROW("sla_tickets_quarantined_total", quarantined),
    ROW("sla_deliveries_total", delivered),
    ROW("sla_redeliveries_total", redelivered),
    ROW("sla_acknowledgements_total", acknowledged),
    ROW("sla_events_unacknowledged", unacknowledged),
    ROW("sla_events_backlog", backlog),
    ROW("sla_tickets_in_memory", tickets),
    ROW("sla_tickets_live", live_tickets),
    ROW("sla_clocks_live", live_clocks),
    ROW("sla_tickets_overdue", overdue),
    ROW("sla_tickets_resting", resting),
    ROW("sla_tickets_set_aside", aside),
    ROW("sla_clock_steps_total", clock_steps),
#undef ROW
};

static void check_values(const reading *read, const sla_service_stats *stats)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t value;
        char wanted[32];

        memcpy(&value, (const char *)stats + rows[i].offset, sizeof value);
        snprintf(wanted, sizeof wanted, "%" PRIu64, value);
        CHECK_STR(rows[i].name, wanted, find(read, rows[i].name)->value);
    }
    CHECK_EQ("and two more: the oldest and the lateness", COUNT_OF(rows) + 2, read->count);
}

static size_t write_page(const sla_service_stats *stats, char *page)
{
    const size_t length = sla__metrics_write(stats, page, PAGE);

    CHECK_TRUE("a page is small", length < PAGE);
    CHECK_EQ("its length is what was said", length, strlen(page));
    return length;
}

TEST(every_figure_is_there_with_its_value)
{
    static char page[PAGE];
    static reading read;
    prng random = check_prng();

    for (int round = 0; round < 200; round++) {
        sla_service_stats stats = {.size = sizeof stats, .oldest_unacknowledged = SLA_NEVER};
        uint64_t total = 0;

        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            const uint64_t value =
                round == 0 ? UINT64_MAX : prng_next(&random) >> prng_below(&random, 64);

            memcpy((char *)&stats + rows[i].offset, &value, sizeof value);
        }
        for (size_t i = 0; i < SLA_LATENESS_BUCKETS; i++)
            total += stats.lateness[i] = prng_below(&random, 3) * prng_below(&random, 1000000);
        stats.lateness_sum = prng_next(&random) >> 8;
        write_page(&stats, page);
        read_page(&read, page);
        check_values(&read, &stats);
        CHECK_EQ("all deliveries", total, find(&read, "sla_delivery_lateness_seconds")->count);
        CHECK_EQ("nothing waits: no sample", 0,
                 find(&read, "sla_oldest_unacknowledged_timestamp_seconds")->samples);
    }
}

TEST(instants_and_spans_are_seconds)
{
    static const struct {
        const char *why;
        sla_time oldest;
        uint64_t sum;
        const char *oldest_text, *sum_text;
    } cases[] = {
        {"nothing", SLA_NEVER, 0, "", "0.000000"},
        {"a microsecond", 1, 1, "0.000001", "0.000001"},
        {"seconds and a bit", INT64_C(1767225600250000), 1500000, "1767225600.250000", "1.500000"},
        {"before 1970", -1500000, 999999, "-1.500000", "0.999999"},
        {"the largest sum", 0, UINT64_MAX, "0.000000", "18446744073709.551615"},
    };
    static char page[PAGE];
    static reading read;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const sla_service_stats stats = {.size = sizeof stats,
                                         .oldest_unacknowledged = cases[i].oldest,
                                         .lateness_sum = cases[i].sum};

        write_page(&stats, page);
        read_page(&read, page);
        CHECK_STR(cases[i].why, cases[i].oldest_text,
                  find(&read, "sla_oldest_unacknowledged_timestamp_seconds")->value);
        CHECK_STR(cases[i].why, cases[i].sum_text,
                  find(&read, "sla_delivery_lateness_seconds")->sum);
    }
}

TEST(a_bucket_holds_what_its_bound_says)
{
    /* A lateness in microseconds, the bucket of the statistics, the bound printed first
     * for which it counts. */
    static const struct {
        const char *why;
        size_t bucket;
        const char *line;
    } cases[] = {
        {"not late at all", 0, "{le=\"0.000000\"} 1\n"},
        {"1 us is below 2^1", 1, "{le=\"0.000001\"} 1\n"},
        {"3 us is below 2^2", 2, "{le=\"0.000003\"} 1\n"},
        {"a second is below 2^20 us", 20, "{le=\"1.048575\"} 1\n"},
        {"the last bound", 22, "{le=\"4.194303\"} 1\n"},
        {"all that is later", 23, "{le=\"+Inf\"} 1\n"},
    };
    static char page[PAGE];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sla_service_stats stats = {.size = sizeof stats};

        stats.lateness[cases[i].bucket] = 1;
        write_page(&stats, page);
        CHECK_TRUE(cases[i].why, strstr(page, cases[i].line) != NULL);
        CHECK_TRUE("the bucket before is empty", strstr(strstr(page, "_bucket"), "} 1\n") ==
                                                     strchr(strstr(page, cases[i].line), '}'));
    }
}

TEST(it_is_like_snprintf)
{
    static char page[PAGE], part[PAGE];
    const sla_service_stats stats = {.size = sizeof stats, .oldest_unacknowledged = 12345678};
    const size_t length = write_page(&stats, page);

    CHECK_EQ("asked without a buffer", length, sla__metrics_write(&stats, NULL, 0));
    for (size_t size = 1; size <= length + 1; size++) {
        memset(part, 'x', sizeof part);
        CHECK_EQ("the length of the whole", length, sla__metrics_write(&stats, part, size));
        CHECK_MEM("what fits", page, part, size - 1);
        CHECK_EQ("a NUL at its end", '\0', part[size - 1]);
        CHECK_EQ("nothing behind it", 'x', part[size]);
    }
}

/* Goal: the page is about the service it is asked of.  Method: one ticket through its
 * ladder, and a consumer that acknowledges. */
TEST(a_service_says_what_it_did)
{
    static char page[PAGE];
    static reading read;
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    CHECK_RESULT(SLA_OK, host_record(&h, "T-1", "opened", "b"));
    host_settle(&h);
    host_go_to(&h, HOST_START + SLA_DAY);
    CHECK_TRUE("a page fits", sla_metrics_text(h.service, page, sizeof page) < sizeof page);
    read_page(&read, page);
    CHECK_STR("one fact", "1", find(&read, "sla_facts_recorded_total")->value);
    CHECK_STR("opened twice", "1", find(&read, "sla_facts_refused_total")->value);
    CHECK_EQ("the ladder was told", h.told_count,
             strtoull(find(&read, "sla_events_told_total")->value, NULL, 10));
    CHECK_EQ("and delivered", h.told_count,
             strtoull(find(&read, "sla_deliveries_total")->value, NULL, 10));
    CHECK_EQ("each with its lateness", h.told_count,
             find(&read, "sla_delivery_lateness_seconds")->count);
    CHECK_STR("nothing waits", "0", find(&read, "sla_events_unacknowledged")->value);
    CHECK_STR("a clock lives", "1", find(&read, "sla_clocks_live")->value);
    host_stop(&h);
    host_fini(&h);
}

/* Goal: docs/metrics.md is the list.  Method: as many rows as figures, and each figure
 * has one with its type. */
TEST(every_figure_is_documented)
{
    static char page[PAGE];
    static reading read;
    const sla_service_stats stats = {.size = sizeof stats};
    char *const text = check_read_file(check_source_path("docs/metrics.md"), NULL);
    size_t count = 0;

    write_page(&stats, page);
    read_page(&read, page);
    for (const char *at = text; (at = strstr(at, "\n| `sla_")) != NULL; at++)
        count++;
    CHECK_EQ("no row too many", read.count, count);
    for (size_t i = 0; i < read.count; i++) {
        char row[128];

        snprintf(row, sizeof row, "\n| `%s` | %s | ", read.families[i].name, read.families[i].type);
        CHECK_TRUE(row, strstr(text, row) != NULL);
    }
    free(text);
}
