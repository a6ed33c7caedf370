/* calendar_model.c - see calendar_model.h. */
#include "calendar_model.h"

#include <stdlib.h>

#include "time/civil.h"

enum { DAY_S = 86400 };

static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* ------------------------------------------------------------ making one up */

/* Some windows in order, the last one perhaps past midnight. */
static model_hours random_hours(prng *random, int step_s, bool may_be_late)
{
    model_hours hours = {{0}, {0}, 0};
    const int count = (int)prng_between(random, 1, MODEL_WINDOWS - 1);
    int at = (int)prng_below(random, 4) * 3600;

    for (int i = 0; i < count && at < DAY_S - step_s; i++) {
        const int start = at + (int)prng_below(random, 4 * 3600 / step_s) * step_s;
        const int end = start + (int)prng_between(random, 1, 9 * 3600 / step_s) * step_s;

        if (start >= DAY_S)
            break;
        hours.start[hours.count] = start;
        hours.end[hours.count] = may_be_late || end <= DAY_S ? end : DAY_S;
        hours.count++;
        at = end + (prng_percent(random, 20) ? 0 : step_s);
    }
    /* Nobody works more than a day before the same time comes again. */
    if (hours.count > 0 && hours.end[hours.count - 1] > hours.start[hours.count - 1] + DAY_S)
        hours.end[hours.count - 1] = hours.start[hours.count - 1] + DAY_S;
    return hours;
}

static void random_day(model *m, prng *random, model_day *day, int step_s)
{
    const unsigned dice = (unsigned)prng_below(random, 100);

    if (dice < 6) {
        day->rule = HOLIDAY;
    } else if (dice < 9) {
        day->as = (int)prng_below(random, 7);
        day->rule = m->week[day->as].count > 0 ? MAKEUP_AS : BY_WEEK;
    } else if (dice < 12) {
        day->own = random_hours(random, step_s, !m->cut);
        day->rule = day->own.count == 0 ? BY_WEEK : prng_percent(random, 50) ? MAKEUP_OWN : SPECIAL;
    }
    if (prng_percent(random, 5))
        day->cuts = random_hours(random, step_s, true);
}

void model_make(model *m, prng *random, const char *zone, int year, int step_s)
{
    memset(m, 0, sizeof *m);
    m->zone_name = zone;
    m->year = year;
    m->first_date = sla__date_to_days((sla__date){year, 1, 1});
    m->day_count = sla__date_to_days((sla__date){year + 1, 1, 1}) - m->first_date;
    m->cut = prng_percent(random, 30);
    CHECK_OK(sla__zone_read(zone, NULL, 0, &m->zone.count));
    m->zone.shifts = malloc(m->zone.count * sizeof *m->zone.shifts);
    CHECK_OK(sla__zone_read(zone, m->zone.shifts, m->zone.count, &m->zone.count));
    if (prng_percent(random, 5)) {
        for (int day = 0; day < 7; day++)
            m->week[day] = (model_hours){{0}, {DAY_S}, 1};
    } else {
        const bool nights = prng_percent(random, 40);

        for (int day = 0; day < 7; day++)
            if (prng_percent(random, day < 5 ? 90 : 30))
                m->week[day] = random_hours(random, step_s, nights);
    }
    for (int i = 0; i < m->day_count; i++)
        random_day(m, random, &m->days[i], step_s);
}

static void put_times(char **at, const model_hours *hours)
{
    for (int i = 0; i < hours->count; i++) {
        const int end = hours->end[i] > DAY_S ? hours->end[i] - DAY_S : hours->end[i];

        *at += sprintf(*at, "%s\"%02d:%02d:%02d-%02d:%02d:%02d\"", i > 0 ? ", " : "",
                       hours->start[i] / 3600, hours->start[i] / 60 % 60, hours->start[i] % 60,
                       end / 3600, end / 60 % 60, end % 60);
    }
}

static void put_list(const model *m, char **at, const char *name, model_rule first, model_rule last)
{
    const char *comma = "";

    *at += sprintf(*at, ",\n\"%s\": [", name);
    for (int i = 0; i < m->day_count; i++) {
        const model_day *day = &m->days[i];
        char date[SLA_TIME_TEXT_MAX];

        if (day->rule < first || day->rule > last)
            continue;
        sla_date_format(m->first_date + i, date, sizeof date);
        *at += sprintf(*at, "%s\n{\"date\": \"%s\", \"name\": \"day %d\"", comma, date, i);
        if (day->rule == MAKEUP_AS)
            *at += sprintf(*at, ", \"as\": \"%s\"", weekdays[day->as]);
        if (day->rule == MAKEUP_OWN || day->rule == SPECIAL) {
            *at += sprintf(*at, ", \"hours\": [");
            put_times(at, &day->own);
            *at += sprintf(*at, "]");
        }
        *at += sprintf(*at, "}");
        comma = ",";
    }
    *at += sprintf(*at, "]");
}

static void put_breaks(const model *m, char **at)
{
    const char *comma = "";

    *at += sprintf(*at, ",\n\"breaks\": [");
    for (int i = 0; i < m->day_count; i++) {
        char date[SLA_TIME_TEXT_MAX];

        if (m->days[i].cuts.count == 0)
            continue;
        sla_date_format(m->first_date + i, date, sizeof date);
        *at += sprintf(*at, "%s\n{\"date\": \"%s\", \"cut\": [", comma, date);
        put_times(at, &m->days[i].cuts);
        *at += sprintf(*at, "]}");
        comma = ",";
    }
    *at += sprintf(*at, "]");
}

char *model_json(const model *m)
{
    char *text = malloc(1 << 18), *at = text;

    at += sprintf(
        at,
        "{\"kind\": \"calendar\", \"name\": \"model\", \"version\": \"1\", \"zone\": "
        "\"%s\", \"overnight\": \"%s\",\n\"horizon\": {\"from_year\": %d, \"to_year\": %d}, "
        "\"known_until\": \"%d-12-31\",\n\"week\": {",
        m->zone_name, m->cut ? "cut" : "day_of_start", m->year, m->year, m->year);
    for (int day = 0; day < 7; day++) {
        at += sprintf(at, "%s\"%s\": [", day > 0 ? ", " : "", weekdays[day]);
        put_times(&at, &m->week[day]);
        at += sprintf(at, "]");
    }
    at += sprintf(at, "}");
    put_list(m, &at, "holidays", HOLIDAY, HOLIDAY);
    put_list(m, &at, "makeup", MAKEUP_AS, MAKEUP_OWN);
    put_list(m, &at, "special", SPECIAL, SPECIAL);
    put_breaks(m, &at);
    sprintf(at, "}\n");
    return text;
}

/* ------------------------------------------------------------ is it open? */

static const model_day *day_of(const model *m, int32_t date)
{
    static const model_day ordinary;
    const int32_t number = date - m->first_date;

    return number >= 0 && number < m->day_count ? &m->days[number] : &ordinary;
}

static bool within(const model_hours *hours, int second)
{
    for (int i = 0; i < hours->count; i++)
        if (second >= hours->start[i] && second < hours->end[i])
            return true;
    return false;
}

static bool has_break(const model *m, int32_t date, int second)
{
    return within(&day_of(m, date)->cuts, second) ||
           within(&day_of(m, date - 1)->cuts, second + DAY_S);
}

static const model_hours *hours_of(const model *m, int32_t date)
{
    static const model_hours none;
    const model_day *day = day_of(m, date);

    switch (day->rule) {
    case BY_WEEK:
        return &m->week[sla__weekday(date)];
    case MAKEUP_AS:
        return &m->week[day->as];
    case HOLIDAY:
        return &none;
    default:
        return &day->own;
    }
}

/* The date whose hours hold this second of this date, + 1; 0 when closed. */
static int32_t owner_of(const model *m, int32_t date, int second)
{
    const model_day *day = day_of(m, date);

    if (has_break(m, date, second))
        return 0;
    if (within(hours_of(m, date), second))
        return date + 1;
    if (!m->cut)
        return within(hours_of(m, date - 1), second + DAY_S) ? date : 0;
    /* Cut: what the week's evening before leaves on this date is this date's. */
    if (day->rule == BY_WEEK || day->rule == MAKEUP_AS) {
        const int weekday = day->rule == BY_WEEK ? sla__weekday(date) : day->as;

        return within(&m->week[(weekday + 6) % 7], second + DAY_S) ? date + 1 : 0;
    }
    return 0;
}

static int32_t date_of_civil(int64_t civil)
{
    return (int32_t)sla__floor_div(civil, DAY_S);
}

void model_fill(model *m, sla_time from, sla_time to, int64_t unit)
{
    m->unit = unit;
    m->from = from;
    m->cell_count = (to - from) / unit;
    m->owner = malloc((size_t)m->cell_count * sizeof *m->owner);
    m->civil = malloc((size_t)m->cell_count * sizeof *m->civil);
    for (int64_t i = 0; i < m->cell_count; i++) {
        const int64_t civil = sla__zone_civil(&m->zone, from + i * unit);
        const int32_t date = date_of_civil(civil);

        m->civil[i] = civil;
        m->owner[i] = owner_of(m, date, (int)(civil - (int64_t)date * DAY_S));
    }
}

void model_free(model *m)
{
    free(m->owner);
    free(m->civil);
    free(m->zone.shifts);
}

/* ------------------------------------------------------------ counting */

static int64_t cell_of(const model *m, sla_time at)
{
    return (at - m->from) / m->unit;
}

static sla_time time_of(const model *m, int64_t cell)
{
    return cell < m->cell_count ? m->from + cell * m->unit : SLA_NEVER;
}

bool model_is_open(const model *m, sla_time at)
{
    return m->owner[cell_of(m, at)] != 0;
}

sla_time model_next_open(const model *m, sla_time at)
{
    int64_t i = cell_of(m, at);

    while (i < m->cell_count && m->owner[i] == 0)
        i++;
    return time_of(m, i);
}

sla_time model_next_close(const model *m, sla_time at)
{
    int64_t i = cell_of(m, at);

    while (i < m->cell_count && m->owner[i] == 0)
        i++;
    while (i < m->cell_count && m->owner[i] != 0)
        i++;
    return time_of(m, i);
}

sla_time model_add(const model *m, sla_time from, sla_duration need, sla_exact_fit fit)
{
    int64_t i = cell_of(m, from);

    for (; need > 0; i++) {
        if (i >= m->cell_count)
            return SLA_NEVER;
        if (m->owner[i] != 0)
            need -= m->unit;
    }
    if (fit == SLA_FIT_CLOSE)
        return m->from + i * m->unit;
    while (i < m->cell_count && m->owner[i] == 0)
        i++;
    return time_of(m, i);
}

sla_time model_sub(const model *m, sla_time to, sla_duration need)
{
    int64_t i = cell_of(m, to);

    while (need > 0) {
        if (i == 0)
            return SLA_NEVER;
        if (m->owner[--i] != 0)
            need -= m->unit;
    }
    return time_of(m, i);
}

sla_duration model_between(const model *m, sla_time from, sla_time to)
{
    sla_duration sum = 0;

    for (int64_t i = cell_of(m, from); i < cell_of(m, to); i++)
        sum += m->owner[i] != 0 ? m->unit : 0;
    return sum;
}

sla_segment_kind model_kind(const model *m, sla_time at)
{
    const int64_t i = cell_of(m, at);
    const int32_t date = m->owner[i] != 0 ? m->owner[i] - 1 : date_of_civil(m->civil[i]);
    const model_rule rule = day_of(m, date)->rule;

    if (m->owner[i] == 0)
        return rule == HOLIDAY ? SLA_SEGMENT_HOLIDAY : SLA_SEGMENT_CLOSED;
    return rule == BY_WEEK   ? SLA_SEGMENT_OPEN
           : rule == SPECIAL ? SLA_SEGMENT_SPECIAL
                             : SLA_SEGMENT_MAKEUP;
}

/* ------------------------------------------------------------ counting dates */

/* The first cell whose wall clock has reached `civil`. */
static sla_time instant_of(const model *m, int64_t civil)
{
    /* No cell more than two days before can be it: begin there. */
    int64_t i = (civil - m->civil[0]) * SLA_SECOND / m->unit - 2 * SLA_DAY / m->unit;

    if (i < 0)
        i = 0;
    if (civil < m->civil[0])
        return SLA_NEVER;
    while (i < m->cell_count && m->civil[i] < civil)
        i++;
    return i < m->cell_count ? time_of(m, i) : SLA_NEVER;
}

/* First open cell of a date and the end of its last, in cells; false: no workday. */
static bool reach_of(const model *m, int32_t date, int64_t *open, int64_t *close)
{
    const int64_t day = SLA_DAY / m->unit;
    int64_t i = (date - m->first_date) * day - 2 * day;

    *open = -1;
    for (int64_t end = i + 6 * day; i < end; i++)
        if (i >= 0 && i < m->cell_count && m->owner[i] == date + 1) {
            if (*open < 0)
                *open = i;
            *close = i + 1;
        }
    return *open >= 0;
}

static bool is_working(const model *m, int32_t date)
{
    int64_t open, close;

    return date >= m->first_date && date < m->first_date + m->day_count &&
           reach_of(m, date, &open, &close);
}

/* The next working date from `date` on in steps of `step`; false: none in the year. */
static bool find_working(const model *m, int32_t *date, int step)
{
    while (*date >= m->first_date && *date < m->first_date + m->day_count) {
        if (is_working(m, *date))
            return true;
        *date += step;
    }
    return false;
}

/* The date an instant counts for, and the second within it. */
static int32_t date_of(const model *m, sla_time at, int64_t *second)
{
    const int64_t i = cell_of(m, at);
    const int32_t date = m->owner[i] != 0 ? m->owner[i] - 1 : date_of_civil(m->civil[i]);

    *second = m->civil[i] - (int64_t)date * DAY_S;
    return date;
}

/* The end of a date's place: SLA_NEVER stays SLA_NEVER. */
static sla_time fitted(const model *m, sla_time at, const sla_workdays *workdays)
{
    const int64_t i = at != SLA_NEVER ? cell_of(m, at) : 0;
    const bool closing = i > 0 && m->owner[i] == 0 && m->owner[i - 1] != 0;

    if (at == SLA_NEVER || (closing && workdays->fit == SLA_FIT_CLOSE))
        return at;
    if (closing || workdays->end == SLA_END_SAME_TIME_IN_HOURS)
        return model_next_open(m, at);
    return at;
}

sla_time model_add_workdays(const model *m, sla_time from, const sla_workdays *workdays)
{
    const int step = workdays->days < 0 ? -1 : 1;
    int64_t second, open, close;
    sla_time at = from;
    int32_t date;

    if (workdays->roll == SLA_ROLL_FORWARD)
        at = model_next_open(m, from);
    if (at == SLA_NEVER)
        return SLA_NEVER;
    date = date_of(m, at, &second);
    if (!is_working(m, date)) {
        /* Hours that began before the year belong to no date of it. */
        if (!find_working(m, &date, workdays->roll == SLA_ROLL_BACKWARD ? -1 : 1))
            if (date >= m->first_date || workdays->roll == SLA_ROLL_BACKWARD)
                return SLA_NEVER;
        if (date < m->first_date)
            return SLA_NEVER;
        at = instant_of(m, (int64_t)date * DAY_S + second);
        if (workdays->roll == SLA_ROLL_FORWARD_DAY) {
            reach_of(m, date, &open, &close);
            at = time_of(m, open);
            second = m->civil[open] - (int64_t)date * DAY_S;
        }
    }
    for (int left = workdays->days; left != 0; left -= step) {
        date += step;
        if (!find_working(m, &date, step))
            return SLA_NEVER;
    }
    if (workdays->days != 0)
        at = instant_of(m, (int64_t)date * DAY_S + second);
    reach_of(m, date, &open, &close);
    switch (workdays->end) {
    case SLA_END_DAY:
        return instant_of(m, (int64_t)(date + 1) * DAY_S);
    case SLA_END_CLOSE:
        return time_of(m, close);
    case SLA_END_LAST_HOUR:
        return at < m->from + close * m->unit ? at : time_of(m, close);
    default:
        return fitted(m, at, workdays);
    }
}

sla_time model_add_days(const model *m, sla_time from, int days, sla_day_end end)
{
    const int64_t civil = m->civil[cell_of(m, from)];

    if (end == SLA_END_DAY)
        return instant_of(m, (int64_t)(date_of_civil(civil) + days + 1) * DAY_S);
    return days == 0 ? from : instant_of(m, civil + (int64_t)days * DAY_S);
}

/* The first time from `from` on that the clocks show this. */
static sla_time first_from(const model *m, sla_time from, int64_t civil)
{
    sla_time at = instant_of(m, civil);

    for (int64_t cell = cell_of(m, from); at < from && at != SLA_NEVER; cell++)
        if (m->civil[cell] == civil)
            at = time_of(m, cell);
    return at;
}

sla_time model_cutoff(const model *m, sla_time from, const sla_cutoff *cutoff)
{
    const int64_t civil = m->civil[cell_of(m, from)];
    int32_t date = date_of_civil(civil);
    const bool working = is_working(m, date);
    const bool before = civil - (int64_t)date * DAY_S < cutoff->before_s;

    if (before && (working || !cutoff->workdays))
        return first_from(m, from, (int64_t)date * DAY_S + cutoff->today_s);
    for (int left = cutoff->days; left > 0; left--) {
        date++;
        if (cutoff->workdays && !find_working(m, &date, 1))
            return SLA_NEVER;
    }
    return instant_of(m, (int64_t)date * DAY_S + cutoff->later_s);
}
