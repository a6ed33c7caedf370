/* Goal: a ticket leaves memory between two steps of a round and never within one,
 * whatever its record holds and whatever a recorder does when it is answered.  Method:
 * a host of one thread upon a store that says that a ticket is not there; recorders
 * that look at the ticket they were answered for, or want it forgotten. */
#include "service_host.h"

#include "bent_store.h"
#include "service/parts.h"

static sla_store *wrap_bent(host *h, sla_store *inner)
{
    sla_store *const bent = bent_store_new(inner);

    bent_store_set_clock(bent, SLA_NEVER);
    h->wrap_context = bent;
    return bent;
}

static void begin(host *h)
{
    host_init(h);
    h->wrap = wrap_bent;
    host_open(h);
}

static void end(host *h)
{
    host_stop(h);
    host_fini(h);
}

static void bend(const host *h, bent_kind kind, int result)
{
    bent_store_say(h->wrap_context, kind, result, "as the test says");
}

static size_t lines_of(const host *h)
{
    return h->service->line_count - h->service->free_count;
}

static int bring(const host *h, const char *ticket)
{
    return sla_service_bring(h->service, host_string("north"), host_string(ticket));
}

/* Told and resolved, and not in memory any more. */
static void open_and_leave(host *h, const char *ticket)
{
    host_fact(h, ticket, "opened", "one");
    host_fact(h, ticket, "resolved", "two");
    host_go_to(h, h->now + 2 * SLA_HOUR);
    CHECK_EQ("it left", 0, lines_of(h));
}

/* ------------------------------------------------------ a record that does not fit */

TEST(facts_without_their_ticket_are_the_fault_of_that_ticket_alone)
{
    host h;

    begin(&h);
    open_and_leave(&h, "T-1");
    bend(&h, BENT_TICKET, SLA_ERR_NOT_FOUND);
    CHECK_OK(host_record(&h, "T-1", "called", NULL));
    CHECK_OK(host_record(&h, "T-1", "called", "two"));
    CHECK_OK(host_record(&h, "T-2", "opened", NULL));
    host_settle(&h);
    CHECK_EQ("it is said", 1, host_logged(&h, "ticket_unreadable"));
    CHECK_EQ("both are refused", 2, h.answers.refused);
    CHECK_STR("why", "facts of the ticket are on the record, and the ticket is not",
              h.answers.refusal.text);
    CHECK_EQ("one is aside", 1, h.service->aside);
    host_go_to(&h, h.now + 2 * SLA_MINUTE);
    CHECK_EQ("nothing is kept of it", 1, lines_of(&h));
    bend(&h, BENT_TICKET, SLA_OK);
    host_fact(&h, "T-1", "called", NULL);
    CHECK_EQ("it goes on where it was", 3, h.answers.answer.seq);
    host_go_to(&h, h.now + 3 * SLA_HOUR);
    CHECK_EQ("the other is told", 1, host_told_of(&h, "T-2"));
    end(&h);
}

/* ------------------------------------------------------- who is answered looks at it */

typedef struct looker {
    host *host;
    const char *ticket;
    sla_time at; /* of its facts */
    int answered, found;
} looker;

static void look(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    looker *const own = context;

    (void)answer;
    (void)error;
    own->answered = result;
    own->found =
        sla_service_bring(own->host->service, host_string("north"), host_string(own->ticket));
}

static void record_and_look(looker *own, const char *name, const char *id)
{
    const sla_fact fact = {.tenant = host_string("north"),
                           .ticket = host_string(own->ticket),
                           .id = host_string(id),
                           .name = host_string(name),
                           .occurred_at = own->at};

    own->answered = own->found = SLA_PENDING;
    CHECK_OK(sla_service_record(own->host->service, &fact, look, own));
}

TEST(who_is_answered_may_look_at_a_ticket_that_is_not_there)
{
    host h;
    looker first = {.host = &h, .ticket = "T-1", .at = HOST_START + SLA_DAY}, second = first;

    begin(&h);
    record_and_look(&first, "opened", "");
    record_and_look(&second, "opened", "");
    host_settle(&h);
    CHECK_TRUE("ahead of the clock", first.answered < 0 && second.answered < 0);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, first.found);
    host_go_to(&h, h.now + 2 * SLA_MINUTE);
    CHECK_EQ("nothing is kept of it", 0, lines_of(&h));
    first.at = h.now;
    record_and_look(&first, "opened", "");
    host_settle(&h);
    CHECK_OK(first.answered);
    CHECK_OK(first.found);
    end(&h);
}

/* The ticket is not there, one of its facts is, and then they cannot be read. */
static void look_after_history(int result)
{
    host h;
    looker own = {.host = &h, .ticket = "T-1"};

    begin(&h);
    open_and_leave(&h, "T-1");
    own.at = h.now;
    bend(&h, BENT_TICKET, SLA_ERR_NOT_FOUND);
    bend(&h, BENT_HISTORY, result);
    CHECK_RESULT(SLA_PENDING, bring(&h, "T-1"));
    host_settle(&h);
    sla__line_find(h.service, host_string("north"), host_string("T-1"))->ids_known = false;
    record_and_look(&own, "called", "two");
    host_settle(&h);
    CHECK_TRUE("refused", own.answered < 0);
    host_go_to(&h, h.now + 2 * SLA_MINUTE);
    CHECK_EQ("nothing is kept of it", 0, lines_of(&h));
    end(&h);
}

TEST(who_is_answered_may_look_at_a_ticket_whose_facts_cannot_be_read)
{
    look_after_history(SLA_OK);
    look_after_history(SLA_ERR_REFUSED);
}

/* What is let go and wanted again in one round stays. */
TEST(a_ticket_may_be_opened_in_the_round_in_which_it_was_not_there)
{
    host h;

    begin(&h);
    CHECK_OK(host_record(&h, "T-1", "opened", NULL));
    CHECK_OK(host_record_at(&h, "T-2", "opened", NULL, HOST_START + SLA_DAY));
    CHECK_OK(host_record(&h, "T-2", "opened", NULL));
    host_settle(&h);
    CHECK_EQ("one is ahead of the clock", 1, h.answers.refused);
    CHECK_EQ("both are there", 2, lines_of(&h));
    host_go_to(&h, h.now + 3 * SLA_HOUR);
    CHECK_EQ("and tell", 1, host_told_of(&h, "T-2"));
    end(&h);
}

TEST(a_ticket_that_was_looked_for_in_vain_can_be_imported_at_once)
{
    host h;
    sla_import counts = {0};
    sla_fact opened = {.tenant = host_string("north"),
                       .ticket = host_string("T-1"),
                       .name = host_string("opened")};
    sla_error error;

    begin(&h);
    opened.occurred_at = h.now;
    CHECK_RESULT(SLA_PENDING, bring(&h, "T-1"));
    CHECK_RESULT(SLA_ERR_BUSY, sla_service_import(h.service, &opened, &opened.occurred_at, 1, h.now,
                                                  false, NULL, NULL, &counts, &error));
    host_settle(&h);
    CHECK_RESULT(SLA_ERR_NOT_FOUND, bring(&h, "T-1"));
    CHECK_OK(sla_service_import(h.service, &opened, &opened.occurred_at, 1, h.now, false, NULL,
                                NULL, &counts, &error));
    host_settle(&h);
    CHECK_EQ("it is there", 1, lines_of(&h));
    end(&h);
}
