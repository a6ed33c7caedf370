"""Clocks: each promise of a ticket as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sla._handle import string_of, text
from sla._sla import ffi, lib
from sla.errors import NeedHistoryError, check_ticket
from sla.events import AGREEMENTS, STATES, Agreement, State
from sla.instants import instant, maybe_instant

if TYPE_CHECKING:
    from sla._sla import _CData as CData
    from sla.facts import Value

_CLOCKS = 64


@dataclass(frozen=True)
class ClockView:
    """One clock as it stands.  Instants are aware, in UTC; one that does not exist is None."""

    policy: str
    policy_version: str
    target: str
    metric: str
    display: str
    calendar: str
    cycle: int
    state: State
    breached: bool
    #: the due time rests on holidays that are not known yet
    provisional: bool
    #: ... on attribute defaults
    provisional_attributes: bool
    #: of the ticket's live clocks of this metric this one is due first
    governs: bool
    #: a waiver leaves it out of the figures
    excluded: bool
    #: met, or met once the waiver's credit is counted
    adjusted_met: bool
    agreement: Agreement
    started_at: datetime | None
    due_at: datetime | None
    paused_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None
    #: its next step
    next_at: datetime | None
    #: that step's name, or ""
    next_step: str
    #: the highest level told, 0 for none
    level: int
    rank: int


def clock_view(view: CData) -> ClockView:
    """Of an `sla_clock_view`."""
    return ClockView(
        policy=text(view.policy),
        policy_version=text(view.policy_version),
        target=text(view.target),
        metric=text(view.metric),
        display=text(view.display),
        calendar=text(view.calendar) if view.calendar else "",
        cycle=view.cycle,
        state=STATES[view.state],
        breached=view.breached,
        provisional=view.provisional,
        provisional_attributes=view.provisional_attributes,
        governs=view.governs,
        excluded=view.excluded,
        adjusted_met=view.adjusted_met,
        agreement=AGREEMENTS[view.agreement],
        started_at=maybe_instant(view.started_at),
        due_at=maybe_instant(view.due_at),
        paused_at=maybe_instant(view.paused_at),
        ended_at=maybe_instant(view.ended_at),
        breached_at=maybe_instant(view.breached_at),
        next_at=maybe_instant(view.next_at),
        next_step=text(view.next_step) if view.next_step else "",
        level=view.level,
        rank=view.rank,
    )


def clocks_of(engine: CData, ticket: str, tenant: str) -> list[ClockView]:
    """The clocks of a ticket in order of policy, target, cycle.  Raises NotFoundError."""
    whose, _whose = string_of(tenant, "tenant")
    which, _which = string_of(ticket, "ticket")
    count = ffi.new("size_t *")
    capacity = _CLOCKS
    while True:
        room = ffi.new("sla_clock_view[]", capacity)
        check_ticket(lib.sla_engine_clocks(engine, whose, which, room, capacity, count), ticket, tenant)
        if count[0] <= capacity:
            return [clock_view(room[i]) for i in range(count[0])]
        capacity = count[0]


def attributes_of(engine: CData, ticket: str, tenant: str) -> dict[str, Value]:
    """What the facts of a ticket set, the last value of each name.

    Raises NotFoundError, NeedHistoryError (the facts are in the store).
    """
    whose, _whose = string_of(tenant, "tenant")
    which, _which = string_of(ticket, "ticket")
    count = ffi.new("size_t *")
    capacity = _CLOCKS
    while True:
        room = ffi.new("sla_attribute[]", capacity)
        result = lib.sla_engine_attributes(engine, whose, which, room, capacity, count)
        if check_ticket(result, ticket, tenant) == lib.SLA_NEED_HISTORY:
            raise NeedHistoryError
        if count[0] <= capacity:
            break
        capacity = count[0]
    found: dict[str, Value] = {}
    for i in range(count[0]):
        attribute = room[i]
        name = _string(attribute.name)
        if attribute.type == lib.SLA_VALUE_NONE:
            found.pop(name, None)
        else:
            found[name] = _value(attribute)
    return found


def _string(string: CData) -> str:
    return str(ffi.buffer(string.data, string.length), "utf-8") if string.length else ""


def _value(attribute: CData) -> Value:
    kind = attribute.type
    if kind == lib.SLA_VALUE_STRING:
        return _string(attribute.string)
    if kind == lib.SLA_VALUE_BOOL:
        return bool(attribute.number)
    if kind == lib.SLA_VALUE_INSTANT:
        return instant(attribute.number)
    return int(attribute.number)
