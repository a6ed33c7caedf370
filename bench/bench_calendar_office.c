/* bench_calendar_office.c - see bench_calendar.h: two offices, their calendars and the
 * twin that walks their dates. */
#include "bench_calendar.h"

#include <stdlib.h>
#include <string.h>

#include <prng.h>
#include <sla/time.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum { MON_FRI = 0x1f, SUNDAY = 0x40 };

static const char *const shanghai_holidays[][2] = {
    {"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"},
    {"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"}, {"2026-09-25", "2026-09-27"},
    {"2026-10-01", "2026-10-07"},
};
static const char *const shanghai_makeups[] = {"2026-01-04", "2026-02-14", "2026-02-28",
                                               "2026-05-09", "2026-09-20", "2026-10-10"};
static const office_open shanghai_hours[] = {{MON_FRI, 9, 12}, {MON_FRI, 13, 18}};
static const office_shift shanghai_shifts[] = {{"1991-09-15T00:00:00Z", 8 * 3600}};

const hours_office office_shanghai = {.name = "Shanghai",
                                      .zone = "Asia/Shanghai",
                                      .hours = shanghai_hours,
                                      .hours_count = COUNT(shanghai_hours),
                                      .common_count = COUNT(shanghai_hours),
                                      .holidays = shanghai_holidays,
                                      .holiday_count = COUNT(shanghai_holidays),
                                      .makeups = shanghai_makeups,
                                      .makeup_count = COUNT(shanghai_makeups),
                                      .shifts = shanghai_shifts,
                                      .shift_count = COUNT(shanghai_shifts)};

static const char *const berlin_holidays[][2] = {
    {"2026-01-01", "2026-01-01"}, {"2026-04-03", "2026-04-03"}, {"2026-04-06", "2026-04-06"},
    {"2026-05-01", "2026-05-01"}, {"2026-05-14", "2026-05-14"}, {"2026-05-25", "2026-05-25"},
    {"2026-10-03", "2026-10-03"}, {"2026-12-25", "2026-12-26"},
};
/* The night to Sunday is when networks are worked on, and when clocks are changed. */
static const office_open berlin_hours[] = {{MON_FRI, 8, 12}, {MON_FRI, 13, 17}, {SUNDAY, 0, 6}};
static const office_shift berlin_shifts[] = {
    {"2025-10-26T01:00:00Z", 3600}, {"2026-03-29T01:00:00Z", 7200}, {"2026-10-25T01:00:00Z", 3600}};

const hours_office office_berlin = {.name = "Berlin",
                                    .zone = "Europe/Berlin",
                                    .hours = berlin_hours,
                                    .hours_count = COUNT(berlin_hours),
                                    .common_count = COUNT(berlin_hours) - 1,
                                    .holidays = berlin_holidays,
                                    .holiday_count = COUNT(berlin_holidays),
                                    .shifts = berlin_shifts,
                                    .shift_count = COUNT(berlin_shifts)};

hours_office office_plain(const hours_office *given)
{
    hours_office plain = *given;

    plain.hours_count = plain.common_count;
    plain.makeup_count = 0;
    return plain;
}

/* --------------------------------------------------------------- a calendar */

static void print_hours(FILE *stream, const hours_office *office, unsigned days)
{
    const char *between = "";

    for (size_t i = 0; i < office->hours_count; i++)
        if (office->hours[i].days & days) {
            fprintf(stream, "%s\"%02d:00-%02d:00\"", between, office->hours[i].open,
                    office->hours[i].close);
            between = ", ";
        }
}

static void print_dates(FILE *stream, const hours_office *office)
{
    fputs(", \"holidays\": [", stream);
    for (size_t i = 0; i < office->holiday_count; i++)
        fprintf(stream, "%s{\"from\": \"%s\", \"to\": \"%s\"}", i > 0 ? ", " : "",
                office->holidays[i][0], office->holidays[i][1]);
    fputs("], \"makeup\": [", stream);
    for (size_t i = 0; i < office->makeup_count; i++)
        fprintf(stream, "%s{\"date\": \"%s\", \"as\": \"mon\"}", i > 0 ? ", " : "",
                office->makeups[i]);
    fputs("]", stream);
}

char *office_text(const hours_office *office, const char *horizon)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    fprintf(stream,
            "{\"kind\": \"calendar\", \"name\": \"desk\", \"version\": \"%zu\", \"zone\": \"%s\","
            " \"known_until\": \"2026-12-31\", %s\"week\": {\"mon-fri\": [",
            office->holiday_count, office->zone, horizon);
    print_hours(stream, office, MON_FRI);
    fputs("], \"sun\": [", stream);
    print_hours(stream, office, SUNDAY);
    fputs("]}", stream);
    print_dates(stream, office);
    fputs("}", stream);
    fclose(stream);
    return text;
}

sla_calendar *office_calendar(const hours_office *office)
{
    char *text = office_text(office, "");
    sla_calendar *calendar = NULL;
    sla_error error = {0};

    if (text == NULL ||
        sla_calendar_parse(text, strlen(text), office->name, NULL, &calendar, &error) != SLA_OK)
        fprintf(stderr, "sla-bench: no calendar: %s %s\n", error.pointer, error.text);
    free(text);
    return calendar;
}

/* ----------------------------------------------------------------- the twin */

static int64_t day_of(const char *text)
{
    int32_t day = 0;

    sla_date_parse(text, 10, &day);
    return day;
}

hours_walk walk_of(const hours_office *office)
{
    hours_walk made = {.office = *office};

    for (size_t i = 0; i < office->holiday_count; i++)
        for (size_t end = 0; end < 2; end++)
            made.closed[i][end] = day_of(office->holidays[i][end]);
    for (size_t i = 0; i < office->makeup_count; i++)
        made.opened[i] = day_of(office->makeups[i]);
    for (size_t i = 0; i < office->shift_count; i++) {
        sla_time_parse(office->shifts[i].at, strlen(office->shifts[i].at), &made.shifts[i].at);
        made.shifts[i].offset = office->shifts[i].offset_s * SLA_SECOND;
    }
    return made;
}

int64_t walk_date(const hours_walk *walk, sla_time at)
{
    size_t shift = walk->office.shift_count - 1;

    while (shift > 0 && walk->shifts[shift].at > at)
        shift--;
    return (at + walk->shifts[shift].offset) / SLA_DAY;
}

static sla_time instant(const hours_walk *walk, int64_t day, int hour)
{
    const sla_time civil = day * SLA_DAY + hour * SLA_HOUR;
    size_t shift = walk->office.shift_count - 1;

    while (shift > 0 && walk->shifts[shift].at > civil - walk->shifts[shift].offset)
        shift--;
    return civil - walk->shifts[shift].offset;
}

/* The day of the week whose hours hold on the date, as a bit; 0 for none. */
static unsigned walk_weekday(const hours_walk *walk, int64_t day)
{
    for (size_t i = 0; i < walk->office.makeup_count; i++)
        if (walk->opened[i] == day)
            return 1;
    for (size_t i = 0; i < walk->office.holiday_count; i++)
        if (day >= walk->closed[i][0] && day <= walk->closed[i][1])
            return 0;
    return 1u << (day + 3) % 7; /* day 0 was a Thursday */
}

/* When it is open on the date by one row of its hours, from `from` on; false where not at all. */
static bool walk_open(const hours_walk *walk, int64_t day, const office_open *hours, sla_time from,
                      sla_time *open_out, sla_time *close_out)
{
    const sla_time open = instant(walk, day, hours->open);

    *open_out = open > from ? open : from;
    *close_out = instant(walk, day, hours->close);
    return *close_out > *open_out;
}

sla_time walk_add(const hours_walk *walk, sla_time from, sla_duration need)
{
    for (int64_t day = walk_date(walk, from);; day++) {
        const unsigned weekday = walk_weekday(walk, day);

        for (size_t i = 0; i < walk->office.hours_count; i++) {
            const office_open *hours = &walk->office.hours[i];
            sla_time open, close;

            if (!(hours->days & weekday) || !walk_open(walk, day, hours, from, &open, &close))
                continue;
            if (need <= close - open)
                return open + need;
            need -= close - open;
        }
    }
}

sla_duration walk_between(const hours_walk *walk, sla_time from, sla_time to)
{
    sla_duration sum = 0;

    for (int64_t day = walk_date(walk, from); instant(walk, day, 0) < to; day++) {
        const unsigned weekday = walk_weekday(walk, day);

        for (size_t i = 0; i < walk->office.hours_count; i++) {
            const office_open *hours = &walk->office.hours[i];
            sla_time open, close;

            if (!(hours->days & weekday) || !walk_open(walk, day, hours, from, &open, &close))
                continue;
            close = close < to ? close : to;
            sum += close > open ? close - open : 0;
        }
    }
    return sum;
}

/* ---------------------------------------------------------------- questions */

void questions_draw(hours_questions *questions, const hours_office *office,
                    const sla_calendar *calendar, uint64_t seed, size_t count)
{
    static const int64_t minutes[] = {60, 120, 240, 480, 1440, 2880};
    prng random = prng_seeded(seed);
    sla_time first, last;

    sla_time_parse("2026-01-05T00:00:00Z", 20, &first);
    sla_time_parse("2026-11-30T00:00:00Z", 20, &last);
    questions->calendar = calendar;
    questions->walk = walk_of(office);
    questions->count = count;
    for (size_t i = 0; i < count; i++) {
        const int64_t need = minutes[prng_below(&random, COUNT(minutes))];

        questions->from[i] =
            prng_between(&random, first / SLA_SECOND, last / SLA_SECOND) * SLA_SECOND;
        questions->need[i] = need * SLA_MINUTE;
        questions->days[i] = (int)((need + 479) / 480);
        questions->to[i] = walk_add(&questions->walk, questions->from[i], questions->need[i]);
    }
}
