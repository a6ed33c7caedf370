/*
 * hold.c - see hold.h.
 *
 * A search: what must hold is taken apart piece by piece; an attribute's piece
 * narrows the range of values it may have, a choice is tried one way after the
 * other.  Depth and number of tries are bounded; beyond them the answer is "yes".
 */
#include "policy/hold.h"

enum { TRIES_MAX = 20000, DEPTH_MAX = 400, EXCLUDED_MAX = 16, SEEN_MAX = 64 };

typedef enum presence { UNDECIDED, PRESENT, ABSENT } presence;

/* What an attribute may still be. */
typedef struct range {
    presence is;
    int64_t least, most;
    int64_t excluded[EXCLUDED_MAX];
    uint8_t excluded_count;
} range;

typedef struct search {
    const sla_policies *set;
    size_t tries, depth;
    range ranges[SLA_ATTRIBUTES_MAX];
    presence seen[SEEN_MAX]; /* by fact slot; those beyond may be both */
} search;

/* What is still to hold: nodes [first, first + count), then the rest. */
typedef struct pending {
    const struct pending *next;
    const sla__target *target;
    uint32_t first, count;
    bool negated;
} pending;

static bool satisfy(search *s, const pending *todo);

/* ------------------------------------------------------------ one attribute */

static bool compares(sla__op op, int64_t value, int64_t with)
{
    switch (op) {
    case SLA__EQ:
        return value == with;
    case SLA__NE:
        return value != with;
    case SLA__LT:
        return value < with;
    case SLA__LE:
        return value <= with;
    case SLA__GT:
        return value > with;
    default:
        return value >= with;
    }
}

static sla__op opposite(sla__op op)
{
    switch (op) {
    case SLA__EQ:
        return SLA__NE;
    case SLA__NE:
        return SLA__EQ;
    case SLA__LT:
        return SLA__GE;
    case SLA__LE:
        return SLA__GT;
    case SLA__GT:
        return SLA__LE;
    default:
        return SLA__LT;
    }
}

/* The ends move past what is excluded; an empty range has least > most. */
static void trim(range *r)
{
    bool moved = true;

    while (moved && r->least <= r->most) {
        moved = false;
        for (uint8_t i = 0; i < r->excluded_count; i++) {
            if (r->least == r->most && r->excluded[i] == r->least) {
                r->least = 1;
                r->most = 0;
                return;
            }
            if (r->excluded[i] == r->least) {
                r->least++;
                moved = true;
            } else if (r->excluded[i] == r->most) {
                r->most--;
                moved = true;
            }
        }
    }
}

static void raise_least(range *r, int64_t least)
{
    if (least > r->least)
        r->least = least;
}

static void lower_most(range *r, int64_t most)
{
    if (most < r->most)
        r->most = most;
}

/* Whether something is left. */
static bool narrow(range *r, sla__op op, int64_t with)
{
    if ((op == SLA__LT && with == INT64_MIN) || (op == SLA__GT && with == INT64_MAX))
        return false;
    if (op == SLA__EQ || op == SLA__GE || op == SLA__GT)
        raise_least(r, op == SLA__GT ? with + 1 : with);
    if (op == SLA__EQ || op == SLA__LE || op == SLA__LT)
        lower_most(r, op == SLA__LT ? with - 1 : with);
    if (op == SLA__NE && r->excluded_count < EXCLUDED_MAX && with >= r->least && with <= r->most)
        r->excluded[r->excluded_count++] = with;
    trim(r);
    return r->least <= r->most;
}

static const sla__default *default_of(const sla_policies *set, const sla__target *target,
                                      uint16_t slot)
{
    for (uint32_t i = 0; target != NULL && i < target->default_count; i++)
        if (set->defaults[target->default_first + i].slot == slot)
            return &set->defaults[target->default_first + i];
    return NULL;
}

/* Go on with a fact having been seen or not. */
static bool with_seen(search *s, const pending *todo, uint16_t slot)
{
    const presence is = todo->negated ? ABSENT : PRESENT;
    presence before;

    if (slot >= SEEN_MAX)
        return satisfy(s, todo->next);
    before = s->seen[slot];
    if (before != UNDECIDED && before != is)
        return false;
    s->seen[slot] = is;
    if (satisfy(s, todo->next))
        return true;
    s->seen[slot] = before;
    return false;
}

/* Go on with the attribute being there or not; undone when that leads nowhere. */
static bool with_presence(search *s, const pending *todo, uint16_t slot, presence is)
{
    range *r = &s->ranges[slot];
    const range before = *r;

    if (r->is != UNDECIDED && r->is != is)
        return false;
    r->is = is;
    if (satisfy(s, todo->next))
        return true;
    *r = before;
    return false;
}

static bool with_value(search *s, const pending *todo, uint16_t slot, sla__op op, int64_t with)
{
    range *r = &s->ranges[slot];
    const range before = *r;

    if (r->is == ABSENT)
        return false;
    if (narrow(r, op, with) && with_presence(s, todo, slot, PRESENT))
        return true;
    *r = before;
    return false;
}

/* A comparison holds by a value that is there, or by a default; its negation by
 * the opposite, or by there being neither. */
static bool satisfy_comparison(search *s, const pending *todo, const sla__node *node)
{
    const sla__op op = todo->negated ? opposite((sla__op)node->op) : (sla__op)node->op;
    const sla__default *standing = default_of(s->set, todo->target, node->subject);
    const bool absent_will_do =
        standing != NULL ? compares(op, standing->value, node->value) : todo->negated;

    if (with_value(s, todo, node->subject, op, node->value))
        return true;
    return absent_will_do && with_presence(s, todo, node->subject, ABSENT);
}

/* ------------------------------------------------------------ trees */

/* All of some nodes: one, then the others, then the rest. */
static bool satisfy_all(search *s, const pending *todo)
{
    const pending others = {todo->next, todo->target, todo->first + 1, todo->count - 1,
                            todo->negated};
    const pending one = {todo->count > 1 ? &others : todo->next, todo->target, todo->first, 1,
                         todo->negated};

    return satisfy(s, &one);
}

static bool satisfy_any(search *s, const pending *todo, const sla__node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        const pending one = {todo->next, todo->target, node->first + i, 1, todo->negated};

        if (satisfy(s, &one))
            return true;
    }
    return false;
}

static bool satisfy_node(search *s, const pending *todo)
{
    const sla__node *node = &s->set->nodes[todo->first];
    pending inner = {todo->next, todo->target, node->first, node->count, todo->negated};

    switch ((sla__op)node->op) {
    case SLA__TRUE:
        return !todo->negated && satisfy(s, todo->next);
    case SLA__FACT:
        return satisfy(s, todo->next);
    case SLA__SEEN:
        return with_seen(s, todo, node->subject);
    case SLA__SET:
        return with_presence(s, todo, node->subject, todo->negated ? ABSENT : PRESENT);
    case SLA__NOT:
        inner.negated = !todo->negated;
        return satisfy(s, &inner);
    case SLA__ALL:
        return todo->negated ? satisfy_any(s, todo, node) : satisfy(s, &inner);
    case SLA__ANY:
        return todo->negated ? satisfy(s, &inner) : satisfy_any(s, todo, node);
    default:
        return satisfy_comparison(s, todo, node);
    }
}

static bool satisfy(search *s, const pending *todo)
{
    bool found;

    if (todo == NULL || s->depth >= DEPTH_MAX || ++s->tries > TRIES_MAX)
        return true;
    s->depth++;
    found = todo->count > 1 ? satisfy_all(s, todo) : satisfy_node(s, todo);
    s->depth--;
    return found;
}

/* ------------------------------------------------------------ claims */

static bool satisfy_claims(search *s, const sla__claim *claims, size_t count, const pending *todo);

/* The first claim by its condition alone; claims become a list on the way down. */
static bool satisfy_condition(search *s, const sla__claim *claims, size_t count,
                              const pending *todo)
{
    pending one;

    if (claims->condition == SLA__IMPOSSIBLE)
        return claims->negated && satisfy_claims(s, claims + 1, count - 1, todo);
    one = (pending){todo, claims->target, claims->condition, 1, claims->negated};
    return satisfy_claims(s, claims + 1, count - 1, &one);
}

/* The first claim, which wants a value too: both are there, or of its negation either
 * is not. */
static bool satisfy_with_value(search *s, const sla__claim *claims, size_t count,
                               const pending *todo)
{
    range *r = &s->ranges[claims->attribute];
    const presence before = r->is;

    if (claims->negated && before != PRESENT) {
        r->is = ABSENT;
        if (satisfy_claims(s, claims + 1, count - 1, todo))
            return true;
    }
    r->is = PRESENT;
    if (before != ABSENT && satisfy_condition(s, claims, count, todo))
        return true;
    r->is = before;
    return false;
}

static bool satisfy_claims(search *s, const sla__claim *claims, size_t count, const pending *todo)
{
    if (count == 0)
        return satisfy(s, todo);
    if (++s->tries > TRIES_MAX)
        return true;
    return claims->needs_value ? satisfy_with_value(s, claims, count, todo)
                               : satisfy_condition(s, claims, count, todo);
}

bool sla__can_hold(const sla_policies *set, const sla__claim *claims, size_t count)
{
    const uint16_t opened = sla__policies_fact_slot(set, SLA__FACT_OPENED);
    search s = {.set = set};

    for (size_t i = 0; i < set->attribute_count; i++) {
        const bool is_bool = set->attributes[i].type == SLA__BOOL;

        s.ranges[i].least = is_bool ? 0 : INT64_MIN;
        s.ranges[i].most = is_bool ? 1 : INT64_MAX;
    }
    if (opened < SEEN_MAX)
        s.seen[opened] = PRESENT;
    return satisfy_claims(&s, claims, count, NULL);
}
