/* Goal: an instant that a service names is one at which it does something: whatever
 * state it is in, its loop rests in between (until.c).  Method: a ticket
 * that rests, one that is due, an event that nobody acknowledges; then the store says
 * something else, or the clock, and the host counts its rounds over an hour. */
#include "service_host.h"

#include "bent_store.h"

/* A round each minute, for the look at the clock and for the audit, a redelivery and a
 * retry each five seconds, and the store's answers. */
enum { ROUNDS_AN_HOUR = 4000 };

static sla_store *bent;

static sla_store *wrap(host *h, sla_store *inner)
{
    (void)h;
    return bent = bent_store_new(inner);
}

/* --------------------------------------------------------- what comes to pass */

static void fenced_by(host *h, bent_kind kind, int result)
{
    bent_store_say(bent, kind, result, "by the bent store");
    CHECK_OK(host_record(h, "T-3", "opened", NULL));
    CHECK_OK(host_record(h, "T-4", "called", "x"));
    CHECK_OK(host_record(h, "T-1", "called", "x"));
}

static void fenced(host *h)
{
    fenced_by(h, BENT_COMMIT, SLA_ERR_FENCED);
}

static void fenced_at_the_audit(host *h)
{
    fenced_by(h, BENT_AUDIT, SLA_ERR_FENCED);
}

static void fenced_at_a_ticket(host *h)
{
    fenced_by(h, BENT_TICKET, SLA_ERR_FENCED);
}

static void newer(host *h)
{
    fenced_by(h, BENT_HISTORY, SLA_ERR_NEWER);
}

static void lost(host *h)
{
    bent_store_say_to_all(bent, SLA_ERR_STORE, "gone");
    CHECK_OK(host_record(h, "T-3", "opened", NULL));
    CHECK_OK(host_record(h, "T-4", "called", "x"));
}

static void full(host *h)
{
    bent_store_say(bent, BENT_COMMIT, SLA_ERR_STORE, "the disk is full");
    CHECK_OK(host_record(h, "T-3", "opened", NULL));
}

static void unreadable(host *h)
{
    bent_store_say(bent, BENT_TICKET, SLA_ERR_STORE, "gone");
    bent_store_say(bent, BENT_AUDIT, SLA_ERR_STORE, "gone");
    CHECK_OK(host_record(h, "T-4", "called", "x"));
}

static void refused(host *h)
{
    bent_store_say(bent, BENT_COMMIT, SLA_ERR_REFUSED, "no");
    CHECK_OK(host_record(h, "T-3", "opened", NULL));
    CHECK_OK(host_record(h, "T-1", "called", "x"));
}

static void adopting_while_lost(host *h)
{
    static char json[1024];
    sla_document documents[1];
    const size_t count = host_documents("{'kind': 'calendar', 'name': 'c', 'version': '1',"
                                        " 'zone': 'UTC', 'week': {'mon-fri': ['09:00-17:00']}}",
                                        documents, json, sizeof json);

    bent_store_say_to_all(bent, SLA_ERR_STORE, "gone");
    CHECK_OK(sla_service_adopt(h->service, documents, count, NULL, NULL, NULL));
}

static void held(host *h)
{
    h->now -= SLA_DAY;
}

static void parted(host *h)
{
    bent_store_set_clock(bent, h->now + SLA_DAY);
    h->now += SLA_SECOND;
}

static void stopping_while_lost(host *h)
{
    lost(h);
    sla_service_stop(h->service);
}

static void stopping_and_not_released(host *h)
{
    bent_store_say(bent, BENT_RELEASE, SLA_ERR_STORE, "gone");
    sla_service_stop(h->service);
}

static void stopped(host *h)
{
    sla_service_stop(h->service);
}

static void nothing(host *h)
{
    (void)h;
}

/* --------------------------------------------------------------------- the hour */

/* As a driver goes on: at once where the instant has passed. */
static size_t rounds_in_an_hour(host *h)
{
    const sla_time end = h->now + SLA_HOUR;
    size_t rounds = 0;

    while (h->now < end && rounds <= 100 * ROUNDS_AN_HOUR) {
        const bool more = sla_service_run(h->service);

        rounds++;
        if (!more && h->armed > h->now) {
            const sla_time next = h->armed < end ? h->armed : end;

            h->steady += next - h->now;
            h->now = next;
        }
    }
    return rounds;
}

static void open_with_something_of_everything(host *h)
{
    host_init(h);
    h->wrap = wrap;
    h->options.keep = 5 * SLA_MINUTE;
    h->consumer.redeliver_after = SLA_MINUTE;
    h->reply = SLA_PENDING;
    host_open(h);
    host_fact(h, "T-1", "opened", "a");
    host_go_to(h, h->now + 2 * SLA_HOUR + 50 * SLA_MINUTE); /* due in ten minutes */
    host_fact(h, "T-2", "opened", "a");
    host_fact(h, "T-2", "resolved", "b"); /* leaves in five; its event is not acknowledged */
}

TEST(a_loop_rests_whatever_the_store_and_the_clock_do)
{
    static const struct {
        const char *why;
        void (*pass)(host *h);
    } rows[] = {
        {"all is well", nothing},
        {"fenced at a commit", fenced},
        {"fenced at the audit", fenced_at_the_audit},
        {"fenced at a ticket", fenced_at_a_ticket},
        {"newer at a history", newer},
        {"the store is lost", lost},
        {"the disk is full", full},
        {"nothing can be read", unreadable},
        {"everything is refused", refused},
        {"documents wait for the store", adopting_while_lost},
        {"the clock was set back", held},
        {"the store's clock is another one", parted},
        {"it stops, and the store is lost", stopping_while_lost},
        {"it stops, and the store takes nothing back", stopping_and_not_released},
        {"it has stopped", stopped},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t rounds;
        host h;

        open_with_something_of_everything(&h);
        rows[i].pass(&h);
        rounds = rounds_in_an_hour(&h);
        if (rounds > ROUNDS_AN_HOUR)
            CHECK_FAIL("%s: %zu rounds in an hour", rows[i].why, rounds);
        host_drop(&h);
        host_fini(&h);
    }
}

TEST(a_loop_rests_while_the_store_cannot_be_opened)
{
    static const int results[] = {SLA_ERR_STORE, SLA_ERR_BUSY,    SLA_ERR_FENCED,
                                  SLA_ERR_NEWER, SLA_ERR_REFUSED, SLA_ERR_NOMEM};

    for (size_t i = 0; i < COUNT_OF(results); i++) {
        size_t rounds;
        host h;

        host_init(&h);
        h.wrap = wrap;
        CHECK_OK(host_new(&h, NULL));
        CHECK_OK(sla_service_subscribe(h.service, &h.consumer));
        bent_store_say(bent, BENT_OPEN, results[i], "by the bent store");
        CHECK_OK(host_record(&h, "T-1", "opened", "a"));
        rounds = rounds_in_an_hour(&h);
        if (rounds > 2 * 36000)
            CHECK_FAIL("%s: %zu rounds in an hour", sla_result_name(results[i]), rounds);
        host_drop(&h);
        host_fini(&h);
    }
}
