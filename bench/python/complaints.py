"""The work: complaints under the bundled policy, as bench/bench_complaint.c has them.

One after the other arrives, is graded, dispatched ... resolved, at seeded instants; their facts
come in the order of time and without end, and so many of them are live at any time.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, Iterator

import sla

START = datetime(2026, 3, 2, 1, 0, tzinfo=timezone.utc)

#: fact, and how many minutes after the one before, at least and at most
STAGES = (
    ("opened", 0, 0), ("graded", 3, 70), ("dispatched", 2, 60), ("contacted", 5, 90),
    ("responded", 5, 150), ("proposed", 20, 360), ("resolved", 60, 720),
)  # fmt: skip
LIFE = sum((least + most) / 2 for _, least, most in STAGES)  # minutes, on average
LONGEST = sum(most for _, _, most in STAGES)
GRADES = (1, 2, 2, 2, 3, 3, 3, 3, 3, 3)


def engine(**options: Any) -> sla.Engine:
    """One with the bundled policy and its calendar."""
    calendar = sla.Calendar.bundled("cn_office")
    return sla.Engine(sla.Policies.bundled("complaint"), [calendar], now=START, **options)


def fact(ticket: int, stage: int, at: int, random: Random) -> dict[str, Any]:
    """As a program has it in hand; `at` is in microseconds since the start."""
    name = STAGES[stage][0]
    key = f"T{ticket:07}"
    made: dict[str, Any] = {"ticket": key, "fact": name, "id": f"{key}-{name}"}
    made["occurred_at"] = START + timedelta(microseconds=at)
    if name == "opened":
        made["attributes"] = {"kind": "complaint"}
    elif name == "graded":
        made["attributes"] = {"grade": random.choice(GRADES)}
    return made


def facts(seed: int, live: int) -> Iterator[dict[str, Any]]:
    """Facts in the order of time; `live` tickets are open, once `settle` has gone by."""
    random = Random(seed)
    arrival = LIFE * 60_000_000 / live
    opened = ((int(ticket * arrival), ticket, 0) for ticket in count())
    waiting = [next(opened)]
    while True:
        at, ticket, stage = heappop(waiting)
        if stage == 0:
            heappush(waiting, next(opened))
        yield fact(ticket, stage, at, random)
        if stage + 1 < len(STAGES):
            _, least, most = STAGES[stage + 1]
            after = random.randint(least * 60_000_000, most * 60_000_000)
            heappush(waiting, (at + after, ticket, stage + 1))


def settle(made: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """The facts until as many tickets are resolved as are opened."""
    end = START + timedelta(minutes=LONGEST)
    taken: list[dict[str, Any]] = []
    for one in made:
        taken.append(one)
        if one["occurred_at"] > end:
            return taken
    raise AssertionError("facts never end")


def lines_of(some: list[dict[str, Any]]) -> bytes:
    """The same as JSON lines."""
    return "".join(json.dumps({**one, "occurred_at": one["occurred_at"].isoformat()}) + "\n" for one in some).encode()
