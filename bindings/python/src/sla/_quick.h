/*
 * _quick.h - the module `sla._sla_quick`: facts and events that are like most, without a detour.
 *
 * cffi makes a call of five steps out of a fact: a piece of bytes is made of it, a lock is taken,
 * the interpreter's lock is given away and taken again, the lock is given back.  What nearly every
 * fact is like, a few texts and instants of the plainest types, and every event, crosses here
 * instead, by the limited API and with the interpreter's lock held: nothing comes between, no
 * other thread and no signal.  All else is not touched here and answered with None: then Python
 * does it the thorough way, which also knows what to complain of.
 */
#ifndef SLA_PYTHON_QUICK_H
#define SLA_PYTHON_QUICK_H

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x03090000
#endif
#include <Python.h>

#include "_glue.h"

/* What Python has given (`prepare`), and names; all of it stays as long as the process. */
typedef struct sla_py_known {
    PyObject *epoch; /* an aware datetime, whose type is that of instants */
    PyObject *fact;  /* the class Fact, and so on */
    PyObject *event;
    PyObject *answer;
    PyObject *answers; /* those to the first facts of a ticket, by the number of the fact */
    PyObject *piece;   /* "_piece", of an event */
    PyObject *nothing; /* "" */
} sla_py_known;

extern sla_py_known sla_py_quick;

/* Names that Python shall find again.  False with an exception. */
bool sla_py_intern(const char *const *texts, PyObject **out, size_t count);
bool sla_py_plain_prepare(void);

/* ---- facts (_quick_fact.c) */

/* 1; 0 for what is no instant or of another type, -1 with an exception. */
int sla_py_read_instant(PyObject *given, sla_time *out);

sla_time sla_py_machine_now(void);

enum { SLA_PY_PLAIN_ATTRIBUTES = 16, SLA_PY_PLAIN_KEPT = 3 + 2 * SLA_PY_PLAIN_ATTRIBUTES };

/* A fact that is like most. */
typedef struct sla_py_plain {
    sla_fact fact;
    sla_time recorded_at;
    sla_attribute attributes[SLA_PY_PLAIN_ATTRIBUTES];
    PyObject *kept[SLA_PY_PLAIN_KEPT]; /* the bytes that the texts borrow from */
    size_t kept_count;
} sla_py_plain;

/* Of the arguments of Quick.record; of one in a row, recorded `now` in seconds, or None.  1; 0 for
 * one that is not plain, -1 with an exception.  It is to be ended in any case. */
int sla_py_plain_of_arguments(PyObject *arguments, sla_py_plain *out);
int sla_py_plain_of_row(PyObject *fact, PyObject *now, sla_py_plain *out);
void sla_py_plain_fini(sla_py_plain *made);

/* ---- events on their way (_quick_events.c): in the row of `own`, and in the list `kept` of those
 * that Python had already, but not who asked for them */

/* The next one of the row, else of the engine, into an object that is there already.  1; 0 when
 * there is none, -1 with an exception. */
int sla_py_way_next(sla_py_engine *own, sla_time now, PyObject *event_out);

/* Nobody got these: before all others.  The list is in reverse, so that its first is soon taken.
 * False with an exception. */
bool sla_py_way_keep(PyObject *kept, PyObject *told);

/* The first of those kept, of which there is one. */
PyObject *sla_py_way_first_kept(PyObject *kept);

/* All that are on their way, to a list.  False with an exception. */
bool sla_py_way_hand(sla_py_engine *own, PyObject *kept, PyObject *told);

/* Up to `n`, to an empty list; other threads may run meanwhile.  SLA_OK or SLA_ERR_NOMEM; 1 with an
 * exception. */
int sla_py_way_take(sla_py_engine *own, PyObject *kept, sla_time now, size_t n, PyObject *told);

/* ---- pieces (_quick_piece.c); functions of the module, named as in there */

PyObject *sla_py_quick_pack(PyObject *module, PyObject *arguments);
PyObject *sla_py_quick_events(PyObject *module, PyObject *pieces);
PyObject *sla_py_quick_kind_reader(PyObject *module, PyObject *kinds);
PyObject *sla_py_quick_text_reader(PyObject *module, PyObject *number);

/* An event with a copy of its piece, which `length` bytes at `at` are. */
PyObject *sla_py_quick_event(const char *at, size_t length);

#endif
