/* memory_answer.c - what the memory store says to a call.  It hands out what lies in
 * the content, without a copy. */
#include "service/memory_handle.h"

#include "base/error.h"

static bool wants_loading(const sla__kept_ticket *ticket)
{
    return ticket->row != NULL &&
           (ticket->row->stored.live > 0 || ticket->row->stored.next_at != SLA_NEVER);
}

/* One mark for each number above the watermark, or one for the watermark alone. */
static void give_marks(const sla__handle *own, const sla__kept_consumer *consumer)
{
    sla_stored_mark mark = {consumer->named->stored.consumer, consumer->through, consumer->through};

    if (consumer->count == 0)
        own->sink.mark(own->sink.context, &mark);
    for (size_t i = 0; i < consumer->count; i++) {
        mark.number = consumer->numbers[i];
        own->sink.mark(own->sink.context, &mark);
    }
}

static void answer_open(sla__handle *own, const sla__ask *asked, sla_store_done *done)
{
    const sla__content *const content = own->content;

    own->sink = asked->sink;
    own->epoch = ++own->content->epoch;
    for (size_t i = 0; i < content->world_count; i++)
        own->sink.world(own->sink.context, &content->worlds[i]->stored);
    for (size_t i = 0; i < content->consumer_count; i++)
        give_marks(own, &content->consumers[i]);
    for (size_t i = 0; i < content->ticket_count; i++)
        if (wants_loading(content->tickets[i]))
            own->sink.ticket(own->sink.context, &content->tickets[i]->row->stored);
    done->events = sla__content_last_event(content);
    done->decided_at = content->decided_at;
}

static void answer_ticket(const sla__handle *own, const sla__ask *asked, sla_store_done *done)
{
    const sla__kept_ticket *const ticket =
        sla__content_find(own->content, asked->tenant, asked->ticket);

    if (ticket != NULL && ticket->row != NULL)
        own->sink.ticket(own->sink.context, &ticket->row->stored);
    else
        done->result = SLA_ERR_NOT_FOUND;
}

static void answer_history(const sla__handle *own, const sla__ask *asked)
{
    const sla__kept_ticket *const ticket =
        sla__content_find(own->content, asked->tenant, asked->ticket);
    const sla__kept_fact *fact = ticket != NULL ? ticket->first : NULL;

    for (; fact != NULL; fact = fact->next)
        own->sink.fact(own->sink.context, &fact->stored);
}

static void answer_outbox(const sla__handle *own, const sla__ask *asked, sla_store_done *done)
{
    uint64_t after = asked->after;
    const sla__kept_event *event;

    for (size_t given = 0; given < asked->limit; given++) {
        event = sla__content_next_event(own->content, after);
        if (event == NULL)
            break;
        after = event->stored.number;
        own->sink.event(own->sink.context, &event->stored);
    }
    done->count = sla__content_events_left(own->content, after);
}

static void answer_audit(const sla__handle *own, const sla__ask *asked, sla_store_done *done)
{
    const sla__content *const content = own->content;

    for (size_t i = 0; i < content->ticket_count; i++) {
        const sla__kept_row *const row = content->tickets[i]->row;

        done->count += row != NULL && row->stored.next_at < asked->before;
    }
}

static int answer_commit(sla__handle *own, const sla__ask *asked, sla_error *error)
{
    if (own->epoch != own->content->epoch)
        return sla__error_set(error, SLA_ERR_FENCED, NULL,
                              own->epoch == 0
                                  ? "what open took has been given back"
                                  : "another handle has been opened on the same content");
    return sla__content_write(own->content, asked->unit, error);
}

void sla__memory_answer(sla__handle *own, const sla__ask *asked)
{
    sla_error error;
    sla_store_done done = {asked->number, SLA_OK, &error, 0, 0, SLA_NEVER, SLA_NEVER};

    sla__error_clear(&error);
    switch (asked->kind) {
    case ASK_OPEN:
        answer_open(own, asked, &done);
        break;
    case ASK_TICKET:
        answer_ticket(own, asked, &done);
        break;
    case ASK_HISTORY:
        answer_history(own, asked);
        break;
    case ASK_OUTBOX:
        answer_outbox(own, asked, &done);
        break;
    case ASK_AUDIT:
        answer_audit(own, asked, &done);
        break;
    case ASK_COMMIT:
        done.result = answer_commit(own, asked, &error);
        break;
    case ASK_RELEASE:
        own->epoch = 0;
        break;
    }
    own->sink.done(own->sink.context, &done);
}
