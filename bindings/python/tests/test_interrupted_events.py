"""Events are told once.  An exception from outside that keeps them from their caller, wherever it
comes, leaves them with the engine, which hands them out first at the next call."""

import json
import os
import random
import signal

import pytest

import sla
from conftest import CALL, LONG, at
from test_interrupts import Interrupt, interrupted

SEED = int(os.environ.get("SLA_SEED") or random.randrange(2**32))
TICKETS = 12
LINES = "\n".join(
    json.dumps({"ticket": f"T{n}", "fact": "opened", "occurred_at": at(2, 9, n).isoformat()}) for n in range(TICKETS)
)

LINE = '{"ticket": "X", "fact": "%s", "occurred_at": "2026-03-0%dT00:00:00Z"}\n'


def opened():
    engine = sla.Engine(CALL, now=at(1))
    for n in range(TICKETS):
        engine.record(ticket=f"T{n}", fact="opened", now=at(2, 9, n))
    return engine


def whole():
    """What is told where nothing comes between."""
    with opened() as engine:
        return engine.poll_many(at(3))


EACH = len(whole()) // TICKETS  # events of a ticket


def one_by_one(engine, got):
    for event in engine.poll(at(3)):
        got.append(event)


def in_lists(engine, got):
    while True:
        some = engine.poll_many(at(3), 7)
        got.extend(some)  # the last step that is ours: behind it the caller has them
        if not some:
            return


def slowly(engine, got):
    """As where another thread is in."""
    held, quick = engine._held, engine._quick
    while some := sla.engine._take(held, quick, int(at(3).timestamp() * 1e6), 1):
        got.append(some[0])


@pytest.mark.parametrize("take", [one_by_one, in_lists, slowly])
def test_events_that_an_interrupt_kept_from_their_caller_come_first(take):
    expected = whole()
    number, came = 1, True
    while came:
        with opened() as engine:
            got = []
            came = interrupted(lambda: take(engine, got), number)
            before = len(got)
            waits = engine.wakeup()
            for event in engine.poll(at(3)):
                got.append(event)
            assert got == expected, f"at the {number}th place"
            assert (waits is not None) or before == len(got)
            assert engine.poll_many(at(9)) == []
            engine.verify()
        number += 1
    assert number > 4


@pytest.mark.parametrize("lines", [False, True])
def test_what_an_interrupted_batch_told_comes_with_the_next_call(lines):
    def record(engine):
        if lines:
            return engine.record_lines(LINES, until=at(3))
        return engine.record_many([json.loads(line) for line in LINES.splitlines()], until=at(3))

    number, came = 1, True
    while came:
        with sla.Engine(CALL, now=at(1)) as engine:
            got = []
            came = interrupted(lambda: got.extend(record(engine)), number)
            facts = engine.stats().facts
            after = engine.record_many([{"ticket": "Z", "fact": "opened", "recorded_at": at(5), "occurred_at": at(5)}])
            rest = engine.poll_many(at(5))
            told = got + after + rest
            assert len(told) == EACH * facts == len({event.identity for event in told}), f"at the {number}th place"
            assert [event.told for event in told] == sorted(event.told for event in told)
        number += 1
    assert number > 4


def test_what_was_told_before_rejected_raised_is_not_lost():
    def refuse(_):
        raise Interrupt

    with sla.Engine(CALL, now=at(1)) as engine:
        with pytest.raises(Interrupt):
            engine.record_lines(LINES + "\n" + LINE % ("note", 4) + "no", rejected=refuse)
        assert engine.stats().facts == TICKETS + 1
        assert engine.wakeup() < at(1)
        assert len(list(engine.poll(at(1)))) == EACH * TICKETS  # they fell due before the note
        assert engine.wakeup() is None
        with pytest.raises(sla.ParseError) as caught:
            engine.record_lines(LINE % ("opened", 5) + LINE % ("note", 6) + "no")
        assert caught.value.events != []
        assert engine.poll_many(at(9)) == []  # the exception has them


def test_an_instant_that_is_none_is_refused_before_anything_is_recorded():
    with sla.Engine(CALL, now=at(1)) as engine:
        with pytest.raises(sla.ParseError):
            engine.record_lines(LINES, until="soon")
        assert engine.stats().facts == 0


def test_those_kept_are_handed_out_as_they_are_asked_for():
    with opened() as engine:
        expected = whole()
        engine._quick.keep(engine.poll_many(at(3)))
        assert engine.poll_many(at(2), 3) == expected[:3]
        assert next(engine.poll(at(2))) == expected[3]
        assert engine.poll_many(at(2), 0) == []
        engine.record(ticket="Z", fact="opened", now=at(3))
        told = engine.poll_many(at(4))
        assert told[:-EACH] == expected[4:]
        assert {event.ticket for event in told[-EACH:]} == {"Z"}
        engine._quick.keep(expected)
    with pytest.raises(sla.ClosedError):
        next(engine.poll(at(3)))


def test_a_poll_within_a_batch_does_not_silence_what_the_batch_makes_due():
    """It had found nothing due, and then the batch went on."""
    with sla.Engine(CALL, now=at(1)) as engine:
        polled = []
        engine.record_lines("no\n" + LINES, rejected=lambda _: polled.append(list(engine.poll(at(3)))))
        assert polled == [[]]
        assert len(list(engine.poll(at(3)))) == EACH * TICKETS


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may strike in a finalizer
def test_timeouts_lose_no_events():
    """The same with a real clock, wherever it strikes."""

    armed = False

    def late(*_):
        if armed:
            raise Interrupt

    chance = random.Random(SEED)
    before = signal.signal(signal.SIGALRM, late)
    count = 20_000 if LONG else 1_500
    try:
        for take in (one_by_one, in_lists):
            with sla.Engine(CALL, now=at(1)) as engine:
                for n in range(count):
                    engine.record(ticket=f"T{n}", fact="opened", now=at(2))
                got, strikes = [], 0
                while True:
                    try:
                        armed = True
                        signal.setitimer(signal.ITIMER_REAL, chance.uniform(3e-5, 8e-4))
                        take(engine, got)
                        armed = False
                        break
                    except Interrupt:
                        armed = False
                        strikes += 1
                got += engine.poll_many(at(3), 10 * count)
                assert len(got) == EACH * count == len(set(got)), f"seed {SEED}, {take.__name__}, {strikes} strikes"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
