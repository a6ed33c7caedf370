/* history.c - see history.h: the operations of a history, chosen with the model at hand. */
#include "history.h"

#include <string.h>

#include "model.h"

static sla_string string(const char *text)
{
    return (sla_string){text, strlen(text)};
}

void history_op_settle(history_op *op)
{
    op->fact.attributes = op->attributes;
    if (op->fact.id.length > 0)
        op->fact.id.data = op->id;
}

size_t history_op_calendars(const history_op *op, const history_calendars *calendars,
                            sla_calendar **out)
{
    size_t count = 0;

    for (int i = 0; i < HISTORY_CALENDARS; i++)
        if (op->versions[i] >= 0)
            out[count++] = calendars->them[i][op->versions[i]];
    return count;
}

typedef struct maker {
    history *made;
    const history_world *world;
    const history_calendars *calendars;
    model *twin;
    prng *random;
    sla_time now;
    sla_time latest; /* the greatest now so far */
    int tickets;
    bool opened[3];
    bool same_set; /* only one set is ever adopted */
} maker;

static bool chance(maker *to, unsigned percent)
{
    return prng_percent(to->random, percent);
}

static size_t below(maker *to, size_t count)
{
    return prng_below(to->random, count);
}

#define PICK(to, list) (list)[below(to, sizeof(list) / sizeof(list)[0])]

static history_op *next_op(maker *to, history_what what)
{
    history_op *op = &to->made->ops[to->made->count++];

    memset(op, 0, sizeof *op);
    op->what = what;
    op->now = to->now;
    op->set = -1;
    for (int i = 0; i < HISTORY_CALENDARS; i++)
        op->versions[i] = -1;
    return op;
}

static void adopt(maker *to, bool first)
{
    history_op *op;
    sla_calendar *calendars[HISTORY_CALENDARS];

    /* A world is adopted at an instant at which nothing else happens. */
    to->now = (to->now > to->latest ? to->now : to->latest) + 7 + (sla_time)to->made->count;
    op = next_op(to, HISTORY_ADOPT);
    if (first) {
        op->set = 0;
        for (int i = 0; i < HISTORY_CALENDARS; i++)
            op->versions[i] = 0;
    } else {
        if (chance(to, 40))
            op->set = (int)below(to, HISTORY_SETS);
        for (int i = 0; i < HISTORY_CALENDARS; i++)
            if (chance(to, 50))
                op->versions[i] = (int)below(to, HISTORY_VERSIONS);
    }
    to->latest = to->now;
    model_adopt(to->twin, op->set >= 0 ? to->world->sets[op->set] : NULL, calendars,
                history_op_calendars(op, to->calendars, calendars), op->now);
}

static void poll(maker *to)
{
    const sla_event *events;

    next_op(to, HISTORY_POLL);
    model_poll(to->twin, to->now, &events);
    if (to->now > to->latest)
        to->latest = to->now;
}

static const char *const ticket_names[] = {"T1", "T2", "T3"};
static const char *const common_names[] = {"resolved",   "answered", "held",  "unheld", "supplied",
                                           "attributes", "rejected", "asked", "closed", "reopened"};
static const char *const rare_names[] = {"dispatched", "called",     "returned", "handed_over",
                                         "cancelled",  "mysterious", "touched",  "deemed"};
static const char *const about_names[] = {"acknowledged", "extended", "waived"};

static void set_attribute(maker *to, history_op *op, const char *name, sla_value_type type,
                          int64_t number, const char *text)
{
    sla_attribute *attribute = &op->attributes[op->fact.attribute_count++];

    *attribute = (sla_attribute){string(name), type, {NULL, 0}, number};
    if (type == SLA_VALUE_STRING)
        attribute->string = string(text);
    if (chance(to, 7))
        *attribute = (sla_attribute){string(name), SLA_VALUE_NONE, {NULL, 0}, 0};
}

static void random_attribute(maker *to, history_op *op)
{
    static const char *const kinds[] = {"fault", "complaint", "order"};
    static const char *const regions[] = {"north", "south", "far_east"};

    switch (below(to, 8)) {
    case 0:
    case 1:
    case 2:
        set_attribute(to, op, "grade", SLA_VALUE_INT, 1 + (int64_t)below(to, 3), NULL);
        break;
    case 3:
        set_attribute(to, op, "kind", SLA_VALUE_STRING, 0, PICK(to, kinds));
        break;
    case 4:
        set_attribute(to, op, "region", SLA_VALUE_STRING, 0, PICK(to, regions));
        break;
    case 5:
        set_attribute(to, op, chance(to, 50) ? "vip" : "waiting", SLA_VALUE_BOOL,
                      (int64_t)below(to, 2), NULL);
        break;
    case 6:
        set_attribute(to, op, "waiting", SLA_VALUE_BOOL, (int64_t)below(to, 2), NULL);
        break;
    default:
        set_attribute(to, op, "appointment", SLA_VALUE_INSTANT,
                      to->now + prng_between(to->random, -20, 200) * 30 * SLA_MINUTE, NULL);
    }
}

static void attributes(maker *to, history_op *op, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        random_attribute(to, op);
        for (size_t j = 0; j + 1 < op->fact.attribute_count; j++) /* no name twice */
            if (op->attributes[j].name.data ==
                op->attributes[op->fact.attribute_count - 1].name.data) {
                op->fact.attribute_count--;
                break;
            }
    }
}

/* When it happened: mostly now, sometimes long ago, at an instant that counts, or ahead. */
static sla_time occurred(maker *to)
{
    const size_t which = below(to, 100);
    const sla_time wakeup = model_wakeup(to->twin);

    if (which < 62)
        return to->now;
    if (which < 72)
        return to->now - prng_between(to->random, 1, 120) * SLA_MINUTE;
    if (which < 80)
        return to->now - prng_between(to->random, 1, 72) * SLA_HOUR;
    if (which < 86 && wakeup != SLA_NEVER && wakeup <= to->now)
        return wakeup;
    if (which < 93 && to->made->count > 0) {
        const sla_time at = to->made->ops[below(to, to->made->count)].now;

        return at < to->now ? at : to->now;
    }
    if (to->now < to->latest) /* ahead of a clock that was put back: not asked */
        return to->now;
    if (which < 98)
        return to->now + prng_between(to->random, 1, 5) * SLA_MINUTE;
    return to->now + prng_between(to->random, 5, 7) * SLA_MINUTE;
}

static history_op *random_recorded(maker *to)
{
    for (int i = 0; i < 8; i++) {
        history_op *op = &to->made->ops[below(to, to->made->count)];

        if (op->what == HISTORY_RECORD && op->fact.id.length > 0)
            return op;
    }
    return NULL;
}

static void name_clock(maker *to, history_op *op)
{
    static const char *const policies[] = {"p0", "p0", "p1", "p2"};
    static const char *const targets[] = {"t0", "t0", "t1", "t2"};

    if (chance(to, 25))
        return;
    op->fact.policy = string(PICK(to, policies));
    op->fact.target = string(PICK(to, targets));
    if (chance(to, 15))
        op->fact.cycle = 1 + (uint32_t)below(to, 2);
}

static void fill_about(maker *to, history_op *op, const char *name)
{
    op->fact.name = string(name);
    name_clock(to, op);
    if (name == about_names[0])
        return;
    if (chance(to, 70))
        op->fact.approver = string("chief");
    if (name == about_names[1] && chance(to, 25))
        op->fact.until = to->now + prng_between(to->random, 1, 100) * 30 * SLA_MINUTE;
    else
        op->fact.span = prng_between(to->random, 1, 20) * 30 * SLA_MINUTE;
    if (name == about_names[2]) {
        op->fact.excluded = chance(to, 30);
        op->fact.silence = chance(to, 30);
    }
}

static void fill_content(maker *to, history_op *op)
{
    static const char *const reasons[] = {"not_ours", "doubled", "another"};
    const size_t which = below(to, 100);

    if (which < 70)
        op->fact.name = string(PICK(to, common_names));
    else if (which < 85)
        op->fact.name = string(PICK(to, rare_names));
    else
        fill_about(to, op, PICK(to, about_names));
    if (op->fact.name.length == strlen("attributes") &&
        memcmp(op->fact.name.data, "attributes", 10) == 0)
        attributes(to, op, 1 + below(to, 2));
    else if (chance(to, 20))
        attributes(to, op, 1);
    if (chance(to, 12))
        op->fact.reason = string(PICK(to, reasons));
}

/* Another time for, or other content in place of, or nothing in place of a fact. */
static bool change_earlier(maker *to, history_op *op)
{
    const history_op *earlier = random_recorded(to);

    if (earlier == NULL)
        return false;
    op->fact.ticket = earlier->fact.ticket;
    if (chance(to, 40)) {
        op->fact.name = string("withdrawn");
        if (op->fact.occurred_at > to->now) /* nobody takes back ahead of time */
            op->fact.occurred_at = to->now;
        op->fact.withdraws = string(earlier->id);
        return true;
    }
    if (chance(to, 50)) {
        op->fact.name = earlier->fact.name;
        op->fact.attribute_count = earlier->fact.attribute_count;
        memcpy(op->attributes, earlier->attributes, sizeof op->attributes);
    } else {
        fill_content(to, op);
    }
    op->fact.corrects = string(earlier->id);
    return true;
}

static void record(maker *to)
{
    const size_t ticket = below(to, (size_t)to->tickets);
    history_op *op = next_op(to, HISTORY_RECORD);
    const size_t number = to->made->count;

    op->fact.ticket = string(ticket_names[ticket]);
    op->fact.occurred_at = occurred(to);
    if (chance(to, 10))
        op->fact.authorised_by = string("chief");
    if (chance(to, 10))
        op->fact.by = string("desk");
    if (!chance(to, 5)) {
        snprintf(op->id, sizeof op->id, "f%zu", number);
        op->fact.id = string(op->id);
    }
    if (number > 3 && chance(to, 5)) {
        const history_op *earlier = random_recorded(to);

        if (earlier != NULL && earlier != op) {
            *op = *earlier;
            op->now = to->now;
            if (chance(to, 20))
                op->fact.cycle++;
        }
    } else if (!to->opened[ticket] && chance(to, 85)) {
        op->fact.name = string("opened");
        attributes(to, op, below(to, 3));
        to->opened[ticket] = true;
    } else if (number < 4 || !chance(to, 16) || !change_earlier(to, op)) {
        fill_content(to, op);
    }
    if (op->fact.name.length == 0)
        fill_content(to, op);
    if (to->now > to->latest)
        to->latest = to->now;
    history_op_settle(op);
    model_record(to->twin, &op->fact, op->now, NULL);
}

static void move_on(maker *to)
{
    const sla_time wakeup = model_wakeup(to->twin);
    const size_t which = below(to, 100);

    if (which < 45 && wakeup != SLA_NEVER && wakeup > to->now && wakeup < to->now + 20 * SLA_DAY)
        to->now = wakeup + (chance(to, 30) ? prng_between(to->random, -1, 90) * SLA_SECOND : 0);
    else if (which < 65)
        to->now += prng_between(to->random, 0, 60) * SLA_MINUTE;
    else if (which < 85)
        to->now += prng_between(to->random, 1, 24) * SLA_HOUR;
    else if (which < 88)
        to->now += prng_between(to->random, 1, 5) * SLA_DAY;
    else if (which < 91)
        to->now -= prng_between(to->random, 1, 120) * SLA_MINUTE;
}

void history_make(history *made, const history_world *world, const history_calendars *calendars,
                  prng *random)
{
    const size_t length = 6 + prng_below(random, 18);
    maker to = {.made = made,
                .world = world,
                .calendars = calendars,
                .twin = model_new(),
                .random = random,
                .tickets = 1 + (int)(prng_below(random, 5) / 3)};

    /* The last week of March 2026: holidays, and Madrid's clock change on the 29th. */
    to.now = INT64_C(1774224000) * SLA_SECOND + prng_between(random, 0, 6 * 96) * 15 * SLA_MINUTE;
    to.latest = to.now;
    made->count = 0;
    adopt(&to, true);
    while (made->count < length) {
        const size_t which = below(&to, 100);

        move_on(&to);
        if (which < 60)
            record(&to);
        else if (which < 97)
            poll(&to);
        else
            adopt(&to, false);
        if (which < 60 && chance(&to, 60))
            poll(&to);
    }
    to.now = to.latest + 3 * SLA_DAY;
    poll(&to);
    model_free(to.twin);
}
