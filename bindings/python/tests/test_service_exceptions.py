"""What the host raises in a loop over events, in the block or in its log hook arrives where it
belongs, and costs neither a fact nor an event."""

import asyncio
from datetime import timedelta

import pytest
import sla
from loops import CALL, first, overdue, run  # noqa: F401  (a fixture)


def test_an_exception_in_the_loop_over_events_is_the_hosts(run):
    class Mine(Exception):
        pass

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


def test_an_exception_of_the_log_hook_goes_to_the_loop(run):
    async def main():
        reported = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))

        def hook(level, code, text):
            raise LookupError(code)

        async with sla.Service(CALL, store="memory:", log=hook) as service:
            assert (await service.record(ticket="T-1", fact="opened")).seq == 1
        assert {"loaded", "adopted", "stopped"} <= {str(context["exception"]).strip("'") for context in reported}
        assert all(isinstance(context["exception"], LookupError) for context in reported)

    run(main())


def test_the_log_without_a_hook_is_that_of_logging(run, caplog):
    async def main():
        with caplog.at_level("INFO", logger="sla.service"):
            async with sla.Service(CALL, store="memory:"):
                pass
        assert [record.getMessage().split()[0] for record in caplog.records] == ["loaded", "adopted", "stopped"]

    run(main())
