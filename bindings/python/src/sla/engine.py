"""The engine: facts about tickets in, events out when they fall due.

    with sla.Engine(policies, calendars) as engine:
        engine.record(ticket="T-1", fact="opened")
        for event in engine.poll():
            handle(event)
        wake_me_at(engine.wakeup())

It starts no thread and does no I/O; where `now` is left out, the machine's clock says it.  Two
threads on one engine take turns.
"""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, overload

from sla._arguments import SIZE, UINT32, instance, json_of, mark_of, refusals_of, span_of, whole
from sla._batch import Batch, Run, runs_of
from sla._handle import Holder, Unique, string_of, text
from sla._quick import Quick, prepare
from sla._sla import ffi, lib
from sla.answers import Answer, EngineStats, Refusals, refuse
from sla.calendar import Calendar
from sla.clocks import ClockView, attributes_of, clocks_of
from sla.errors import ArgumentError, NeedHistoryError, NotFoundError, check, check_ticket, error_of
from sla.events import Event
from sla.explain import Explanation, explain_any
from sla.facts import AnyFact, Fact, fact_by_name, fact_of, pack, pack_all
from sla.instants import (
    EARLIEST,
    EPOCH,
    LATEST,
    Instant,
    Span,
    machine_now,
    machine_seconds,
    maybe_instant,
    microseconds,
    seconds,
)
from sla.policy import Document, Policies, calendars_of, policies_of

if TYPE_CHECKING:
    from types import TracebackType

    from sla._sla import _CData as CData
    from sla.facts import Value

_AT_ONCE = 4096  # events of a batch that are taken in one crossing

#: What is answered most of all: about the first facts of a ticket.
_ANSWERS = tuple(Answer(seq) for seq in range(128))
prepare(EPOCH, Fact, Event, Answer, _ANSWERS)


class _Parts:
    """What belongs to an engine in C, freed together with it."""

    __slots__ = ("own", "room", "events", "error")

    def __init__(self, options: CData) -> None:
        out = ffi.new("sla_py_engine **")
        check(lib.sla_py_engine_new(options, out))
        self.own: CData = out[0]
        self.room: CData = self.own.room
        self.events: CData = self.own.events
        self.error: CData = ffi.addressof(self.own, "error")


class Engine(Unique):
    """Facts in, events out.

    policies, calendars  adopted before anything else, or as of `now`; a policy may also be a
                         path or JSON text, several of them in a list
    history_in_store     facts are not kept here: a late one raises NeedHistoryError, and their
                         ids are yours to know (see `record`)
    keep                 how long a ticket without a live clock is kept before `expire` forgets
                         it; None: until it is forgotten
    awake                so many tickets, those touched most, are kept ready for work; others rest
                         as bytes, six times smaller, and cost more when they are touched.  None:
                         2,048

    Raises NotFoundError for a calendar that the policies ask for and that is not given.
    Instants of answers are in UTC.  After `fork` it belongs to the parent.
    """

    __slots__ = ("_held", "_parts", "_quick", "__weakref__")

    def __init__(
        self,
        policies: Policies | Document | Iterable[Document] | None = None,
        calendars: Iterable[Calendar | Document] = (),
        *,
        history_in_store: bool = False,
        keep: Span | None = None,
        awake: int | None = None,
        now: Instant | None = None,
    ) -> None:
        if awake is not None and (not isinstance(awake, int) or awake < 1):
            raise ArgumentError("awake is how many tickets are kept ready for work: 1 or more, or None")
        options = ffi.new("sla_engine_options *")
        options.size = ffi.sizeof("sla_engine_options")
        options.history_in_store = mark_of(history_in_store, "history_in_store")
        options.keep = 0 if keep is None else span_of(keep, "keep")
        options.awake = 0 if awake is None else min(awake, sys.maxsize)
        parts = _Parts(options)
        self._held = Holder(parts.own.engine, lib.sla_py_engine_free, "engine", parts.own)
        self._parts = parts
        self._quick = Quick(self._held, int(ffi.cast("uintptr_t", parts.own)), _take)
        kept = calendars_of(calendars)
        if policies is not None or kept:
            self._adopt(policies, kept, EARLIEST if now is None else microseconds(now))

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees it; a second time does nothing, and so does a child process."""
        self._held.close()

    @property
    def closed(self) -> bool:
        """Whether it cannot be used any more, in this process."""
        return not self._held.is_open

    def __repr__(self) -> str:
        if self.closed:
            return "<sla.Engine closed>"
        stats = self.stats()
        return f"<sla.Engine {stats.live_tickets} live of {stats.tickets} tickets, {stats.live_clocks} clocks>"

    # ---- what happened

    @overload
    def record(self, fact: AnyFact, /, *, now: Instant | None = None) -> Answer: ...
    @overload
    def record(
        self,
        /,
        *,
        now: Instant | None = None,
        ticket: str,
        fact: str,
        occurred_at: Instant | None = None,
        id: str = "",
        attributes: Mapping[str, Value] | None = None,
        tenant: str = "",
        recorded_at: Instant | None = None,
        by: str = "",
        reason: str = "",
        policy: str = "",
        target: str = "",
        cycle: int = 0,
        corrects: str = "",
        withdraws: str = "",
        approver: str = "",
        authorised_by: str = "",
        for_: Span | None = None,
        until: Instant | None = None,
        excluded: bool = False,
        silence: bool = False,
    ) -> Answer: ...
    def record(
        self,
        given: AnyFact | None = None,
        /,
        *,
        now: Instant | None = None,
        ticket: str | None = None,
        fact: str | None = None,
        occurred_at: Instant | None = None,
        id: str = "",
        attributes: Mapping[str, Value] | None = None,
        **members: Any,
    ) -> Answer:
        """Record a fact: a Fact, a mapping as in docs/facts.md, or its members by name.

        `now` is the instant of recording: else the fact's `recorded_at`, else the machine's
        clock.  Raises ConflictError (another fact under its id), FutureError, TooLateError,
        StateError (opened twice, an extension after due), NotFoundError (corrects or withdraws
        what is not there), FactError (with `pointer`: a member is of another type, no instant, no span
        ...), RangeError, HorizonError, TooLongError, NeedHistoryError; ArgumentError and ParseError
        for a `now` that is no instant.
        On an error nothing has changed.

        With `history_in_store` a ticket's facts go with their ids, once all that was told of them
        has been taken: a fact under such an id is recorded as a new one.  So look for its id
        where you keep the facts, or call `supply_history` before a fact whose id may be there;
        then it is a duplicate or a ConflictError as ever.
        """
        if not members:
            answer: Answer | None = self._quick.record(given, ticket, fact, id, attributes, occurred_at, now)
            if answer is not None:
                return answer
        if given is None:
            members.update(ticket=ticket, fact=fact, occurred_at=occurred_at, id=id, attributes=attributes)
            given = fact_by_name(members)
        elif members or id or any(one is not None for one in (ticket, fact, occurred_at, attributes)):
            raise TypeError("a fact or its members, not both")
        return self._held.lend(self._record, _piece(given, now))

    def _record(self, _: CData, piece: bytes) -> Answer:
        """What is not like most facts, or refused."""
        parts = self._parts
        result = lib.sla_py_record(parts.own, piece, len(piece))
        if result == NeedHistoryError.default_code:
            raise NeedHistoryError
        if result < 0:
            raise error_of(result, self._taken_error())
        answer = parts.own.answer
        rule = text(answer.rule) if answer.refused else ""
        return Answer(
            answer.seq, answer.late, answer.no_effect, answer.refused, rule, result == lib.SLA_DUPLICATE
        )

    def _taken_error(self) -> CData:
        """A copy of the complaint, and an empty one for the next call."""
        error = self._parts.error
        copy = ffi.new("sla_error *", error[0])
        error.code = 0
        return copy

    def record_many(
        self,
        facts: Iterable[AnyFact],
        *,
        until: Instant | None = None,
        rejected: Refusals | None = None,
    ) -> list[Event]:
        """Record facts in their order, each at its `recorded_at` (else when it happened), and
        let time pass between them: what falls due is told at its own instant.

        Gives the events.  A refused fact goes to `rejected` and the rest goes on; without it
        the exception is raised, with the events so far as its `events` and the number of the
        fact as `index`.  With `until` time passes to there after the last fact.  All of them are
        taken from `facts` first: an exception of its own passes through, and then nothing was
        recorded.  One of `rejected`, or of a signal handler, passes through as well: what was
        recorded until then stays (`stats().facts`), and its events come first at the next call.
        """
        return self._batch(runs_of(facts), False, until, rejected)

    def record_lines(
        self,
        lines: bytes | bytearray | memoryview | str,
        *,
        until: Instant | None = None,
        rejected: Refusals | None = None,
    ) -> list[Event]:
        """The same for a text of JSON lines as in docs/facts.md, which C reads: much faster."""
        data = json_of(lines, "JSON lines", "lines")
        return self._batch([(data, None)], True, until, rejected)

    def _batch(
        self,
        runs: list[Run],
        lines: bool,
        until: Instant | None,
        rejected: Refusals | None,
    ) -> list[Event]:
        if self.closed:
            raise self._held.refusal()  # also where there is nothing to record
        told: list[Event] = []
        refusals_of(rejected)
        end = None if until is None else microseconds(until) + 1
        hand = partial(self._quick.hand, told)
        batch = Batch(self._held, self._parts, hand, lambda one: refuse(one, rejected, told))
        try:
            for data, error in runs:
                for _ in batch.record(data, lines=lines):
                    pass
                if error is not None:
                    batch.pass_over(error)
            if end is not None:
                for _ in batch.pass_time(end):
                    pass
            return told
        except BaseException as passing:
            if getattr(passing, "events", None) is not told:
                self._quick.keep(told)
            raise

    # ---- what fell due

    def poll(self, now: Instant | None = None) -> Iterator[Event]:
        """What is due at or before `now`, one after the other, in the order of their instants.

        Each one is taken when it is asked for: what the loop's body records counts for the
        next, and one that was not reached comes with the next poll.  Where an exception ends the
        loop, a signal handler's as well, the body has had the one it was at.
        """
        told: Iterator[Event] | None = self._quick.poll(now)
        return self._quick.poll_at(microseconds(now)) if told is None else told  # type: ignore[arg-type, no-any-return]

    def poll_many(self, now: Instant | None = None, n: int = _AT_ONCE) -> list[Event]:
        """Up to `n` of them at once."""
        at, n = machine_now() if now is None else microseconds(now), whole(n, "n", 0, SIZE)
        return _take(self._held, self._quick, at, n)

    def wakeup(self) -> datetime | None:
        """When it next wants to be polled; None: not before the next fact.  Never later than
        the truth, and perhaps in the past."""
        at = self._held.lend(self._quick.wakeup)
        return maybe_instant(max(at, EARLIEST)) if at <= LATEST else None

    # ---- what there is

    def adopt(
        self,
        policies: Policies | Document | Iterable[Document] | None = None,
        calendars: Iterable[Calendar | Document] = (),
        *,
        now: Instant | None = None,
    ) -> None:
        """Adopt policies (None: those in force stay) and calendars.

        Tickets opened from now on take the new policies, others with a fact `migrated`.  A
        calendar replaces the one of its name as if it had been known from the start.  The next
        poll tells the difference.  Raises NotFoundError for a calendar that was never given.
        """
        self._adopt(policies, calendars_of(calendars), machine_now() if now is None else microseconds(now))

    def _adopt(
        self, policies: Policies | Document | Iterable[Document] | None, calendars: list[Calendar], now: int
    ) -> None:
        given = None if policies is None else policies_of(policies)
        pointer = ffi.NULL if given is None else given._policies
        array = ffi.new("sla_calendar *[]", [calendar._calendar for calendar in calendars])

        def adopt(engine: CData) -> None:
            result = lib.sla_engine_adopt(engine, pointer, array, len(calendars), now, self._parts.error)
            if result < 0:
                raise error_of(result, self._taken_error())

        self._held.lend(adopt)

    def clocks(self, ticket: str, *, tenant: str = "") -> list[ClockView]:
        """The clocks of a ticket in order of policy, target, cycle.  Raises NotFoundError."""
        return self._held.lend(clocks_of, ticket, tenant)

    def attributes(self, ticket: str, *, tenant: str = "") -> dict[str, Value]:
        """What the facts of a ticket set, the last value of each name.

        Raises NotFoundError, and NeedHistoryError where the facts are in the store.
        """
        return self._held.lend(attributes_of, ticket, tenant)

    def explain(
        self,
        ticket: str,
        target: str,
        *,
        policy: str | None = None,
        cycle: int = 0,
        tenant: str = "",
        now: Instant | None = None,
    ) -> Explanation:
        """Why a clock is due when it is; `cycle` 0 is the latest.

        `policy` may be left out where only one has a target of that name.  Raises NotFoundError
        for an unknown ticket or clock, StateError for a clock without a due.
        """
        at = machine_now() if now is None else microseconds(now)
        return self._held.lend(explain_any, ticket, policy, target, tenant, cycle, at)

    def forget(self, ticket: str, *, tenant: str = "") -> None:
        """Drop a ticket and all that is known of it.  Raises NotFoundError."""
        whose, _whose = string_of(tenant, "tenant")
        which, _which = string_of(ticket, "ticket")
        check_ticket(self._held.lend(lib.sla_engine_forget, whose, which), ticket, tenant)

    def expire(self, now: Instant | None = None) -> int:
        """Forget tickets without a live clock whose last event lies `keep` ago; how many."""
        at = machine_now() if now is None else microseconds(now)
        return int(self._held.lend(lib.sla_engine_expire, at))

    def supply_history(
        self, ticket: str, facts: Iterable[AnyFact], *, tenant: str = "", policies: Iterable[int] | None = None
    ) -> None:
        """Hand in all facts of a ticket in order of recording, after NeedHistoryError or before a
        fact whose id may be one of theirs.

        `policies` holds for each fact how many adoptions of policies lay before its recording,
        less one; None where policies were adopted only once.  Raises NotFoundError,
        ArgumentError (their number is not that of the facts recorded), FactError with the number
        of the fact as `index`.
        """
        packed = pack_all(facts)
        pieces = b"".join(packed)
        if policies is not None:
            instance(policies, Iterable, "numbers, one for each fact", "policies")
        numbers = None if policies is None else [whole(one, "a number of policies", 0, UINT32) for one in policies]
        if numbers is not None and len(numbers) != len(packed):
            raise ArgumentError(f"{len(packed)} facts and {len(numbers)} numbers of policies")
        adopted = ffi.NULL if numbers is None else ffi.new("uint32_t[]", numbers)
        whose, _whose = string_of(tenant, "tenant")
        which, _which = string_of(ticket, "ticket")

        def supply(engine: CData) -> None:
            result = lib.sla_py_supply_history(
                engine, whose, which, pieces, len(pieces), self._parts.room, adopted, self._parts.error
            )
            if result == ArgumentError.default_code:
                raise ArgumentError(
                    f"{len(packed)} facts are not as many as were recorded of ticket {ticket!r}, or policies were not "
                    "adopted so often"
                )
            if result == NotFoundError.default_code:
                check_ticket(result, ticket, tenant)
            if result < 0:
                raise error_of(result, self._taken_error())

        self._held.lend(supply)

    def stats(self) -> EngineStats:
        """Numbers for the curious and for metrics; `bytes` are those of the tickets' memory."""
        out = ffi.new("sla_engine_stats *")
        self._held.lend(lib.sla_engine_get_stats, out)
        return EngineStats(*(getattr(out, name) for name in EngineStats._fields))

    def unread(self) -> dict[str, int]:
        """Names of facts and attributes that no policy reads, and how often they came."""
        name, count = ffi.new("const char **"), ffi.new("uint64_t *")
        found: dict[str, int] = {}

        def look(engine: CData) -> None:
            while lib.sla_engine_unread(engine, len(found), name, count):
                found[text(name[0])] = count[0]

        self._held.lend(look)
        return found

    def verify(self) -> None:
        """Every invariant of the engine, for tests; raises AssertionError where one is broken."""
        room = ffi.new("char[1024]")
        if not self._held.lend(lib.sla_engine_verify, room, 1024):
            raise AssertionError(text(room))

    def hash(self) -> int:
        """Over all that it holds: equal states, equal hashes."""
        return int(self._held.lend(lib.sla_engine_hash))


def _take(held: Holder, quick: Any, now: int, n: int) -> list[Event]:
    """Up to `n` events.  Those that an exception from outside keeps from the caller are kept."""
    told: list[Event] = []
    try:
        failed = held.lend(quick.take, now, n, told)
        if failed:
            raise error_of(failed)
        return told
    except BaseException:
        quick.keep(told)
        raise


def _piece(fact: AnyFact, now: Instant | None) -> bytes:
    """Recorded `now`, else at its `recorded_at`, else by the machine's clock."""
    if not isinstance(fact, Fact):
        fact = fact_of(fact)
    if now is not None:
        return pack(fact, seconds(now))
    return pack(fact, machine_seconds() if fact.recorded_at is None else None)
