/* Goal: what other people's systems, and a government, decided comes out of our
 * calendars too.  Method: two cities' published tickets with the deadlines their
 * own software wrote, and twenty years of China's holidays, read from the shared
 * data; the rules behind them are in the READMEs there. */
#include "calendar_help.h"

#include <stdlib.h>

#include <jansson.h>

#include "time/civil.h"
#include "time/zone.h"

enum { COLUMNS = 12 };

typedef struct table {
    FILE *pipe;
    char line[2048];
    char *columns[COLUMNS];
} table;

static table open_table(const char *relative)
{
    table t = {NULL, "", {NULL}};
    char command[1200];

    snprintf(command, sizeof command, "gzip -dc '%s'", check_shared_data(relative));
    t.pipe = popen(command, "r");
    if (t.pipe == NULL || fgets(t.line, sizeof t.line, t.pipe) == NULL)
        CHECK_FAIL("cannot read %s", relative);
    return t;
}

/* The next row, its quotes taken off. */
static bool next_row(table *t)
{
    char *in = t->line, *out = t->line;
    bool quoted = false;
    int column = 0;

    if (fgets(t->line, sizeof t->line, t->pipe) == NULL)
        return false;
    t->columns[column++] = out;
    for (; *in != '\0' && *in != '\n' && *in != '\r'; in++) {
        if (*in == '"') {
            quoted = !quoted;
        } else if (*in == ',' && !quoted && column < COLUMNS) {
            *out++ = '\0';
            t->columns[column++] = out;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    while (column < COLUMNS)
        t->columns[column++] = out;
    return true;
}

/* ------------------------------------------------------------ New York's wall clock */

static sla__zone new_york(void)
{
    static sla__shift shifts[1000];
    sla__zone zone = {.shifts = shifts};

    CHECK_OK(sla__zone_read("America/New_York", shifts, COUNT_OF(shifts), &zone.count));
    CHECK_TRUE("room", zone.count <= COUNT_OF(shifts));
    return zone;
}

/* "2013-01-01T11:32:33" on the wall. */
static sla__civil wall_iso(const char *text)
{
    char with_zone[64];

    snprintf(with_zone, sizeof with_zone, "%sZ", text);
    return at(with_zone) / SLA_SECOND;
}

/* "04/12/2018 11:11:26 AM" on the wall. */
static sla__civil wall_american(const char *text)
{
    int month, day, year, hour, minute, second;
    char half;

    if (sscanf(text, "%d/%d/%d %d:%d:%d %cM", &month, &day, &year, &hour, &minute, &second,
               &half) != 7)
        CHECK_FAIL("%s is no time", text);
    hour = hour % 12 + (half == 'P' ? 12 : 0);
    return (sla__civil)sla__date_to_days((sla__date){year, month, day}) * 86400 + hour * 3600 +
           minute * 60 + second;
}

/* ------------------------------------------------------------ Boston */

static sla_calendar *boston(void)
{
    char members[8192], line[64];
    size_t used = (size_t)snprintf(members, sizeof members,
                                   "\"zone\": \"America/New_York\", \"week\": {\"mon-fri\": "
                                   "[\"08:30-17:00\"]}, \"known_until\": \"2020-12-31\", "
                                   "\"holidays\": [");
    FILE *file =
        fopen(check_shared_data("boston311-pickup/boston_city_holidays_2013_2019.csv"), "r");
    const char *comma = "";

    CHECK_TRUE("the city's holidays", file != NULL && fgets(line, sizeof line, file) != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        used += (size_t)snprintf(members + used, sizeof members - used, "%s{\"date\": \"%.10s\"}",
                                 comma, line);
        comma = ", ";
    }
    fclose(file);
    snprintf(members + used, sizeof members - used, "]");
    return calendar_of(members);
}

typedef struct tally {
    int rows;
    int near; /* within 300 s */
    int exact;
    int judged; /* closed and explained */
    int wrong;  /* on time or overdue, and we say the other */
    int missed; /* explained, and we are more than 300 s off */
} tally;

static void judge(tally *t, const table *row, const sla__zone *zone, sla_time due)
{
    const bool explained = row->columns[11][0] == '1';
    const sla__civil off = sla__zone_civil(zone, due) - wall_iso(row->columns[4]);

    t->rows++;
    t->exact += off == 0;
    t->near += off >= -300 && off <= 300;
    t->missed += explained && (off < -300 || off > 300);
    if (row->columns[5][0] == '\0' || !explained)
        return;
    t->judged++;
    t->wrong += (sla__zone_instant(zone, wall_iso(row->columns[5])) <= due) !=
                (strcmp(row->columns[6], "ONTIME") == 0);
}

TEST(boston_promises_a_business_day_and_120_days)
{
    const sla_workdays next_day = {1, SLA_ROLL_FORWARD, SLA_END_SAME_TIME, SLA_FIT_NEXT_OPEN};
    const sla__zone zone = new_york();
    sla_calendar *office = boston();
    table rows = open_table("boston311-pickup/boston311_pickup_2013_2019.csv.gz");
    tally one = {0}, many = {0};

    while (next_row(&rows)) {
        const sla_time opened = sla__zone_instant(&zone, wall_iso(rows.columns[3]));
        sla_time due = SLA_NEVER, in_hours = SLA_NEVER;

        if (strcmp(rows.columns[1], "Pick up Dead Animal") == 0) {
            CHECK_OK(sla_calendar_add_workdays(office, opened, &next_day, &due));
            CHECK_OK(
                sla_calendar_add(office, opened, 510 * SLA_MINUTE, SLA_FIT_NEXT_OPEN, &in_hours));
            CHECK_EQ("a workday is 8.5 hours that end at the next opening", in_hours, due);
            judge(&one, &rows, &zone, due);
        } else if (strcmp(rows.columns[1], "Animal Noise Disturbances") != 0) {
            CHECK_OK(sla_calendar_add_days(office, opened, 120, SLA_END_SAME_TIME, &due));
            judge(&many, &rows, &zone, due);
        }
    }
    pclose(rows.pipe);
    printf("one day: %d rows, %d within 300 s (%.3f %%), %d exact, %d of %d outcomes wrong\n",
           one.rows, one.near, 100.0 * one.near / one.rows, one.exact, one.wrong, one.judged);
    printf("120 days: %d rows, %d within 300 s, %d exact, %d of %d outcomes wrong\n", many.rows,
           many.near, many.exact, many.wrong, many.judged);
    CHECK_EQ("all rows of the one-day type", 21687, one.rows);
    CHECK_TRUE("99.89 % within 300 s", one.near * 10000LL >= one.rows * 9989LL);
    CHECK_EQ("one day: outcomes", 0, one.wrong);
    CHECK_EQ("120 days: every explained row", 0, many.missed);
    CHECK_EQ("120 days: outcomes", 0, many.wrong);
    sla_calendar_unref(office);
}

/* ------------------------------------------------------------ Baltimore */

typedef struct request_type {
    char name[128];
    int days; /* the limit, from the first row seen in the half that is fitted */
    bool fitted;
    bool constant; /* no row of that half says otherwise */
} request_type;

typedef struct request {
    int type;
    sla__civil created;
    sla__civil due;
} request;

static int find_type(request_type *types, int *count, const char *name)
{
    for (int i = 0; i < *count; i++)
        if (strcmp(types[i].name, name) == 0)
            return i;
    CHECK_TRUE("room for types", *count < 300 && strlen(name) < sizeof types[0].name);
    strcpy(types[*count].name, name);
    return (*count)++;
}

static void fit(request_type *type, const request *r)
{
    const sla__civil span = r->due - r->created;
    const int days = span % 86400 == 0 ? (int)(span / 86400) : -1;

    if (!type->fitted) {
        type->fitted = true;
        type->constant = days >= 0;
        type->days = days;
    } else if (days != type->days) {
        type->constant = false;
    }
}

TEST(baltimore_promises_days_on_the_wall_clock)
{
    static request_type types[300];
    static request requests[10000];
    const sla__zone zone = new_york();
    sla_calendar *always =
        calendar_of("\"zone\": \"America/New_York\", \"week\": {\"mon-sun\": [\"00:00-24:00\"]}");
    table rows = open_table("baltimore311/baltimore311_sample.csv.gz");
    int type_count = 0, count = 0, checked = 0, exact = 0, constant = 0, over_change = 0;

    while (next_row(&rows)) {
        if (rows.columns[7][0] == '\0')
            continue;
        CHECK_TRUE("room for rows", count < (int)COUNT_OF(requests));
        requests[count].type = find_type(types, &type_count, rows.columns[2]);
        requests[count].created = wall_american(rows.columns[4]);
        requests[count].due = wall_american(rows.columns[7]);
        /* The limits are learnt from every other row. */
        if (count % 2 == 0)
            fit(&types[requests[count].type], &requests[count]);
        count++;
    }
    pclose(rows.pipe);
    for (int i = 0; i < type_count; i++)
        constant += types[i].constant;
    for (int i = 0; i < count; i++) {
        const request_type *type = &types[requests[i].type];
        const sla_time created = sla__zone_instant(&zone, requests[i].created);
        sla_time due = SLA_NEVER;

        if (!type->constant)
            continue;
        CHECK_OK(sla_calendar_add_days(always, created, type->days, SLA_END_SAME_TIME, &due));
        checked++;
        exact += sla__zone_civil(&zone, due) == requests[i].due;
        over_change += sla__zone_offset(&zone, created) != sla__zone_offset(&zone, due);
    }
    printf(
        "%d types, %d with one constant limit; %d rows, %d exact (%.3f %%), %d across a change of "
        "offset\n",
        type_count, constant, checked, exact, 100.0 * exact / checked, over_change);
    CHECK_TRUE("most types", constant >= 150 && checked > 9000);
    CHECK_TRUE("99.9 % exact", exact * 1000LL >= checked * 999LL);
    CHECK_TRUE("many across a change", over_change > 700);
    sla_calendar_unref(always);
}

/* ------------------------------------------------------------ China */

/* What the announcements say of each date: 0 nothing, 1 off, 2 worked. */
static void read_announcements(char *said, int32_t first, int32_t last)
{
    for (int year = 2007; year <= 2027; year++) {
        char relative[64];
        json_t *root, *day;
        size_t i;

        snprintf(relative, sizeof relative, "cn-holidays/holiday-cn/%d.json", year);
        root = json_load_file(check_shared_data(relative), 0, NULL);
        CHECK_TRUE(relative, root != NULL);
        json_array_foreach(json_object_get(root, "days"), i, day)
        {
            const char *date = json_string_value(json_object_get(day, "date"));
            int32_t days;

            CHECK_OK(sla_date_parse(date, strlen(date), &days));
            if (days >= first && days <= last)
                said[days - first] = json_is_true(json_object_get(day, "isOffDay")) ? 1 : 2;
        }
        json_decref(root);
    }
}

TEST(china_works_and_rests_as_announced_every_day_from_2007_to_2026)
{
    static char said[8000];
    const int32_t first = sla__date_to_days((sla__date){2007, 1, 1});
    const int32_t last = sla__date_to_days((sla__date){2026, 12, 31});
    sla_calendar *china = bundled("cn_office");
    int off = 0, worked = 0;

    read_announcements(said, first, last);
    for (int32_t date = first; date <= last; date++) {
        const sla_time midnight = date * SLA_DAY - 8 * SLA_HOUR;
        const char what = said[date - first];
        const bool working = what == 2 || (what == 0 && sla__weekday(date) < 5);
        sla_duration open = -1;
        sla_segment segment;
        char name[SLA_TIME_TEXT_MAX];

        sla_date_format(date, name, sizeof name);
        CHECK_OK(sla_calendar_between(china, midnight, midnight + SLA_DAY, &open));
        CHECK_EQ(name, working ? 9 * SLA_HOUR : 0, open);
        CHECK_OK(sla_calendar_segment(china, midnight + 10 * SLA_HOUR, midnight + 11 * SLA_HOUR,
                                      &segment));
        CHECK_EQ(name,
                 what == 1   ? SLA_SEGMENT_HOLIDAY
                 : what == 2 ? SLA_SEGMENT_MAKEUP
                 : working   ? SLA_SEGMENT_OPEN
                             : SLA_SEGMENT_CLOSED,
                 segment.kind);
        CHECK_EQ(name, what != 0, segment.label[0] != '\0');
        off += what == 1;
        worked += what == 2;
    }
    printf("%d dates off, %d make-up workdays\n", off, worked);
    CHECK_EQ("the end of what is known", at("2027-01-01T00:00:00+08:00"),
             sla_calendar_known_until(china));
    CHECK_TRUE("known", !sla_calendar_provisional(china, at("2026-12-31T18:00:00+08:00")));
    CHECK_TRUE("not announced", sla_calendar_provisional(china, at("2027-01-01T18:00:00+08:00")));
    CHECK_TRUE("weekly hours hold beyond",
               sla_calendar_is_open(china, at("2027-10-01T10:00:00+08:00")));
    sla_calendar_unref(china);
}
