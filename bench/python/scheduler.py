"""APScheduler as its manual begins: jobs in memory, a date each, a pool of four threads."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import islice
from random import Random
from typing import Any, Callable

import complaints
from frame import Run
from turns import Turn, timed


def fire(ticket: str, desk: str = "") -> None:
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


def living(run: Run, live: int, each: int) -> Callable[[], Turn]:
    """The next facts of complaints that live their lives, each one call for the ticket's one job."""
    jobs, made = scheduler(), complaints.facts(run.seed, live)
    shift = datetime.now(timezone.utc) + timedelta(days=1) - complaints.START
    _live(_calls(jobs, complaints.settle(made), shift))

    def turn() -> Turn:
        first, rest = (_calls(jobs, list(islice(made, count)), shift) for count in (each // 4, each))
        seconds, _ = timed(lambda: _live(first), lambda: _live(rest))
        if abs(len(jobs.get_jobs()) - live) > live / 4:
            raise AssertionError(f"{len(jobs.get_jobs())} jobs are live")
        return Turn(each, seconds, each)

    return turn


def _calls(jobs: Any, facts: list[dict[str, Any]], shift: timedelta) -> list[tuple[Callable[..., Any], Any, Any]]:
    """What a program would call for each fact: the job is made with its ticket, gets another date or
    other arguments, waits, goes on, and is taken away."""
    calls: dict[str, tuple[Callable[..., Any], Callable[[str, datetime], dict[str, Any]]]] = {
        "opened": (partial(jobs.add_job, fire, "date"), lambda ticket, due: {"run_date": due, "args": (ticket,), "id": ticket}),
        "graded": (jobs.reschedule_job, lambda _, due: {"trigger": "date", "run_date": due}),
        "dispatched": (jobs.modify_job, lambda ticket, _: {"args": (ticket, "desk")}),
        "contacted": (jobs.pause_job, lambda *_: {}),
        "responded": (jobs.resume_job, lambda *_: {}),
        "proposed": (jobs.reschedule_job, lambda _, due: {"trigger": "date", "run_date": due}),
        "resolved": (jobs.remove_job, lambda *_: {}),
    }  # fmt: skip
    ready = []
    for fact in facts:
        call, arguments = calls[fact["fact"]]
        ticket, due = fact["ticket"], fact["occurred_at"] + shift
        ready.append((call, () if fact["fact"] == "opened" else (ticket,), arguments(ticket, due)))
    return ready


def _live(calls: list[tuple[Callable[..., Any], Any, Any]]) -> None:
    for call, ticket, arguments in calls:
        call(*ticket, **arguments)


def _add(add_job: Any, tickets: list[str], due_at: list[datetime], named: bool, added: list[Any]) -> None:
    if named:
        for ticket, due in zip(tickets, due_at):
            added.append(add_job(fire, "date", run_date=due, args=(ticket,), id=ticket))
    else:
        for ticket, due in zip(tickets, due_at):
            added.append(add_job(fire, "date", run_date=due, args=(ticket,)))
