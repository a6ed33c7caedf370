/*
 * sla/error.h - what went wrong, as a number, a name and a sentence.
 *
 * Calls return an int: SLA_OK is 0, everything below 0 is an error.  A few
 * calls answer with a number above 0, which is news and not an error
 * (SLA_DUPLICATE, SLA_NEED_HISTORY, SLA_PENDING).  Where a person wrote the input, the call
 * also fills an `sla_error` that the caller owns: where it is (source, JSON
 * pointer, line, column) and one sentence that says what to write instead.
 * The first complaint wins; NULL for the sla_error is always allowed.
 */
#ifndef SLA_ERROR_H
#define SLA_ERROR_H

#include <sla/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* name, value, text.  The texts are impersonal and fit into a log line. */
#define SLA_RESULT_MAP(X)                                                                          \
    X(SLA_PENDING, 3, "the answer comes later")                                                    \
    X(SLA_NEED_HISTORY, 2, "the ticket's history is needed first")                                 \
    X(SLA_DUPLICATE, 1, "the same fact is already on the record")                                  \
    X(SLA_OK, 0, "done")                                                                           \
    X(SLA_ERR_NOMEM, -1, "out of memory")                                                          \
    X(SLA_ERR_ARGUMENT, -2, "an argument is outside its range")                                    \
    X(SLA_ERR_SYNTAX, -3, "the text is not well formed")                                           \
    X(SLA_ERR_POLICY, -4, "the policy is not valid")                                               \
    X(SLA_ERR_CALENDAR, -5, "the calendar is not valid")                                           \
    X(SLA_ERR_FACT, -6, "the fact is not valid")                                                   \
    X(SLA_ERR_ZONE, -7, "the time zone is not known")                                              \
    X(SLA_ERR_HORIZON, -8, "the answer lies beyond the horizon of the calendar")                   \
    X(SLA_ERR_RANGE, -9, "the instant lies outside the years 1900 to 2199")                        \
    X(SLA_ERR_NOT_FOUND, -10, "there is no such thing")                                            \
    X(SLA_ERR_EXISTS, -11, "there is one already")                                                 \
    X(SLA_ERR_CONFLICT, -12, "another fact is on the record under the same id")                    \
    X(SLA_ERR_STATE, -13, "the state of the ticket or clock does not allow it")                    \
    X(SLA_ERR_FUTURE, -14, "the fact lies further ahead than the tolerance")                       \
    X(SLA_ERR_TOO_LATE, -15, "the fact is older than the policy accepts without authorisation")    \
    X(SLA_ERR_BUSY, -16, "try again later")                                                        \
    X(SLA_ERR_TOO_LONG, -17, "a value is longer than its limit")                                   \
    X(SLA_ERR_SPACE, -18, "the buffer is too small")                                               \
    X(SLA_ERR_STORE, -19, "the store cannot be reached")                                           \
    X(SLA_ERR_REFUSED, -20, "the store refuses")                                                   \
    X(SLA_ERR_FENCED, -21, "another service has taken over")                                       \
    X(SLA_ERR_NEWER, -22, "written by a newer release")

typedef enum sla_result {
#define SLA_RESULT_(name, value, text) name = value,
    SLA_RESULT_MAP(SLA_RESULT_)
#undef SLA_RESULT_
} sla_result;

typedef struct sla_error {
    int code;          /* one of sla_result */
    int line;          /* from 1; 0 where it is not known */
    int column;        /* from 1; 0 where it is not known */
    char source[128];  /* file name or what the caller called the text */
    char pointer[256]; /* RFC 6901 JSON pointer of the value at fault; "" is the whole document */
    char text[320];    /* one line: what is wrong, and what to write instead */
} sla_error;

/* The constant's name ("SLA_ERR_NOMEM"), or "SLA_ERR_UNKNOWN".  Static memory. */
SLA_API const char *sla_result_name(int result);

/* The sentence that goes with it.  Static memory. */
SLA_API const char *sla_result_text(int result);

#ifdef __cplusplus
}
#endif

#endif
