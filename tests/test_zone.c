/* Goal: a zone's shifts say what the machine's own zdump says.  Method: every
 * line of the shared zdump listing on which this machine agrees; then gaps and
 * folds by hand. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "time/zone.h"

static sla__zone read_zone(const char *name)
{
    sla__zone zone = {.count = 0};

    CHECK_OK(sla__zone_read(name, NULL, 0, &zone.count));
    zone.shifts = malloc(zone.count * sizeof *zone.shifts);
    CHECK_OK(sla__zone_read(name, zone.shifts, zone.count, &zone.count));
    return zone;
}

static sla_time at(const char *text)
{
    sla_time time;

    CHECK_OK(sla_time_parse(text, strlen(text), &time));
    return time;
}

/* "2026-03-02T09:00:00" on the wall clock. */
static sla__civil wall(const char *text)
{
    char buffer[40];

    snprintf(buffer, sizeof buffer, "%sZ", text);
    return at(buffer) / SLA_SECOND;
}

TEST(names_of_zones)
{
    static const char *const good[] = {
        "UTC",    "Etc/UTC", "Asia/Shanghai", "Etc/GMT+8", "America/Argentina/Buenos_Aires",
        "EST5EDT"};
    static const char *const bad[] = {"",
                                      "localtime",
                                      "posixrules",
                                      "posix/Asia/Shanghai",
                                      "right/Asia/Shanghai",
                                      "right/UTC",
                                      "/etc/passwd",
                                      "Asia/",
                                      "Asia//Shanghai",
                                      "../x",
                                      "Asia/Shang hai",
                                      "a/b/c/d",
                                      "Fixed/UTC+08:00:00",
                                      "Asia/Shanghai/"};

    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK_TRUE(good[i], sla__zone_is_name(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_TRUE(bad[i], !sla__zone_is_name(bad[i]));
}

TEST(a_zone_that_this_machine_does_not_know)
{
    size_t count;

    CHECK_RESULT(SLA_ERR_ZONE, sla__zone_read("Asia/Shangri-La", NULL, 0, &count));
    CHECK_RESULT(SLA_ERR_ZONE, sla__zone_read("Asia", NULL, 0, &count));
}

static int month_number(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    return (int)(strstr(names, name) - names) / 3 + 1;
}

/* "Asia/Shanghai  Sat May  3 17:59:59 1986 UT = Sun May  4 01:59:59 1986 CST isdst=0 gmtoff=28800"
 */
static bool split_line(const char *line, char *zone, sla_time *utc, sla__civil *civil)
{
    char month[2][4], text[64];
    int day[2], hour[2], minute[2], second[2], year[2], offset;

    if (sscanf(line,
               "%63s %*s %3s %d %d:%d:%d %d UT = %*s %3s %d %d:%d:%d %d %*s isdst=%*d gmtoff=%d",
               zone, month[0], &day[0], &hour[0], &minute[0], &second[0], &year[0], month[1],
               &day[1], &hour[1], &minute[1], &second[1], &year[1], &offset) != 14)
        return false;
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", year[0], month_number(month[0]),
             day[0], hour[0], minute[0], second[0]);
    *utc = at(text);
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", year[1], month_number(month[1]),
             day[1], hour[1], minute[1], second[1]);
    *civil = wall(text);
    return *civil - *utc / SLA_SECOND == offset;
}

static FILE *open_pipe(const char *format, const char *argument)
{
    char command[1024];
    FILE *pipe;

    snprintf(command, sizeof command, format, argument);
    pipe = popen(command, "r");
    if (pipe == NULL)
        CHECK_FAIL("cannot run %s", command);
    return pipe;
}

/* All that this machine's zdump says about a zone, as one text. */
static char *zdump_of(const char *zone)
{
    FILE *pipe = open_pipe("zdump -v -c 1970,2038 %s 2>/dev/null", zone);
    size_t size = 1 << 18, length;
    char *text = malloc(size);

    length = fread(text, 1, size - 1, pipe);
    text[length] = '\0';
    pclose(pipe);
    return text;
}

TEST(every_transition_on_which_this_machine_agrees)
{
    FILE *pipe =
        open_pipe("gzip -dc '%s'", check_shared_data("tz-transitions/zdump-1970-2037.txt.gz"));
    char line[256], name[64], now[64] = "";
    sla__zone zone = {.count = 0};
    char *dump = NULL;
    int checked = 0, differing = 0;

    while (fgets(line, sizeof line, pipe) != NULL) {
        sla_time utc = 0;
        sla__civil civil = 0;

        CHECK_TRUE(line, split_line(line, name, &utc, &civil));
        if (strcmp(name, now) != 0) {
            free(dump);
            free(zone.shifts);
            dump = zdump_of(name);
            if (dump[0] == '\0')
                CHECK_SKIP("zdump does not run here");
            zone = read_zone(name);
            strcpy(now, name);
        }
        if (strstr(dump, line) == NULL) {
            differing++;
            continue;
        }
        CHECK_EQ(line, civil, sla__zone_civil(&zone, utc));
        CHECK_EQ(line, civil - utc / SLA_SECOND, sla__zone_offset(&zone, utc));
        checked++;
    }
    pclose(pipe);
    free(dump);
    free(zone.shifts);
    printf("%d lines agree, on %d this machine's zdump says otherwise\n", checked, differing);
    CHECK_TRUE("most lines", checked > 1500);
}

static const struct {
    const char *why;
    const char *zone;
    const char *wall;
    const char *utc;
} civil_rows[] = {
    {"rule 16: plain", "Asia/Shanghai", "2026-03-02T09:00:00", "2026-03-02T01:00:00Z"},
    {"before the gap", "America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59Z"},
    {"in the gap: its end", "America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:00:00Z"},
    {"the gap begins", "America/New_York", "2026-03-08T02:00:00", "2026-03-08T07:00:00Z"},
    {"behind the gap", "America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00Z"},
    {"repeated: the first", "America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"},
    {"repetition over", "America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00Z"},
    {"half an hour of gap", "Australia/Lord_Howe", "2025-10-05T02:15:00", "2025-10-04T15:30:00Z"},
    {"half an hour twice", "Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z"},
    {"midnight gap", "America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T03:00:00Z"},
    {"fold at midnight", "America/Sao_Paulo", "2018-02-18T00:00:00", "2018-02-18T03:00:00Z"},
    {"the hour before it", "America/Sao_Paulo", "2018-02-17T23:30:00", "2018-02-18T01:30:00Z"},
    {"a day that was skipped", "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"},
    {"the day after it", "Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z"},
    {"UTC", "UTC", "2026-03-02T09:00:00", "2026-03-02T09:00:00Z"},
    {"far in the future", "Europe/Berlin", "2190-07-01T12:00:00", "2190-07-01T10:00:00Z"},
};

TEST(rule_16_a_gap_gives_its_end_and_a_repetition_its_first)
{
    for (size_t i = 0; i < COUNT_OF(civil_rows); i++) {
        sla__zone zone = read_zone(civil_rows[i].zone);

        CHECK_EQ(civil_rows[i].why, at(civil_rows[i].utc),
                 sla__zone_instant(&zone, wall(civil_rows[i].wall)));
        free(zone.shifts);
    }
}

/* One microsecond around every shift, and anywhere, also outside the years. */
TEST(an_index_finds_the_shift_that_a_search_finds)
{
    static const char *const names[] = {"Asia/Shanghai",       "Europe/Berlin",     "Pacific/Apia",
                                        "Australia/Lord_Howe", "Africa/Casablanca", "UTC"};
    prng random = check_prng();

    for (size_t z = 0; z < COUNT_OF(names); z++) {
        const sla__zone searched = read_zone(names[z]);
        sla__zone indexed = searched;

        sla__zone_index_plan(&indexed);
        indexed.ends.cells = malloc((indexed.ends.cell_count + 1) * sizeof *indexed.ends.cells);
        sla__zone_index_fill(&indexed);
        for (size_t i = 0; i < searched.count; i++)
            for (sla_time near = searched.shifts[i].at - 1; near <= searched.shifts[i].at + 1;
                 near++)
                CHECK_EQ(names[z], sla__zone_shift_at(&searched, near),
                         sla__zone_shift_at(&indexed, near));
        for (int i = 0; i < 20000; i++) {
            const sla_time near =
                prng_between(&random, SLA_TIME_MIN - SLA_DAY, SLA_TIME_MAX + SLA_DAY);

            CHECK_EQ(names[z], sla__zone_shift_at(&searched, near),
                     sla__zone_shift_at(&indexed, near));
        }
        free(indexed.ends.cells);
        free(searched.shifts);
    }
}

TEST(an_instant_goes_to_the_wall_and_back)
{
    static const char *const names[] = {"Asia/Shanghai",       "America/New_York",  "Pacific/Apia",
                                        "Australia/Lord_Howe", "Africa/Casablanca", "UTC"};
    prng random = check_prng();

    for (size_t z = 0; z < COUNT_OF(names); z++) {
        sla__zone zone = read_zone(names[z]);

        for (int i = 0; i < 20000; i++) {
            const sla_time time =
                prng_between(&random, SLA_TIME_MIN / SLA_SECOND, SLA_TIME_MAX / SLA_SECOND) *
                SLA_SECOND;
            const sla_time back = sla__zone_instant(&zone, sla__zone_civil(&zone, time));

            /* Only the second pass of a repeated hour comes back as the first. */
            CHECK_TRUE(names[z], back == time || (back < time && time - back <= 24 * SLA_HOUR));
            CHECK_EQ(names[z], sla__zone_civil(&zone, time), sla__zone_civil(&zone, back));
        }
        free(zone.shifts);
    }
}
