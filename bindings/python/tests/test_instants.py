"""Instants are aware, spans have a fixed length; both also as text."""

from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sla
from conftest import CALL, SHANGHAI
from sla.instants import instant, instant_text, microseconds, seconds, seconds_of_day, span_microseconds, span_text

EARLIEST = datetime(1900, 1, 1, tzinfo=timezone.utc)
LATEST = datetime(2199, 12, 31, tzinfo=timezone.utc)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.timezones()))
def test_an_instant_comes_back(moment):
    counted = microseconds(moment)
    assert instant(counted) == moment.astimezone(timezone.utc)
    assert instant(counted, moment.tzinfo).tzinfo is moment.tzinfo
    assert microseconds(instant_text(counted)) == counted


@settings(max_examples=200)
@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.timezones()))
def test_a_double_of_seconds_loses_no_microsecond(moment):
    """It goes to C so, there and back; an event comes back counted."""
    with sla.Engine(CALL) as engine:
        engine.record(ticket="T", fact="opened", now=moment)
        begun = moment.astimezone(timezone.utc)
        assert engine.clocks("T")[0].started_at == begun
        assert engine.poll_many(begun + timedelta(hours=3, microseconds=-1)) == []
        assert [one.at for one in engine.poll(begun + timedelta(hours=3))] == [begun + timedelta(hours=3)]


class Lost(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, moment):
        return None


@pytest.mark.parametrize("naive", [datetime(2026, 3, 2), datetime(2026, 3, 2, tzinfo=Lost())])
def test_without_an_offset_it_is_nobodys_clock(engine, office, naive):
    for use in (
        lambda: seconds(naive),
        lambda: microseconds(naive),
        lambda: office.add(naive, timedelta(hours=1)),
        lambda: office.between(naive, naive),
        lambda: engine.record(ticket="T", fact="opened", now=naive),
        lambda: engine.record(ticket="T", fact="opened", occurred_at=naive, now=datetime.now(SHANGHAI)),
        lambda: engine.record_many([{"ticket": "T", "fact": "opened", "occurred_at": naive}]),
        lambda: engine.poll(naive),
    ):
        with pytest.raises((sla.ArgumentError, sla.FactError), match="no time zone"):
            use()
    assert engine.stats().facts == 0


@pytest.mark.parametrize("year", [1899, 2200, 9000])
def test_outside_the_years(engine, office, year):
    moment = datetime(year, 6, 1, tzinfo=timezone.utc)
    for use in (
        lambda: seconds(moment),
        lambda: office.add(moment, timedelta(hours=1)),
        lambda: office.between(moment, moment),
        lambda: engine.record(ticket="T", fact="opened", now=moment),
        lambda: engine.poll(moment),
    ):
        with pytest.raises(sla.RangeError, match="outside the years"):
            use()


def test_a_need_longer_than_any_horizon(office):
    with pytest.raises(sla.HorizonError):
        office.add(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI), timedelta.max)


@pytest.mark.parametrize(
    "text, counted",
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-03-02T09:00:00+08:00", 1772413200000000),
        ("2026-03-02T01:00:00.25Z", 1772413200250000),
    ],
)
def test_text(text, counted):
    assert microseconds(text) == counted


def test_a_repeated_civil_time_is_told_apart_by_its_fold():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert microseconds(first.replace(fold=1)) - microseconds(first) == 3600 * 10**6


@pytest.mark.parametrize(
    "bad, kind, said",
    [
        (datetime(2026, 3, 2), sla.ArgumentError, "no time zone; write datetime("),
        (date(2026, 3, 2), sla.ArgumentError, "not date"),
        (1772413200, sla.ArgumentError, "not int"),
        (None, sla.ArgumentError, "not NoneType"),
        ("2026-03-02T09:00:00", sla.ParseError, "2026-03-02T09:00:00+08:00"),
        ("soon", sla.ParseError, "is written"),
        ("2026-03-02T09:00:00\ud800", sla.ParseError, "is written"),
        ("2200-01-01T00:00:00Z", sla.RangeError, "1900 to 2199"),
        (datetime(1899, 12, 31, tzinfo=timezone.utc), sla.RangeError, "1900 to 2199"),
        (datetime(2200, 1, 1, tzinfo=timezone.utc), sla.RangeError, "1900 to 2199"),
    ],
)
def test_what_is_no_instant(bad, kind, said):
    with pytest.raises(kind, match=".*") as caught:
        microseconds(bad)
    assert said in str(caught.value)


@pytest.mark.parametrize("at", [EARLIEST, LATEST, EARLIEST.astimezone(SHANGHAI)])
def test_the_ends_are_in(at):
    assert instant(microseconds(at)) == at


@pytest.mark.parametrize(
    "span, counted, text",
    [
        (timedelta(hours=4), 14400 * 10**6, "PT4H"),
        ("P1DT12H30M", 131400 * 10**6, "PT36H30M"),
        ("P1W", 7 * 86400 * 10**6, "PT168H"),
        (timedelta(0), 0, "PT0S"),
        (timedelta(microseconds=500000), 500000, "PT0.5S"),
    ],
)
def test_spans(span, counted, text):
    assert span_microseconds(span) == counted
    assert span_text(counted) == text


@pytest.mark.parametrize(
    "bad, kind", [("4h", sla.ParseError), ("P1M", sla.ParseError), (4, sla.ArgumentError), ("P999999W", sla.RangeError)]
)
def test_what_is_no_span(bad, kind):
    with pytest.raises(kind):
        span_microseconds(bad)


def test_times_of_day():
    assert seconds_of_day("24:00") == 86400
    assert seconds_of_day(time(17, 30)) == 63000
    for bad in ("25:00", "5pm"):
        with pytest.raises(sla.ParseError):
            seconds_of_day(bad)
    for bad in (time(17, tzinfo=timezone.utc), time(17, 0, 0, 1)):
        with pytest.raises(sla.ArgumentError):
            seconds_of_day(bad)
