/*
 * test_policy_hold.c - Goal: that conditions "cannot hold together" is certain, and said
 * of the contradictions that people write.  Method: a table of conditions with the
 * answer; and a dumb twin, which tries every ticket of a small world on random ones.
 */
#include <stdio.h>
#include <string.h>

#include <sla/policy.h>

#include "policy/hold.h"
#include "support/check.h"

/* ------------------------------------------------------------ by hand */

static const char declared[] =
    "\"attributes\":{\"n\":\"int\",\"s\":\"string\",\"b\":\"bool\",\"i\":\"instant\"}";

/* A step's `when` of a policy with this `match`. */
static sla_policies *set_of(const char *match, const char *when)
{
    char text[2000];
    sla_policies *set;
    sla_error error;
    const int length = snprintf(
        text, sizeof text,
        "{\"policy\":\"p\",\"version\":\"1\",%s,\"match\":%s,\"targets\":[{\"target\":\"t\","
        "\"attribute_defaults\":{\"n\":5},\"goals\":[{\"elapsed\":\"PT1H\"}],"
        "\"steps\":[{\"step\":\"w\",\"percent\":50,\"when\":%s}]}]}",
        declared, match, when);

    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_OK_OR_SAY(sla_policies_add(set, text, (size_t)length, "row", &error), &error);
    CHECK_OK_OR_SAY(sla_policies_finish(set, &error), &error);
    return set;
}

static sla__condition when_of(const sla_policies *set)
{
    for (size_t i = 0; i < set->step_count; i++)
        if (set->steps[i].kind == SLA__WARNING)
            return set->steps[i].when;
    CHECK_FAIL("no step has a condition");
    return 0;
}

TEST(contradictions_are_found_and_nothing_else)
{
#define ANY_TICKET "{\"not\":{\"all\":[{\"attr\":\"n\",\"eq\":1},{\"attr\":\"n\",\"eq\":2}]}}"
#define N(op, value) "{\"attr\":\"n\",\"" op "\":" value "}"
#define S(op, value) "{\"attr\":\"s\",\"" op "\":" value "}"
#define B(op, value) "{\"attr\":\"b\",\"" op "\":" value "}"
#define I(op, value) "{\"attr\":\"i\",\"" op "\":" value "}"
#define SEEN(name) "{\"seen\":\"" name "\"}"
#define NOT(one) "{\"not\":" one "}"
#define BOTH(one, other) "{\"all\":[" one "," other "]}"
#define EITHER(one, other) "{\"any\":[" one "," other "]}"
    static const struct {
        const char *why, *match, *when;
        bool can;
    } rows[] = {
        {"one value", ANY_TICKET, N("eq", "1"), true},
        {"two values at once", ANY_TICKET, BOTH(N("eq", "1"), N("eq", "2")), false},
        {"the same value twice", ANY_TICKET, BOTH(N("eq", "1"), N("eq", "1")), true},
        {"two texts at once", ANY_TICKET, BOTH(S("eq", "\"x\""), S("eq", "\"y\"")), false},
        {"outside the list", ANY_TICKET, BOTH(N("eq", "3"), N("in", "[1,2]")), false},
        {"inside the list", ANY_TICKET, BOTH(N("eq", "2"), N("in", "[1,2]")), true},
        {"lists that do not meet", ANY_TICKET, BOTH(S("in", "[\"a\",\"b\"]"), S("in", "[\"c\"]")),
         false},
        {"lists that meet", ANY_TICKET, BOTH(S("in", "[\"a\",\"b\"]"), S("in", "[\"b\",\"c\"]")),
         true},
        {"above and not above", ANY_TICKET, BOTH(N("gt", "4"), N("le", "4")), false},
        {"from and up to", ANY_TICKET, BOTH(N("ge", "4"), N("le", "4")), true},
        {"no number between", ANY_TICKET, BOTH(N("gt", "4"), N("lt", "5")), false},
        {"one number between", ANY_TICKET, BOTH(N("gt", "4"), N("lt", "6")), true},
        {"the one between is not allowed", ANY_TICKET,
         BOTH(N("ne", "5"), BOTH(N("gt", "4"), N("lt", "6"))), false},
        {"instants in the wrong order", ANY_TICKET,
         BOTH(I("lt", "\"2026-01-01T00:00:00Z\""), I("gt", "\"2026-01-02T00:00:00Z\"")), false},
        {"a value that is not there", ANY_TICKET, BOTH(N("set", "false"), N("eq", "1")), false},
        {"nor is another one", ANY_TICKET, BOTH(N("set", "false"), N("ne", "1")), false},
        {"there and not there", ANY_TICKET, BOTH(N("set", "false"), N("set", "true")), false},
        {"not equal for want of a value", ANY_TICKET, BOTH(N("set", "false"), NOT(N("eq", "1"))),
         true},
        {"neither yes nor no", ANY_TICKET,
         BOTH(B("set", "true"), BOTH(B("ne", "true"), B("ne", "false"))), false},
        {"neither, having none", ANY_TICKET, BOTH(NOT(B("eq", "true")), NOT(B("eq", "false"))),
         true},
        {"seen and not", ANY_TICKET, BOTH(SEEN("x"), NOT(SEEN("x"))), false},
        {"one seen, another not", ANY_TICKET, BOTH(SEEN("x"), NOT(SEEN("y"))), true},
        {"not seen", ANY_TICKET, NOT(SEEN("x")), true},
        {"seen or not, then not", ANY_TICKET,
         BOTH(EITHER(SEEN("x"), SEEN("y")), BOTH(NOT(SEEN("x")), NOT(SEEN("y")))), false},
        {"either way out is shut", ANY_TICKET,
         BOTH(EITHER(SEEN("x"), N("eq", "1")), BOTH(NOT(SEEN("x")), N("eq", "2"))), false},
        {"one way out is open", ANY_TICKET, BOTH(EITHER(SEEN("x"), N("eq", "1")), NOT(SEEN("x"))),
         true},
        {"every ticket was opened", ANY_TICKET, NOT(SEEN("opened")), false},
        {"opened", ANY_TICKET, SEEN("opened"), true},
        {"a double no", ANY_TICKET, NOT(NOT(SEEN("opened"))), true},
        {"against the match", N("eq", "1"), N("gt", "1"), false},
        {"with the match", N("ge", "1"), N("gt", "1"), true},
        {"none of many, then one of them", NOT(N("in", "[1,2,3,4,5,6,7,8,9,10,11,12]")),
         N("eq", "12"), false},
        {"one of them, then none of many", N("eq", "12"),
         NOT(N("in", "[1,2,3,4,5,6,7,8,9,10,11,12]")), false},
        {"one, and none of more than are remembered",
         NOT(N("in", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]")), N("eq", "1"), false},
        {"none of many, and another one", NOT(N("in", "[1,2,3,4,5,6,7,8,9,10,11,12]")),
         N("eq", "13"), true},
        {"beyond all numbers", ANY_TICKET, N("gt", "9223372036854775807"), false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_policies *set = set_of(rows[i].match, rows[i].when);
        const sla__claim claims[] = {sla__claim_that(set->policies[0].match),
                                     sla__claim_that(when_of(set))};

        CHECK_EQ(rows[i].why, rows[i].can, sla__can_hold(set, claims, 2));
        sla_policies_unref(set);
    }
}

TEST(a_goal_that_is_an_anchor_wants_its_attribute)
{
    static const struct {
        const char *why, *match;
        bool can_apply, can_not; /* the goal; a clock for which it does not */
    } rows[] = {
        {"nothing is known of it", ANY_TICKET, true, true},
        {"it is there", I("set", "true"), true, false},
        {"it is compared, so it is there", I("gt", "\"2026-01-01T00:00:00Z\""), true, false},
        {"it is not there", I("set", "false"), false, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sla_policies *set = set_of(rows[i].match, SEEN("x"));
        const sla__goal anchor = {.kind = SLA__GOAL_ANCHOR,
                                  .anchor = sla__policies_attribute(set, "i", 1)};
        const sla__claim applies[] = {sla__claim_that(set->policies[0].match),
                                      sla__claim_goal(&set->targets[0], &anchor, false)};
        const sla__claim does_not[] = {sla__claim_goal(&set->targets[0], &anchor, true),
                                       sla__claim_that(set->policies[0].match)};

        CHECK_EQ(rows[i].why, rows[i].can_apply, sla__can_hold(set, applies, 2));
        CHECK_EQ(rows[i].why, rows[i].can_not, sla__can_hold(set, does_not, 2));
        sla_policies_unref(set);
    }
}

/* ------------------------------------------------------------ the twin */

/* Random conditions on three attributes of four values each and two facts; every one of
 * the tickets is tried. */
enum { ATTRIBUTES = 3, VALUES = 4, NOTHING = VALUES, FACTS = 3 }; /* NOTHING: has no value */

typedef struct ticket {
    int values[ATTRIBUTES];
    unsigned seen; /* facts as bits, the first of them is `opened` */
} ticket;

static void put_condition(prng *random, char *text, size_t size, size_t *used, int depth)
{
    static const char *const words[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    static const char *const joins[] = {"all", "any"};
    static const char *const facts[FACTS] = {"opened", "f1", "f2"};
    const unsigned pick = (unsigned)prng_below(random, depth > 0 ? 11 : 8);
    const unsigned attribute = (unsigned)prng_below(random, ATTRIBUTES);

    if (pick < 6) {
        *used += (size_t)snprintf(text + *used, size - *used, "{\"attr\":\"a%u\",\"%s\":%u}",
                                  attribute, words[pick], (unsigned)prng_below(random, VALUES));
    } else if (pick == 6) {
        *used += (size_t)snprintf(text + *used, size - *used, "{\"attr\":\"a%u\",\"set\":%s}",
                                  attribute, prng_percent(random, 50) ? "true" : "false");
    } else if (pick == 7) {
        *used += (size_t)snprintf(text + *used, size - *used, "{\"seen\":\"%s\"}",
                                  facts[prng_below(random, FACTS)]);
    } else if (pick == 8) {
        *used += (size_t)snprintf(text + *used, size - *used, "{\"not\":");
        put_condition(random, text, size, used, depth - 1);
        *used += (size_t)snprintf(text + *used, size - *used, "}");
    } else {
        const unsigned count = 1 + (unsigned)prng_below(random, 3);

        *used += (size_t)snprintf(text + *used, size - *used, "{\"%s\":[", joins[pick - 9]);
        for (unsigned i = 0; i < count; i++) {
            *used += (size_t)snprintf(text + *used, size - *used, i > 0 ? "," : "");
            put_condition(random, text, size, used, depth - 1);
        }
        *used += (size_t)snprintf(text + *used, size - *used, "]}");
    }
}

/* The plain meaning of a condition for one ticket. */
static bool holds(const sla_policies *set, uint32_t number, const ticket *one, const int *standing)
{
    const sla__node *node = &set->nodes[number];
    int value;

    switch ((sla__op)node->op) {
    case SLA__ALL:
        for (uint32_t i = 0; i < node->count; i++)
            if (!holds(set, node->first + i, one, standing))
                return false;
        return true;
    case SLA__ANY:
        for (uint32_t i = 0; i < node->count; i++)
            if (holds(set, node->first + i, one, standing))
                return true;
        return false;
    case SLA__NOT:
        return !holds(set, node->first, one, standing);
    case SLA__TRUE:
        return true;
    case SLA__SET:
        return one->values[node->subject] != NOTHING;
    case SLA__SEEN:
        return (one->seen >> node->subject & 1) != 0;
    default:
        break;
    }
    value = one->values[node->subject];
    if (value == NOTHING)
        value = standing[node->subject];
    if (value == NOTHING)
        return false;
    switch ((sla__op)node->op) {
    case SLA__EQ:
        return value == node->value;
    case SLA__NE:
        return value != node->value;
    case SLA__LT:
        return value < node->value;
    case SLA__LE:
        return value <= node->value;
    case SLA__GT:
        return value > node->value;
    default:
        return value >= node->value;
    }
}

static bool fulfils(const sla_policies *set, const sla__claim *claim, const ticket *one,
                    const int *standing)
{
    static const int none[ATTRIBUTES] = {NOTHING, NOTHING, NOTHING};
    const bool has_value = !claim->needs_value || one->values[claim->attribute] != NOTHING;

    return (has_value && holds(set, claim->condition, one,
                               claim->target != NULL ? standing : none)) != claim->negated;
}

/* One value more on each side: "below 0" and "above 3" can be had. */
static int value_of(int number)
{
    return number == 5 ? NOTHING : number == NOTHING ? 100 : number;
}

static bool some_ticket(const sla_policies *set, const sla__claim *claims, size_t count,
                        const int *standing)
{
    const uint16_t opened = sla__policies_fact_slot(set, SLA__FACT_OPENED);

    for (int number = 0; number < 7 * 7 * 7 << FACTS; number++) {
        const int values = number >> FACTS;
        ticket one = {
            {value_of(values % 7 - 1), value_of(values / 7 % 7 - 1), value_of(values / 49 - 1)},
            (unsigned)number & ((1u << FACTS) - 1)};
        bool all = true;

        if (opened != SLA__NONE)
            one.seen |= 1u << opened;
        for (size_t i = 0; i < count && all; i++)
            all = fulfils(set, &claims[i], &one, standing);
        if (all)
            return true;
    }
    return false;
}

static sla_policies *random_set(prng *random, int standing, char *text, size_t size)
{
    sla_policies *set;
    sla_error error;
    size_t used =
        (size_t)snprintf(text, size,
                         "{\"policy\":\"p\",\"version\":\"1\",\"attributes\":{\"a0\":\"int\","
                         "\"a1\":\"int\",\"a2\":\"int\"},\"targets\":[{\"target\":\"t\","
                         "\"attribute_defaults\":{\"a1\":%d},\"goals\":[",
                         standing);

    for (int i = 0; i < 3; i++) {
        used += (size_t)snprintf(text + used, size - used,
                                 "%s{\"elapsed\":\"PT1H\",\"when\":", i > 0 ? "," : "");
        put_condition(random, text, size, &used, 3);
        used += (size_t)snprintf(text + used, size - used, "}");
    }
    used += (size_t)snprintf(text + used, size - used, "]}]}");
    CHECK_OK(sla_policies_new(NULL, &set));
    CHECK_OK_OR_SAY(sla_policies_add(set, text, used, "random", &error), &error);
    return set;
}

static void try_conditions(prng *random, size_t *agreed)
{
    char text[1 << 14];
    const int standing[ATTRIBUTES] = {NOTHING, (int)prng_below(random, VALUES), NOTHING};
    sla_policies *set = random_set(random, standing[1], text, sizeof text);
    sla__claim claims[3];
    bool can, does;

    for (int i = 0; i < 3; i++)
        claims[i] = (sla__claim){
            set->goals[i].when, prng_percent(random, 50) && i > 0, prng_percent(random, 25),
            (uint16_t)prng_below(random, set->attribute_count), i > 0 ? &set->targets[0] : NULL};
    can = sla__can_hold(set, claims, 3);
    does = some_ticket(set, claims, 3, standing);
    if (does && !can)
        CHECK_FAIL("a ticket fulfils what cannot hold: %s", text);
    *agreed += can == does;
    sla_policies_unref(set);
}

TEST(what_cannot_hold_no_ticket_fulfils)
{
    const size_t rounds = check_count(3000, 100000);
    prng random = check_prng();
    size_t agreed = 0;

    for (size_t i = 0; i < rounds; i++)
        try_conditions(&random, &agreed);
    CHECK_TRUE("and it is rarely called possible in vain", agreed * 100 >= rounds * 99);
}
