/* _quick_fact.c - facts that are like most, from Python's objects (_quick.h). */
#include "_quick.h"

#include <string.h>
#include <time.h>

/* Members by name.  The first six are those that a plain fact may have; the rest of a Fact is then
 * empty: texts, marks and what is None. */
enum { TICKET, FACT, ID, ATTRIBUTES, OCCURRED_AT, RECORDED_AT, PLAIN, TEXTS_END = PLAIN + 9 };
enum { MARKS_END = TEXTS_END + 2, NONES_END = MARKS_END + 2, MEMBERS = NONES_END + 1 };
static const char *const MEMBER_NAMES[MEMBERS] = {
    "ticket",      "fact",     "id",        "attributes", "occurred_at",
    "recorded_at", "tenant",   "by",        "reason",     "policy",
    "target",      "corrects", "withdraws", "approver",   "authorised_by",
    "excluded",    "silence",  "for_",      "until",      "cycle",
};
static PyObject *members[MEMBERS];

/* Names of a timedelta's members. */
enum { DAYS, SECONDS, MICROSECONDS, UNITS };
static const char *const UNIT_NAMES[UNITS] = {"days", "seconds", "microseconds"};
static PyObject *units[UNITS];

bool sla_py_plain_prepare(void)
{
    return sla_py_intern(MEMBER_NAMES, members, MEMBERS) && sla_py_intern(UNIT_NAMES, units, UNITS);
}

/* ---- instants */

/* An attribute that is a small number. */
static bool number_of(PyObject *object, PyObject *name, int64_t *out)
{
    PyObject *value = PyObject_GetAttr(object, name);

    if (value == NULL)
        return false;
    *out = PyLong_AsLongLong(value);
    Py_DECREF(value);
    return *out != -1 || !PyErr_Occurred();
}

static bool is_instant(sla_time at)
{
    return at >= SLA_TIME_MIN && at <= SLA_TIME_MAX;
}

/* What was raised by a zone or in a signal's handler goes on; what says that this is no instant
 * is said the thorough way, with its reason. */
static int unusual(void)
{
    if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_OverflowError)) {
        PyErr_Clear();
        return 0;
    }
    return -1;
}

/* 1; 0 for another type, no instant; -1 with an exception.  Of a datetime as exactly as Python
 * subtracts. */
static int read_datetime(PyObject *given, sla_time *out)
{
    PyObject *since = PyNumber_Subtract(given, sla_py_quick.epoch);
    int64_t days, seconds, rest;
    bool found;

    if (since == NULL)
        return unusual();
    found = number_of(since, units[DAYS], &days) && number_of(since, units[SECONDS], &seconds) &&
            number_of(since, units[MICROSECONDS], &rest);
    Py_DECREF(since);
    if (!found)
        return -1;
    *out = (days * 86400 + seconds) * 1000000 + rest;
    return is_instant(*out);
}

static int read_text(PyObject *given, sla_time *out)
{
    PyObject *bytes = PyUnicode_AsUTF8String(given);
    char *text;
    Py_ssize_t length;
    int result;

    if (bytes == NULL) {
        PyErr_Clear();
        return 0;
    }
    PyBytes_AsStringAndSize(bytes, &text, &length);
    result = sla_time_parse(text, (size_t)length, out);
    Py_DECREF(bytes);
    return result == SLA_OK && is_instant(*out);
}

/* The one that was asked for last: a fact and the poll behind it have the same `now`. */
static PyObject *last;
static sla_time last_at;

int sla_py_read_instant(PyObject *given, sla_time *out)
{
    int result = 0;

    if (given == last) {
        *out = last_at;
        return 1;
    }
    if (PyUnicode_CheckExact(given))
        return read_text(given, out);
    if (Py_TYPE(given) == Py_TYPE(sla_py_quick.epoch))
        result = read_datetime(given, out);
    if (result == 1) {
        PyObject *before = last;

        Py_INCREF(given);
        last = given;
        last_at = *out;
        Py_XDECREF(before);
    }
    return result;
}

sla_time sla_py_machine_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (sla_time)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- what is given */

/* Members of a plain fact; those that may be None and are, and those that are not there, are NULL.
 * References of its own. */
typedef struct taken {
    PyObject *member[PLAIN];
} taken;

static void let_go(taken *given)
{
    for (size_t i = 0; i < PLAIN; i++)
        Py_CLEAR(given->member[i]);
}

static void keep(taken *given, size_t i, PyObject *value)
{
    if (value != Py_None || i <= ID) {
        Py_INCREF(value);
        given->member[i] = value;
    }
}

static int take_dict(PyObject *dict, taken *given)
{
    Py_ssize_t found = 0;

    for (size_t i = 0; i < PLAIN; i++) {
        PyObject *value = PyDict_GetItemWithError(dict, members[i]);

        if (value != NULL) {
            keep(given, i, value);
            found++;
        } else if (PyErr_Occurred()) {
            return -1;
        }
    }
    if (given->member[ID] == NULL)
        keep(given, ID, sla_py_quick.nothing);
    return found == PyDict_Size(dict);
}

static bool is_empty(size_t i, PyObject *value)
{
    if (i < TEXTS_END)
        return PyUnicode_CheckExact(value) && PyUnicode_GetLength(value) == 0;
    if (i < MARKS_END)
        return value == Py_False;
    if (i < NONES_END)
        return value == Py_None;
    return PyLong_CheckExact(value) && PyLong_AsLongLong(value) == 0;
}

static int take_fact(PyObject *fact, taken *given)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        PyObject *value = PyObject_GetAttr(fact, members[i]);
        bool plain;

        if (value == NULL)
            return -1;
        if (i < PLAIN)
            keep(given, i, value);
        plain = i < PLAIN || is_empty(i, value);
        Py_DECREF(value);
        if (!plain) {
            PyErr_Clear(); /* of a cycle that is no number of C */
            return 0;
        }
    }
    return 1;
}

static int take_one(PyObject *fact, taken *given)
{
    if (PyDict_CheckExact(fact))
        return take_dict(fact, given);
    return (PyObject *)Py_TYPE(fact) == sla_py_quick.fact ? take_fact(fact, given) : 0;
}

/* Of the arguments of `record` those from the second on are members of the fact, the last is `now`.
 */
enum { NOW = RECORDED_AT + 1, ARGUMENTS };

static int take(PyObject *arguments, taken *given)
{
    PyObject *fact;

    if (PyTuple_Size(arguments) != ARGUMENTS) {
        PyErr_SetString(PyExc_TypeError, "a fact, five members and now");
        return -1;
    }
    fact = PyTuple_GetItem(arguments, 0);

    if (fact == Py_None) {
        for (size_t i = 0; i < RECORDED_AT; i++)
            keep(given, i, PyTuple_GetItem(arguments, (Py_ssize_t)i + 1));
        return 1;
    }
    for (size_t i = 0; i < RECORDED_AT; i++) {
        PyObject *beside = PyTuple_GetItem(arguments, (Py_ssize_t)i + 1);

        if (beside != Py_None && (i != ID || !is_empty(PLAIN, beside)))
            return 0; /* a fact or its members, not both */
    }
    return take_one(fact, given);
}

/* ---- a fact of C */

static bool put_text(sla_py_plain *out, PyObject *value, sla_string *text_out)
{
    PyObject *bytes;
    char *text;
    Py_ssize_t length;

    if (!PyUnicode_CheckExact(value))
        return false;
    bytes = PyUnicode_AsUTF8String(value);
    if (bytes == NULL) {
        PyErr_Clear(); /* half of a surrogate pair */
        return false;
    }
    out->kept[out->kept_count++] = bytes;
    PyBytes_AsStringAndSize(bytes, &text, &length);
    *text_out = (sla_string){text, (size_t)length};
    return memchr(text, 0, (size_t)length) == NULL;
}

/* One where an empty text is no text. */
static bool put_name(sla_py_plain *out, PyObject *value, sla_string *text_out)
{
    if (!put_text(out, value, text_out))
        return false;
    if (text_out->length == 0)
        text_out->data = NULL;
    return true;
}

static bool put_value(sla_py_plain *out, PyObject *value, sla_attribute *attribute)
{
    if (PyUnicode_CheckExact(value)) {
        attribute->type = SLA_VALUE_STRING;
        return put_text(out, value, &attribute->string);
    }
    if (value == Py_True || value == Py_False) {
        attribute->type = SLA_VALUE_BOOL;
        attribute->number = value == Py_True;
        return true;
    }
    if (!PyLong_CheckExact(value))
        return value == Py_None;
    attribute->type = SLA_VALUE_INT;
    attribute->number = PyLong_AsLongLong(value);
    if (attribute->number == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return true;
}

static bool put_attributes(sla_py_plain *out, PyObject *given)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;

    if (given == NULL)
        return true;
    if (!PyDict_CheckExact(given) || PyDict_Size(given) > SLA_PY_PLAIN_ATTRIBUTES)
        return false;
    while (PyDict_Next(given, &at, &name, &value)) {
        sla_attribute *attribute = &out->attributes[out->fact.attribute_count++];

        *attribute = (sla_attribute){0};
        if (!put_name(out, name, &attribute->name) || !put_value(out, value, attribute))
            return false;
    }
    out->fact.attributes = out->attributes;
    return true;
}

/* An empty id is none. */
static bool put_names(sla_py_plain *out, const taken *given)
{
    PyObject *const *member = given->member;

    return member[TICKET] != NULL && member[FACT] != NULL && member[ID] != NULL &&
           put_name(out, member[TICKET], &out->fact.ticket) &&
           put_name(out, member[FACT], &out->fact.name) && put_name(out, member[ID], &out->fact.id);
}

/* `now` counts before the instant of recording that the fact has, and that one, or else the
 * machine's clock, where there is no other. */
static int put_instants(sla_py_plain *out, const taken *given, PyObject *now)
{
    PyObject *occurred = given->member[OCCURRED_AT], *recorded = given->member[RECORDED_AT];
    int result = 1;

    if (recorded != NULL)
        result = sla_py_read_instant(recorded, &out->recorded_at);
    if (result == 1 && now != Py_None)
        result = sla_py_read_instant(now, &out->recorded_at);
    else if (recorded == NULL)
        out->recorded_at = sla_py_machine_now();
    out->fact.occurred_at = out->recorded_at;
    if (result == 1 && occurred != NULL && occurred != now)
        result = sla_py_read_instant(occurred, &out->fact.occurred_at);
    return result;
}

/* Recorded `now`, in seconds; where that is None, at its recorded_at or when it happened. */
static int put_instants_of_row(sla_py_plain *made, const taken *given, PyObject *now)
{
    PyObject *occurred = given->member[OCCURRED_AT], *recorded = given->member[RECORDED_AT];
    int result = 1;

    if (recorded != NULL)
        result = sla_py_read_instant(recorded, &made->recorded_at);
    if (result == 1 && now != Py_None)
        result = sla_py_instant(PyFloat_AsDouble(now), &made->recorded_at);
    if (result == 1 && occurred != NULL)
        result = sla_py_read_instant(occurred, &made->fact.occurred_at);
    if (result == 1 && recorded == NULL && now == Py_None) {
        made->recorded_at = made->fact.occurred_at;
        return occurred != NULL;
    }
    if (occurred == NULL)
        made->fact.occurred_at = made->recorded_at;
    return result;
}

/* All but the instants. */
static bool put_texts(sla_py_plain *out, const taken *given)
{
    return put_names(out, given) && put_attributes(out, given->member[ATTRIBUTES]);
}

void sla_py_plain_fini(sla_py_plain *made)
{
    for (size_t i = 0; i < made->kept_count; i++)
        Py_DECREF(made->kept[i]);
}

int sla_py_plain_of_arguments(PyObject *arguments, sla_py_plain *out)
{
    taken given = {{NULL}};
    int result;

    out->fact = (sla_fact){0};
    out->kept_count = 0;
    result = take(arguments, &given);
    if (result == 1)
        result = put_texts(out, &given);
    if (result == 1)
        result = put_instants(out, &given, PyTuple_GetItem(arguments, NOW));
    let_go(&given);
    return result;
}

int sla_py_plain_of_row(PyObject *fact, PyObject *now, sla_py_plain *out)
{
    taken given = {{NULL}};
    int result;

    out->fact = (sla_fact){0};
    out->kept_count = 0;
    result = take_one(fact, &given);
    if (result == 1)
        result = put_texts(out, &given);
    if (result == 1)
        result = put_instants_of_row(out, &given, now);
    let_go(&given);
    return result;
}
