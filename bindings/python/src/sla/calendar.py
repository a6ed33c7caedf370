"""Calendars: when do people work, and when is a need of open time spent?

A calendar is read from JSON (docs/calendar.md) and never changes afterwards; any number of
threads may ask it at the same time, and a child process may after `fork`.  Answers come in the
zone of the question: a question in Asia/Shanghai gets an answer in Asia/Shanghai.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sla._sla import ffi, lib
from sla.errors import NotFoundError, OutOfMemory, check, error_of
from sla.instants import (
    Instant,
    Span,
    instant,
    maybe_instant,
    microseconds,
    span_microseconds,
    zone_of,
)

if TYPE_CHECKING:
    from os import PathLike

    from sla._sla import CData


class Fit(IntEnum):
    """When a need fills a window exactly, it ends ..."""

    CLOSE = 0  #: when that window closes
    NEXT_OPEN = 1  #: when the next one opens


class Roll(IntEnum):
    """How an instant that begins a count of workdays gets onto a working date."""

    FORWARD = 0  #: to the next opening, unless open
    FORWARD_DAY = 1  #: a closed date to the opening of the next working date
    BACKWARD = 2  #: a closed date back to the last working date, same time of day
    NONE_KEEP_TIME = 3  #: a closed date forward to a working date, same time of day


class DayEnd(IntEnum):
    """Where on the last date a count of days ends."""

    SAME_TIME = 0
    SAME_TIME_IN_HOURS = 1  #: moved forward into hours
    LAST_HOUR = 2  #: the earlier of the same time and the last closing
    DAY = 3  #: the first 00:00 of the next date
    CLOSE = 4  #: the last closing of that date


class SegmentKind(IntEnum):
    """Why time is or is not open."""

    OPEN = 0
    MAKEUP = 1
    SPECIAL = 2
    CLOSED = 3
    HOLIDAY = 4


class Segment(NamedTuple):
    """A stretch [start, end) of one kind; `label` names the holiday or make-up day."""

    start: datetime
    end: datetime
    kind: SegmentKind
    label: str


class Calendar:
    """Working hours, holidays and make-up days of one zone.

    Made by `parse`, `load` or `bundled`.
    """

    __slots__ = ("_calendar", "__weakref__")

    def __init__(self) -> None:
        raise TypeError("a calendar is made by Calendar.parse, Calendar.load or Calendar.bundled")

    @classmethod
    def parse(cls, text: str | bytes, source: str = "calendar") -> Calendar:
        """Read a calendar from JSON; `source` names the text in complaints.

        Raises ParseError (no JSON), CalendarError (a value is wrong), ZoneError.
        """
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
        out = ffi.new("sla_calendar **")
        error = ffi.new("sla_error *")
        check(lib.sla_calendar_parse(data, len(data), source.encode(), ffi.NULL, out, error), error)
        self = object.__new__(cls)
        self._calendar = out[0]
        return self

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Calendar:
        """Read a file of JSON; its name without folders is the source in complaints."""
        path = Path(path)
        return cls.parse(path.read_bytes(), path.name)

    @classmethod
    def bundled(cls, name: str) -> Calendar:
        """One that comes with the library: "24x7", "cn_office" ...  Raises NotFoundError."""
        text = lib.sla_bundled_calendar(name.encode(), ffi.NULL)
        if not text:
            raise NotFoundError(f"no bundled calendar is called {name!r}; there are {', '.join(cls.bundled_names())}")
        return cls.parse(ffi.string(text), name)

    @staticmethod
    def bundled_names() -> list[str]:
        """The names that `bundled` takes."""
        names = []
        while text := lib.sla_bundled_calendar_name(len(names)):
            names.append(ffi.string(text).decode())
        return names

    def __del__(self) -> None:
        calendar = getattr(self, "_calendar", None)
        if calendar is not None:
            lib.sla_calendar_unref(calendar)

    def __repr__(self) -> str:
        return f"<sla.Calendar {self.name} {self.version} in {self.zone}>"

    @property
    def name(self) -> str:
        """The name by which policies ask for it."""
        return ffi.string(lib.sla_calendar_name(self._calendar)).decode()

    @property
    def version(self) -> str:
        """Its version."""
        return ffi.string(lib.sla_calendar_version(self._calendar)).decode()

    @property
    def display(self) -> str:
        """The name for people; the name where the file gives none."""
        return ffi.string(lib.sla_calendar_display(self._calendar)).decode()

    @property
    def zone(self) -> str:
        """The zone's name, as `zoneinfo.ZoneInfo` takes it."""
        return ffi.string(lib.sla_calendar_zone(self._calendar)).decode()

    @property
    def horizon(self) -> tuple[datetime, datetime]:
        """The first instant compiled, and the first one not compiled any more."""
        out = ffi.new("sla_time[2]")
        lib.sla_calendar_horizon(self._calendar, out, out + 1)
        return instant(out[0]), instant(out[1])

    @property
    def known_until(self) -> datetime | None:
        """The end of the last date whose holidays are known; None where none run out."""
        return maybe_instant(lib.sla_calendar_known_until(self._calendar))

    def provisional(self, at: Instant) -> bool:
        """Whether a due time at `at` rests on holidays that are not known yet."""
        return bool(lib.sla_calendar_provisional(self._calendar, microseconds(at)))

    def is_open(self, at: Instant) -> bool:
        """Whether people work at `at`."""
        return bool(lib.sla_calendar_is_open(self._calendar, microseconds(at)))

    def add(self, at: Instant, need: Span, *, fit: Fit = Fit.CLOSE) -> datetime:
        """The first instant by which `need` of open time has passed since `at`.

        Raises HorizonError where that lies outside the horizon.
        """
        due = lib.sla_py_calendar_add(self._calendar, microseconds(at), span_microseconds(need), fit)
        if due < lib.SLA_TIME_MIN:
            raise error_of(due - lib.SLA_PY_FAILED)
        return instant(due, zone_of(at))
