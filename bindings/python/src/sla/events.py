"""Events: what fell due, or changed.

Events come from C in one piece of bytes, many at a time (_glue.h).  An `Event` keeps its piece
and reads a member when it is asked for: one that is only counted or passed on costs nothing, and
one of which a handler wants the kind and the ticket little.
"""

from __future__ import annotations

import struct
from dataclasses import FrozenInstanceError, dataclass, fields
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from sla._quick import events as quick_events, kind_reader, text_reader
from sla._sla import ffi, lib
from sla.errors import ArgumentError
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

#: length, flags, cycle, repeat, revision, skipped, collapsed, fact_seq; at, told, started_at,
#: due_at, old_due_at, breached_at, ended_at; rank; kind, level, state, agreement
_HEAD = struct.Struct("=8I7qi4B")
_MOMENTS_OF, _MOMENTS_AT = struct.Struct("=7q"), 32


@dataclass(frozen=True, eq=False)
class Event:
    """What fell due, or changed.  docs/events.md says what each member means.

    Instants are aware, in UTC; one that does not exist is None.  `identity` is the same for the
    same event seen again, for good.
    """

    __slots__ = ("_piece", "_numbers", "_moments")  # the others are read from the first

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

    if not TYPE_CHECKING:  # a checker shall see what @dataclass would write, and no other names

        def __init__(self, *given: Any, **members: Any) -> None:
            """All members, in their order or by name."""
            self._piece = _packed(_members(given, members))

        def __getattr__(self, name: str) -> Any:
            """Reached when a part of the piece has not been read yet."""
            unpack = _UNPACK.get(name)
            if unpack is None:
                raise AttributeError(f"an event has no {name!r}")
            unpack(self, self._piece)
            return getattr(self, name)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self._bytes() == other._bytes()  # type: ignore[attr-defined, no-any-return]

    def __hash__(self) -> int:
        return hash(self._bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return event_of, (self._bytes(),)

    def _bytes(self) -> bytes:
        piece: bytes = self._piece  # type: ignore[attr-defined]
        return piece

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


if not TYPE_CHECKING:
    del Event.__setattr__, Event.__delattr__  # members refuse by themselves, so what is inside is put there fast
_new = object.__new__


def event_of(piece: bytes) -> Event:
    """The event of a piece."""
    event = _new(Event)
    event._piece = piece  # type: ignore[attr-defined]
    return event


def events_of(data: bytes) -> list[Event]:
    """The events of pieces in a row."""
    found: list[Event] = quick_events(data)
    return found


# ---- what is in a piece: numbers are read together when one is asked for, moments as well

_NUMBERS = ("cycle", "repeat", "revision", "skipped", "collapsed", "fact_seq", "rank", "level", "state", "agreement")
_MARKS = ("late", "breached", "provisional", "provisional_attributes", "governs", "excluded", "adjusted_met")
_MOMENTS = ("at", "told", "started_at", "due_at", "old_due_at", "breached_at", "ended_at")
_TEXTS = (
    "tenant", "ticket", "policy", "policy_version", "target", "step", "to", "because", "reason", "derived", "fact_id",
)  # fmt: skip


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
    event._numbers = values  # type: ignore[attr-defined]


def _unpack_moments(event: Event, piece: bytes) -> None:
    seen: dict[int, datetime | None] = {NEVER: None}
    counted = _MOMENTS_OF.unpack_from(piece, _MOMENTS_AT)
    for moment in counted:
        if moment not in seen:  # they are often the same
            seen[moment] = instant(moment)
    event._moments = [seen[moment] for moment in counted]  # type: ignore[attr-defined]


_UNPACK: dict[str, Callable[[Event, bytes], None]] = {
    "_numbers": _unpack_numbers,
    "_moments": _unpack_moments,
}


def _member(name: str, read: Callable[[Any], object]) -> property:
    """One that is read and never set."""

    def refuse(event: Event, *_: object) -> NoReturn:
        raise FrozenInstanceError(f"an event does not change: {name!r} stays as it is")

    return property(read, refuse, refuse)


def _put_members() -> None:
    """How each member is read, in place of what @dataclass took note of."""
    readers: dict[str, Callable[[Any], object]] = {"kind": kind_reader(KINDS)}
    for at, name in enumerate(_NUMBERS + _MARKS):
        readers[name] = lambda event, at=at: event._numbers[at]  # type: ignore[misc]
    for at, name in enumerate(_MOMENTS):
        readers[name] = lambda event, at=at: event._moments[at]  # type: ignore[misc]
    for at, name in enumerate(_TEXTS):
        readers[name] = text_reader(at)
    for name, read in readers.items():
        setattr(Event, name, _member(name, read))


_put_members()


def _members(given: tuple[object, ...], members: dict[str, Any]) -> dict[str, Any]:
    """Arguments by name."""
    names = tuple(field.name for field in fields(Event))
    if len(given) > len(names):
        raise TypeError(f"an event has {len(names)} members, not {len(given)}")
    bound = dict(zip(names, given))
    for name, value in members.items():
        if name in bound or name not in names:
            raise TypeError(f"an event has {'one' if name in bound else 'no'} {name!r}")
        bound[name] = value
    missing = [name for name in names if name not in bound]
    if missing:
        raise TypeError(f"an event has these members as well: {', '.join(missing)}")
    return bound


def _packed(members: dict[str, Any]) -> bytes:
    """The piece of an event that did not come from C."""
    data = "\0".join([members[name] for name in _TEXTS] + [""]).encode()
    if data.count(b"\0") != len(_TEXTS):
        raise ArgumentError("a text of an event has the character U+0000 in it; leave it out")
    moments = [members[name] for name in _MOMENTS]
    head = _HEAD.pack(
        _HEAD.size + len(data),
        sum(1 << bit for bit, name in enumerate(_MARKS) if members[name]),
        *(members[name] for name in _NUMBERS[:6]),
        *(NEVER if moment is None else microseconds(moment) for moment in moments),
        members["rank"],
        KINDS.index(Kind(members["kind"])),
        members["level"],
        STATES.index(State(members["state"])),
        AGREEMENTS.index(Agreement(members["agreement"])),
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
