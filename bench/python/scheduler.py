"""APScheduler as its manual begins: jobs in memory, a date each, a pool of four threads."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any, Callable

from frame import Run
from turns import Turn, timed


def fire(ticket: str) -> None:
    """What a job would do."""


def scheduler() -> Any:
    """A running one."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    made = BackgroundScheduler(executors={"default": ThreadPoolExecutor(4)}, timezone=timezone.utc)
    made.start()
    return made


def dues(seed: int, count: int) -> list[datetime]:
    """Instants from tomorrow on, within four days: nothing fires meanwhile."""
    random = Random(seed)
    first = datetime.now(timezone.utc) + timedelta(days=1)
    return [first + timedelta(microseconds=random.randrange(4 * 86_400_000_000)) for _ in range(count)]


def adding(run: Run, live: int, each: int, named: bool) -> Callable[[], Turn]:
    """Turns of `each` jobs added to `live` ones; they are taken away again between turns."""
    jobs = scheduler()
    for i, due in enumerate(dues(run.seed, live)):
        jobs.add_job(fire, "date", run_date=due, args=(f"T{i:07}",), id=f"T{i:07}")
    first = each // 4
    due_at = dues(run.seed + 1, first + each)
    tickets = [f"T{live + i:07}" for i in range(first + each)]

    def turn() -> Turn:
        added: list[Any] = []
        seconds, _ = timed(
            lambda: _add(jobs.add_job, tickets[:first], due_at[:first], named, added),
            lambda: _add(jobs.add_job, tickets[first:], due_at[first:], named, added),
        )
        if len(jobs.get_jobs()) != live + first + each:
            raise AssertionError("jobs are missing")
        for job in added:
            job.remove()
        return Turn(each, seconds, each)

    return turn


def _add(add_job: Any, tickets: list[str], due_at: list[datetime], named: bool, added: list[Any]) -> None:
    if named:
        for ticket, due in zip(tickets, due_at):
            added.append(add_job(fire, "date", run_date=due, args=(ticket,), id=ticket))
    else:
        for ticket, due in zip(tickets, due_at):
            added.append(add_job(fire, "date", run_date=due, args=(ticket,)))
