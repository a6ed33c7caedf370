/* model_timeline.c - see model_ticket.h: from facts to the order in which they are folded, and
 * folding up to an instant. */
#include "model_ticket.h"

#include <stdlib.h>

/* The content that holds at the place of fact `root`: the last recorded one. */
const model_fact *model_content_of(const model_ticket *ticket, size_t root)
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

void model_build_timeline(const model *twin, model_ticket *ticket)
{
    size_t count = 0;

    ticket->items = realloc(ticket->items,
                            (ticket->fact_count + twin->world_count + 1) * sizeof *ticket->items);
    for (size_t i = 0; i < ticket->fact_count; i++) {
        const model_fact *content = model_content_of(ticket, i);

        if (ticket->facts[i]->root == i && !model_is(content->given.name, "withdrawn"))
            ticket->items[count++] =
                (model_item){content->given.occurred_at, ticket->facts[i]->seq, content, 0};
    }
    for (size_t i = ticket->world; i < twin->world_count; i++)
        ticket->items[count++] = (model_item){twin->worlds[i].at, 0, NULL, i};
    order_items(ticket->items, count);
    ticket->timeline = (model_timeline){ticket->items, count, twin->worlds, ticket->world - 1};
}

void model_fold_ticket(const model *twin, model_ticket *ticket, const model_fact *watch)
{
    model_build_timeline(twin, ticket);
    model_truth_free(ticket->truth);
    ticket->truth = model_fold(&ticket->timeline, ticket->limit, ticket->passing, watch);
}

/* Folded up to where something last happened: between there and here nothing did. */
void model_tighten(model_ticket *ticket)
{
    const model_truth *truth = ticket->truth;

    ticket->passing = truth->last_instant >= truth->last_fact_at;
    ticket->limit = ticket->passing ? truth->last_instant : truth->last_fact_at;
}

/* Only the first `count` things of the timeline: several facts may lie at one instant. */
static void fold_items(model_ticket *ticket, size_t count, const model_fact *watch)
{
    const size_t all = ticket->timeline.count;

    ticket->timeline.count = count;
    model_truth_free(ticket->truth);
    ticket->truth = model_fold(&ticket->timeline, ticket->limit, ticket->passing, watch);
    ticket->timeline.count = all;
}

/* Fold up to (at, passing), stopping at every fact on the way to see what it took back. */
void model_advance(const model *twin, model_ticket *ticket, sla_time at, bool passing,
                   const model_fact *watch)
{
    model_verdict verdict = {0};

    model_build_timeline(twin, ticket);
    for (size_t i = ticket->truth->item_count; i < ticket->timeline.count; i++) {
        const model_item *item = &ticket->timeline.items[i];
        model_cause cause = {item->at, 0, item->fact, false, NULL};

        if (item->at > at || (item->fact == NULL && item->at == at && !passing))
            break;
        if (item->at > ticket->limit || (item->at == ticket->limit && item->fact == NULL)) {
            ticket->limit = item->at;
            ticket->passing = item->fact == NULL;
        }
        fold_items(ticket, i + 1, watch);
        if (item->fact != NULL)
            cause.seq = item->fact == watch ? watch->seq : item->seq;
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
    }
    fold_items(ticket, ticket->timeline.count, watch);
    if (ticket->truth->move_count > ticket->moves_told || ticket->passing) {
        model_take_moves(ticket, 0);
        model_reconcile(ticket, &(model_cause){ticket->truth->last_instant, 0, NULL, false, NULL});
    }
    ticket->truth->verdict = verdict.applied ? verdict : ticket->truth->verdict;
    model_tighten(ticket);
}
