"""Calendars: when do people work, and when is a need of open time spent?

A calendar is read from JSON (docs/calendar.md) and never changes afterwards; any number of
threads may ask it at the same time, and a child process may after `fork`.

Answers come in the zone of the question, and in the calendar's own where the question was a
text.  A question whose answer lies beyond the years for which the calendar was compiled raises
HorizonError.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone, tzinfo
from enum import IntEnum
from os import PathLike
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple, Sequence, Union, overload
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla._arguments import INT32, instance, json_of, mark_of, member, path_of, source_of, text_of, whole
from sla._arrays import (
    Column,
    Counts,
    Instants,
    Spans,
    Typed,
    check_index,
    instants_column,
    numbered,
    results,
    spans_column,
)
from sla._handle import text
from sla._sla import ffi, lib
from sla.errors import ArgumentError, NotFoundError, SlaError, check, error_of
from sla.instants import (
    Instant,
    Span,
    instant,
    maybe_instant,
    microseconds,
    seconds,
    seconds_of_day,
    span_microseconds,
)

if TYPE_CHECKING:
    from array import array

    from sla._sla import _CData as CData


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


#: A time of day: datetime.time or a text, "17:00" or "24:00".
TimeOfDay = Union[time, str]


class Cutoff(NamedTuple):
    """`before` of the day: that day at `today`; else `days` (1 or more) days later at `later`."""

    before: TimeOfDay
    today: TimeOfDay
    later: TimeOfDay
    days: int = 1
    workdays: bool = False  #: the days later are working dates, and a closed date counts as after
    snap: bool = False  #: a result moved by credits goes up to the next end

    def _struct(self) -> CData:
        return ffi.new(
            "sla_cutoff *",
            (
                _time_of_day(self.before, "before"),
                _time_of_day(self.today, "today"),
                whole(self.days, "days", 1, INT32),
                _time_of_day(self.later, "later"),
                mark_of(self.workdays, "workdays"),
                mark_of(self.snap, "snap"),
            ),
        )


def _time_of_day(given: TimeOfDay, name: str) -> int:
    return seconds_of_day(instance(given, (time, str), 'a time of day, such as "17:00"', name))


def _cutoff(given: Cutoff) -> CData:
    """Raises ArgumentError for what is none."""
    struct: CData = instance(given, Cutoff, "a Cutoff", "cutoff")._struct()
    if struct.today_s < struct.before_s:
        raise ArgumentError(f"today is not earlier than before in a Cutoff, and {given.today} is than {given.before}")
    return struct


_add = lib.sla_py_calendar_add
_between = lib.sla_py_calendar_between
_CLOSE = Fit.CLOSE  # a member of an enum takes cffi three times as long as a number
_FAILED: int = lib.SLA_PY_FAILED
_FAILED_SECONDS = -1e12
_ONE: int = lib.SLA_PY_ONE
_ROWS_NANO: int = lib.SLA_PY_ROWS_NANO
_OTHERS_NANO: int = lib.SLA_PY_OTHERS_NANO
_from_timestamp = datetime.fromtimestamp


class Calendar:
    """Working hours, holidays and make-up days of one zone.

    Made by `parse`, `load` or `bundled`.
    """

    __slots__ = ("_calendar", "_document", "__weakref__")

    _calendar: CData
    _document: tuple[bytes, str]

    def __init__(self) -> None:
        raise TypeError("a calendar is made by Calendar.parse, Calendar.load or Calendar.bundled")

    @classmethod
    def parse(cls, text: str | bytes, source: str = "calendar") -> Calendar:
        """Read a calendar from JSON; `source` names the text in complaints.

        Raises ParseError (no JSON), CalendarError (a value is wrong), ZoneError.
        """
        data = json_of(text, "JSON", "text")
        source = text_of(source, "source")
        out = ffi.new("sla_calendar **")
        error = ffi.new("sla_error *")
        check(lib.sla_calendar_parse(data, len(data), source.encode(), ffi.NULL, out, error), error)
        self = object.__new__(cls)
        self._calendar = out[0]
        self._document = data, source  # a service keeps it on the record
        return self

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Calendar:
        """Read a file of JSON; its name without folders is the source in complaints.

        Raises what `parse` does, ArgumentError for what is no path, OSError.
        """
        file = path_of(path, "a path", "path")
        return cls.parse(file.read_bytes(), source_of(file))

    @classmethod
    def bundled(cls, name: str) -> Calendar:
        """One that comes with the library: "24x7", "cn_office" ...  Raises NotFoundError."""
        data = lib.sla_bundled_calendar(text_of(name, "name").encode(), ffi.NULL)
        if not data:
            raise NotFoundError(f"no bundled calendar is called {name!r}; there are {', '.join(cls.bundled_names())}")
        return cls.parse(ffi.string(data), name)

    @staticmethod
    def bundled_names() -> list[str]:
        """The names that `bundled` takes."""
        names: list[str] = []
        while name := lib.sla_bundled_calendar_name(len(names)):
            names.append(text(name))
        return names

    def __del__(self) -> None:
        calendar = getattr(self, "_calendar", None)
        if calendar is not None:
            lib.sla_calendar_unref(calendar)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as its text."""
        return Calendar.parse, self._document

    def __repr__(self) -> str:
        return f"<sla.Calendar {self.name} {self.version} in {self.zone}>"

    @property
    def name(self) -> str:
        """The name by which policies ask for it."""
        return text(lib.sla_calendar_name(self._calendar))

    @property
    def version(self) -> str:
        """Its version."""
        return text(lib.sla_calendar_version(self._calendar))

    @property
    def display(self) -> str:
        """The name for people; the name where the file gives none."""
        return text(lib.sla_calendar_display(self._calendar))

    @property
    def zone(self) -> str:
        """The zone's name, as `zoneinfo.ZoneInfo` takes it."""
        return text(lib.sla_calendar_zone(self._calendar))

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

    @property
    def tzinfo(self) -> tzinfo:
        """The zone; UTC where Python has no file of it."""
        try:
            return ZoneInfo(self.zone)
        except ZoneInfoNotFoundError:
            return timezone.utc

    def _refusal(self, result: int, at: Instant, need: Span) -> SlaError:
        """What C refused with; an instant outside the years is told as everywhere."""
        microseconds(at)
        if result == ArgumentError.default_code and span_microseconds(need) < 0:
            return ArgumentError(f"need is a span of 0 or more, not {need}")
        return error_of(result)

    def _answer(self, counted: int, question: Instant) -> datetime:
        """An instant in the zone of the question."""
        return instant(counted, question.tzinfo if isinstance(question, datetime) else self.tzinfo)  # type: ignore[arg-type]

    # ---- what is open

    def is_open(self, at: Instant) -> bool:
        """Whether people work at `at`."""
        return bool(lib.sla_calendar_is_open(self._calendar, microseconds(at)))

    def provisional(self, at: Instant) -> bool:
        """Whether a due time at `at` rests on holidays that are not known yet."""
        return bool(lib.sla_calendar_provisional(self._calendar, microseconds(at)))

    def offset(self, at: Instant) -> timedelta:
        """How far the zone is ahead of UTC at `at`."""
        return timedelta(seconds=lib.sla_calendar_offset(self._calendar, microseconds(at)))

    def next_open(self, at: Instant) -> datetime:
        """The first open instant at or after `at`."""
        out = ffi.new("sla_time *")
        check(lib.sla_calendar_next_open(self._calendar, microseconds(at), out))
        return self._answer(out[0], at)

    def next_close(self, at: Instant) -> datetime:
        """The end of the open window that holds `at`, or of the next one."""
        out = ffi.new("sla_time *")
        check(lib.sla_calendar_next_close(self._calendar, microseconds(at), out))
        return self._answer(out[0], at)

    def segments(self, start: Instant, end: Instant) -> Iterator[Segment]:
        """The stretches from `start` to `end`, each the longest of one kind and one label."""
        return self._segments(microseconds(start), microseconds(end), start)

    def _segments(self, at: int, stop: int, start: Instant) -> Iterator[Segment]:
        out = ffi.new("sla_segment *")
        while at < stop:
            check(lib.sla_calendar_segment(self._calendar, at, stop, out))
            kind = SegmentKind(out.kind)
            yield Segment(self._answer(out.start, start), self._answer(out.end, start), kind, text(out.label))
            at = out.end

    # ---- spans of open time

    def add(self, at: Instant, need: Span, *, fit: Fit = Fit.CLOSE) -> datetime:
        """The first instant by which `need` of open time has passed since `at`."""
        if type(at) is datetime and type(need) is timedelta and at.tzinfo is not None:
            try:  # what is asked most, without a call of Python's
                due = _add(self._calendar, at.timestamp(), need.total_seconds(), 0 if fit is _CLOSE else member(fit, Fit, "fit"))
            except TypeError:
                microseconds(at)  # raises for a zone that does not know its offset
                raise
            zone = at.tzinfo
        else:
            how = 0 if fit is _CLOSE else member(fit, Fit, "fit")
            due = _add(self._calendar, seconds(at), span_microseconds(need) / 1000000, how)
            zone = at.tzinfo if isinstance(at, datetime) else self.tzinfo  # type: ignore[assignment]
        if due <= _FAILED_SECONDS:
            raise self._refusal(int(due - _FAILED_SECONDS), at, need)
        return _from_timestamp(due, zone)

    def sub(self, at: Instant, need: Span) -> datetime:
        """The latest instant from which `need` of open time passes until `at`."""
        out = ffi.new("sla_time *")
        result = lib.sla_calendar_sub(self._calendar, microseconds(at), span_microseconds(need), out)
        if result < 0:
            raise self._refusal(result, at, need)
        return self._answer(out[0], at)

    def between(self, start: Instant, end: Instant) -> timedelta:
        """Open time in [start, end); zero when reversed."""
        span = _between(self._calendar, seconds(start), seconds(end))
        if span < 0:
            raise error_of(span - _FAILED)
        return timedelta(microseconds=span)

    @overload
    def add_many(self, at: Counts, need: Spans, *, fit: Fit = ...) -> array[int]: ...
    @overload
    def add_many(self, at: Sequence[Instant] | Iterator[Instant], need: Spans, *, fit: Fit = ...) -> list[datetime]: ...
    @overload
    def add_many(self, at: Typed, need: Spans, *, fit: Fit = ...) -> Any: ...
    def add_many(self, at: Any, need: Any, *, fit: Fit = Fit.CLOSE) -> Any:
        """`add` for a row of instants, with one need for all or a row of needs.

        Rows are int64 in any buffer (microseconds since 1970 UTC), numpy's datetime64, pandas
        columns, or instants that iterate; the answer is of the same kind.  Two columns of pandas
        have the same index.  What is NaT on either side (as int64 the smallest) stays NaT.
        Raises HorizonError with the index of the first that has no answer; there is no answer
        for the others then.
        """
        one, how = isinstance(need, (str, timedelta)), member(fit, Fit, "fit")
        check_index(at, need)
        with instants_column(_row(at)) as rows, spans_column(need) as needs:
            return self._many(lib.sla_py_calendar_add_many, rows, needs, one, rows.instants, how)

    @overload
    def between_many(self, start: Counts, end: Instants) -> array[int]: ...
    @overload
    def between_many(self, start: Sequence[Instant] | Iterator[Instant], end: Instants) -> list[timedelta]: ...
    @overload
    def between_many(self, start: Typed, end: Instants) -> Any: ...
    def between_many(self, start: Any, end: Any) -> Any:
        """`between` for a row of starts, with one end for all or a row of ends: a row of spans,
        int64 where the instants were."""
        one = isinstance(end, (str, datetime))
        check_index(start, end)
        with instants_column(_row(start)) as rows, instants_column(end) as ends:
            return self._many(lib.sla_py_calendar_between_many, rows, ends, one, rows.spans)

    def _many(self, function: Any, rows: Column, others: Column, one: bool, shape: Any, *more: int) -> Any:
        if not one and others.count != rows.count:
            raise ArgumentError(f"{rows.count} instants and {others.count} others: give one, or as many")
        room, out = results(rows.count)
        failed = ffi.new("size_t *")
        how = _ONE * one | _ROWS_NANO * rows.nano | _OTHERS_NANO * others.nano
        result = function(self._calendar, rows.pointer, others.pointer, how, rows.count, *more, out, failed)
        if result < 0:
            raise _failed(result, failed[0])
        return shape(room)

    # ---- days

    def add_workdays(
        self,
        at: Instant,
        days: int,
        *,
        roll: Roll = Roll.FORWARD,
        end: DayEnd = DayEnd.SAME_TIME,
        fit: Fit = Fit.CLOSE,
    ) -> datetime:
        """Roll, then `days` working dates on (negative: back), then the end that was asked for."""
        kinds = member(roll, Roll, "roll"), member(end, DayEnd, "end"), member(fit, Fit, "fit")
        how = ffi.new("sla_workdays *", (whole(days, "days", -INT32, INT32), *kinds))
        out = ffi.new("sla_time *")
        check(lib.sla_calendar_add_workdays(self._calendar, microseconds(at), how, out))
        return self._answer(out[0], at)

    def add_days(self, at: Instant, days: int, *, end: DayEnd = DayEnd.SAME_TIME) -> datetime:
        """`days` dates on (negative: back), on the wall clock of the calendar's zone.

        `end` is SAME_TIME or DAY, else ArgumentError.
        """
        if member(end, DayEnd, "end") not in (DayEnd.SAME_TIME, DayEnd.DAY):
            raise ArgumentError(f"end is DayEnd.SAME_TIME or DayEnd.DAY where dates are counted, not {end!r}")
        number, out = whole(days, "days", -INT32, INT32), ffi.new("sla_time *")
        check(lib.sla_calendar_add_days(self._calendar, microseconds(at), number, end, out))
        return self._answer(out[0], at)

    def cutoff(self, at: Instant, cutoff: Cutoff) -> datetime:
        """The cut-off rule, decided by the civil time of `at`; exactly at the cut-off is after."""
        out = ffi.new("sla_time *")
        check(lib.sla_calendar_cutoff(self._calendar, microseconds(at), _cutoff(cutoff), out))
        return self._answer(out[0], at)

    def snap(self, at: Instant, cutoff: Cutoff) -> datetime:
        """The first instant at or after `at` that is an end of the cut-off rule."""
        out = ffi.new("sla_time *")
        check(lib.sla_calendar_snap(self._calendar, microseconds(at), _cutoff(cutoff), out))
        return self._answer(out[0], at)

    def end_of_day(self, at: Instant, *, close: bool = False) -> datetime:
        """The first 00:00 of a next date at or after `at`; with `close` the last closing of the
        date, or of the next working date."""
        out = ffi.new("sla_time *")
        check(lib.sla_calendar_end_of_day(self._calendar, microseconds(at), mark_of(close, "close"), out))
        return self._answer(out[0], at)


def _row(values: Any) -> Any:
    if isinstance(values, (str, datetime)):
        raise ArgumentError("a row of instants is wanted: put the one into a list")
    return values


def _failed(result: int, index: int) -> SlaError:
    error = error_of(result)
    if result == ArgumentError.default_code:  # nothing else is left
        error = ArgumentError("its need is a span of 0 or more")
    return numbered(error, "instant", index)
