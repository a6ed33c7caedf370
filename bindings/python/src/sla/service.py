"""A service: facts in, events out, nothing lost, on the asyncio loop that runs.

    async with sla.Service(policies, calendars, store="sqlite:desk.db") as service:
        answer = await service.record(ticket="T-1", fact="opened")
        async for event in service.events():
            handle(event)
            event.acknowledge()

An answer comes when the fact is on the record.  An event that is not acknowledged comes again,
also after a crash, under the same identity.  Instants are aware datetimes or RFC 3339 text,
spans timedeltas or ISO 8601 text; what is called a timeout is seconds of the loop.
"""

from __future__ import annotations

import asyncio
import logging
import re
import warnings
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, overload

from sla._arguments import SIZE, instance, mark_of, seconds_of, span_of, whole
from sla._documents import Documents, array_of_documents, documents_of
from sla._driver import Driver, LogHook, hook_of, log_to_logging
from sla._handle import Unique, string_of
from sla.service_views import Health, Imported, ServiceState, ServiceStats, health_of, metrics_of, stats_of
from sla._sla import ffi, lib
from sla._intake import Intake
from sla._life import begin, end
from sla.answers import Answer
from sla.clocks import ClockView, clocks_of
from sla.deliveries import Batches, Consumer, Events, name_of_consumer
from sla.errors import ArgumentError, ClosedError, SlaError, StateError, StoreError, check, check_ticket
from sla.explain import Explanation, explain_any
from sla.facts import AnyFact, Value, fact_by_name, pack, pack_all
from sla.instants import NEVER, Instant, Span, microseconds
from sla.stores import Store, store_of

if TYPE_CHECKING:
    from types import TracebackType

    from sla._sla import _CData as CData
    from sla.testing import Clock

_PENDING, _BUSY = 3, -16
_QUEUE_MAX = 65536
_NUMBERED = re.compile("fact ([0-9]+)")  # the source of a complaint about one of several


class Service(Unique):
    """Deadlines of tickets on a store, live.  Entered once, by `async with`.

    Entering opens the store and waits until the service is live.  It raises what only another
    start can cure: BusyError (another service has the file), PolicyError, CalendarError,
    NotFoundError (a calendar that nobody gave), RefusedError, FencedError, NewerError.  What may
    pass, a PostgreSQL that does not answer or is held by another service, is waited for
    `start_timeout` seconds, and then behind the scenes: facts wait, `health` and the log say
    why.

    Leaving stops in order, within `end_timeout` seconds.  What was not written by then is told
    to whoever waits for it; StoreError where nobody does.  Who is cancelled while entering or
    leaving lets go of the store first.  A service that was never left holds its store until its
    loop is closed and nobody has it any more, and then says so with a ResourceWarning.

    policies, calendars   adopted when the store does not have them word for word; what is on the
                          record need not be given again
    store                 a URI or a store of `sla.stores`
    consumer              whose events `events` gives; what it acknowledged is kept under its
                          name.  None: nobody is told
    log                   called with a level of `logging`, a stable code and a text
                          (docs/service.md); else the logger "sla.service".  What it raises goes
                          to the loop's exception handler
    clock                 of `sla.testing`; else the machine's
    queue_max             facts that wait to be on the record before `record` waits for room
    max_in_flight, redeliver_after     of the consumer: events not acknowledged at once (1000),
                          and when one of them comes again (a minute, then twice as long)
    units_max, keep, sleep_max, audit_every, step_allowed, apart_allowed     as in sla/service.h

    A service belongs to its loop: another one gets StateError, and another thread uses
    `asyncio.run_coroutine_threadsafe`.  `stats`, `health` and `metrics` may be asked from every
    thread.
    In a child process after `fork` every call raises ForkedError, and leaving does nothing.
    """

    def __init__(
        self,
        policies: Documents = (),
        calendars: Documents = (),
        *,
        store: str | Store,
        consumer: str | None = "python",
        log: LogHook | None = None,
        clock: Clock | None = None,
        start_timeout: float = 5.0,
        end_timeout: float = 10.0,
        queue_max: int = _QUEUE_MAX,
        units_max: int = 0,
        max_in_flight: int = 0,
        redeliver_after: Span = "PT0S",
        keep: Span = "PT0S",
        sleep_max: Span | None = None,
        audit_every: Span | None = None,
        step_allowed: Span = "PT0S",
        apart_allowed: Span | None = None,
    ) -> None:
        self._documents = documents_of(policies, "policy") + documents_of(calendars, "calendar")
        self._store = store_of(store)
        self._consumer_name = None if consumer is None else name_of_consumer(consumer)
        self._log = log_to_logging if log is None else hook_of(log)
        self._clock = None if clock is None else _clock(clock)
        self._start_timeout = seconds_of(start_timeout, "start_timeout")
        self._end_timeout = seconds_of(end_timeout, "end_timeout")
        again = span_of(redeliver_after, "redeliver_after")
        self._consumer_limits = whole(max_in_flight, "max_in_flight", 0, SIZE), again
        # A clock that moves by weeks would only be stopped by looks at it and at the store.
        far, apart = ("PT0S", "PT0S") if clock is None else ("P52W", "P10000W")
        self._numbers = {
            "queue_max": whole(queue_max, "queue_max", 0, SIZE) or _QUEUE_MAX,
            "units_max": whole(units_max, "units_max", 0, SIZE),
            "keep": span_of(keep, "keep"),
            "sleep_max": span_of(far if sleep_max is None else sleep_max, "sleep_max"),
            "audit_every": span_of(far if audit_every is None else audit_every, "audit_every"),
            "step_allowed": span_of(step_allowed, "step_allowed"),
            "apart_allowed": span_of(apart if apart_allowed is None else apart_allowed, "apart_allowed"),
        }
        self._entered = False
        self._stopping = False
        self._driver: Driver | None = None
        self._consumers: dict[str, Consumer] = {}
        self._end: asyncio.Future[None] | None = None

    # ---- in and out

    async def __aenter__(self) -> Service:
        if self._entered:
            raise StateError("a service is entered once; make a new one")
        self._entered = True
        await self._open(asyncio.get_running_loop())
        try:
            if self._consumer_name is not None:
                self._subscribe(self._consumer_name)
            self._live.turn()
            await begin(self._live, self._start_timeout)
        except BaseException:
            await self._give_up()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.aclose()
        except StoreError as lost:
            if raised is None:
                raise
            self._live.say(logging.ERROR, "ended_early", str(lost))  # the block's own goes first

    def __del__(self) -> None:
        driver = getattr(self, "_driver", None)
        if driver is not None and driver.holder.is_open:
            said = "a service was never left: async with sla.Service(...), or await service.aclose()"
            try:
                warnings.warn(said, ResourceWarning, source=self)
            finally:
                if driver.loop.is_closed():
                    driver.holder.close()  # now: the warning may be kept, and this with it

    async def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        store = await self._store._open(loop, self._end_timeout)
        options, error = ffi.new("sla_service_options *"), ffi.new("sla_error *")
        options.size = ffi.sizeof("sla_service_options")
        options.store = store
        for name, value in self._numbers.items():
            setattr(options, name, value)
        array, kept = array_of_documents(self._documents)
        options.documents, options.document_count = array, len(self._documents)
        start = NEVER if self._clock is None else self._clock._now
        out = ffi.new("sla_py_service **")
        check(lib.sla_py_service_new(options, start, out, error), error)
        self._driver = Driver(
            out[0], loop, log=self._log, turned=self._turned, settable=self._clock is not None
        )
        self._intake = Intake(self._driver, self._numbers["queue_max"])
        if self._clock is not None:
            self._clock._join(self)

    async def _give_up(self) -> None:
        """The block was not entered."""
        self._end_timeout = min(self._end_timeout, 1.0)
        await self.aclose()

    def stop(self) -> None:
        """Begin to stop: no more facts are taken up, `events` ends when all is handed over.
        Leaving the block waits for it.  A second time is fine."""
        self._stopping = True
        driver = self._driver
        if driver is not None and driver.holder.is_open and not self._intake.line:
            driver.holder.lend(_stop)

    async def aclose(self) -> None:
        """What leaving the block does, on the service's loop.  A second time is fine."""
        driver = self._driver
        if driver is None or not driver.holder.is_open:
            return
        driver.check_loop()
        if self._end is not None:
            await asyncio.wait((self._end,))
            return
        self._end = driver.loop.create_future()
        try:
            self.stop()
            await end(driver, self._end_timeout, lambda: bool(self._intake.line))
        finally:
            try:
                self._release(driver)
            finally:
                self._end.set_result(None)

    def _release(self, driver: Driver) -> None:
        if self._clock is not None:
            self._clock._leave(self)
        try:
            self._intake.close()
        finally:
            try:
                driver.release()
            finally:
                for consumer in self._consumers.values():
                    consumer.wake()

    @property
    def _live(self) -> Driver:
        if self._driver is None:
            raise ClosedError("this service is not open yet: async with Service(...) as service")
        self._driver.holder.check_process()
        return self._driver

    @property
    def _here(self) -> Driver:
        """For what is awaited.  Raises StateError on another loop, which no answer would reach."""
        self._live.check_loop()
        return self._live

    # ---- facts in

    @overload
    async def record(self, fact: AnyFact, /) -> Answer: ...
    @overload
    async def record(
        self,
        /,
        *,
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
    async def record(self, given: AnyFact | None = None, /, **members: Any) -> Answer:
        """Record what happened; returns when it is durable.

        A Fact, a mapping, or the members of one: record(ticket="T-1", fact="opened").  When it
        happened is now unless `occurred_at` says otherwise; a fact that may be sent again needs
        its `id` and its `occurred_at`.  Where the queue is full it waits for room.  Cancelled, it
        does not take the fact back: it is recorded, and an error is told to the log.

        Raises FactError and what else sla/engine.h says of recording, StoreError and what
        derives from it, StateError when the service is stopping.
        """
        piece = pack(_fact(given, members), self._now() / 1000000)
        if self._stopping:
            raise StateError("the service is stopping and takes up no more facts")
        return await self._intake.take(piece)

    def _turned(self) -> None:
        """After each turn of the driver."""
        if self._intake.line and self._intake.admit() and self._stopping:
            self.stop()
        for consumer in self._consumers.values():
            consumer.wake()

    async def _answered(self, make: Callable[[CData, int, CData], int]) -> None:
        """Make a call as soon as the service is not busy, and wait for its answer."""
        driver = self._here
        future: asyncio.Future[None] = driver.loop.create_future()
        while not driver.call(make, future, lambda answer: None):
            await driver.next_turn()
        await future

    async def adopt(self, policies: Documents = (), calendars: Documents = ()) -> None:
        """Adopt documents as one fact of the world; returns when they are on the record and in
        force.  Tickets that are open keep their policies.

        Raises PolicyError, CalendarError ... with the place; then nothing has changed.
        """
        documents = documents_of(policies, "policy") + documents_of(calendars, "calendar")
        array, kept = array_of_documents(documents)

        def make(glue: CData, number: int, error: CData) -> int:
            return int(lib.sla_py_service_adopt(glue, array, len(documents), number, error))

        await self._answered(make)

    async def forget(self, ticket: str, *, tenant: str = "") -> None:
        """The ticket goes from memory and from the store, once every consumer has acknowledged
        what was told of it.

        Raises StateError for one that has a live clock or something to tell, NotFoundError,
        BusyError while it is being forgotten already.
        """
        whose, _whose = string_of(tenant, "tenant")
        which, _which = string_of(ticket, "ticket")

        def make(glue: CData, number: int, error: CData) -> int:
            return int(lib.sla_py_service_forget(glue, whose, which, number))

        await self._answered(make)

    async def import_(
        self, facts: Iterable[AnyFact], *, told_until: Instant, dry_run: bool = False
    ) -> Imported:
        """Take over one living ticket with its history, in order of recording, each fact with
        its `recorded_at`.  What fell due before `told_until` is never delivered, what fell due
        since is.  `dry_run` only counts.

        Raises ExistsError when the ticket is on the record, and what `record` raises, with the
        number of the fact as `index`; then nothing of the ticket is kept.
        """
        self._live.check_loop()
        mark_of(dry_run, "dry_run")
        pieces = b"".join(pack_all(facts))
        if not pieces:
            raise ArgumentError("facts are none: a ticket that is taken over has at least its \"opened\"")
        until, counts = microseconds(told_until), ffi.new("sla_import *")

        def make(glue: CData, number: int, error: CData) -> int:
            return int(lib.sla_py_service_import(glue, pieces, len(pieces), until, dry_run, number, counts, error))

        try:
            if dry_run:
                await self._count_import(make)
            else:
                await self._answered(make)
        except SlaError as error:
            numbered = _NUMBERED.fullmatch(error.source)
            if numbered is not None:
                error.index = int(numbered[1]) - 1
            raise
        return Imported(counts.tickets, counts.facts, counts.refused, counts.imported, counts.later)

    async def _count_import(self, make: Callable[[CData, int, CData], int]) -> None:
        driver, error = self._here, ffi.new("sla_error *")
        while True:
            result = driver.holder.lend(make, 0, error)
            if result != _BUSY:
                check(result, error)
                return
            await driver.next_turn()

    # ---- events out

    @overload
    def events(self, *, consumer: str | None = None) -> Events: ...
    @overload
    def events(self, *, batch: int, consumer: str | None = None) -> Batches: ...
    def events(self, *, batch: int | None = None, consumer: str | None = None) -> Events | Batches:
        """What falls due, as it is told: an event at a time, or lists of up to `batch`.

        Each is to be acknowledged; what is not comes again, and holds back the later ones of
        its ticket.  Ends when the service has stopped; raises FencedError and its like when the
        service can go on no more.  Several loops over one consumer share its events; another
        name is another consumer, which is told everything from now on.
        """
        if batch is not None:
            whole(batch, "batch", 1, SIZE)
        name = self._consumer_name if consumer is None else name_of_consumer(consumer)
        if name is None:
            raise StateError("this service was made without a consumer; name one: events(consumer=...)")
        self._live.holder.check_process()
        found = self._consumers.get(name) or self._subscribe(name)
        return Events(found) if batch is None else Batches(found, batch)

    def _subscribe(self, name: str) -> Consumer:
        in_flight, again = self._consumer_limits
        check(self._live.holder.lend(lib.sla_py_service_subscribe, name.encode(), in_flight, again))
        consumer = self._consumers[name] = Consumer(self._live, len(self._consumers))
        return consumer

    # ---- looking in

    async def bring(self, ticket: str, *, tenant: str = "") -> None:
        """Bring a ticket into memory, from the store if need be.  Raises NotFoundError."""
        await self._brought(ticket, tenant)

    async def _brought(self, ticket: str, tenant: str) -> None:
        driver = self._here
        whose, _whose = string_of(tenant, "tenant")
        which, _which = string_of(ticket, "ticket")

        def bring(glue: CData) -> int:
            return int(lib.sla_service_bring(lib.sla_py_service_machine(glue), whose, which))

        while True:
            result = driver.holder.lend(bring)
            if result != _PENDING:
                check_ticket(result, ticket, tenant)
                return
            await driver.next_turn()

    async def clocks(self, ticket: str, *, tenant: str = "") -> list[ClockView]:
        """The clocks of a ticket in order of policy, target, cycle.  Raises NotFoundError."""
        await self._brought(ticket, tenant)
        return self._live.holder.lend(lambda glue: clocks_of(_engine_of(glue), ticket, tenant))

    async def explain(
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
        await self._brought(ticket, tenant)
        at = self._now() if now is None else microseconds(now)
        return self._live.holder.lend(
            lambda glue: explain_any(_engine_of(glue), ticket, policy, target, tenant, cycle, at)
        )

    @property
    def state(self) -> ServiceState:
        """Where it is between loading and stopped."""
        return ServiceState(self._live.state)

    def health(self) -> Health:
        """Whether all is well now, and what is not: true when it is."""
        return self._live.holder.lend(lambda glue: health_of(lib.sla_py_service_machine(glue)))

    def stats(self) -> ServiceStats:
        """Numbers for the curious and for metrics."""
        return self._live.holder.lend(lambda glue: stats_of(lib.sla_py_service_machine(glue)))

    def metrics(self) -> str:
        """The same in Prometheus' text format 0.0.4 (docs/metrics.md)."""
        return self._live.holder.lend(lambda glue: metrics_of(lib.sla_py_service_machine(glue)))

    def _now(self) -> int:
        return int(self._live.holder.lend(lib.sla_py_service_now))


def _stop(glue: CData) -> None:
    lib.sla_service_stop(lib.sla_py_service_machine(glue))


def _engine_of(glue: CData) -> CData:
    return lib.sla_service_engine(lib.sla_py_service_machine(glue))


def _fact(given: AnyFact | None, members: dict[str, Any]) -> AnyFact:
    """What `record` was given."""
    if given is None:
        return fact_by_name(members)
    if members:
        raise TypeError("a fact or its members, not both")
    return given


def _clock(clock: Clock) -> Clock:
    from sla.testing import Clock as kind  # which hosts do not need

    given: Clock = instance(clock, kind, "a Clock of sla.testing", "clock")
    return given
