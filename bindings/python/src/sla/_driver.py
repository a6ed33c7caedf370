"""The machine of one service on a running asyncio loop.

A second driver beside sla/ev.h, made of `add_reader`, `add_writer` and `call_at`: no loop and no
thread of its own.  C never calls Python; what a service tells waits in lists (_glue_service.h)
that are emptied after each turn.

How it waits.  What the store waits for may be closed and opened again under the same number
inside a turn, so its descriptors are watched from the end of one turn to the beginning of the
next.  `call_at` counts monotonic time, which stands still in suspend and knows nothing of a
clock that is set; so a timer of the kernel on the wall clock, cancelled when that is set, is
watched as well, and nothing sleeps longer than the service's `sleep_max`.
"""

from __future__ import annotations

import asyncio
import logging
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Callable
from weakref import WeakMethod

from sla._arguments import wanted
from sla._handle import Holder, text
from sla._sla import ffi, lib
from sla.errors import ArgumentError, SlaError, StateError, StoreError, error_of
from sla.instants import NEVER

if TYPE_CHECKING:
    from sla._sla import _CData as CData

LOADING, LIVE, HELD, STOPPING, STOPPED = range(5)

_BUSY = -16
_LEVELS = (logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)
#: Seconds until descriptors are watched again that the loop could not watch.
_STARVED = 0.01

#: Takes a level of `logging`, a stable code and its text (docs/service.md, Log).
LogHook = Callable[[int, str, str], object]

_logger = logging.getLogger("sla.service")


def log_to_logging(level: int, code: str, text: str) -> None:
    """The hook where the host gives none: the logger "sla.service"."""
    _logger.log(level, "%s %s", code, text)


def hook_of(log: LogHook) -> LogHook:
    """The hook of a host.  Raises ArgumentError for what is none."""
    if not callable(log):
        raise wanted("a function of a level, a code and a text", log, "log")
    if iscoroutinefunction(log) or iscoroutinefunction(getattr(log, "__call__", None)):
        raise ArgumentError("log is a plain function, not async: nobody would await it; it may make a task")
    return log


class Driver:
    """Turns of a service, and what comes of them.

    `turned`, a method of the service, is called after each turn that has events to take or room
    for facts; it is the package's own and does not fail.  While the loop is there, it keeps the
    service; this does not, so one that nobody has any more goes without the collector's help.
    """

    def __init__(
        self,
        glue: CData,
        loop: asyncio.AbstractEventLoop,
        *,
        log: LogHook,
        turned: Callable[[], None],
        settable: bool,
    ) -> None:
        self.holder = Holder(glue, lib.sla_py_service_free, "service")
        self.loop = loop
        self.state = LOADING
        self.activity = 0  # counts whatever happens
        self._log = log
        self._turned = WeakMethod(turned)
        self._settable = settable
        self._turn = ffi.new("sla_py_turn *")
        self._error = ffi.new("sla_error *")
        self._watched: list[tuple[int, bool, bool]] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0
        self._soon: asyncio.Handle | None = None
        self._calls: dict[int, tuple[asyncio.Future[Any], Callable[[CData], Any]]] = {}
        self._number = 0
        self._unheard: list[tuple[int, str, str]] = []  # lines of the log about answers
        self._waiters: list[asyncio.Future[None]] = []
        self._lasting = [
            fd for fd in (lib.sla_py_service_wake_fd(glue), lib.sla_py_service_timer_fd(glue)) if fd >= 0
        ]
        for fd in self._lasting:
            loop.add_reader(fd, _turn_and_keep, self, turned)

    # ---- a turn

    def turn(self) -> None:
        """Let the service go on, and pass on what came of it.  Never waits."""
        if not self.holder.is_open:
            return
        turn = self._turn
        self._unwatch()
        self.holder.lend(lib.sla_py_service_turn, turn)
        self.activity += 1
        self.state = turn.state
        if self.state == STOPPED:
            self._let_go()
        else:
            self._watch(turn)
            self._arm(turn)
        if turn.answers:
            self._answer()
        turned = self._turned()
        if turned is not None:
            turned()
        self._wake_waiters()
        if turn.logs or self._unheard:
            self._tell_log()

    def check_loop(self) -> None:
        """Raises StateError where another loop runs than the service's, ForkedError in a child."""
        self.holder.check_process()
        if asyncio.get_running_loop() is not self.loop:
            raise StateError(
                "the service lives on another loop; hand what is to be awaited to that one with "
                "asyncio.run_coroutine_threadsafe(..., loop)"
            )

    def _unwatch(self) -> None:
        loop, watched = self.loop, self._watched
        while watched:
            fd, read, write = watched.pop()
            if read:
                loop.remove_reader(fd)
            if write:
                loop.remove_writer(fd)

    def _watch(self, turn: CData) -> None:
        loop = self.loop
        try:
            for i in range(turn.wait_count):
                wait = turn.waits[i]
                fd = wait.fd
                self._watched.append((fd, wait.read, wait.write))
                if wait.read:
                    loop.add_reader(fd, self.turn)
                if wait.write:
                    loop.add_writer(fd, self.turn)
        except OSError:  # the kernel has no room for one more
            self._call_at(loop.time() + _STARVED)

    def _arm(self, turn: CData) -> None:
        if turn.more:
            if self._soon is None:
                self._soon = self.loop.call_soon(self._go_on)
        elif not self._settable and turn.until != NEVER:
            self._call_at(self.loop.time() + max(turn.until - turn.now, 0) / 1e6)

    def _go_on(self) -> None:
        self._soon = None
        self.turn()

    def _call_at(self, when: float) -> None:
        """An alarm that is set for earlier stays: it looks, and sets the next one."""
        if self._alarm is not None:
            if self._alarm_at <= when:
                return
            self._alarm.cancel()
        self._alarm_at = when
        self._alarm = self.loop.call_at(when, self._go_off)

    def _go_off(self) -> None:
        self._alarm = None
        self.turn()

    async def next_turn(self, timeout: float | None = None) -> bool:
        """Wait for the end of the next turn; False when it did not come within seconds."""
        waiter: asyncio.Future[None] = self.loop.create_future()
        self._waiters.append(waiter)
        done, _ = await asyncio.wait((waiter,), timeout=timeout)
        return bool(done)

    def _wake_waiters(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    # ---- calls and their answers

    def call(
        self,
        make: Callable[[CData, int, CData], int],
        future: asyncio.Future[Any],
        convert: Callable[[CData], Any],
    ) -> bool:
        """Make a call whose answer goes into `future`; False when the service is busy.

        `make` is given the glue, the call's number and an `sla_error *`.  Raises what it says.
        """
        error = self._error
        self._number += 1
        self.activity += 1
        result = self.holder.lend(make, self._number, error)
        if result == 0:
            self._calls[self._number] = (future, convert)
            return True
        if result == _BUSY:
            return False
        raised = error_of(result, error)
        error.code = 0
        raise raised

    def _answer(self) -> None:
        self.holder.lend(self._take_answers)

    def _take_answers(self, glue: CData) -> None:
        take = lib.sla_py_service_take_answer
        calls = self._calls
        while answer := take(glue):
            future, convert = calls.pop(answer.call)
            if future.done():  # its waiter was cancelled: the call was not
                if answer.result < 0:
                    name = text(lib.sla_result_name(answer.result))
                    self._unheard.append((logging.ERROR, "answer_unheard", f"result={name}"))
            elif answer.result < 0:
                future.set_exception(error_of(answer.result, answer.error or None))
            else:
                future.set_result(convert(answer))

    @property
    def unanswered(self) -> int:
        """Calls that were made and not answered yet."""
        return len(self._calls)

    # ---- the log

    def say(self, level: int, code: str, line: str) -> None:
        """One line of the log.  What the host's hook raises is the loop's to report, also what
        would end a task or a generator if that had raised it."""
        try:
            self._log(level, code, line)
        except (Exception, asyncio.CancelledError, GeneratorExit) as raised:
            self.loop.call_exception_handler(
                {"message": f"the log hook of a service failed at {code!r}", "exception": raised}
            )

    def _tell_log(self) -> None:
        lines, self._unheard = self._unheard, []
        lost = self.holder.lend(_take_log, lines)
        if lost:
            lines.append((logging.WARNING, "log_lost", f"lines={lost}"))
        for level, code, said in lines:
            self.say(level, code, said)

    # ---- the end

    def _let_go(self) -> None:
        """Off the loop.  Twice is fine."""
        if not self.loop.is_closed():
            self._unwatch()
            for fd in self._lasting:
                self.loop.remove_reader(fd)
        self._lasting = []
        for handle in (self._alarm, self._soon):
            if handle is not None:
                handle.cancel()
        self._alarm = self._soon = None

    def release(self) -> None:
        """Free the service, stopped or not.  What was not answered is told so.

        Raises StoreError when among that is something for which nobody waits any more.
        """
        if not self.holder.is_open:
            return
        self._let_go()
        self.holder.close()
        self.state = STOPPED
        self._wake_waiters()
        calls, self._calls = self._calls, {}
        unheard = 0
        for future, _ in calls.values():
            if future.done():
                unheard += 1
            else:
                future.set_exception(ended())
        if unheard:
            raise StoreError(
                f"the service ended before {unheard} calls were answered for which nobody waits any more: they may "
                "be on the record or not; give it a longer end_timeout"
            )


def _take_log(glue: CData, lines: list[tuple[int, str, str]]) -> int:
    """Puts lines behind those that are there; how many had no room in C."""
    while line := lib.sla_py_service_take_log(glue):
        lines.append((_LEVELS[line.level], text(line.code), text(line.text)))
    return int(lib.sla_py_service_logs_lost(glue))


def _turn_and_keep(driver: Driver, _: object) -> None:
    """What the loop calls; the rest of what it holds is what the driver does not."""
    driver.turn()


def ended() -> SlaError:
    """What a call hears whose service has gone before its answer."""
    return StateError(
        "the service ended before the answer: it may be on the record or not; record it again under its id"
    )
