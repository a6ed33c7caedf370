"""The asyncio service on PostgreSQL: alive, dead at the start, gone in the middle, taken by
another."""

import asyncio
import time

import pytest
import sla
from loops import CALL, overdue, run, server  # noqa: F401  (fixtures)

SCHEMAS = iter(f"python_{number}" for number in range(1000))


@pytest.fixture
def store(server):
    made = sla.stores.Postgres(server.conninfo, schema=next(SCHEMAS), lease="PT2S")
    made.init()
    assert made.check() == []
    return made


def told_to(log):
    return [code for _, code, _ in log]


def test_facts_and_events(run, store):
    async def main():
        async with sla.Service(CALL, store=store) as service:
            answers = await asyncio.gather(*(service.record(overdue(f"T-{i}")) for i in range(500)))
            assert all(answer.seq == 1 for answer in answers)
            told = []
            async for batch in service.events(batch=100):
                for event in batch:
                    told.append(event.identity)
                    event.acknowledge()
                if len(told) == 1000:
                    break
            assert len(set(told)) == 1000
        async with sla.Service(store=store) as service:  # the lease was given back
            assert service.stats().tickets == 500
            assert [clock.level for clock in await service.clocks("T-499")] == [1]

    run(main())


def test_dead_at_the_start(run, server, tmp_path):
    """Neither the loop nor the block hangs, facts wait, health and log say why."""

    async def main():
        log = []
        began = time.monotonic()
        beats = 0
        service = sla.Service(
            CALL,
            store=f"postgresql:host={tmp_path} dbname=postgres",
            log=lambda *line: log.append(line),
            start_timeout=0.5,
            end_timeout=0.5,
        )
        async with service:
            assert time.monotonic() - began < 2
            assert service.state is sla.ServiceState.LOADING
            health = service.health()
            assert not health and isinstance(health.error, sla.StoreError) and not health.given_up
            assert "store_lost" in told_to(log)
            waiting = asyncio.ensure_future(service.record(overdue("T-1")))
            for _ in range(20):
                await asyncio.sleep(0.01)
                beats += 1
            assert beats == 20 and not waiting.done()
        with pytest.raises(sla.StateError):  # the block was left before it was on the record
            await waiting

    run(main())


def test_leaving_with_what_nobody_waits_for_is_not_silent(run, tmp_path):
    async def main():
        with pytest.raises(sla.StoreError, match="end_timeout"):
            async with sla.Service(
                CALL, store=f"postgresql:host={tmp_path} dbname=postgres", start_timeout=0, end_timeout=0.2
            ) as service:
                task = asyncio.ensure_future(service.record(overdue("T-1")))
                await asyncio.sleep(0)
                task.cancel()

    run(main())


def test_leaving_an_idle_one_that_never_reached_its_store_is_quick(run, tmp_path):
    async def main():
        began = time.monotonic()
        async with sla.Service(CALL, store=f"postgresql:host={tmp_path} dbname=postgres", start_timeout=0):
            pass
        assert time.monotonic() - began < 2

    run(main())


def test_gone_in_the_middle_and_back(run, server, store):
    async def main():
        log = []
        async with sla.Service(CALL, store=store, log=lambda *line: log.append(line)) as service:
            await service.record(overdue("T-0"))
            server.kill()
            waiting = [asyncio.ensure_future(service.record(overdue(f"T-{i}"))) for i in range(1, 50)]
            while service.health():
                await asyncio.sleep(0.01)
            assert not any(task.done() for task in waiting)
            server.up()
            assert all(answer.seq == 1 for answer in await asyncio.gather(*waiting))
            assert {"store_lost", "store_back"} <= set(told_to(log))
            told = 0
            async for event in service.events():
                told += 1
                event.acknowledge()
                if told == 100:
                    break
            while not service.health():
                await asyncio.sleep(0.01)

    run(main())


def test_another_has_it(run, store):
    async def main():
        log = []
        async with sla.Service(CALL, store=store) as first:
            await first.record(overdue("T-1"))
            second = sla.Service(CALL, store=store, start_timeout=0.3, log=lambda *line: log.append(line))
            async with second:
                assert second.state is sla.ServiceState.LOADING
                assert isinstance(second.health().error, sla.BusyError)
                assert "store_held" in told_to(log)
                await first.aclose()
                answer = await second.record(ticket="T-1", fact="answered")  # once it has it
                assert answer.seq == 2

    run(main())


def test_taken_over(run, store):
    """Told to whoever records and whoever iterates, with a type of its own."""

    async def main():
        at_once = sla.stores.Postgres(store.conninfo, schema=store.schema, lease="PT0S")
        async with sla.Service(CALL, store=store, log=lambda *line: None) as first:
            events = asyncio.ensure_future(first.events().__anext__())
            async with sla.Service(CALL, store=at_once) as second:
                with pytest.raises(sla.FencedError):
                    await first.record(overdue("T-1"))
                with pytest.raises(sla.FencedError):
                    await events
                assert first.health().given_up
                with pytest.raises(sla.FencedError):
                    await first.record(overdue("T-2"))
                assert (await second.record(overdue("T-1"))).seq == 1

    run(main())


def test_what_it_refuses_is_raised_at_the_start(run, server, store):
    rows = [
        (sla.RefusedError, sla.stores.Postgres(server.conninfo, schema="nothing_here"), "no schema"),
        (sla.RefusedError, sla.stores.Postgres(server.conninfo.replace("sla_test", "sla_admin")), "a superuser"),
    ]

    async def main():
        for kind, refused, why in rows:
            with pytest.raises(kind) as raised:
                async with sla.Service(CALL, store=refused, log=lambda *line: None):
                    pytest.fail(why)
            assert raised.value.text

    run(main())


def test_the_schema(server):
    missing = sla.stores.Postgres(server.conninfo, schema="not_yet")
    with pytest.raises(sla.NotFoundError):
        missing.check()
    missing.init()
    missing.init()
    missing.migrate()
    assert missing.check() == []
    assert "sla_test" not in repr(missing)
