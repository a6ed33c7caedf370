/*
 * errors.c - see errors.h.
 *
 * A DETAIL, a HINT or a CONTEXT may hold values of rows, and libpq's own messages
 * may hold the connection string: neither is passed on.
 */
#include "pg/errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int sla__pg_error(sla_error *error, int code, const char *format, ...)
{
    va_list arguments;

    if (error == NULL || error->code != SLA_OK)
        return code;
    memset(error, 0, sizeof *error);
    error->code = code;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return code;
}

/* What begins with `state`, longest first where one begins another. */
static const struct meaning {
    const char *state;
    int result;
} meanings[] = {
    {"SLA00", SLA__PG_WRITTEN},     {"SLA01", SLA_ERR_FENCED},  {"SLA02", SLA_ERR_STORE},
    {"SLA03", SLA_ERR_EXISTS},      {"SLA04", SLA_ERR_REFUSED}, {"SLA05", SLA__PG_LOOK_CLOSER},
    {"23", SLA__PG_LOOK_CLOSER},    /* a constraint */
    {"21000", SLA__PG_LOOK_CLOSER}, /* a row twice in one statement */
    {"22", SLA_ERR_REFUSED},        /* data */
    {"42", SLA_ERR_REFUSED},        /* a name or a right that is missing */
    {"54", SLA_ERR_REFUSED},        /* beyond a limit of the server */
    {"44", SLA_ERR_REFUSED},        /* WITH CHECK OPTION of a view of somebody's */
    {"P0", SLA_ERR_REFUSED},        /* a trigger of somebody's says no */
    {"08", SLA__PG_LOST},           /* connection */
    {"0A000", SLA__PG_LOST},        /* a plan of a table that has changed */
    {"26000", SLA__PG_LOST},        /* a prepared statement that is not there */
    {"25006", SLA__PG_LOST},        /* read only: it is a standby now */
    {"57P", SLA__PG_LOST},          /* the server goes down, or this backend */
};

static int meaning_of(const char *state)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0)
            return meanings[i].result;
    return SLA_ERR_STORE; /* deadlocks, limits of time, disk, memory ...: it may pass */
}

/* What helps against a state, where something does. */
static const char *advice_on(const char *state)
{
    static const char *const missing[] = {"42P01", "42703", "42883"}; /* table, column, function */

    if (strcmp(state, "42501") == 0)
        return "roles.sql gives a service its rights";
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (strcmp(state, missing[i]) == 0)
            return "'sla db check' says what is missing";
    return NULL;
}

int sla__pg_failure(const PGresult *result, sla_error *error)
{
    const char *const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *const text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *const constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    int meant, code;

    if (state == NULL) { /* libpq's own: out of memory, or the connection went */
        sla__pg_error(error, SLA_ERR_STORE, "the connection to the server was lost");
        return SLA__PG_LOST;
    }
    meant = meaning_of(state);
    code = meant == SLA__PG_LOOK_CLOSER ? SLA_ERR_REFUSED : meant > 0 ? SLA_ERR_STORE : meant;
    if (strncmp(state, "SLA", 3) == 0)
        sla__pg_error(error, code, "%s", text != NULL ? text : "");
    else if (advice_on(state) != NULL)
        sla__pg_error(error, code, "SQLSTATE %s: %s (%s)", state, text != NULL ? text : "",
                      advice_on(state));
    else
        sla__pg_error(error, code, "SQLSTATE %s: %s%s%s", state, text != NULL ? text : "",
                      constraint != NULL ? ", constraint " : "",
                      constraint != NULL ? constraint : "");
    return meant;
}

/* ------------------------------------------------------- without a connection */

static bool is_state(const char *text)
{
    for (int i = 0; i < 5; i++)
        if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'A' && text[i] <= 'Z'))
            return false;
    return text[5] == ':' && text[6] == ' ';
}

/* The server's own words, "FATAL:  28000: no such ..." whatever the language: from the SQLSTATE
 * to the end of the line. */
static const char *server_words(const char *message)
{
    for (; (message = strstr(message, ":  ")) != NULL; message++)
        if (is_state(message + 3))
            return message + 3;
    return NULL;
}

/* What libpq says may hold what stands in the connection string, a password in the wrong place
 * included: it is looked at for what it means, and said in our words. */
static const struct reason {
    const char *fragment, *said;
    int result; /* 0: SLA_ERR_STORE, it may pass */
} reasons[] = {
    {"sslmode value", "the connection option sslmode has a value that libpq does not know",
     SLA_ERR_REFUSED},
    {"gssencmode value", "the connection option gssencmode has a value that libpq does not know",
     SLA_ERR_REFUSED},
    {"channel_binding value",
     "the connection option channel_binding has a value that libpq does not know", SLA_ERR_REFUSED},
    {"target_session_attrs value",
     "the connection option target_session_attrs has a value that libpq does not know",
     SLA_ERR_REFUSED},
    {"ssl_min_protocol_version value",
     "the connection option ssl_min_protocol_version has a value that libpq does not know",
     SLA_ERR_REFUSED},
    {"ssl_max_protocol_version value",
     "the connection option ssl_max_protocol_version has a value that libpq does not know",
     SLA_ERR_REFUSED},
    {"invalid port number", "the connection option port is not a number from 1 to 65535",
     SLA_ERR_REFUSED},
    {"invalid integer value", "a connection option that is a number (port, keepalives ...) is none",
     SLA_ERR_REFUSED},
    {"could not match", "the connection string has not as many ports or addresses as hosts",
     SLA_ERR_REFUSED},
    {"channel binding", "channel_binding=require, and the server does not offer it",
     SLA_ERR_REFUSED},
    {"requirepeer", "the server's process belongs to another account than requirepeer names",
     SLA_ERR_REFUSED},
    {"session is not read-only",
     "target_session_attrs asks for a server that only reads, and a "
     "service has to write: leave it out",
     SLA_ERR_REFUSED},
    {"session is read-only",
     "the server only reads, and target_session_attrs asks for one that "
     "writes",
     0},
    {"server is in hot standby", "the server is a standby", 0},
    {"server is not in hot standby",
     "target_session_attrs asks for a standby, and a service has "
     "to write: leave it out",
     SLA_ERR_REFUSED},
    {"definition of service",
     "the connection service is not defined in pg_service.conf (or the file of PGSERVICEFILE)", 0},
    {"service file", "the file of connection services cannot be read", 0},
    {"could not translate host name", "the host's name is not known: its look-up failed", 0},
    {"password supplied", "the server asks for a password, and none was given", 0},
    {"password authentication", "the server does not let this role in", 0},
    {"certificate", "no safe connection to the server: its certificate is not trusted", 0},
    {"invalid response to", "what answers there is no PostgreSQL", 0},
    {"expected authentication request", "what answers there is no PostgreSQL", 0},
    {"SSL", "no safe connection to the server", 0},
    {"out of memory", "out of memory", 0},
    {"Connection refused", "the server cannot be reached: the connection is refused", 0},
    {"No such file", "the server cannot be reached: there is no such socket", 0},
    {"Permission denied", "the server cannot be reached: its socket may not be opened", 0},
    {"Network is unreachable", "the server cannot be reached: there is no way to its network", 0},
    {"No route to host", "the server cannot be reached: there is no way to its host", 0},
    {"timed out", "the server cannot be reached: it does not answer in time", 0},
    {"reset by peer", "the server has ended the connection", 0},
    {"closed the connection", "the server has ended the connection", 0},
};

static const struct reason *reason_of(const char *message)
{
    static const struct reason none = {"", "the server cannot be reached", 0};

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strstr(message, reasons[i].fragment) != NULL)
            return &reasons[i];
    return &none;
}

bool sla__pg_login_is_refused(const PGconn *connection)
{
    const char *const message = connection != NULL ? PQerrorMessage(connection) : "";
    const char *const words = server_words(message);

    if (words == NULL)
        return strstr(message, "password supplied") != NULL;
    return strncmp(words, "28", 2) == 0 || strncmp(words, "3D000", 5) == 0;
}

int sla__pg_connection_error(const PGconn *connection, bool late, sla_error *error)
{
    const char *const message = connection != NULL ? PQerrorMessage(connection) : "out of memory";
    const char *const words = server_words(message);
    const struct reason *reason;

    if (words != NULL)
        return sla__pg_error(error, SLA_ERR_STORE, "SQLSTATE %.*s", (int)strcspn(words, "\n"),
                             words);
    if (late)
        return sla__pg_error(error, SLA_ERR_STORE,
                             "the server cannot be reached: it does not answer in time");
    reason = reason_of(message);
    return sla__pg_error(error, reason->result != 0 ? reason->result : SLA_ERR_STORE, "%s",
                         reason->said);
}
