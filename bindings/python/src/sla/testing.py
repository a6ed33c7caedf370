"""A clock that hosts' tests set: weeks of a service pass in milliseconds.

    clock = sla.testing.Clock("2026-03-02T09:00:00+08:00")
    async with sla.Service(policies, store="memory:", clock=clock) as service:
        await service.record(ticket="T-1", fact="opened")
        await clock.advance("PT4H")

Nothing waits for time to pass: the clock steps from one instant that a service wants to the
next.  At each one it waits until the loop has nothing more to do about it: what was told is
with those who iterate over `events`, and what they record and acknowledge at once is on the
record.  A store that works is waited for.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from sla._driver import LOADING, STOPPED, STOPPING
from sla._handle import Unique
from sla._sla import lib
from sla.errors import ArgumentError, RangeError, StateError
from sla.instants import EARLIEST, LATEST, Instant, Span, instant, microseconds, span_microseconds

if TYPE_CHECKING:
    from sla.service import Service

#: Rounds of the loop without news after which nothing more is to be expected, and seconds of
#: real time for a store that works.
_QUIET = 6
_PATIENCE = 1.0
#: Rounds at one instant after which nobody believes in their end.
_ROUNDS = 100_000


class Clock(Unique):
    """Stands at `start` until it is moved.  Several services may go by it."""

    def __init__(self, start: Instant) -> None:
        self._now = microseconds(start)
        self._services: list[Service] = []
        self._moves = False

    @property
    def now(self) -> datetime:
        """What it says, in UTC."""
        return instant(self._now)

    async def advance(self, span: Span) -> None:
        """Let `span` pass, stopping at every instant that a service wants.

        Raises ArgumentError for a span below zero, RangeError for one that ends after 2199,
        StateError when the clock is moved already, or something records anew for ever.
        """
        end = self._end_of(span)
        async with _Move(self):
            await self._settle()
            while self._now < end:
                wanted = [self._until(service) for service in self._services]
                self._pass(max(min([end, *wanted]), self._now) - self._now)
                await self._settle()

    async def sleep(self, span: Span) -> None:
        """The machine sleeps: `span` passes, and nobody wakes in it."""
        end = self._end_of(span)
        async with _Move(self):
            self._pass(end - self._now)
            await self._settle()

    async def set(self, now: Instant) -> None:
        """Somebody sets the clock, forward or back: no time passes."""
        at = microseconds(now)
        async with _Move(self):
            self._pass(at - self._now, steady=0)
            await self._settle()

    async def settle(self) -> None:
        """Everything that can happen without the clock going on."""
        async with _Move(self):
            await self._settle()

    # ---- what moves it

    def _end_of(self, span: Span) -> int:
        counted = span_microseconds(span)
        if counted < 0:
            raise ArgumentError("time does not pass backwards; clock.set() sets it back")
        if not EARLIEST <= self._now + counted <= LATEST:
            raise RangeError("the clock goes on until 2199")
        return self._now + counted

    def _pass(self, span: int, steady: int | None = None) -> None:
        self._now += span
        for service in self._services:
            if service._live.holder.is_open:
                passed = span if steady is None else steady
                service._live.holder.lend(lib.sla_py_service_set_clock, self._now, passed)

    def _until(self, service: Service) -> int:
        if service._live.state == STOPPED or not service._live.holder.is_open:
            return LATEST
        return service._live.holder.lend(lambda glue: int(lib.sla_service_until(lib.sla_py_service_machine(glue))))

    async def _settle(self) -> None:
        quiet = rounds = 0
        for service in self._services:
            service._live.turn()
        while quiet < _QUIET:
            before = self._count()
            await asyncio.sleep(0)
            if self._count() != before:
                quiet = 0
            elif any(map(_is_busy, self._services)):
                quiet = 0 if await self._news() else _QUIET
            else:
                quiet += 1
            rounds += 1
            if rounds > _ROUNDS:
                raise StateError("there is no end to it at one instant: something records anew whenever it is told")

    def _count(self) -> tuple[int, ...]:
        return tuple(service._live.activity for service in self._services)

    async def _news(self) -> bool:
        """A store is at work: until it has something to say."""
        turns = [asyncio.ensure_future(s._live.next_turn(_PATIENCE)) for s in self._services if _is_busy(s)]
        done, rest = await asyncio.wait(turns, return_when=asyncio.FIRST_COMPLETED)
        for turn in rest:
            turn.cancel()
        return any(turn.result() for turn in done)

    def _join(self, service: Service) -> None:
        self._services.append(service)

    def _leave(self, service: Service) -> None:
        if service in self._services:
            self._services.remove(service)


class _Move:
    """One at a time moves the clock, on the loop of the services that go by it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __aenter__(self) -> None:
        for service in self._clock._services:
            service._live.check_loop()
        if self._clock._moves:
            raise StateError("the clock is being moved already")
        self._clock._moves = True

    async def __aexit__(self, *_: object) -> None:
        self._clock._moves = False


def _is_busy(service: Service) -> bool:
    driver = service._live
    if not driver.holder.is_open or driver.state == STOPPED:
        return False
    stats = service.stats()
    return driver.state in (LOADING, STOPPING) or stats.units_in_flight > 0 or stats.queued > 0
