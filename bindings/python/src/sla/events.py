"""Events: what fell due, or changed.

Events come from C in one piece of bytes, many at a time (_glue.h).  An `Event` keeps its piece
and reads it when its first member is asked for: one that is only counted or passed on costs
nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Iterator

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
            if name == "_piece" or name not in _SETTERS:
                raise AttributeError(name)
            _unpack(self)
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


def _unpack(event: Event) -> None:
    """Reads the piece into the members."""
    piece = event._piece  # type: ignore[attr-defined]
    (
        _, flags, cycle, repeat, revision, skipped, collapsed, fact_seq,
        at, told, started_at, due_at, old_due_at, breached_at, ended_at,
        rank, kind, level, state, agreement,
    ) = _HEAD.unpack_from(piece)  # fmt: skip
    texts = piece[_HEAD.size : -1].decode().split("\0")
    tenant, ticket, policy, version, target, step, to, because, reason, derived, fact_id = texts
    moments = {NEVER: None}
    for moment in (at, told, started_at, due_at, old_due_at, breached_at, ended_at):
        if moment not in moments:  # they are often the same
            moments[moment] = instant(moment)  # type: ignore[assignment]
    values = (
        KINDS[kind], tenant, ticket, policy, version, target, cycle, step, repeat, revision,
        moments[at], moments[told], bool(flags & 1), skipped, collapsed, to, level, STATES[state],
        moments[started_at], moments[due_at], moments[old_due_at], moments[breached_at],
        moments[ended_at], bool(flags & 2), bool(flags & 4), bool(flags & 8), bool(flags & 16),
        bool(flags & 32), bool(flags & 64), AGREEMENTS[agreement], rank, because, reason, derived,
        fact_seq, fact_id,
    )  # fmt: skip
    for setter, value in zip(_SETTERS.values(), values):
        setter(event, value)


def _packed(event: Event) -> bytes:
    texts = (
        event.tenant, event.ticket, event.policy, event.policy_version, event.target, event.step,
        event.to, event.because, event.reason, event.derived, event.fact_id, "",
    )  # fmt: skip
    data = "\0".join(texts).encode()
    marks = (
        event.late, event.breached, event.provisional, event.provisional_attributes,
        event.governs, event.excluded, event.adjusted_met,
    )  # fmt: skip
    moments = (
        event.at, event.told, event.started_at, event.due_at, event.old_due_at,
        event.breached_at, event.ended_at,
    )  # fmt: skip
    head = _HEAD.pack(
        _HEAD.size + len(data),
        sum(1 << bit for bit, mark in enumerate(marks) if mark),
        event.cycle,
        event.repeat,
        event.revision,
        event.skipped,
        event.collapsed,
        event.fact_seq,
        *(NEVER if moment is None else microseconds(moment) for moment in moments),
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
