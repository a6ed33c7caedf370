/* _quick_piece.c - pieces of facts, and events made of theirs (_quick.h, _glue.h). */
#include "_quick.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_ROOM = 24, PIECE_ROOM = 4096 };

/* ---- facts */

static char *write_text(char *at, const char *kind, sla_string text)
{
    const size_t kind_length = strlen(kind);

    memcpy(at, kind, kind_length);
    at += kind_length;
    if (text.length != 0)
        memcpy(at, text.data, text.length);
    at[text.length] = 0;
    return at + text.length + 1;
}

static char *write_attribute(char *at, const sla_attribute *attribute)
{
    at = write_text(at, "", attribute->name);
    switch (attribute->type) {
    case SLA_VALUE_STRING:
        return write_text(at, "s", attribute->string);
    case SLA_VALUE_INT:
        return at + snprintf(at, NUMBER_ROOM, "i%" PRId64, attribute->number) + 1;
    case SLA_VALUE_BOOL:
        return write_text(at, attribute->number != 0 ? "b1" : "b0", (sla_string){NULL, 0});
    default:
        return write_text(at, "n", (sla_string){NULL, 0});
    }
}

/* At most. */
static size_t piece_size(const sla_fact *fact)
{
    size_t size =
        sizeof(sla_py_fact_head) + fact->ticket.length + fact->name.length + fact->id.length + 3;

    for (size_t i = 0; i < fact->attribute_count; i++)
        size +=
            fact->attributes[i].name.length + fact->attributes[i].string.length + NUMBER_ROOM + 1;
    return size;
}

static void write_piece(const sla_py_plain *made, char *piece, size_t *length_out)
{
    const sla_fact *fact = &made->fact;
    sla_py_fact_head head = {.flags = SLA_PY_PLAIN,
                             .attribute_count = (uint32_t)fact->attribute_count,
                             .occurred_at = (double)fact->occurred_at / 1e6,
                             .recorded_at = (double)made->recorded_at / 1e6};
    char *at = piece + sizeof head;

    at = write_text(at, "", fact->ticket);
    at = write_text(at, "", fact->name);
    at = write_text(at, "", fact->id);
    for (size_t i = 0; i < fact->attribute_count; i++)
        at = write_attribute(at, &fact->attributes[i]);
    *length_out = (size_t)(at - piece);
    head.length = (uint32_t)*length_out;
    memcpy(piece, &head, sizeof head);
}

static PyObject *piece_of_fact(const sla_py_plain *made)
{
    char room[PIECE_ROOM];
    size_t length;

    if (piece_size(&made->fact) > sizeof room)
        return NULL; /* a long one goes the long way */
    write_piece(made, room, &length);
    return PyBytes_FromStringAndSize(room, (Py_ssize_t)length);
}

/* pack(fact, now): its piece, or None for one that is not plain. */
PyObject *sla_py_quick_pack(PyObject *module, PyObject *arguments)
{
    PyObject *fact, *now, *piece = NULL;
    sla_py_plain made;

    (void)module;
    if (!PyArg_UnpackTuple(arguments, "pack", 2, 2, &fact, &now))
        return NULL;
    if (sla_py_plain_of_row(fact, now, &made) == 1)
        piece = piece_of_fact(&made);
    sla_py_plain_fini(&made);
    if (piece != NULL || PyErr_Occurred())
        return piece;
    Py_RETURN_NONE;
}

/* ---- events, see events.py */

/* The piece of an event, with a reference of its own. */
static PyObject *piece_of(PyObject *event)
{
    PyObject *piece = PyObject_GetAttr(event, sla_py_quick.piece);

    if (piece != NULL &&
        (!PyBytes_Check(piece) || (size_t)PyBytes_Size(piece) < sizeof(sla_py_event_head))) {
        Py_CLEAR(piece);
        PyErr_SetString(PyExc_ValueError, "this is no piece of an event");
    }
    return piece;
}

static PyObject *read_kind(PyObject *kinds, PyObject *event)
{
    PyObject *piece = piece_of(event), *kind;
    sla_py_event_head head;

    if (piece == NULL)
        return NULL;
    memcpy(&head, PyBytes_AsString(piece), sizeof head);
    kind = PyTuple_GetItem(kinds, head.kind);
    Py_XINCREF(kind);
    Py_DECREF(piece);
    return kind;
}

static PyObject *read_nth_text(PyObject *number, PyObject *event)
{
    PyObject *piece = piece_of(event), *text = NULL;
    const char *at, *end, *stop = NULL;
    long n = PyLong_AsLong(number);

    if (piece == NULL)
        return NULL;
    at = PyBytes_AsString(piece);
    end = at + PyBytes_Size(piece);
    for (at += sizeof(sla_py_event_head); n >= 0; n--, at = stop + 1) {
        stop = memchr(at, 0, (size_t)(end - at));
        if (stop == NULL || n == 0)
            break;
    }
    if (stop != NULL)
        text = PyUnicode_DecodeUTF8(at, stop - at, NULL);
    else
        PyErr_SetString(PyExc_ValueError, "this piece of an event is cut off");
    Py_DECREF(piece);
    return text;
}

PyObject *sla_py_quick_event(const char *at, size_t length)
{
    PyObject *event = PyType_GenericAlloc((PyTypeObject *)sla_py_quick.event, 0);
    PyObject *piece = event != NULL ? PyBytes_FromStringAndSize(at, (Py_ssize_t)length) : NULL;

    if (piece == NULL || PyObject_SetAttr(event, sla_py_quick.piece, piece) < 0)
        Py_CLEAR(event);
    Py_XDECREF(piece);
    return event;
}

/* The length of the next piece of an event; 0 with an exception. */
static size_t length_at(const char *at, size_t left)
{
    sla_py_event_head head;

    if (left >= sizeof head) {
        memcpy(&head, at, sizeof head);
        if (head.length >= sizeof head && head.length <= left)
            return head.length;
    }
    PyErr_SetString(PyExc_ValueError, "a piece of an event is cut off");
    return 0;
}

static bool add_events(PyObject *list, const char *at, size_t left)
{
    while (left > 0) {
        const size_t length = length_at(at, left);
        PyObject *event = length != 0 ? sla_py_quick_event(at, length) : NULL;
        const bool added = event != NULL && PyList_Append(list, event) == 0;

        Py_XDECREF(event);
        if (!added)
            return false;
        at += length;
        left -= length;
    }
    return true;
}

/* events(pieces in a row): a list of them. */
PyObject *sla_py_quick_events(PyObject *module, PyObject *pieces)
{
    PyObject *list = PyList_New(0);
    char *at;
    Py_ssize_t size;

    (void)module;
    if (list == NULL || PyBytes_AsStringAndSize(pieces, &at, &size) < 0 ||
        !add_events(list, at, (size_t)size))
        Py_CLEAR(list);
    return list;
}

static PyMethodDef kind_method = {"kind", read_kind, METH_O, NULL};
static PyMethodDef text_method = {"text", read_nth_text, METH_O, NULL};

/* kind_reader(kinds by their numbers): a function of an event */
PyObject *sla_py_quick_kind_reader(PyObject *module, PyObject *kinds)
{
    (void)module;
    return PyCFunction_NewEx(&kind_method, kinds, NULL);
}

/* text_reader(number among the texts): the same */
PyObject *sla_py_quick_text_reader(PyObject *module, PyObject *number)
{
    (void)module;
    return PyCFunction_NewEx(&text_method, number, NULL);
}
