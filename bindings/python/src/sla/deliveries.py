"""Deliveries: events that a consumer has to acknowledge."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, AsyncIterator, NoReturn

from sla._arguments import wanted
from sla._driver import STOPPED, Driver
from sla._sla import ffi, lib
from sla.errors import check, error_of
from sla.events import Event

if TYPE_CHECKING:
    from sla._sla import _CData as CData


_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)


def name_of_consumer(given: object) -> str:
    """A name under which a store keeps what was acknowledged."""
    if isinstance(given, str) and _NAME.fullmatch(given):
        return given
    raise wanted("a name of small letters, digits and _, such as \"desk_2\"", given, "consumer")


class Consumer:
    """The inbox of one name: what C has put there, and who waits for it."""

    def __init__(self, driver: Driver, index: int) -> None:
        self.driver = driver
        self.index = index
        self._waiters: list[asyncio.Future[None]] = []

    def take(self) -> Delivery | None:
        """The next one, or None."""
        if not self.driver.holder.is_open:
            return None
        self.driver.activity += 1
        return self.driver.holder.lend(self._take)

    def _take(self, glue: CData) -> Delivery | None:
        given = lib.sla_py_service_take_event(glue, self.index)
        return _delivery(self, given) if given else None

    @property
    def has_ended(self) -> bool:
        """Nothing comes any more, and nothing is there.  Raises what ended it for good."""
        driver = self.driver
        if driver.state == STOPPED or not driver.holder.is_open:
            return True
        error = ffi.new("sla_error *")
        code = driver.holder.lend(_why_given_up, error)
        if code == 0:
            return False
        raise error_of(code, error)

    async def news(self) -> None:
        """Until a turn has brought something, or the service has ended."""
        waiter: asyncio.Future[None] = self.driver.loop.create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def wake(self) -> None:
        """Those who wait, where there is something for them.  What one of them does not take,
        because it was cancelled meanwhile, the others see as well."""
        if self._waiters and (self._has_something() or self._is_over()):
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    def _has_something(self) -> bool:
        if not self.driver.holder.is_open:
            return False
        return bool(self.driver.holder.lend(lib.sla_py_service_waiting, self.index))

    def _is_over(self) -> bool:
        driver = self.driver
        if driver.state == STOPPED or not driver.holder.is_open:
            return True
        return driver.holder.lend(_why_given_up, ffi.new("sla_error *")) != 0


def _why_given_up(glue: CData, error: CData) -> int:
    """0 while the service can go on."""
    machine = lib.sla_py_service_machine(glue)
    code = lib.sla_service_given_up(machine)
    if code != 0:
        lib.sla_service_health(machine, error)
    return int(code)


class Delivery(Event):
    """An event, and what its consumer has to say of it."""

    __slots__ = ("number", "attempt", "_consumer")

    #: its place in the outbox, from 1
    number: int
    #: counts from 1
    attempt: int

    if not TYPE_CHECKING:

        def __init__(self, *given: object, **members: object) -> None:
            raise TypeError("a delivery comes from a service and stays as it is; what it tells may be copied by hand")

    def __copy__(self) -> Delivery:
        """Itself, for it does not change, and acknowledged it is but once."""
        return self

    def __deepcopy__(self, memo: object) -> Delivery:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a delivery is not pickled: who acknowledges it needs its service; send its json() or identity")

    def acknowledge(self) -> bool:
        """It is dealt with and shall not come again; a second time is fine.

        False when the service has stopped: then it comes again.  Acknowledgements are written
        with the next unit; what was acknowledged within a tenth of a second before a crash comes
        again.
        """
        consumer: Consumer = self._consumer  # type: ignore[attr-defined]
        driver = consumer.driver
        if driver.state == STOPPED or not driver.holder.is_open:
            driver.holder.check_process()
            return False
        driver.activity += 1
        check(driver.holder.lend(lib.sla_py_service_acknowledge, consumer.index, self.number))
        return True


def _delivery(consumer: Consumer, given: CData) -> Delivery:
    delivery = object.__new__(Delivery)
    delivery._piece = ffi.buffer(given.piece, given.length)[:]  # type: ignore[attr-defined]
    delivery.number = given.number
    delivery.attempt = given.attempt
    delivery._consumer = consumer  # type: ignore[attr-defined]
    return delivery


class Events(AsyncIterator[Delivery]):
    """Events as they come: `async for event in service.events()`."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def __anext__(self) -> Delivery:
        self._consumer.driver.check_loop()
        while True:
            delivery = self._consumer.take()
            if delivery is not None:
                return delivery
            if self._consumer.has_ended:
                raise StopAsyncIteration
            await self._consumer.news()


class Batches(AsyncIterator["list[Delivery]"]):
    """Events in lists, as many as are there but no more than `size`."""

    def __init__(self, consumer: Consumer, size: int) -> None:
        self._events = Events(consumer)
        self._consumer = consumer
        self._size = size

    async def __anext__(self) -> list[Delivery]:
        batch = [await self._events.__anext__()]
        while len(batch) < self._size:
            delivery = self._consumer.take()
            if delivery is None:
                break
            batch.append(delivery)
        return batch
