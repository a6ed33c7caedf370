"""Facts in batches: time passes between them, refused ones are handed over."""

import json

import pytest

import sla
from conftest import CALL, LONG, at

COUNT = 20000 if LONG else 1500


def facts(count=COUNT):
    for number in range(count):
        when = f"2026-03-{2 + number // 300 % 25:02}T{8 + number % 300 // 60:02}:{number % 60:02}:00+08:00"
        name = ("opened", "waiting", "back", "answered")[number % 4]
        yield {"ticket": f"T-{number // 4}", "fact": name, "occurred_at": when, "id": f"f-{number}"}


def by_hand(given):
    """The same, one at a time."""
    told, clock = [], None
    with sla.Engine(CALL) as engine:
        for fact in given:
            now = sla.instants.instant(sla.instants.microseconds(fact["occurred_at"]))
            while engine.wakeup() is not None and engine.wakeup() < now:
                clock = max(engine.wakeup(), clock or engine.wakeup())
                told += engine.poll(clock)
            clock = max(now, clock or now)
            engine.record(fact, now=clock)
            told += engine.poll(clock)
        return told, engine.hash()


def test_a_batch_is_one_at_a_time():
    given = list(facts())
    told, final = by_hand(given)
    assert len(told) > COUNT / 4
    with sla.Engine(CALL) as engine:
        assert engine.record_many(given) == told
        assert engine.hash() == final
    with sla.Engine(CALL) as engine:
        lines = "\n".join(map(json.dumps, given))
        assert engine.record_lines(lines) == told
        assert engine.hash() == final


def test_time_passes_after_the_last(engine):
    one = {"ticket": "T", "fact": "opened", "occurred_at": at(2)}
    assert engine.record_many([one]) == []
    told = engine.record_many([], until=at(2, 14))
    assert [event.told for event in told] == [at(2, 12), at(2, 13), at(2, 14)]
    assert engine.record_many([], until=at(9)) == []


def test_more_events_than_are_taken_at_once(engine):
    many = [{"ticket": f"T-{n}", "fact": "opened", "occurred_at": at(2)} for n in range(6000)]
    assert len(engine.record_many(many, until=at(9))) == 18000
    assert len(engine.record_many([{"ticket": "U", "fact": "opened", "occurred_at": at(10)}])) == 0


LINES = b"""
{"ticket": "A", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}

{"ticket": "A", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00", "colour": "red"}
{"ticket": "A", "fact": "opened", "occurred_at": "2026-03-02T09:30:00+08:00"}
{]
{"ticket": "A", "fact": "answered", "occurred_at": "2026-03-02T10:00:00+08:00"}\r
"""


def test_refused_lines_are_handed_over_and_the_rest_goes_on(engine):
    rejected = []
    told = engine.record_lines(LINES, rejected=rejected)
    assert [event.kind for event in told] == ["met"]
    assert [(one.index, one.line, type(one.error)) for one in rejected] == [
        (1, 4, sla.FactError),
        (2, 5, sla.StateError),
        (3, 6, sla.ParseError),
    ]
    assert (rejected[0].error.pointer, rejected[0].error.line) == ("/colour", 4)
    seen = []
    with sla.Engine(CALL) as other:
        other.record_lines(LINES, rejected=seen.append)
    assert [one.line for one in seen] == [4, 5, 6]


def test_without_anybody_to_take_them_the_first_is_raised(engine):
    with pytest.raises(sla.FactError) as caught:
        engine.record_lines(LINES)
    assert (caught.value.index, caught.value.line, caught.value.events) == (1, 4, [])
    early = {"ticket": "U", "fact": "opened", "occurred_at": at(2)}
    with pytest.raises(sla.StateError) as caught:
        engine.record_many([early, {"ticket": "V", "fact": "opened", "occurred_at": at(3)}, early])
    assert caught.value.index == 2
    assert [event.ticket for event in caught.value.events] == ["A", "U"] * 3


def test_what_a_handler_of_refusals_raises_arrives(engine):
    def stop(refused):
        raise KeyError(refused.line)

    with pytest.raises(KeyError, match="4"):
        engine.record_lines(LINES, rejected=stop)
    engine.verify()


MALFORMED = [
    {"ticket": "M"},
    {"ticket": "M", "fact": "opened", "occurred_at": "yesterday"},
    {"ticket": "M", "fact": "opened", "occurred_at": at(2), "attributes": {"a": 1.5}},
    {"ticket": 5, "fact": "opened", "occurred_at": at(2)},
    {"ticket": "M", "fact": "opened", "occurred_at": at(2), "colour": "red"},
    None,
]


@pytest.mark.parametrize("bad", MALFORMED, ids=str)
def test_a_fact_that_cannot_be_packed_is_refused_in_its_place(bad):
    """As a line that cannot be read: what stands around it is recorded."""
    given = list(facts(40))
    twice = {**given[0], "id": "other"}
    row = [*given[:10], bad, *given[10:30], twice, bad, bad, *given[30:], bad]
    with sla.Engine(CALL) as good, sla.Engine(CALL) as engine:
        told = good.record_many(given[:30])
        rejected = []
        assert engine.record_many(row, rejected=rejected) == told + good.record_many(given[30:])
        assert [(one.index, one.line) for one in rejected] == [(10, 0), (31, 0), (32, 0), (33, 0), (44, 0)]
        assert [type(one.error) for one in rejected] == [sla.FactError, sla.StateError, *[sla.FactError] * 3]
        assert engine.stats().facts == 40
    with sla.Engine(CALL) as good, sla.Engine(CALL) as engine:
        told = good.record_many(given[:30])
        with pytest.raises(sla.FactError) as caught:
            engine.record_many([*given[:30], bad, *given[30:]])
        assert (caught.value.index, caught.value.events) == (30, told)
        assert engine.hash() == good.hash()


def test_an_exception_of_the_facts_themselves_passes_and_nothing_is_recorded(engine):
    def stopping():
        yield from facts(1000)
        raise KeyError("the host's own")

    before = engine.hash()
    with pytest.raises(KeyError):
        engine.record_many(stopping(), rejected=[])
    assert engine.hash() == before


def test_a_text_with_a_nul_in_it_is_refused_and_the_rest_goes_on(engine):
    rejected = []
    good = [{"ticket": name, "fact": "opened", "occurred_at": at(2)} for name in "AB"]
    engine.record_many([good[0], {**good[0], "ticket": "x\0y"}, good[1]], rejected=rejected)
    assert [(one.index, type(one.error), one.error.pointer) for one in rejected] == [(1, sla.FactError, "/ticket")]
    assert engine.stats().tickets == 2


def test_history_that_is_needed_stops_a_batch():
    history = [{"ticket": "T", "fact": "opened", "occurred_at": at(2)}, {"ticket": "T", "fact": "waiting", "occurred_at": at(2, 11)}]
    late = {"ticket": "T", "fact": "answered", "occurred_at": at(2, 10), "recorded_at": at(2, 12)}
    with sla.Engine(CALL, history_in_store=True) as engine:
        with pytest.raises(sla.NeedHistoryError) as caught:
            engine.record_many([*history, late], rejected=[])
        assert caught.value.index == 2
        engine.supply_history("T", history)
        engine.record_many([late])
