/* run.c - see run.h. */
#include "run.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"

enum { EVENTS_AT_ONCE = 64 };

/* What stays the same during a run. */
typedef struct course {
    run *r;
    world *w;
    const run_options *options;
    const run_sink *sink;
    facts *f;
    bool adopted;
    bool broken; /* nothing can be recorded at all */
} course;

/* ------------------------------------------------------------ time passes */

static void tell_all(const course *c, sla_time now)
{
    sla_event events[EVENTS_AT_ONCE];
    size_t count;

    while ((count = sla_engine_poll_many(c->r->engine, now, events, EVENTS_AT_ONCE)) > 0) {
        for (size_t i = 0; c->sink->event != NULL && i < count; i++)
            c->sink->event(c->sink->user, &events[i]);
        if (c->options->recording != NULL)
            recording_events(c->options->recording, c->r->engine, events, count, now);
    }
}

/* Everything that falls due before `end`, each at its instant. */
static void pass_time(course *c, sla_time end)
{
    sla_time at;

    while ((at = sla_engine_wakeup(c->r->engine)) < end) {
        if (at > c->r->now)
            c->r->now = at;
        tell_all(c, c->r->now);
        if (sla_engine_wakeup(c->r->engine) <= at)
            return; /* the engine wants no more than the next recording gives */
    }
}

/* ------------------------------------------------------------ lines */

static void reject(course *c, const line *l, sla_error *error)
{
    c->r->rejected++;
    if (error->text[0] == '\0')
        snprintf(error->text, sizeof error->text, "%s", sla_result_text(error->code));
    snprintf(error->source, sizeof error->source, "%s", facts_input(c->f)->name);
    error->line = (int)l->number;
    if (error->column > 0)
        say_error(error);
    else
        say("%s:%zu: %s%s%s", error->source, l->number, error->pointer,
            error->pointer[0] != '\0' ? ": " : "", error->text);
    if (c->sink->rejected != NULL)
        c->sink->rejected(c->sink->user, l, error);
}

static bool adopt(course *c, sla_error *error)
{
    const int result = sla_engine_adopt(c->r->engine, c->w->policies, c->w->calendars,
                                        c->w->calendar_count, c->r->now, error);

    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    c->adopted = result == SLA_OK;
    if (c->adopted && c->options->recording != NULL)
        recording_world(c->options->recording, c->w, c->r->now);
    return c->adopted;
}

/* What a line says; false, and what is wrong, when it says nothing. */
static bool read_line(const line *l, sla_fact_buffer *buffer, sla_fact *fact, sla_time *recorded_at,
                      sla_error *error)
{
    if (!l->too_long)
        return sla_fact_parse(l->text, l->length, buffer, fact, recorded_at, error) == SLA_OK;
    error->code = SLA_ERR_TOO_LONG;
    snprintf(error->text, sizeof error->text, "the line is longer than %d bytes", LINE_MAX_BYTES);
    return false;
}

static void record(course *c, const line *l, const sla_fact *fact)
{
    sla_error error = {0};
    sla_answer answer = {0};
    const int result = sla_engine_record(c->r->engine, fact, c->r->now, &answer, &error);

    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (result == SLA_DUPLICATE) {
        c->r->duplicates++;
    } else if (result < 0) {
        error.code = result;
        sla_fact_place(l->text, l->length, &error);
        reject(c, l, &error);
    } else {
        c->r->recorded++;
        if (c->sink->fact != NULL)
            c->sink->fact(c->sink->user, fact, &answer);
        if (c->options->recording != NULL)
            recording_fact(c->options->recording, c->r->engine, fact, answer.seq, c->r->now);
    }
    tell_all(c, c->r->now);
}

/* False when no more lines are to be taken. */
static bool take_line(course *c, const line *l, sla_fact_buffer *buffer)
{
    sla_error error = {0};
    sla_fact fact;
    sla_time now;

    if (!read_line(l, buffer, &fact, &now, &error)) {
        reject(c, l, &error);
        return true;
    }
    if (c->options->by_occurred)
        now = fact.occurred_at;
    if (now > c->options->as_of)
        return false;
    if (!c->adopted) {
        c->r->now = now;
        c->broken = !adopt(c, &error);
        if (c->broken) {
            say_error(&error);
            return false;
        }
    }
    pass_time(c, now);
    if (now > c->r->now)
        c->r->now = now;
    record(c, l, &fact);
    return c->options->recording == NULL || c->options->recording->result == SLA_OK;
}

/* ------------------------------------------------------------ the whole */

/* The time that is left after the last line. */
static void take_rest(course *c)
{
    const sla_time end = c->options->as_of != SLA_NEVER ? c->options->as_of : c->options->until;

    if (!c->adopted || end == SLA_NEVER || end <= c->r->now)
        return;
    pass_time(c, end);
    c->r->now = end;
    tell_all(c, end);
}

static void take_all(course *c)
{
    static sla_fact_buffer buffer;
    progress p;
    line l;

    progress_begin(&p, c->options->progress);
    while (facts_next(c->f, &l) && take_line(c, &l, &buffer)) {
        if (c->sink->waiting != NULL && !c->options->by_occurred && !input_ready(facts_input(c->f)))
            c->sink->waiting(c->sink->user);
        progress_step(&p, facts_input(c->f));
    }
    if (!c->broken)
        take_rest(c);
    progress_end(&p, facts_input(c->f));
}

int run_all(run *r, world *w, const run_options *options, const run_sink *sink)
{
    course c = {r, w, options, sink, NULL, false, false};

    memset(r, 0, sizeof *r);
    r->now = SLA_TIME_MIN;
    if (sla_engine_new(NULL, &r->engine) != SLA_OK)
        give_up("out of memory");
    c.f = facts_open(options->path, options->by_occurred);
    if (c.f == NULL)
        return EXIT_MACHINE;
    take_all(&c);
    facts_free(c.f);
    if (c.broken)
        return EXIT_INVALID;
    return r->rejected > 0 ? EXIT_PARTIAL : EXIT_FINE;
}

void run_fini(run *r)
{
    sla_engine_free(r->engine);
    r->engine = NULL;
}
