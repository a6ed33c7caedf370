"""Many instants or spans at once, through the buffer protocol.

What comes in decides what goes out:

    array('q') and other memory of      microseconds since 1970 UTC; out: array('q')
    int64 (memoryview, ctypes)
    numpy int64                         the same; out: numpy int64
    numpy datetime64, timedelta64       without a zone, so UTC; out: the same in microseconds
    pandas Series of aware timestamps,  out: a Series with its index, in its zone; of int64
    of int64, of instants               where int64 came in
    anything else that iterates         instants or spans one by one; out: a list

What is not there makes an answer that is not there: NaT, which as int64 is the smallest one also
where that is what came in, what a mask of numpy.ma hides, and what isna() is of a column.  In a
list that is NaT again, or None without pandas.  Two columns of pandas have the same index.  numpy
and pandas are needed by nobody else.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Callable, Iterator, Protocol, Sequence, Union

from sla._sla import ffi
from sla.errors import ArgumentError, RangeError, SlaError
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

#: Microseconds in a unit of numpy, and the most that are surely told as int64.
_UNITS = {
    "Y": 31556952e6, "M": 2629746e6, "W": 604800e6, "D": 86400e6, "h": 3600e6, "m": 60e6, "s": 1e6, "ms": 1e3,
}  # fmt: skip
_MOST = 2.0**62

_NATIVE = "@=" + ("<" if sys.byteorder == "little" else ">")


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
    return _pandas(values, microseconds, "instant") or _buffer(values) or _listed(values, microseconds, "instant")


def spans_column(values: Any) -> Column:
    """Of spans, or of the one that is for all."""
    if isinstance(values, (str, timedelta)):
        return _column(array("q", [span_microseconds(values)]), _same, _same)
    values = _unmasked(values)
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if kind == "m":
        return _times(values.to_numpy() if hasattr(values, "to_numpy") else values, "timedelta64")
    return _pandas(values, span_microseconds, "span") or _buffer(values) or _listed(values, span_microseconds, "span")


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
    if values.dtype.kind not in "iMm":
        raise ArgumentError(f"a masked row is one of int64, datetime64 or timedelta64, not {values.dtype}")
    return values.filled(_NOT_THERE if values.dtype.kind == "i" else numpy.array("NaT", values.dtype))


def results(count: int) -> tuple[Any, CData]:
    """Room for `count` int64."""
    room = array("q", (0,)) * count
    return room, ffi.from_buffer("int64_t[]", room, True)


def _column(memory: Any, instants: Callable[[Any], Any], spans: Callable[[Any], Any]) -> Column:
    return _column_at(ffi.from_buffer("int64_t[]", memory), instants, spans)


def _column_at(
    pointer: CData, instants: Callable[[Any], Any], spans: Callable[[Any], Any], nano: bool = False
) -> Column:
    """As many as the memory holds: what derives from an array may say another length."""
    return Column(pointer, len(pointer), instants, spans, nano)


def _buffer(values: Any) -> Column | None:
    """int64 in memory; None for what has no memory to show."""
    try:
        view = memoryview(values)
    except TypeError:
        return None
    except ValueError as error:  # it is released
        raise ArgumentError(f"the row has no memory any more: {error}") from None
    with view:
        memory = _plain(view, values)
    shape = _numpy if hasattr(values, "dtype") else _same
    return _column(memory, shape, shape)


def _plain(view: memoryview, values: Any) -> Any:
    """What is in one piece already, or a copy that is."""
    if view.itemsize != 8 or view.format.lstrip(_NATIVE) not in ("q", "l") or view.ndim != 1:
        numbers = view.ndim == 1 and getattr(getattr(values, "dtype", None), "kind", "") in ("i", "u")
        raise ArgumentError(
            f"a row of int64 is wanted, microseconds since 1970 UTC, not {view.ndim} dimensions of {view.format!r}"
            + '; say .astype("int64")' * numbers
        )
    return values if view.c_contiguous else array("q", view.tobytes())


def _same(room: Any) -> Any:
    return room


def _numpy(room: Any) -> Any:
    return sys.modules["numpy"].frombuffer(room, "int64")


def _times(values: Any, kind: str = "datetime64") -> Column:
    """numpy's own times.  Nanoseconds, which is what pandas has, are counted by C as they lie."""
    if values.ndim != 1:
        raise ArgumentError(f"a row is wanted, not {values.ndim} dimensions")
    nano = values.dtype == f"{kind}[ns]"
    _check_far(values, "instant" if kind == "datetime64" else "span")
    counted = (values if nano else values.astype(f"{kind}[us]")).view("int64")
    counted = counted if counted.flags.c_contiguous else counted.copy()
    return _column_at(
        ffi.from_buffer("int64_t[]", counted),
        lambda room: _in_microseconds(room, nano).view("datetime64[us]"),
        lambda room: _in_microseconds(room, nano),
        nano,
    )


def _check_far(values: Any, what: str) -> None:
    """Raises RangeError for what int64 cannot say in microseconds: numpy would take something else."""
    numpy = sys.modules["numpy"]
    unit, step = numpy.datetime_data(values.dtype)
    said = _vague(unit, what)
    if said and not numpy.isnat(values).all():
        raise ArgumentError(said)
    if unit not in _UNITS:
        return
    far = ~numpy.isnat(values) & (abs(values.astype("int64").astype(float)) * (step * _UNITS[unit]) > _MOST)
    if far.any():
        said = "outside the years 1900 to 2199" if what == "instant" else "a span is not longer than 300 years"
        raise numbered(RangeError(said), what, int(far.argmax()))


def _vague(unit: str, what: str) -> str:
    """What is wrong with a unit of numpy that does not say how long it is."""
    if unit == "generic":
        return f'the {what}s have no unit; say one, such as .astype("{"datetime" if what == "instant" else "timedelta"}64[us]")'
    if unit in ("Y", "M") and what == "span":
        return "months and years have no fixed length; write weeks, days or what is shorter"
    return ""


def _in_microseconds(room: Any, nano: bool) -> Any:
    """numpy's timedelta64; what is not there stays so."""
    counted = _numpy(room)
    return counted.view("timedelta64[ns]").astype("timedelta64[us]") if nano else counted.view("timedelta64[us]")


def _series(series: Any) -> Column:
    """A column of pandas, whose zone is known."""
    zone = getattr(series.dtype, "tz", None)
    if zone is None:
        raise ArgumentError("the column has no time zone; say series.dt.tz_localize('Asia/Shanghai')")
    times = _times(series.to_numpy("datetime64[ns]"))
    moments = sys.modules["pandas"].DatetimeIndex
    return Column(
        times.pointer,
        times.count,
        # by way of UTC, which pandas takes as it is
        lambda room: _beside(series, moments(_numpy(room), tz="UTC").tz_convert(zone).array),
        lambda room: _beside(series, _numpy(room).view("timedelta64[ns]")),
        times.nano,
    )


def _beside(column: Any, answers: Any, kind: Any = None) -> Any:
    """A column of answers that stands beside that of the questions."""
    pandas = sys.modules["pandas"]
    if isinstance(column, pandas.Index):
        return pandas.Index(answers, dtype=kind, name=column.name)
    return pandas.Series(answers, column.index, dtype=kind, name=column.name)


def _pandas(column: Any, counted: Callable[[Any], int], what: str) -> Column | None:
    """A column of counts, texts or other objects; None for what is no column of pandas."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None or not isinstance(column, (pandas.Series, pandas.Index)):
        return None
    if column.dtype.kind != "i":
        gaps = zip(column, column.isna())
        kept = _listed([pandas.NaT if gap else value for value, gap in gaps], counted, what)
        return Column(
            kept.pointer,
            kept.count,
            lambda room: _beside(column, pandas.to_datetime(kept.instants(room))),
            lambda room: _beside(column, pandas.to_timedelta(kept.spans(room))),
        )
    if column.isna().any():
        column = column.fillna(_NOT_THERE)

    def counts(room: Any) -> Any:
        answers = _beside(column, _numpy(room), column.dtype)
        return answers if answers.dtype == "int64" else answers.mask(answers == _NOT_THERE)

    rows = _buffer(column.to_numpy(getattr(column.dtype, "numpy_dtype", column.dtype)))
    assert rows is not None
    return Column(rows.pointer, rows.count, counts, counts)


def _listed(values: Any, counted: Callable[[Any], int], what: str) -> Column:
    """One by one; the answers come in the zone of the first, where that has one."""
    if not hasattr(values, "__iter__"):
        raise ArgumentError(f"a row of {what}s is wanted, not {type(values).__name__}")
    kept = list(values)
    memory = array("q")
    try:
        memory.extend(_NOT_THERE if _absent(one) else counted(one) for one in kept)
    except SlaError as error:
        raise numbered(error, what, len(memory)) from None
    first = next((one for one in kept if not _absent(one)), None)
    zone = getattr(first, "tzinfo", None) or timezone.utc
    gap = getattr(sys.modules.get("pandas"), "NaT", None)
    return _column(
        memory,
        lambda room: [gap if one == _NOT_THERE else instant(one, zone) for one in room],
        lambda room: [gap if one == _NOT_THERE else timedelta(microseconds=one) for one in room],
    )


def _absent(value: Any) -> bool:
    """NaT of pandas, which is a datetime and the only one that does not equal itself."""
    return isinstance(value, datetime) and value != value


def numbered(error: SlaError, what: str, index: int) -> SlaError:
    """The complaint with the number of its value."""
    again = type(error)(f"{what} {index}: {error.text}", code=error.code)
    again.index = index
    return again
