/*
 * arrivals.c - when people call, from where and about what.
 */
#include "day.h"

/* Of a thousand calls so many in each hour: quiet at night, two humps at work,
 * a third one in the evening. */
static const unsigned profile[24] = {6,  4,  3,  2,  2,  4,  10, 24, 56, 88, 98, 82,
                                     50, 44, 70, 84, 80, 66, 50, 56, 60, 44, 26, 11};

static sla_time arrival(day_book *day)
{
    int64_t left = 0;
    int hour = 0;

    for (int i = 0; i < 24; i++)
        left += profile[i];
    left = day_between(&day->random, 0, left - 1);
    while (left >= (int64_t)profile[hour])
        left -= profile[hour++];
    return day->midnight + hour * SLA_HOUR + day_span(&day->random, 0, SLA_HOUR - SLA_SECOND);
}

/* By insertion from the back: a day is short, and the order of equal instants
 * must not hang on somebody's qsort. */
void day_arrivals(day_book *day, sla_time *arrivals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const sla_time at = arrival(day);
        size_t place = i;

        for (; place > 0 && arrivals[place - 1] > at; place--)
            arrivals[place] = arrivals[place - 1];
        arrivals[place] = at;
    }
}

void day_set_origin(day_fact *fact, day_random *random)
{
    static const day_choice channels[] = {{"phone", 52},       {"app", 20},  {"web", 6},
                                          {"chat", 12},        {"sms", 2},   {"walk_in", 5},
                                          {"social_media", 2}, {"letter", 1}};
    static const day_choice regions[] = {{"north", 30}, {"east", 28}, {"south", 24}, {"west", 18}};

    day_set(fact, "channel", DAY_PICK(random, channels));
    day_set(fact, "region", DAY_PICK(random, regions));
}

const char *day_desk(day_random *random)
{
    static const day_choice desks[] = {{"desk_01", 1}, {"desk_02", 1}, {"desk_03", 1},
                                       {"desk_04", 1}, {"desk_05", 1}, {"desk_06", 1}};

    return DAY_PICK(random, desks);
}
