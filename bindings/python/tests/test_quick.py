"""What is like most facts takes the short way (_quick.c), all else the thorough one: nobody can tell
by what comes of it."""

import gc
import threading
import time
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import sla
from conftest import CALL, LONG, at

START = datetime(2026, 3, 2, 1, tzinfo=timezone.utc)


class Text(str):
    """Not quite a str."""


class Zone(type(timezone.utc).__base__):
    """A zone of somebody's own, whose offset is not known, or costs an exception."""

    def utcoffset(self, when):
        return self.offset() if callable(self.offset) else self.offset


def moments():
    utc = some.integers(0, 10**12).map(lambda us: START + timedelta(microseconds=us))
    zones = some.sampled_from([timezone.utc, ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=5, seconds=7))])
    return some.one_of(
        some.none(),
        utc,
        some.tuples(utc, zones).map(lambda pair: pair[0].astimezone(pair[1])),
        utc.map(datetime.isoformat),
        some.sampled_from([
            datetime(2026, 3, 2), datetime(1899, 12, 31, tzinfo=timezone.utc), datetime(1, 1, 1, tzinfo=timezone.utc),
            datetime(2200, 1, 1, tzinfo=timezone.utc), "2026-03-02T09:00:00", "", "\ud800", "3000-01-01T00:00:00Z", 5, 1.5,
            Text("2026-03-02T09:00:00Z"), datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc),
        ]),
    )  # fmt: skip


def texts(*usual):
    return some.one_of(
        some.sampled_from(usual), some.sampled_from(usual), some.sampled_from(["", None, 5, "\0", "a\0b", "ü", "\ud800", Text("T"), "x" * 300])
    )


def facts():
    values = some.one_of(
        some.sampled_from(["", "complaint", "ü", "\0", "\ud800", True, False, None, 0, 255, 2**63 - 1, -(2**63), 2**63, 1.5, START, Text("a")]),
        some.integers(-5, 300),
    )
    names = some.sampled_from(["kind", "grade", "", "ü", "\0", "\ud800", Text("kind")])
    attributes = some.one_of(
        some.none(), some.dictionaries(names, values, max_size=4), some.sampled_from([{}, [], "text", {5: 1}]),
        some.integers(15, 70).map(lambda n: {f"a{i}": i for i in range(n)}),
    )  # fmt: skip
    return some.fixed_dictionaries(
        {"ticket": texts("T-1", "T-2"), "fact": texts("opened", "answered", "note", "waiting")},
        optional={
            "id": texts("1", "2", "3"), "attributes": attributes, "occurred_at": moments(), "recorded_at": moments(),
            "by": texts("", "me"), "cycle": some.sampled_from([0, 1, False, 2**70]), "excluded": some.sampled_from([False, 0, True]),
            "until": moments(),
        },
    )  # fmt: skip


def outcome(engine, work):
    """What it answers or refuses with, and what is told."""
    try:
        said = work()
    except (sla.SlaError, TypeError) as error:
        said = type(error), str(error), getattr(error, "pointer", ""), getattr(error, "code", 0)
    return said, engine.hash()


def thoroughly(engine, fact, now):
    """By the way that what is no dict takes."""
    return engine.record(MappingProxyType(fact), now=now)


def as_object(engine, fact, now):
    return engine.record(sla.Fact(**fact), now=now)


@settings(max_examples=2000 if LONG else 300, deadline=None)
@given(some.lists(some.tuples(facts(), moments()), min_size=1, max_size=8))
def test_both_ways_come_to_the_same(course):
    ways = [lambda engine, fact, now: engine.record(fact, now=now), thoroughly, as_object]
    now = START + timedelta(days=20)
    with sla.Engine(CALL) as first, sla.Engine(CALL) as second, sla.Engine(CALL) as third:
        for fact, at_ in course:
            if at_ is None:
                at_ = now  # the machine's clock is not the same for all
            said = [outcome(one, lambda: way(one, fact, at_)) for one, way in zip((first, second, third), ways)]
            assert said[0] == said[1] == said[2]
        told = [[event.json() for event in one.poll(now)] for one in (first, second, third)]
        assert told[0] == told[1] == told[2] == [event.json() for event in _again(course, now)]


def _again(course, now):
    """The events of the course by name, taken many at a time."""
    with sla.Engine(CALL) as engine:
        for fact, at_ in course:
            outcome(engine, lambda: engine.record(now=now if at_ is None else at_, **fact))
        return engine.poll_many(now)


def test_most_facts_take_the_short_way(engine):
    short = engine._quick.record
    assert short(None, "T", "opened", "", None, START, START) == sla.Answer(1)
    assert short({"ticket": "T", "fact": "note", "id": "2"}, None, None, "", None, None, START) == sla.Answer(2, no_effect=True)
    assert short(sla.Fact("T", "note", START, "2"), None, None, "", None, None, START).duplicate
    assert short(sla.Fact("T", "note", by="me"), None, None, "", None, None, START) is None
    assert short(None, "T", "opened", "", None, START, START) is None  # refused: opened twice
    assert engine._quick.poll(START) is not None and engine._quick.poll(5) is None


def test_a_fact_and_a_member_beside_it_are_refused(engine):
    for member in (dict(ticket="T"), dict(fact="note"), dict(id="1"), dict(attributes={}), dict(occurred_at=START), dict(by="")):
        with pytest.raises(TypeError, match="not both"):
            engine.record({"ticket": "T", "fact": "opened"}, **member)
    assert engine.stats().facts == 0


@pytest.mark.parametrize("raised", [KeyError, KeyboardInterrupt])
def test_what_a_zone_raises_arrives(engine, raised):
    def offset():
        raise raised

    zone = Zone()
    zone.offset = offset
    for work in (lambda when: engine.record(ticket="T", fact="opened", now=when), engine.poll):
        with pytest.raises(raised):
            work(datetime(2026, 3, 2, tzinfo=zone))
    zone.offset = None
    with pytest.raises(sla.ArgumentError, match="no time zone"):
        engine.poll(datetime(2026, 3, 2, tzinfo=zone))
    assert engine.stats().facts == 0


def test_a_zone_that_closes_the_engine():
    engine = sla.Engine(CALL)

    def offset():
        engine.close()
        return timedelta(hours=8)

    zone = Zone()
    zone.offset = offset
    with pytest.raises(sla.ClosedError):
        engine.record(ticket="T", fact="opened", now=datetime(2026, 3, 2, tzinfo=zone))


def test_a_collector_that_closes_the_engine():
    """What it runs may come wherever an object is made, that of an event too."""
    engine = sla.Engine(CALL)
    engine.record(ticket="T", fact="opened", now=at(2))

    class Closes:
        def __init__(self):
            self.itself = self

        def __del__(self):
            engine.close()

    told, before = [], gc.get_threshold()
    gc.collect()
    polled = engine.poll(at(9))
    Closes()
    gc.set_threshold(1, 1, 1)
    try:
        with pytest.raises(sla.ClosedError):
            while True:
                told.append(next(polled))
    finally:
        gc.set_threshold(*before)
    assert engine.closed and len(told) < 3


def test_who_is_quick_waits_for_who_takes_long(engine):
    """A long call gives the interpreter away, and others come meanwhile."""
    lines = b"".join(
        b'{"ticket": "L-%d", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}\n' % n for n in range(30_000)
    )
    engine.record(ticket="T", fact="opened", now=at(2))
    polled = engine.poll(at(9))
    long = threading.Thread(target=engine.record_lines, args=(lines,))
    long.start()
    while not engine._held.inside and long.is_alive():
        time.sleep(0)
    came = sorted([engine.record(ticket="U", fact="opened", occurred_at=at(2), now=at(2)).seq, next(polled).kind != ""])
    long.join()
    assert came == [1, 1] and engine.stats().tickets == 30_002
    assert 3 * 30_002 - 1 == len(list(polled))
    engine.verify()


def test_a_poll_is_an_iterator_and_stays_at_its_end(engine):
    polled = engine.poll(at(9))
    engine.record(ticket="T", fact="opened", now=at(2))  # counts: it is asked for when it is asked for
    assert iter(polled) is polled and len(list(polled)) == 3
    engine.record(ticket="U", fact="opened", occurred_at=at(2), now=at(3))
    assert list(polled) == [] != list(engine.poll(at(9)))
    with pytest.raises(TypeError):
        type(polled)()
