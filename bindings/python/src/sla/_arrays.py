"""Many instants or spans at once, through the buffer protocol.

What comes in decides what goes out:

    array('q'), memoryview of int64     microseconds since 1970 UTC; out: array('q')
    numpy int64                         the same; out: numpy int64
    numpy datetime64, timedelta64       without a zone, so UTC; out: the same in microseconds
    pandas Series of aware timestamps   out: a Series with its index, in its zone
    anything else that iterates         instants or spans one by one; out: a list

What is not there makes an answer that is not there: NaT, which as int64 is the smallest one also
where that is what came in, and what a mask of numpy.ma hides.  Two columns of pandas have the same
index.  numpy and pandas are needed by nobody else.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Callable, Iterator, Protocol, Sequence, Union

from sla._sla import ffi
from sla.errors import ArgumentError, SlaError
from sla.instants import Instant, Span, instant, microseconds, span_microseconds

if TYPE_CHECKING:
    from sla._sla import _CData as CData


class Typed(Protocol):
    """What is wanted of arrays of numpy and columns of pandas, which are never imported here."""

    @property
    def dtype(self) -> Any: ...


Counts = Union["array[int]", memoryview]
Spans = Union[Span, Counts, Typed, Sequence[Span], Iterator[Span]]
Instants = Union[Instant, Counts, Typed, Sequence[Instant], Iterator[Instant]]

_NOT_THERE = -(2**63)


@dataclass(frozen=True)
class Column:
    """int64 in a row, and how a result over them, which counts the same, looks to the caller."""

    pointer: CData
    count: int
    instants: Callable[[Any], Any]
    spans: Callable[[Any], Any]
    nano: bool = False  #: they count nanoseconds

    def __enter__(self) -> Column:
        return self

    def __exit__(self, *_: object) -> None:
        """Lets the memory go now: it must not stay borrowed in a traceback, since the collector
        cannot take a cycle apart that has a borrowed memoryview in it (it crashes)."""
        ffi.release(self.pointer)


def instants_column(values: Any) -> Column:
    """Of instants, or of the one that is for all.  Raises ArgumentError for what is not one of the above."""
    if isinstance(values, (str, datetime)):
        return _column(array("q", [microseconds(values)]), _same, _same)
    values = _unmasked(values)
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if kind == "M":
        return _series(values) if hasattr(values, "to_numpy") else _times(values)
    return _buffer(values) or _listed(values, microseconds, "instant")


def spans_column(values: Any) -> Column:
    """Of spans, or of the one that is for all."""
    if isinstance(values, (str, timedelta)):
        return _column(array("q", [span_microseconds(values)]), _same, _same)
    values = _unmasked(values)
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if kind == "m":
        return _times(values.to_numpy() if hasattr(values, "to_numpy") else values, "timedelta64")
    return _buffer(values) or _listed(values, span_microseconds, "span")


def check_index(values: Any, others: Any) -> None:
    """Raises ArgumentError for two columns of pandas that do not stand side by side."""
    index, other = getattr(values, "index", None), getattr(others, "index", None)
    if hasattr(index, "equals") and hasattr(other, "equals") and not index.equals(other):  # type: ignore[union-attr]
        raise ArgumentError("the columns have different indexes; say other.reindex(column.index) or other.to_numpy()")


def _unmasked(values: Any) -> Any:
    """What a mask of numpy.ma hides is not there."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(values, numpy.ma.MaskedArray):
        return values
    return values.filled(_NOT_THERE if values.dtype.kind == "i" else numpy.array("NaT", values.dtype))


def results(count: int) -> tuple[Any, CData]:
    """Room for `count` int64."""
    room = array("q", bytes(8 * count))
    return room, ffi.from_buffer("int64_t[]", room, True)


def _column(memory: Any, instants: Callable[[Any], Any], spans: Callable[[Any], Any]) -> Column:
    return Column(ffi.from_buffer("int64_t[]", memory), len(memory), instants, spans)


def _buffer(values: Any) -> Column | None:
    """int64 in memory; None for what has no memory to show."""
    try:
        view = memoryview(values)
    except TypeError:
        return None
    with view:
        memory = _plain(view, values)
    shape = _numpy if hasattr(values, "dtype") else _same
    return _column(memory, shape, shape)


def _plain(view: memoryview, values: Any) -> Any:
    """What is in one piece already, or a copy that is."""
    if view.itemsize != 8 or view.format not in ("q", "l") or view.ndim != 1:
        raise ArgumentError(
            f"a row of int64 is wanted, microseconds since 1970 UTC, not {view.ndim} dimensions of {view.format!r}"
        )
    return values if view.c_contiguous else array("q", view.tolist())


def _same(room: Any) -> Any:
    return room


def _numpy(room: Any) -> Any:
    return sys.modules["numpy"].frombuffer(room, "int64")


def _times(values: Any, kind: str = "datetime64") -> Column:
    """numpy's own times.  Nanoseconds, which is what pandas has, are counted by C as they lie."""
    if values.ndim != 1:
        raise ArgumentError(f"a row is wanted, not {values.ndim} dimensions")
    nano = values.dtype == f"{kind}[ns]"
    counted = (values if nano else values.astype(f"{kind}[us]")).view("int64")
    counted = counted if counted.flags.c_contiguous else counted.copy()
    return Column(
        ffi.from_buffer("int64_t[]", counted),
        len(counted),
        lambda room: _in_microseconds(room, nano).view("datetime64[us]"),
        lambda room: _in_microseconds(room, nano),
        nano,
    )


def _in_microseconds(room: Any, nano: bool) -> Any:
    """numpy's timedelta64; what is not there stays so."""
    counted = _numpy(room)
    return counted.view("timedelta64[ns]").astype("timedelta64[us]") if nano else counted.view("timedelta64[us]")


def _series(series: Any) -> Column:
    """A column of pandas, whose zone is known."""
    zone = getattr(getattr(series, "dt", series), "tz", None)
    if zone is None:
        raise ArgumentError("the column has no time zone; say series.dt.tz_localize('Asia/Shanghai')")
    times = _times(series.to_numpy("datetime64[ns]"))
    pandas, index = sys.modules["pandas"], getattr(series, "index", None)

    def instants(room: Any) -> Any:
        kind = pandas.DatetimeTZDtype("ns", zone)
        return with_index(_numpy(room), kind) if index is not None else pandas.DatetimeIndex(_numpy(room), dtype=kind)

    def spans(room: Any) -> Any:
        counted = _numpy(room).view("timedelta64[ns]")
        return with_index(counted, None) if index is not None else pandas.TimedeltaIndex(counted)

    def with_index(values: Any, kind: Any) -> Any:
        return pandas.Series(values, index, dtype=kind, name=series.name)

    return Column(times.pointer, times.count, instants, spans, times.nano)


def _listed(values: Any, counted: Callable[[Any], int], what: str) -> Column:
    """One by one; the answers come in the zone of the first, where that has one."""
    if not hasattr(values, "__iter__"):
        raise ArgumentError(f"a row of {what}s is wanted, not {type(values).__name__}")
    kept = list(values)
    memory = array("q")
    try:
        memory.extend(map(counted, kept))
    except SlaError as error:
        raise numbered(error, what, len(memory)) from None
    zone = getattr(kept[0], "tzinfo", None) if kept else None
    return _column(
        memory,
        lambda room: [instant(one, zone or timezone.utc) for one in room],
        lambda room: [timedelta(microseconds=one) for one in room],
    )


def numbered(error: SlaError, what: str, index: int) -> SlaError:
    """The complaint with the number of its value."""
    again = type(error)(f"{what} {index}: {error.text}", code=error.code)
    again.index = index
    return again
