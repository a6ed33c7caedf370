"""How a service waits, and who else may look at it meanwhile: threads, and not a child process."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta

import pytest
import sla
import sla.testing
from loops import CALL, START, first, overdue, run  # noqa: F401  (a fixture)


@pytest.mark.parametrize("left", ["call_at", "the kernel's timer"])
def test_either_timer_alone_is_enough(run, left):
    async def main():
        soon = CALL.replace("PT1H", "PT1S")
        async with sla.Service(soon, store="memory:") as service:
            driver = service._driver
            if left == "call_at":
                driver.loop.remove_reader(driver._lasting.pop())
            else:
                driver._call_at = lambda when: None
            await service.record(ticket="T-1", fact="opened")
            async for event in service.events():
                assert event.told - event.at < timedelta(milliseconds=100)
                event.acknowledge()
                break

    run(main())


def test_a_loop_that_was_held_up_tells_late_and_all(run):
    async def main():
        async with sla.Service(CALL.replace("PT1H", "PT1S"), store="memory:") as service:
            await service.record(ticket="T-1", fact="opened")
            time.sleep(2.2)  # a host that does what one must not do on a loop
            told = await first(service, 2)
            assert [event.step for event in told] == ["breach", "level_1"]

    run(main())


def test_numbers_may_be_asked_from_any_thread(run):
    async def main():
        async with sla.Service(CALL, store="memory:") as service:
            failures, over = [], threading.Event()

            def ask():
                try:
                    while not over.is_set():
                        assert service.stats().facts >= 0 and service.metrics() and service.health()
                except BaseException as failure:
                    failures.append(failure)

            threads = [threading.Thread(target=ask) for _ in range(3)]
            for thread in threads:
                thread.start()
            await asyncio.gather(*(service.record(ticket=f"T-{i}", fact="opened") for i in range(2000)))
            over.set()
            for thread in threads:
                thread.join()
            assert not failures

    run(main())


def test_a_child_process_leaves_it_alone(run, tmp_path):
    async def main():
        async with sla.Service(CALL, store=f"sqlite:{tmp_path}/desk.db") as service:
            await service.record(ticket="T-1", fact="opened")
            child = os.fork()
            if child == 0:
                answer = 1
                try:
                    service.stats()
                except sla.ForkedError:
                    answer = 0
                del service
                os._exit(answer)
            while os.waitpid(child, os.WNOHANG) == (0, 0):
                await asyncio.sleep(0.01)
            assert (await service.record(ticket="T-1", fact="answered")).seq == 2
            assert [clock.state for clock in await service.clocks("T-1")] == ["met"]

    run(main())


def test_another_loop_is_refused_and_changes_nothing(run):
    async def main():
        loop = asyncio.get_running_loop()
        clock = sla.testing.Clock(START)
        async with sla.Service(CALL, store="memory:", clock=clock) as service:
            events, refused, heard = service.events(), [], []
            awaited = [
                lambda: service.record(ticket="T-1", fact="opened"),
                lambda: service.clocks("T-1"),
                lambda: service.forget("T-1"),
                lambda: service.import_([], told_until="2026-03-02T00:00:00Z", dry_run=True),
                lambda: service.adopt(CALL),
                events.__anext__,
                service.aclose,
                lambda: clock.advance("PT1H"),
                lambda: clock.set("2026-05-01T00:00:00Z"),
            ]

            def other():
                for make in awaited:
                    try:
                        asyncio.run(make())
                    except sla.StateError as error:
                        refused.append(error)
                fact = service.record(ticket="T-2", fact="opened")
                heard.append(asyncio.run_coroutine_threadsafe(fact, loop).result(60))

            thread = threading.Thread(target=other)
            thread.start()
            while thread.is_alive():
                await asyncio.sleep(0.01)
            assert len(refused) == len(awaited) and "run_coroutine_threadsafe" in str(refused[0])
            assert heard == [sla.Answer(1)] and service.stats().facts == 1
            assert clock.now == datetime.fromisoformat(START)
            await clock.advance("PT1H")
            assert (await events.__anext__()).step == "breach"
        left = threading.Thread(target=lambda: heard.append(asyncio.run(service.aclose())))  # a second time
        left.start()
        left.join()
        assert heard[1:] == [None]

    run(main())


def test_a_child_with_a_loop_of_its_own_is_told_of_the_fork(tmp_path):
    """And not that it should hand its question to the parent's loop, which would hang."""

    async def main():
        async with sla.Service(CALL, store=f"sqlite:{tmp_path}/desk.db") as service:
            await service.record(overdue("T-1"))
            events = service.events()
            delivery = await events.__anext__()
            asked = {
                "record": lambda: service.record(ticket="T-2", fact="opened"),
                "clocks": lambda: service.clocks("T-1"),
                "explain": lambda: service.explain("T-1", "answer"),
                "bring": lambda: service.bring("T-1"),
                "adopt": lambda: service.adopt(CALL),
                "forget": lambda: service.forget("T-1"),
                "import_": lambda: service.import_([], told_until=START, dry_run=True),
                "next": events.__anext__,
                "events": service.events,
                "state": lambda: service.state,
                "acknowledge": delivery.acknowledge,
            }

            async def ask(one):
                said = one()
                if asyncio.iscoroutine(said):
                    await said

            child = os.fork()
            if child == 0:
                asyncio._set_running_loop(None)
                wrong = []
                for name, one in asked.items():
                    try:
                        asyncio.run(ask(one))
                    except sla.ForkedError:
                        continue
                    except BaseException as error:
                        wrong.append(f"{name}: {error!r}")
                    else:
                        wrong.append(name)
                asyncio.run(service.aclose())  # does nothing
                print(wrong, flush=True)
                os._exit(len(wrong))
            while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
                await asyncio.sleep(0.01)
            assert os.WEXITSTATUS(ended[1]) == 0
            assert delivery.acknowledge()
            assert (await service.record(ticket="T-2", fact="opened")).seq == 1

    asyncio.run(asyncio.wait_for(main(), 60))


#: Has children that fork from inside the block: one with a service of its own, one that wants the
#: parent's file, one that leaves the block.
FAMILY = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[1])
import sla
from loops import CALL, overdue

async def child_of(work):
    child = os.fork()
    if child == 0:
        if work is not None:
            asyncio._set_running_loop(None)
            asyncio.new_event_loop().run_until_complete(work())
        sys.exit(7)  # through the block that the parent is in
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        await asyncio.sleep(0.01)
    assert os.WEXITSTATUS(ended[1]) == 7, ended

async def its_own():
    async with sla.Service(CALL, store="memory:") as service:
        assert (await service.record(ticket="T-1", fact="opened")).seq == 1

async def its_parents():
    try:
        async with sla.Service(CALL, store=sys.argv[2]):
            os._exit(1)
    except sla.BusyError:
        pass

async def main():
    async with sla.Service(CALL, store=sys.argv[2]) as service:
        await service.record(overdue("T-1"))
        events = service.events()
        first = await events.__anext__()
        for work in (None, its_own, its_parents):
            await child_of(work)
        assert first.acknowledge()
        second = await events.__anext__()
        print(first.step, second.step, (await service.record(ticket="T-2", fact="opened")).seq, service.health())

asyncio.run(main())
"""


def test_children_that_leave_the_block_take_nothing_along(run, tmp_path):
    path = f"sqlite:{tmp_path}/desk.db"
    done = subprocess.run(
        [sys.executable, "-c", FAMILY, os.path.dirname(__file__), path], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("breach level_1 1 all is well\n", 0), done.stderr

    async def main():
        async with sla.Service(store=path) as service:
            assert service.stats().tickets == 2

    run(main())
