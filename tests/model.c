/* model.c - see model.h: tickets, the checks on a fact, and folding again. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "model_ticket.h"

model *model_new(void)
{
    return calloc(1, sizeof(model));
}

static void free_ticket(model_ticket *ticket)
{
    for (size_t i = 0; i < ticket->fact_count; i++)
        model_fact_free(ticket->facts[i]);
    model_truth_free(ticket->truth);
    free(ticket->facts);
    free(ticket->items);
    free(ticket->told);
    free(ticket->notices);
    free(ticket->tenant);
    free(ticket->name);
    free(ticket);
}

static void free_world(model_world *world)
{
    sla_policies_unref(world->policies);
    for (size_t i = 0; i < world->calendar_count; i++)
        sla_calendar_unref(world->calendars[i]);
    free(world->calendars);
}

void model_free(model *twin)
{
    for (size_t i = 0; i < twin->ticket_count; i++)
        free_ticket(twin->tickets[i]);
    for (size_t i = 0; i < twin->world_count; i++)
        free_world(&twin->worlds[i]);
    free(twin->worlds);
    free(twin->tickets);
    free(twin->tellings);
    free(twin->events);
    free(twin);
}

/* --- worlds --- */

static void hold_calendar(model_world *world, sla_calendar *calendar)
{
    size_t i = 0;

    while (i < world->calendar_count &&
           strcmp(sla_calendar_name(world->calendars[i]), sla_calendar_name(calendar)) != 0)
        i++;
    if (i == world->calendar_count) {
        world->calendars =
            realloc(world->calendars, (++world->calendar_count) * sizeof *world->calendars);
        world->calendars[i] = NULL;
    }
    sla_calendar_unref(world->calendars[i]);
    world->calendars[i] = sla_calendar_ref(calendar);
}

static bool has_calendars(const model_world *world)
{
    const char *name;

    for (size_t i = 0; (name = sla_policies_calendar(world->policies, i)) != NULL; i++) {
        size_t j = 0;

        while (j < world->calendar_count &&
               strcmp(sla_calendar_name(world->calendars[j]), name) != 0)
            j++;
        if (j == world->calendar_count)
            return false;
    }
    return true;
}

/* Since where the ticket stood before this poll or adoption. */
static bool undone_since(const model_ticket *ticket)
{
    return ticket->truth->undone > ticket->stood ||
           (ticket->truth->undone_itself == ticket->stood && !ticket->stood_passing);
}

/* Up to now; what was armed again on the way, the twin cannot follow. */
static void let_pass(model *twin, model_ticket *ticket, sla_time now)
{
    ticket->stood = ticket->truth->opened ? ticket->limit : INT64_MIN;
    ticket->stood_passing = ticket->passing;
    model_advance(twin, ticket, now, true, NULL);
    twin->undone = twin->undone || undone_since(ticket);
}

int model_adopt(model *twin, sla_policies *policies, sla_calendar *const *calendars, size_t count,
                sla_time now)
{
    const model_world *last = twin->world_count > 0 ? &twin->worlds[twin->world_count - 1] : NULL;
    model_world world = {.at = now, .new_policies = policies != NULL};

    if (policies == NULL && last != NULL)
        policies = last->policies;
    world.policies = policies != NULL ? sla_policies_ref(policies) : NULL;
    for (size_t i = 0; last != NULL && i < last->calendar_count; i++)
        hold_calendar(&world, last->calendars[i]);
    for (size_t i = 0; i < count; i++)
        hold_calendar(&world, calendars[i]);
    if (policies != NULL && !has_calendars(&world)) {
        free_world(&world);
        return SLA_ERR_NOT_FOUND;
    }
    twin->worlds = realloc(twin->worlds, (twin->world_count + 1) * sizeof *twin->worlds);
    for (size_t i = 0; i < twin->ticket_count; i++)
        let_pass(twin, twin->tickets[i], now);
    twin->worlds[twin->world_count++] = world;
    for (size_t i = 0; i < twin->ticket_count; i++) {
        model_ticket *ticket = twin->tickets[i];

        ticket->limit = now;
        ticket->passing = true;
        model_fold_ticket(twin, ticket, NULL);
        model_take_moves(ticket, 0);
        model_reconcile(ticket, &(model_cause){now, (uint32_t)twin->world_count, NULL, true,
                                               "calendar_changed"});
        model_tighten(ticket);
    }
    return SLA_OK;
}

/* --- tickets --- */

static model_ticket *find(const model *twin, sla_string tenant, sla_string name)
{
    for (size_t i = 0; i < twin->ticket_count; i++)
        if (model_is(tenant, twin->tickets[i]->tenant) && model_is(name, twin->tickets[i]->name))
            return twin->tickets[i];
    return NULL;
}

static char *text_of(sla_string string)
{
    char *text = calloc(1, string.length + 1);

    if (string.length > 0)
        memcpy(text, string.data, string.length);
    return text;
}

static model_ticket *find_or_make(model *twin, sla_string tenant, sla_string name)
{
    model_ticket *ticket = find(twin, tenant, name);

    if (ticket != NULL)
        return ticket;
    ticket = calloc(1, sizeof *ticket);
    ticket->tenant = text_of(tenant);
    ticket->name = text_of(name);
    ticket->limit = INT64_MIN;
    ticket->world = twin->world_count;
    twin->tickets = realloc(twin->tickets, (twin->ticket_count + 1) * sizeof *twin->tickets);
    twin->tickets[twin->ticket_count++] = ticket;
    model_fold_ticket(twin, ticket, NULL);
    return ticket;
}

/* --- recording --- */

/* Whether the place lies before something that the fold has been past. */
static bool been_past(const model_ticket *ticket, sla_time at, uint32_t seq)
{
    const model_truth *truth = ticket->truth;

    /* A new world is nothing to a ticket that is not open. */
    if (at < truth->last_fact_at || (truth->opened && at <= truth->last_instant))
        return true;
    for (size_t i = 0; i < ticket->timeline.count; i++)
        if (ticket->timeline.items[i].fact != NULL && ticket->timeline.items[i].at == at &&
            at <= ticket->limit && ticket->timeline.items[i].seq > seq)
            return true;
    return false;
}

/* Whether policies were adopted since the ticket's first fact. */
static bool new_policies(const model *twin, const model_ticket *ticket)
{
    for (size_t i = ticket->world; i < twin->world_count; i++)
        if (twin->worlds[i].new_policies)
            return true;
    return false;
}

static bool is_late(const model *twin, const model_ticket *ticket, const model_fact *fact,
                    size_t index)
{
    const model_fact *before;

    if (!ticket->opened && model_is(fact->given.name, "opened")) /* only other policies count */
        return fact->given.occurred_at < ticket->truth->last_fact_at || new_policies(twin, ticket);
    if (fact->root == index)
        return been_past(ticket, fact->given.occurred_at, fact->seq);
    before = model_content_of(ticket, fact->root);
    if (!model_is(before->given.name, "withdrawn") && before->given.occurred_at <= ticket->limit)
        return true;
    return !model_is(fact->given.name, "withdrawn") &&
           been_past(ticket, fact->given.occurred_at, ticket->facts[fact->root]->seq);
}

static int verdict_code(const model_fact *fact, const model_verdict *verdict)
{
    const bool extends = model_is(fact->given.name, "extended");

    if (!extends && !model_is(fact->given.name, "waived") &&
        !model_is(fact->given.name, "acknowledged"))
        return SLA_OK;
    if (!verdict->applied || verdict->refused || verdict->before_opened)
        return SLA_OK;
    if (!verdict->named)
        return fact->given.policy.length > 0 ? SLA_ERR_NOT_FOUND : SLA_OK;
    return verdict->done || model_is(fact->given.name, "acknowledged") ? SLA_OK : SLA_ERR_STATE;
}

/* Nothing in the policies reads it: neither its name nor one of its attributes. */
static bool unread(const sla_policies *set, const sla_fact *fact)
{
    if (sla__policies_fact(set, fact->name.data, fact->name.length) != SLA__NONE)
        return false;
    for (size_t i = 0; i < fact->attribute_count; i++)
        if (sla__policies_attribute(set, fact->attributes[i].name.data,
                                    fact->attributes[i].name.length) != SLA__NONE)
            return false;
    return true;
}

/* What the fact would meet; judged on a fold of its own, so that nothing has changed yet. */
static model_verdict judge(const model *twin, model_ticket *ticket, const model_fact *fact)
{
    model_truth *truth;
    model_verdict verdict;
    sla_time limit = ticket->limit;

    model_build_timeline(twin, ticket);
    if (fact->given.occurred_at > limit && fact->given.occurred_at <= fact->recorded_at)
        limit = fact->given.occurred_at;
    truth = model_fold(&ticket->timeline, limit, limit == ticket->limit && ticket->passing, fact);
    verdict = truth->verdict;
    model_truth_free(truth);
    return verdict;
}

static void fold_again(const model *twin, model_ticket *ticket, const model_fact *fact, bool late)
{
    const model_cause cause = {fact->given.occurred_at, fact->seq, fact, false,
                               late ? "late_fact" : NULL};
    model_truth *before = ticket->truth;

    ticket->truth = NULL;
    if (fact->recorded_at >= ticket->limit)
        ticket->limit = fact->recorded_at;
    ticket->passing = true;
    model_fold_ticket(twin, ticket, fact);
    ticket->moves_told = ticket->truth->move_count;
    model_compare_dues(ticket, before, &cause);
    model_reconcile(ticket, &cause);
    model_tighten(ticket);
    model_truth_free(before);
}

/* Folds the fact in: again from the start when it is late, else up to where it lies; what is
 * taken back or put right before the opening, up to now. */
static void take_in(model *twin, model_ticket *ticket, const model_fact *fact, bool late,
                    bool up_to_now)
{
    const sla_time at = fact->given.occurred_at;

    if (late || up_to_now) {
        fold_again(twin, ticket, fact, late);
    } else if (at > fact->recorded_at || model_is(fact->given.name, "withdrawn")) {
        model_fold_ticket(twin, ticket, NULL); /* something waits, or no longer, to wake us */
    } else if (at > ticket->limit) {
        model_advance(twin, ticket, at, false, fact);
    } else {
        model_advance(twin, ticket, ticket->limit, ticket->passing, fact);
    }
}

/* The ticket is opened under the world of now; the facts before are looked at again. */
static void begin(const model *twin, model_ticket *ticket)
{
    ticket->world = twin->world_count;
    ticket->limit = ticket->truth->last_fact_at;
    ticket->passing = false;
    ticket->fact_count--;
    model_fold_ticket(twin, ticket, NULL);
    ticket->fact_count++;
}

/* The policies of a ticket; before it is opened, those it would be opened under. */
static const sla_policies *set_of(const model *twin, const model_ticket *ticket)
{
    return ticket != NULL && ticket->opened ? ticket->truth->set
                                            : twin->worlds[twin->world_count - 1].policies;
}

static int keep(model *twin, model_ticket *ticket, model_fact *fact, sla_answer *answer)
{
    const size_t index = ticket->fact_count;
    const model_fact *other = model_fact_by_id(
        ticket, fact->given.withdraws.length > 0 ? fact->given.withdraws : fact->given.corrects);
    model_verdict verdict;
    const bool opened = ticket->opened;
    const sla_time stood = ticket->limit;
    const bool stood_passing = ticket->passing;
    bool late;
    int result;

    fact->root = other != NULL ? other->root : index;
    fact->seq = (uint32_t)index + 1;
    model_build_timeline(twin, ticket);
    late = is_late(twin, ticket, fact, index);
    ticket->facts = realloc(ticket->facts, (index + 1) * sizeof *ticket->facts);
    ticket->facts[ticket->fact_count++] = fact;
    if (model_is(fact->given.name, "opened") && fact->root == index)
        begin(twin, ticket);
    verdict = judge(twin, ticket, fact);
    result = verdict_code(fact, &verdict);
    if (result != SLA_OK) {
        ticket->fact_count--;
        model_build_timeline(twin, ticket);
        return result;
    }
    take_in(twin, ticket, fact, late, !opened && fact->root != index);
    if (!late && (ticket->truth->undone_itself > stood ||
                  (ticket->truth->undone_itself == stood && stood > INT64_MIN && !stood_passing)))
        twin->undone = true;
    if (answer != NULL) {
        memset(answer, 0, sizeof *answer);
        answer->seq = fact->seq;
        answer->late = late;
        answer->refused = verdict.refused;
        if (verdict.refused)
            strcpy(answer->rule, verdict.rule);
        answer->no_effect = verdict.before_opened || unread(set_of(twin, ticket), &fact->given);
    }
    return SLA_OK;
}

int model_record(model *twin, const sla_fact *given, sla_time now, sla_answer *answer)
{
    model_ticket *ticket = find(twin, given->tenant, given->ticket);
    const sla_policies *set = set_of(twin, ticket);
    const model_fact *same = model_fact_by_id(ticket, given->id);
    const bool fresh = ticket == NULL;
    model_fact *fact;
    int result = model_check_names(given);

    if (result != SLA_OK)
        return result;
    if (same != NULL) {
        if (!model_same_content(&same->given, given))
            return SLA_ERR_CONFLICT;
        if (answer != NULL)
            *answer = (sla_answer){.seq = same->seq};
        return SLA_DUPLICATE;
    }
    result = model_check_values(set, given);
    if (result == SLA_OK)
        result = model_check_time(set, given, now);
    if (result == SLA_OK && fresh && (given->corrects.length > 0 || given->withdraws.length > 0))
        result = SLA_ERR_NOT_FOUND;
    if (result != SLA_OK)
        return result;
    ticket = find_or_make(twin, given->tenant, given->ticket);
    result = model_check_place(ticket, given);
    if (result == SLA_OK) {
        fact = model_fact_copy(given);
        fact->recorded_at = now;
        fact->world = twin->world_count;
        result = keep(twin, ticket, fact, answer);
        if (result != SLA_OK)
            model_fact_free(fact);
    }
    if (result != SLA_OK && fresh) {
        free_ticket(ticket);
        twin->ticket_count--;
    } else if (result == SLA_OK && model_is(given->name, "opened") && !ticket->opened) {
        ticket->opened = true;
        ticket->number = ++twin->openings;
    }
    return result;
}

/* --- polling --- */

static uint64_t unsigned_order(sla_time at)
{
    return (uint64_t)at ^ UINT64_C(1) << 63;
}

/* What a world takes back has a place of its own in what was told, not in the order. */
static uint64_t place_of(const model_key *key)
{
    return key->sort == MODEL_SORT_TAKEN ? key->place % 1000 : key->place;
}

static int compare(const void *left, const void *right)
{
    const model_telling *a = left;
    const model_telling *b = right;
    const bool moved = a->key.sort == MODEL_SORT_MOVED && b->key.sort == MODEL_SORT_MOVED;
    const uint64_t keys[][2] = {
        {unsigned_order(a->order), unsigned_order(b->order)},
        {a->ticket, b->ticket},
        {unsigned_order(a->event.at), unsigned_order(b->event.at)},
        {a->key.policy, b->key.policy},
        {a->key.target, b->key.target},
        {a->key.cycle, b->key.cycle},
        {a->key.sort, b->key.sort},
        {moved ? a->event.kind : place_of(&a->key), moved ? b->event.kind : place_of(&b->key)},
        {a->key.repeat, b->key.repeat},
        {a->serial, b->serial},
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

/* Something older than the fold, which a clock that was put back hides from the poll. */
static bool overdue(const model_truth *truth)
{
    model_instant instant;

    for (size_t i = 0; i < truth->clock_count; i++)
        if (model_clock_next(truth, truth->clocks[i], &instant) && instant.at < truth->now)
            return true;
    return false;
}

size_t model_poll(model *twin, sla_time now, const sla_event **events_out)
{
    size_t count = 0;

    for (size_t i = 0; i < twin->ticket_count; i++) {
        let_pass(twin, twin->tickets[i], now);
        twin->undone = twin->undone || overdue(twin->tickets[i]->truth);
        model_tell(twin->tickets[i], now, &twin->tellings, &count);
    }
    if (count > 0)
        qsort(twin->tellings, count, sizeof *twin->tellings, compare);
    twin->events = realloc(twin->events, (count + 1) * sizeof *twin->events);
    for (size_t i = 0; i < count; i++)
        twin->events[i] = twin->tellings[i].event;
    *events_out = twin->events;
    return count;
}

bool model_undone(const model *twin)
{
    return twin->undone;
}

sla_time model_wakeup(model *twin)
{
    sla_time earliest = SLA_NEVER;

    for (size_t i = 0; i < twin->ticket_count; i++) {
        const sla_time at = model_earliest(twin->tickets[i]);

        if (at < earliest)
            earliest = at;
    }
    return earliest;
}

int model_clocks(model *twin, sla_string tenant, sla_string name, sla_clock_view *clocks,
                 size_t capacity, size_t *count_out)
{
    const model_ticket *ticket = find(twin, tenant, name);

    if (ticket == NULL)
        return SLA_ERR_NOT_FOUND;
    *count_out = ticket->truth->clock_count;
    for (size_t i = 0; i < ticket->truth->clock_count && i < capacity; i++)
        model_fill_view(ticket, ticket->truth->clocks[i], &clocks[i]);
    return SLA_OK;
}
