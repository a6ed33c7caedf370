"""Deadlines of tickets and the escalations that follow: libsla from Python.

    import sla

    office = sla.Calendar.bundled("cn_office")
    due = office.add("2026-03-06T16:00:00+08:00", "PT4H")

    with sla.Engine(sla.Policies.bundled("complaint"), [office]) as engine:
        engine.record(ticket="T-1", fact="opened", attributes={"kind": "complaint"})
        for event in engine.poll():
            print(event)
"""

from sla import plot, stores
from sla._handle import text as _text
from sla._sla import lib as _lib
from sla.answers import Answer, EngineStats, Rejected
from sla.calendar import Calendar, Cutoff, DayEnd, Fit, Roll, Segment, SegmentKind
from sla.clocks import ClockView
from sla.deliveries import Delivery
from sla.engine import Engine
from sla.errors import (
    ArgumentError,
    BusyError,
    CalendarError,
    ClosedError,
    ConflictError,
    ExistsError,
    FactError,
    FencedError,
    ForkedError,
    FutureError,
    HorizonError,
    NeedHistoryError,
    NewerError,
    NotFoundError,
    OutOfMemory,
    ParseError,
    PolicyError,
    RangeError,
    RefusedError,
    SlaError,
    StateError,
    StoreError,
    TooLateError,
    TooLongError,
    ZoneError,
)
from sla.events import Agreement, Event, Kind, State
from sla.explain import Explanation, ExplainKind, ExplainSegment
from sla.facts import Fact
from sla.figures import Compliance, TicketClock
from sla.policy import Policies, Remark
from sla.replay import Replay, ReplayCounts, replay
from sla.service import Service
from sla.service_views import Health, Imported, ServiceState, ServiceStats

__version__ = _text(_lib.sla_version_text())

__all__ = [
    "Agreement",
    "Answer",
    "ArgumentError",
    "BusyError",
    "Calendar",
    "CalendarError",
    "ClockView",
    "ClosedError",
    "Compliance",
    "ConflictError",
    "Cutoff",
    "DayEnd",
    "Delivery",
    "Engine",
    "EngineStats",
    "Event",
    "ExistsError",
    "ExplainKind",
    "ExplainSegment",
    "Explanation",
    "Fact",
    "FactError",
    "FencedError",
    "Fit",
    "ForkedError",
    "FutureError",
    "Health",
    "HorizonError",
    "Imported",
    "Kind",
    "NeedHistoryError",
    "NewerError",
    "NotFoundError",
    "OutOfMemory",
    "ParseError",
    "Policies",
    "PolicyError",
    "RangeError",
    "RefusedError",
    "Rejected",
    "Remark",
    "Replay",
    "ReplayCounts",
    "Roll",
    "Segment",
    "SegmentKind",
    "Service",
    "ServiceState",
    "ServiceStats",
    "SlaError",
    "State",
    "StateError",
    "StoreError",
    "TicketClock",
    "TooLateError",
    "TooLongError",
    "ZoneError",
    "plot",
    "replay",
    "stores",
]
