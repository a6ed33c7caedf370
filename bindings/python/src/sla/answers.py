"""What an engine answers about the facts it was given, and about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Iterable, NamedTuple, Union

from sla.errors import ArgumentError, NeedHistoryError, OutOfMemory, SlaError

if TYPE_CHECKING:
    from sla.clocks import ClockView
    from sla.events import Event


class Answer(NamedTuple):
    """What became of a recorded fact."""

    seq: int  #: its number on this ticket, from 1; that of the first one for a duplicate
    late: bool = False  #: it lies before what was folded, and the ticket was folded again
    no_effect: bool = False  #: kept, and nothing read it
    refused: bool = False  #: kept, without effect on clocks: a policy forbids it
    rule: str = ""  #: ... this rule
    duplicate: bool = False  #: the same fact was there under its id


class EngineStats(NamedTuple):
    """Numbers for the curious and for metrics."""

    tickets: int
    live_tickets: int
    live_clocks: int
    facts: int
    duplicates: int
    late_facts: int
    refused_facts: int
    unread_facts: int
    events: int
    worlds: int
    bytes: int
    resting: int  #: tickets kept as bytes until they are touched


@dataclass(frozen=True)
class Rejected:
    """A fact of a batch that was refused."""

    index: int  #: of the fact among those of the batch, from 0
    line: int  #: its number, from 1, where the batch was lines
    error: SlaError


#: What becomes of refused facts of a batch: a list takes them, or a function is told.
Refusals = Union["list[Rejected]", Callable[[Rejected], object]]


def refuse(refused: Rejected, wanted: Refusals | None, told: list[Event]) -> None:
    """Hands a refused fact of a batch over; raises where nobody wants it, or nothing can go on."""
    if wanted is None or isinstance(refused.error, (OutOfMemory, NeedHistoryError)):
        refused.error.index = refused.index
        refused.error.events = told
        raise refused.error
    if isinstance(wanted, list):
        wanted.append(refused)
    else:
        wanted(refused)


def only_policy(clocks: Iterable[ClockView], target: str) -> str:
    """The policy of the target; "" where none has one, so that C says what is not there."""
    found = {clock.policy for clock in clocks if clock.target == target}
    if len(found) > 1:
        raise ArgumentError(f"several policies have a target {target!r}: name one of {', '.join(sorted(found))}")
    return found.pop() if found else ""
