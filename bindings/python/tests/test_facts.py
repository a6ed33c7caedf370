"""Facts cross to C in one piece; what C makes of them is what the JSON reader makes of them."""

import json
from datetime import datetime, timedelta, timezone
from enum import Enum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sla
from conftest import CALL, at

texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
names = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
values = st.one_of(texts, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.none())
facts = st.fixed_dictionaries(
    {"ticket": texts.filter(bool), "fact": names, "occurred_at": st.just("2026-03-02T09:00:00+08:00")},
    optional={
        "id": texts.filter(bool),
        "tenant": texts,
        "by": texts.filter(bool),
        "reason": texts.filter(bool),
        "recorded_at": st.just("2026-03-02T09:00:01+08:00"),
        "attributes": st.dictionaries(names, values, max_size=5),
        "comment": texts,
        "x-more": st.just([1]),
    },
)


@given(st.lists(facts, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_dict_a_fact_and_a_line_are_the_same(given_facts):
    hashes, refused, told = set(), set(), set()
    lines = "\n".join(map(json.dumps, given_facts))
    objects = [sla.facts.fact_of(fact) for fact in given_facts]
    for how in ("dicts", "objects", "lines"):
        with sla.Engine(CALL) as engine:
            rejected = []
            if how == "lines":
                events = engine.record_lines(lines, rejected=rejected)
            else:
                events = engine.record_many(given_facts if how == "dicts" else objects, rejected=rejected)
            engine.verify()
            hashes.add(engine.hash())
            refused.add(tuple((one.index, one.error.code) for one in rejected))
            told.add(tuple(events))
    assert len(hashes) == len(refused) == len(told) == 1


def test_every_kind_of_attribute(engine):
    class Grade(int, Enum):
        HIGH = 3

    class Text(str):
        pass

    given_values = {
        "text": "two\nlines",
        "more": Text("t"),
        "number": -5,
        "grade": Grade.HIGH,
        "yes": True,
        "no": False,
        "when": datetime(2026, 3, 2, 1, tzinfo=timezone.utc),
        "gone": None,
        "empty": "",
    }
    engine.record(ticket="T-1", fact="opened", occurred_at=at(2), now=at(2), attributes=given_values)
    kept = engine.attributes("T-1")
    assert kept == {
        "text": "two\nlines",
        "more": "t",
        "number": -5,
        "grade": 3,
        "yes": True,
        "no": False,
        "when": "2026-03-02T01:00:00Z",
        "empty": "",
    }
    assert kept["yes"] is True


BAD = [
    ({"ticket": 5}, sla.FactError, "/ticket"),
    ({"fact": None}, sla.FactError, "/fact"),
    ({"fact": "Opened"}, sla.FactError, "/fact"),
    ({"id": b"x"}, sla.FactError, "/id"),
    ({"cycle": -1}, sla.FactError, "/cycle"),
    ({"cycle": "1"}, sla.FactError, "/cycle"),
    ({"by": "\ud800"}, sla.FactError, "/by"),
    ({"by": "a\0b"}, sla.FactError, "/by"),
    ({"ticket": "a\0b"}, sla.FactError, "/ticket"),
    ({"attributes": {"x": "a\0b"}}, sla.FactError, "/attributes/x"),
    ({"ticket": ""}, sla.FactError, "/ticket"),
    ({"attributes": {"x": 1.5}}, sla.FactError, "/attributes/x"),
    ({"attributes": {"x": 2**63}}, sla.FactError, "/attributes/x"),
    ({"attributes": {5: "x"}}, sla.FactError, "/attributes"),
    ({"attributes": {"x": "\ud800"}}, sla.FactError, "/attributes/x"),
    ({"attributes": {"\ud800": 1}}, sla.FactError, "/attributes"),
    ({"attributes": {"x": datetime(2026, 3, 2)}}, sla.FactError, "/attributes/x"),
    ({"attributes": []}, sla.FactError, "/attributes"),
    ({"attributes": "x"}, sla.FactError, "/attributes"),
    ({"attributes": {"X": 1}}, sla.FactError, "/attributes/0/name"),
    ({"attributes": {f"a{n}": 1 for n in range(65)}}, sla.TooLongError, "/attributes"),
    ({"ticket": "T" * 65}, sla.TooLongError, "/ticket"),
    ({"occurred_at": datetime(2026, 3, 2)}, sla.FactError, "/occurred_at"),
    ({"occurred_at": "now"}, sla.FactError, "/occurred_at"),
    ({"occurred_at": "1802-03-02T09:00:00Z"}, sla.FactError, "/occurred_at"),
    ({"until": "now", "cycle": 1}, sla.FactError, "/until"),
    ({"for_": 5}, sla.FactError, "/for"),
    ({"for_": "4 hours"}, sla.FactError, "/for"),
    ({"for_": timedelta(0)}, sla.FactError, "/for"),
    ({"for_": timedelta(hours=-1)}, sla.FactError, "/for"),
    ({"for_": timedelta(days=107_000_000)}, sla.FactError, "/for"),
    ({"for_": timedelta.max}, sla.FactError, "/for"),
    ({"for_": timedelta.min}, sla.FactError, "/for"),
    *(
        ({member: value}, sla.FactError, f"/{member}")
        for member in ("excluded", "silence")
        for value in ("false", "", 0, 1, None, float("nan"), object())
    ),
    *(
        ({member: value}, sla.FactError, f"/{member}")
        for member in ("tenant", "by", "reason", "policy", "target", "corrects", "withdraws", "approver", "id")
        for value in ([], 0, None)
    ),
    *(({"cycle": value}, sla.FactError, "/cycle") for value in ([], "", None, 0.0, False)),
]


@pytest.mark.parametrize("change, kind, pointer", BAD, ids=[str(row[0])[:40] for row in BAD])
def test_what_is_no_fact(engine, change, kind, pointer):
    before = engine.hash()
    with pytest.raises(kind) as caught:
        engine.record(sla.Fact(**{"ticket": "T-1", "fact": "opened", "occurred_at": at(2), **change}), now=at(2))
    if pointer != "/attributes/0/name":  # C's own pointer for a name it refuses
        assert caught.value.pointer == pointer
    assert engine.hash() == before
    with pytest.raises(kind) as caught:  # the same in a row of them, and as a mapping
        engine.record_many([{"ticket": "T-1", "fact": "opened", "occurred_at": at(2), **change}])
    if pointer != "/attributes/0/name":
        assert caught.value.pointer == pointer
    assert engine.hash() == before


def test_an_instant_of_recording_that_is_none_is_named(engine):
    for change in ({}, {"by": "desk"}):
        fact = {"ticket": "T", "fact": "opened", "occurred_at": at(2), "recorded_at": "soon", **change}
        for record in (engine.record, lambda one: engine.record_many([one])):
            with pytest.raises(sla.FactError) as caught:
                record(fact)
            assert caught.value.pointer == "/recorded_at"
    naive = at(2).replace(tzinfo=None)
    for wrong in (naive, "garbage", 5, b"x"):  # also where the call says when it was recorded
        for members in ({}, {"by": "desk"}):
            for given in ([], [{"ticket": "T", "fact": "opened", "recorded_at": wrong, **members}]):
                named = {} if given else {"ticket": "T", "fact": "opened", "recorded_at": wrong, **members}
                with pytest.raises(sla.FactError) as caught:
                    engine.record(*given, now=at(2), **named)
                assert caught.value.pointer == "/recorded_at"
    with pytest.raises(sla.ParseError) as caught:  # of the call, not of the fact
        engine.record(ticket="T", fact="opened", now="soon")
    assert caught.value.pointer == ""


def test_one_member_under_two_names_is_refused(engine):
    for names in (("for", "for_"), ("for_", "for")):
        with pytest.raises(sla.FactError, match="are the same one") as caught:
            engine.record({"ticket": "T", "fact": "extended", **{name: "PT1H" for name in names}}, now=at(2))
        assert caught.value.pointer == "/for"


def test_what_is_no_mapping_is_no_fact(engine):
    for nothing in (5, "x", object(), {5: "x"}):
        with pytest.raises(sla.FactError):
            engine.record(nothing)
        with pytest.raises(sla.FactError):
            engine.record_many([nothing])


@pytest.mark.parametrize("text", ["PT4.5S", "PT1M0.000001S", "P1DT0.25S"])
def test_a_span_to_the_microsecond_is_what_json_says(text):
    hashes = set()
    facts = [
        {"ticket": "T", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"},
        {"ticket": "T", "fact": "waived", "occurred_at": "2026-03-02T09:10:00+08:00", "for": text, "approver": "desk"},
    ]
    for lines in (False, True):
        with sla.Engine(CALL) as engine:
            if lines:
                engine.record_lines("\n".join(map(json.dumps, facts)))
            else:
                engine.record_many(facts)
            hashes.add(engine.hash())
    assert len(hashes) == 1


def test_a_mapping_is_as_in_the_docs():
    fact = sla.facts.fact_of({"ticket": "T", "fact": "extended", "for": "PT1H", "comment": "!", "x-y": 1})
    assert fact.for_ == "PT1H"
    with pytest.raises(sla.FactError) as caught:
        sla.facts.fact_of({"ticket": "T", "fact": "opened", "grade": 2})
    assert caught.value.pointer == "/grade" and "attributes" in caught.value.text
    for missing in ("ticket", "fact"):
        members = {"ticket": "T", "fact": "opened"}
        del members[missing]
        with pytest.raises(sla.FactError, match=missing):
            sla.facts.fact_of(members)


def test_when_it_happened_and_when_it_was_recorded(engine):
    engine.record({"ticket": "A", "fact": "opened", "occurred_at": at(2), "recorded_at": at(2, 10)})
    assert engine.clocks("A")[0].due_at == at(2, 13)
    engine.record(ticket="B", fact="opened", now=at(2, 10))  # happened when it is recorded
    assert engine.clocks("B")[0].due_at == at(2, 14)
    before = datetime.now(timezone.utc)
    engine.record(ticket="C", fact="opened")
    assert before <= engine.clocks("C")[0].started_at <= datetime.now(timezone.utc)
    with pytest.raises(sla.FactError, match="occurred_at"):
        engine.record_many([{"ticket": "D", "fact": "opened"}])


def test_numbers_of_numpy_are_attributes(engine):
    numpy = pytest.importorskip("numpy")
    given = {"a": numpy.int64(-3), "b": numpy.uint8(200), "c": numpy.bool_(True), "d": numpy.array(7), "e": numpy.str_("x")}
    engine.record(ticket="T", fact="opened", attributes=given, now=at(2))
    found = engine.attributes("T")
    assert found == {"a": -3, "b": 200, "c": True, "d": 7, "e": "x"} and found["c"] is True
    for other in (numpy.float64(2), numpy.datetime64("2026-03-02T01:00:00.000000000"), numpy.array([1, 2])):
        with pytest.raises(sla.FactError, match="an attribute is") as caught:
            engine.record(ticket="T", fact="attributes", attributes={"grade": other}, now=at(2))
        assert caught.value.pointer == "/attributes/grade"


@pytest.mark.parametrize("by", ["", "desk"])
def test_attributes_are_those_that_are_there(engine, by):
    """Whatever len() says of them."""

    class Counted(dict):
        def __len__(self):
            return self.said

    for said in (0, 1, 2, 5):
        attributes = Counted(kind="a", grade=3)
        attributes.said = said
        ticket = f"T{said}"
        engine.record(ticket=ticket, fact="opened", attributes=attributes, now=at(2), **({"by": by} if by else {}))
        assert engine.attributes(ticket) == {"kind": "a", "grade": 3}
