/* _quick.c - the module `sla._sla_quick` (_quick.h): an engine's facts one by one, and its events.
 */
#include "_quick.h"

sla_py_known sla_py_quick;

/* Names of a holder's members. */
enum { POINTER, INSIDE, NAMES };
static const char *const NAME_TEXTS[NAMES] = {"pointer", "inside"};
static PyObject *names[NAMES];

/* An engine, as quick as can be. */
typedef struct quick {
    PyObject ob_base;
    PyObject *holder; /* says whether it may be used, and frees it */
    PyObject *next;   /* (holder, this, now, 1) -> a list, when another thread is in */
    PyObject *kept;   /* events (_quick_events.c) */
    sla_py_engine *own;
} quick;

/* ---- the engine */

/* 1 where nobody is in and it is open.  What comes until the interpreter runs again comes alone. */
static int is_free(const quick *self)
{
    PyObject *pointer = PyObject_GetAttr(self->holder, names[POINTER]);
    PyObject *inside = pointer != NULL ? PyObject_GetAttr(self->holder, names[INSIDE]) : NULL;
    int found = inside == NULL ? -1 : pointer != Py_None && inside == Py_False;

    Py_XDECREF(pointer);
    Py_XDECREF(inside);
    return found;
}

static PyObject *answer_of(const sla_answer *said, int result)
{
    if (result == SLA_OK && !said->late && !said->no_effect && !said->refused &&
        said->seq < PyTuple_Size(sla_py_quick.answers)) {
        PyObject *answer = PyTuple_GetItem(sla_py_quick.answers, (Py_ssize_t)said->seq);

        Py_INCREF(answer);
        return answer;
    }
    return PyObject_CallFunction(
        sla_py_quick.answer, "kOOOsO", (unsigned long)said->seq, said->late ? Py_True : Py_False,
        said->no_effect ? Py_True : Py_False, said->refused ? Py_True : Py_False,
        said->refused ? said->rule : "", result == SLA_DUPLICATE ? Py_True : Py_False);
}

/* The answer; NULL and no exception for what is not done here, and was not. */
static PyObject *recorded(quick *self, const sla_py_plain *made)
{
    sla_answer said;
    int result = is_free(self);

    if (result != 1)
        return NULL;
    result = sla_engine_record(self->own->engine, &made->fact, made->recorded_at, &said, NULL);
    return result == SLA_OK || result == SLA_DUPLICATE ? answer_of(&said, result) : NULL;
}

/* record(given, ticket, fact, id, attributes, occurred_at, now): the answer, or None for what is
 * not plain, is refused, or has to wait. */
static PyObject *quick_record(PyObject *self, PyObject *arguments)
{
    PyObject *answer = NULL;
    sla_py_plain made;

    if (sla_py_plain_of_arguments(arguments, &made) == 1)
        answer = recorded((quick *)self, &made);
    sla_py_plain_fini(&made);
    if (answer != NULL || PyErr_Occurred())
        return answer;
    Py_RETURN_NONE;
}

/* ---- events */

/* What is due, one after the other. */
typedef struct poll {
    PyObject ob_base;
    quick *engine;
    sla_time now;
    bool is_over;
} poll;

static PyTypeObject *poll_type;

/* An engine makes one. */
static PyObject *poll_refuse(PyTypeObject *type, PyObject *arguments, PyObject *named)
{
    (void)type, (void)arguments, (void)named;
    PyErr_SetString(PyExc_TypeError, "Engine.poll makes one");
    return NULL;
}

static PyObject *poll_new(quick *engine, sla_time now)
{
    poll *self = (poll *)PyType_GenericAlloc(poll_type, 0);

    if (self != NULL) {
        Py_INCREF(engine);
        self->engine = engine;
        self->now = now;
    }
    return (PyObject *)self;
}

/* When another thread is in, or it is closed. */
static PyObject *next_slowly(poll *self)
{
    quick *engine = self->engine;
    PyObject *told = PyObject_CallFunction(engine->next, "OOLi", engine->holder, engine,
                                           (long long)self->now, 1);
    PyObject *event = NULL;

    self->is_over = told != NULL && PyList_Size(told) == 0;
    if (told != NULL && !self->is_over)
        event = PyList_GetItem(told, 0);
    Py_XINCREF(event);
    Py_XDECREF(told);
    return event;
}

static PyObject *poll_next(PyObject *object)
{
    poll *self = (poll *)object;
    const quick *engine = self->engine;
    PyObject *event;
    int found = self->is_over ? 0 : is_free(engine);

    if (self->is_over || found < 0)
        return NULL;
    if (found == 0)
        return next_slowly(self);
    if (PyList_Size(engine->kept) > 0)
        return sla_py_way_first_kept(engine->kept);
    if (engine->own->events->count == 0 && sla_engine_wakeup(engine->own->engine) > self->now) {
        self->is_over = true;
        return NULL;
    }
    /* first, for the collector may run now, and somebody's code with it */
    event = PyType_GenericAlloc((PyTypeObject *)sla_py_quick.event, 0);
    found = event != NULL ? is_free(engine) : -1;
    if (found == 1) {
        found = sla_py_way_next(engine->own, self->now, event);
        self->is_over = found == 0;
        if (found == 1)
            return event;
        Py_CLEAR(event);
        return NULL;
    }
    Py_XDECREF(event);
    return found == 0 ? next_slowly(self) : NULL;
}

static void poll_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);

    Py_XDECREF(((poll *)object)->engine);
    PyObject_Free(object);
    Py_DECREF(type);
}

/* poll(now): an iterator, or None where `now` is no plain instant. */
static PyObject *quick_poll(PyObject *object, PyObject *now)
{
    quick *self = (quick *)object;
    sla_time at = 0;
    int result = 1;

    if (now == Py_None)
        at = sla_py_machine_now();
    else
        result = sla_py_read_instant(now, &at);
    if (result == 1)
        return poll_new(self, at);
    if (result < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* poll_at(microseconds) */
static PyObject *quick_poll_at(PyObject *object, PyObject *now)
{
    const sla_time at = PyLong_AsLongLong(now);

    if (at == -1 && PyErr_Occurred())
        return NULL;
    return poll_new((quick *)object, at);
}

/* take(the engine, now, n, told), under the holder's lock: a code, 0 where all went well. */
static PyObject *quick_take(PyObject *object, PyObject *arguments)
{
    const quick *self = (quick *)object;
    PyObject *engine, *told;
    long long now;
    Py_ssize_t n;
    int result;

    if (!PyArg_ParseTuple(arguments, "OLnO", &engine, &now, &n, &told))
        return NULL;
    result = sla_py_way_take(self->own, self->kept, now, (size_t)n, told);
    return result <= 0 ? PyLong_FromLong(result) : NULL;
}

/* hand(told), under the lock as well */
static PyObject *quick_hand(PyObject *object, PyObject *told)
{
    const quick *self = (quick *)object;

    if (!sla_py_way_hand(self->own, self->kept, told))
        return NULL;
    Py_RETURN_NONE;
}

/* keep(told): nobody got them. */
static PyObject *quick_keep(PyObject *object, PyObject *told)
{
    if (!sla_py_way_keep(((quick *)object)->kept, told))
        return NULL;
    Py_RETURN_NONE;
}

/* wakeup(the engine), under the lock: microseconds */
static PyObject *quick_wakeup(PyObject *object, PyObject *engine)
{
    const quick *self = (quick *)object;
    const bool is_there = PyList_Size(self->kept) > 0 || self->own->events->count > 0;

    (void)engine;
    return PyLong_FromLongLong(is_there ? SLA_TIME_MIN : sla_engine_wakeup(self->own->engine));
}

/* ---- the module */

/* Quick(holder, address of the sla_py_engine, next) */
static PyObject *quick_new(PyTypeObject *type, PyObject *arguments, PyObject *named)
{
    PyObject *holder, *address, *next;
    quick *self;

    (void)named;
    if (!PyArg_UnpackTuple(arguments, "Quick", 3, 3, &holder, &address, &next))
        return NULL;
    self = (quick *)PyType_GenericAlloc(type, 0);
    if (self == NULL)
        return NULL;
    self->own = PyLong_AsVoidPtr(address);
    Py_INCREF(holder);
    self->holder = holder;
    Py_INCREF(next);
    self->next = next;
    self->kept = PyList_New(0);
    if (self->own == NULL && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "there is no engine");
    if (self->own == NULL || self->kept == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void quick_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    quick *self = (quick *)object;

    Py_XDECREF(self->holder);
    Py_XDECREF(self->next);
    Py_XDECREF(self->kept);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyMethodDef quick_methods[] = {
    {"record", quick_record, METH_VARARGS, NULL}, {"poll", quick_poll, METH_O, NULL},
    {"poll_at", quick_poll_at, METH_O, NULL},     {"take", quick_take, METH_VARARGS, NULL},
    {"hand", quick_hand, METH_O, NULL},           {"keep", quick_keep, METH_O, NULL},
    {"wakeup", quick_wakeup, METH_O, NULL},       {NULL, NULL, 0, NULL},
};

static PyType_Slot quick_slots[] = {
    {Py_tp_new, quick_new},
    {Py_tp_dealloc, quick_dealloc},
    {Py_tp_methods, quick_methods},
    {0, NULL},
};

static PyType_Spec quick_spec = {"sla._sla_quick.Quick", sizeof(quick), 0, Py_TPFLAGS_DEFAULT,
                                 quick_slots};

static PyType_Slot poll_slots[] = {
    {Py_tp_new, poll_refuse},
    {Py_tp_dealloc, poll_dealloc},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, poll_next},
    {0, NULL},
};

static PyType_Spec poll_spec = {"sla._sla_quick.Poll", sizeof(poll), 0, Py_TPFLAGS_DEFAULT,
                                poll_slots};

/* prepare(epoch, Fact, Event, Answer, answers) */
static PyObject *prepare(PyObject *module, PyObject *arguments)
{
    PyObject *given[5], **places[5] = {&sla_py_quick.epoch, &sla_py_quick.fact, &sla_py_quick.event,
                                       &sla_py_quick.answer, &sla_py_quick.answers};

    (void)module;
    if (!PyArg_UnpackTuple(arguments, "prepare", 5, 5, &given[0], &given[1], &given[2], &given[3],
                           &given[4]))
        return NULL;
    for (size_t i = 0; i < 5; i++) {
        PyObject *before = *places[i];

        Py_INCREF(given[i]);
        *places[i] = given[i];
        Py_XDECREF(before);
    }
    Py_RETURN_NONE;
}

static PyMethodDef module_methods[] = {
    {"prepare", prepare, METH_VARARGS, NULL},
    {"pack", sla_py_quick_pack, METH_VARARGS, NULL},
    {"events", sla_py_quick_events, METH_O, NULL},
    {"kind_reader", sla_py_quick_kind_reader, METH_O, NULL},
    {"text_reader", sla_py_quick_text_reader, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "sla._sla_quick", NULL, -1, module_methods, NULL, NULL, NULL, NULL};

bool sla_py_intern(const char *const *texts, PyObject **out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = PyUnicode_InternFromString(texts[i]);
        if (out[i] == NULL)
            return false;
    }
    return true;
}

PyMODINIT_FUNC PyInit__sla_quick(void);

PyMODINIT_FUNC PyInit__sla_quick(void)
{
    PyObject *module = PyModule_Create(&definition);
    PyObject *type = PyType_FromSpec(&quick_spec);

    poll_type = (PyTypeObject *)PyType_FromSpec(&poll_spec);
    sla_py_quick.piece = PyUnicode_InternFromString("_piece");
    sla_py_quick.nothing = PyUnicode_InternFromString("");
    if (module != NULL && type != NULL && poll_type != NULL && sla_py_quick.piece != NULL &&
        sla_py_quick.nothing != NULL && sla_py_intern(NAME_TEXTS, names, NAMES) &&
        sla_py_plain_prepare() && PyModule_AddObject(module, "Quick", type) == 0)
        return module;
    Py_XDECREF(type);
    Py_XDECREF(module);
    return NULL;
}
