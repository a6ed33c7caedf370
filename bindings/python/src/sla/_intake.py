"""Facts on their way into a service: as many as its queue takes, the others in line.

C says at once when its queue is full.  Then facts wait here, in order, and each turn lets in as
many as there is room for.  Whoever waits for an answer may be cancelled; the fact stays in
line, so that nothing is lost by it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Deque

from sla._driver import Driver
from sla._handle import text
from sla._sla import lib
from sla.answers import Answer
from sla.errors import BusyError, SlaError, StateError, StoreError

if TYPE_CHECKING:
    from sla._sla import _CData as CData

_DUPLICATE: int = lib.SLA_DUPLICATE


class _Waiting:
    """A fact in line."""

    __slots__ = ("piece", "future", "in_line", "forsaken")

    def __init__(self, piece: bytes, future: asyncio.Future[Answer]) -> None:
        self.piece = piece
        self.future = future
        self.in_line = True
        self.forsaken = False  # nobody waits for its answer any more


class Intake:
    """The way in.  `limit` is how many may wait in line for whom nobody waits any more."""

    def __init__(self, driver: Driver, limit: int) -> None:
        self.line: Deque[_Waiting] = deque()
        self._driver = driver
        self._limit = limit
        self._forsaken = 0

    def take(self, piece: bytes) -> asyncio.Future[Answer]:
        """The future answer.  Raises what C says at once, BusyError for a line of the forsaken,
        StateError on another loop."""
        self._driver.check_loop()
        future: asyncio.Future[Answer] = self._driver.loop.create_future()
        if self.line or not self._submit(piece, future):
            self._queue_up(piece, future)
        return future

    def _submit(self, piece: bytes, future: asyncio.Future[Answer]) -> bool:
        def make(glue: CData, number: int, error: CData) -> int:
            return int(lib.sla_py_service_record(glue, piece, len(piece), number, error))

        return self._driver.call(make, future, answer_of)

    def _queue_up(self, piece: bytes, future: asyncio.Future[Answer]) -> None:
        if self._forsaken >= self._limit:
            raise BusyError(f"{self._forsaken} facts wait for room for which nobody waits any more; try again later")
        waiting = _Waiting(piece, future)
        self.line.append(waiting)
        future.add_done_callback(lambda _: self._forsake(waiting))

    def _forsake(self, waiting: _Waiting) -> None:
        waiting.forsaken = waiting.in_line
        self._forsaken += waiting.forsaken

    def admit(self) -> bool:
        """Let in as many as there is room for; whether that was all."""
        while self.line:
            waiting = self.line[0]
            try:
                if not self._submit(waiting.piece, waiting.future):
                    return False
            except SlaError as refused:
                if waiting.future.done():
                    self._driver.say(logging.ERROR, "answer_unheard", f"result={refused.name}")
                else:
                    waiting.future.set_exception(refused)
            self.line.popleft()
            waiting.in_line = False
            self._forsaken -= waiting.forsaken
        return True

    def close(self) -> None:
        """The service goes, and nobody is let in any more.

        Raises StoreError when there was a fact among them for which nobody waits.
        """
        line, self.line = self.line, deque()
        lost = 0
        for waiting in line:
            waiting.in_line = False
            if waiting.future.done():
                lost += 1
            else:
                waiting.future.set_exception(
                    StateError("the service ended before there was room: the fact is not on the record")
                )
        if lost:
            raise StoreError(
                f"the service ended before there was room for {lost} facts for which nobody waits any more: they are "
                "not on the record; give it a longer end_timeout"
            )


def answer_of(given: CData) -> Answer:
    """Of an `sla_py_answer *`."""
    answer = given.answer
    return Answer(
        answer.seq,
        answer.late,
        answer.no_effect,
        answer.refused,
        text(answer.rule) if answer.refused else "",
        given.result == _DUPLICATE,
    )
