/* Goal: what should have been told a minute ago and was not is an alarm, and nothing else
 * is (rule 31); and health is about now.  Method: a host that wakes late, starts over what
 * fell due meanwhile, on stores that are slow; a store that counts one more (bent_store.h). */
#include "service_host.h"

#include <stdio.h>

#include "bent_store.h"
#include "faulty_store.h"

enum { TICKETS = 3000 };

static sla_store *bent;

static sla_store *wrap_bent(host *h, sla_store *inner)
{
    (void)h;
    return bent = bent_store_new(inner);
}

static sla_store *wrap_slow(host *h, sla_store *inner)
{
    (void)h;
    return faulty_store_new(
        inner, &(faulty_options){.seed = 1, .late = 1000, .late_most = 3 * SLA_SECOND});
}

static uint64_t overdue(const host *h)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(h->service, &stats);
    return stats.overdue;
}

/* The machine slept. */
static void sleep_for(host *h, sla_duration span)
{
    h->now += span;
    h->steady += span;
    host_settle(h);
}

static void check_calm(const host *h, const char *why)
{
    CHECK_EQ(why, 0, host_logged(h, "overdue"));
    CHECK_EQ(why, 0, overdue(h));
    CHECK_OK(sla_service_health(h->service, NULL));
}

static void begin(host *h, host_wrap wrap)
{
    host_init(h);
    h->wrap = wrap;
    h->keep_quiet = true;
    host_open(h);
    host_go_to(h, h->now + SLA_MINUTE);
}

static void open_many(host *h)
{
    const size_t count = h->answers.count;

    for (size_t i = 0; i < TICKETS; i++) {
        char name[16];

        snprintf(name, sizeof name, "T-%zu", i);
        CHECK_OK(host_record(h, name, "opened", NULL));
    }
    host_go_to(h, h->now + SLA_MINUTE);
    CHECK_EQ("all are open", count + TICKETS, h->answers.count);
}

TEST(who_wakes_late_tells_and_is_no_alarm)
{
    static const struct {
        const char *why;
        host_wrap wrap;
    } rows[] = {{"a quick store", NULL}, {"a slow store", wrap_slow}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        host h;

        begin(&h, rows[i].wrap);
        open_many(&h);
        sleep_for(&h, 3 * SLA_HOUR + 5 * SLA_MINUTE);
        check_calm(&h, rows[i].why);
        for (size_t k = 0; k < 30; k++) {
            host_go_to(&h, h.now + 5 * SLA_SECOND);
            check_calm(&h, rows[i].why);
        }
        CHECK_EQ(rows[i].why, TICKETS, h.handed);
        host_drop(&h);
        host_fini(&h);
    }
}

TEST(who_starts_over_what_fell_due_is_no_alarm)
{
    static const host_wrap wraps[] = {NULL, wrap_slow};

    for (size_t i = 0; i < COUNT_OF(wraps); i++) {
        host h;

        begin(&h, wraps[i]);
        open_many(&h);
        host_drop(&h);
        h.now += 5 * SLA_HOUR + 5 * SLA_MINUTE;
        h.steady += SLA_HOUR;
        host_open(&h);
        for (size_t k = 0; k < 30; k++) {
            host_go_to(&h, h.now + 5 * SLA_SECOND);
            check_calm(&h, "started");
        }
        CHECK_TRUE("told", h.handed >= TICKETS);
        host_drop(&h);
        host_fini(&h);
    }
}

TEST(a_miss_is_an_alarm_until_it_is_none)
{
    host h;

    begin(&h, wrap_bent);
    host_fact(&h, "T-1", "opened", NULL);
    bent_store_overdue(bent, 2);
    host_go_to(&h, h.now + SLA_MINUTE + SLA_SECOND);
    CHECK_EQ("two are missing", 2, overdue(&h));
    CHECK_EQ("said", 1, host_logged(&h, "overdue"));
    CHECK_RESULT(SLA_ERR_STATE, sla_service_health(h.service, NULL));
    host_go_to(&h, h.now + SLA_MINUTE);
    CHECK_EQ("and again", 2, host_logged(&h, "overdue"));
    bent_store_overdue(bent, 0);
    host_go_to(&h, h.now + 2 * SLA_MINUTE);
    CHECK_EQ("over", 0, overdue(&h));
    CHECK_OK(sla_service_health(h.service, NULL));
    host_stop(&h);
    host_fini(&h);
}

/* The store answers what it is asked, and writes nothing for ten minutes. */
TEST(what_is_not_written_in_a_minute_is_an_alarm)
{
    host h;

    begin(&h, wrap_bent);
    host_fact(&h, "T-1", "opened", NULL);
    host_go_to(&h, h.now + 3 * SLA_HOUR - SLA_SECOND);
    bent_store_say(bent, BENT_COMMIT, SLA_ERR_STORE, "the disk is full");
    host_go_to(&h, h.now + 10 * SLA_MINUTE);
    CHECK_EQ("one is missing", 1, overdue(&h));
    bent_store_say(bent, BENT_COMMIT, SLA_OK, NULL);
    host_go_to(&h, h.now + 2 * SLA_MINUTE);
    CHECK_EQ("over", 0, overdue(&h));
    CHECK_EQ("told", 1, h.handed);
    host_stop(&h);
    host_fini(&h);
}

TEST(health_is_about_tickets_that_are_set_aside_now)
{
    sla_service_stats stats = {.size = sizeof stats};
    host h;

    begin(&h, wrap_bent);
    host_fact(&h, "T-1", "opened", "a");
    bent_store_say(bent, BENT_COMMIT, SLA_ERR_REFUSED, "no");
    CHECK_OK(host_record(&h, "T-1", "called", "b"));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_REFUSED, h.answers.last);
    CHECK_RESULT(SLA_ERR_REFUSED, sla_service_health(h.service, NULL));
    bent_store_say(bent, BENT_COMMIT, SLA_OK, NULL);
    host_go_to(&h, h.now + 30 * SLA_SECOND);
    CHECK_RESULT(SLA_ERR_REFUSED, sla_service_health(h.service, NULL));
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("and counted", 1, stats.aside);
    host_go_to(&h, h.now + SLA_MINUTE);
    CHECK_OK(sla_service_health(h.service, NULL));
    sla_service_get_stats(h.service, &stats);
    CHECK_EQ("none any more", 0, stats.aside);
    CHECK_EQ("it is counted", 1, stats.quarantined);
    bent_store_say(bent, BENT_COMMIT, SLA_ERR_REFUSED, "no");
    CHECK_OK(host_record(&h, "T-1", "called", "b"));
    CHECK_OK(host_record(&h, "T-2", "opened", "b"));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_REFUSED, sla_service_health(h.service, NULL));
    bent_store_say(bent, BENT_COMMIT, SLA_OK, NULL);
    host_fact(&h, "T-1", "called", "b");
    host_fact(&h, "T-2", "opened", "b");
    CHECK_OK(sla_service_health(h.service, NULL));
    host_stop(&h);
    host_fini(&h);
}
