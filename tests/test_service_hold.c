/* Goal: a service that may not tell says so and goes on when it may: another service
 * holds the store, the store's clock is another one; and when it ends it gives back
 * what it took, and is not kept by a store that does not answer.  Method: a memory
 * store whose answers are changed on their way (knobs). */
#include "service_host.h"

#include <string.h>

/* The memory store's calls, but for those below. */
static struct knobs {
    const sla_store_ops *inner;
    sla_store_ops ops;
    sla_store_sink sink;
    size_t busy; /* so many opens are answered SLA_ERR_BUSY */
    bool has_clock;
    sla_duration ahead; /* the store's clock before the host's */
    host *h;
    size_t opens, releases;
    bool silent;      /* release is never answered ... */
    size_t lost;      /* ... or so often SLA_ERR_STORE */
    uint64_t release; /* its number */
    uint64_t commits_after;
} knobs;

static void hear_done(void *context, const sla_store_done *done)
{
    sla_store_done changed = *done;
    sla_error error = *done->error;

    (void)context;
    if (changed.ask == knobs.release && knobs.silent)
        return;
    if (changed.ask == knobs.release && knobs.lost > 0) {
        knobs.lost--;
        changed.result = SLA_ERR_STORE;
    }
    if (changed.decided_at != 0 && knobs.busy > 0) {
        knobs.busy--;
        changed.result = SLA_ERR_BUSY;
        strcpy(error.text, "desk 4 of the other house");
    }
    changed.error = &error;
    changed.clock = knobs.has_clock ? knobs.h->now + knobs.ahead : SLA_NEVER;
    knobs.sink.done(knobs.sink.context, &changed);
}

static int call_open(sla_store *store, const sla_store_sink *sink, uint64_t ask)
{
    sla_store_sink mine = *sink;

    knobs.opens++;
    knobs.sink = *sink;
    mine.done = hear_done;
    return knobs.inner->open(store, &mine, ask);
}

static int call_release(sla_store *store, uint64_t ask)
{
    knobs.releases++;
    knobs.release = ask;
    return knobs.inner->release(store, ask);
}

static int call_commit(sla_store *store, const sla_unit *unit, uint64_t ask)
{
    knobs.commits_after += knobs.releases > 0;
    return knobs.inner->commit(store, unit, ask);
}

/* Worlds, tickets and the rest go where they went. */
static sla_store *wrap(host *h, sla_store *inner)
{
    knobs.h = h;
    knobs.inner = inner->ops;
    knobs.ops = *inner->ops;
    knobs.ops.open = call_open;
    knobs.ops.release = call_release;
    knobs.ops.commit = call_commit;
    inner->ops = &knobs.ops;
    return inner;
}

static void begin(host *h)
{
    memset(&knobs, 0, sizeof knobs);
    host_init(h);
    h->wrap = wrap;
}

static int health(const host *h, sla_error *error)
{
    return sla_service_health(h->service, error);
}

/* --------------------------------------------------------------- somebody else */

TEST(a_store_that_another_service_holds_is_asked_again_each_second)
{
    sla_error error = {0};
    host h;

    begin(&h);
    knobs.busy = 3;
    host_open(&h);
    CHECK_EQ("loading", SLA_SERVICE_LOADING, sla_service_get_state(h.service));
    CHECK_RESULT(SLA_ERR_BUSY, health(&h, &error));
    CHECK_TRUE("who", strstr(error.text, "desk 4 of the other house") != NULL);
    CHECK_EQ("called for in a second", h.now + SLA_SECOND, h.armed);
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    host_go_to(&h, h.now + 2 * SLA_SECOND);
    CHECK_EQ("loading", SLA_SERVICE_LOADING, sla_service_get_state(h.service));
    CHECK_EQ("asked", 3, knobs.opens);
    CHECK_EQ("said once", 1, host_logged(&h, "store_held"));
    host_go_to(&h, h.now + SLA_SECOND);
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_OK(health(&h, &error));
    CHECK_EQ("what came is recorded", 1, h.answers.count);
    CHECK_OK(h.answers.last);
    host_stop(&h);
    host_fini(&h);
}

TEST(one_that_never_had_the_store_stops_at_once)
{
    host h;

    begin(&h);
    knobs.busy = 1000;
    host_open(&h);
    CHECK_OK(host_record(&h, "T-1", "opened", "a"));
    sla_service_stop(h.service);
    host_settle(&h);
    CHECK_EQ("stopped", SLA_SERVICE_STOPPED, sla_service_get_state(h.service));
    CHECK_EQ("answered", 1, h.answers.count);
    CHECK_RESULT(SLA_ERR_BUSY, h.answers.last);
    CHECK_EQ("nothing was taken", 0, knobs.releases);
    host_drop(&h);
    host_fini(&h);
}

/* --------------------------------------------------------------------- clocks */

TEST(a_clock_apart_from_the_stores_tells_nothing)
{
    static const struct {
        const char *why;
        sla_duration ahead, allowed;
        bool held;
    } rows[] = {
        {"the store knows none", 0, 0, false},
        {"a minute is allowed", SLA_MINUTE, 0, false},
        {"ahead", SLA_MINUTE + SLA_SECOND, 0, true},
        {"behind", -SLA_MINUTE - SLA_SECOND, 0, true},
        {"the host allows more", SLA_HOUR, 2 * SLA_HOUR, false},
        {"the host allows less", 2 * SLA_SECOND, SLA_SECOND, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_error error = {0};
        host h;

        begin(&h);
        knobs.has_clock = i > 0;
        knobs.ahead = rows[i].ahead;
        h.options.apart_allowed = rows[i].allowed;
        host_open(&h);
        CHECK_EQ(rows[i].why, rows[i].held ? SLA_SERVICE_HELD : SLA_SERVICE_LIVE,
                 sla_service_get_state(h.service));
        CHECK_EQ(rows[i].why, rows[i].held ? SLA_ERR_STATE : SLA_OK, health(&h, &error));
        CHECK_EQ(rows[i].why, rows[i].held, host_logged(&h, "clock_parted"));
        host_stop(&h);
        host_fini(&h);
    }
}

TEST(and_tells_again_when_they_agree)
{
    host h;

    begin(&h);
    knobs.has_clock = true;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    knobs.ahead = SLA_HOUR;
    host_go_to(&h, h.now + 3 * SLA_HOUR + 30 * SLA_MINUTE);
    CHECK_EQ("held", SLA_SERVICE_HELD, sla_service_get_state(h.service));
    CHECK_EQ("nothing is told", 0, h.told_count);
    host_fact(&h, "T-1", "held", "b");
    knobs.ahead = 0;
    host_go_to(&h, h.now + SLA_MINUTE);
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    CHECK_EQ("told", 1, h.told_count);
    CHECK_EQ("said once", 1, host_logged(&h, "clock_agrees"));
    host_stop(&h);
    host_fini(&h);
}

/* The next audit may be an hour away; a clock that was set asks at once. */
TEST(a_clock_that_was_set_is_compared_at_once)
{
    host h;

    begin(&h);
    knobs.has_clock = true;
    h.options.audit_every = SLA_HOUR;
    host_open(&h);
    h.now += 10 * SLA_MINUTE;
    knobs.ahead = -10 * SLA_MINUTE;
    host_settle(&h);
    CHECK_EQ("held", SLA_SERVICE_HELD, sla_service_get_state(h.service));
    h.now -= 10 * SLA_MINUTE;
    knobs.ahead = 0;
    host_settle(&h);
    CHECK_EQ("live", SLA_SERVICE_LIVE, sla_service_get_state(h.service));
    host_stop(&h);
    host_fini(&h);
}

/* ------------------------------------------------------------------ the end */

TEST(what_open_took_is_given_back_at_the_end)
{
    host h;

    begin(&h);
    h.reply = SLA_PENDING;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, h.now + 4 * SLA_HOUR);
    CHECK_TRUE("told", h.told_count > 0);
    CHECK_EQ("not before", 0, knobs.releases);
    sla_service_stop(h.service);
    CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
    host_settle(&h);
    CHECK_EQ("stopped", SLA_SERVICE_STOPPED, sla_service_get_state(h.service));
    CHECK_EQ("once", 1, knobs.releases);
    CHECK_EQ("after the last unit", 0, knobs.commits_after);
    host_drop(&h);
    host_fini(&h);
}

TEST(a_store_that_is_lost_is_asked_again_for_a_while)
{
    host h;

    begin(&h);
    knobs.lost = 2;
    host_open(&h);
    sla_service_stop(h.service);
    host_go_to(&h, h.now + SLA_SECOND);
    CHECK_EQ("stopped", SLA_SERVICE_STOPPED, sla_service_get_state(h.service));
    CHECK_EQ("asked", 3, knobs.releases);
    host_drop(&h);
    host_fini(&h);
}

TEST(a_store_that_does_not_answer_does_not_hold_the_end)
{
    host h;

    begin(&h);
    h.reply = SLA_PENDING;
    knobs.silent = true;
    host_open(&h);
    host_fact(&h, "T-1", "opened", "a");
    host_go_to(&h, h.now + 4 * SLA_HOUR);
    sla_service_stop(h.service);
    host_settle(&h);
    CHECK_EQ("it waits", SLA_SERVICE_STOPPING, sla_service_get_state(h.service));
    CHECK_OK(sla_service_acknowledge(h.service, "crm", h.told[0].number));
    host_go_to(&h, h.now + 4 * SLA_SECOND);
    CHECK_EQ("it waits", SLA_SERVICE_STOPPING, sla_service_get_state(h.service));
    host_go_to(&h, h.now + SLA_SECOND);
    CHECK_EQ("not for ever", SLA_SERVICE_STOPPED, sla_service_get_state(h.service));
    CHECK_EQ("nothing is written behind it", 0, knobs.commits_after);
    host_drop(&h);
    host_fini(&h);
}
