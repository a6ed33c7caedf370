"""Who may use an object when: closing, threads, fork."""

import copy
import os
import pickle
import signal
import threading
import time

import pytest

import sla
import sla.testing
from conftest import CALL, at


def test_closing_twice_is_harmless():
    engine = sla.Engine(CALL)
    with engine as same:
        assert same is engine and not engine.closed
    assert engine.closed
    engine.close()
    for use in (
        engine.wakeup,
        engine.stats,
        engine.poll_many,
        lambda: next(engine.poll()),
        lambda: engine.record(ticket="T", fact="opened"),
        lambda: engine.record_many([]) and None,
        lambda: engine.clocks("T"),
        lambda: engine.adopt(CALL),
    ):
        with pytest.raises(sla.ClosedError):
            use()


def test_a_loop_over_a_closed_engine_ends_with_an_exception(engine):
    engine.record(ticket="T", fact="opened", now=at(2))
    with pytest.raises(sla.ClosedError):
        for _ in engine.poll(at(9)):
            engine.close()


def test_an_exception_closes_it_too():
    with pytest.raises(KeyError):
        with sla.Engine(CALL) as engine:
            raise KeyError
    assert engine.closed


def test_threads_take_turns(engine):
    """Each one records and polls; together they lose and corrupt nothing."""
    told, failures = [], []

    def work(name):
        try:
            for number in range(300):
                engine.record(ticket=f"{name}-{number}", fact="opened", now=at(2))
                told.extend(event.identity for event in engine.poll_many(at(9), 7))
                engine.clocks(f"{name}-{number}")
                engine.wakeup()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    told += [event.identity for event in engine.poll(at(9))]
    assert len(told) == len(set(told)) == 6 * 300 * 3
    engine.verify()


def test_closing_waits_for_another_threads_call():
    engine = sla.Engine(CALL)
    lines = b"".join(
        b'{"ticket": "T-%d", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}\n' % n for n in range(50_000)
    )
    ended = []

    def work():
        try:
            engine.record_lines(lines, until=at(9))
            ended.append("done")
        except sla.ClosedError:
            ended.append("closed")

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.01)
    engine.close()
    thread.join()
    assert ended[0] in ("done", "closed")


def test_other_threads_run_during_a_long_call(engine):
    lines = b"".join(
        b'{"ticket": "T-%d", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}\n' % n for n in range(100_000)
    )
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.0005)

    thread = threading.Thread(target=tick)
    thread.start()
    time.sleep(0.01)
    start = time.monotonic()
    engine.record_lines(lines)
    end = time.monotonic()
    stop.set()
    thread.join()
    assert sum(start < tick < end for tick in ticks) > 5


def test_a_signal_handler_inside_a_call_is_refused(engine):
    """It would wait for the very call that it interrupted."""
    seen = []

    def handler(*_):
        try:
            engine.wakeup()
        except sla.BusyError as error:
            seen.append(str(error))

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        engine._held.lend(lambda _: signal.raise_signal(signal.SIGUSR1))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == ["this thread is inside a call of this engine already"]
    engine.wakeup()


def in_child(work):
    """What `work` returns there, as text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(work())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        said = pipe.read().decode()
    assert os.waitpid(child, 0)[1] == 0
    return said


def test_a_child_has_no_engine_of_its_parent(engine, office):
    engine.record(ticket="T", fact="opened", now=at(2))
    assert in_child(engine.wakeup).startswith("ForkedError: this engine belongs to the parent process")
    assert in_child(lambda: (engine.close(), engine.closed)) == "(None, True)"
    assert in_child(lambda: repr(engine)) == "<sla.Engine closed>"
    assert engine.wakeup() == at(2, 12)


def test_a_child_of_a_busy_parent_does_not_wait(engine):
    engine._held.lend(lambda _: child_cannot(engine))


def child_cannot(engine):
    assert in_child(engine.wakeup).startswith("ForkedError")


def test_a_child_makes_its_own_and_shares_what_never_changes(office):
    policies = sla.Policies(CALL)

    def work():
        with sla.Engine(policies) as engine:
            engine.record(ticket="T", fact="opened", now=at(2))
            return engine.wakeup() == at(2, 12), office.is_open(at(2))

    assert in_child(work) == "(True, True)"


def test_what_there_is_one_of_is_not_copied(engine):
    clock = sla.testing.Clock("2026-03-02T09:00:00+08:00")
    for one in (engine, sla.Service(CALL, store="memory:"), sla.stores.Memory(), sla.replay(CALL, []), clock):
        for copied in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match=f"{type(one).__name__} is not copied"):
                copied(one)


def test_what_never_changes_is_copied_as_its_text(office):
    policies = sla.Policies(CALL)
    for copied in (copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))):
        assert copied(office).add(at(2), "PT9H") == office.add(at(2), "PT9H")
        again = copied(policies)
        assert again.versions == policies.versions
        with sla.Engine(again) as engine:
            assert engine.record(ticket="T", fact="opened", now=at(2)).seq == 1
