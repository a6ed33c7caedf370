/* model.c - see model.h: tickets, the checks on a fact, and folding again. */
#include "model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model_ticket.h"

struct model {
    model_world *worlds;
    size_t world_count;
    model_ticket **tickets;
    size_t ticket_count;
    uint32_t openings;
    model_telling *tellings;
    sla_event *events;
};

model *model_new(void)
{
    return calloc(1, sizeof(model));
}

static void free_fact(model_fact *fact)
{
    free(fact->memory);
    free(fact);
}

static void free_ticket(model_ticket *ticket)
{
    for (size_t i = 0; i < ticket->fact_count; i++)
        free_fact(ticket->facts[i]);
    model_truth_free(ticket->truth);
    free(ticket->facts);
    free(ticket->items);
    free(ticket->told);
    free(ticket->notices);
    free(ticket->tenant);
    free(ticket->name);
    free(ticket);
}

void model_free(model *twin)
{
    for (size_t i = 0; i < twin->ticket_count; i++)
        free_ticket(twin->tickets[i]);
    for (size_t i = 0; i < twin->world_count; i++) {
        sla_policies_unref(twin->worlds[i].policies);
        for (size_t j = 0; j < twin->worlds[i].calendar_count; j++)
            sla_calendar_unref(twin->worlds[i].calendars[j]);
        free(twin->worlds[i].calendars);
    }
    free(twin->worlds);
    free(twin->tickets);
    free(twin->tellings);
    free(twin->events);
    free(twin);
}

/* --- copies of facts --- */

static sla_string copy_string(char **room, sla_string string)
{
    sla_string copy = {NULL, string.length};

    if (string.data == NULL)
        return copy;
    copy.data = memcpy(*room, string.data, string.length);
    (*room)[string.length] = '\0';
    *room += string.length + 1;
    return copy;
}

static size_t room_of(const sla_fact *fact)
{
    const sla_string strings[] = {fact->tenant,    fact->ticket,   fact->id,
                                  fact->name,      fact->by,       fact->reason,
                                  fact->policy,    fact->target,   fact->corrects,
                                  fact->withdraws, fact->approver, fact->authorised_by};
    size_t room = fact->attribute_count * sizeof(sla_attribute);

    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        room += strings[i].length + 1;
    for (size_t i = 0; i < fact->attribute_count; i++)
        room += fact->attributes[i].name.length + fact->attributes[i].string.length + 2;
    return room;
}

static model_fact *copy_fact(const sla_fact *given)
{
    model_fact *fact = calloc(1, sizeof *fact);
    sla_attribute *attributes = fact->memory = calloc(1, room_of(given) + 1);
    char *room = (char *)(attributes + given->attribute_count);
    sla_string *strings[] = {
        &fact->given.tenant,    &fact->given.ticket,   &fact->given.id,
        &fact->given.name,      &fact->given.by,       &fact->given.reason,
        &fact->given.policy,    &fact->given.target,   &fact->given.corrects,
        &fact->given.withdraws, &fact->given.approver, &fact->given.authorised_by};

    fact->given = *given;
    fact->given.attributes = attributes;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        *strings[i] = copy_string(&room, *strings[i]);
    for (size_t i = 0; i < given->attribute_count; i++) {
        attributes[i] = given->attributes[i];
        attributes[i].name = copy_string(&room, attributes[i].name);
        attributes[i].string = copy_string(&room, attributes[i].string);
    }
    return fact;
}

static bool same_string(sla_string a, sla_string b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static bool is(sla_string string, const char *text)
{
    return same_string(string, (sla_string){text, strlen(text)});
}

static bool same_content(const sla_fact *a, const sla_fact *b)
{
    if (!same_string(a->name, b->name) || a->occurred_at != b->occurred_at ||
        a->attribute_count != b->attribute_count || !same_string(a->by, b->by) ||
        !same_string(a->reason, b->reason) || !same_string(a->policy, b->policy) ||
        !same_string(a->target, b->target) || a->cycle != b->cycle ||
        !same_string(a->corrects, b->corrects) || !same_string(a->withdraws, b->withdraws) ||
        !same_string(a->approver, b->approver) ||
        !same_string(a->authorised_by, b->authorised_by) || a->span != b->span ||
        a->until != b->until || a->excluded != b->excluded || a->silence != b->silence)
        return false;
    for (size_t i = 0; i < a->attribute_count; i++)
        if (!same_string(a->attributes[i].name, b->attributes[i].name) ||
            a->attributes[i].type != b->attributes[i].type ||
            !same_string(a->attributes[i].string, b->attributes[i].string) ||
            a->attributes[i].number != b->attributes[i].number)
            return false;
    return true;
}

/* --- the timeline --- */

/* The content that holds at the place of fact `root`: the last recorded one. */
static const model_fact *content_of(const model_ticket *ticket, size_t root)
{
    const model_fact *content = NULL;

    for (size_t i = 0; i < ticket->fact_count; i++)
        if (ticket->facts[i]->root == root)
            content = ticket->facts[i];
    return content;
}

static void order_items(model_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0; j--) {
            const model_item swap = items[j];

            if (items[j - 1].at < swap.at || (items[j - 1].at == swap.at && swap.fact == NULL) ||
                (items[j - 1].at == swap.at && items[j - 1].fact != NULL &&
                 items[j - 1].seq < swap.seq))
                break;
            items[j] = items[j - 1];
            items[j - 1] = swap;
        }
}

static void build_timeline(const model *twin, model_ticket *ticket)
{
    size_t count = 0;

    ticket->items = realloc(ticket->items,
                            (ticket->fact_count + twin->world_count + 1) * sizeof *ticket->items);
    for (size_t i = 0; i < ticket->fact_count; i++) {
        const model_fact *content = content_of(ticket, i);

        if (ticket->facts[i]->root == i && !is(content->given.name, "withdrawn"))
            ticket->items[count++] =
                (model_item){content->given.occurred_at, ticket->facts[i]->seq, content, 0};
    }
    for (size_t i = ticket->world; i < twin->world_count; i++)
        ticket->items[count++] = (model_item){twin->worlds[i].at, 0, NULL, i};
    order_items(ticket->items, count);
    ticket->timeline = (model_timeline){ticket->items, count, twin->worlds, ticket->world - 1};
}

static void fold(const model *twin, model_ticket *ticket, const model_fact *watch)
{
    build_timeline(twin, ticket);
    model_truth_free(ticket->truth);
    ticket->truth = model_fold(&ticket->timeline, ticket->limit, ticket->passing, watch);
}

/* Fold up to (at, passing), stopping at every fact on the way to see what it took back. */
static void advance(const model *twin, model_ticket *ticket, sla_time at, bool passing,
                    const model_fact *watch)
{
    model_verdict verdict = {0};

    build_timeline(twin, ticket);
    for (size_t i = 0; i < ticket->timeline.count; i++) {
        const model_item *item = &ticket->timeline.items[i];
        model_cause cause = {item->at, 0, item->fact, false, NULL};

        if (item->at <= ticket->truth->last_fact_at && item->at <= ticket->limit &&
            item->fact != watch)
            continue;
        if (item->at > at || (item->fact == NULL && item->at == at && !passing))
            break;
        if (item->at > ticket->limit || (item->at == ticket->limit && item->fact == NULL)) {
            ticket->limit = item->at;
            ticket->passing = item->fact == NULL;
        }
        fold(twin, ticket, watch);
        item = &ticket->timeline.items[i];
        if (item->fact != NULL)
            cause.seq = item->fact->seq;
        else
            cause =
                (model_cause){item->at, (uint32_t)item->world + 1, NULL, true, "calendar_changed"};
        if (item->fact != NULL && item->fact == watch)
            verdict = ticket->truth->verdict;
        model_take_moves(ticket, cause.seq);
        model_reconcile(ticket, &cause);
    }
    if (at > ticket->limit || (at == ticket->limit && passing && !ticket->passing)) {
        ticket->limit = at;
        ticket->passing = passing;
        fold(twin, ticket, watch);
        model_take_moves(ticket, 0);
        model_reconcile(ticket, &(model_cause){ticket->truth->last_instant, 0, NULL, false, NULL});
    }
    ticket->truth->verdict = verdict.applied ? verdict : ticket->truth->verdict;
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

int model_adopt(model *twin, sla_policies *policies, sla_calendar *const *calendars, size_t count,
                sla_time now)
{
    const model_world *last = twin->world_count > 0 ? &twin->worlds[twin->world_count - 1] : NULL;
    model_world world = {.at = now};

    if (policies == NULL && last != NULL)
        policies = last->policies;
    world.policies = policies != NULL ? sla_policies_ref(policies) : NULL;
    for (size_t i = 0; last != NULL && i < last->calendar_count; i++)
        hold_calendar(&world, last->calendars[i]);
    for (size_t i = 0; i < count; i++)
        hold_calendar(&world, calendars[i]);
    assert(policies == NULL || has_calendars(&world));
    twin->worlds = realloc(twin->worlds, (twin->world_count + 1) * sizeof *twin->worlds);
    for (size_t i = 0; i < twin->ticket_count; i++)
        advance(twin, twin->tickets[i], now, true, NULL);
    twin->worlds[twin->world_count++] = world;
    for (size_t i = 0; i < twin->ticket_count; i++) {
        model_ticket *ticket = twin->tickets[i];

        fold(twin, ticket, NULL);
        model_take_moves(ticket, 0);
        model_reconcile(ticket, &(model_cause){now, (uint32_t)twin->world_count, NULL, true,
                                               "calendar_changed"});
    }
    return SLA_OK;
}

/* --- tickets --- */

static model_ticket *find(const model *twin, sla_string tenant, sla_string name)
{
    for (size_t i = 0; i < twin->ticket_count; i++)
        if (is(tenant, twin->tickets[i]->tenant) && is(name, twin->tickets[i]->name))
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
    fold(twin, ticket, NULL);
    return ticket;
}

static const model_fact *fact_by_id(const model_ticket *ticket, sla_string id)
{
    for (size_t i = 0; ticket != NULL && id.length > 0 && i < ticket->fact_count; i++)
        if (same_string(ticket->facts[i]->given.id, id))
            return ticket->facts[i];
    return NULL;
}

/* --- is it a fact? --- */

static bool clean(sla_string string)
{
    for (size_t i = 0; i < string.length; i++)
        if ((unsigned char)string.data[i] < 0x20 || string.data[i] == 0x7f)
            return false;
    return true;
}

static int check_names(const sla_fact *fact)
{
    if (fact->tenant.length > SLA_ID_MAX || fact->ticket.length > SLA_ID_MAX ||
        fact->id.length > SLA_ID_MAX)
        return SLA_ERR_TOO_LONG;
    if (fact->ticket.length == 0 || !clean(fact->tenant) || !clean(fact->ticket) ||
        !clean(fact->id) || !sla__is_name(fact->name.data, fact->name.length))
        return SLA_ERR_FACT;
    if (fact->occurred_at < SLA_TIME_MIN || fact->occurred_at > SLA_TIME_MAX)
        return SLA_ERR_RANGE;
    for (size_t i = 0; i < fact->attribute_count; i++)
        if (fact->attributes[i].string.length > SLA_STRING_MAX)
            return SLA_ERR_TOO_LONG;
    return SLA_OK;
}

static bool fits(const sla_policies *set, const sla_attribute *attribute)
{
    static const sla_value_type wanted[] = {SLA_VALUE_STRING, SLA_VALUE_INT, SLA_VALUE_BOOL,
                                            SLA_VALUE_INSTANT};
    const uint16_t slot =
        sla__policies_attribute(set, attribute->name.data, attribute->name.length);

    return slot == SLA__NONE || attribute->type == SLA_VALUE_NONE ||
           attribute->type == wanted[set->attributes[slot].type];
}

static bool reason_listed(const sla_policies *set, const sla_fact *fact)
{
    const uint16_t number = sla__policies_fact(set, fact->name.data, fact->name.length);
    const uint32_t reason = sla__policies_find(set, fact->reason.data, fact->reason.length);

    if (fact->reason.length == 0)
        return true;
    for (size_t i = 0; i < set->reasons_count; i++) {
        bool listed = false;

        if (set->reasons[i].fact != number)
            continue;
        for (uint32_t j = 0; j < set->reasons[i].count; j++)
            listed = listed || set->reason_symbols[set->reasons[i].first + j] == reason;
        if (!listed)
            return false;
    }
    return true;
}

static int check_values(const sla_policies *set, const sla_fact *fact)
{
    if (is(fact->name, "withdrawn") != (fact->withdraws.length > 0))
        return SLA_ERR_FACT;
    for (size_t i = 0; i < fact->attribute_count; i++)
        if (!fits(set, &fact->attributes[i]))
            return SLA_ERR_FACT;
    return reason_listed(set, fact) ? SLA_OK : SLA_ERR_FACT;
}

static int check_time(const sla_policies *set, const sla_fact *fact, sla_time now)
{
    for (size_t i = 0; i < set->policy_count; i++) {
        const sla__policy *policy = &set->policies[i];

        if (fact->occurred_at - now > policy->future_tolerance)
            return SLA_ERR_FUTURE;
        if (policy->late_fact_limit > 0 && now - fact->occurred_at > policy->late_fact_limit &&
            fact->authorised_by.length == 0)
            return SLA_ERR_TOO_LATE;
    }
    return SLA_OK;
}

static int check_place(const model_ticket *ticket, const sla_fact *fact)
{
    const sla_string names = fact->withdraws.length > 0 ? fact->withdraws : fact->corrects;
    const model_fact *other = fact_by_id(ticket, names);
    bool opens;

    if (names.length > 0 && other == NULL)
        return SLA_ERR_NOT_FOUND;
    if (other == NULL)
        return is(fact->name, "opened") && ticket->opened ? SLA_ERR_STATE : SLA_OK;
    opens = is(ticket->facts[other->root]->given.name, "opened");
    if (opens && is(fact->name, "withdrawn"))
        return SLA_ERR_STATE;
    return opens == is(fact->name, "opened") ? SLA_OK : SLA_ERR_FACT;
}

/* --- recording --- */

/* Whether the place lies before something that the fold has been past. */
static bool been_past(const model_ticket *ticket, sla_time at, uint32_t seq)
{
    const model_truth *truth = ticket->truth;

    if (at < truth->last_fact_at || at <= truth->last_instant)
        return true;
    for (size_t i = 0; i < ticket->timeline.count; i++)
        if (ticket->timeline.items[i].fact != NULL && ticket->timeline.items[i].at == at &&
            at <= ticket->limit && ticket->timeline.items[i].seq > seq)
            return true;
    return false;
}

static bool is_late(const model_ticket *ticket, const model_fact *fact, size_t index)
{
    const model_fact *before;

    if (fact->root == index)
        return been_past(ticket, fact->given.occurred_at, fact->seq);
    before = content_of(ticket, fact->root);
    if (!is(before->given.name, "withdrawn") && before->given.occurred_at <= ticket->limit)
        return true;
    return !is(fact->given.name, "withdrawn") &&
           been_past(ticket, fact->given.occurred_at, ticket->facts[fact->root]->seq);
}

static int verdict_code(const model_fact *fact, const model_verdict *verdict)
{
    const bool extends = is(fact->given.name, "extended");

    if (!extends && !is(fact->given.name, "waived") && !is(fact->given.name, "acknowledged"))
        return SLA_OK;
    if (!verdict->applied || verdict->refused || verdict->before_opened)
        return SLA_OK;
    if (!verdict->named)
        return fact->given.policy.length > 0 ? SLA_ERR_NOT_FOUND : SLA_OK;
    return verdict->done || is(fact->given.name, "acknowledged") ? SLA_OK : SLA_ERR_STATE;
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

    build_timeline(twin, ticket);
    if (fact->given.occurred_at > limit && fact->given.occurred_at <= fact->recorded_at)
        limit = fact->given.occurred_at;
    truth = model_fold(&ticket->timeline, limit, limit == ticket->limit && ticket->passing, fact);
    verdict = truth->verdict;
    model_truth_free(truth);
    return verdict;
}

static void fold_again(const model *twin, model_ticket *ticket, const model_fact *fact)
{
    const model_cause cause = {fact->given.occurred_at, fact->seq, fact, false, "late_fact"};
    model_truth *before = ticket->truth;

    ticket->truth = NULL;
    if (fact->recorded_at >= ticket->limit) {
        ticket->limit = fact->recorded_at;
        ticket->passing = true;
    }
    fold(twin, ticket, fact);
    ticket->moves_told = ticket->truth->move_count;
    model_compare_dues(ticket, before, &cause);
    model_reconcile(ticket, &cause);
    model_truth_free(before);
}

static int keep(model *twin, model_ticket *ticket, model_fact *fact, sla_answer *answer)
{
    const size_t index = ticket->fact_count;
    const model_fact *other = fact_by_id(
        ticket, fact->given.withdraws.length > 0 ? fact->given.withdraws : fact->given.corrects);
    model_verdict verdict;
    bool late;
    int result;

    fact->root = other != NULL ? other->root : index;
    fact->seq = (uint32_t)index + 1;
    build_timeline(twin, ticket);
    late = is_late(ticket, fact, index);
    ticket->facts = realloc(ticket->facts, (index + 1) * sizeof *ticket->facts);
    ticket->facts[ticket->fact_count++] = fact;
    if (is(fact->given.name, "opened") && fact->root == index)
        ticket->world = twin->world_count;
    verdict = judge(twin, ticket, fact);
    result = verdict_code(fact, &verdict);
    if (result != SLA_OK) {
        ticket->fact_count--;
        build_timeline(twin, ticket);
        return result;
    }
    if (late)
        fold_again(twin, ticket, fact);
    else if (fact->given.occurred_at <= fact->recorded_at)
        advance(twin, ticket,
                fact->given.occurred_at > ticket->limit ? fact->given.occurred_at : ticket->limit,
                fact->given.occurred_at > ticket->limit ? false : ticket->passing, fact);
    if (answer != NULL) {
        memset(answer, 0, sizeof *answer);
        answer->seq = fact->seq;
        answer->late = late;
        answer->refused = verdict.refused;
        if (verdict.refused)
            strcpy(answer->rule, verdict.rule);
        answer->no_effect = verdict.before_opened || unread(ticket->truth->set, &fact->given);
    }
    return SLA_OK;
}

int model_record(model *twin, const sla_fact *given, sla_time now, sla_answer *answer)
{
    model_ticket *ticket = find(twin, given->tenant, given->ticket);
    const sla_policies *set = ticket != NULL && ticket->opened
                                  ? ticket->truth->set
                                  : twin->worlds[twin->world_count - 1].policies;
    const model_fact *same = fact_by_id(ticket, given->id);
    const bool fresh = ticket == NULL;
    model_fact *fact;
    int result = check_names(given);

    if (result == SLA_OK)
        result = check_values(set, given);
    if (result != SLA_OK)
        return result;
    if (same != NULL) {
        if (!same_content(&same->given, given))
            return SLA_ERR_CONFLICT;
        if (answer != NULL)
            *answer = (sla_answer){.seq = same->seq};
        return SLA_DUPLICATE;
    }
    result = check_time(set, given, now);
    if (result == SLA_OK && fresh && (given->corrects.length > 0 || given->withdraws.length > 0))
        result = SLA_ERR_NOT_FOUND;
    if (result != SLA_OK)
        return result;
    ticket = find_or_make(twin, given->tenant, given->ticket);
    result = check_place(ticket, given);
    if (result == SLA_OK) {
        fact = copy_fact(given);
        fact->recorded_at = now;
        fact->world = twin->world_count;
        result = keep(twin, ticket, fact, answer);
        if (result != SLA_OK)
            free_fact(fact);
    }
    if (result != SLA_OK && fresh) {
        free_ticket(ticket);
        twin->ticket_count--;
    } else if (result == SLA_OK && is(given->name, "opened") && !ticket->opened) {
        ticket->opened = true;
        ticket->number = ++twin->openings;
    }
    return result;
}

/* --- polling --- */

static int compare(const void *left, const void *right)
{
    const model_telling *a = left;
    const model_telling *b = right;
    const uint64_t keys[][2] = {
        {(uint64_t)a->event.at ^ UINT64_C(1) << 63, (uint64_t)b->event.at ^ UINT64_C(1) << 63},
        {a->ticket, b->ticket},
        {a->key.policy, b->key.policy},
        {a->key.target, b->key.target},
        {a->key.cycle, b->key.cycle},
        {a->key.sort, b->key.sort},
        {a->key.place, b->key.place},
        {a->key.repeat, b->key.repeat},
        {a->event.revision, b->event.revision},
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

size_t model_poll(model *twin, sla_time now, const sla_event **events_out)
{
    size_t count = 0;

    for (size_t i = 0; i < twin->ticket_count; i++) {
        twin->tickets[i]->stood = twin->tickets[i]->limit;
        advance(twin, twin->tickets[i], now, true, NULL);
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
