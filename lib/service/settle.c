/*
 * settle.c - what the store has is told: recorders are answered and events given
 * to the consumers, unit by unit in order.
 */
#include "service/log.h"
#include "service/parts.h"

void sla__unit_done(sla_service *service, sla__writing *unit, const sla_store_done *done)
{
    (void)service;
    unit->result = done->result;
    sla__log_words(unit->why, sizeof unit->why, done->error->text);
    if (done->result == SLA_OK)
        unit->state = SLA__WRITING_DONE;
    else if (done->result == SLA_ERR_STORE)
        unit->state = SLA__WRITING_READY;
    else
        unit->state = SLA__WRITING_FAILED;
}

static void answer_facts(sla_service *service, sla__writing *unit)
{
    sla__arrival *arrival;

    while ((arrival = sla__arrivals_take(&unit->facts)) != NULL)
        sla__answer(service, arrival, SLA_OK, NULL);
}

static void give_events(sla_service *service, const sla__writing *unit)
{
    for (sla__outgoing *event = unit->events.first; event != NULL; event = event->next) {
        service->settled = event->kept->stored.number;
        if (event->kept->stored.imported) {
            service->imported++;
        } else {
            service->events++;
            sla__deliver(service, event);
        }
    }
}

static void release_lines(sla_service *service, const sla__writing *unit)
{
    for (size_t i = 0; i < unit->row_count; i++) {
        sla__line *const line = unit->rows[i].line;

        line->units--;
        if (unit->rows[i].gone)
            sla__forget_settled(service, line);
        if (line->units == 0 && (line->waiting.first != NULL || line->state == SLA__LINE_HISTORY))
            sla__line_serve(service, line);
        sla__line_let_go(service, line);
    }
}

static void settle(sla_service *service, sla__writing *unit)
{
    give_events(service, unit);
    answer_facts(service, unit);
    release_lines(service, unit);
    if (unit->world != NULL)
        sla__world_written(service, SLA_OK);
    sla__unit_free(service, unit);
}

void sla__settle_round(sla_service *service)
{
    while (service->units_first != NULL && service->units_first->state == SLA__WRITING_DONE) {
        sla__writing *const unit = service->units_first;

        service->units_first = unit->next;
        if (service->units_first == NULL)
            service->units_last = NULL;
        service->unit_count--;
        settle(service, unit);
    }
}
