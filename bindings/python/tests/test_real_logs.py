"""Logs of real tickets, as messy as they come, replayed whole through Python: every event keeps the
invariants of docs/semantics.md, clocks add up, and one fact at a time tells what a batch tells.

Policies and the reading of the logs are those of tests/replays; what is asked of each event is
what tests/replays/watch.c asks.
"""

import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from json import loads

import pytest

import sla
from conftest import LONG, ROOT, shared
from explained import check_sums

REPLAYS = ROOT / "tests/replays"
OFFICE = ["tests/replays/office.json"]
ENDS = ("met", "missed", "cancelled")
STEPS = ("warning", "breached", "reminded", "supervised", "escalated")
EXPLAINED = 100_000 if LONG else 300  # tickets of a log whose clocks are added up

#: kind, log, policies, calendars
LOGS = [
    ("uci", "uci-incident-log-dev/incident_event_log_no_made_sla.csv.xz", ["tests/replays/uci.json"], []),
    ("bpic", "bpic2013/bpic2013_incidents.csv.gz", ["tests/replays/bpic.json"], OFFICE),
    ("bpic-problems", "bpic2013/bpic2013_closed_problems.csv.gz", ["tests/replays/bpic.json"], OFFICE),
    ("helpdesk", "helpdesk-italian/helpdesk.csv.gz", ["tests/replays/helpdesk.json"], OFFICE),
    (
        "comcast",
        "comcast-fcc/comcast_fcc_2015.csv.gz",
        ["examples/policies/complaint.json", "examples/policies/ungraded.json"],
        ["examples/calendars/cn_office.json"],
    ),
]
NAMES = [row[0] for row in LOGS]


def lines_of(kind, file):
    """The log as facts, JSON lines in order of recording."""
    done = subprocess.run([sys.executable, REPLAYS / "facts.py", kind, shared(file)], stdout=subprocess.PIPE, check=True)
    return done.stdout


def recorded(line):
    fact = loads(line)
    return datetime.fromisoformat(fact.get("recorded_at", fact["occurred_at"]).replace("Z", "+00:00"))


def engine_for(policies, calendars, start):
    return sla.Engine([ROOT / path for path in policies], [ROOT / path for path in calendars], now=start)


# ---- what holds for every event


def check_event(event, before):
    assert event.at <= event.told and before <= event.told
    if event.target and event.due_at is not None:
        assert event.started_at <= event.due_at
    if event.kind == "breached":
        assert event.breached and event.breached_at <= event.told
    if event.kind in ENDS:
        assert event.ended_at == event.at
    if event.kind == "met":
        assert event.ended_at <= event.due_at
    if event.kind == "missed":
        assert event.ended_at > event.due_at
    if event.kind == "escalated":
        assert 1 <= event.level <= 6


def check_life(events):
    """One cycle of a clock, as told: it ends at most once until the end is taken back, and no step
    is behind the end, but one that the same poll takes back with it."""
    end = behind = None
    for event in events:
        if event.step in [f"retracted:{kind}" for kind in ENDS]:
            assert end is not None, event
            assert behind is None or behind.told == event.told, behind
            end = behind = None
        elif event.kind in ENDS:
            assert end is None, (end, event)
            end = event
        elif end is not None and behind is None and event.kind in STEPS and event.at > end.at:
            behind = event
    assert behind is None, behind


def check_events(events):
    before, lives = events[0].told, defaultdict(list)
    for event in events:
        check_event(event, before)
        before = event.told
        lives[event.ticket, event.policy, event.target, event.cycle].append(event)
    assert len({event.identity for event in events}) == len(events)
    for life in lives.values():
        check_life(life)


# ---- what holds for every clock


def check_clocks(engine, tickets, now):
    summed = 0
    for ticket in tickets:
        for clock in engine.clocks(ticket):
            if clock.started_at is not None:
                check_sums(engine.explain(ticket, clock.target, policy=clock.policy, cycle=clock.cycle, now=now))
                summed += 1
    return summed


@pytest.mark.parametrize("kind, file, policies, calendars", LOGS, ids=NAMES)
def test_a_log_replayed_whole(kind, file, policies, calendars):
    lines = lines_of(kind, file)
    rows = lines.splitlines()
    end = recorded(rows[-1]) + timedelta(days=60)
    with engine_for(policies, calendars, recorded(rows[0])) as engine:
        events = engine.record_lines(lines, until=end)
        engine.verify()
        stats = engine.stats()
        assert stats.facts == len(rows) and stats.events == len(events)
        check_events(events)
        tickets = sorted({event.ticket for event in events})
        chosen = random.Random(2).sample(tickets, min(EXPLAINED, len(tickets)))
        summed = check_clocks(engine, chosen, end)
    told = Counter(event.kind for event in events)
    print(f"{kind}: {stats.tickets} tickets, {len(rows)} facts, {summed} clocks added up, {len(events)} events:", *(
        f"{count} {name}" for name, count in told.items()))  # fmt: skip


@pytest.mark.parametrize("kind, file, policies, calendars", [LOGS[3], LOGS[2]], ids=["helpdesk", "bpic-problems"])
def test_one_by_one_as_a_batch(kind, file, policies, calendars):
    """Asleep until the wakeup, polled after each fact, and never woken in vain."""
    lines = lines_of(kind, file)
    facts = [loads(line) for line in lines.splitlines()][: None if LONG else 6000]
    start = recorded(lines.splitlines()[0])
    with engine_for(policies, calendars, start) as engine:
        batch = [event.json() for event in engine.record_many(facts)]
    with engine_for(policies, calendars, start) as engine:
        now, single = start, []
        for fact in facts:
            at = max(now, datetime.fromisoformat(fact["recorded_at"].replace("Z", "+00:00")))
            while (wake := engine.wakeup()) is not None and wake < at:
                now = max(now, wake)
                single += [event.json() for event in engine.poll_many(now)]
                assert (later := engine.wakeup()) is None or later > now
            now = at
            engine.record(fact)
            single += [event.json() for event in engine.poll(now)]
    assert single == batch and len(batch) > 1000
    print(f"{kind}: {len(facts)} facts, {len(batch)} events alike")


@pytest.mark.parametrize("kind, file, policies, calendars", [LOGS[3], LOGS[2]], ids=["helpdesk", "bpic-problems"])
def test_a_batch_a_replay_and_the_command_are_alike(kind, file, policies, calendars, tmp_path):
    lines = lines_of(kind, file)
    end = recorded(lines.splitlines()[-1]) + timedelta(days=60)
    facts = tmp_path / "facts.jsonl"
    facts.write_bytes(lines)
    with engine_for(policies, calendars, recorded(lines.splitlines()[0])) as engine:
        batch = [event.json() for event in engine.record_lines(lines, until=end)]
    given = [ROOT / path for path in policies], facts
    with sla.replay(*given, calendars=[ROOT / path for path in calendars], until=end) as replay:
        assert [event.json() for event in replay] == batch
    words = [word for path in policies for word in ("-p", ROOT / path)]
    words += [word for path in calendars for word in ("-c", ROOT / path)]
    done = subprocess.run(
        [sys.executable, "-m", "sla", "replay", *words, "--until", end.isoformat(), facts],
        stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.stdout.splitlines() == batch
    print(f"{kind}: {len(batch)} events alike")
