/*
 * sla/json.h - facts out of JSON and into it, events into JSON: a line each.
 *
 *     sla_fact_buffer buffer;
 *     sla_fact fact;
 *     sla_time recorded_at;
 *     char line[SLA_EVENT_TEXT_USUAL];
 *
 *     if (sla_fact_parse(text, length, &buffer, &fact, &recorded_at, &error) == SLA_OK)
 *         sla_engine_record(engine, &fact, recorded_at, NULL, &error);
 *     while (sla_engine_poll(engine, recorded_at, &event))
 *         if (sla_event_format(&event, line, sizeof line) < sizeof line)
 *             puts(line);
 *
 * Members and their meaning: docs/facts.md, docs/events.md; the schemas lie
 * beside them.  Facts are also read, and events written, as CloudEvents 1.0.
 *
 * No direction builds a tree or allocates.  A fact's strings lie where they
 * were in the text; only those with escapes are decoded into the buffer.
 */
#ifndef SLA_JSON_H
#define SLA_JSON_H

#include <sla/base.h>
#include <sla/engine.h>
#include <sla/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SLA_FACT_ATTRIBUTES_MAX = 64,  /* attributes of one fact */
    SLA_FACT_TEXT_MAX = 32 * 1024, /* bytes of all its strings with escapes, decoded */
    SLA_EVENT_TEXT_USUAL = 2048    /* room for nearly every event in either form */
};

/* Where a parsed fact keeps what its text does not hold.  Needs no preparation,
 * may be used again and again; about 36 KB. */
typedef struct sla_fact_buffer {
    sla_attribute attributes[SLA_FACT_ATTRIBUTES_MAX];
    char text[SLA_FACT_TEXT_MAX];
} sla_fact_buffer;

/*
 * Read one fact: our own form, or a CloudEvents 1.0 envelope (a `specversion`
 * says so).  Afterwards `*fact_out` borrows from `text` and from `buffer`.
 *
 * `*recorded_at_out` (may be NULL) is the member `recorded_at`, or occurred_at
 * where there is none.  Attribute values keep their JSON type; an instant is a
 * string here, and becomes one where a policy declares the attribute so.
 *
 * SLA_OK; SLA_ERR_SYNTAX when the text is no JSON; SLA_ERR_FACT when a member is
 * unknown, missing or wrong; SLA_ERR_TOO_LONG.  The complaint has the pointer,
 * line and column in `text`, and what to write instead.  On error nothing was
 * written to `*fact_out`.  Never fails for memory.
 */
SLA_API int sla_fact_parse(const char *text, size_t length, sla_fact_buffer *buffer,
                           sla_fact *fact_out, sla_time *recorded_at_out, sla_error *error);

/*
 * Complete a complaint that sla_engine_record made about the fact of this line: line
 * and column of the value in `text`, and in an envelope the pointer that leads there.
 * `text` is one that sla_fact_parse has read.  A complaint without a pointer, or one
 * that has its place already, stays as it is.
 */
SLA_API void sla_fact_place(const char *text, size_t length, sla_error *error);

/*
 * Print a fact as one line of JSON in our own form, in the manner of
 * sla_event_format; sla_fact_parse reads the same fact from it, but for the
 * instants among its attributes, which come back as strings.  `recorded_at` is
 * left out where it is SLA_NEVER.  The fact is one that sla_engine_record takes.
 */
SLA_API size_t sla_fact_format(const sla_fact *fact, sla_time recorded_at, char *buffer,
                               size_t size);

/*
 * Print an event as one line of JSON, without a newline, ended by a NUL.
 * Returns its length without the NUL, as snprintf does: when that is `size` or
 * more, the line did not fit and the buffer holds its beginning.
 */
SLA_API size_t sla_event_format(const sla_event *event, char *buffer, size_t size);

/*
 * Print the event's identity in one string, in the same manner:
 *
 *     tenant/ticket/policy/target/cycle/step/repeat/revision
 *
 * with `/` and `%` inside a tenant or a ticket written %2F and %25, so that no two
 * identities have one string.  It is the `id` of the CloudEvent.
 */
SLA_API size_t sla_event_format_identity(const sla_event *event, char *buffer, size_t size);

/* What a CloudEvent says beyond the event itself. */
typedef struct sla_cloudevent {
    const char *source;      /* URI reference of the sender; NULL is "/sla" */
    uint64_t sequence;       /* running number at the sender; 0: leave it out */
    const char *traceparent; /* of the distributed-tracing extension; NULL: leave it out */
} sla_cloudevent;

/* Print an event as a CloudEvents 1.0 envelope in JSON, in the same manner.
 * `cloudevent` NULL means its defaults. */
SLA_API size_t sla_event_format_cloudevent(const sla_event *event, const sla_cloudevent *cloudevent,
                                           char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
