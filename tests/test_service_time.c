/* Goal: told means recorded, and nothing is told before its time, whatever the
 * store's answers and the host's clock do.  Method: a store that answers when the
 * test says so; a clock that jumps. */
#include "service_host.h"

#include <stdio.h>
#include <string.h>

#include "faulty_store.h"

/* ------------------------------------------------------------ a store that is late */

static sla_store *late(host *h, sla_store *inner)
{
    (void)h;
    return faulty_store_new(inner, &(faulty_options){.late = 1000, .late_most = SLA_MINUTE});
}

TEST(nobody_is_told_before_the_store_has_it)
{
    sla_time committed;
    host h;

    host_init(&h);
    h.wrap = late;
    host_open(&h);
    CHECK_EQ("it loads", SLA_SERVICE_LOADING, sla_service_get_state(h.service));
    host_go_to(&h, h.now + 3 * SLA_MINUTE);
    CHECK_EQ("loaded", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    committed = h.now;
    host_settle(&h);
    CHECK_EQ("not answered yet", 0, h.answers.count);
    CHECK_TRUE("until the store has something to say",
               sla_service_until(h.service) <= h.now + SLA_MINUTE);
    host_go_to(&h, h.now + SLA_MINUTE);
    CHECK_EQ("answered", 1, h.answers.count);
    host_go_to(&h, committed + 3 * SLA_HOUR);
    CHECK_EQ("told, and not on the record", 0, h.told_count);
    host_go_to(&h, h.now + SLA_MINUTE);
    CHECK_EQ("on the record, and handed over", 1, h.told_count);
    host_stop(&h);
    host_fini(&h);
}

/* ------------------------------------------------------------ a store that is away */

static sla_store *reachable;

static sla_store *wrap_reachable(host *h, sla_store *inner)
{
    (void)h;
    reachable = faulty_store_new(inner, &(faulty_options){.fail = 0});
    return reachable;
}

/* While documents wait for the store, what falls due waits for them, and asks for no
 * rounds: the clock comes on. */
TEST(what_is_due_does_not_hurry_an_adoption)
{
    static char json[1024];
    sla_document documents[2];
    const size_t count = host_documents("{'kind': 'calendar', 'name': 'c', 'version': '1',"
                                        " 'zone': 'UTC', 'week': {'mon-fri': ['09:00-17:00']}}",
                                        documents, json, sizeof json);
    host h;

    host_init(&h);
    h.wrap = wrap_reachable;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    faulty_store_set(reachable, &(faulty_options){.fail = 1000});
    CHECK_OK(sla_service_adopt(h.service, documents, count, NULL, NULL, NULL));
    host_go_to(&h, HOST_START + 4 * SLA_HOUR);
    CHECK_EQ("nothing was told", 0, h.told_count);
    faulty_store_set(reachable, &(faulty_options){.fail = 0});
    host_go_to(&h, h.now + SLA_MINUTE);
    CHECK_EQ("warning and breach", 2, h.told_count);
    host_stop(&h);
    host_fini(&h);
}

/* ------------------------------------------------------------- a clock that jumps */

TEST(a_clock_before_the_last_decision_tells_nothing)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    h.now -= SLA_HOUR;
    host_settle(&h);
    CHECK_EQ("held", SLA_SERVICE_HELD, sla_service_get_state(h.service));
    CHECK_RESULT(SLA_ERR_STATE, sla_service_health(h.service, &error));
    CHECK_TRUE("it says why", strstr(error.text, "clock") != NULL);
    CHECK_EQ("in the log", 1, host_logged(&h, "clock_held"));
    CHECK_EQ("and that it was set", 1, host_logged(&h, "clock_stepped"));
    host_fact(&h, "T-2", "opened", "a");
    host_stop(&h);
    h.now = HOST_START - SLA_HOUR;
    host_open(&h);
    CHECK_EQ("the next one sees it too", SLA_SERVICE_HELD, sla_service_get_state(h.service));
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("live again", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_EQ("and all was told: two warnings, one breach", 3, h.told_count);
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

/* For one fact the clock was ahead; then it is right, and the record is not. */
TEST(a_record_that_is_ahead_is_gone_on_with_where_the_host_allows_it)
{
    sla_error error = {0};
    host h;

    host_init(&h);
    host_open(&h);
    h.now += 30 * SLA_DAY;
    host_fact(&h, "T-1", "opened", "a");
    h.now -= 30 * SLA_DAY;
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_STATE, sla_service_health(h.service, &error));
    CHECK_TRUE("what to do", strstr(error.text, "step_allowed") != NULL);
    host_stop(&h);
    h.now = HOST_START + SLA_MINUTE;
    h.options.step_allowed = 31 * SLA_DAY;
    host_open(&h);
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_OK(sla_service_health(h.service, NULL));
    host_fact(&h, "T-2", "opened", "a");
    host_go_to(&h, HOST_START + SLA_MINUTE + 3 * SLA_HOUR - 1);
    CHECK_EQ("nothing is early", 0, h.told_count);
    host_go_to(&h, HOST_START + SLA_MINUTE + 3 * SLA_HOUR);
    CHECK_EQ("told by the clock", 1, host_told_of(&h, "T-2"));
    host_check_told(&h);
    host_stop(&h);
    host_fini(&h);
}

TEST(a_small_step_back_tells_by_the_clock)
{
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, HOST_START + 3 * SLA_HOUR - 10 * SLA_SECOND);
    host_fact(&h, "T-2", "opened", "a");
    h.now -= 30 * SLA_SECOND;
    host_settle(&h);
    CHECK_EQ("still live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    host_go_to(&h, HOST_START + 3 * SLA_HOUR - 1);
    CHECK_EQ("not a microsecond early", 0, h.told_count);
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("in time", 1, h.told_count);
    host_stop(&h);
    host_fini(&h);
}

/* 1 ms to 10 years, as many small as large. */
static sla_duration some_jump(prng *random)
{
    sla_duration most = 1000;

    for (uint64_t i = prng_below(random, 39); i > 0 && most < 3650 * SLA_DAY; i--)
        most *= 2;
    return prng_between(random, -most, most);
}

TEST(ten_thousand_jumps_of_the_clock)
{
    const size_t jumps = check_count(10000, 100000);
    prng random = check_prng();
    size_t opened = 0;
    sla_time highest = 0;
    char name[24];
    host h;

    host_init(&h);
    host_open(&h);
    for (size_t i = 0; i < jumps; i++) {
        h.now += some_jump(&random);
        if (h.now < HOST_START - 20 * 365 * SLA_DAY || h.now > HOST_START + 20 * 365 * SLA_DAY)
            h.now = HOST_START;
        h.steady += prng_between(&random, 0, SLA_MINUTE);
        h.no_steady = prng_percent(&random, 20);
        if (i % 7 == 0) {
            snprintf(name, sizeof name, "T-%zu", opened++);
            CHECK_OK(host_record(&h, name, "opened", NULL));
        }
        host_settle(&h);
        highest = h.now > highest ? h.now : highest;
        if (i % 500 == 499) {
            host_drop(&h);
            host_open(&h);
        }
    }
    CHECK_EQ("every fact was answered", opened, h.answers.count - h.answers.refused);
    h.now = highest;
    host_go_to(&h, highest + SLA_MINUTE);
    host_go_to(&h, h.now + 11 * SLA_HOUR);
    CHECK_TRUE("a ticket tells at least its breach", h.told_count >= opened);
    for (size_t i = 0; i < h.told_count; i++)
        CHECK_TRUE("never before its instant", h.told[i].when >= h.told[i].at);
    CHECK_EQ("nothing early", 0, h.early);
    for (size_t i = 0; i < opened; i++) {
        bool breached = false;

        snprintf(name, sizeof name, "T-%zu", i);
        for (size_t k = 0; k < h.told_count && !breached; k++)
            breached = strcmp(h.told[k].ticket, name) == 0 && strcmp(h.told[k].step, "breach") == 0;
        CHECK_TRUE("every breach was told", breached);
    }
    host_stop(&h);
    host_fini(&h);
}

static uint64_t units_of(const host *h)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(h->service, &stats);
    return stats.units;
}

TEST(marks_ride_with_a_unit_or_wait_a_little)
{
    uint64_t before;
    host h;

    host_init(&h);
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, HOST_START + 3 * SLA_HOUR);
    CHECK_EQ("warned", 1, h.told_count);
    before = units_of(&h);
    h.now += SLA_SECOND / 20;
    h.steady += SLA_SECOND / 20;
    host_settle(&h);
    CHECK_EQ("nothing is written for a mark alone", before, units_of(&h));
    host_fact(&h, "T-2", "opened", "a");
    CHECK_EQ("the fact takes it along", before + 1, units_of(&h));
    host_go_to(&h, h.now + SLA_SECOND);
    CHECK_EQ("and nothing is left", before + 1, units_of(&h));
    host_go_to(&h, HOST_START + 4 * SLA_HOUR);
    before = units_of(&h);
    host_go_to(&h, h.now + SLA_SECOND / 10);
    CHECK_EQ("alone after a tenth of a second", before + 1, units_of(&h));
    host_drop(&h);
    h.told_count = 0;
    host_open(&h);
    CHECK_EQ("on the record", 0, h.told_count);
    host_stop(&h);
    host_fini(&h);
}
