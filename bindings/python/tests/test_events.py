"""Events are frozen dataclasses, equal to what C prints of them."""

import dataclasses
import json
import pickle

import pytest

import sla
from conftest import at


@pytest.fixture
def events(complaint):
    complaint.record(
        ticket="T/1", tenant="a%b", fact="opened", id="f-1", occurred_at=at(2), now=at(2),
        attributes={"kind": "complaint", "grade": 2},
    )  # fmt: skip
    told = complaint.poll_many(at(2, 12, 30))
    complaint.record(ticket="T/1", tenant="a%b", fact="resolved", id="f-2", occurred_at=at(5), now=at(9))
    return told + complaint.poll_many(at(9))


def test_members_are_those_of_the_json(events):
    assert len(events) > 5
    for event in events:
        for name, value in json.loads(event.json()).items():
            own = getattr(event, "kind" if name == "event" else name)
            if name in ("at", "told") or name.endswith("_at"):
                assert own.isoformat().replace("+00:00", "Z") == value
            else:
                assert own == value, name


def test_every_member_is_set(events):
    said = {name for event in events for name, value in dataclasses.asdict(event).items() if value not in (None, "", False, 0)}
    assert {"ticket", "tenant", "due_at", "breached", "level", "to", "fact_id", "governs"} - said == set()
    assert [event.kind for event in events].count(sla.Kind.MISSED) >= 1


def test_identity(events):
    assert events[0].identity.startswith("a%25b/T%2F1/complaint/")
    assert len({event.identity for event in events}) == len(events)
    assert json.loads(events[0].cloudevent())["id"] == events[0].identity


def test_cloudevent(events):
    envelope = json.loads(events[0].cloudevent(source="/crm", sequence=7))
    assert (envelope["source"], envelope["sequence"]) == ("/crm", "00000000000000000007")
    assert envelope["data"] == json.loads(events[0].json())


def test_frozen_equal_hashed(events):
    event = events[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.level = 5
    with pytest.raises(AttributeError):
        event.nothing
    assert event != events[1] and len(set(events)) == len(events)
    assert "Kind." in repr(event)


def test_copies(events):
    for event in events:
        for again in (pickle.loads(pickle.dumps(event)), dataclasses.replace(event)):
            assert again == event and hash(again) == hash(event) and again.json() == event.json()
    assert dataclasses.replace(events[0], level=6).level == 6
    assert json.loads(dataclasses.replace(events[0], level=6, to="boss").json())["to"] == "boss"


def test_words():
    assert sla.Kind.BREACHED == "breached" and f"{sla.Kind.BREACHED}" == str(sla.Kind.BREACHED) == "breached"
    assert sla.State("running") is sla.State.RUNNING
    assert f"{sla.Agreement.OLA}" == "ola"


def test_words_are_those_of_c():
    from sla._sla import ffi, lib

    kinds = [ffi.string(lib.sla_event_kind_name(n)).decode() for n in range(1, 17)]
    assert kinds == [kind.value for kind in sla.Kind] and not lib.sla_event_kind_name(17)
    states = [ffi.string(lib.sla_state_name(n)).decode() for n in range(6)]
    assert states == [state.value for state in sla.State] and not lib.sla_state_name(6)
    explained = [ffi.string(lib.sla_explain_kind_name(n)).decode() for n in range(11)]
    assert explained == [kind.value for kind in sla.ExplainKind] and not lib.sla_explain_kind_name(11)
