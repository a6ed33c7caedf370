"""What cffi makes the extension from.  Not part of the installed package.

The declarations lie by subject in _cdef_*.h, in the order of this list; a test compares those
of the library with its headers.  The C beside them:

    _glue.h           what it does and why
    _glue_instant.c   instants and spans by value
    _glue_piece.c     facts and events in one piece of bytes
    _glue_engine.c    an engine asked by value
    _glue.c           ... and for many facts and events at once
    _glue_clocks.c    the clocks of many tickets at once
    _glue_calendar.c  calendars by value, and over arrays
    _glue_service.c   what would be callbacks of a service, kept until Python asks
    _glue_consumer.c  events in the inbox of their consumer
    _glue_import.c    a ticket taken over with its history
    _glue_store.c     stores opened without holding up a loop
    _glue_command.c   the command sla, for `python -m sla`
    _quick*.c         a module of its own (_quick.h): what most facts and all events are like, without cffi
"""

from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent

DECLARATIONS = [
    "_cdef_base.h",
    "_cdef_engine.h",
    "_cdef_glue.h",
    "_cdef_service.h",
    "_cdef_glue_service.h",
]

SOURCES = [
    "_glue.c",
    "_glue_engine.c",
    "_glue_clocks.c",
    "_glue_calendar.c",
    "_glue_instant.c",
    "_glue_piece.c",
    "_glue_service.c",
    "_glue_consumer.c",
    "_glue_import.c",
    "_glue_store.c",
    "_glue_command.c",
    "_quick.c",
    "_quick_events.c",
    "_quick_fact.c",
    "_quick_piece.c",
]

HEADERS = """
#include <sla/pg.h>
#include <sla/sla.h>
#include <sla/sqlite.h>
#include <sla/testing.h>
#include "_glue.h"
#include "_glue_service.h"
"""

builder = FFI()
for name in DECLARATIONS:
    builder.cdef((HERE / name).read_text(encoding="utf-8"))
builder.set_source(
    "sla._sla",
    HEADERS,
    # relative to setup.py, where setuptools wants them
    sources=[f"src/sla/{name}" for name in SOURCES],
    py_limited_api=True,
)
