/*
 * story.c - gathers what a replay was like, fact by fact and event by event.
 */
#define _GNU_SOURCE /* twalk_r, tdestroy */
#include "story_own.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clocks.h"

story_book *story_new(const story_options *options)
{
    story_book *made = need_memory(1, sizeof *made);

    memset(made, 0, sizeof *made);
    made->options = *options;
    return made;
}

void story_free(story_book *story)
{
    if (story == NULL)
        return;
    tdestroy(story->tickets, free);
    tally_fini(&story->told);
    tally_fini(&story->escalated);
    tally_fini(&story->remarkable);
    tally_fini(&story->derived);
    free(story);
}

/* ------------------------------------------------------------ tickets */

static int by_name(const void *left, const void *right)
{
    const story_ticket *one = left, *other = right;
    const int tenant = strcmp(one->tenant, other->tenant);

    return tenant != 0 ? tenant : strcmp(one->name, other->name);
}

static void name_ticket(story_ticket *ticket, sla_string tenant, sla_string name)
{
    memset(ticket, 0, sizeof *ticket);
    if (tenant.length > 0 && tenant.length <= SLA_ID_MAX)
        memcpy(ticket->tenant, tenant.data, tenant.length);
    if (name.length <= SLA_ID_MAX)
        memcpy(ticket->name, name.data, name.length);
}

static story_ticket *ticket_of(story_book *story, sla_string tenant, sla_string name)
{
    story_ticket *ticket = need_memory(1, sizeof *ticket);
    story_ticket **found;

    name_ticket(ticket, tenant, name);
    found = tsearch(ticket, &story->tickets, by_name);
    if (found == NULL)
        give_up("out of memory");
    if (*found != ticket)
        free(ticket);
    else
        story->ticket_count++;
    return *found;
}

/* Which of the names in `list` ("grade,severity") it is, from 0; SIZE_MAX for none. */
static size_t place_in(const char *list, sla_string name)
{
    size_t place = 0;

    for (const char *at = list; *at != '\0'; place++) {
        const size_t length = strcspn(at, ",");

        if (length == name.length && memcmp(at, name.data, length) == 0)
            return place;
        at += length;
        at += *at == ',';
    }
    return SIZE_MAX;
}

static void set_class(story_book *story, story_ticket *ticket, const sla_attribute *attribute)
{
    const size_t place = place_in(story->options.by, attribute->name);

    if (place == SIZE_MAX || (ticket->class_name[0] != '\0' && place > ticket->class_rank))
        return;
    if (attribute->type == SLA_VALUE_INT)
        snprintf(ticket->class_name, sizeof ticket->class_name, "%.*s %" PRId64,
                 (int)attribute->name.length, attribute->name.data, attribute->number);
    else if (attribute->type == SLA_VALUE_STRING)
        snprintf(ticket->class_name, sizeof ticket->class_name, "%.*s",
                 (int)attribute->string.length, attribute->string.data);
    else
        return;
    ticket->class_rank = place;
    story->has_classes = true;
}

/* ------------------------------------------------------------ facts */

static bool is_name(const sla_fact *fact, const char *name)
{
    return fact->name.length == strlen(name) &&
           memcmp(fact->name.data, name, fact->name.length) == 0;
}

static void remark(story_book *story, const char *group, const char *what, sla_string ticket)
{
    tally_add(&story->remarkable, group, what, "", 1, 0, ticket.data, ticket.length);
}

/* The seldom kinds of facts; the others are the daily work. */
static void remark_fact(story_book *story, const sla_fact *fact, const sla_answer *answer)
{
    static const char *const seldom[] = {"acknowledged", "waived"};
    char text[TALLY_NAME_MAX];

    for (size_t i = 0; i < sizeof seldom / sizeof seldom[0]; i++)
        if (is_name(fact, seldom[i]))
            remark(story, "facts", seldom[i], fact->ticket);
    if (fact->corrects.length > 0)
        remark(story, "facts", "corrected afterwards", fact->ticket);
    else if (fact->withdraws.length > 0)
        remark(story, "facts", "withdrawn afterwards", fact->ticket);
    else if (answer != NULL && answer->late)
        remark(story, "facts", "recorded late", fact->ticket);
    if (answer != NULL && answer->refused) {
        snprintf(text, sizeof text, "refused: %s", answer->rule);
        remark(story, "facts", text, fact->ticket);
    }
}

/* The hour of the story's first date, or -1 on another one. */
static int hour_of(const story_book *story, sla_time at)
{
    const int64_t hour = (at - story->midnight) / SLA_HOUR;

    return at < story->midnight || hour > 23 ? -1 : (int)hour;
}

static sla_time midnight_before(sla_time at, int32_t offset_s)
{
    const sla_time local = at + offset_s * SLA_SECOND;
    const sla_time into_day = ((local % SLA_DAY) + SLA_DAY) % SLA_DAY;

    return local - into_day - offset_s * SLA_SECOND;
}

void story_fact(story_book *story, const sla_fact *fact, sla_time recorded_at,
                const sla_answer *answer)
{
    story_ticket *ticket = ticket_of(story, fact->tenant, fact->ticket);
    int hour;

    if (story->fact_count++ == 0) {
        story->first = recorded_at;
        story->midnight = midnight_before(recorded_at, story->options.offset_s);
    }
    story->last = recorded_at;
    hour = hour_of(story, fact->occurred_at);
    if (is_name(fact, "opened") && hour >= 0)
        story->hours.opened[hour]++;
    for (size_t i = 0; i < fact->attribute_count; i++)
        set_class(story, ticket, &fact->attributes[i]);
    remark_fact(story, fact, answer);
}

/* ------------------------------------------------------------ events */

/* Each of the receivers in "handling,complaint_management" was told. */
static void tell_receivers(story_book *story, const sla_event *event, const char *word)
{
    char name[TALLY_NAME_MAX];

    for (const char *at = event->to; *at != '\0';) {
        const size_t length = strcspn(at, ",");

        snprintf(name, sizeof name, "%.*s", (int)length, at);
        tally_add(&story->told, "", name, word, 1, 0, NULL, 0);
        at += length;
        at += *at == ',';
    }
}

static void escalate(story_book *story, const sla_event *event)
{
    char level[16];

    snprintf(level, sizeof level, "%u", event->level);
    tally_add(&story->escalated, level, event->to, "", 1, 0, event->ticket.data,
              event->ticket.length);
}

static void remark_event(story_book *story, const sla_event *event)
{
    char text[TALLY_NAME_MAX];

    if (event->kind == SLA_EVENT_BREACH_RETRACTED)
        remark(story, "events", "a breach taken back", event->ticket);
    else if (event->kind == SLA_EVENT_RETRACTED)
        remark(story, "events", "a level or an end taken back", event->ticket);
    else if (event->kind == SLA_EVENT_BREACH_BACKDATED)
        remark(story, "events", "a breach moved to another instant", event->ticket);
    else if (event->kind == SLA_EVENT_DUE_CHANGED) {
        snprintf(text, sizeof text, "due moved: %s", event->because);
        remark(story, "events", text, event->ticket);
    }
    if (event->derived[0] != '\0')
        tally_add(&story->derived, "", event->derived, "", 1, 0, event->ticket.data,
                  event->ticket.length);
}

void story_event(story_book *story, const sla_event *event)
{
    static const struct {
        sla_event_kind kind;
        const char *word;
    } words[] = {{SLA_EVENT_WARNING, "warned"},        {SLA_EVENT_REMINDED, "reminded"},
                 {SLA_EVENT_SUPERVISED, "supervised"}, {SLA_EVENT_ESCALATED, "escalated"},
                 {SLA_EVENT_BREACHED, "of breach"},    {SLA_EVENT_NOTICE, "noticed"}};
    const int hour = hour_of(story, event->at);

    story->event_count++;
    if (hour >= 0) {
        story->hours.warned[hour] += event->kind == SLA_EVENT_WARNING;
        story->hours.breached[hour] += event->kind == SLA_EVENT_BREACHED;
        story->hours.escalated[hour] += event->kind == SLA_EVENT_ESCALATED;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (event->kind == words[i].kind)
            tell_receivers(story, event, words[i].word);
    if (event->kind == SLA_EVENT_ESCALATED)
        escalate(story, event);
    remark_event(story, event);
}

/* ------------------------------------------------------------ clocks */

static void count_clock(const sla_clock_view *clock, const story_ticket *ticket,
                        story_clocks *clocks)
{
    const char *name = clock->target;
    const char *class_name = ticket->class_name[0] == '\0' ? "all" : ticket->class_name;
    const bool came_due = clock->state == SLA_MET || clock->state == SLA_MISSED || clock->breached;

    if (clock->state == SLA_WAITING || clock->state == SLA_CANCELLED)
        return;
    clocks->excluded += clock->excluded;
    tally_show(tally_add(&clocks->on_time, clock->policy, name, class_name, clock->state == SLA_MET,
                         1, NULL, 0),
               clock->display);
    tally_show(tally_add(&clocks->breached, clock->policy, name, class_name, clock->breached, 1,
                         clock->breached ? ticket->name : NULL, strlen(ticket->name)),
               clock->display);
    tally_add(&clocks->open, clock->policy, name, "", came_due, 1, NULL, 0);
}

typedef struct clock_count {
    const sla_engine *engine;
    ticket_clocks room;
    story_clocks *clocks;
} clock_count;

static void count_ticket(clock_count *counting, const story_ticket *ticket)
{
    const sla_string tenant = {ticket->tenant, strlen(ticket->tenant)};
    const sla_string name = {ticket->name, strlen(ticket->name)};
    ticket_clocks *room = &counting->room;

    if (!clocks_look(room, counting->engine, tenant, name))
        return; /* refused at its opening */
    for (size_t i = 0; i < room->count; i++)
        count_clock(&room->views[i], ticket, counting->clocks);
}

static void visit(const void *node, VISIT order, void *closure)
{
    if (order == postorder || order == leaf)
        count_ticket(closure, *(story_ticket *const *)node);
}

void story_count_clocks(const story_book *story, const sla_engine *engine, story_clocks *clocks)
{
    clock_count counting = {.engine = engine, .clocks = clocks};

    clocks_init(&counting.room);
    twalk_r(story->tickets, visit, &counting);
    clocks_fini(&counting.room);
}

void story_clocks_fini(story_clocks *clocks)
{
    tally_fini(&clocks->on_time);
    tally_fini(&clocks->breached);
    tally_fini(&clocks->open);
}

bool story_has_classes(const story_book *story)
{
    return story->has_classes;
}
