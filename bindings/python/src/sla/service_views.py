"""What a service shows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from sla._handle import text
from sla._sla import ffi, lib
from sla.errors import SlaError, error_of
from sla.instants import maybe_instant

if TYPE_CHECKING:
    from sla._sla import _CData as CData


class ServiceState(IntEnum):
    """Where a service is in its life."""

    LOADING = 0  #: until what it was given is in force
    LIVE = 1
    HELD = 2  #: tells nothing: `health` says why
    STOPPING = 3
    STOPPED = 4


@dataclass(frozen=True)
class Health:
    """Whether all is well: true when it is."""

    state: ServiceState
    #: what is not well, as an exception with its code and text; None when all is
    error: SlaError | None
    #: it can go on no more: only a new service helps
    given_up: bool

    def __bool__(self) -> bool:
        return self.error is None

    def __str__(self) -> str:
        return "all is well" if self.error is None else f"{self.error.name}: {self.error}"


class Imported(NamedTuple):
    """What an import did, or would do."""

    tickets: int
    facts: int
    refused: int  #: facts kept without effect, because a policy forbids them
    imported: int  #: events due before `told_until`: on the record, never delivered
    later: int  #: events that fell due since, and are delivered


@dataclass(frozen=True)
class ServiceStats:
    """Numbers of a service since its start; docs/metrics.md says more of them."""

    queued: int
    facts: int
    refused: int
    events: int
    imported: int
    units: int
    units_in_flight: int
    retries: int
    quarantined: int
    delivered: int
    redelivered: int
    acknowledged: int
    unacknowledged: int
    tickets: int
    live_tickets: int
    live_clocks: int
    overdue: int
    clock_steps: int
    #: when it was told; None for none
    oldest_unacknowledged: datetime | None
    #: deliveries by how late they came: member i counts those below 2**i microseconds that are
    #: in none before; the last takes the rest
    lateness: tuple[int, ...]
    #: of these deliveries, in microseconds
    lateness_sum: int
    backlog: int
    resting: int
    #: when the next step of any ticket falls due
    next_at: datetime | None
    #: tickets set aside now: what falls due of them is not told
    aside: int


def health_of(machine: CData) -> Health:
    """Of an `sla_service *`."""
    error = ffi.new("sla_error *")
    code = lib.sla_service_health(machine, error)
    state = ServiceState(lib.sla_service_get_state(machine))
    return Health(state, error_of(code, error) if code else None, lib.sla_service_given_up(machine) != 0)


_INSTANTS = ("oldest_unacknowledged", "next_at")


def stats_of(machine: CData) -> ServiceStats:
    """Of an `sla_service *`."""
    stats = ffi.new("sla_service_stats *")
    stats.size = ffi.sizeof("sla_service_stats")
    lib.sla_service_get_stats(machine, stats)
    members = {name: getattr(stats, name) for name in ServiceStats.__dataclass_fields__}
    members["lateness"] = tuple(stats.lateness)
    for name in _INSTANTS:
        members[name] = maybe_instant(members[name])
    return ServiceStats(**members)


def metrics_of(machine: CData) -> str:
    """Of an `sla_service *`."""
    size = 16384
    while True:
        room = ffi.new("char[]", size)
        length = lib.sla_metrics_text(machine, room, size)
        if length < size:
            return text(room)
        size = length + 1
