"""The asyncio service: what is answered is durable, and what falls due is told until it is
acknowledged."""

import asyncio
import copy
import dataclasses
import pickle
import time
from datetime import datetime, timedelta

import pytest
import sla
from conftest import LONG
from loops import CALL, first, overdue, run, store  # noqa: F401  (fixtures)

MANY = 100_000 if LONG else 10_000


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
                (sla.FactError, dict(ticket="T", fact="opened", occurred_at=datetime(2026, 1, 1)), "naive"),
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


def test_a_delivery_is_copied_as_itself_and_not_pickled(run):
    """A copy without its number could not be acknowledged."""

    async def main():
        async with sla.Service(CALL, store="memory:") as service:
            await service.record(overdue("T-1"))
            async for event in service.events():
                for copied in (copy.copy(event), copy.deepcopy([event])[0]):
                    assert (copied, copied.number, copied.attempt) == (event, event.number, 1)
                    assert copied.acknowledge()
                with pytest.raises(TypeError, match="a delivery is not pickled: "):
                    pickle.dumps(event)
                with pytest.raises(TypeError, match="a delivery comes from a service"):
                    dataclasses.replace(event, ticket="U")
                break

    run(main())
