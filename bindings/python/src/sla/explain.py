"""Why is it due then?

The stretches of a clock from its start to its due, one after the other without a gap: what
counted, what did not, and why; between them the instants at which the due was moved.  Two sums
come out exactly (sla/explain.h):

    sum of counted + held == need + extended
    first_due_at, moved by each credit but those waived == due_at
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Iterator
from zoneinfo import ZoneInfo

from sla._arguments import UINT32, text_of, whole
from sla._handle import string_of, text
from sla._sla import ffi, lib
from sla.answers import only_policy
from sla.clocks import ClockView, clock_view, clocks_of
from sla.errors import NotFoundError, SlaError, StateError, error_of
from sla.instants import instant, maybe_instant, span_text

if TYPE_CHECKING:
    from sla._sla import _CData as CData

_SEGMENTS = 64


class ExplainKind(str, Enum):
    """What a stretch is, or what happened at an instant."""

    RAN = "ran"
    MAKEUP = "makeup"
    SPECIAL = "special"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    TICKET_CLOSED = "ticket_closed"
    DST_SHIFT = "dst_shift"
    CREDIT = "credit"
    EXTENSION = "extension"
    WAIVER = "waiver"

    __str__ = str.__str__

    @property
    def sentence(self) -> str:
        """What it says in a sentence: "the clock ran"."""
        return text(lib.sla_explain_kind_text(_NUMBERS[self]))


_KINDS = tuple(ExplainKind)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}


@dataclass(frozen=True)
class ExplainSegment:
    """A stretch [start, end), or an instant (kinds from DST_SHIFT on), which counts for nothing
    and ends where it starts."""

    start: datetime
    end: datetime
    kind: ExplainKind
    #: how much of it the goal was charged with
    counted: timedelta
    #: of a change of clocks: by how much they jumped
    shift: timedelta
    #: by how much the due was moved, in the target's time; of a waiver what it credits
    credit: timedelta
    #: the due that this made; None when it moved none
    due_at: datetime | None
    #: reason of a pause, credit, extension or waiver, name of a holiday, or ""
    label: str
    #: all reasons that a pause or credit had
    reasons: tuple[str, ...]
    #: of an extension or waiver
    approver: str
    #: lies after `now`: what is still to come
    ahead: bool


@dataclass(frozen=True)
class Explanation:
    """What a clock promised, and how it came to its due.  Iterating gives its segments."""

    clock: ClockView
    #: "elapsed", "business", "workdays", "days", "cutoff", "anchor"
    goal: str
    #: name, "" for none
    calendar: str
    calendar_version: str
    zone: str
    #: of elapsed and business goals, and before an anchor; else zero
    need: timedelta
    #: of workdays and days goals
    days: int
    #: of anchor goals
    anchor: datetime | None
    #: by the goal alone, before credits and extensions
    first_due_at: datetime | None
    #: by pauses and closed time, in the target's time
    credited: timedelta
    #: by extensions of a span
    extended: timedelta
    #: the last extension to an instant
    extended_to: datetime | None
    #: by waivers; moves no due
    waived: timedelta
    #: by which the adjusted figures judge: with what was waived
    adjusted_due_at: datetime | None
    #: sum over the segments
    counted: timedelta
    #: what a pause that lasts has covered of the goal so far
    held: timedelta
    #: the target's time is open time
    business: bool
    segments: tuple[ExplainSegment, ...]

    def __iter__(self) -> Iterator[ExplainSegment]:
        return iter(self.segments)

    def __str__(self) -> str:
        """A line for the clock and one for each segment, on the clock of the calendar's zone."""
        place = ZoneInfo(self.zone) if self.zone else None

        def shown(moment: datetime | None) -> str:
            return "-" if moment is None else moment.astimezone(place).isoformat(" ", "seconds")

        clock = self.clock
        lines = [f"{clock.policy}/{clock.target} cycle {clock.cycle}: {clock.state}, due {shown(clock.due_at)}"]
        for segment in self.segments:
            spans = [f"counted {_shown(segment.counted)}"] if segment.counted else []
            if segment.credit:
                spans.append(f"credit {_shown(segment.credit)}")
            said = "; ".join(filter(None, (segment.kind.sentence, segment.label, *spans)))
            lines.append(f"  {shown(segment.start)} .. {shown(segment.end)}  {said}")
        return "\n".join(lines)


def _shown(span: timedelta) -> str:
    return span_text(span // timedelta(microseconds=1))


def _span(counted: int) -> timedelta:
    return timedelta(microseconds=counted)


def explain_of(
    engine: CData, ticket: str, policy: str, target: str, tenant: str, cycle: int, now: int
) -> Explanation:
    """Explain a clock of a ticket (`cycle` 0 is the latest).

    Raises NotFoundError for an unknown ticket or clock, StateError for one without a due.
    """
    whose, _whose = string_of(tenant, "tenant")
    which, _which = string_of(ticket, "ticket")
    policy, target, cycle = text_of(policy, "policy"), text_of(target, "target"), whole(cycle, "cycle", 0, UINT32)
    out, count = ffi.new("sla_explanation *"), ffi.new("size_t *")
    capacity = _SEGMENTS
    while True:
        room = ffi.new("sla_explain_segment[]", capacity)
        result = lib.sla_engine_explain(
            engine, whose, which, policy.encode(), target.encode(), cycle, now, out, room, capacity, count
        )
        if result < 0:
            raise _refusal(result, clocks_of(engine, ticket, tenant), ticket, f"{policy}/{target}", cycle)
        if count[0] <= capacity:
            return _explanation(out, [room[i] for i in range(count[0])])
        capacity = count[0]


def explain_any(
    engine: CData, ticket: str, policy: str | None, target: str, tenant: str, cycle: int, now: int
) -> Explanation:
    """The same; `policy` may be None where only one has a target of that name."""
    if policy is None:
        policy = only_policy(clocks_of(engine, ticket, tenant), target)
    return explain_of(engine, ticket, policy, target, tenant, cycle, now)


def _refusal(result: int, clocks: list[ClockView], ticket: str, name: str, cycle: int) -> SlaError:
    """Which clock there is not, of a ticket that there is."""
    error = error_of(result)
    if isinstance(error, NotFoundError):
        names = dict.fromkeys(f"{clock.policy}/{clock.target}" for clock in clocks)
        which = f"{name.lstrip('/')} cycle {cycle}" if cycle else name.lstrip("/")
        return NotFoundError(f"ticket {ticket!r} has no clock {which}; it has {', '.join(names) or 'none'}")
    if isinstance(error, StateError):
        return StateError(f"the clock {name} of ticket {ticket!r} has no due, so there is nothing to explain")
    return error


def _explanation(out: CData, segments: list[CData]) -> Explanation:
    reasons = [text(out.reasons[i]) for i in range(out.reason_count)]
    return Explanation(
        clock=clock_view(out.clock),
        goal=text(out.goal),
        calendar=text(out.calendar),
        calendar_version=text(out.calendar_version),
        zone=text(out.zone),
        need=_span(out.need),
        days=out.days,
        anchor=maybe_instant(out.anchor),
        first_due_at=maybe_instant(out.first_due_at),
        credited=_span(out.credited),
        extended=_span(out.extended),
        extended_to=maybe_instant(out.extended_to),
        waived=_span(out.waived),
        adjusted_due_at=maybe_instant(out.adjusted_due_at),
        counted=_span(out.counted),
        held=_span(out.held),
        business=out.business,
        segments=tuple(_segment(segment, reasons) for segment in segments),
    )


def _segment(segment: CData, reasons: list[str]) -> ExplainSegment:
    approver = segment.approver
    return ExplainSegment(
        start=instant(segment.start),
        end=instant(segment.end),
        kind=_KINDS[segment.kind],
        counted=_span(segment.counted),
        shift=_span(segment.shift),
        credit=_span(segment.credit),
        due_at=maybe_instant(segment.due_at),
        label=text(segment.label),
        reasons=tuple(reason for bit, reason in enumerate(reasons) if segment.reasons >> bit & 1),
        approver=ffi.buffer(approver.data, approver.length)[:].decode() if approver.length else "",
        ahead=segment.ahead,
    )
