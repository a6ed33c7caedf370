"""The engine through Python: facts in, events out, clocks, history, migration."""

from datetime import datetime, timedelta, timezone

import pytest

import sla
from conftest import CALL, at, hours


def test_a_ticket_that_nobody_answers(engine):
    answer = engine.record(ticket="T-1", fact="opened", occurred_at=at(2), now=at(2))
    assert answer == sla.Answer(1)
    assert engine.wakeup() == at(2, 12)
    assert list(engine.poll(at(2, 11))) == []
    told = list(engine.poll(at(2, 12)))
    assert [(one.kind, one.step, one.to, one.at, one.due_at) for one in told] == [
        ("warning", "warn", "agent", at(2, 12), at(2, 13))
    ]
    assert [one.kind for one in engine.poll(at(2, 14))] == ["breached", "escalated"]
    assert engine.wakeup() is None


def test_one_that_somebody_answers(engine):
    engine.record(ticket="T-1", fact="opened", now=at(2))
    engine.record(ticket="T-1", fact="answered", now=at(2, 10))
    assert [one.kind for one in engine.poll(at(2, 10))] == ["met"]
    clock = engine.clocks("T-1")[0]
    assert (clock.state, clock.due_at, clock.ended_at) == (sla.State.MET, at(2, 13), at(2, 10))


def test_what_the_loop_records_counts_for_the_next_event(engine):
    for ticket in ("A", "B"):
        engine.record(ticket=ticket, fact="opened", now=at(2))
    seen = []
    for event in engine.poll(at(2, 12)):
        seen.append(event.ticket)
        engine.record(ticket="B", fact="answered", occurred_at=at(2, 11), now=at(2, 12)) if event.ticket == "A" else None
    assert seen == ["A", "B"] and event.kind == "met"


def test_a_loop_that_is_left_loses_nothing(engine):
    for ticket in "ABC":
        engine.record(ticket=ticket, fact="opened", now=at(2))
    for event in engine.poll(at(2, 12)):
        break
    assert [one.ticket for one in engine.poll(at(2, 12))] == ["B", "C"]


def test_poll_many(engine):
    for number in range(10):
        engine.record(ticket=f"T-{number}", fact="opened", now=at(2))
    assert len(engine.poll_many(at(3), 4)) == 4
    assert len(engine.poll_many(at(3))) == 26
    assert engine.poll_many(at(3)) == []


def test_answers(engine):
    opened = {"ticket": "T-1", "fact": "opened", "occurred_at": at(2), "id": "f-1"}
    assert not engine.record(opened, now=at(2)).duplicate
    again = engine.record(opened, now=at(3))
    assert again.duplicate and again.seq == 1
    assert engine.record(ticket="T-1", fact="hummed", now=at(2)).no_effect
    assert engine.unread() == {"hummed": 1}
    engine.poll_many(at(2, 20))
    assert engine.record(ticket="T-1", fact="answered", occurred_at=at(2, 10), now=at(3)).late
    kinds = [one.kind for one in engine.poll(at(3))]
    assert "breach_retracted" in kinds and "met" in kinds


REFUSED = [
    (sla.ConflictError, {"fact": "opened", "id": "f-1", "by": "another"}),
    (sla.StateError, {"fact": "opened"}),
    (sla.FutureError, {"fact": "answered", "occurred_at": at(3)}),
    (sla.NotFoundError, {"fact": "withdrawn", "withdraws": "f-9"}),
    (sla.FactError, {"fact": "Answered"}),
    (sla.RangeError, {"fact": "answered", "now": "2199-12-31T23:59:59.9999999Z"}),
]


@pytest.mark.parametrize("kind, members", REFUSED, ids=[row[0].__name__ for row in REFUSED])
def test_what_is_refused_changes_nothing(engine, kind, members):
    engine.record(ticket="T-1", fact="opened", id="f-1", now=at(2))
    before = engine.hash()
    with pytest.raises((kind, sla.ParseError) if kind is sla.RangeError else kind):
        engine.record(**{"ticket": "T-1", "now": at(2, 10), **members})
    assert engine.hash() == before
    engine.verify()


def test_a_fact_or_its_members(engine):
    with pytest.raises(TypeError):
        engine.record({"ticket": "T", "fact": "opened"}, ticket="T")
    with pytest.raises(TypeError):
        engine.record(ticket="T", fact="opened", colour="red")
    with pytest.raises(sla.ArgumentError, match="no time zone"):
        engine.record(ticket="T", fact="opened", now=datetime(2026, 3, 2))
    with pytest.raises(sla.ArgumentError):
        engine.poll(datetime(2026, 3, 2))


def test_unknown_tickets(engine):
    for ask in (engine.clocks, engine.attributes, engine.forget, lambda ticket: engine.explain(ticket, "answer")):
        with pytest.raises(sla.NotFoundError):
            ask("nobody")
        with pytest.raises(sla.ArgumentError):
            ask(5)


def test_forget_and_expire():
    with sla.Engine(CALL, keep="P1D") as engine:
        for ticket in "AB":
            engine.record(ticket=ticket, tenant="t", fact="opened", now=at(2))
        engine.forget("A", tenant="t")
        with pytest.raises(sla.NotFoundError):
            engine.clocks("A", tenant="t")
        engine.record(ticket="B", tenant="t", fact="answered", now=at(2, 10))
        engine.poll_many(at(2, 10))
        assert engine.expire(at(3, 9)) == 0 and engine.expire(at(3, 10)) == 1
        assert engine.stats().tickets == 0


def test_adopting_another_calendar_moves_what_is_due(office):
    document = (
        '{"policy": "p", "version": "1", "calendar": "cn_office", "targets": [{"target": "t", "stop": "done",'
        ' "goals": [{"business": "PT8H"}]}]}'
    )
    with pytest.raises(sla.NotFoundError, match="cn_office"):
        sla.Engine(document)
    with sla.Engine(document, [office]) as engine:
        engine.record(ticket="T", fact="opened", now=at(2))
        due = engine.clocks("T")[0].due_at
        other = (
            '{"kind": "calendar", "name": "cn_office", "version": "2027.1", "zone": "Asia/Shanghai",'
            ' "week": {"mon-fri": ["09:00-13:00"]}}'
        )
        engine.adopt(calendars=[other], now=at(2, 10))
        changed = [one for one in engine.poll(at(2, 10)) if one.kind == "due_changed"]
        assert [one.old_due_at for one in changed] == [due]
        assert engine.clocks("T")[0].due_at == at(3, 13)


def test_migrated_tickets_take_new_policies(engine):
    engine.record(ticket="T", fact="opened", now=at(2))
    engine.adopt(CALL.replace('"1"', '"2"').replace("PT4H", "PT6H"), now=at(2, 10))
    assert engine.clocks("T")[0].due_at == at(2, 13)
    engine.record(ticket="T", fact="migrated", now=at(2, 11))
    assert engine.clocks("T")[0].policy_version == "2"
    assert engine.clocks("T")[0].due_at == at(2, 15)


def test_history_in_the_store():
    history = [
        {"ticket": "T", "fact": "opened", "occurred_at": at(2), "recorded_at": at(2)},
        {"ticket": "T", "fact": "waiting", "occurred_at": at(2, 11), "recorded_at": at(2, 11)},
    ]
    late = {"ticket": "T", "fact": "answered", "occurred_at": at(2, 10), "recorded_at": at(2, 12)}
    with sla.Engine(CALL, history_in_store=True) as engine, sla.Engine(CALL) as other:
        for fact in history:
            engine.record(fact)
            other.record(fact)
        with pytest.raises(sla.NeedHistoryError):
            engine.record(late)
        with pytest.raises(sla.NeedHistoryError):
            engine.attributes("T")
        with pytest.raises(sla.ArgumentError):
            engine.supply_history("T", history[:1])
        with pytest.raises(sla.ArgumentError):
            engine.supply_history("T", history, policies=[0])
        with pytest.raises(sla.NotFoundError):
            engine.supply_history("U", history)
        engine.supply_history("T", history, policies=[0, 0])
        assert engine.record(late).late and other.record(late).late
        assert engine.clocks("T") == other.clocks("T")
        assert engine.attributes("T") == {}


def test_ids_with_history_in_the_store():
    history = [
        {"ticket": "T", "fact": "opened", "id": "a", "occurred_at": at(2), "recorded_at": at(2)},
        {"ticket": "T", "fact": "note", "id": "b", "occurred_at": at(2, 10), "recorded_at": at(2, 10)},
    ]
    other = {**history[1], "fact": "called"}
    with sla.Engine(CALL, history_in_store=True) as engine:
        for fact in history:
            engine.record(fact)
            list(engine.poll(at(2, 10)))
        engine.supply_history("T", history)
        assert engine.record(history[1]).duplicate
        with pytest.raises(sla.ConflictError):
            engine.record(other)
        list(engine.poll(at(2, 10)))
        engine.record({**history[1], "id": "c"})
        list(engine.poll(at(2, 10)))
        assert engine.record(history[1]).seq == 4  # its id went with it, as `record` says


def test_the_machines_clock_is_the_default(engine):
    before = datetime.now(timezone.utc)
    engine.record(ticket="T", fact="opened")
    assert before <= engine.clocks("T")[0].started_at <= datetime.now(timezone.utc)
    assert list(engine.poll()) == [] == engine.poll_many()
    assert engine.wakeup() - datetime.now(timezone.utc) > hours(2)
    assert engine.expire() == 0
    assert engine.explain("T", "answer").clock.due_at - before < hours(4) + timedelta(minutes=1)
    engine.adopt(CALL.replace('"version": "1"', '"version": "2"'))


def test_it_says_what_it_holds(engine):
    engine.record(ticket="T", fact="opened", now=at(2))
    stats = engine.stats()
    assert (stats.tickets, stats.live_clocks, stats.facts) == (1, 1, 1) and stats.bytes > 0
    assert repr(engine) == "<sla.Engine 1 live of 1 tickets, 1 clocks>"
    engine.close()
    assert repr(engine) == "<sla.Engine closed>"


def test_without_policies_there_is_nothing_to_record():
    with sla.Engine() as engine:
        with pytest.raises(sla.StateError, match="adopt policies"):
            engine.record(ticket="T", fact="opened", now=at(2))
        engine.adopt(CALL, now=at(2))
        assert engine.record(ticket="T", fact="opened", now=at(2)).seq == 1


def test_many_clocks():
    target = '{"target": "t%d", "stop": "done", "goals": [{"elapsed": "PT1H"}]}'
    documents = [
        '{"policy": "p%d", "version": "1", "targets": [%s]}' % (n, ", ".join(target % m for m in range(50))) for n in range(3)
    ]
    with sla.Engine(documents) as engine:
        engine.record(ticket="T", fact="opened", now=at(2), attributes={f"a{n}": n for n in range(64)})
        engine.record(ticket="T", fact="attributes", now=at(2), attributes={f"b{n}": n for n in range(64)})
        assert len(engine.clocks("T")) == 150
        assert len(engine.attributes("T")) == 128
        with pytest.raises(sla.ArgumentError, match="p0, p1, p2"):
            engine.explain("T", "t1")
        assert engine.explain("T", "t1", policy="p2").clock.policy == "p2"


def test_a_poll_that_is_quiet_hears_of_what_comes_between(engine):
    """C is not asked twice for what it said already; whatever may change that is."""
    engine.record(ticket="A", fact="opened", now=at(2))
    assert list(engine.poll(at(2, 11))) == [] == list(engine.poll(at(2, 10)))
    waiting = engine.poll(at(2, 11))
    engine.record(ticket="B", fact="opened", occurred_at=at(1), now=at(2, 10))
    assert {one.ticket for one in waiting} == {"B"}  # asked for only now
    assert list(engine.poll(at(2, 11))) == []
    engine.record({"ticket": "C", "fact": "opened", "occurred_at": at(1), "by": "desk"}, now=at(2, 10))
    assert {one.ticket for one in engine.poll(at(2, 11))} == {"C"}
    engine.record_many([{"ticket": "D", "fact": "opened", "occurred_at": at(1, 9)}])
    assert {one.ticket for one in engine.poll(at(2, 11))} == {"D"}
    engine.adopt(CALL.replace("PT1H", "PT3H"), now=at(2, 11))
    engine.record(ticket="A", fact="migrated", now=at(2, 11))
    assert [one.ticket for one in engine.poll(at(2, 11))] == ["A"]
    engine.close()
    with pytest.raises(sla.ClosedError):
        next(engine.poll(at(2, 10)))


def test_attributes_and_names_keep_their_places(engine):
    """Texts cross in a row: one with a NUL in it must not become two."""
    for broken in ("T\0opened\0", "T\0opened\0\0tenant\0by\0\0\0\0\0\0\0"):
        with pytest.raises(sla.FactError, match="U\\+0000"):
            engine.record(ticket=broken, fact="opened", now=at(2))
        with pytest.raises(sla.FactError, match="U\\+0000"):
            engine.record(ticket="T", fact="opened", attributes={broken: broken}, now=at(2))
        with pytest.raises(sla.FactError, match="U\\+0000"):
            engine.record(ticket=broken, fact="opened", by="desk", now=at(2))
    with pytest.raises(sla.FactError, match="a text is wanted, not int"):
        engine.record(ticket=5, fact="opened", now=at(2))
    assert engine.stats().facts == 0


def test_tickets_rest_unless_they_are_kept_awake():
    told = []
    for awake in (1, None, 10**30):
        with sla.Engine(sla.Policies.bundled("complaint"), [sla.Calendar.bundled("cn_office")], awake=awake) as engine:
            for number in range(20):
                engine.record(ticket=f"T-{number}", fact="opened", attributes={"kind": "complaint", "grade": 1}, now=at(2))
            assert (engine.stats().resting > 0) == (awake == 1)
            told.append([event.identity for event in engine.poll(at(3))])
    assert told[0] == told[1] == told[2] != []
    with pytest.raises(sla.ArgumentError, match="1 or more"):
        sla.Engine(awake=0)
