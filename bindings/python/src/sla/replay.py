"""Last year's tickets through a policy, as if the engine had stood beside them.

    replay = sla.replay("complaint.json", "tickets.csv", zone="Asia/Shanghai",
                        mapping={"number": "ticket", "came in": "occurred_at", "solved": "fact:resolved"})
    for event in replay:
        print(event.told, event.ticket, event.kind)
    for row in replay.compliance(per="month"):
        print(row.period, row.target, row.in_time, "of", row.accepted)

The clock of a replay is that of its facts: what falls due is told at its own instant.
"""

from __future__ import annotations

import io
import struct
from collections import Counter, abc
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Generator, Iterable, Iterator, Mapping, NamedTuple

from sla._arguments import instance, mark_of, wanted
from sla._batch import Batch
from sla._handle import Unique
from sla._sla import ffi, lib
from sla._sources import Chunk, Facts, Source, open_source, placed
from sla._values import Reading, TimeFormat, zone_of
from sla.answers import Refusals, Rejected, refuse
from sla.calendar import Calendar
from sla.engine import Engine
from sla.errors import ArgumentError, NeedHistoryError, NotFoundError, OutOfMemory, SlaError, StateError
from sla.events import KINDS, Event, Kind, events_of
from sla.figures import By, Compliance, TicketClock, clocks_of, count, values_of
from sla.instants import Instant, microseconds
from sla.policy import Document, Policies, calendars_of, policies_of
from sla.tables import Place

if TYPE_CHECKING:
    from types import TracebackType

_LENGTH = struct.Struct("=I")
_KIND_AT = 92  # of an event's head (_glue.h); its level lies behind it


class ReplayCounts(NamedTuple):
    """How many facts there were."""

    recorded: int
    late: int  #: of them: recorded after something later
    refused_by_policy: int  #: of them: kept without effect
    duplicates: int
    refused: int  #: facts, lines or rows that are not valid
    tickets: int


class Replay(Unique):
    """A replay that goes on while its events are taken: iterate over it once.

    `told` (events by kind), `counts`, `clocks()` and `compliance()` first let the rest run, and
    the events of it are counted but not kept; `close()`, or `with`, frees it.
    """

    def __init__(
        self,
        engine: Engine,
        calendars: list[Calendar],
        source: Source,
        until: int | None,
        by_occurred: bool,
        rejected: Refusals | None,
    ) -> None:
        self.engine = engine  #: for `explain`, `clocks`, `attributes` of a ticket
        self.passed_over = source.passed_over  #: columns of the table that say nothing
        self._zone = calendars[0].tzinfo if calendars else None
        self._source = source
        self._until = until
        self._rejected = rejected
        self._refused = 0
        self._told = [0] * len(KINDS)
        self._levels: Counter[int] = Counter()
        self._place: Chunk | None = None
        self._error: BaseException | None = None
        self._has_ended = False
        self._names = ffi.gc(lib.sla_py_events_new(), lib.sla_py_events_free)
        if not self._names:
            raise OutOfMemory
        self._row = engine._parts.events
        self._batch = Batch(engine._held, engine._parts, self._hand, self._refuse_one)
        self._batch.struct.by_occurred = by_occurred
        self._batch.struct.tickets = self._names
        self._pieces = self._run()
        self._events = self._iterate()

    def __enter__(self) -> Replay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the engine; a second time does nothing."""
        self._pieces.close()
        if not self._has_ended and self._error is None:  # it was not begun
            self._error = StateError("this replay was closed before its end")
        self._source.close()
        self.engine.close()

    # ---- events

    def __iter__(self) -> Iterator[Event]:
        return self._events

    def __next__(self) -> Event:
        return next(self._events)

    def _iterate(self) -> Iterator[Event]:
        for piece in self._pieces:
            yield from events_of(piece)
        self._check_ended()

    def _run(self) -> Generator[bytes, None, None]:
        """Events in pieces, each counted before it is given."""
        try:
            for piece in self._all():
                if piece:
                    self._count(piece)
                    yield piece
            self._source.close()
            self._has_ended = True
        except GeneratorExit:
            self._error = StateError("this replay was closed before its end")
            raise
        except BaseException as error:
            self._error = error
            raise

    def _all(self) -> Iterator[bytes]:
        for chunk in self._source.chunks:
            self._place = chunk
            if not chunk.lines:
                self._batch.struct.facts = 0  # each row of pieces counts its own
            yield from self._batch.record(chunk.data, lines=chunk.lines)
        if self._until is not None:
            yield from self._batch.pass_time(self._until + 1)

    def _hand(self) -> bytes:
        """The events of the engine's row, which is empty then."""
        row = self._row
        piece: bytes = ffi.buffer(row.data, row.used)[row.given :] if row.count else b""
        lib.sla_py_events_clear(row)
        return piece

    def _count(self, piece: bytes) -> None:
        told, at, end, length_at = self._told, 0, len(piece), _LENGTH.unpack_from
        escalated = KINDS.index(Kind.ESCALATED)
        while at < end:
            kind = piece[at + _KIND_AT]
            told[kind] += 1
            if kind == escalated:
                self._levels[piece[at + _KIND_AT + 1]] += 1
            at += length_at(piece, at)[0]

    def _refuse_one(self, one: Rejected) -> None:
        assert self._place is not None
        fatal = isinstance(one.error, (OutOfMemory, NeedHistoryError))
        place = (one.index, "", 0) if fatal else self._place.place(one.index, one.line - 1)
        self.refuse(place, one.error)

    def refuse(self, place: Place, error: SlaError) -> None:
        """A fact that is not valid: to `rejected`, or raised."""
        self._refused += 1
        refuse(Rejected(place[0], place[2], placed(error, place)), self._rejected, [])

    def finish(self) -> Replay:
        """Let the rest run without its events.  Raises StateError after an error."""
        for _ in self._pieces:
            pass
        self._check_ended()
        self._events = iter(())
        return self

    def _check_ended(self) -> None:
        if self._error is not None:
            raise StateError(f"this replay ended before its end: {self._error}") from self._error

    # ---- figures

    @property
    def told(self) -> dict[Kind, int]:
        """Events by kind, those that there were."""
        self.finish()
        return {kind: self._told[number] for number, kind in enumerate(KINDS) if kind and self._told[number]}

    @property
    def escalated(self) -> dict[int, int]:
        """Events `escalated` by level."""
        self.finish()
        return dict(sorted(self._levels.items()))

    @property
    def counts(self) -> ReplayCounts:
        """How many facts were recorded, refused and so on."""
        self.finish()
        stats = self.engine.stats()
        return ReplayCounts(
            self._batch.struct.recorded,
            stats.late_facts,
            stats.refused_facts,
            stats.duplicates,
            self._refused,
            self._names.count,
        )

    def clocks(self) -> Iterator[TicketClock]:
        """Each clock of each ticket as it stands at the end: what `pandas.DataFrame` takes."""
        self.finish()
        return iter(self.engine._held.lend(lambda engine: list(clocks_of(engine, self._ticket_names()))))

    def _ticket_names(self) -> bytes:
        return bytes(ffi.buffer(self._names.data, self._names.used)) if self._names.count else b""

    def compliance(
        self, by: By | None = None, *, per: str | None = None, zone: tzinfo | str | None = None
    ) -> list[Compliance]:
        """Clocks in time of those accepted, for each policy and target.

        by    also for each value of an attribute ("grade"), or of what a function says of a clock
        per   also for each "day", "week", "month", "quarter" or "year" in which the clock started
        zone  whose days these are; the zone of the first calendar, UTC without one

        Raises ArgumentError for an attribute that no ticket has.
        """
        self.finish()
        place = self._zone if zone is None else zone_of(zone)
        if by is not None and not isinstance(by, str) and not callable(by):
            raise wanted("the name of an attribute, or a function of a clock", by, "by")
        if by is None:
            return count(self.clocks(), lambda clock: None, per, place)
        if callable(by):
            function = by
            return count(self.clocks(), lambda clock: _text(function(clock)), per, place)
        values = self.engine._held.lend(values_of, self._ticket_names(), by)
        return count(self.clocks(), lambda clock: values[clock.tenant, clock.ticket], per, place)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _with_bundled(policies: Policies, calendars: list[Calendar]) -> list[Calendar]:
    """Calendars that the policies ask for and nobody gave are bundled ones, as in the command."""
    given = {calendar.name for calendar in calendars}
    for name in policies.calendars:
        if name not in given:
            try:
                calendars.append(Calendar.bundled(name))
            except NotFoundError:
                pass  # the engine says it better
    return calendars


_OPTIONS: dict[str, tuple[tuple[type, ...], str]] = {
    "mapping": ((abc.Mapping,), "a mapping of columns to members"),
    "names": ((abc.Mapping,), "a mapping of words to names of facts"),
    "zone": ((str, tzinfo), 'a name, such as "Asia/Shanghai", or a tzinfo'),
    "separator": ((str,), "one character"),
    "encoding": ((str,), 'a name, such as "utf-8"'),
    "missing": ((abc.Iterable,), "several texts"),
    "time_format": ((str, abc.Callable), "a format of strptime or a function"),  # type: ignore[dict-item]
    "rejected": ((list, abc.Callable), "a list or a function"),  # type: ignore[dict-item]
}


def _check_options(**options: object) -> None:
    for name, value in options.items():
        if value is not None:
            kinds, what = _OPTIONS[name]
            instance(value, kinds, what, name)
    if options["missing"] is None:
        raise wanted("several texts, or ()", None, "missing")
    if isinstance(options["missing"], str):
        raise ArgumentError("missing is several texts: put the one into a list")
    for word, name in (options["names"] or {}).items():  # type: ignore[attr-defined]
        if not isinstance(name, str):
            raise ArgumentError(f"names= says that {word!r} is {name!r}; a fact's name is a text, and \"\" passes its row over")
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=str(options["encoding"]))  # "rot13" is a codec, but of no text
    except (LookupError, ValueError):
        raise ArgumentError(f"encoding is a name, such as \"utf-8\", not {options['encoding']!r}") from None


def replay(
    policies: Policies | Document | Iterable[Document],
    facts: Facts,
    *,
    calendars: Iterable[Calendar | Document] = (),
    until: Instant | None = None,
    by_occurred: bool = False,
    rejected: Refusals | None = None,
    mapping: Mapping[Any, str] | None = None,
    names: Mapping[str, str] | None = None,
    zone: tzinfo | str | None = None,
    time_format: TimeFormat | None = None,
    missing: Iterable[str] = (),
    separator: str | None = None,
    encoding: str = "utf-8",
) -> Replay:
    """Replay facts; gives the events, and figures afterwards.

    policies     a set, a path, JSON text, or several
    facts        facts or mappings in the order of recording; a path or an open file of JSON
                 lines (docs/facts.md); a table: a file called .csv or .tsv, a pandas DataFrame,
                 or any file or rows with a `mapping`.  A table is put into the order of its
                 instants: of one row and one instant `opened` first, the others by columns.
                 Nothing of a row is recorded before its `recorded_at`.
    calendars    those that the policies ask for and that are not given are the bundled ones
    until        time passes to there after the last fact
    by_occurred  in the order of `occurred_at` (`recorded_at` of a fact without it), as if each had
                 been recorded when it happened
    rejected     gets refused facts, lines and rows (a list, or a function), and the rest goes
                 on; without it the first one is raised

    and for tables:

    mapping      column -> member, as in `sla.mapping`; columns called like a member need none
    names        of facts, where a column `fact` says them in other words: {"Closed": "closed"};
                 a row whose fact is called "" then is passed over.  A row whose field there is
                 empty is refused without a name for ""
    zone         of instants without an offset: "Asia/Shanghai", "+08:00" or a tzinfo.  An hour
                 that a change of clocks repeats is the first of the two.
    time_format  of `strptime`, or a function from text to datetime; without it RFC 3339,
                 2026-03-02 09:00, 2026-03-02 09:00:30 and 2026-03-02
    missing      texts that say nothing, such as "NULL"; empty fields, None, NaN of any kind of
                 number and NaT never do
    separator    of a file's fields; "," without it, and a tab in .tsv
    encoding     of a file

    Raises before anything is recorded: PolicyError, CalendarError, NotFoundError (a calendar),
    ArgumentError (a mapping, a zone), OSError.  A refused fact is FactError and its like with
    `source`, `line`, `pointer`, `index`, and `text`: what is wrong and what to write instead.
    """
    end = None if until is None else microseconds(until)
    by_occurred = mark_of(by_occurred, "by_occurred")
    _check_options(
        mapping=mapping, names=names, zone=zone, separator=separator, encoding=encoding, missing=missing,
        time_format=time_format, rejected=rejected,
    )  # fmt: skip
    reading = Reading(zone, time_format, missing)
    given = policies_of(policies)
    known = _with_bundled(given, calendars_of(calendars))
    engine = Engine(given, known)
    made: list[Replay] = []

    def refused(place: Place, error: SlaError) -> None:
        made[0].refuse(place, error)

    source = open_source(facts, reading, mapping, names, separator, encoding, by_occurred, refused)
    made.append(Replay(engine, known, source, end, by_occurred, rejected))
    return made[0]
