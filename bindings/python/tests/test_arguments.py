"""What is no argument is refused by name, as an SlaError, before anything is done."""

import asyncio
import functools
from datetime import datetime, timedelta, timezone

import pytest

import sla
from conftest import CALL, at, hours

UTC_NOW = datetime(2026, 3, 2, 1, tzinfo=timezone.utc)
CUTOFF = sla.Cutoff("17:00", "18:00", "18:00")

CALENDAR = [
    (lambda c: c.segments(datetime(2026, 3, 2), datetime(2026, 3, 3)), "has no time zone"),
    (lambda c: c.add(at(2), "PT4H", fit=7), "fit is one of Fit.CLOSE, Fit.NEXT_OPEN, not 7"),
    (lambda c: c.add("2026-03-02T09:00:00+08:00", "PT4H", fit=-1), "fit is one of"),
    (lambda c: c.add(at(2), hours(4), fit=5), "fit is one of"),
    (lambda c: c.add(at(2), hours(4), fit="x"), "fit is one of"),
    (lambda c: c.add_many([at(2)], "PT4H", fit=5), "fit is one of"),
    (lambda c: c.add(at(2), hours(-1)), "need is a span of 0 or more"),
    (lambda c: c.sub(at(2), hours(-1)), "need is a span of 0 or more"),
    (lambda c: c.add(at(2), "P9999999D"), "'P9999999D': a span is not longer than 300 years"),
    (lambda c: c.sub(at(2), timedelta.max), "a span is not longer than 300 years"),
    (lambda c: c.add_many([at(2)], timedelta.min), "a span is not longer than 300 years"),
    (lambda c: c.add_many([at(2)], hours(-1)), "its need is a span of 0 or more"),
    (lambda c: c.add_workdays(at(2), 1, roll=5), "roll is one of Roll.FORWARD, "),
    (lambda c: c.add_workdays(at(2), 1, roll=-1), "roll is one of"),
    (lambda c: c.add_workdays(at(2), 1, end=9), "end is one of DayEnd.SAME_TIME, "),
    (lambda c: c.add_workdays(at(2), 1, fit=9), "fit is one of"),
    (lambda c: c.add_workdays(at(2), 1.5), "days is a whole number, not 1.5"),
    (lambda c: c.add_workdays(at(2), 2**31), "days is a whole number from -2147483647 to 2147483647"),
    (lambda c: c.add_days(at(2), 2**31), "days is a whole number from"),
    (lambda c: c.add_days(at(2), 1, end=9), "end is one of"),
    (lambda c: c.add_days(at(2), 1, end=sla.DayEnd.CLOSE), "end is DayEnd.SAME_TIME or DayEnd.DAY"),
    (lambda c: c.cutoff(at(2), None), "cutoff is a Cutoff, not NoneType"),
    (lambda c: c.snap(at(2), tuple(CUTOFF)), "cutoff is a Cutoff, not tuple"),
    (lambda c: c.cutoff(at(2), CUTOFF._replace(before=5)), "before is a time of day"),
    (lambda c: c.cutoff(at(2), CUTOFF._replace(days=0)), "days is a whole number from 1"),
    (lambda c: c.cutoff(at(2), CUTOFF._replace(days="x")), "days is a whole number, not 'x'"),
    (lambda c: c.cutoff(at(2), CUTOFF._replace(workdays="false")), "workdays is True or False"),
    (lambda c: c.cutoff(at(2), CUTOFF._replace(before="19:00")), "today is not earlier than before"),
    (lambda c: c.end_of_day(at(2), close="no"), "close is True or False"),
    (lambda c: sla.Calendar.bundled(b"x"), "name is a text, not bytes"),
    (lambda c: sla.Calendar.bundled("\ud800"), "name has half of a surrogate pair"),
    (lambda c: sla.Calendar.bundled("24x7\0"), r"name has the character U\+0000"),
    (lambda c: sla.Calendar.parse(1), "text is JSON, as str or bytes, not 1"),
    (lambda c: sla.Calendar.parse(10**7), "text is JSON"),
    (lambda c: sla.Calendar.load(5), "path is a path, not 5"),
    (lambda c: sla.Calendar.load(None), "path is a path, not NoneType"),
    (lambda c: sla.Calendar.load(""), "path is a path, not ''"),
    (lambda c: sla.Calendar.load("a\0b"), "path is a path, not 'a.x00b'"),
    (lambda c: sla.Calendar.load("\ud800"), "path is a path, not '.ud800'"),
    (lambda c: sla.Policies("\ud800"), "policy 1 is JSON or a path, not '.ud800'"),
    (lambda c: sla.Calendar.parse("{}", source=5), "source is a text, not int"),
    (lambda c: sla.Policies.bundled(b"x"), "name is a text, not bytes"),
    (lambda c: sla.Policies(5), "policy 1 is JSON or a path, not 5"),
    (lambda c: sla.Policies(CALL, None), "policy 2 is JSON or a path, not NoneType"),
]

HISTORY = {"ticket": "T", "fact": "opened", "occurred_at": UTC_NOW}
ENGINE = [
    (lambda e: sla.Engine(5), "policies is a set, JSON"),
    (lambda e: sla.Engine("\ud800"), "policy 1 is JSON or a path"),
    (lambda e: sla.Engine(CALL, "\ud800"), "calendar 1 is JSON or a path"),
    (lambda e: sla.replay(CALL, "\ud800"), "facts is rows of them, a path"),
    (lambda e: sla.replay(CALL, "a\0b"), "facts is rows of them, a path"),
    (lambda e: e.supply_history("T", [HISTORY], policies=5), "policies is numbers, one for each fact, not 5"),
    (lambda e: sla.replay(CALL, [HISTORY]).compliance([]), "by is the name of an attribute, or a function of a clock"),
    (lambda e: sla.replay(CALL, [HISTORY]).compliance(5), "by is the name of an attribute"),
    (lambda e: sla.Engine({"policy": "call"}), r"a policy is JSON text or a path, not dict: json.dumps\(...\)"),
    (lambda e: sla.Engine([{"policy": "call"}]), "policy 1 is JSON text or a path, not dict"),
    (lambda e: sla.Engine(calendars={"calendar": "c"}), "a calendar is JSON text or a path, not dict"),
    (lambda e: sla.Engine(CALL, [{"calendar": "c"}]), "calendar 1 is JSON text or a path, not dict"),
    (lambda e: e.adopt({"policy": "call"}), "a policy is JSON text or a path, not dict"),
    (lambda e: sla.replay({"policy": "call"}, []), "a policy is JSON text or a path, not dict"),
    (lambda e: sla.Policies(""), "policy 1 is JSON or a path, not ''"),
    (lambda e: sla.Policies("\0"), "policy 1 is JSON or a path, not "),
    (lambda e: sla.Engine(history_in_store="x"), "history_in_store is True or False, not 'x'"),
    (lambda e: sla.Engine(history_in_store=None), "history_in_store is True or False, not NoneType"),
    (lambda e: sla.Engine(calendars=5), "calendars is"),
    (lambda e: sla.Engine(awake="x"), "awake is how many"),
    (lambda e: sla.Engine(keep=-1), "keep: a span is"),
    (lambda e: sla.Engine(keep=hours(-1)), "keep is a span of 0 or more"),
    (lambda e: e.record_lines(["{}"]), "lines is JSON lines, as str or bytes, not list"),
    (lambda e: e.record_lines(None), "lines is JSON lines"),
    (lambda e: e.record_many(5), "several facts are wanted, such as a list of them, not int"),
    (lambda e: e.record_many("x"), "several facts are wanted"),
    (lambda e: e.record_many({"ticket": "T", "fact": "opened"}), "put the one into a list"),
    (lambda e: e.record_many(sla.Fact("T", "opened")), "put the one into a list"),
    (lambda e: e.record_many([], rejected=5), "rejected is a list or a function, not 5"),
    (lambda e: e.supply_history("T", 5), "several facts are wanted"),
    (lambda e: e.supply_history("T", [HISTORY], policies=["x"]), "a number of policies is a whole number"),
    (lambda e: e.supply_history("T", [HISTORY], policies=[-1]), "a number of policies is a whole number from 0"),
    (lambda e: e.poll_many(n=-1), "n is 0 or more, not -1"),
    (lambda e: e.poll_many(n="x"), "n is a whole number, not 'x'"),
    (lambda e: e.poll_many(n=2**65), "n is 0 or more"),
    (lambda e: e.explain("T", "answer", policy="call", cycle=-1), "cycle is a whole number from 0 to 4294967295"),
    (lambda e: e.explain("T", "answer", policy="call", cycle="x"), "cycle is a whole number, not 'x'"),
    (lambda e: e.explain("T", "answer", policy=5), "policy is a text, not int"),
    (lambda e: e.explain("T", 5, policy="call"), "target is a text, not int"),
]

REPLAY = [
    (dict(mapping=["ticket"]), "mapping is a mapping of columns to members, not list"),
    (dict(names=5), "names is a mapping"),
    (dict(names={"Closed": None}), "names= says that 'Closed' is None"),
    (dict(zone=5), "zone is a name"),
    (dict(separator=5), "separator is one character"),
    (dict(encoding=5), "encoding is a name"),
    (dict(encoding="nosuch"), "encoding is a name"),
    (dict(missing=5), "missing is several texts"),
    (dict(missing=None), "missing is several texts"),
    (dict(by_occurred="x"), "by_occurred is True or False, not 'x'"),
    (dict(by_occurred=None), "by_occurred is True or False, not NoneType"),
    (dict(missing="NULL"), "missing is several texts"),
    (dict(time_format=5), "time_format is a format"),
    (dict(rejected=5), "rejected is a list or a function"),
]


async def logs_later(level, code, text):
    pass


class LogsLater:
    async def __call__(self, level, code, text):
        pass


SERVICE = [
    (dict(store=None), "store is a URI or a store of sla.stores, not NoneType"),
    (dict(store=sla.stores.SQLite), "store is a URI"),
    (dict(clock=5), "clock is a Clock of sla.testing, not 5"),
    (dict(log=5), "log is a function"),
    (dict(log=logs_later), "log is a plain function, not async"),
    (dict(log=LogsLater()), "log is a plain function, not async"),
    (dict(log=functools.partial(logs_later)), "log is a plain function, not async"),
    (dict(start_timeout=float("nan")), "start_timeout is seconds, 0 or more, not nan"),
    (dict(start_timeout=-1), "start_timeout is seconds"),
    (dict(end_timeout="x"), "end_timeout is seconds"),
    (dict(queue_max=1.5), "queue_max is a whole number, not 1.5"),
    (dict(queue_max=-1), "queue_max is 0 or more"),
    (dict(units_max=2**70), "units_max is 0 or more"),
    (dict(max_in_flight="x"), "max_in_flight is a whole number"),
    (dict(consumer="Bad Name"), "consumer is a name of small letters"),
    (dict(consumer=""), "consumer is a name"),
    (dict(consumer=5), "consumer is a name"),
    (dict(keep=5), "keep: a span is"),
    (dict(redeliver_after=timedelta(seconds=-1)), "redeliver_after is a span of 0 or more"),
    (dict(policies=5), "policy is Policies, JSON, a path or several of these, not 5"),
    (dict(policies=None), "policy is Policies, JSON, a path or several of these, not NoneType"),
    (dict(calendars=None), "calendar is a Calendar, JSON"),
    (dict(policies={"policy": "call"}), r"a policy is JSON text or a path, not dict: json.dumps\(...\)"),
    (dict(policies=[{"policy": "call"}]), "policy 1 is JSON text or a path, not dict"),
    (dict(calendars={"calendar": "c"}), "a calendar is JSON text or a path, not dict"),
    (dict(policies="\ud800"), "policy 1 is JSON or a path"),
    (dict(policies=[5]), "policy 1 is JSON or a path, not 5"),
]


@pytest.mark.parametrize("call, said", CALENDAR)
def test_of_a_calendar(office, call, said):
    with pytest.raises(sla.ArgumentError, match=said):
        call(office)


def test_numbers_do_for_members(office):
    """A program that kept them in a file has numbers; numpy has its own."""
    assert office.add(at(2), "PT9H", fit=1) == office.add(at(2), "PT9H", fit=sla.Fit.NEXT_OPEN)
    assert office.add_workdays(at(2), True, roll=0, end=4) == office.add_workdays(at(2), 1, end=sla.DayEnd.CLOSE)
    assert office.end_of_day(at(2), close=1) == office.end_of_day(at(2), close=True)
    numpy = pytest.importorskip("numpy")
    assert office.add_days(at(2), numpy.int32(3)) == office.add_days(at(2), 3)


@pytest.mark.parametrize("call, said", ENGINE)
def test_of_an_engine(engine, call, said):
    engine.record(ticket="T", fact="opened", now=at(2))
    with pytest.raises(sla.ArgumentError, match=said):
        call(engine)


@pytest.mark.parametrize("options, said", REPLAY)
def test_of_a_replay(options, said):
    with pytest.raises(sla.ArgumentError, match=said):
        sla.replay(CALL, [], **options)


def test_what_counts_as_true_does():
    assert sla.replay(CALL, [HISTORY], by_occurred=5).counts.recorded == 1


def test_a_file_whose_name_is_no_text(tmp_path):
    """Legal on a disk, and what complaints say of it is a text all the same."""
    path = tmp_path / "\udcff.json"
    path.write_text(CALL)
    assert sla.Policies(path).names == ["call"]
    path.write_text("{")
    for read in (sla.Policies, sla.Calendar.load):
        with pytest.raises(sla.SlaError) as caught:
            read(path)
        assert caught.value.source == "?.json"


@pytest.mark.parametrize("options, said", SERVICE)
def test_of_a_service(options, said):
    """Said where it is made, and nothing is opened."""
    with pytest.raises(sla.ArgumentError, match=said):
        sla.Service(**{"store": "memory:", "policies": CALL, **options})


def test_of_a_service_that_runs():
    async def main():
        async with sla.Service(CALL, store="memory:") as service:
            for options in (dict(batch=2.5), dict(batch=0), dict(consumer=""), dict(consumer="Bad Name")):
                with pytest.raises(sla.ArgumentError, match=next(iter(options))):
                    service.events(**options)
            for facts in ([], 5, {"ticket": "T"}, "T"):
                with pytest.raises(sla.ArgumentError, match="facts"):
                    await service.import_(facts, told_until=UTC_NOW)
            for given in (5, "T", [("ticket", "T")]):
                with pytest.raises(sla.FactError, match="a fact is a Fact or a mapping"):
                    await service.record(given)
            for members in ({}, {"ticket": "T"}, {"ticket": "T", "fact": "opened", "grade": 1}):
                with pytest.raises(TypeError, match="a fact has"):
                    await service.record(**members)
            with pytest.raises(TypeError, match="not both"):
                await service.record({"ticket": "T", "fact": "opened"}, id="f-1")

    asyncio.run(main())


def test_an_array_of_policies_is_no_file(tmp_path, monkeypatch):
    with pytest.raises(sla.PolicyError) as caught:
        sla.Policies(f"[{CALL}]")
    assert (caught.value.source, caught.value.line) == ("policy 1", 1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "[new] call.json").write_text(CALL)
    assert sla.Policies("[new] call.json").names == ["call"]


@pytest.mark.parametrize(
    "store, said",
    [
        (sla.stores.Postgres("host=/nowhere", pooled="x"), "pooled is True or False, not 'x'"),
        (sla.stores.Postgres("host=/nowhere", lease=5), "lease: a span is"),
        (sla.stores.Postgres("host=/nowhere", answer_limit=hours(-1)), "answer_limit is a span of 0 or more"),
        (sla.stores.SQLite("desk.db", existing="x"), "existing is True or False, not 'x'"),
        ("sqlite:\ud800", "a text has half of a surrogate pair in it"),
    ],
)
def test_of_a_store(store, said):
    async def main():
        async with sla.Service(CALL, store=store):
            pass

    with pytest.raises(sla.ArgumentError, match=said):
        asyncio.run(main())


def test_as_many_seconds_as_one_likes():
    async def main():
        async with sla.Service(CALL, store="memory:", start_timeout=10**400, end_timeout=float("inf")) as service:
            with pytest.raises(sla.ArgumentError, match="dry_run is True or False, not NoneType"):
                await service.import_([HISTORY], told_until=UTC_NOW, dry_run=None)

    asyncio.run(asyncio.wait_for(main(), 60))


@pytest.mark.parametrize("members", [{}, {"by": "desk"}])
def test_attributes_of_another_library_are_refused(engine, members):
    pandas = pytest.importorskip("pandas")
    for wrong in (pandas.Series({"grade": "gold"}), pandas.DataFrame({"grade": ["gold"]})):
        for record in (engine.record, lambda fact: engine.record_many([fact])):
            with pytest.raises(sla.FactError, match="attributes are a mapping") as caught:
                record({"ticket": "T", "fact": "opened", "occurred_at": UTC_NOW, "attributes": wrong, **members})
            assert caught.value.pointer == "/attributes"


def test_a_complaint_names_its_file_once(tmp_path):
    async def main():
        async with sla.Service(CALL, store=f"sqlite:{tmp_path}"):
            pass

    with pytest.raises(sla.SlaError) as caught:
        asyncio.run(main())
    assert caught.value.source == str(tmp_path)
    assert str(caught.value).count(str(tmp_path)) == 1
    assert str(sla.FactError("a b is wrong", source="a.json")) == "a.json: a b is wrong"
