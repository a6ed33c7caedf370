"""The facts of one row: which of them comes first, when each is recorded, and which fields say
nothing."""

import datetime as dt
import decimal

import pytest

import sla
from conftest import at
from test_tables import POLICY, facts_of, replay


def instant_of(text):
    return sla.instants.instant(sla.instants.microseconds(text))


NINE, HALF_PAST = "2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z"


@pytest.mark.parametrize("columns", ["ticket,fact:opened,fact:answered", "ticket,fact:answered,fact:opened", "ticket,fact:answered,occurred_at"])
def test_of_one_instant_opened_is_the_first_in_whatever_order_the_columns_are(columns):
    one = replay(f"{columns}\nA,{NINE},{NINE}\n", until=at(9))
    assert one.told == {"met": 1} and one.counts.late == 0
    text = f"ticket,took,in\nA,0,{NINE}\n"
    assert replay(text, {"took": "after:answered:minutes", "in": "occurred_at"}, until=at(9)).told == {"met": 1}


@pytest.mark.parametrize("columns, paused", [("fact:waiting,fact:back", False), ("fact:back,fact:waiting", True)])
def test_others_of_one_instant_go_by_columns(columns, paused):
    (clock,) = replay(f"ticket,{columns},occurred_at\nA,{HALF_PAST},{HALF_PAST},{NINE}\n").clocks()
    assert (clock.state == "paused") == paused


def rows_of_fact(*words):
    return "ticket,fact,occurred_at\n" + "".join(f"A,{word},2026-03-02T09:0{number}:00Z\n" for number, word in enumerate(words))


def test_an_empty_field_of_the_column_fact_opens_nothing():
    for word in ("", "NULL"):
        rejected = []
        one = replay(rows_of_fact(word, "opened"), missing=["NULL"], rejected=rejected)
        (clock,) = one.clocks()
        assert one.counts.recorded == 1 and clock.started_at == instant_of("2026-03-02T09:01:00Z")
        assert [(refused.line, refused.error.pointer) for refused in rejected] == [(2, "/fact")]
        assert "does not say what happened" in rejected[0].error.text
    for names, recorded in (({"": "note"}, 2), ({"": ""}, 1)):
        assert replay(rows_of_fact("opened", ""), names=names).counts.recorded == recorded


@pytest.mark.parametrize("columns", ["occurred_at,recorded_at,fact:answered", "fact:opened,recorded_at,fact:answered"])
@pytest.mark.parametrize("answered, recorded", [(NINE, HALF_PAST), ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z")])
def test_nothing_of_a_row_is_recorded_before_the_row_was(columns, answered, recorded):
    text = f"ticket,{columns}\nA,{NINE},{HALF_PAST},{answered}\n"
    one = replay(text)
    assert [(event.kind, event.told) for event in one] == [("met", instant_of(recorded))]
    assert (one.counts.recorded, one.counts.refused) == (2, 0)
    assert [event.told for event in replay(text, by_occurred=True)] == [instant_of(answered)]


def test_what_is_no_number_of_any_kind_says_nothing():
    numpy = pytest.importorskip("numpy")
    nothing = [float("nan"), numpy.float32("nan"), numpy.float64("nan"), decimal.Decimal("NaN"), decimal.Decimal("sNaN"), None, ""]
    for value in [*nothing, numpy.datetime64("NaT"), numpy.timedelta64("NaT")]:
        rejected = []
        rows = [{"ticket": value, "occurred_at": NINE}, {"ticket": "A", "occurred_at": NINE, "fact:answered": value}]
        assert replay_rows(rows, rejected=rejected).counts.recorded == 1
        assert [(refused.index, refused.error.pointer) for refused in rejected] == [(0, "/ticket")], value
    for value in (1 + 2j, numpy.complex64(3)):
        with pytest.raises(sla.FactError, match="a text is wanted, not complex"):
            replay_rows([{"ticket": value, "occurred_at": NINE}]).finish()


def replay_rows(rows, **options):
    return sla.replay(POLICY, rows, mapping={}, **options)


def took(said):
    rows = [{"ticket": "A", "occurred_at": NINE, "took": said}]
    return sla.replay(POLICY, rows, mapping={"took": "after:answered:seconds"})


@pytest.mark.parametrize("said", ["1_0", "１０", "inf", "0x10", "1 0", "True", True, 1 + 2j])
def test_what_is_no_number_of_seconds(said):
    with pytest.raises(sla.FactError, match="is not a number of seconds"):
        took(said).finish()


@pytest.mark.parametrize("said", ["10", " +1e1", "10.", ".1e2", 10, 10.0, decimal.Decimal("1E+1")])
def test_what_is_a_number_of_seconds(said):
    assert facts_of(took(said))[0][3] == instant_of(NINE) + dt.timedelta(seconds=10)
