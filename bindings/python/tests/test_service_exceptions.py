"""What the host raises in a loop over events, in the block or in its log hook arrives where it
belongs, and costs neither a fact nor an event."""

import asyncio
from datetime import timedelta

import pytest
import sla
from loops import CALL, first, overdue, run  # noqa: F401  (a fixture)


class Mine(Exception):
    """The host's."""


def test_an_exception_in_the_loop_over_events_is_the_hosts(run):
    async def main():
        async with sla.Service(CALL, store="memory:", redeliver_after=timedelta(milliseconds=50)) as service:
            await service.record(overdue("T-1"))
            with pytest.raises(Mine):
                async for event in service.events():
                    raise Mine
            again = (await first(service))[0]  # what was not acknowledged comes again
            assert (again.identity, again.attempt) == (event.identity, 2)
            assert service.health()

    run(main())


def test_an_exception_leaves_the_block_as_it_is(run):
    async def main():
        with pytest.raises(ZeroDivisionError):
            async with sla.Service(CALL, store="memory:") as service:
                await service.record(ticket="T-1", fact="opened")
                1 // 0
        assert service.state is sla.ServiceState.STOPPED

    run(main())


@pytest.mark.parametrize("kind", [LookupError, asyncio.CancelledError, GeneratorExit])
def test_an_exception_of_the_log_hook_goes_to_the_loop(run, kind):
    async def main():
        reported = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))

        def hook(level, code, text):
            raise kind(code)

        async with sla.Service(CALL, store="memory:", log=hook) as service:
            assert (await service.record(ticket="T-1", fact="opened")).seq == 1
        assert {"loaded", "adopted", "stopped"} <= {str(context["exception"]).strip("'") for context in reported}
        assert all(isinstance(context["exception"], kind) for context in reported)

    run(main())


def test_the_log_without_a_hook_is_that_of_logging(run, caplog):
    async def main():
        with caplog.at_level("INFO", logger="sla.service"):
            async with sla.Service(CALL, store="memory:"):
                pass
        assert [record.getMessage().split()[0] for record in caplog.records] == ["loaded", "adopted", "stopped"]

    run(main())


@pytest.mark.parametrize("kind", [Mine, KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit])
def test_whatever_leaves_the_loop_over_events_ends_the_service_in_order(run, tmp_path, kind):
    path = f"sqlite:{tmp_path}/desk.db"

    async def main():
        async with sla.Service(CALL, store=path) as service:
            tasks = [asyncio.ensure_future(service.record(overdue(f"T-{i}"))) for i in range(20)]
            async for event in service.events():
                for task in tasks:
                    task.cancel()  # nobody waits for the others
                raise kind("mine")

    async def again():
        async with sla.Service(store=path) as service:
            assert service.stats().tickets == 20
            told = await first(service, 40)
            assert len({event.identity for event in told}) == 40

    with pytest.raises(kind, match="mine"):
        run(main())
    run(again())


def test_a_batch_that_fails_comes_again_whole(run):
    async def main():
        async with sla.Service(CALL, store="memory:", redeliver_after=timedelta(milliseconds=50)) as service:
            await asyncio.gather(*(service.record(overdue(f"T-{i}")) for i in range(10)))
            with pytest.raises(Mine):
                async for batch in service.events(batch=100):
                    batch[0].acknowledge()
                    raise Mine
            assert len(batch) > 1
            again = {event.identity: event.attempt for event in await first(service, 19)}
            for event in batch[1:]:
                assert again[event.identity] == 2
            assert batch[0].identity not in again

    run(main())


def test_one_loop_that_fails_leaves_the_other_its_events(run):
    async def main():
        seen = []

        async def fails(service):
            async for _ in service.events():
                raise Mine

        async def works(service):
            async for event in service.events():
                seen.append(event.identity)
                event.acknowledge()

        async with sla.Service(CALL, store="memory:", redeliver_after=timedelta(milliseconds=50)) as service:
            tasks = [asyncio.ensure_future(each(service)) for each in (fails, works)]
            await asyncio.gather(*(service.record(overdue(f"T-{i}")) for i in range(10)))
            while len(seen) < 20:
                await asyncio.sleep(0.01)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(ends[0], Mine) and ends[1] is None and len(set(seen)) == 20

    run(main())


def test_what_the_end_could_not_write_does_not_hide_the_blocks_own(run):
    async def main():
        log = []
        with pytest.raises(Mine):
            async with sla.Service(
                CALL, store="memory:", queue_max=1, end_timeout=0.0, log=lambda *line: log.append(line[1])
            ) as service:
                tasks = [asyncio.ensure_future(service.record(ticket=f"T-{i}", fact="opened")) for i in range(1000)]
                await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                raise Mine
        assert "ended_early" in log

    run(main())


def test_a_log_hook_may_ask_and_stop_the_service(run):
    async def main():
        asked = []

        def hook(level, code, text):
            if code == "answer_unheard":
                asked.append((service.stats().facts, bool(service.health()), service.state))
                service.stop()

        async with sla.Service(CALL, store="memory:", log=hook) as service:
            task = asyncio.ensure_future(service.record(ticket="T-1", fact="answered", corrects="f-9"))
            await asyncio.sleep(0)
            task.cancel()
            assert [event async for event in service.events()] == []  # ends, as the hook has stopped it
        assert asked == [(0, True, sla.ServiceState.LIVE)]

    run(main())


def test_a_log_hook_without_a_handler_is_in_the_log_of_asyncio(run, caplog):
    async def main():
        def hook(level, code, text):
            raise LookupError(code)

        async with sla.Service(CALL, store="memory:", log=hook) as service:
            assert (await service.record(ticket="T-1", fact="opened")).seq == 1

    with caplog.at_level("ERROR", logger="asyncio"):
        run(main())
    assert any(isinstance(record.exc_info[1], LookupError) for record in caplog.records if record.exc_info)


def test_an_interrupt_in_a_log_hook_arrives_and_the_service_goes_on():
    """Ctrl-C while the hook runs: the loop passes it on at once; whoever runs the loop again has
    lost nothing."""
    armed = []

    def hook(level, code, text):
        if code == "answer_unheard" and armed:
            armed.clear()
            raise KeyboardInterrupt

    async def main():
        async with sla.Service(CALL, store="memory:", log=hook) as service:
            armed.append(True)
            task = asyncio.ensure_future(service.record(ticket="T-1", fact="answered", corrects="f-9"))
            await asyncio.sleep(0)
            task.cancel()
            while armed:
                await asyncio.sleep(0)
            await service.record(overdue("T-2"))
            return [event.step for event in await first(service, 2)]

    loop = asyncio.new_event_loop()
    try:
        task = loop.create_task(main())
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(asyncio.wait_for(asyncio.shield(task), 60))
        assert loop.run_until_complete(asyncio.wait_for(task, 60)) == ["breach", "level_1"]
    finally:
        loop.close()
