"""How a service begins, and how it ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Callable

from sla._driver import LOADING, STOPPED, Driver
from sla._sla import ffi, lib
from sla.errors import error_of

if TYPE_CHECKING:
    from sla._sla import _CData as CData

#: What may pass by itself: nothing is wrong, no memory, another service has the store, it cannot
#: be reached.
_PASSING = (0, -1, -16, -19)

#: Seconds for a service to say goodbye that never reached its store and has nothing to write.
_MANNERS = 0.5


async def begin(driver: Driver, seconds: float) -> None:
    """Until the service is live, or the time is over.  Raises what only another start can cure."""
    deadline = driver.loop.time() + seconds
    while driver.state == LOADING:
        _raise_hopeless(driver)
        left = deadline - driver.loop.time()
        if left <= 0 or not await driver.next_turn(left):
            break
    _raise_hopeless(driver)


def _raise_hopeless(driver: Driver) -> None:
    error = ffi.new("sla_error *")

    def look(glue: CData) -> tuple[int, int]:
        machine = lib.sla_py_service_machine(glue)
        return lib.sla_service_given_up(machine), lib.sla_service_health(machine, error)

    given_up, code = driver.holder.lend(look)
    if given_up or (driver.state == LOADING and code not in _PASSING):
        raise error_of(code, error)


async def end(driver: Driver, seconds: float, has_line: Callable[[], bool]) -> None:
    """Until the service has stopped, or the time is over.

    Cancelled meanwhile, it goes on to the end, which is near, and says so then.
    """
    cancelled: asyncio.CancelledError | None = None
    now = driver.loop.time
    began = now()
    driver.turn()
    while driver.state != STOPPED and driver.holder.is_open:
        idle = driver.state == LOADING and not driver.unanswered and not has_line()
        left = began + (min(seconds, _MANNERS) if idle else seconds) - now()
        if left <= 0:
            break
        try:
            await driver.next_turn(left)
        except asyncio.CancelledError as again:
            cancelled = again
    if cancelled is not None:
        raise cancelled
