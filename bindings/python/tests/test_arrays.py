"""Rows of instants and spans: what comes in decides what goes out, and each row is what one
question at a time answers."""

import ctypes
import random
from array import array
from datetime import datetime, timedelta, timezone

import pytest

import sla
from conftest import LONG, SHANGHAI, at, hours
from sla.instants import instant, microseconds

SEED = 20260302
COUNT = 20000 if LONG else 500


@pytest.fixture
def moments():
    chance = random.Random(SEED)
    start = microseconds(at(1, 0))
    return [start + chance.randrange(300 * 86400 * 10**6) for _ in range(COUNT)]


def test_a_row_is_as_many_single_answers(office, moments):
    chance = random.Random(SEED + 1)
    needs = [chance.randrange(20 * 3600 * 10**6) for _ in moments]
    due = office.add_many(array("q", moments), array("q", needs))
    assert type(due) is array
    assert list(due) == [
        microseconds(office.add(instant(one), timedelta(microseconds=need))) for one, need in zip(moments, needs)
    ]
    spans = office.between_many(array("q", moments), due)
    assert list(spans) == [
        office.between(instant(one), instant(other)) // timedelta(microseconds=1) for one, other in zip(moments, due)
    ]
    assert list(office.between_many(array("q", moments), due)) == needs


def test_one_need_for_all(office):
    row = array("q", [microseconds(at(2)), microseconds(at(6, 16))])
    assert list(office.add_many(row, "PT4H")) == list(office.add_many(memoryview(row), hours(4)))
    assert list(office.add_many(row, hours(4), fit=sla.Fit.NEXT_OPEN))
    assert list(office.between_many(row, at(6, 18))) == list(office.between_many(row, "2026-03-06T18:00:00+08:00"))
    assert list(office.add_many(array("q"), "PT4H")) == []


def test_instants_one_by_one(office):
    due = office.add_many([at(2), at(6, 16)], ["PT1H", hours(4)])
    assert due == [office.add(at(2), "PT1H"), office.add(at(6, 16), hours(4))]
    assert due[0].tzinfo is SHANGHAI
    assert office.add_many(("2026-03-02T01:00:00Z",), "PT1H") == [datetime(2026, 3, 2, 2, tzinfo=timezone.utc)]
    assert office.between_many([at(2)], [at(2, 11)]) == [hours(2)]
    assert office.add_many(iter([]), "PT1H") == []


def test_numpy(office, moments):
    numpy = pytest.importorskip("numpy")
    counted = numpy.array(moments)
    due = office.add_many(counted, "PT8H")
    assert due.dtype == "int64" and due.tolist() == list(office.add_many(array("q", moments), "PT8H"))
    assert office.add_many(counted[::2], "PT8H").tolist() == due[::2].tolist()
    for unit in ("ms", "us", "ns"):
        times = counted.view("datetime64[us]").astype(f"datetime64[{unit}]")
        assert office.add_many(times, "PT8H").dtype == "datetime64[us]"
    spans = office.between_many(counted.view("datetime64[us]"), due.view("datetime64[us]"))
    assert spans.dtype == "timedelta64[us]" and (spans == numpy.timedelta64(8, "h")).all()
    assert (office.add_many(counted.view("datetime64[us]"), spans) == due.view("datetime64[us]")).all()


def test_not_a_time_stays_so(office):
    numpy = pytest.importorskip("numpy")
    times = numpy.array(["2026-03-02T01:00", "NaT"], "datetime64[us]")
    assert numpy.isnat(office.add_many(times, "PT1H")).tolist() == [False, True]
    assert numpy.isnat(office.between_many(times, times)).tolist() == [False, True]


def test_pandas(office):
    pandas = pytest.importorskip("pandas")
    opened = pandas.Series(pandas.date_range("2026-03-06 16:00", periods=3, tz="Asia/Shanghai"), [5, 6, 7], name="opened")
    due = office.add_many(opened, "PT4H")
    assert due.index.tolist() == [5, 6, 7] and due.name == "opened" and str(due.dtype) == "datetime64[ns, Asia/Shanghai]"
    assert due.iloc[0] == at(9, 11)
    assert office.between_many(opened, due).tolist() == [pandas.Timedelta(hours=4)] * 3
    needs = pandas.Series(pandas.to_timedelta(["1h", "2h", "4h"]), opened.index)
    assert office.add_many(opened, needs).iloc[2] == due.iloc[2]
    assert office.add_many(pandas.DatetimeIndex(opened), "PT4H").tolist() == due.tolist()
    with pytest.raises(sla.ArgumentError, match="tz_localize"):
        office.add_many(opened.dt.tz_localize(None), "PT4H")


def test_columns_of_pandas_count_nanoseconds():
    """Those that are no whole microsecond, before 1970 too; what is not there; a span that has no room."""
    pandas = pytest.importorskip("pandas")
    instants = ["2026-03-06 16:00:00.000000999", "1969-12-31 23:59:59.999999001", None]
    opened = pandas.Series(pandas.to_datetime(instants, utc=True))
    always = '"week": {"mon-sun": ["00:00-24:00"]}, "horizon": {"from_year": 1900, "to_year": 2199}'
    day = sla.Calendar.parse('{"kind": "calendar", "name": "day", "version": "1", "zone": "UTC", ' + always + "}")
    due = day.add_many(opened, pandas.Series(pandas.to_timedelta(["1us", "1999ns", "1us"])))
    assert due.dt.tz is not None and due.isna().tolist() == [False, False, True]
    assert due.tolist()[:2] == list(pandas.to_datetime(["2026-03-06 16:00:00.000001", "1970-01-01 00:00"], utc=True))
    assert day.between_many(opened, due).dt.total_seconds().tolist()[:2] == [1e-6, 1e-6]
    far = pandas.Series(pandas.to_datetime(["1900-01-02"], utc=True))
    with pytest.raises(sla.RangeError, match="instant 0"):
        day.between_many(far, "2199-12-30T00:00:00Z")
    gaps = pandas.DatetimeIndex(opened)
    assert day.between_many(gaps, "2026-03-07T16:00:00Z")[0] == pandas.Timedelta(days=1)
    assert isinstance(day.add_many(gaps, "PT1H"), pandas.DatetimeIndex)


def test_an_error_names_the_row_and_there_is_no_answer(office):
    row = array("q", [microseconds(at(2)), microseconds("2050-12-30T00:00:00Z")])
    with pytest.raises(sla.HorizonError, match="instant 1") as caught:
        office.add_many(row, timedelta(days=300))
    assert caught.value.index == 1 or caught.value.index == 0


@pytest.mark.parametrize(
    "row, need",
    [
        (array("i", [1]), "PT1H"),
        (array("d", [1.0]), "PT1H"),
        (b"12345678", "PT1H"),
        (array("q", [1, 2]), array("q", [1])),
        ([datetime(2026, 3, 2)], "PT1H"),
        (array("q", [1]), 3600),
        (5, "PT1H"),
    ],
)
def test_what_is_no_row(office, row, need):
    with pytest.raises((sla.ArgumentError, TypeError)):
        office.add_many(row, need)


@pytest.mark.parametrize(
    "row, need, index, said",
    [
        ([at(2), datetime(2026, 3, 2)], "PT1H", 1, "instant 1: 2026-03-02T00:00:00 has no time zone"),
        ([at(2), at(2), 5], "PT1H", 2, "instant 2: an instant is"),
        (["2026-03-02"], "PT1H", 0, "instant 0: '2026-03-02'"),
        ([at(2), at(2)], ["PT1H", None], 1, "span 1: a span is"),
        ([at(2), at(2)], [hours(1), hours(-1)], 1, "instant 1: its need is a span of 0 or more"),
        (at(2), "PT1H", -1, "put the one into a list"),
        ("2026-03-02T09:00:00+08:00", "PT1H", -1, "put the one into a list"),
        ([at(2)], 5, -1, "a row of spans is wanted, not int"),
    ],
)
def test_a_value_that_is_none_is_named_by_its_number(office, row, need, index, said):
    with pytest.raises(sla.SlaError, match=said) as caught:
        office.add_many(row, need)
    assert caught.value.index == index


def test_a_need_that_is_not_there_and_what_a_mask_hides(office):
    numpy = pytest.importorskip("numpy")
    times = numpy.array(["2026-03-02T01:00"] * 2, "datetime64[us]")
    needs = numpy.array([3600 * 10**6, "NaT"], "timedelta64[us]")
    assert numpy.isnat(office.add_many(times, needs)).tolist() == [False, True]
    masked = numpy.ma.array(times, mask=[True, False])
    assert numpy.isnat(office.add_many(masked, "PT1H")).tolist() == [True, False]
    counted = numpy.ma.array(times.view("int64"), mask=[True, False])
    assert (office.add_many(counted, "PT1H") == -(2**63)).tolist() == [True, False]
    assert numpy.isnat(office.add_many(times, numpy.ma.array(needs, mask=[True, False]))).all()


def test_columns_of_other_indexes_do_not_stand_side_by_side(office):
    pandas = pytest.importorskip("pandas")
    opened = pandas.Series(pandas.date_range("2026-03-02 09:00", periods=2, tz="Asia/Shanghai"), [5, 6])
    other = opened.set_axis([6, 5])
    with pytest.raises(sla.ArgumentError, match="different indexes"):
        office.between_many(opened, other)
    with pytest.raises(sla.ArgumentError, match="different indexes"):
        office.add_many(opened, other - other)
    assert office.between_many(opened, other.reindex(opened.index)).index.tolist() == [5, 6]


def test_int64_of_other_makers(office):
    """ctypes says '<q' of it, a field of records '=q', and neither is in one piece always."""
    row = [microseconds(at(2)), microseconds(at(6, 16))]
    due = list(office.add_many(array("q", row), "PT4H"))
    assert list(office.add_many((ctypes.c_int64 * 2)(*row), "PT4H")) == due
    numpy = pytest.importorskip("numpy")
    records = numpy.rec.array([(one, 1) for one in row], dtype=[("at", "i8"), ("mark", "i1")])
    assert list(office.add_many(records.at, "PT4H")) == due
    for kind in (">i8", "int32", "u8"):
        with pytest.raises(sla.ArgumentError, match=r'say \.astype\("int64"\)'):
            office.add_many(numpy.array([1]).astype(kind), "PT4H")
    with pytest.raises(sla.ArgumentError, match="'d'$"):
        office.add_many(numpy.array([1.0]), "PT4H")


def test_what_int64_cannot_say_in_microseconds_is_refused(office):
    """numpy would take another instant or span for it, such as no time at all."""
    numpy = pytest.importorskip("numpy")
    row = numpy.array([microseconds(at(2))] * 2)
    for unit in ("Y", "M", "W", "D", "h", "m", "s", "ms"):
        if unit not in "YM":  # which are no spans
            with pytest.raises(sla.RangeError, match="span 1") as caught:
                office.add_many(row, numpy.array([4, 2**61], f"m8[{unit}]"))
            assert caught.value.index == 1
        with pytest.raises(sla.RangeError, match="instant 0"):
            office.add_many(numpy.array([-(2**61), "NaT"], f"M8[{unit}]"), "PT4H")
    with pytest.raises(sla.SlaError):
        office.add_many(numpy.array([152505770], "M8[W]"), "PT4H")
    days = numpy.array(["2026-03-02", "NaT"], "M8[D]")
    assert numpy.isnat(office.add_many(days, numpy.array([4, 4], "m8[h]"))).tolist() == [False, True]


def test_not_a_time_in_a_list(office):
    pandas = pytest.importorskip("pandas")
    gap = pandas.NaT
    assert office.add_many([gap, at(2)], "PT4H") == [gap, office.add(at(2), "PT4H")]
    assert office.add_many([gap, at(2)], "PT4H")[1].tzinfo is SHANGHAI
    assert office.add_many([at(2), at(2)], [gap, "PT4H"])[0] is gap
    assert office.add_many([at(2)], pandas.Series([gap], dtype="m8[ns]"))[0] is gap
    assert office.between_many([at(2), at(2)], [gap, at(2, 11)]) == [gap, hours(2)]


def test_columns_of_texts_and_of_counts_stay_columns(office):
    pandas = pytest.importorskip("pandas")
    index, counts = [5, 6, 7], [microseconds(at(2)), None, microseconds(at(6, 16))]
    texts = ["2026-03-02T09:00:00+08:00", None, "2026-03-06T16:00:00+08:00"]
    due = office.add_many([at(2), at(6, 16)], "PT4H")
    for kind in (object, "string"):
        column = pandas.Series(texts, index, dtype=kind, name="opened")
        answer = office.add_many(column, "PT4H")
        assert answer.name == "opened" and answer.index.tolist() == index
        assert answer.isna().tolist() == [False, True, False] and answer.dropna().tolist() == due
        spans = office.between_many(column, answer)
        assert spans.dtype == "timedelta64[ns]" and spans.dropna().tolist() == [pandas.Timedelta(hours=4)] * 2
    column = pandas.Series(counts, index, dtype="Int64", name="opened")
    answer = office.add_many(column, "PT4H")
    assert answer.dtype == "Int64" and answer.index.tolist() == index and answer.isna().tolist() == [False, True, False]
    assert answer.dropna().tolist() == [microseconds(one) for one in due]
    plain = column.dropna().astype("int64")
    answer = office.add_many(plain, pandas.Series(["PT4H", "PT240M"], plain.index))
    assert answer.dtype == "int64" and answer.index.tolist() == [5, 7]
    assert office.between_many(plain, answer).tolist() == [4 * 3600 * 10**6] * 2
    assert isinstance(office.add_many(pandas.Index(plain), "PT4H"), pandas.Index)
    with pytest.raises(sla.ParseError, match="instant 1"):
        office.add_many(pandas.Series([texts[0], "soon"]), "PT4H")


class Longer(array):
    """Says that it is longer than it is."""

    def __len__(self):
        return 50_000_000


def test_a_row_is_as_long_as_its_memory(office, moments):
    row = Longer("q", moments[:3])
    assert office.add_many(row, "PT4H") == office.add_many(array("q", moments[:3]), "PT4H")
    assert len(office.between_many(row, array("q", moments[:3]))) == 3
    with pytest.raises(sla.ArgumentError, match="3 instants and 2 others"):
        office.between_many(row, array("q", moments[:2]))


def test_a_row_of_numpy_is_as_long_as_its_memory(office, moments):
    numpy = pytest.importorskip("numpy")
    claimed = type("Claimed", (numpy.ndarray,), {"__len__": lambda self: 50_000_000})
    for kind in ("int64", "datetime64[us]", "datetime64[ns]"):
        row = numpy.array(moments[:3], "datetime64[us]").astype(kind)
        assert office.add_many(row.view(claimed), "PT4H").tolist() == office.add_many(row, "PT4H").tolist()


def test_a_row_whose_memory_was_released(office, moments):
    row = memoryview(array("q", moments[:3]))
    row.release()
    with pytest.raises(sla.ArgumentError, match="the row has no memory any more"):
        office.add_many(row, "PT4H")


def test_units_of_numpy_that_do_not_say_how_long(office, moments):
    numpy = pytest.importorskip("numpy")
    row = numpy.array(moments[:1], "datetime64[us]")
    for unit in ("M", "Y"):
        with pytest.raises(sla.ArgumentError, match="months and years have no fixed length"):
            office.add_many(row, numpy.array([1], f"m8[{unit}]"))
    with pytest.raises(sla.ArgumentError, match="the spans have no unit; say one"):
        office.add_many(row, numpy.array([1], "m8"))
    with pytest.raises(sla.ArgumentError, match="the instants have no unit"):
        office.add_many(numpy.array([5]).view("M8"), "PT1H")
    month = office.add_many(numpy.array(["2026-03"], "M8[M]"), "PT1H")
    assert month.tolist() == office.add_many(numpy.array(["2026-03-01"], "M8[D]"), "PT1H").tolist()
    for gap in ("m8", "m8[M]"):
        assert numpy.isnat(office.add_many(row, numpy.array(["NaT"], gap))).all()
    with pytest.raises(sla.ArgumentError, match="a masked row is one of int64, datetime64 or timedelta64, not float64"):
        office.add_many(numpy.ma.array([1.0, 2.0], mask=[0, 1]), "PT1H")
