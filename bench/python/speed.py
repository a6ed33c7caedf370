"""Facts recorded and events polled among live complaints, beside jobs added among live jobs.

Two kinds of work.  `complaints opened`: each fact opens a ticket, whose clocks all begin; this is
what adding a job is like.  `facts of complaints`: tickets live their lives, opened to resolved,
in a steady state; 1.3 events are told for a fact.  APScheduler's contender there makes one call for
each of the same facts, of the kind that suits it: a job is added, moved, changed, paused, resumed
and removed; beside it the rows are printed a second time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from typing import Any, Callable

import complaints
import scheduler
import sla
from frame import Aim, Run, report
from turns import Contender, Turn, race, timed

LIVE, LIVE_QUICK = 10_000, 200
FACTS, JOBS = 200, 24  # in a turn
ALL = 1 << 60  # tickets kept awake
TEN_TIMES = Aim(">=", 10)

Fact = dict[str, Any]
#: Records facts and polls after each; gives the number of events.
Way = Callable[[sla.Engine, Any], int]


def one_by_one(engine: sla.Engine, facts: list[Fact]) -> int:
    told = 0
    for fact in facts:
        now = fact["occurred_at"]
        engine.record(fact, now=now)
        for _ in engine.poll(now):
            told += 1
    return told


def by_name(engine: sla.Engine, facts: list[tuple[Any, ...]]) -> int:
    told = 0
    for ticket, name, id, now, attributes in facts:
        engine.record(ticket=ticket, fact=name, id=id, occurred_at=now, attributes=attributes, now=now)
        for _ in engine.poll(now):
            told += 1
    return told


def objects(engine: sla.Engine, facts: list[sla.Fact]) -> int:
    told = 0
    for fact in facts:
        now = fact.occurred_at
        engine.record(fact, now=now)
        for _ in engine.poll(now):
            told += 1
    return told


def looked_at(engine: sla.Engine, facts: list[tuple[Any, ...]]) -> int:
    told = 0
    for ticket, name, id, now, attributes in facts:
        engine.record(ticket=ticket, fact=name, id=id, occurred_at=now, attributes=attributes, now=now)
        for event in engine.poll(now):
            told += bool(event.kind and event.ticket)
    return told


def many(engine: sla.Engine, facts: list[Fact]) -> int:
    return len(engine.record_many(facts))


def lines(engine: sla.Engine, facts: bytes) -> int:
    return len(engine.record_lines(facts))


def _apart(fact: Fact) -> tuple[Any, ...]:
    return fact["ticket"], fact["fact"], fact["id"], fact["occurred_at"], fact.get("attributes")


#: how it is called, what does it, how the facts lie ready
WAYS: tuple[tuple[str, Way, Callable[[list[Fact]], Any]], ...] = (
    ("record(ticket=, fact=, ...), poll", by_name, lambda facts: [_apart(fact) for fact in facts]),
    ("record(Fact), poll", objects, lambda facts: [sla.Fact(**fact) for fact in facts]),
    ("record(dict), poll", one_by_one, list),
    ("the first, kind and ticket read", looked_at, lambda facts: [_apart(fact) for fact in facts]),
    ("record_many(dicts)", many, list),
    ("record_lines", lines, complaints.lines_of),
)


def steadily(run: Run, way: int, **options: Any) -> Callable[[], Turn]:
    """The next facts of complaints that live their lives."""
    live, each = LIVE_QUICK if run.quick else LIVE, FACTS
    _, play, prepare = WAYS[way]
    made = complaints.facts(run.seed, live)
    engine = complaints.engine(keep=timedelta(hours=1), **options)
    engine.record_many(complaints.settle(made))

    def turn() -> Turn:
        first, facts = list(islice(made, each // 4)), list(islice(made, each))
        engine.expire(first[0]["occurred_at"])
        before, ready = prepare(first), prepare(facts)
        seconds, told = timed(lambda: play(engine, before), lambda: play(engine, ready))
        if abs(engine.stats().live_tickets - live) > live / 4:
            raise AssertionError(f"{engine.stats().live_tickets} tickets are live")
        return Turn(each, seconds, told)

    return turn


def openings(first: int, count: int, begin: datetime, seed: int) -> list[Fact]:
    """Tickets opened a millisecond apart, with their grade."""
    random = Random(seed)
    made = []
    for ticket in range(first, first + count):
        key = f"T{ticket:07}"
        at = begin + timedelta(milliseconds=ticket - first)
        attributes = {"kind": "complaint", "grade": random.choice(complaints.GRADES)}
        made.append({"ticket": key, "fact": "opened", "id": f"{key}-opened", "occurred_at": at, "attributes": attributes})
    return made


def opening(run: Run, way: int, **options: Any) -> Callable[[], Turn]:
    """Tickets opened beside live ones; they are forgotten again between turns."""
    live, each = LIVE_QUICK if run.quick else LIVE, FACTS
    _, play, prepare = WAYS[way]
    engine = complaints.engine(**options)
    engine.record_many(openings(0, live, complaints.START, run.seed))
    facts = openings(live, each + each // 4, complaints.START + timedelta(minutes=1), run.seed + 1)
    first, ready = prepare(facts[: each // 4]), prepare(facts[each // 4 :])

    def turn() -> Turn:
        seconds, told = timed(lambda: play(engine, first), lambda: play(engine, ready))
        if engine.stats().live_tickets != live + len(facts):
            raise AssertionError("tickets are missing")
        for fact in facts:
            engine.forget(fact["ticket"])
        return Turn(each, seconds, told)

    return turn


def adding(run: Run, named: bool) -> Callable[[], Turn]:
    return scheduler.adding(run, LIVE_QUICK if run.quick else LIVE, JOBS, named)


def living(run: Run) -> Callable[[], Turn]:
    return scheduler.living(run, LIVE_QUICK if run.quick else LIVE, JOBS)


def speed(run: Run) -> None:
    peers = [
        Contender("APScheduler, add_job", partial(adding, named=False), "jobs"),
        Contender("APScheduler, add_job(id=)", partial(adding, named=True), "jobs"),
    ]
    alike = Contender("APScheduler, a call for each", living, "calls")
    for case, work in (("complaints opened", opening), ("facts of complaints", steadily)):
        ours = [
            # in a batch time passes between two facts, one by one it is asked for after a fact
            Contender(name, partial(work, way=way), "batch" if play in (many, lines) else "one by one", TEN_TIMES)
            for way, (name, play, _) in enumerate(WAYS)
        ]
        ours.append(Contender("the first, all tickets awake", partial(work, way=0, awake=ALL), "one by one", TEN_TIMES))
        others = peers if work is opening else [*peers, alike]
        rows = race(run, others + ours)
        report(run, case, "rate", "1/s", rows)
        if work is steadily:  # the same figures, beside what does the same
            same = [replace(row, aim=None) for row in rows[len(peers) :]]
            report(run, "facts, like for like", "rate", "1/s", same)
