"""The asyncio service: what is answered is durable, what falls due is told until it is
acknowledged, and nothing of that is lost by cancelling, waiting, failing or leaving."""

import asyncio
import os
import threading
import time
from datetime import datetime, timedelta

import pytest
import sla
from loops import CALL, overdue, run  # noqa: F401  (a fixture)

LONG = os.environ.get("SLA_LONG") == "1"
MANY = 100_000 if LONG else 10_000


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    return "memory:" if request.param == "memory" else f"sqlite:{tmp_path}/desk.db"


async def first(service, count=1, consumer=None):
    """The first events, acknowledged."""
    told = []
    async for event in service.events(consumer=consumer):
        told.append(event)
        assert event.acknowledge()
        if len(told) == count:
            return told


# ---- the way it is meant to be


def test_a_fact_is_answered_and_its_event_told(run, store):
    async def main():
        async with sla.Service(CALL, store=store) as service:
            assert service.state is sla.ServiceState.LIVE
            assert service.health()
            answer = await service.record(overdue("T-1"))
            assert answer == sla.Answer(seq=1)
            breached, level = await first(service, 2)
            assert (breached.kind, breached.ticket, breached.attempt) == ("breached", "T-1", 1)
            assert (level.kind, level.to, level.number) == ("escalated", "lead", 2)
            assert level.identity == "/T-1/call/answer/1/level_1/0/0"
            clocks = await service.clocks("T-1")
            assert [clock.level for clock in clocks] == [1]
            assert (await service.explain("T-1", "answer")).clock == clocks[0]
            assert service.stats().facts == 1
            assert "sla_facts" in service.metrics()
        assert service.state is sla.ServiceState.STOPPED

    run(main())


def test_a_fact_as_class_mapping_or_members(run):
    async def main():
        async with sla.Service(CALL, store="memory:") as service:
            at = datetime.now().astimezone()
            await service.record(sla.Fact(ticket="T-1", fact="opened", occurred_at=at, id="f-1"))
            mapping = {"ticket": "T-1", "fact": "opened", "occurred_at": at.isoformat(), "id": "f-1"}
            again = await service.record(mapping)
            assert again.duplicate and again.seq == 1
            await service.record(ticket="T-1", fact="answered")
            assert [clock.state for clock in await service.clocks("T-1")] == ["met"]

    run(main())


def test_errors_of_a_fact_are_typed_and_change_nothing(run):
    async def main():
        async with sla.Service(CALL, store="memory:") as service:
            rows = [
                (sla.ArgumentError, dict(ticket="T", fact="opened", occurred_at=datetime(2026, 1, 1)), "naive"),
                (sla.FactError, dict(ticket="T", fact="Opened!"), "a name that is none"),
                (sla.FactError, dict(ticket="", fact="opened"), "no ticket"),
                (sla.FutureError, dict(ticket="T", fact="opened", occurred_at="2199-01-01T00:00:00Z"), "far ahead"),
                (sla.TooLongError, dict(ticket="T" * 65, fact="opened"), "too long"),
            ]
            for kind, members, why in rows:
                with pytest.raises(kind):
                    await service.record(**members)
                    pytest.fail(why)
            with pytest.raises(sla.NotFoundError):
                await service.clocks("T")
            await service.record(ticket="T", fact="opened", id="f")
            with pytest.raises(sla.ConflictError):
                await service.record(ticket="T", fact="answered", id="f")

    run(main())


def test_batches(run):
    async def main():
        async with sla.Service(CALL, store="memory:") as service:
            await asyncio.gather(*(service.record(overdue(f"T-{i}")) for i in range(100)))
            sizes, count = [], 0
            async for batch in service.events(batch=64):
                sizes.append(len(batch))
                for event in batch:
                    event.acknowledge()
                    count += 1
                if count == 200:
                    break
            assert max(sizes) <= 64 and min(sizes) >= 1 and len(sizes) < 100

    run(main())


def test_two_loops_share_a_consumer_and_another_name_hears_all(run):
    async def main():
        seen = []

        async def work(service):
            async for event in service.events():
                await asyncio.sleep(0)
                seen.append(event.identity)
                event.acknowledge()

        async with sla.Service(CALL, store="memory:") as service:
            other = service.events(consumer="audit")
            workers = [asyncio.ensure_future(work(service)) for _ in range(2)]
            await asyncio.gather(*(service.record(overdue(f"T-{i}")) for i in range(20)))
            audited = 0
            async for event in other:
                event.acknowledge()
                audited += 1
                if audited == 40:
                    break
            while len(seen) < 40:
                await asyncio.sleep(0.01)
        await asyncio.gather(*workers)  # they end with the service
        assert sorted(seen) == sorted(set(seen)) and len(seen) == 40

    run(main())


def test_adopt_forget_and_import(run, store):
    async def main():
        async with sla.Service(CALL, store=store) as service:
            with pytest.raises(sla.PolicyError) as complaint:
                await service.adopt(CALL.replace('"stop"', '"halt"'))
            assert complaint.value.pointer.startswith("/targets/0")
            await service.adopt(CALL.replace('"version": "1"', '"version": "2"'))
            await service.record(ticket="T-1", fact="opened")
            assert [clock.policy_version for clock in await service.clocks("T-1")] == ["2"]
            with pytest.raises(sla.StateError):
                await service.forget("T-1")
            now = datetime.now().astimezone()
            history = [
                sla.Fact("T-2", "opened", now - timedelta(hours=3), recorded_at=now - timedelta(hours=3)),
                sla.Fact("T-2", "attributes", now - timedelta(hours=2), recorded_at=now - timedelta(hours=2)),
            ]
            counted = await service.import_(history, told_until=now - timedelta(hours=1, minutes=30), dry_run=True)
            assert counted == (1, 2, 0, 1, 1)
            with pytest.raises(sla.NotFoundError):
                await service.clocks("T-2")
            assert await service.import_(history, told_until=now - timedelta(hours=1, minutes=30)) == counted
            assert [event.step for event in await first(service)] == ["level_1"]
            with pytest.raises(sla.ExistsError):
                await service.import_(history, told_until=now)
            await service.record(ticket="T-2", fact="answered")
            await first(service)
            await service.forget("T-2")
            with pytest.raises(sla.NotFoundError):
                await service.bring("T-2")

    run(main())


# ---- many, and too many


def test_many_at_once(run, store):
    async def main():
        async with sla.Service(CALL, store=store) as service:
            began = time.perf_counter()
            answers = await asyncio.gather(
                *(service.record(ticket=f"T-{i}", fact="opened", id="f") for i in range(MANY))
            )
            spent = time.perf_counter() - began
            assert all(answer.seq == 1 for answer in answers)
            assert service.stats().live_tickets == MANY
            print(f"{MANY / spent:,.0f} facts a second on {store.partition(':')[0]}")

    run(main())


def test_a_full_queue_is_waited_for_in_order(run):
    async def main():
        async with sla.Service(CALL, store="memory:", queue_max=4) as service:
            answers = await asyncio.gather(
                *(service.record(ticket="T-1", fact="opened" if i == 0 else "attributes") for i in range(500))
            )
            assert [answer.seq for answer in answers] == list(range(1, 501))

    run(main())


# ---- cancelled


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


# ---- exceptions of the host


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


# ---- what does not begin


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


# ---- the end


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


# ---- how it waits


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
