"""What a live ticket costs in memory beside a job, each in a fresh process.

Counted is what the process has resident of its own (private pages of /proc/self/smaps_rollup),
after the collector ran and malloc gave back what it could: before the first of `n`, when all
that comes once is there, and after the last.  The facts come from a generator and are gone then.
"""

from __future__ import annotations

import ctypes
import gc
import re
from datetime import timedelta
from functools import partial
from typing import Any, Callable

import complaints
import scheduler
import sla
from frame import Aim, Run, report
from turns import Contender, Turn, fresh

LIVE, LIVE_QUICK = 10_000, 500
FIRST = 200  # not counted: what comes once comes with these
ALL = 1 << 60  # tickets kept awake
NO_MORE = Aim("<=", 1)

#: facts of a ticket: the grade comes as an attribute, so that triage goes on beside four clocks
FOUR = (("opened", {"kind": "complaint"}), ("attributes", {"grade": 2}), ("dispatched", None), ("chased", None))
ONE = (("opened", {"kind": "complaint", "grade": 2}),)


def resident() -> int:
    """Bytes of this process alone."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/smaps_rollup", encoding="ascii") as rollup:
        return 1024 * sum(map(int, re.findall(r"^Private_\w+: +(\d+)", rollup.read(), re.MULTILINE)))


def _grown(count: int, add: Callable[[int], None]) -> int:
    for i in range(FIRST):
        add(i)
    before = resident()
    for i in range(FIRST, FIRST + count):
        add(i)
    return resident() - before


def tickets(run: Run, facts: Any, **options: Any) -> Callable[[], Turn]:
    """Recorded one by one, polled after each."""
    engine = complaints.engine(**options)

    def add(i: int) -> None:
        at = complaints.START + timedelta(milliseconds=10 * i)
        for number, (name, attributes) in enumerate(facts):
            now = at + timedelta(milliseconds=number)
            engine.record(ticket=f"T{i:07}", fact=name, id=f"{i:07}-{number}", attributes=attributes, now=now)
            for _ in engine.poll(now):
                pass

    return _turn(run, add, lambda: engine.stats().live_tickets)


def jobs(run: Run) -> Callable[[], Turn]:
    """One deadline each."""
    made = scheduler.scheduler()
    due_at = iter(scheduler.dues(run.seed, FIRST + LIVE))

    def add(i: int) -> None:
        made.add_job(scheduler.fire, "date", run_date=next(due_at), args=(f"T{i:07}",))

    return _turn(run, add, lambda: len(made.get_jobs()))


def _turn(run: Run, add: Callable[[int], None], there: Callable[[], Any]) -> Callable[[], Turn]:
    count = LIVE_QUICK if run.quick else LIVE

    def turn() -> Turn:
        grown = _grown(count, add)
        if there() != FIRST + count:
            raise AssertionError(f"{there()} are there")
        return Turn(count, grown / count, 0)

    return turn


CONTENDERS = [
    Contender("APScheduler, a job", jobs, ""),
    Contender("one fact, in the store", partial(tickets, facts=ONE, history_in_store=True), "", NO_MORE),
    Contender("four facts, in the store", partial(tickets, facts=FOUR, history_in_store=True), "", NO_MORE),
    Contender("four facts, kept here", partial(tickets, facts=FOUR), ""),
    Contender("four facts, in the store, all awake", partial(tickets, facts=FOUR, history_in_store=True, awake=ALL), ""),
]


def memory(run: Run) -> None:
    report(run, "a live ticket", "memory", "bytes", fresh(run, CONTENDERS, min(run.rounds, 3)))
