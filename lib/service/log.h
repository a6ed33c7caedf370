/*
 * log.h - everything that the service says to the log: a stable code, a level,
 * and what it means (docs/service.md has the same list; a test compares).
 */
#ifndef SLA_SERVICE_LOG_H
#define SLA_SERVICE_LOG_H

#include <sla/service.h>

/* name, level, code, meaning */
#define SLA__LOG_MAP(X)                                                                            \
    X(LOADED, INFO, "loaded", "what the store holds is in memory: tickets, worlds, events")        \
    X(STOPPED, INFO, "stopped", "the service has stopped in order")                                \
    X(ADOPTED, INFO, "adopted", "documents came into force: world, documents")                     \
    X(ADOPTION_FAILED, ERROR, "adoption_failed",                                                   \
      "documents did not come into force: result, pointer, why")                                   \
    X(CLOCK_STEPPED, WARNING, "clock_stepped", "the clock was set: by_us")                         \
    X(CLOCK_HELD, ERROR, "clock_held",                                                             \
      "the clock is before the last decision, nothing is told: behind_us")                         \
    X(CLOCK_RELEASED, INFO, "clock_released", "the clock has come up to the last decision again")  \
    X(CLOCK_PARTED, ERROR, "clock_parted",                                                         \
      "the clock and the store's are apart, nothing is told: store_ahead_us")                      \
    X(CLOCK_AGREES, INFO, "clock_agrees", "the clock and the store's agree again")                 \
    X(STORE_HELD, WARNING, "store_held",                                                           \
      "another service holds what the store has; asked again each second: store, by")              \
    X(STORE_LOST, WARNING, "store_lost", "the store cannot be reached: result, retry_us, why")     \
    X(STORE_BACK, INFO, "store_back", "the store answers again")                                   \
    X(FENCED, ERROR, "fenced", "another service has taken over, nothing is told any more")         \
    X(NEWER, ERROR, "newer", "what is kept was written by a newer release, nothing is told")       \
    X(UNUSABLE, ERROR, "unusable",                                                                 \
      "what is kept cannot be gone on with, nothing is told: result, why")                         \
    X(UNIT_CUT, WARNING, "unit_cut", "a unit was refused and is sent ticket by ticket: tickets")   \
    X(UNIT_REFUSED, ERROR, "unit_refused",                                                         \
      "a ticket's unit was refused, the ticket is set aside: facts, events, result, why")          \
    X(MARKS_REFUSED, ERROR, "marks_refused", "delivery marks were refused: marks, result, why")    \
    X(TICKET_KNOWN, INFO, "ticket_known", "a ticket was opened that is on the record: facts")      \
    X(TICKET_UNREADABLE, ERROR, "ticket_unreadable",                                               \
      "what the store holds of a ticket cannot be read: result")                                   \
    X(HISTORY_UNREADABLE, ERROR, "history_unreadable",                                             \
      "the facts on the record are not those of the ticket: result")                               \
    X(OVERDUE, ERROR, "overdue", "steps due a minute ago are not told: tickets")                   \
    X(OUT_OF_MEMORY, WARNING, "out_of_memory", "memory ran short; what waits is tried again")

typedef enum sla__log_code {
#define SLA__LOG_ENUM(name, level, code, meaning) SLA__LOG_##name,
    SLA__LOG_MAP(SLA__LOG_ENUM)
#undef SLA__LOG_ENUM
} sla__log_code;

/* `format` makes key=value pairs. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void sla__log(const sla_service *service, sla__log_code code, const char *format, ...);

/* What a store says, as much as there is room for, so that it can stand in quotes. */
void sla__log_words(char *words, size_t size, const char *text);

#endif
