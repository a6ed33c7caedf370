"""A million facts replayed from Python in batches, beside `sla replay` of the same facts.

The facts are a day of sla-day under all bundled policies.  `sla replay` runs as a user runs it,
its output going to the null device; Python reads the same file, and counts the events.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Callable, Iterator

import sla
from frame import ROOT, Aim, Run, report, skipped
from turns import Contender, Turn, costs

FACTS, FACTS_QUICK = 1_000_000, 2_000
BATCH = 10_000
ROUNDS = 3
THREE_TIMES = Aim("<=", 3)


def engine() -> sla.Engine:
    calendars = [sla.Calendar.bundled(name) for name in sla.Calendar.bundled_names()]
    return sla.Engine(sla.Policies.bundled(), calendars)


def program(run: Run, facts: Path) -> Callable[[], Turn]:
    """`sla replay`, the process and reading of documents included.  It ends with 6 where lines
    were refused, and a day has some that no policy takes."""
    command: list[str | Path] = [run.programs / "sla", "replay"]
    for option, folder in (("-p", "policies"), ("-c", "calendars")):
        for file in sorted((ROOT / "examples" / folder).glob("*.json")):
            command += [option, file]
    command.append(facts)
    count = facts.read_bytes().count(b"\n")

    def turn() -> Turn:
        start = perf_counter()
        ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        seconds = perf_counter() - start
        if ended.returncode not in (0, 6):
            raise RuntimeError(f"sla replay ended with {ended.returncode}")
        return Turn(count, seconds, 0)

    return turn


def path(run: Run, facts: Path) -> Callable[[], Turn]:
    """What a user writes; reading the file and the documents is in it."""
    count = facts.read_bytes().count(b"\n")

    def turn() -> Turn:
        start = perf_counter()
        refused: list[sla.Rejected] = []
        calendars = [sla.Calendar.bundled(name) for name in sla.Calendar.bundled_names()]
        with sla.replay(sla.Policies.bundled(), facts, calendars=calendars, rejected=refused) as replayed:
            told = sum(1 for _ in replayed)
        return Turn(count, perf_counter() - start, told + len(refused))

    return turn


def _dicts(data: Iterator[bytes]) -> list[dict[str, Any]]:
    """As a program makes them, with instants that are datetimes."""
    from datetime import datetime

    made = [json.loads(line) for line in islice(data, BATCH)]
    for fact in made:
        for name in ("occurred_at", "recorded_at"):
            if name in fact:
                fact[name] = datetime.fromisoformat(fact[name])
    return made


def dicts(run: Run, facts: Path) -> Callable[[], Turn]:
    """Making the dicts is not in it: it is the caller's."""

    def turn() -> Turn:
        count, told, seconds = 0, 0, 0.0
        refused: list[sla.Rejected] = []
        with engine() as ours, facts.open("rb") as file:
            while made := _dicts(file):
                start = perf_counter()
                told += len(ours.record_many(made, rejected=refused))
                seconds += perf_counter() - start
                count += len(made)
        return Turn(count, seconds, told + len(refused))

    return turn


def _make_day(run: Run, facts: Path) -> None:
    """One with as many facts; a ticket has seven or so."""
    with facts.open("wb") as file:
        tickets = (FACTS_QUICK if run.quick else FACTS) // 4
        day = subprocess.Popen(
            [run.programs / "sla-day", "--tickets", str(tickets), "--seed", str(run.seed)], stdout=subprocess.PIPE
        )
        assert day.stdout is not None
        with day:
            file.writelines(islice(day.stdout, FACTS_QUICK if run.quick else FACTS))
            day.kill()


def replay(run: Run) -> None:
    if not (run.programs / "sla-day").exists():
        skipped(run, "a day replayed", "sla replay", "time", "s", f"no programs in {run.programs}")
        return
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / "day.jsonl"
        _make_day(run, facts)
        contenders = [
            Contender("sla replay", partial(program, facts=facts), "program"),
            Contender("sla.replay(path)", partial(path, facts=facts), "replay", THREE_TIMES),
            Contender("record_many of 10,000 dicts", partial(dicts, facts=facts), "replay", THREE_TIMES),
        ]
        report(run, "a day replayed", "time", "s", costs(run, contenders, min(run.rounds, ROUNDS)))
