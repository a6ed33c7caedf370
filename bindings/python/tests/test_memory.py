"""Memory: what comes and goes leaves none behind, and when there is no more nothing is half done."""

import gc
import json
import os
import resource
import subprocess
import sys
from array import array

import pytest

import sla
from conftest import CALL, LONG, at

ENGINES = 100_000 if LONG else 3_000
FLAT = 4096  # kilobytes that the allocators of Python and C may keep

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="no /proc")


def memory():
    """Kilobytes in use now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1024


@pytest.mark.parametrize("how", ["closed", "dropped", "left in a cycle"])
def test_engines_that_come_and_go_keep_memory_flat(how):
    policies = sla.Policies(CALL)

    def use(count):
        for _ in range(count):
            engine = sla.Engine(policies)
            engine.record(ticket="T", fact="opened", now=at(2), attributes={"grade": 1})
            for _event in engine.poll(at(9)):
                pass
            engine.explain("T", "answer", now=at(2))
            with pytest.raises(sla.StateError):
                engine.record(ticket="T", fact="opened", now=at(2))
            if how == "closed":
                engine.close()
            elif how == "left in a cycle":
                cycle = [engine]
                cycle.append(cycle)
        gc.collect()

    use(max(300, ENGINES // 10))
    before = memory()
    use(ENGINES)
    assert memory() - before < FLAT


def test_calendars_policies_and_failures_keep_memory_flat(office):
    text = sla.Policies.bundled_names()

    def use(count):
        for _ in range(count):
            sla.Calendar.bundled("cn_office").add(at(2), "PT9H")
            sla.Policies.bundled("complaint").lint([office], now=at(2))
            for bad in ("{", "{}"):
                with pytest.raises(sla.SlaError):
                    sla.Policies(bad)
                with pytest.raises(sla.SlaError):
                    sla.Calendar.parse(bad)
            with pytest.raises(sla.NotFoundError):
                sla.Engine(sla.Policies.bundled("complaint"))
        gc.collect()

    assert text
    use(100)
    before = memory()
    use(max(200, ENGINES // 20))
    assert memory() - before < FLAT


def test_events_that_come_and_go_keep_memory_flat(engine):
    def use(count):
        for number in range(count):
            tickets = [f"T-{number}-{i}" for i in range(20)]
            for ticket in tickets:
                engine.record(ticket=ticket, fact="opened", id="f", now=at(2), attributes={"a": "b", "c": 1})
            events = engine.poll_many(at(9))
            assert len(events) == 60 and all(event.json() and event.cloudevent() for event in events[:3])
            assert len({event.identity for event in events}) == 60 and len(set(events[:2])) == 2
            for ticket in tickets:
                engine.record(ticket=ticket, fact="answered", now=at(9))
            for event in engine.poll(at(9)):
                break  # the others are told another time
            engine.poll_many(at(9))
            for ticket in tickets:
                engine.forget(ticket)
        gc.collect()

    use(50)
    before = memory()
    use(max(100, ENGINES // 30))
    assert memory() - before < FLAT


def test_batches_replays_and_rows_keep_memory_flat(office):
    lines = "".join(
        '{"ticket": "T-%d", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}\n{"ticket": 5}\n' % n for n in range(50)
    )
    facts = [json.loads(line) for line in lines.splitlines()]
    rows = array("q", range(1772784000000000, 1772784000000000 + 500))

    def use(count):
        for _ in range(count):
            refused = []
            with sla.Engine(CALL) as engine:
                assert len(engine.record_lines(lines, until=at(9), rejected=refused)) == 150
                with pytest.raises(sla.SlaError):
                    engine.record_lines(lines)
            with sla.replay(CALL, facts, until=at(9), rejected=refused) as replay:
                assert next(replay).ticket and replay.counts.refused == 50 and replay.compliance()
            office.between_many(rows, office.add_many(rows, "PT8H"))
            with pytest.raises(sla.HorizonError):
                office.add_many(rows, "P30000D")
            assert len(list(office.segments(at(2), at(9)))) > 5
        gc.collect()

    use(50)
    before = memory()
    use(max(100, ENGINES // 30))
    assert memory() - before < FLAT


#: Records until there is no more memory, then says how it is.
HUNGRY = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import sla
from conftest import CALL, at

what, opened, late = sys.argv[2], at(2), at(9)
office = sla.Calendar.bundled("cn_office")
engine = sla.Engine(CALL)
lines = [
    ('{"ticket": "L-%d", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}\\n' % n).encode()
    for n in range(5_000 if what == "lines" else 0)
]
said = b"".join(lines)
kept = []
WORK = {
    "facts": lambda n: engine.record(ticket=f"T-{n}", fact="opened", now=opened, attributes={"a": "b" * 200}),
    "lines": lambda n: kept.append(engine.record_lines(said.replace(b"L-", b"L-%d-" % n))),
    "engines": lambda n: kept.append(sla.Engine(CALL)),
    "calendars": lambda n: kept.append(sla.Calendar.bundled("cn_office")),
    "policies": lambda n: kept.append(sla.Policies.bundled("complaint")),
}
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
soft, hard = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (used + (6 << 20), hard))
done = 0
try:
    while True:
        WORK[what](done)
        done += 1
except MemoryError as raised:  # the interpreter's own, or OutOfMemory
    kind = type(raised).__name__
resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
kept.clear()
engine.verify()
facts = engine.stats().facts
assert facts == done if what == "facts" else facts > 0 or what != "lines", (facts, done)
engine.record(ticket="after", fact="opened", now=opened)
events = list(engine.poll(late))
assert len(events) == 3 * (facts + 1) == len({event.identity for event in events}), len(events)
assert office.add(opened, "PT1H") == at(2, 10) and sla.Calendar.bundled("cn_office").name == "cn_office"
print(kind, done)
"""


@pytest.mark.parametrize("what", ["facts", "lines", "engines", "calendars", "policies"])
def test_without_memory_an_error_is_raised_and_all_is_as_it_was(what):
    done = subprocess.run(
        [sys.executable, "-c", HUNGRY, os.path.dirname(__file__), what], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    kind, count = done.stdout.split()
    assert kind in ("MemoryError", "OutOfMemory") and (int(count) > 0 or what == "lines")
    print(what, done.stdout.strip())
