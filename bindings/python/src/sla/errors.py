"""Exceptions: what went wrong, where, and what to write instead.

Every exception of the package is an `SlaError`.  Its kind is its class; `code` and `name` are
those of C (sla/error.h).  Where a person wrote the input, it also says where: `source`,
`pointer` (RFC 6901), `line`, `column`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from sla._sla import ffi, lib

if TYPE_CHECKING:
    from sla._sla import _CData as CData
    from sla.events import Event


class SlaError(Exception):
    """Something that libsla refuses or cannot do.

    code     the number of C, below 0 for errors (-10)
    name     its name ("SLA_ERR_NOT_FOUND")
    source   the file or what the caller called the text, or ""
    pointer  RFC 6901 pointer of the value at fault; "" is the whole document
    line     from 1, or 0 where it is not known; `column` likewise
    text     one line: what is wrong, and what to write instead

    Of several facts also `index`, the number of the fact from 0; of `Engine.record_many` also
    `events`, those told before it.
    """

    default_code = 0
    index: int = -1
    events: Sequence[Event] = ()

    def __init__(
        self,
        text: str = "",
        *,
        code: int | None = None,
        source: str = "",
        pointer: str = "",
        line: int = 0,
        column: int = 0,
    ) -> None:
        self.code = self.default_code if code is None else code
        self.name = _text(lib.sla_result_name(self.code))
        self.source = source
        self.pointer = pointer
        self.line = line
        self.column = column
        self.text = text or _text(lib.sla_result_text(self.code))
        super().__init__(self.text)

    def __str__(self) -> str:
        place = self.source if self.line or not self.text.startswith(self.source) else ""  # a file is named once
        if self.line:
            place += ":" if place else "line "
            place += f"{self.line}:{self.column}" if self.column else f"{self.line}"
        return ": ".join(part for part in (place, self.pointer, self.text) if part)

    def __reduce__(self) -> tuple[Any, ...]:
        members = type(self), self.text, self.code, self.source, self.pointer, self.line, self.column
        return _again, members, {"index": self.index}


def _again(kind: type[SlaError], text: str, code: int, source: str, pointer: str, line: int, column: int) -> SlaError:
    """A copied or pickled exception."""
    return kind(text, code=code, source=source, pointer=pointer, line=line, column=column)


class ArgumentError(SlaError, ValueError):
    """An argument is outside its range: also a datetime without a zone (in a fact: FactError)."""

    default_code = -2


class RangeError(ArgumentError):
    """An instant outside the years 1900 to 2199."""

    default_code = -9


class TooLongError(ArgumentError):
    """A value is longer than its limit."""

    default_code = -17


class ParseError(SlaError, ValueError):
    """A text is not well formed: no JSON, no instant, no span."""

    default_code = -3


class PolicyError(SlaError, ValueError):
    """A policy is not valid."""

    default_code = -4


class CalendarError(SlaError, ValueError):
    """A calendar is not valid."""

    default_code = -5


class ZoneError(CalendarError, LookupError):
    """The time zone is not known on this machine."""

    default_code = -7


class HorizonError(SlaError, ValueError):
    """The answer lies beyond the years for which a calendar was compiled."""

    default_code = -8


class FactError(SlaError, ValueError):
    """A fact is not valid."""

    default_code = -6


class ConflictError(FactError):
    """Another fact is on the record under the same id."""

    default_code = -12


class FutureError(FactError):
    """The fact lies further ahead than the tolerance."""

    default_code = -14


class TooLateError(FactError):
    """The fact is older than the policy accepts without `authorised_by`."""

    default_code = -15


class NotFoundError(SlaError, LookupError):
    """There is no such thing."""

    default_code = -10


class ExistsError(SlaError):
    """There is one already."""

    default_code = -11


class StateError(SlaError, RuntimeError):
    """The state of a ticket, a clock or an object does not allow it."""

    default_code = -13


class ClosedError(StateError):
    """The object is closed."""


class ForkedError(StateError):
    """The object belongs to the process that made it, and this one is its child."""


class NeedHistoryError(StateError):
    """The ticket's facts are in the store: hand them in (`supply_history`), record again."""

    default_code = 2


class BusyError(SlaError, RuntimeError):
    """Try again later; or: one thread entered an object that it is inside of."""

    default_code = -16


class OutOfMemory(SlaError, MemoryError):
    """Out of memory; nothing has changed."""

    default_code = -1


class StoreError(SlaError):
    """The store cannot be reached."""

    default_code = -19


class RefusedError(StoreError):
    """The store refuses: a content, a login, or what it is."""

    default_code = -20


class FencedError(StoreError):
    """Another service has taken over."""

    default_code = -21


class NewerError(StoreError):
    """The store was written by a newer release."""

    default_code = -22


_KINDS: dict[int, type[SlaError]] = {
    kind.default_code: kind
    for kind in (
        ArgumentError,
        RangeError,
        TooLongError,
        ParseError,
        PolicyError,
        CalendarError,
        ZoneError,
        HorizonError,
        FactError,
        ConflictError,
        FutureError,
        TooLateError,
        NotFoundError,
        ExistsError,
        StateError,
        NeedHistoryError,
        BusyError,
        OutOfMemory,
        StoreError,
        RefusedError,
        FencedError,
        NewerError,
    )
}
_KINDS[-18] = ArgumentError  # SLA_ERR_SPACE


def _text(text: CData) -> str:
    """A C string; what is no UTF-8 in it shows as U+FFFD."""
    return str(ffi.string(text), "utf-8", "replace")


def error_of(code: int, error: CData | None = None) -> SlaError:
    """The exception for a code, with what an `sla_error *` says beyond it."""
    kind = _KINDS.get(code, SlaError)
    if error is None or error.code != code:  # the complaint is of an earlier call, or none
        return kind(code=code)
    return kind(
        _text(error.text),
        code=code,
        source=_text(error.source),
        pointer=_text(error.pointer),
        line=error.line,
        column=error.column,
    )


def check(result: int, error: CData | None = None) -> int:
    """Raises what a result below 0 stands for; gives back any other.

    An `error` is used once: it is empty again afterwards.
    """
    if result >= 0:
        return result
    raise _used(result, error)


def check_ticket(result: int, ticket: str, tenant: str) -> int:
    """The same of a call about one ticket, which a NotFoundError names."""
    if result == NotFoundError.default_code:
        raise NotFoundError(f"there is no ticket {ticket!r}" + (f" of tenant {tenant!r}" if tenant else ""))
    return check(result)


def _used(result: int, error: CData | None) -> SlaError:
    raised = error_of(result, error)
    if error is not None:
        error.code = 0
    return raised
