"""Events: what fell due, or changed.

Events come from C in one piece of bytes, many at a time (_glue.h).  An `Event` keeps its piece
and reads a member when it is asked for: one that is only counted or passed on costs nothing, and
one of which a handler wants the kind and the ticket little.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator

from sla._sla import ffi, lib
from sla.instants import NEVER, instant, microseconds

if TYPE_CHECKING:
    from sla._sla import _CData as CData


class _Word(str, Enum):
    """A word of docs/events.md: equal to its text, and written as it."""

    __str__ = str.__str__

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


class Kind(_Word):
    """The stable list of what can be told."""

    WARNING = "warning"  #: a step before due
    BREACHED = "breached"  #: due passed while the clock ran
    REMINDED = "reminded"  #: repeats of a level, and steps without one
    SUPERVISED = "supervised"  #: wants an answer
    ESCALATED = "escalated"  #: the first telling of a level
    NOTICE = "notice"  #: told at once because of a fact
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"
    DUE_CHANGED = "due_changed"
    CONFIRMED = "confirmed"  #: a provisional due stands
    RETRACTED = "retracted"  #: a told event no longer holds
    BREACH_RETRACTED = "breach_retracted"
    BREACH_BACKDATED = "breach_backdated"
    FOLLOW_UP = "follow_up"  #: of a pause
    RESUMED = "resumed"  #: by the cap of a pause, not by a fact


class State(_Word):
    """Of a clock."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Agreement(_Word):
    """Whose promise it is: to a customer, between one's own units, by a supplier."""

    SLA = "sla"
    OLA = "ola"
    UC = "uc"


KINDS = (None, *Kind)  # the numbers of C begin with 1
STATES = tuple(State)
AGREEMENTS = tuple(Agreement)
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}

#: length, flags, cycle, repeat, revision, skipped, collapsed, fact_seq; at, told, started_at,
#: due_at, old_due_at, breached_at, ended_at; rank; kind, level, state, agreement
_HEAD = struct.Struct("=8I7qi4B")
_LENGTH = struct.Struct("=I")
_MOMENTS_OF, _MOMENTS_AT = struct.Struct("=7q"), 32
_KIND_AT = _HEAD.size - 4


@dataclass(frozen=True)
class Event:
    """What fell due, or changed.  docs/events.md says what each member means.

    Instants are aware, in UTC; one that does not exist is None.  `identity` is the same for the
    same event seen again, for good.
    """

    __slots__ = (
        "kind",
        "tenant",
        "ticket",
        "policy",
        "policy_version",
        "target",
        "cycle",
        "step",
        "repeat",
        "revision",
        "at",
        "told",
        "late",
        "skipped",
        "collapsed",
        "to",
        "level",
        "state",
        "started_at",
        "due_at",
        "old_due_at",
        "breached_at",
        "ended_at",
        "breached",
        "provisional",
        "provisional_attributes",
        "governs",
        "excluded",
        "adjusted_met",
        "agreement",
        "rank",
        "because",
        "reason",
        "derived",
        "fact_seq",
        "fact_id",
        "_piece",
    )

    kind: Kind
    tenant: str
    ticket: str
    policy: str
    policy_version: str
    target: str
    cycle: int
    step: str
    repeat: int
    revision: int
    at: datetime
    told: datetime
    late: bool
    skipped: int
    collapsed: int
    to: str
    level: int
    state: State
    started_at: datetime | None
    due_at: datetime | None
    old_due_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    breached: bool
    provisional: bool
    provisional_attributes: bool
    governs: bool
    excluded: bool
    adjusted_met: bool
    agreement: Agreement
    rank: int
    because: str
    reason: str
    derived: str
    fact_seq: int
    fact_id: str

    if not TYPE_CHECKING:  # a checker shall not believe that every name is a member

        def __getattr__(self, name: str) -> Any:
            """Reached when a member is still in the piece."""
            unpack = _UNPACK.get(name)
            if unpack is None:
                raise AttributeError(name)
            unpack(self, self._piece)
            return getattr(self, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _event, (self._bytes(),)

    def _bytes(self) -> bytes:
        """The piece; packed again for an event that did not come from C."""
        piece: bytes | None = getattr(self, "_piece", None)
        return _packed(self) if piece is None else piece

    @property
    def identity(self) -> str:
        """tenant/ticket/policy/target/cycle/step/repeat/revision, with `/` and `%` of the tenant
        and the ticket escaped: the id to remember in order to handle each event once."""
        tenant, ticket = (name.replace("%", "%25").replace("/", "%2F") for name in (self.tenant, self.ticket))
        return (
            f"{tenant}/{ticket}/{self.policy}/{self.target}/{self.cycle}/{self.step}/{self.repeat}/{self.revision}"
        )

    def json(self) -> str:
        """One line of JSON as in docs/events.md."""
        return _json(self._bytes(), ffi.NULL, 0)

    def cloudevent(self, *, source: str = "/sla", sequence: int = 0) -> str:
        """One line of JSON, a CloudEvents 1.0 envelope; a sequence of 0 is left out."""
        return _json(self._bytes(), source.encode(), sequence)


_SETTERS = {name: Event.__dict__[name].__set__ for name in Event.__slots__}
_set_piece = _SETTERS["_piece"]
_new = object.__new__


def _event(piece: bytes) -> Event:
    """The event of a piece."""
    event = _new(Event)
    _set_piece(event, piece)
    return event


def read_events(events: CData) -> list[Event]:
    """The events of an `sla_py_events *`, which is left as it is."""
    return list(iterate_pieces(ffi.buffer(events.data, events.used)[:])) if events.count else []


def iterate_pieces(data: bytes) -> Iterator[Event]:
    """The events of pieces in a row."""
    at, end = 0, len(data)
    length_at = _LENGTH.unpack_from
    while at < end:
        next_at = at + length_at(data, at)[0]
        event = _new(Event)
        _set_piece(event, data[at:next_at])
        yield event
        at = next_at


# ---- reading a piece: who asks for a member gets those that are read in the same way


def _unpack_kind(event: Event, piece: bytes) -> None:
    _SETTERS["kind"](event, KINDS[piece[_KIND_AT]])


def _unpack_numbers(event: Event, piece: bytes) -> None:
    (
        _, flags, cycle, repeat, revision, skipped, collapsed, fact_seq,
        _, _, _, _, _, _, _, rank, _, level, state, agreement,
    ) = _HEAD.unpack_from(piece)  # fmt: skip
    values = (
        cycle, repeat, revision, skipped, collapsed, fact_seq, rank, level, STATES[state], AGREEMENTS[agreement],
        flags & 1 != 0, flags & 2 != 0, flags & 4 != 0, flags & 8 != 0, flags & 16 != 0, flags & 32 != 0,
        flags & 64 != 0,
    )  # fmt: skip
    _set(event, _NUMBER_SETTERS, values)


def _unpack_moments(event: Event, piece: bytes) -> None:
    counted = _MOMENTS_OF.unpack_from(piece, _MOMENTS_AT)
    seen: dict[int, datetime | None] = {NEVER: None}
    for moment in counted:
        if moment not in seen:  # they are often the same
            seen[moment] = instant(moment)
    _set(event, _MOMENT_SETTERS, [seen[moment] for moment in counted])


def _unpack_texts(event: Event, piece: bytes) -> None:
    _set(event, _TEXT_SETTERS, piece[_HEAD.size : -1].decode().split("\0"))


def _set(event: Event, setters: Iterable[Callable[[Event, object], None]], values: Iterable[object]) -> None:
    for setter, value in zip(setters, values):
        setter(event, value)


_NUMBERS = (
    "cycle", "repeat", "revision", "skipped", "collapsed", "fact_seq", "rank", "level", "state", "agreement",
)  # fmt: skip
_MARKS = ("late", "breached", "provisional", "provisional_attributes", "governs", "excluded", "adjusted_met")
_MOMENTS = ("at", "told", "started_at", "due_at", "old_due_at", "breached_at", "ended_at")
_TEXTS = (
    "tenant", "ticket", "policy", "policy_version", "target", "step", "to", "because", "reason", "derived", "fact_id",
)  # fmt: skip
_NUMBER_SETTERS, _MOMENT_SETTERS, _TEXT_SETTERS = (
    [_SETTERS[name] for name in names] for names in (_NUMBERS + _MARKS, _MOMENTS, _TEXTS)
)
_UNPACK: dict[str, Callable[[Event, bytes], None]] = {
    **dict.fromkeys(_NUMBERS + _MARKS, _unpack_numbers),
    **dict.fromkeys(_MOMENTS, _unpack_moments),
    **dict.fromkeys(_TEXTS, _unpack_texts),
    "kind": _unpack_kind,
}


def _packed(event: Event) -> bytes:
    texts = [getattr(event, name) for name in _TEXTS] + [""]
    data = "\0".join(texts).encode()
    head = _HEAD.pack(
        _HEAD.size + len(data),
        sum(1 << bit for bit, name in enumerate(_MARKS) if getattr(event, name)),
        event.cycle,
        event.repeat,
        event.revision,
        event.skipped,
        event.collapsed,
        event.fact_seq,
        *(NEVER if moment is None else microseconds(moment) for moment in (getattr(event, name) for name in _MOMENTS)),
        event.rank,
        _KIND_NUMBERS[event.kind],
        event.level,
        STATES.index(event.state),
        AGREEMENTS.index(event.agreement),
    )
    return head + data


def _json(piece: bytes, source: bytes | CData, sequence: int) -> str:
    size = 2048
    while True:
        room = ffi.new("char[]", size)
        length = lib.sla_py_event_json(piece, source, sequence, room, size)
        if length < size:
            return str(ffi.string(room, length), "utf-8")
        size = length + 1
