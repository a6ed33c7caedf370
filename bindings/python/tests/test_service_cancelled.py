"""Whoever waits may be cancelled: what it recorded is recorded, and what it would have been told is
told to another."""

import asyncio
import gc
from datetime import timedelta

import pytest
import sla
from loops import CALL, first, overdue, run, store  # noqa: F401  (fixtures)


def test_a_cancelled_record_is_recorded_all_the_same(run, store):
    async def main():
        async with sla.Service(CALL, store=store, queue_max=10) as service:
            tasks = [asyncio.ensure_future(service.record(ticket=f"T-{i}", fact="opened")) for i in range(50)]
            await asyncio.sleep(0)  # ten are on their way, the others in line
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(end, asyncio.CancelledError) for end in ends)
            while service.stats().facts < 50:
                await asyncio.sleep(0.01)
            assert len(await service.clocks("T-49")) == 1
            assert service._intake._forsaken == 0

    run(main())


def test_leaving_at_once_writes_what_was_cancelled(run, tmp_path):
    path = f"sqlite:{tmp_path}/desk.db"

    async def main():
        async with sla.Service(CALL, store=path, queue_max=10) as service:
            tasks = [asyncio.ensure_future(service.record(ticket=f"T-{i}", fact="opened")) for i in range(50)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
        async with sla.Service(store=path) as service:
            assert service.stats().tickets == 50

    run(main())


def test_the_error_of_a_cancelled_record_is_in_the_log(run):
    async def main():
        log = []
        async with sla.Service(CALL, store="memory:", log=lambda *line: log.append(line)) as service:
            task = asyncio.ensure_future(service.record(ticket="T-1", fact="answered", corrects="f-9"))
            await asyncio.sleep(0)
            task.cancel()
        assert ("answer_unheard", "result=SLA_ERR_NOT_FOUND") in [(code, text) for _, code, text in log]

    run(main())


def test_a_cancelled_loop_over_events_loses_none(run):
    async def main():
        async with sla.Service(CALL, store="memory:", redeliver_after=timedelta(milliseconds=50)) as service:
            for _ in range(20):
                task = asyncio.ensure_future(first(service, 1000))
                await asyncio.sleep(0)
                task.cancel()
            await service.record(overdue("T-1"))
            assert [event.step for event in await first(service, 2)] == ["breach", "level_1"]

    run(main())


def test_the_whole_cancelled_stops_in_order(run, tmp_path):
    path = f"sqlite:{tmp_path}/desk.db"
    answers = []

    async def main():
        async with sla.Service(CALL, store=path) as service:
            while True:
                answers.append(await service.record(ticket=f"T-{len(answers)}", fact="opened"))

    async def outer():
        task = asyncio.ensure_future(main())
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # again, while it stops
        with pytest.raises(asyncio.CancelledError):
            await task
        async with sla.Service(store=path) as service:
            assert service.stats().tickets >= len(answers) > 0

    run(outer())


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 10, 30])
def test_an_entry_that_is_cancelled_lets_go_of_the_file(run, tmp_path, turns):
    """Once while the file is opened, once while the service begins; and again meanwhile."""
    path = f"sqlite:{tmp_path}/desk.db"

    async def enter():
        async with sla.Service(CALL, store=path):
            await asyncio.sleep(60)

    async def main():
        for again in (False, True):
            task = asyncio.ensure_future(enter())
            for _ in range(turns):
                await asyncio.sleep(0.001 if turns > 5 else 0)
            task.cancel()
            if again:
                await asyncio.sleep(0)
                task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with sla.Service(CALL, store=path) as service:
                assert await service.record(ticket=f"T-{again}", fact="opened")

    run(main())


def test_a_service_that_was_never_left_says_so_and_gives_its_file_back(run, tmp_path):
    """When nobody has it any more, which is when its loop is closed, and not when the collector passes."""
    path = f"sqlite:{tmp_path}/desk.db"

    async def main():
        service = await sla.Service(CALL, store=path).__aenter__()
        await service.record(ticket="T-1", fact="opened")

    async def again():
        async with sla.Service(store=path) as service:
            return len(await service.clocks("T-1"))

    gc.disable()
    try:
        with pytest.warns(ResourceWarning, match="never left"):
            run(main())
        assert run(again()) == 1
    finally:
        gc.enable()
