"""Contenders in turn, each in a process of its own.

A slow minute of a shared machine is then slow for all of them, and none pays for what another
one left: not for its objects when the collector passes, not for its threads, not for its memory.
Turns are many and short, two milliseconds or so: most of them run in one piece even where somebody
else wants the processor, and the median is one of these.  The first quarter of a turn is not
counted: by then the caches hold what this contender needs, and not what the one before left.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter, sleep
from typing import Any, Callable, NamedTuple, TypeVar

from frame import Aim, Row, Run, complain


class Turn(NamedTuple):
    """What a contender did in one turn, and what that cost: seconds, or bytes."""

    operations: int
    cost: float
    checksum: int


T = TypeVar("T")


def timed(first: Callable[[], Any], rest: Callable[[], T]) -> tuple[float, T]:
    """Seconds of the rest, and what it gives.  What was made ready before has used up this
    process's share of the processor; a short sleep gives it a new one."""
    sleep(0.002)
    first()
    start = perf_counter()
    given = rest()
    return perf_counter() - start, given


#: Makes ready, in the contender's own process, and gives what does one turn.
Maker = Callable[[Run], Callable[[], Turn]]


@dataclass(frozen=True)
class Contender:
    """`work` names what it does: contenders of the same work must have the same checksums."""

    name: str
    make: Maker
    work: str
    aim: Aim | None = None


class _Seat:
    """The process of a contender."""

    def __init__(self, contender: Contender, run: Run) -> None:
        context = get_context("spawn")
        self.contender = contender
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(contender.make, run, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def turn(self) -> Turn:
        """The first answer comes when it is ready."""
        answer: Turn | str = self._pipe.recv()
        if isinstance(answer, str):
            raise RuntimeError(f"{self.contender.name}: {answer}")
        return answer

    def ask(self) -> Turn:
        self._pipe.send(True)
        return self.turn()

    def end(self) -> None:
        self._pipe.close()
        self._process.join(5)
        self._process.kill()


def _serve(make: Maker, run: Run, pipe: Connection) -> None:
    try:
        turn = make(run)
        gc.collect()
        pipe.send(Turn(0, 0.0, 0))
        while pipe.recv():
            pipe.send(turn())
    except EOFError:
        pass
    except Exception as error:  # goes to the parent, which says whose it was
        pipe.send(f"{type(error).__name__}: {error}")


def race(run: Run, contenders: list[Contender]) -> list[Row]:
    """Operations a second of each, in their order.  The first turn of each is not counted."""
    turns = _in_turn(run, contenders, run.rounds + 1)[1:]
    return _rows(contenders, turns, lambda turn: turn.operations / turn.cost)


def costs(run: Run, contenders: list[Contender], rounds: int) -> list[Row]:
    """What a turn of each costs; all turns count."""
    return _rows(contenders, _in_turn(run, contenders, rounds), lambda turn: turn.cost)


def _rows(contenders: list[Contender], rounds: list[list[Turn]], value: Callable[[Turn], float]) -> list[Row]:
    return [
        Row(contender.name, turns[0].operations, [value(turn) for turn in turns], contender.aim)
        for contender, turns in zip(contenders, zip(*rounds))
    ]


def _in_turn(run: Run, contenders: list[Contender], rounds: int) -> list[list[Turn]]:
    seats: list[_Seat] = []
    try:
        for contender in contenders:
            seats.append(_Seat(contender, run))
            seats[-1].turn()
        done = [[seat.ask() for seat in seats] for _ in range(rounds)]
    finally:
        for seat in seats:
            seat.end()
    for turns in done:
        _compare(contenders, turns)
    return done


def fresh(run: Run, contenders: list[Contender], rounds: int) -> list[Row]:
    """The same, each turn in a process that ends with it."""
    return _rows(contenders, [[_take(run, one) for one in contenders] for _ in range(rounds)], lambda turn: turn.cost)


def _take(run: Run, contender: Contender) -> Turn:
    seat = _Seat(contender, run)
    try:
        seat.turn()
        return seat.ask()
    finally:
        seat.end()


def _compare(contenders: list[Contender], turns: list[Turn]) -> None:
    said: dict[str, tuple[str, int]] = {}
    for contender, turn in zip(contenders, turns):
        other, checksum = said.setdefault(contender.work, (contender.name, turn.checksum))
        if checksum != turn.checksum:
            complain(f"{other} and {contender.name} do not agree: {checksum}, {turn.checksum}")
            raise SystemExit(1)
