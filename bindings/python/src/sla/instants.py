"""Instants and spans: Python's types outside, microseconds inside.

An instant is an aware `datetime` or a text in RFC 3339 with an offset.  A naive `datetime` is
refused: whose clock was it?  A span is a `timedelta` or a text in ISO 8601 whose units have a
fixed length ("PT4H", "P1DT12H30M"), seconds with up to six digits of fraction ("PT0.25S"); a day
is 24 hours.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from time import time_ns
from typing import Union

from sla._sla import ffi, lib
from sla.errors import ArgumentError, RangeError, error_of

Instant = Union[datetime, str]
Span = Union[timedelta, str]

_UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=_UTC)
NEVER: int = lib.SLA_NEVER
EARLIEST: int = lib.SLA_TIME_MIN
LATEST: int = lib.SLA_TIME_MAX

MICROSECOND = timedelta(microseconds=1)
_FIRST, _FINAL = EARLIEST / 1000000, LATEST / 1000000
_NOWHERE = 1e12
_LONGEST = 2**63 - 1
_TOO_LONG = "a span is not longer than 300 years"
_FRACTION = re.compile(r"\.([0-9]{1,6})S$")
_from_timestamp = datetime.fromtimestamp


def microseconds(instant: Instant) -> int:
    """Microseconds since 1970 UTC.

    Raises ArgumentError for a naive datetime, ParseError for a text that is no instant,
    RangeError outside the years 1900 to 2199.
    """
    if isinstance(instant, datetime):
        try:
            counted = (instant - EPOCH) // MICROSECOND
        except TypeError:
            raise ArgumentError(
                f"{instant.isoformat()} has no time zone; write datetime(..., tzinfo=ZoneInfo('Asia/Shanghai')) "
                "or datetime.now(timezone.utc)"
            ) from None
        if EARLIEST <= counted <= LATEST:
            return counted
        raise RangeError(f"{instant.isoformat()} lies outside the years 1900 to 2199")
    if isinstance(instant, str):
        return _parsed(instant)
    raise ArgumentError(f"an instant is an aware datetime or a text in RFC 3339, not {type(instant).__name__}")


# The instant that was asked for last: one `now` goes into a fact, its recording and a poll.
_last: tuple[object, float] = (object(), 0.0)


def seconds(instant: Instant) -> float:
    """The same in seconds, for C to take by value, which is the faster way; in these years a
    double tells microseconds apart (_glue.h)."""
    global _last
    last = _last
    if instant is last[0]:
        return last[1]
    if type(instant) is datetime and instant.tzinfo is not None:
        try:
            counted = instant.timestamp()
        except TypeError:  # its zone does not know its offset
            counted = _NOWHERE
        if _FIRST <= counted <= _FINAL:
            _last = instant, counted
            return counted
    return microseconds(instant) / 1000000


def _parsed(text: str) -> int:
    data = text.encode("utf-8", "replace")
    out = ffi.new("sla_time *")
    result = lib.sla_time_parse(data, len(data), out)
    check_text(result, text, "an instant is written 2026-03-02T09:00:00+08:00")
    return int(out[0])


def check_text(result: int, text: str, instead: str, beyond: str = "") -> None:
    """Raises where a text could not be read, or says what lies `beyond` the range."""
    if result != lib.SLA_OK:
        plain = error_of(result)
        said = instead if result == lib.SLA_ERR_SYNTAX else beyond or plain.text
        raise type(plain)(f"{text!r}: {said}", code=result)


def instant(counted: int, zone: tzinfo = _UTC) -> datetime:
    """The aware datetime of a count of microseconds, in `zone`."""
    return _from_timestamp(counted / 1000000, zone)  # as exact as _glue.h says


def maybe_instant(counted: int, zone: tzinfo = _UTC) -> datetime | None:
    """The same; None for the instant that never comes."""
    return None if counted == NEVER else instant(counted, zone)


def span_microseconds(span: Span) -> int:
    """Microseconds of a span.

    Raises ParseError for a text that is none, RangeError for one that no count of microseconds
    says.
    """
    if isinstance(span, timedelta):
        counted = span // MICROSECOND
        if -_LONGEST <= counted <= _LONGEST:
            return counted
        raise RangeError(_TOO_LONG)
    if isinstance(span, str):
        return _parsed_span(span)
    raise ArgumentError(f"a span is a timedelta or a text in ISO 8601, not {type(span).__name__}")


@lru_cache(maxsize=256)  # the same few, again and again
def _parsed_span(text: str) -> int:
    fraction = _FRACTION.search(text)
    whole = text if fraction is None else text[: fraction.start()] + "S"
    data = whole.encode("utf-8", "replace")
    out = ffi.new("sla_duration *")
    result = lib.sla_duration_parse(data, len(data), out)
    check_text(result, text, "a span is written PT4H or P1DT12H30M", _TOO_LONG)
    return int(out[0]) + (int(fraction[1].ljust(6, "0")) if fraction is not None else 0)


def span_text(counted: int) -> str:
    """A span as ISO 8601 text in hours, minutes and seconds: PT26H30M5S."""
    room = ffi.new("char[40]")
    length = lib.sla_duration_format(counted, room, 40)
    return str(ffi.string(room, length), "ascii")


def instant_text(counted: int) -> str:
    """An instant as RFC 3339 text in UTC."""
    room = ffi.new("char[40]")
    length = lib.sla_time_format(counted, room, 40)
    return str(ffi.string(room, length), "ascii")


def machine_now() -> int:
    """The machine's clock, in microseconds since 1970 UTC."""
    return time_ns() // 1000


def machine_seconds() -> float:
    """The same, as `seconds` gives it."""
    return machine_now() / 1000000


def seconds_of_day(at: time | str) -> int:
    """Seconds after 00:00 of a time of day.  Raises ParseError, ArgumentError."""
    if isinstance(at, time):
        if at.microsecond or at.tzinfo is not None:
            raise ArgumentError(f"a time of day has whole seconds and no zone: {at.isoformat()}")
        return at.hour * 3600 + at.minute * 60 + at.second
    data = at.encode("utf-8", "replace")
    out = ffi.new("int32_t *")
    check_text(lib.sla_time_of_day_parse(data, len(data), out), at, "a time of day is written 17:00 or 17:00:30")
    return int(out[0])
