/*
 * parts.h - what the files of the service give each other.
 *
 * All of it runs on the loop's thread unless it says otherwise.  Nothing here
 * loses anything when memory runs short: it sets service->starved, and the round
 * after tries again.
 */
#ifndef SLA_SERVICE_PARTS_H
#define SLA_SERVICE_PARTS_H

#include "service/service.h"

/* ------------------------------------------------------------------ round.c */

/* Memory ran short; what waits is tried again a little later.  Returns false. */
bool sla__starve(sla_service *service);

/* The store does not answer: ask again later.  It answers again. */
void sla__store_lost(sla_service *service, int result, const char *text);
void sla__store_back(sla_service *service);

/* Whether facts, acknowledgements or documents have come. */
bool sla__inbox_waits(sla_service *service);

/* Whether the store may be asked now. */
bool sla__may_ask(const sla_service *service);

/* ------------------------------------------------------------------- stop.c */

/* Goes on with stopping, where sla_service_stop was called. */
void sla__stop_round(sla_service *service);
void sla__stop_released(sla_service *service, const sla_store_done *done);

/* ------------------------------------------------------------- clock_watch.c */

/* An instant and a span; what would lie beyond all time is SLA_NEVER. */
sla_time sla__later(sla_time at, sla_duration span);

/* Whether sla_service_stop has been called (service.c). */
bool sla__stopping(const sla_service *service);

void sla__host_look(sla_service *service);
/* What the store's clock said to a question asked at `asked_at` on the axis `pace`. */
void sla__clock_compare(sla_service *service, sla_time clock, sla_time asked_at);

/* ------------------------------------------------------------------- until.c */

/* Sets service->until and tells the host. */
void sla__host_arm(sla_service *service);

/* ------------------------------------------------------------------- asking.c */

/* Makes `ask` wait for its answer if `result`, that of a call under
 * sla__ask_next, is SLA_OK.  Says whether it does. */
uint64_t sla__ask_next(const sla_service *service);
bool sla__ask_made(sla_service *service, sla__ask *ask, sla__ask_kind kind, void *owner,
                   int result);
sla_store_sink sla__sink(sla_service *service);

/* ------------------------------------------------------------------- inbox.c */

void sla__arrivals_put(sla__arrivals *queue, sla__arrival *arrival);
sla__arrival *sla__arrivals_take(sla__arrivals *queue);
/* `front` goes before what is in `queue`. */
void sla__arrivals_join_front(sla__arrivals *queue, sla__arrivals *front);

/* At the end of a round: threads that wait for room in the queue look again. */
void sla__room_round(sla_service *service);
/* Tells the recorder, and frees the arrival. */
void sla__answer(sla_service *service, sla__arrival *arrival, int result, const sla_error *error);
/* A copy; NULL when out of memory.  Any thread. */
sla__arrival *sla__arrival_new(sla_service *service, const sla_stored_fact *fact, sla_recorded done,
                               void *context);
void sla__arrival_free(sla_service *service, sla__arrival *arrival);
void sla__answer_all(sla_service *service, sla__arrivals *queue, int result, const char *text);

/* -------------------------------------------------------------------- line.c */

uint32_t sla__line_hash(sla_string tenant, sla_string ticket);
/* NULL when there is none. */
sla__line *sla__line_find(const sla_service *service, sla_string tenant, sla_string ticket);
/* That of the event that the engine has told last. */
sla__line *sla__line_told(const sla_service *service, const sla_event *event);
/* NULL when out of memory. */
sla__line *sla__line_new(sla_service *service, sla_string tenant, sla_string ticket);
void sla__line_free(sla_service *service, sla__line *line);
void sla__lines_fini(sla_service *service);
/* It has something to do in the round. */
void sla__line_serve(sla_service *service, sla__line *line);
/* Nothing holds it any more: it goes, at the end of the round or after `keep`. */
void sla__line_let_go(sla_service *service, sla__line *line);
/* It is needed again. */
void sla__line_wake(sla_service *service, sla__line *line);
/* It leaves the engine and is read again later. */
void sla__line_set_aside(sla_service *service, sla__line *line);
/* It was refused or cannot be read, which is counted until it is taken in again. */
void sla__line_blame(sla_service *service, sla__line *line, bool aside);
/* Those whose time to leave has come. */
void sla__lines_expire(sla_service *service);
bool sla__line_knows(const sla__line *line, sla_string id);
bool sla__line_reserve_ids(sla_service *service, sla__line *line, size_t count);
void sla__line_add_id(sla__line *line, sla_string id);

/* ---------------------------------------------------------------- fetching.c */

/* Asks the store for what the line wants. */
void sla__fetch(sla_service *service, sla__line *line);
void sla__fetch_ticket_came(sla_service *service, sla__line *line, const sla_stored_ticket *ticket);
void sla__fetch_fact_came(sla_service *service, sla__line *line, const sla_stored_fact *fact);
void sla__fetch_done(sla_service *service, sla__line *line, const sla_store_done *done);
/* Hands the history that came to the engine.  False: not now, or not at all; then
 * the line's first fact was answered. */
bool sla__fetch_supply(sla_service *service, sla__line *line);
void sla__fetch_drop(sla_service *service, sla__line *line);
/* A ticket handed over by open or asked for goes into the engine. */
int sla__ticket_take_in(sla_service *service, sla__line *line, const sla_stored_ticket *ticket);

/* ----------------------------------------------------------------- resting.c */

/* While the service loads: a ticket comes to rest.  False: out of memory. */
bool sla__resting_put(sla_service *service, const sla_stored_ticket *ticket);
/* All have come.  False: out of memory. */
bool sla__restings_ready(sla_service *service);
void sla__restings_init(sla__restings *restings);
void sla__restings_fini(sla_service *service);
bool sla__resting_has(const sla_service *service, sla_string tenant, sla_string ticket);
/* One ticket goes into the engine and gets a line, which is set aside when it cannot
 * be read.  SLA_ERR_NOT_FOUND: it does not rest; SLA_ERR_NOMEM: it still does.  Then
 * there is no line. */
int sla__resting_take_in(sla_service *service, sla_string tenant, sla_string ticket,
                         sla__line **line_out);
/* The ticket's line: there, taken in, or a new one.  NULL when out of memory. */
sla__line *sla__line_get(sla_service *service, sla_string tenant, sla_string ticket);
/* Takes in what is due.  False: there is more, and nothing may be told before. */
bool sla__resting_round(sla_service *service);
/* Whether there is more that is due. */
bool sla__resting_waits(const sla_service *service);
/* The world has changed: some of them are due now. */
void sla__restings_stir(sla_service *service);
/* When a ticket in memory, at rest or not, next wants to be looked at. */
sla_time sla__tickets_next_at(const sla_service *service);

/* ------------------------------------------------------------------ record.c */

/* Facts into the engine: first the lines that can go on, then what arrived. */
void sla__record_round(sla_service *service);

/* -------------------------------------------------------------------- unit.c */

/* There is a unit that gathers.  False: out of memory. */
bool sla__gathering(sla_service *service);
void sla__gather_line(sla_service *service, sla__line *line);
void sla__gather_fact(sla_service *service, sla__line *line, sla__arrival *arrival);
/* Takes due events from the engine, up to `limit`; returns how many there were. */
size_t sla__poll_round(sla_service *service, sla_time now, size_t limit);
/* Keeps the event that the engine lent out while memory was short. */
bool sla__unstick(sla_service *service);
/* Closes what has gathered if it can go, and sends what is to be sent. */
void sla__send_round(sla_service *service);
bool sla__unit_append_world(sla_service *service, sla__kept_world *world);
void sla__unit_free(sla_service *service, sla__writing *unit);
void sla__outgoing_release(sla_service *service, sla__outgoing *event);
void sla__outgoings_release(sla_service *service, sla__outgoings *list);
/* A copy with one reference.  NULL when out of memory. */
sla__outgoing *sla__outgoing_make(sla_service *service, const sla_stored_event *event);
/* A copy at the end of the list.  False: out of memory. */
bool sla__outgoing_new(sla_service *service, const sla_stored_event *event, sla__outgoings *list);
void sla__gather_event(sla_service *service, sla__line *line, sla__outgoing *event);
void sla__outgoings_put(sla__outgoings *list, sla__outgoing *event);
/* Whether nothing of it is left to write. */
bool sla__unit_is_empty(const sla__writing *unit);

/* -------------------------------------------------------------------- view.c */

/* The engine has the fact: the unit that gathers will say what it sets. */
void sla__view_fact(sla_service *service, sla__line *line, sla__arrival *arrival);
/* All that the facts of the ticket set, as an engine has them at hand. */
int sla__view_read_whole(sla_service *service, sla_engine *engine, sla__line *line);
/* Before a fact is recorded or a unit closes: what there was no memory for.  False:
 * there still is none. */
bool sla__view_catch_up(sla_service *service);
/* The row's view, as its ticket stands.  False: out of memory. */
bool sla__view_make(sla_service *service, sla__row *row);
/* Nothing gathers of the ticket any more. */
void sla__view_forget(sla_service *service, sla__line *line);
void sla__views_free(sla_service *service, sla__writing *unit);

/* ------------------------------------------------------------------ forget.c */

/* Looks at tickets that are to be forgotten, and lets those go that can. */
void sla__forget_round(sla_service *service);
bool sla__forget_waits(const sla_service *service);
/* Every request made so far holds the line of its ticket; a fact that is taken up later
 * is told apart by its number.  False: out of memory. */
bool sla__forget_take_up(sla_service *service);
/* The engine has the fact. */
void sla__forget_fact(const sla__line *line, const sla__arrival *arrival);
/* The row of the line is gone; the store keeps it. */
void sla__forget_settled(sla_service *service, sla__line *line);
/* It stays after all, if it was going. */
void sla__forget_refused(sla_service *service, sla__line *line, int result, const char *text);
/* Those that are not going yet are answered. */
void sla__forget_give_up(sla_service *service, int result, const char *text);
void sla__forget_fini(sla_service *service);

/* ------------------------------------------------------------------ settle.c */

void sla__unit_done(sla_service *service, sla__writing *unit, const sla_store_done *done);
/* Answers recorders and gives events to the consumers, unit by unit in order. */
void sla__settle_round(sla_service *service);

/* ---------------------------------------------------------------- failures.c */

/* Mends the first unit, which was refused, once no unit is on its way. */
void sla__failures_round(sla_service *service);
/* All facts that wait are answered. */
void sla__answer_everything(sla_service *service, int result, const char *text);
/* Nothing is told from here on, and why: the next round gives up. */
void sla__give_up_for(sla_service *service, int result, const char *text);
/* Fenced, or the store is newer: everything that waits is answered. */
void sla__give_up(sla_service *service, int result);

/* ---------------------------------------------------------------- delivery.c */

void sla__deliver_round(sla_service *service);
/* A settled event for all consumers. */
void sla__deliver(sla_service *service, sla__outgoing *event);
/* When the next event is handed over again, on the axis `pace`. */
sla_time sla__deliver_until(const sla_service *service);
/* Whether an event could be handed over at once. */
bool sla__deliver_waits(const sla_service *service);
void sla__subscriber_free(sla_service *service, sla__subscriber *subscriber);
/* For outbox.c: puts one event at the end.  False: out of memory. */
bool sla__deliver_append(sla_service *service, sla__subscriber *subscriber, sla__outgoing *event);

/* The slot may be handed over: the event of its ticket before it is acknowledged. */
void sla__make_ready(sla__subscriber *subscriber, uint32_t slot);

/* -------------------------------------------------------------- acknowledge.c */

uint32_t sla__number_hash(uint64_t number);

void sla__receipts_round(sla_service *service);
/* Of the event in the subscriber's slot. */
uint64_t sla__delivery_number(const void *subscriber, uint32_t slot);
/* The event of the slot is acknowledged. */
void sla__acknowledged(sla_service *service, sla__subscriber *subscriber, uint32_t slot);
/* Up to here every consumer has acknowledged, also those on record that are not here. */
uint64_t sla__acknowledged_through(const sla_service *service);
/* Whether there is a mark to write. */
bool sla__marks_wait(const sla_service *service);
/* The marks go into the unit.  False: out of memory. */
bool sla__marks_take(sla_service *service, sla__writing *unit);

/* ------------------------------------------------------------------ outbox.c */

enum { SLA__OUTBOX_PAGE = 1024 };
void sla__outbox_round(sla_service *service);
/* Whether a consumer could take more than is in memory. */
bool sla__outbox_waits(const sla_service *service);
void sla__outbox_event_came(sla_service *service, sla__subscriber *subscriber,
                            const sla_stored_event *event);
void sla__outbox_done(sla_service *service, sla__subscriber *subscriber,
                      const sla_store_done *done);
/* A mark on the record; false: out of memory. */
bool sla__mark_came(sla_service *service, const sla_stored_mark *mark);
/* A consumer that has acknowledged more than these events, or NULL. */
const char *sla__known_ahead(const sla_service *service, uint64_t events);
void sla__known_fini(sla_service *service);
/* What is on the record of the consumer, once the service has loaded. */
void sla__subscriber_begin(sla_service *service, sla__subscriber *subscriber);

/* ----------------------------------------------------------------- loading.c */

void sla__loading_round(sla_service *service);
void sla__loading_world_came(sla_service *service, const sla_stored_world *world);
void sla__loading_ticket_came(sla_service *service, const sla_stored_ticket *ticket);
void sla__loading_mark_came(sla_service *service, const sla_stored_mark *mark);
void sla__loading_done(sla_service *service, const sla_store_done *done);

/* ------------------------------------------------------------------- world.c */

/* The documents in force with these worked in, checked.  `adoption_out` NULL when
 * nothing differs.  Any thread, under the lock. */
/* Whether there are documents where their count says so. */
int sla__documents_check(const sla_document *documents, size_t count, sla_error *error);
/* The documents of the options, while they wait, come before those given here. */
int sla__world_prepare(sla_service *service, const sla_document *documents, size_t count,
                       sla__adoption **adoption_out, sla_error *error);
int sla__document_is_calendar(const sla_document *document, bool *is_calendar_out,
                              sla_error *error);
/* The same over documents `in_force`; `wished` (or NULL) comes before what is given. */
int sla__adoption_prepare(const sla_allocator *allocator, const sla__documents *in_force,
                          const sla__kept_world *wished, const sla_document *documents,
                          size_t count, sla__adoption **adoption_out, sla_error *error);
void sla__adoption_free(const sla_allocator *allocator, sla__adoption *adoption);
void sla__documents_fini(const sla_allocator *allocator, sla__documents *documents);
/* The engine follows, at an instant.  SLA_OK; else nothing has changed. */
int sla__world_enter(sla_service *service, sla__adoption *adoption, sla_time at, sla_error *error);
/* Goes on with what waits to be adopted.  True while facts and events have to wait. */
bool sla__world_round(sla_service *service);
/* Whether nothing is decided until somebody adopts what the options lack. */
bool sla__world_lacks(const sla_service *service);
/* Documents did not come into force: says so in the log and in the health. */
void sla__world_failed(sla_service *service, int result, const sla_error *error);
void sla__world_written(sla_service *service, int result);
/* Nothing is adopted any more. */
void sla__world_give_up(sla_service *service, int result);

/* ------------------------------------------------------------------- audit.c */

void sla__audit_round(sla_service *service);
/* Whether the store may be asked when its time comes. */
bool sla__audit_wants(const sla_service *service);
void sla__audit_done(sla_service *service, const sla_store_done *done);

/* -------------------------------------------------------------- statistics.c */

void sla__statistics_publish(sla_service *service);

#endif
