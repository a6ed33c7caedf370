"""Arguments of the wrong kind, refused by name: what was given, and what is wanted instead.

Nothing here is called where an answer comes in a microsecond, unless that has failed already.
"""

from __future__ import annotations

import math
from enum import IntEnum
from operator import index
from os import PathLike, fsdecode, fsencode, fspath
from pathlib import Path
from typing import Any, TypeVar

from sla.errors import ArgumentError, SlaError
from sla.instants import span_microseconds

_Member = TypeVar("_Member", bound=IntEnum)

#: Numbers of C that options and arguments become.
INT32, UINT32, SIZE = 2**31 - 1, 2**32 - 1, 2**63 - 1


def wanted(what: str, value: object, name: str) -> ArgumentError:
    """`name` is `what`, and `value` is not."""
    shown = repr(value) if isinstance(value, (int, float, str)) else type(value).__name__
    return ArgumentError(f"{name} is {what}, not {shown[:60]}")


def whole(value: object, name: str, low: int, high: int) -> int:
    """A whole number, from `low` to `high`; numpy's as well."""
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise wanted("a whole number", value, name) from None
    if low <= number <= high:
        return number
    raise wanted(f"a whole number from {low} to {high}" if high < SIZE else f"{low} or more", value, name)


def member(value: object, kind: type[_Member], name: str) -> _Member:
    """A member of an enumeration, or its number."""
    try:
        return kind(value)  # type: ignore[arg-type]
    except ValueError:
        members = ", ".join(f"{kind.__name__}.{one.name}" for one in kind)
        raise wanted(f"one of {members}", value, name) from None


def text_of(value: object, name: str) -> str:
    """A text that C can be given whole."""
    if not isinstance(value, str):
        raise ArgumentError(f"{name} is a text, not {type(value).__name__}")
    if "\0" in value:
        raise ArgumentError(f"{name} has the character U+0000 in it; leave it out")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ArgumentError(f"{name} has half of a surrogate pair in it") from None
    return value


def path_of(value: Any, what: str, name: str) -> Path:
    """A path that a file can have."""
    given = fspath(instance(value, (str, PathLike), what, name))
    try:
        data = fsencode(given)
    except UnicodeEncodeError:
        data = b""
    if not data or b"\0" in data:
        raise wanted(what, given, name)
    return Path(fsdecode(given))


def source_of(path: Path) -> str:
    """What complaints call a file: what is no text in its name shows as "?"."""
    return path.name.encode("utf-8", "replace").decode()


def seconds_of(value: object, name: str) -> float:
    """Seconds of a loop, 0 or more; as many as one likes."""
    if not isinstance(value, (int, float)) or value != value or value < 0:
        raise wanted("seconds, 0 or more", value, name)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def span_of(value: Any, name: str) -> int:
    """Microseconds of a span, 0 or more."""
    try:
        counted = span_microseconds(value)
    except SlaError as error:
        raise type(error)(f"{name}: {error.text}", code=error.code) from None
    if counted < 0:
        raise ArgumentError(f"{name} is a span of 0 or more, not {value}")
    return counted


def mark_of(value: object, name: str) -> bool:
    """True or False; a text counts as neither."""
    if isinstance(value, (str, bytes)) or value is None:
        raise wanted("True or False", value, name)
    return bool(value)


def instance(value: Any, kind: type | tuple[type, ...], what: str, name: str) -> Any:
    """Something of a type, or of one of several."""
    if isinstance(value, kind):
        return value
    raise wanted(what, value, name)


def refusals_of(rejected: object) -> None:
    """What takes refused facts."""
    if rejected is not None and not isinstance(rejected, list) and not callable(rejected):
        raise wanted("a list or a function", rejected, "rejected")


def json_of(given: Any, what: str, name: str) -> bytes:
    """JSON as bytes, from a text or bytes of any kind."""
    instance(given, (str, bytes, bytearray, memoryview), f"{what}, as str or bytes", name)
    return given.encode("utf-8", "surrogatepass") if isinstance(given, str) else bytes(given)
