"""Values of tables as facts want them: instants, spans, texts, attributes.

What cannot be read raises ValueError with a sentence that says what to write instead.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from numbers import Real
from typing import Callable, Iterable, Union
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla._arguments import instance
from sla.errors import ArgumentError, SlaError, ZoneError
from sla.facts import LONGEST, Value
from sla.instants import MICROSECOND, microseconds, span_microseconds

#: How instants that are written in another way are read: a format of `strptime`, or a function.
TimeFormat = Union[str, Callable[[str], datetime]]

#: Units that a plain number may be counted in.
UNITS = {
    "seconds": timedelta(seconds=1) // MICROSECOND,
    "minutes": timedelta(minutes=1) // MICROSECOND,
    "hours": timedelta(hours=1) // MICROSECOND,
    "days": timedelta(days=1) // MICROSECOND,
}

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_CIVIL = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)
_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d[\d:.]*(?:[Zz]|[+-][\d:]+)", re.ASCII)
_SPAN = re.compile(r"(?:(\d+) days?,? )?(\d+):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?", re.ASCII)


def zone_of(given: tzinfo | str | None) -> tzinfo | None:
    """A zone by name ("Asia/Shanghai") or offset ("+08:00"), or as it is.  Raises ZoneError."""
    if given is None or isinstance(given, tzinfo):
        return given
    offset = _OFFSET.fullmatch(instance(given, str, 'a name, such as "Asia/Shanghai", or a tzinfo', "zone"))
    if offset is not None:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        if span < timedelta(days=1):
            return timezone(-span if offset[1] == "-" else span)
    try:
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ZoneError(f'{given!r} is no zone, such as "Asia/Shanghai" or "+08:00"') from None


class Reading:
    """How the values of a table are read.

    zone         of instants that do not say how far from UTC they are
    time_format  of texts that are not written as 2026-03-02 09:00
    missing      texts that stand for no value
    """

    def __init__(self, zone: tzinfo | str | None, time_format: TimeFormat | None, missing: Iterable[str]) -> None:
        self.zone = zone_of(zone)
        self.time_format = time_format
        self.missing = frozenset([missing] if isinstance(missing, str) else missing) | {""}

    def is_missing(self, value: object) -> bool:
        """An empty field, None, NaN, NaT."""
        if isinstance(value, str):
            return value in self.missing
        if value is None or type(value).__name__ == "NAType":
            return True
        if isinstance(value, Decimal):
            return value.is_nan()  # one that signals cannot be compared
        try:
            return bool(value != value)  # whatever library it is of
        except Exception:
            return False  # several values; who reads it says what is wanted

    def instant(self, value: object) -> int:
        """Microseconds since 1970 UTC."""
        try:
            if isinstance(value, datetime):
                return self._of_datetime(value, value)
            if not isinstance(value, str):
                raise ValueError(f"{value!r} is not an instant, but {type(value).__name__}")
            if self.time_format is not None:
                return self._of_datetime(self._formatted(value), value)
            if _WITH_OFFSET.fullmatch(value):
                return microseconds(value[:10] + "T" + value[11:])
            if _CIVIL.fullmatch(value):
                padded = value.ljust(26, "0") if "." in value else value  # Python 3.9 wants all digits
                return self._of_datetime(datetime.fromisoformat(padded), value)
        except SlaError as error:
            raise ValueError(error.text) from None
        except ValueError as error:
            if not isinstance(value, str) or self.time_format is not None:
                raise
            raise ValueError(f'"{value}": {error}') from None
        raise ValueError(
            f'"{value}" is not an instant, such as 2026-03-02T09:00:00+08:00 or, with zone=, 2026-03-02 09:00 or '
            "2026-03-02; time_format= says how others are written"
        )

    def _of_datetime(self, value: datetime, shown: object) -> int:
        if value.tzinfo is None:
            if self.zone is None:
                raise ValueError(
                    f'"{shown}" does not say how far from UTC it is: give zone=, such as zone="Asia/Shanghai"'
                )
            value = value.replace(tzinfo=self.zone)
        return microseconds(value)

    def _formatted(self, value: str) -> datetime:
        how = self.time_format
        try:
            read = datetime.strptime(value, how) if isinstance(how, str) else how(value)  # type: ignore[misc]
        except ValueError as error:
            raise ValueError(f'"{value}" is not written as time_format= says: {error}') from None
        if not isinstance(read, datetime):
            raise ArgumentError(f"time_format gives a datetime, not {type(read).__name__}")
        return read

    def span(self, value: object, unit: str) -> int:
        """Microseconds of PT90M, 1:30, 1:30:00, 2 days 1:30:00, a timedelta, or a number of
        `unit`."""
        counted = self._span(value, unit)
        if abs(counted) > LONGEST:
            raise ValueError(f'"{value}" is longer than 300 years')
        return counted

    def _span(self, value: object, unit: str) -> int:
        try:
            if isinstance(value, timedelta):
                return span_microseconds(value)
            text = str(value).strip()
            if unit and _NUMBER.fullmatch(text):
                return round(float(text) * UNITS[unit])
            if unit:
                raise ValueError
            parts = _SPAN.fullmatch(text)
            if parts is not None:
                days, hours, minutes, seconds = (float(part or 0) for part in parts.groups())
                return round((days * 86400 + hours * 3600 + minutes * 60 + seconds) * 1e6)
            return span_microseconds(text)
        except (ValueError, OverflowError):
            wanted = f"a number of {unit}" if unit else "a span, such as PT90M, 1:30 or 1:30:00"
            hint = "" if unit else "; :minutes behind the member takes a number"
            raise ValueError(f'"{value}" is not {wanted}{hint}') from None

    def text(self, value: object) -> str:
        """As a text: numbers of a ticket lose the .0 that a column with gaps gave them.  Other
        objects than those with one way to be written have none."""
        if isinstance(value, str):
            return value
        if hasattr(value, "item"):
            value = value.item()  # of numpy
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, (date, time)):
            return value.isoformat()
        if isinstance(value, (Real, Decimal, UUID, timedelta)):
            return str(value)
        raise ValueError(f"a text is wanted, not {type(value).__name__}")

    def attribute(self, value: object, kind: str) -> Value:
        """An attribute: `kind` is text, int, bool, or "" for what it looks like."""
        if kind == "text":
            return self.text(value)
        if hasattr(value, "item") and not isinstance(value, str):
            value = value.item()  # of numpy
        found: object = value
        if isinstance(value, str):
            if _WHOLE.fullmatch(value):
                found = int(value)
            elif value.lower() in ("true", "false") and (kind == "bool" or value.islower()):
                found = value.lower() == "true"
        elif isinstance(value, float) and value.is_integer():
            found = int(value)
        if kind == "int" and (not isinstance(found, int) or isinstance(found, bool)):
            raise ValueError(f'"{value}" is not a whole number')
        if kind == "bool" and not isinstance(found, bool):
            raise ValueError(f'"{value}" is neither true nor false')
        if isinstance(found, datetime) and found.tzinfo is None:
            return self.text(found)
        if isinstance(found, (str, int, datetime)):
            return found
        raise ValueError(f'"{value}" is no whole number; :text behind the member takes it as it is written')

    def whole(self, value: object) -> int:
        """A number from 0."""
        found = self.attribute(value, "int")
        if not isinstance(found, int) or not 0 <= found < 2**32:
            raise ValueError(f'"{value}" is not a number from 0')
        return found

    def mark(self, value: object) -> bool:
        """True or false."""
        return self.attribute(value, "bool") is True
