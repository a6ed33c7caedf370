/* Goal: what a calendar says about itself, where its answers end, who frees it.
 * Method: by hand; then every allocation of reading one fails once. */
#include "calendar_help.h"

#define OFFICE "\"zone\": \"Asia/Shanghai\", \"week\": {\"mon-fri\": [\"09:00-17:00\"]}"

static const char small[] =
    "{\"kind\": \"calendar\", \"name\": \"small\", \"version\": \"7\", \"display\": \"Small\", "
    "\"zone\": \"Europe/Madrid\", \"horizon\": {\"from_year\": 2026, \"to_year\": 2026}, "
    "\"known_until\": \"2026-06-30\", \"week\": {\"mon-fri\": [\"09:00-17:00\"], \"sat\": "
    "[\"20:00-02:00\"]}, \"holidays\": [{\"date\": \"2026-05-01\", \"name\": \"May Day\"}], "
    "\"makeup\": [{\"date\": \"2026-05-03\", \"as\": \"mon\", \"name\": \"for May Day\"}], "
    "\"special\": [{\"date\": \"2026-05-04\", \"hours\": [\"10:00-11:00\"], \"name\": \"Drill\"}], "
    "\"breaks\": [{\"date\": \"2026-05-05\", \"cut\": [\"12:00-13:00\"]}]}";

static sla_calendar *parse_small(const sla_allocator *allocator)
{
    sla_calendar *calendar = NULL;
    sla_error error;

    CHECK_OK_OR_SAY(sla_calendar_parse(small, strlen(small), "small", allocator, &calendar, &error),
                    &error);
    return calendar;
}

TEST(a_calendar_says_what_it_is)
{
    sla_calendar *calendar = parse_small(NULL);
    sla_calendar *office = calendar_of(OFFICE);
    sla_time from, to;

    CHECK_STR("name", "small", sla_calendar_name(calendar));
    CHECK_STR("version", "7", sla_calendar_version(calendar));
    CHECK_STR("display", "Small", sla_calendar_display(calendar));
    CHECK_STR("the name where there is no display", "test", sla_calendar_display(office));
    CHECK_STR("zone", "Europe/Madrid", sla_calendar_zone(calendar));
    sla_calendar_horizon(calendar, &from, &to);
    check_instant("from", calendar, "2026-01-01T00:00:00+01:00", from);
    check_instant("to", calendar, "2027-01-01T00:00:00+01:00", to);
    CHECK_EQ("offset in winter", 3600, sla_calendar_offset(calendar, at("2026-03-01T00:00:00Z")));
    CHECK_EQ("offset in summer", 7200, sla_calendar_offset(calendar, at("2026-07-01T00:00:00Z")));
    sla_calendar_unref(calendar);
    sla_calendar_unref(office);
}

TEST(the_horizon_is_2000_to_2050_unless_the_file_says_otherwise)
{
    sla_calendar *office = calendar_of(OFFICE);
    sla_time from, to;

    sla_calendar_horizon(office, &from, &to);
    check_instant("from", office, "2000-01-01T00:00:00+08:00", from);
    check_instant("to", office, "2051-01-01T00:00:00+08:00", to);
    sla_calendar_unref(office);
}

TEST(beyond_the_known_end_answers_are_provisional)
{
    sla_calendar *calendar = parse_small(NULL);
    sla_calendar *office = calendar_of(OFFICE);
    const sla_time end = at("2026-07-01T00:00:00+02:00");

    CHECK_EQ("the end of the last known date", end, sla_calendar_known_until(calendar));
    CHECK_TRUE("at the end of what is known", !sla_calendar_provisional(calendar, end));
    CHECK_TRUE("beyond it", sla_calendar_provisional(calendar, end + 1));
    CHECK_EQ("no list that could end", SLA_NEVER, sla_calendar_known_until(office));
    CHECK_TRUE("never provisional", !sla_calendar_provisional(office, SLA_TIME_MAX));
    sla_calendar_unref(calendar);
    sla_calendar_unref(office);
}

TEST(answers_outside_the_horizon_are_refused_and_nothing_is_written)
{
    sla_calendar *calendar = parse_small(NULL);
    const sla_time before = at("2025-12-31T22:59:59Z"), first = at("2025-12-31T23:00:00Z");
    const sla_time last = at("2026-12-31T22:59:59.999999Z"), behind = at("2026-12-31T23:00:00Z");
    const sla_time closing = at("2026-12-31T17:00:00+01:00");
    const sla_workdays one = {1, 0, 0, 0}, back = {-1, 0, 0, 0};
    const sla_workdays next_open = {0, SLA_ROLL_FORWARD_DAY, SLA_END_SAME_TIME, SLA_FIT_NEXT_OPEN};
    const sla_cutoff cutoff = {3600, 7200, 1, 7200, false, false};
    const sla_cutoff late_already = {7200, 3600, 1, 7200, false, false};
    const sla_cutoff same_day = {3600, 7200, 0, 7200, false, false};
    sla_time got = 42;
    sla_duration spent = 42;
    sla_segment segment = {42, 42, SLA_SEGMENT_OPEN, ""};

    CHECK_TRUE("before", !sla_calendar_is_open(calendar, before));
    CHECK_TRUE("behind", !sla_calendar_is_open(calendar, behind));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_next_open(calendar, before, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_next_open(calendar, behind, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_next_open(calendar, last, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_next_close(calendar, last, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_next_close(calendar, before, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_add(calendar, before, 1, SLA_FIT_CLOSE, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_add(calendar, last, 1, SLA_FIT_CLOSE, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_add(calendar, last, 0, SLA_FIT_NEXT_OPEN, &got));
    CHECK_RESULT(SLA_ERR_HORIZON,
                 sla_calendar_add(calendar, first, INT64_MAX, SLA_FIT_CLOSE, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_sub(calendar, first, 1, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_sub(calendar, last, INT64_MAX, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_sub(calendar, behind, 0, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_between(calendar, before, last, &spent));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_between(calendar, first, behind + 1, &spent));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_add_workdays(calendar, last, &one, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_add_workdays(calendar, first, &back, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_add_workdays(calendar, behind, &one, &got));
    CHECK_RESULT(SLA_ERR_HORIZON,
                 sla_calendar_add_days(calendar, last, 1, SLA_END_SAME_TIME, &got));
    CHECK_RESULT(SLA_ERR_HORIZON,
                 sla_calendar_add_days(calendar, first, -1, SLA_END_SAME_TIME, &got));
    CHECK_RESULT(SLA_ERR_HORIZON,
                 sla_calendar_add_days(calendar, first, INT32_MAX, SLA_END_DAY, &got));
    CHECK_RESULT(SLA_ERR_HORIZON,
                 sla_calendar_add_days(calendar, first, INT32_MIN, SLA_END_DAY, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_add_workdays(calendar, closing, &next_open, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_cutoff(calendar, last, &cutoff, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_snap(calendar, last, &cutoff, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_end_of_day(calendar, last, true, &got));
    CHECK_RESULT(SLA_ERR_HORIZON, sla_calendar_segment(calendar, before, last, &segment));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_calendar_add(calendar, first, -1, SLA_FIT_CLOSE, &got));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_calendar_sub(calendar, first, -1, &got));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_calendar_cutoff(calendar, first, &late_already, &got));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_calendar_cutoff(calendar, first, &same_day, &got));
    CHECK_RESULT(SLA_ERR_ARGUMENT, sla_calendar_segment(calendar, first, first, &segment));
    CHECK_EQ("no instant was written", 42, got);
    CHECK_EQ("no span", 42, spent);
    CHECK_EQ("no segment", 42, segment.start);
    CHECK_OK(sla_calendar_between(calendar, first, behind, &spent));
    CHECK_TRUE("the whole of it", spent > 0);
    CHECK_OK(sla_calendar_end_of_day(calendar, last, false, &got));
    CHECK_EQ("the last end of a day is the horizon", behind, got);
    sla_calendar_unref(calendar);
}

TEST(segments_say_why)
{
    sla_calendar *calendar = parse_small(NULL);
    static const struct {
        sla_segment_kind kind;
        const char *label;
        const char *end;
    } rows[] = {
        {SLA_SEGMENT_OPEN, "", "2026-04-30T17:00:00+02:00"},
        {SLA_SEGMENT_CLOSED, "", "2026-05-01T00:00:00+02:00"},
        {SLA_SEGMENT_HOLIDAY, "May Day", "2026-05-02T00:00:00+02:00"},
        {SLA_SEGMENT_CLOSED, "", "2026-05-02T20:00:00+02:00"},
        {SLA_SEGMENT_OPEN, "", "2026-05-03T02:00:00+02:00"},
        {SLA_SEGMENT_CLOSED, "", "2026-05-03T09:00:00+02:00"},
        {SLA_SEGMENT_MAKEUP, "for May Day", "2026-05-03T17:00:00+02:00"},
        {SLA_SEGMENT_CLOSED, "", "2026-05-04T10:00:00+02:00"},
        {SLA_SEGMENT_SPECIAL, "Drill", "2026-05-04T11:00:00+02:00"},
        {SLA_SEGMENT_CLOSED, "", "2026-05-05T09:00:00+02:00"},
        {SLA_SEGMENT_OPEN, "", "2026-05-05T12:00:00+02:00"},
        {SLA_SEGMENT_CLOSED, "", "2026-05-05T12:30:00+02:00"},
    };
    const sla_time to = at("2026-05-05T12:30:00+02:00");
    sla_time from = at("2026-04-30T16:00:00+02:00");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_segment segment;

        CHECK_OK(sla_calendar_segment(calendar, from, to, &segment));
        CHECK_EQ(rows[i].end, from, segment.start);
        check_instant("end", calendar, rows[i].end, segment.end);
        CHECK_EQ(rows[i].end, rows[i].kind, segment.kind);
        CHECK_STR(rows[i].end, rows[i].label, segment.label);
        from = segment.end;
    }
    CHECK_EQ("to the end", to, from);
    sla_calendar_unref(calendar);
}

TEST(the_last_reference_frees)
{
    fakealloc fake;
    sla_calendar *calendar;

    fakealloc_init(&fake);
    calendar = parse_small(&fake.allocator);
    CHECK_TRUE("the same", sla_calendar_ref(calendar) == calendar);
    sla_calendar_unref(calendar);
    CHECK_TRUE("still there", sla_calendar_is_open(calendar, at("2026-03-02T10:00:00+01:00")));
    sla_calendar_unref(calendar);
    CHECK_NO_LEAK(&fake);
    sla_calendar_unref(NULL);
}

TEST(a_refused_calendar_leaks_nothing)
{
    static const char text[] =
        "{\"kind\": \"calendar\", \"name\": \"x\", \"version\": \"1\", \"zone\": "
        "\"UTC\", \"week\": {\"mon\": [\"09:00-17:00\"]}, \"breaks\": "
        "[{\"date\": \"2026-03-03\", \"cut\": [\"10:00-11:00\"]}]}";
    sla_calendar *calendar = NULL;
    fakealloc fake;

    fakealloc_init(&fake);
    CHECK_RESULT(SLA_ERR_CALENDAR,
                 sla_calendar_parse(text, strlen(text), NULL, &fake.allocator, &calendar, NULL));
    CHECK_TRUE("it had begun", fake.calls > 3);
    CHECK_NO_LEAK(&fake);
}

static int parse_and_free(void)
{
    sla_calendar *calendar = NULL;
    sla_error error;
    const int result = sla_calendar_parse(small, strlen(small), "small", NULL, &calendar, &error);

    if (result != SLA_OK && error.code != result)
        return SLA_ERR_STATE;
    sla_calendar_unref(calendar);
    return result;
}

TEST(reading_survives_every_failed_allocation)
{
    if (!failmalloc_works())
        CHECK_SKIP("this build does not let a test stand in front of malloc");
    CHECK_EVERY_OOM(parse_and_free);
}

/* cctz reads this zone for the first time in this process, so its allocations, and
 * those of the C library that opens the file, fail as well. */
static int parse_with_a_new_zone(void)
{
    static const char text[] =
        "{\"kind\": \"calendar\", \"name\": \"x\", \"version\": \"1\", \"zone\": "
        "\"Indian/Maldives\", \"week\": {\"mon\": [\"09:00-17:00\"]}}";
    sla_calendar *calendar = NULL;
    const int result = sla_calendar_parse(text, strlen(text), NULL, NULL, &calendar, NULL);

    sla_calendar_unref(calendar);
    return result;
}

TEST(a_zone_survives_every_failed_allocation)
{
    if (!failmalloc_works())
        CHECK_SKIP("this build does not let a test stand in front of malloc");
    CHECK_EVERY_OOM(parse_with_a_new_zone);
}

TEST(every_bundled_calendar_can_be_asked)
{
    size_t count = 0;

    for (const char *name; (name = sla_bundled_calendar_name(count)) != NULL; count++) {
        sla_calendar *calendar = bundled(name);
        sla_time got;

        CHECK_STR("its file is named after it", name, sla_calendar_name(calendar));
        CHECK_OK(sla_calendar_add(calendar, at("2026-03-02T10:00:00+08:00"), SLA_HOUR,
                                  SLA_FIT_CLOSE, &got));
        check_instant(name, calendar, "2026-03-02T11:00:00+08:00", got);
        sla_calendar_unref(calendar);
    }
    CHECK_TRUE("at least four", count >= 4);
    CHECK_TRUE("no such name", sla_bundled_calendar("nowhere", NULL) == NULL);
    for (count = 0; sla_bundled_policy_name(count) != NULL; count++)
        CHECK_TRUE("its text", sla_bundled_policy(sla_bundled_policy_name(count), NULL) != NULL);
}
