/*
 * _glue.h - facts in and events out in one buffer, calendars by value and over arrays.
 *
 * A crossing from Python to C costs as much as recording a fact, and so does building one
 * struct member by member.  So a fact crosses in one piece of bytes, and events come back in
 * one piece, as many as there are.  A piece is a head of numbers, in the machine's order and
 * without holes, and its texts behind it, each ended by a NUL; facts.py and events.py have the
 * other half.
 */
#ifndef SLA_PYTHON_GLUE_H
#define SLA_PYTHON_GLUE_H

#include <sla/sla.h>

/* ---- instants by value */

/* A double of seconds tells microseconds of the years 1900 to 2199 apart: below 2^33 its steps
 * are 0.95 microseconds, so the nearest one is less than half a microsecond off.  That is what
 * datetime.timestamp() gives and datetime.fromtimestamp() takes, in a third of the time that
 * dividing by a microsecond takes.  False for what is outside. */
bool sla_py_instant(double seconds, sla_time *out);

/* Microseconds of a span in seconds; one of centuries is as long as any. */
sla_duration sla_py_span(double seconds);

/* ---- facts in */

enum { SLA_PY_EXCLUDED = 1, SLA_PY_SILENCE = 2, SLA_PY_PLAIN = 4 };

/* Behind it: ticket, name, id; each attribute's name and its value behind a letter: n (none),
 * s (string), i (whole number), b (0 or 1), t (instant, microseconds); and unless PLAIN: tenant,
 * by, reason, policy, target, corrects, withdraws, approver, authorised_by. */
typedef struct sla_py_fact_head {
    uint32_t length; /* of the piece, this head included */
    uint32_t flags;
    uint32_t cycle;
    uint32_t attribute_count;
    double occurred_at;
    double recorded_at; /* `now` of the recording */
    int64_t span;
    int64_t until;
} sla_py_fact_head;

/* A piece, or a line of JSON, as the library wants it.  Borrows from it. */
typedef struct sla_py_fact {
    sla_fact fact;
    sla_time recorded_at;
    size_t length;          /* of its piece or line: the next one begins there */
    sla_fact_buffer buffer; /* of a piece only the attributes are used */
} sla_py_fact;

sla_py_fact *sla_py_fact_new(void); /* NULL: out of memory */
void sla_py_fact_free(sla_py_fact *fact);

/* A piece.  SLA_OK; SLA_ERR_FACT for a text with a NUL in it, which makes more texts of them than
 * there are; SLA_ERR_TOO_LONG for too many attributes; SLA_ERR_RANGE. */
int sla_py_fact_read(const char *piece, size_t length, sla_py_fact *fact_out, sla_error *error);

/* Pieces in a row, as an array of facts.  They borrow from the pieces. */
typedef struct sla_py_facts {
    sla_fact *facts;
    sla_time *recorded_at;
    sla_attribute *attributes;
    size_t count;
} sla_py_facts;

int sla_py_facts_new(const char *pieces, size_t length, sla_py_fact *room, sla_py_facts **out,
                     sla_error *error);
void sla_py_facts_free(sla_py_facts *facts);

/* ---- events out */

/* Behind it: tenant, ticket, policy, policy_version, target, step, to, because, reason,
 * derived, fact_id. */
typedef struct sla_py_event_head {
    uint32_t length; /* of the piece, this head included */
    uint32_t flags;  /* late, breached, provisional, provisional_attributes, governs, excluded,
                        adjusted_met, from the lowest bit */
    uint32_t cycle, repeat, revision, skipped, collapsed, fact_seq;
    int64_t at, told, started_at, due_at, old_due_at, breached_at, ended_at;
    int32_t rank;
    uint8_t kind, level, state, agreement;
} sla_py_event_head;

/* Events in a row.  Grows; sla_py_events_reserve makes sure that the next one has room, so
 * that none that was taken is lost. */
typedef struct sla_py_events {
    char *data;
    size_t used;
    size_t size;
    size_t count; /* without those that Python has */
    size_t given; /* bytes of those that Python has */
} sla_py_events;

sla_py_events *sla_py_events_new(void); /* NULL: out of memory */
void sla_py_events_free(sla_py_events *events);
void sla_py_events_clear(sla_py_events *events);
int sla_py_events_reserve(sla_py_events *events); /* SLA_OK or SLA_ERR_NOMEM */
void sla_py_events_add(sla_py_events *events, const sla_event *event);

/* More than any event has: eleven texts, each with a limit (sla/base.h) far below. */
enum { SLA_PY_EVENT_ROOM = 8192 };

/* One event at `piece`, which has room for any.  Returns its length. */
uint32_t sla_py_event_write(char *piece, const sla_event *event);

/* ---- the engine */

/* Added to a code where a number of something would stand. */
#define SLA_PY_FAILED (INT64_MIN + INT64_C(1000))

/* What belongs to an engine here, so that one pointer crosses. */
typedef struct sla_py_engine {
    sla_engine *engine;
    sla_answer answer; /* of the last recording */
    sla_error error;   /* of the last one that failed */
    sla_py_fact *room;
    sla_py_events *events; /* those on their way to Python */
} sla_py_engine;

int sla_py_engine_new(const sla_engine_options *options, sla_py_engine **out);
void sla_py_engine_free(sla_py_engine *own); /* the engine as well */

/* Record one piece, at its recorded_at: what sla_engine_record says; `answer` and `error` are there
 * then.  _quick.c has the short way. */
int sla_py_record(sla_py_engine *own, const char *piece, size_t length);

/* Take up to `capacity` events, behind those that are there.  SLA_OK or SLA_ERR_NOMEM, and
 * then the others are still to be taken. */
int sla_py_poll(sla_engine *engine, sla_time now, size_t capacity, sla_py_events *events);

/* sla_engine_supply_history with pieces in a row. */
int sla_py_supply_history(sla_engine *engine, sla_string tenant, sla_string ticket,
                          const char *pieces, size_t length, sla_py_fact *room,
                          const uint32_t *policies, sla_error *error);

/* How far a batch has come. */
typedef struct sla_py_batch {
    sla_time clock;         /* of the batch: never goes back; begins with SLA_TIME_MIN */
    size_t taken;           /* bytes done */
    size_t facts;           /* facts done: recorded, duplicates, refused */
    size_t lines;           /* lines done, those without a fact included */
    size_t recorded;        /* duplicates are none */
    bool by_occurred;       /* each fact is recorded when it happened */
    sla_py_events *tickets; /* gets tenant and ticket of each first fact, ended by a NUL; or NULL */
} sla_py_batch;

/*
 * Record facts in a row: pieces, or `lines` of JSON.  Before each one all that fell due until
 * its recorded_at is told at its own instant, and after it what it made due.
 *
 * SLA_OK with all of them done, or with `capacity` events or more there: call again.  An error
 * that concerns a fact, which then counts as done: call again to go on behind it.
 * SLA_ERR_NOMEM, SLA_NEED_HISTORY: the fact is not done.
 */
int sla_py_record_many(sla_engine *engine, sla_py_fact *room, const char *data, size_t length,
                       bool lines, size_t capacity, sla_py_batch *batch, sla_py_events *events,
                       sla_error *error);

/* Tell what falls due before `end`, each at its own instant; SLA_OK also when `capacity` events
 * are there: call again. */
int sla_py_pass_time(sla_engine *engine, sla_time end, size_t capacity, sla_py_batch *batch,
                     sla_py_events *events);

/* What an event of one piece is as a line of JSON, as a CloudEvent where `source` is given.
 * Returns its length as snprintf does. */
size_t sla_py_event_json(const char *piece, const char *source, uint64_t sequence, char *buffer,
                         size_t size);

/* When what the lines say happened: SLA_NEVER where a line cannot be read.  `capacity` of
 * both; the length of each line includes its end.  Returns how many lines there are. */
size_t sla_py_lines_occurred(const char *data, size_t length, sla_py_fact *room,
                             int64_t *occurred_at, size_t *lengths, size_t capacity);

/* A clock of one of many tickets. */
typedef struct sla_py_clock {
    uint32_t ticket; /* its number among the names */
    uint32_t cycle;
    int64_t started_at, due_at, ended_at, breached_at;
    const char *policy, *target, *display;  /* borrowed from the policies */
    uint8_t state, level, marks, agreement; /* breached, excluded, adjusted_met, provisional */
    uint32_t unused;
} sla_py_clock;

/* The clocks of the tickets named in a row, as a batch leaves them: from the ticket after
 * `*next` on, whose name begins at `*taken`, as many tickets as have room among `capacity`.
 * Returns how many clocks there are; 0: none is left.  SLA_ERR_SPACE: one has more. */
int64_t sla_py_clocks_of(const sla_engine *engine, const char *names, size_t length, size_t *taken,
                         uint32_t *next, sla_py_clock *clocks, size_t capacity);

/* ---- calendars */

/* One question by value.  Where there is no instant or span to answer with, it is a code, by its
 * distance from SLA_PY_FAILED_SECONDS or SLA_PY_FAILED. */
#define SLA_PY_FAILED_SECONDS (-1e12)
double sla_py_calendar_add(const sla_calendar *calendar, double from, double need, int fit);
int64_t sla_py_calendar_between(const sla_calendar *calendar, double from, double to);

/* How arrays lie: the others are one for all; these or those count nanoseconds, as pandas does. */
enum { SLA_PY_ONE = 1, SLA_PY_ROWS_NANO = 2, SLA_PY_OTHERS_NANO = 4 };

/* Over arrays of `count`; the others are as many, or one.  The answers count what the rows do.
 * INT64_MIN is no instant and stays so.  On an error `*failed_out` is the index of the first that
 * failed. */
int sla_py_calendar_add_many(const sla_calendar *calendar, const int64_t *from,
                             const int64_t *needs, unsigned how, size_t count, int fit,
                             int64_t *out, size_t *failed_out);
int sla_py_calendar_between_many(const sla_calendar *calendar, const int64_t *from,
                                 const int64_t *to, unsigned how, size_t count, int64_t *out,
                                 size_t *failed_out);

/* ---- the command */

/* Be the program sla with these words, of which the first is its name, and end the process. */
void sla_py_command(int count, char **words);

#endif
