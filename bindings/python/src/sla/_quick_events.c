/*
 * _quick_events.c - events on their way from an engine to Python (_quick.h).
 *
 * An exception may come from outside between any two steps of Python, and an engine tells an event
 * once.  So what was taken from it stays in its row until it is in an object that Python holds, and
 * an object that its caller did not get is kept.  Whoever asks next is given these first.
 */
#include "_quick.h"

#include <string.h>

/* The first of the row. */
static const char *first_of(const sla_py_events *row, uint32_t *length_out)
{
    const char *piece = row->data + row->given;

    memcpy(length_out, piece, sizeof *length_out);
    return piece;
}

static void advance(sla_py_events *row, uint32_t length)
{
    row->given += length;
    row->count--;
    if (row->count == 0)
        sla_py_events_clear(row);
}

int sla_py_way_next(sla_py_engine *own, sla_time now, PyObject *event_out)
{
    sla_py_events *row = own->events;
    PyObject *piece;
    uint32_t length;
    const char *at;
    int result;

    if (row->count == 0 && sla_py_poll(own->engine, now, 1, row) != SLA_OK) {
        PyErr_NoMemory();
        return -1;
    }
    if (row->count == 0)
        return 0;
    at = first_of(row, &length);
    piece = PyBytes_FromStringAndSize(at, (Py_ssize_t)length);
    result = piece != NULL ? PyObject_SetAttr(event_out, sla_py_quick.piece, piece) : -1;
    Py_XDECREF(piece);
    if (result < 0)
        return -1;
    advance(row, length);
    return 1;
}

/* Behind the others. */
static bool append_all(PyObject *list, PyObject *more)
{
    const Py_ssize_t end = PyList_Size(list);

    return PyList_SetSlice(list, end, end, more) == 0;
}

bool sla_py_way_keep(PyObject *kept, PyObject *told)
{
    PyObject *reversed = PyList_GetSlice(told, 0, PyList_Size(told));
    const bool done =
        reversed != NULL && PyList_Reverse(reversed) == 0 && append_all(kept, reversed);

    Py_XDECREF(reversed);
    return done;
}

PyObject *sla_py_way_first_kept(PyObject *kept)
{
    const Py_ssize_t count = PyList_Size(kept);
    PyObject *event = PyList_GetItem(kept, count - 1);

    Py_XINCREF(event);
    if (event != NULL && PyList_SetSlice(kept, count - 1, count, NULL) < 0)
        Py_CLEAR(event);
    return event;
}

/* Up to `n` of those that were kept. */
static bool hand_kept(PyObject *kept, PyObject *told, size_t n)
{
    const Py_ssize_t count = PyList_Size(kept);
    const Py_ssize_t left = (size_t)count > n ? count - (Py_ssize_t)n : 0;
    PyObject *some;
    bool done;

    if (count == left)
        return true;
    some = PyList_GetSlice(kept, left, count);
    done = some != NULL && PyList_Reverse(some) == 0 && append_all(told, some) &&
           PyList_SetSlice(kept, left, count, NULL) == 0;
    Py_XDECREF(some);
    return done;
}

static bool hand_row(sla_py_events *row, PyObject *told, size_t n)
{
    while (n-- > 0 && row->count > 0) {
        uint32_t length;
        const char *at = first_of(row, &length);
        PyObject *event = sla_py_quick_event(at, length);
        const bool added = event != NULL && PyList_Append(told, event) == 0;

        Py_XDECREF(event);
        if (!added)
            return false;
        advance(row, length);
    }
    return true;
}

bool sla_py_way_hand(sla_py_engine *own, PyObject *kept, PyObject *told)
{
    return hand_kept(kept, told, SIZE_MAX) && hand_row(own->events, told, SIZE_MAX);
}

int sla_py_way_take(sla_py_engine *own, PyObject *kept, sla_time now, size_t n, PyObject *told)
{
    PyThreadState *state;
    size_t left;
    int result;

    if (!hand_kept(kept, told, n))
        return 1;
    left = n - (size_t)PyList_Size(told);
    state = PyEval_SaveThread();
    result = sla_py_poll(own->engine, now, left, own->events);
    PyEval_RestoreThread(state);
    return hand_row(own->events, told, left) ? result : 1;
}
