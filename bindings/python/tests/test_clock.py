"""The settable clock: weeks pass in milliseconds, and hosts' code sees what it would have seen."""

import asyncio
import time
from datetime import datetime, timedelta, timezone

import pytest
import sla
from loops import CALL, START, run  # noqa: F401  (a fixture)
from sla.testing import Clock

BEGAN = datetime(2026, 3, 2, 1, tzinfo=timezone.utc)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    return "memory:" if request.param == "memory" else f"sqlite:{tmp_path}/desk.db"


async def gather(service, into):
    async for event in service.events():
        into.append(event)
        event.acknowledge()


def test_events_come_at_their_instants(run, store):
    async def main():
        clock, told = Clock(START), []
        async with sla.Service(CALL, store=store, clock=clock) as service:
            consumer = asyncio.ensure_future(gather(service, told))
            await service.record(ticket="T-1", fact="opened")
            await clock.advance("PT59M59S")
            assert told == [] and clock.now == BEGAN + timedelta(minutes=59, seconds=59)
            await clock.advance("PT1S")
            assert [(event.kind, event.at, event.told) for event in told] == [
                ("breached", BEGAN + timedelta(hours=1), BEGAN + timedelta(hours=1))
            ]
            await clock.advance(timedelta(weeks=1))
            assert [event.told - BEGAN for event in told] == [timedelta(hours=1), timedelta(hours=2)]
        await consumer

    run(main())


def test_weeks_in_milliseconds(run):
    """A complaint and its ladder, on the bundled policy and calendar."""

    async def main():
        clock, told = Clock(START), []
        policies = sla.Policies.bundled("complaint")
        calendars = [sla.Calendar.bundled(name) for name in policies.calendars]
        async with sla.Service(policies, calendars, store="memory:", clock=clock) as service:
            consumer = asyncio.ensure_future(gather(service, told))
            await service.record(ticket="T-1", fact="opened", attributes={"kind": "complaint", "grade": 2})
            began = time.perf_counter()
            await clock.advance("P6W")
            spent = time.perf_counter() - began
        await consumer
        assert len(told) > 3 and all(event.told == event.at for event in told)
        assert spent < 2
        print(f"six weeks, {len(told)} events in {spent * 1000:.1f} ms")

    run(main())


def test_what_a_consumer_does_at_an_instant_is_done_at_it(run, store):
    async def main():
        clock = Clock(START)

        async def answer(service):
            async for event in service.events():
                if event.kind is sla.Kind.BREACHED:
                    await asyncio.sleep(0)
                    await service.record(ticket=event.ticket, fact="answered")
                event.acknowledge()

        async with sla.Service(CALL, store=store, clock=clock) as service:
            consumer = asyncio.ensure_future(answer(service))
            await asyncio.gather(*(service.record(ticket=f"T-{i}", fact="opened") for i in range(20)))
            await clock.advance("P1D")
            clocks = await service.clocks("T-19")
            hour = BEGAN + timedelta(hours=1)  # met is "occurred_at <= due"
            assert [(view.state, view.ended_at) for view in clocks] == [("met", hour)]
        await consumer

    run(main())


def test_what_is_not_acknowledged_comes_again_by_the_clock(run):
    async def main():
        clock, seen = Clock(START), []
        async with sla.Service(CALL, store="memory:", clock=clock, redeliver_after="PT1M") as service:

            async def look():
                async for event in service.events():
                    seen.append((event.attempt, clock.now - BEGAN))

            consumer = asyncio.ensure_future(look())
            await service.record(ticket="T-1", fact="opened")
            await clock.advance("PT1H10M")
            hour = timedelta(hours=1)
            minute = timedelta(minutes=1)
            assert seen == [(1, hour), (2, hour + minute), (3, hour + 3 * minute), (4, hour + 7 * minute)]
        await consumer

    run(main())


def test_an_event_that_nobody_took_is_there_once(run):
    async def main():
        clock = Clock(START)
        async with sla.Service(CALL, store="memory:", clock=clock, redeliver_after="PT1M") as service:
            await service.record(ticket="T-1", fact="opened")
            await clock.advance("PT1H30M")  # offered again and again, and nobody looks
            events = service.events()
            assert (await events.__anext__()).acknowledge()
            consumer = asyncio.ensure_future(events.__anext__())
            await clock.advance("PT1M")
            assert not consumer.done()
            await clock.advance("PT1H")
            assert (await consumer).step == "level_1"

    run(main())


def test_an_event_that_came_again_and_was_acknowledged_does_not_come(run):
    async def main():
        clock = Clock(START)
        async with sla.Service(CALL, store="memory:", clock=clock, redeliver_after="PT1M") as service:
            await service.record(ticket="T-1", fact="opened")
            await clock.advance("PT1H")
            events = service.events()
            slow = await events.__anext__()
            await clock.advance("PT5M")
            assert slow.acknowledge()  # while its second attempt waits to be taken
            consumer = asyncio.ensure_future(events.__anext__())
            await clock.advance("PT1M")
            assert not consumer.done()
            consumer.cancel()

    run(main())


def test_sleep_and_setting_back(run):
    async def main():
        clock, told = Clock(START), []
        async with sla.Service(CALL, store="memory:", clock=clock) as service:
            consumer = asyncio.ensure_future(gather(service, told))
            await service.record(ticket="T-1", fact="opened")
            await clock.sleep("PT3H")
            assert [event.told - BEGAN for event in told] == 2 * [timedelta(hours=3)]
            await clock.set(BEGAN)
            assert service.state is sla.ServiceState.HELD
            health = service.health()
            assert not health and isinstance(health.error, sla.StateError) and "before the last decision" in str(health)
            await clock.set(BEGAN + timedelta(hours=3))
            assert service.state is sla.ServiceState.LIVE and service.health()
        await consumer

    run(main())


def test_two_services_go_by_one_clock(run):
    async def main():
        clock, told = Clock(START), []
        one = sla.Service(CALL, store="memory:", clock=clock)
        other = sla.Service(CALL, store="memory:", clock=clock)
        async with one, other:
            consumers = [asyncio.ensure_future(gather(service, told)) for service in (one, other)]
            await one.record(ticket="T-1", fact="opened")
            await clock.advance("PT30M")
            await other.record(ticket="T-2", fact="opened")
            await clock.advance("P1D")
        await asyncio.gather(*consumers)
        assert [event.ticket for event in told] == ["T-1", "T-2", "T-1", "T-2"]

    run(main())


def test_what_a_clock_refuses(run):
    async def main():
        clock = Clock(START)
        async with sla.Service(CALL, store="memory:", clock=clock):
            for kind, call in [
                (sla.ArgumentError, lambda: clock.advance(timedelta(seconds=-1))),
                (sla.RangeError, lambda: clock.advance(timedelta(days=100_000))),
                (sla.ArgumentError, lambda: clock.set(datetime(2026, 1, 1))),
            ]:
                with pytest.raises(kind):
                    await call()
            moving = asyncio.ensure_future(clock.advance("P1D"))
            await asyncio.sleep(0)
            with pytest.raises(sla.StateError):
                await clock.settle()
            await moving
        with pytest.raises(sla.ArgumentError):
            Clock(datetime(2026, 3, 2))

    run(main())
