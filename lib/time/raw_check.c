/* raw_check.c - what two parts of a calendar say about each other; see raw.h. */
#include "time/raw.h"

#include <sla/time.h>

#include "time/civil.h"

/* ------------------------------------------------------------ overnight hours */

static int complain_about_day(const sla__raw *raw, sla__json *json, int day, const char *text)
{
    const char *key = raw->week_key[day];
    int result;

    sla__json_push_key(json, "week");
    result = key != NULL ? sla__json_complain_at(json, key, "%s", text)
                         : sla__json_complain(json, "%s", text);
    sla__json_pop(json);
    return result;
}

static const char overlap[] = "hours that go past midnight overlap the first hours of the next day";

/* Nothing may be open twice when one day of the week follows another. */
static int check_nights(const sla__raw *raw, sla__json *json)
{
    for (int day = 0; day < 7; day++) {
        const sla__hours_range today = raw->week[day];
        const sla__hours_range tomorrow = raw->week[(day + 1) % 7];
        int32_t end;

        if (today.count == 0 || tomorrow.count == 0)
            continue;
        end = raw->hours[today.first + today.count - 1].end - SLA__SECONDS_PER_DAY;
        if (raw->hours[tomorrow.first].start < end)
            return complain_about_day(raw, json, day, overlap);
    }
    return SLA_OK;
}

/* The hours of `day` up to midnight (`late` false), or what lies behind it. */
static int put_halves(sla__raw *raw, sla__hours_range from, bool late, sla__hours_range *to)
{
    for (size_t i = from.first; i < from.first + from.count; i++) {
        sla__hours half = raw->hours[i];
        int result;

        if (late) {
            half.start = 0;
            half.end -= SLA__SECONDS_PER_DAY;
        } else if (half.end > SLA__SECONDS_PER_DAY) {
            half.end = SLA__SECONDS_PER_DAY;
        }
        if (half.end <= half.start)
            continue;
        result = sla__raw_put_hours(raw, to, half);
        if (result != SLA_OK)
            return result;
    }
    return SLA_OK;
}

/* `overnight: cut`: each half of a night belongs to the date it lies on. */
static int cut_week(sla__raw *raw, sla__json *json)
{
    sla__hours_range cut[7];

    for (int day = 0; day < 7; day++) {
        int result;

        cut[day] = (sla__hours_range){raw->hours_count, 0};
        result = put_halves(raw, raw->week[(day + 6) % 7], true, &cut[day]);
        if (result == SLA_OK)
            result = put_halves(raw, raw->week[day], false, &cut[day]);
        if (result == SLA_ERR_EXISTS)
            return complain_about_day(raw, json, (day + 6) % 7, overlap);
        if (result != SLA_OK)
            return sla__json_complain_as(json, result, "out of memory");
    }
    for (size_t i = 0; i < raw->entry_count; i++)
        if (raw->entries[i].as_day >= 0)
            raw->entries[i].hours = cut[raw->entries[i].as_day];
    for (int day = 0; day < 7; day++)
        raw->week[day] = cut[day];
    return SLA_OK;
}

/* Where nights are cut, hours of a date end with the date. */
static int check_own_nights(const sla__raw *raw, sla__json *json)
{
    for (size_t i = 0; i < raw->entry_count; i++) {
        const sla__entry *entry = &raw->entries[i];
        const sla__hours_range hours = entry->hours;

        if (entry->kind == SLA__ENTRY_BREAK || hours.count == 0)
            continue;
        if (raw->hours[hours.first + hours.count - 1].end > SLA__SECONDS_PER_DAY)
            return sla__raw_complain(
                json, entry, "hours",
                "with overnight \"cut\" the hours of a date end at 24:00; list "
                "the rest under the next date");
    }
    return SLA_OK;
}

/* ------------------------------------------------------------ what is known */

static int check_horizon(const sla__raw *raw, sla__json *json)
{
    const int32_t first = sla__date_to_days((sla__date){raw->first_year, 1, 1});
    const int32_t last = sla__date_to_days((sla__date){raw->last_year, 12, 31});

    for (size_t i = 0; i < raw->entry_count; i++)
        if (raw->entries[i].first < first || raw->entries[i].last > last)
            return sla__raw_complain(json, &raw->entries[i], NULL,
                                     "the date lies outside the horizon of the calendar, %d to %d; "
                                     "widen \"horizon\"",
                                     raw->first_year, raw->last_year);
    if (raw->has_known_until && (raw->known_until < first || raw->known_until > last))
        return sla__json_complain_at(json, "known_until",
                                     "the date lies outside the horizon of the calendar, %d to %d",
                                     raw->first_year, raw->last_year);
    return SLA_OK;
}

static bool is_listed(const sla__entry *entry)
{
    return entry->kind == SLA__ENTRY_HOLIDAY || entry->kind == SLA__ENTRY_MAKEUP;
}

/* A year in which nothing is listed is a year nobody has announced yet. */
static int check_last_year(const sla__raw *raw, sla__json *json)
{
    const int year = sla__date_from_days(raw->known_until).year;
    int last = 0;

    for (size_t i = 0; i < raw->entry_count; i++) {
        const int listed = sla__date_from_days(raw->entries[i].last).year;

        if (is_listed(&raw->entries[i]) && listed > last)
            last = listed;
    }
    if (last == 0)
        return sla__json_complain_at(json, "known_until",
                                     "the lists are empty, so nothing is known; list the holidays, "
                                     "or leave out \"known_until\" and the lists");
    if (year > last)
        return sla__json_complain_at(json, "known_until",
                                     "no holiday of %d is listed, and an empty year is not a known "
                                     "one; write %d-12-31 at the latest",
                                     year, last);
    return SLA_OK;
}

static int check_known(const sla__raw *raw, sla__json *json)
{
    char date[SLA_TIME_TEXT_MAX];

    if (!raw->has_lists && !raw->has_known_until)
        return SLA_OK;
    if (!raw->has_known_until)
        return sla__json_complain(json,
                                  "a list of holidays needs \"known_until\": the last date for "
                                  "which it is complete, such as 2026-12-31");
    if (!raw->has_lists)
        return sla__json_complain_at(json, "known_until",
                                     "there is no list that could end; leave it out, or add "
                                     "\"holidays\"");
    sla_date_format(raw->known_until, date, sizeof date);
    for (size_t i = 0; i < raw->entry_count; i++)
        if (is_listed(&raw->entries[i]) && raw->entries[i].last > raw->known_until)
            return sla__raw_complain(
                json, &raw->entries[i], NULL,
                "the date lies beyond \"known_until\" (%s); move that, or leave "
                "the date out",
                date);
    return check_last_year(raw, json);
}

int sla__raw_check(sla__raw *raw, sla__json *json)
{
    int result = raw->cut ? cut_week(raw, json) : check_nights(raw, json);

    if (result == SLA_OK && raw->cut)
        result = check_own_nights(raw, json);
    if (result == SLA_OK)
        result = check_horizon(raw, json);
    return result == SLA_OK ? check_known(raw, json) : result;
}
