"""Figures of a replay: each clock as it stands at the end, and how many were in time."""

from __future__ import annotations

import struct
from collections import defaultdict
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Callable, Iterator, NamedTuple, Union

from sla._sla import ffi, lib
from sla.clocks import attributes_of
from sla.errors import ArgumentError, check
from sla.events import STATES, State
from sla.instants import EPOCH, MICROSECOND, instant, maybe_instant

if TYPE_CHECKING:
    from sla._sla import _CData as CData

#: How a clock is put into a column of its own: by an attribute of its ticket, or by what a
#: function says of it.
By = Union[str, "Callable[[TicketClock], object]"]


class TicketClock(NamedTuple):
    """One promise of one ticket, as a replay left it.  Instants are in UTC."""

    tenant: str
    ticket: str
    policy: str
    target: str
    display: str
    cycle: int
    state: State
    breached: bool
    excluded: bool  #: a waiver leaves it out of the adjusted figures
    adjusted_met: bool  #: met, or met once the waiver's credit is counted
    provisional: bool
    level: int  #: the highest one told
    started_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None

    @property
    def lateness(self) -> timedelta | None:
        """How long after its due it ended; below zero when it was early, None while it is open
        or when it was cancelled."""
        if self.state not in (State.MET, State.MISSED) or self.ended_at is None or self.due_at is None:
            return None
        return self.ended_at - self.due_at


class Compliance(NamedTuple):
    """Clocks of one target (and value, and period), counted as `sla replay --summary` does.

    Cancelled clocks are not accepted; open ones are.
    """

    policy: str
    target: str
    display: str
    value: str | None  #: of what was asked `by`; None for tickets without it
    period: str  #: "2026-03" ...; "" where nothing was asked `per`
    in_time: int
    accepted: int
    late: int  #: missed, or open after their due
    open: int
    breached: int
    cancelled: int
    excluded: int
    adjusted_in_time: int
    adjusted_accepted: int
    highest_level: dict[int, int]  #: clocks by the highest level told

    @property
    def share(self) -> float | None:
        """In time of accepted; None where none is."""
        return self.in_time / self.accepted if self.accepted else None

    @property
    def adjusted_share(self) -> float | None:
        """The same with waivers."""
        return self.adjusted_in_time / self.adjusted_accepted if self.adjusted_accepted else None


_PERIODS: dict[str, Callable[[datetime], str]] = {
    "day": lambda at: f"{at:%Y-%m-%d}",
    "week": lambda at: "{}-W{:02}".format(*at.isocalendar()[:2]),
    "month": lambda at: f"{at:%Y-%m}",
    "quarter": lambda at: f"{at.year}-Q{(at.month + 2) // 3}",
    "year": lambda at: f"{at.year}",
}

#: sla_py_clock: ticket, cycle; started, due, ended, breached; policy, target, display; state,
#: level, marks, agreement
_ROW = struct.Struct("=2I4q3Q4B4x")
_AT_ONCE = 4096


@lru_cache(maxsize=None)
def _word(pointer: int) -> str:
    return str(ffi.string(ffi.cast("const char *", pointer)), "utf-8") if pointer else ""


def clocks_of(engine: CData, names: bytes) -> Iterator[TicketClock]:
    """The clocks of tickets; `names` has tenant and ticket of each, ended by NULs."""
    texts = names.decode().split("\0")
    _word.cache_clear()  # another engine's policies may lie at the same place
    for row in _rows(engine, names):
        ticket, cycle, started, due, ended, breached, policy, target, display, state, level, marks, _ = row
        yield TicketClock(
            texts[2 * ticket], texts[2 * ticket + 1], _word(policy), _word(target), _word(display),
            cycle, STATES[state], bool(marks & 1), bool(marks & 2), bool(marks & 4), bool(marks & 8), level,
            maybe_instant(started), maybe_instant(due), maybe_instant(ended), maybe_instant(breached),
        )  # fmt: skip


def _rows(engine: CData, names: bytes) -> Iterator[tuple[int, ...]]:
    taken, following = ffi.new("size_t *"), ffi.new("uint32_t *")
    capacity = _AT_ONCE
    room = ffi.new("sla_py_clock[]", capacity)
    while True:
        count = lib.sla_py_clocks_of(engine, names, len(names), taken, following, room, capacity)
        if count == lib.SLA_ERR_SPACE:
            capacity *= 2
            room = ffi.new("sla_py_clock[]", capacity)
        elif not check(count):
            return
        else:
            yield from _ROW.iter_unpack(ffi.buffer(room, count * _ROW.size)[:])


def values_of(engine: CData, names: bytes, attribute: str) -> dict[tuple[str, str], str | None]:
    """What the tickets' attribute is, as a text; None for those without it."""
    texts = names.decode().split("\0")
    found: dict[tuple[str, str], str | None] = {}
    for tenant, ticket in zip(texts[::2], texts[1::2]):
        value = attributes_of(engine, ticket, tenant).get(attribute)
        found[tenant, ticket] = None if value is None else _shown(value)
    if found and all(value is None for value in found.values()):
        raise ArgumentError(f'no ticket has an attribute "{attribute}"')
    return found


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def count(
    clocks: Iterator[TicketClock],
    value_of: Callable[[TicketClock], str | None],
    per: str | None,
    zone: tzinfo | None,
) -> list[Compliance]:
    """Count clocks by policy, target, value and period, in that order."""
    if per is not None and (not isinstance(per, str) or per not in _PERIODS):
        raise ArgumentError(f"per is one of {', '.join(_PERIODS)}, not {per!r}")
    period_of = None if per is None else _PERIODS[per]
    place = zone or timezone.utc
    tallies: dict[tuple[str, str, bool, str, str], _Tally] = defaultdict(_Tally)
    for clock in clocks:
        if clock.state is State.WAITING or clock.started_at is None:
            continue
        value = value_of(clock)
        period = "" if period_of is None else period_of(_local(clock.started_at, place))
        tallies[clock.policy, clock.target, value is None, value or "", period].add(clock)
    return [
        tally.row(policy, target, None if absent else value, period)
        for (policy, target, absent, value, period), tally in sorted(tallies.items(), key=lambda item: item[0])
    ]


def _local(at: datetime, zone: tzinfo) -> datetime:
    return instant((at - EPOCH) // MICROSECOND, zone)


class _Tally:
    """One row while it is counted; `numbers` are those of Compliance, in its order."""

    __slots__ = ("display", "numbers", "levels")

    def __init__(self) -> None:
        self.display = ""
        self.numbers = [0] * 9
        self.levels: dict[int, int] = {}

    def row(self, policy: str, target: str, value: str | None, period: str) -> Compliance:
        in_time, accepted, late, open_, breached, cancelled, excluded, adjusted, adjusted_accepted = self.numbers
        return Compliance(
            policy, target, self.display, value, period, in_time, accepted, late, open_, breached, cancelled, excluded,
            adjusted, adjusted_accepted, dict(sorted(self.levels.items())),
        )  # fmt: skip

    def add(self, clock: TicketClock) -> None:
        numbers, state = self.numbers, clock.state
        self.display = clock.display
        if clock.level:
            self.levels[clock.level] = self.levels.get(clock.level, 0) + 1
        numbers[4] += clock.breached
        numbers[6] += clock.excluded
        if state is State.CANCELLED:
            numbers[5] += 1
            return
        met = state is State.MET
        numbers[0] += met
        numbers[1] += 1
        numbers[2] += state is State.MISSED or (not met and clock.breached)
        numbers[3] += state in (State.RUNNING, State.PAUSED)
        numbers[7] += clock.adjusted_met and not clock.excluded
        numbers[8] += not clock.excluded
