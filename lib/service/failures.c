/*
 * failures.c - units that the store refuses (rule 25).
 *
 * Behind a refused unit nothing was written, so it can be taken apart: one unit a
 * ticket, sent in its place.  A ticket that is refused alone leaves memory with
 * all that is not on the record of it, and is read from the store again; memory
 * is never patched backwards.  A ticket that turned out to be on the record
 * already is read from there, and its facts are recorded once more.
 */
#include <stdio.h>
#include <string.h>

#include "service/log.h"
#include "service/parts.h"

/* ------------------------------------------------------------------- numbers */

/* What is left of the units, numbered on from what is settled. */
static void number_anew(sla_service *service, uint64_t unit_number)
{
    uint64_t event_number = service->settled;

    for (sla__writing *unit = service->units_first; unit != NULL; unit = unit->next) {
        unit->number = unit_number++;
        unit->state = SLA__WRITING_READY;
        for (sla__outgoing *event = unit->events.first; event != NULL; event = event->next)
            event->kept->stored.number = ++event_number;
    }
    service->audit_after = UINT64_MAX; /* it goes by numbers */
    service->unit_number = unit_number - 1;
    service->event_number = event_number;
}

static void take_first(sla_service *service)
{
    sla__writing *const unit = service->units_first;

    service->units_first = unit->next;
    if (service->units_first == NULL)
        service->units_last = NULL;
    service->unit_count--;
}

/* --------------------------------------------------------- one ticket out of a unit */

static void move_facts(sla__arrivals *from, const sla__line *line, sla__arrivals *to)
{
    sla__arrivals others = {0};
    sla__arrival *arrival;

    while ((arrival = sla__arrivals_take(from)) != NULL)
        sla__arrivals_put(arrival->line == line ? to : &others, arrival);
    *from = others;
}

static void move_events(sla__outgoings *from, const sla__line *line, sla__outgoings *to)
{
    sla__outgoing *event = from->first;
    sla__outgoings others = {0};

    while (event != NULL) {
        sla__outgoing *const next = event->next;

        sla__outgoings_put(event->line == line ? to : &others, event);
        event = next;
    }
    *from = others;
}

static void remove_row(sla_service *service, sla__writing *unit, const sla__line *line)
{
    size_t kept = 0;

    for (size_t i = 0; i < unit->row_count; i++) {
        if (unit->rows[i].line != line)
            unit->rows[kept++] = unit->rows[i];
        else
            sla__free(&service->allocator, unit->rows[i].view);
    }
    unit->row_count = kept;
}

/* -------------------------------------------------------------------- cutting */

/* A unit for one row, still without facts, events and view. */
static sla__writing *unit_of_row(sla_service *service, const sla__writing *whole, size_t index)
{
    const sla__row *const row = &whole->rows[index];
    sla__writing *const unit = sla__new(&service->allocator, 1, sizeof *unit);

    if (unit == NULL)
        return NULL;
    unit->rows = sla__new(&service->allocator, 1, sizeof *unit->rows);
    unit->states = sla__new(&service->allocator, row->packed.length, 1);
    if (unit->rows == NULL || unit->states == NULL) {
        sla__unit_free(service, unit);
        return NULL;
    }
    unit->rows[0] = *row;
    unit->rows[0].view = NULL;
    unit->rows[0].offset = 0;
    unit->row_count = 1;
    memcpy(unit->states, whole->states + row->offset, row->packed.length);
    unit->decided_at = whole->decided_at;
    return unit;
}

static void free_chain(sla_service *service, sla__writing *unit)
{
    while (unit != NULL) {
        sla__writing *const next = unit->next;

        sla__unit_free(service, unit);
        unit = next;
    }
}

/* All of them, or NULL. */
static sla__writing *units_of_rows(sla_service *service, const sla__writing *whole)
{
    sla__writing *first = NULL;

    for (size_t i = whole->row_count; i > 0; i--) {
        sla__writing *const unit = unit_of_row(service, whole, i - 1);

        if (unit == NULL) {
            free_chain(service, first);
            return NULL;
        }
        unit->next = first;
        first = unit;
    }
    return first;
}

static void cut(sla_service *service, sla__writing *whole)
{
    sla__writing *const first = units_of_rows(service, whole);
    sla__writing *last = first;
    sla__row *row = whole->rows;

    if (first == NULL) {
        sla__starve(service);
        return;
    }
    sla__log(service, SLA__LOG_UNIT_CUT, "tickets=%zu", whole->row_count);
    for (sla__writing *unit = first; unit != NULL; unit = unit->next) {
        move_facts(&whole->facts, unit->rows[0].line, &unit->facts);
        move_events(&whole->events, unit->rows[0].line, &unit->events);
        unit->rows[0].view = row->view;
        (row++)->view = NULL;
        last = unit;
    }
    first->marks = whole->marks;
    first->mark_count = whole->mark_count;
    whole->marks = NULL;
    last->next = whole->next;
    if (last->next == NULL)
        service->units_last = last;
    service->units_first = first;
    service->unit_count += whole->row_count - 1;
    number_anew(service, whole->number);
    sla__unit_free(service, whole);
}

/* ---------------------------------------------------------- a ticket taken out */

static void leave_gathering(sla_service *service, sla__line *line)
{
    sla__line *kept = service->gathered_first;

    service->gathered_first = service->gathered_last = NULL;
    service->gathered_count = 0;
    while (kept != NULL) {
        sla__line *const next = kept->next_gathered;

        kept->gathered = false;
        if (kept != line) {
            kept->units--;
            sla__gather_line(service, kept);
        }
        kept = next;
    }
}

/* Everything of the ticket that is not on the record.  Its facts come to `back`. */
static void take_out(sla_service *service, sla__line *line, sla__arrivals *back)
{
    sla__outgoings told = {0};

    for (sla__writing *unit = service->units_first; unit != NULL; unit = unit->next) {
        move_facts(&unit->facts, line, back);
        move_events(&unit->events, line, &told);
        remove_row(service, unit, line);
    }
    if (service->gathering != NULL) {
        move_facts(&service->gathering->facts, line, back);
        move_events(&service->gathering->events, line, &told);
    }
    leave_gathering(service, line);
    sla__outgoings_release(service, &told);
    line->gathered = false;
    line->units = 0;
    sla__line_set_aside(service, line);
}

/* Its own facts are refused; what was recorded upon them is recorded again. */
static void take_out_refused(sla_service *service, sla__writing *unit)
{
    sla__line *const line = unit->rows[0].line;
    sla__arrivals refused = unit->facts, back = {0};
    char text[sizeof unit->why + 64];

    memset(&unit->facts, 0, sizeof unit->facts);
    snprintf(text, sizeof text, "the store refuses what follows from the fact%s%s",
             unit->why[0] != '\0' ? ": " : "", unit->why);
    sla__log(service, SLA__LOG_UNIT_REFUSED, "facts=%zu events=%zu result=%s why=\"%s\"",
             refused.count, unit->events.count, sla_result_name(unit->result), unit->why);
    service->quarantined++;
    take_out(service, line, &back);
    sla__line_blame(service, line, true);
    sla__arrivals_join_front(&line->waiting, &back);
    if (line->waiting.first != NULL)
        sla__line_serve(service, line);
    sla__answer_all(service, &refused, SLA_ERR_REFUSED, text);
    sla__forget_refused(service, line, SLA_ERR_REFUSED,
                        unit->why[0] != '\0' ? unit->why : sla_result_text(SLA_ERR_REFUSED));
}

/* What was imported is not recorded again: it is there, or it is somebody else's. */
static void take_out_known(sla_service *service, sla__writing *unit)
{
    sla__line *const line = unit->rows[0].line;
    sla__arrivals back = {0}, again = {0}, imported = {0};
    sla__arrival *arrival;

    sla__log(service, SLA__LOG_TICKET_KNOWN, "facts=%zu", unit->facts.count);
    take_out(service, line, &back);
    line->known = true;
    while ((arrival = sla__arrivals_take(&back)) != NULL)
        sla__arrivals_put(arrival->imported ? &imported : &again, arrival);
    sla__arrivals_join_front(&line->waiting, &again);
    sla__line_serve(service, line);
    sla__answer_all(service, &imported, SLA_ERR_EXISTS, "the ticket is on the record already");
}

/* --------------------------------------------------------------------- mending */

static void mend(sla_service *service, sla__writing *unit)
{
    const uint64_t number = unit->number;

    if (unit->row_count > 1) {
        cut(service, unit);
        return;
    }
    if (unit->row_count == 1 && unit->result == SLA_ERR_EXISTS)
        take_out_known(service, unit);
    else if (unit->row_count == 1)
        take_out_refused(service, unit);
    else if (unit->world != NULL)
        sla__world_written(service, unit->result);
    else
        sla__log(service, SLA__LOG_MARKS_REFUSED, "marks=%zu result=%s why=\"%s\"",
                 unit->mark_count, sla_result_name(unit->result), unit->why);
    take_first(service);
    sla__unit_free(service, unit);
    number_anew(service, number);
}

void sla__failures_round(sla_service *service)
{
    sla__writing *const first = service->units_first;

    if (service->fatal != 0 || first == NULL || first->state != SLA__WRITING_FAILED ||
        !sla__unstick(service))
        return;
    for (const sla__writing *unit = first; unit != NULL; unit = unit->next) {
        if (unit->state == SLA__WRITING_SENT)
            return;
    }
    mend(service, first);
}

/* ------------------------------------------------------------------- giving up */

void sla__answer_everything(sla_service *service, int result, const char *text)
{
    sla__arrivals arrived;

    pthread_mutex_lock(&service->lock);
    arrived = service->inbox;
    memset(&service->inbox, 0, sizeof service->inbox);
    pthread_mutex_unlock(&service->lock);
    for (sla__writing *unit = service->units_first; unit != NULL; unit = unit->next)
        sla__answer_all(service, &unit->facts, result, text);
    if (service->gathering != NULL)
        sla__answer_all(service, &service->gathering->facts, result, text);
    for (size_t i = 0; i < service->line_count; i++) {
        if (service->lines[i] != NULL)
            sla__answer_all(service, &service->lines[i]->waiting, result, text);
    }
    sla__answer_all(service, &arrived, result, text);
}

static void forget_nothing(sla_service *service, int result, const char *text)
{
    sla__forget_give_up(service, result, text);
    for (size_t i = 0; i < service->line_count; i++) {
        if (service->lines[i] != NULL)
            sla__forget_refused(service, service->lines[i], result, text);
    }
}

void sla__give_up_for(sla_service *service, int result, const char *text)
{
    sla__log_words(service->store_says, sizeof service->store_says, text);
    service->fatal = result;
}

static void log_end(const sla_service *service, int result)
{
    if (result == SLA_ERR_FENCED)
        sla__log(service, SLA__LOG_FENCED, "units=%zu", service->unit_count);
    else
        sla__log(service, result == SLA_ERR_NEWER ? SLA__LOG_NEWER : SLA__LOG_UNUSABLE,
                 "result=%s why=\"%s\"", sla_result_name(result), service->store_says);
}

void sla__give_up(sla_service *service, int result)
{
    if (!service->gave_up)
        log_end(service, result);
    service->gave_up = true;
    if (service->state != SLA_SERVICE_STOPPED)
        service->state = SLA_SERVICE_HELD;
    sla__world_give_up(service, result);
    forget_nothing(service, result, sla_result_text(result));
    sla__answer_everything(service, result, sla_result_text(result));
}
