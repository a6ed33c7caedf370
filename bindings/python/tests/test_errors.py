"""Codes become exceptions, in one place, with all that C says."""

import copy
import pickle
import re

import pytest

import sla
from conftest import ROOT
from sla._sla import lib
from sla.errors import check, error_of


def test_every_code_of_the_header_has_a_class_of_its_own_kind():
    header = ROOT / "include/sla/error.h"
    if not header.exists():
        pytest.skip("not in a checkout")
    rows = re.findall(r"X\((SLA_\w+), (-\d+),", header.read_text())
    assert len(rows) == 22
    for name, code in rows:
        error = error_of(int(code))
        assert type(error) is not sla.SlaError, name
        assert (error.name, error.code) == (name, int(code))
        assert error.text


@pytest.mark.parametrize(
    "kind, builtin",
    [
        (sla.ArgumentError, ValueError),
        (sla.RangeError, sla.ArgumentError),
        (sla.ParseError, ValueError),
        (sla.FactError, ValueError),
        (sla.ConflictError, sla.FactError),
        (sla.NotFoundError, LookupError),
        (sla.ZoneError, LookupError),
        (sla.StateError, RuntimeError),
        (sla.ForkedError, sla.StateError),
        (sla.BusyError, RuntimeError),
        (sla.OutOfMemory, MemoryError),
        (sla.FencedError, sla.StoreError),
    ],
)
def test_kinds_are_also_those_of_python(kind, builtin):
    assert issubclass(kind, builtin) and issubclass(kind, sla.SlaError)


def test_news_are_no_errors():
    assert [check(code) for code in (0, 1, 2, 3)] == [0, 1, 2, 3]
    assert lib.SLA_PENDING == 3


def test_a_complaint_says_where_and_what_to_write_instead():
    text = '{\n "policy": "p",\n "version": "1",\n "target": []\n}'
    with pytest.raises(sla.PolicyError) as caught:
        sla.Policies(text)
    error = caught.value
    assert (error.source, error.pointer, error.line) == ("policy 1", "/target", 4)
    assert error.column > 0
    assert str(error) == f"policy 1:4:{error.column}: /target: {error.text}"


def test_an_exception_survives_being_pickled_and_copied():
    error = sla.PolicyError("no", code=-4, source="a.json", pointer="/x", line=3, column=4)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is sla.PolicyError
        assert (str(again), again.line, again.name) == (str(error), 3, "SLA_ERR_POLICY")


def test_a_code_of_a_newer_library_is_still_an_exception():
    error = error_of(-99)
    assert type(error) is sla.SlaError and error.name == "SLA_ERR_UNKNOWN"


def test_several_facts_say_which(engine):
    """Wherever facts are many, the number of the one that is refused is `index`."""
    good = {"ticket": "T", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}
    bad = {**good, "attributes": {"price": 1.5}}
    for use in (engine.record_many, lambda facts: engine.supply_history("T", facts)):
        for facts, index, pointer in (([good, bad], 1, "/attributes/price"), ([bad], 0, "/attributes/price"), ([7], 0, "")):
            with pytest.raises(sla.FactError) as caught:
                use(facts)
            assert (caught.value.index, caught.value.pointer) == (index, pointer)
        engine.forget("T") if use is engine.record_many else None
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.index, str(again)) == (0, str(caught.value))


def test_what_is_not_there_is_named(engine):
    engine.record(ticket="T", fact="opened", now="2026-03-02T09:00:00+08:00")
    rows = [
        (lambda: engine.clocks("U"), sla.NotFoundError, "there is no ticket 'U'"),
        (lambda: engine.attributes("U", tenant="x"), sla.NotFoundError, "there is no ticket 'U' of tenant 'x'"),
        (lambda: engine.forget("U"), sla.NotFoundError, "there is no ticket 'U'"),
        (lambda: engine.explain("U", "answer"), sla.NotFoundError, "there is no ticket 'U'"),
        (lambda: engine.explain("T", "nothing"), sla.NotFoundError, "ticket 'T' has no clock nothing; it has call/answer"),
        (lambda: engine.explain("T", "answer", cycle=4), sla.NotFoundError, "has no clock call/answer cycle 4; it has"),
        (lambda: engine.explain("T", "answer", policy="x"), sla.NotFoundError, "has no clock x/answer; it has"),
        (lambda: engine.supply_history("U", []), sla.NotFoundError, "there is no ticket 'U'"),
        (lambda: engine.supply_history("T", []), sla.ArgumentError, "0 facts are not as many as were recorded of ticket 'T'"),
        (lambda: engine.record(ticket="T", fact="x", grade=1), TypeError, "a fact has no member grade; .* into attributes"),
        (lambda: engine.record(ticket="T", by="me"), TypeError, "a fact has a fact"),
        (lambda: engine.record_lines('{"ticket": "T"}'), sla.FactError, "^line 1:1: the member \"fact\" is missing"),
    ]
    for use, kind, said in rows:
        with pytest.raises(kind, match=said):
            use()
