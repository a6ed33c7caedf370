"""How a service begins and ends: what does not begin says why, and what has ended is left alone."""

import gc
import os
from datetime import timedelta

import pytest
import sla
from conftest import LONG
from loops import CALL, first, overdue, run  # noqa: F401  (a fixture)


def test_what_only_another_start_can_cure_is_raised(run, tmp_path):
    needs = CALL.replace('"version"', '"calendar": "desk", "version"')
    rows = [
        (sla.ParseError, "{", "no JSON"),
        (sla.PolicyError, CALL.replace('"stop"', '"halt"'), "no member of a policy"),
        (sla.NotFoundError, needs, "a calendar that nobody gave"),
    ]

    async def main():
        for kind, policy, why in rows:
            with pytest.raises(kind) as raised:
                async with sla.Service(policy, store=f"sqlite:{tmp_path}/desk.db"):
                    pytest.fail(why)
            assert raised.value.text
        async with sla.Service(needs, sla.Calendar.parse(DESK), store=f"sqlite:{tmp_path}/desk.db") as service:
            await service.record(ticket="T-1", fact="opened")

    run(main())


DESK = '{"kind": "calendar", "name": "desk", "version": "1", "zone": "UTC", "week": {"mon-fri": ["09:00-18:00"]}}'


def test_one_file_has_one_service(run, tmp_path):
    path = f"sqlite:{tmp_path}/desk.db"

    async def main():
        async with sla.Service(CALL, store=path) as service:
            with pytest.raises(sla.BusyError, match=r"desk\.db"):
                async with sla.Service(CALL, store=path):
                    pytest.fail("the file is taken")
            assert (await service.record(ticket="T-1", fact="opened")).seq == 1
        async with sla.Service(CALL, store=path) as service:
            assert len(await service.clocks("T-1")) == 1

    run(main())


def test_stores_that_cannot_be_opened(run, tmp_path):
    async def main():
        (tmp_path / "text").write_text("no database " * 1000)
        rows = [
            (sla.StoreError, f"sqlite:{tmp_path}/none/desk.db", "no folder"),
            (sla.SlaError, f"sqlite:{tmp_path}/text", "something else"),
            (sla.NotFoundError, sla.stores.SQLite(tmp_path / "other.db", existing=True), "no file"),
            (sla.ArgumentError, sla.stores.Postgres("nonsense"), "no connection string"),
            (sla.ArgumentError, sla.stores.SQLite(f"{tmp_path}/desk.db\0x"), "a name with a NUL"),
        ]
        for kind, store, why in rows:
            with pytest.raises(kind):
                async with sla.Service(CALL, store=store):
                    pytest.fail(why)
        for uri in ("desk.db", "sqlite:", "sqlite://desk.db", "mysql://x", "memory", "sqlite:a?b"):
            with pytest.raises(sla.ArgumentError):
                sla.Service(CALL, store=uri)

    run(main())


def test_options_that_are_none(run):
    rows = [
        (dict(queue_max=-1), "a queue of less than nothing"),
        (dict(max_in_flight=-1), "the same"),
        (dict(keep=timedelta(seconds=-1)), "a span below zero"),
        (dict(consumer="Python"), "no name of a consumer"),
        (dict(consumer="a\0b"), "no name either"),
    ]

    async def main():
        for options, why in rows:
            with pytest.raises(sla.ArgumentError):
                async with sla.Service(CALL, store="memory:", **options):
                    pytest.fail(why)
        async with sla.Service(CALL, store="memory:", consumer=None, queue_max=0) as service:
            with pytest.raises(sla.StateError):
                service.events()
            with pytest.raises(sla.ArgumentError):
                service.events(consumer="audit", batch=0)
            with pytest.raises(sla.NotFoundError):
                await service.clocks("")
            assert (await service.record(ticket="T-1", fact="opened")).seq == 1

    run(main())


def test_after_the_end(run):
    async def main():
        service = sla.Service(CALL, store="memory:")
        with pytest.raises(sla.StateError):
            await service.record(ticket="T-1", fact="opened")
        async with service:
            events = service.events()
            service.stop()
            service.stop()
            with pytest.raises(sla.StateError):
                await service.record(ticket="T-1", fact="opened")
            assert [event async for event in events] == []
        await service.aclose()
        assert [event async for event in events] == []
        for call in (service.health, service.stats, service.metrics):
            with pytest.raises(sla.ClosedError):
                call()
        with pytest.raises(sla.ClosedError):
            await service.clocks("T-1")
        with pytest.raises(sla.StateError):
            async with service:
                pass

    run(main())


def test_the_same_memory_again(run):
    async def main():
        memory = sla.stores.Memory()
        async with sla.Service(CALL, store=memory) as service:
            await service.record(overdue("T-1"))
            event = (await first(service))[0]
        async with sla.Service(CALL, store=memory) as service:
            told = await first(service)
            assert told[0].identity != event.identity  # the first one was acknowledged

    run(main())


def test_opened_and_closed_again_and_again_leaves_nothing(run):
    def resident():
        with open("/proc/self/statm") as numbers:
            return int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def main():
        async def once(number):
            async with sla.Service(CALL, store="memory:", log=lambda *line: None) as service:
                await service.record(overdue("T-1"))
                await first(service, 1)

        for number in range(100):
            await once(number)
        files, before = len(os.listdir("/proc/self/fd")), resident()
        for number in range(1000 if LONG else 300):
            await once(number)
        assert len(os.listdir("/proc/self/fd")) == files
        if "asan" not in os.environ.get("LD_PRELOAD", ""):  # which keeps what is freed
            assert resident() - before < 2_000_000

    run(main())


def test_a_loop_keeps_a_service_that_is_told_of_by_its_events_alone(run):
    """While it runs; what is told comes though nobody has the service by name."""

    async def main():
        service = await sla.Service(CALL, store="memory:", consumer="desk").__aenter__()
        await service.record(overdue("T-1"))
        events, driver = service.events(), service._live
        del service
        gc.collect()
        kinds = []
        async for event in events:
            kinds.append(event.kind)
            event.acknowledge()
            if len(kinds) == 2:
                break
        assert kinds == ["breached", "escalated"] and driver.state != 4
        await driver._turned().__self__.aclose()

    run(main())
