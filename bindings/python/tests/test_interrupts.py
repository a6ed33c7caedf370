"""An exception from outside, such as a signal handler raises, passes through a call wherever it
comes, and leaves the object as good as before: free for every thread."""

import asyncio
import signal
import sys
import threading
import time

import pytest

import sla
from conftest import CALL, LONG, at


class Interrupt(BaseException):
    """Somebody's patience is over."""


def interrupted(work, number):
    """Raises Interrupt in `work` where a signal would be handled for the `number`th time: where a
    function begins and where one of C has returned.  Whether it came to that."""
    seen = 0

    def profile(frame, event, _):
        nonlocal seen
        if event in ("call", "c_return") and frame.f_code.co_name != "__del__":  # where it would be lost
            seen += 1
            if seen == number:
                raise Interrupt

    sys.setprofile(profile)
    try:
        work()
    except Interrupt:
        return True
    finally:
        sys.setprofile(None)
    return False


def is_free(holder):
    """For this thread and for another one."""
    taken = []

    def take():
        taken.append(holder.lock.acquire(blocking=False))
        if taken[0]:
            holder.lock.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return taken == [True] and not holder.inside


CALLS = {
    "wakeup": lambda e: e.wakeup(),
    "stats": lambda e: e.stats(),
    "clocks": lambda e: e.clocks("T"),
    "attributes": lambda e: e.attributes("T"),
    "explain": lambda e: e.explain("T", "answer"),
    "record": lambda e: e.record(ticket="T", fact="note", now=at(2)),
    "record a mapping": lambda e: e.record({"ticket": "T", "fact": "note", "by": "me"}, now=at(2)),
    "record what is refused": lambda e: pytest.raises(sla.FactError, e.record, ticket="", fact="note", now=at(2)),
    "record_many": lambda e: e.record_many([sla.Fact("T", "note", at(2))], until=at(2)),
    "poll": lambda e: list(e.poll(at(2, 9))),
    "poll_many": lambda e: e.poll_many(at(2, 9)),
    "adopt": lambda e: e.adopt(CALL, now=at(2)),
    "expire": lambda e: e.expire(at(2)),
    "forget": lambda e: pytest.raises(sla.NotFoundError, e.forget, "U"),
    "unread": lambda e: e.unread(),
    "verify": lambda e: e.verify(),
    "hash": lambda e: e.hash(),
    "repr": lambda e: repr(e),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_interrupt_anywhere_leaves_an_engine_free(engine, name):
    engine.record(ticket="T", fact="opened", now=at(2))
    number = 1
    while interrupted(lambda: CALLS[name](engine), number):
        assert is_free(engine._held), f"after the {number}th place"
        CALLS[name](engine)
        number += 1
    assert number > 2
    engine.verify()


def test_an_interrupted_close_has_closed_or_not():
    number = 1
    while True:
        engine = sla.Engine(CALL)
        came = interrupted(engine.close, number)
        assert is_free(engine._held)
        if not engine.closed:
            engine.wakeup()
        engine.close()
        assert engine.closed
        if not came:
            break
        number += 1
    assert number > 2


@pytest.mark.parametrize("name", ["stats", "health", "metrics", "stop"])
def test_an_interrupt_anywhere_leaves_a_service_free(name):
    async def main():
        async with sla.Service(CALL, store="memory:") as service:
            number = 1
            while interrupted(getattr(service, name), number):
                assert is_free(service._live.holder), f"after the {number}th place"
                number += 1
            assert number > 2
            if name != "stop":
                assert (await service.record(ticket="T", fact="opened")).seq == 1

    asyncio.run(asyncio.wait_for(main(), 60))


def test_a_fact_whose_recording_was_interrupted_is_told_of_all_the_same():
    """Nothing was due, as C had said before; then a fact came, and what C said of it was lost."""
    number = 1
    while True:
        with sla.Engine(CALL) as engine:
            engine.record(ticket="T", fact="opened", now=at(2))
            assert list(engine.poll(at(3))) != [] == list(engine.poll(at(3)))
            came = interrupted(
                lambda: engine.record(ticket="U", fact="opened", occurred_at=at(2), now=at(3)), number
            )
            told = list(engine.poll(at(3)))
            assert bool(told) == (engine.stats().tickets == 2)
            if not came:
                assert told
                return
            number += 1


def test_timeouts_by_a_signal_cost_an_engine_nothing(engine):
    """The same with a real clock, wherever it strikes."""

    def late(*_):
        raise Interrupt

    engine.record(ticket="T", fact="opened", now=at(2))
    before = signal.signal(signal.SIGALRM, late)
    try:
        end = time.monotonic() + (20 if LONG else 0.5)
        strikes = 0
        while time.monotonic() < end:
            strikes += 1
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0003 + strikes % 97 * 1e-5)
                while True:
                    engine.wakeup()
                    engine.record(ticket="T", fact="note", now=at(2))
                    list(engine.poll(at(2)))
            except Interrupt:
                pass
            assert is_free(engine._held), f"after {strikes} strikes"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    engine.verify()
    assert strikes > 50
