"""What a calendar answers; every choice against a slow reference is in test_calendar_reference."""

import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

import sla
from conftest import ROOT, SHANGHAI, at, hours

DESK = {"kind": "calendar", "name": "desk", "version": "1", "zone": "Asia/Shanghai", "week": {"mon-fri": ["09:00-18:00"]}}


@pytest.fixture
def desk():
    return sla.Calendar.parse(json.dumps(DESK))


def test_what_it_is(office):
    assert (office.name, office.version, office.zone) == ("cn_office", "2026.1", "Asia/Shanghai")
    assert office.tzinfo is SHANGHAI
    assert office.known_until == datetime(2027, 1, 1, tzinfo=SHANGHAI)
    assert sla.Calendar.bundled("24x7").known_until is None
    assert office.horizon[0] < office.known_until < office.horizon[1]
    assert office.display
    assert "cn_office" in repr(office)
    assert "cn_office" in sla.Calendar.bundled_names()


def test_hours_are_half_open(desk):
    assert desk.is_open(at(2, 9)) and not desk.is_open(at(2, 18))
    assert desk.offset(at(2)) == hours(8)


QUESTIONS = [
    ("four hours from Friday 16:00", lambda c: c.add(at(6, 16), "PT4H"), at(9, 11)),
    ("a need that fills the window", lambda c: c.add(at(6, 16), hours(2)), at(6, 18)),
    ("... ends at the next opening", lambda c: c.add(at(6, 16), hours(2), fit=sla.Fit.NEXT_OPEN), at(9)),
    ("back", lambda c: c.sub(at(9, 11), hours(4)), at(6, 16)),
    ("between", lambda c: c.between(at(6, 16), at(9, 11)), hours(4)),
    ("reversed", lambda c: c.between(at(9, 11), at(6, 16)), hours(0)),
    ("next open", lambda c: c.next_open(at(7)), at(9)),
    ("next close", lambda c: c.next_close(at(7)), at(9, 18)),
    ("workdays", lambda c: c.add_workdays(at(6, 16), 2), at(10, 16)),
    ("workdays back", lambda c: c.add_workdays(at(10, 16), -2), at(6, 16)),
    ("workdays to closing", lambda c: c.add_workdays(at(6, 16), 2, end=sla.DayEnd.CLOSE), at(10, 18)),
    ("rolled back", lambda c: c.add_workdays(at(7, 16), 1, roll=sla.Roll.BACKWARD), at(9, 16)),
    ("days", lambda c: c.add_days(at(6, 16), 2), at(8, 16)),
    ("days to their end", lambda c: c.add_days(at(6, 16), 1, end=sla.DayEnd.DAY), at(8, 0)),
    ("before the cut-off", lambda c: c.cutoff(at(6, 14), sla.Cutoff("15:00", "17:00", "10:00")), at(6, 17)),
    ("after it", lambda c: c.cutoff(at(6, 15), sla.Cutoff("15:00", "17:00", "10:00")), at(7, 10)),
    ("after it, workdays", lambda c: c.cutoff(at(6, 15), sla.Cutoff("15:00", "17:00", "10:00", workdays=True)), at(9, 10)),
    ("snap", lambda c: c.snap(at(6, 15), sla.Cutoff("15:00", "17:00", "10:00")), at(6, 17)),
    ("end of the day", lambda c: c.end_of_day(at(6, 15)), at(7, 0)),
    ("last closing", lambda c: c.end_of_day(at(6, 19), close=True), at(9, 18)),
]


@pytest.mark.parametrize("why, ask, answer", QUESTIONS, ids=[row[0] for row in QUESTIONS])
def test_questions(desk, why, ask, answer):
    assert ask(desk) == answer


def test_answers_come_in_the_zone_of_the_question(desk):
    tokyo = ZoneInfo("Asia/Tokyo")
    assert desk.add(at(6).astimezone(tokyo), "PT1H").tzinfo is tokyo
    assert desk.add(at(6).astimezone(timezone.utc), "PT1H").tzinfo is timezone.utc
    assert desk.add("2026-03-06T01:00:00Z", "PT1H").isoformat() == "2026-03-06T10:00:00+08:00"


def test_stretches_have_no_gap_and_say_why(office):
    stretches = list(office.segments(at(2, 0), "2026-10-12T00:00:00+08:00"))
    for one, next_one in zip(stretches, stretches[1:]):
        assert one.end == next_one.start
    assert stretches[0].start == at(2, 0) and stretches[-1].end == datetime(2026, 10, 12, tzinfo=SHANGHAI)
    kinds = {stretch.kind for stretch in stretches}
    assert {sla.SegmentKind.OPEN, sla.SegmentKind.CLOSED, sla.SegmentKind.HOLIDAY} <= kinds
    assert any(stretch.label for stretch in stretches if stretch.kind is sla.SegmentKind.HOLIDAY)
    assert list(office.segments(at(2), at(2))) == []


def test_what_is_not_known_yet_is_provisional(office):
    assert office.provisional("2027-03-01T00:00:00Z") and not office.provisional(at(2))


def test_beyond_the_horizon(desk):
    with pytest.raises(sla.HorizonError):
        desk.add("2050-12-30T00:00:00Z", timedelta(days=300))
    with pytest.raises(sla.HorizonError):
        desk.between("1950-01-01T00:00:00Z", at(2))
    with pytest.raises(sla.HorizonError):
        desk.next_open("2060-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "change, kind, pointer",
    [
        ({"zone": "Asia/Nowhere"}, sla.ZoneError, "/zone"),
        ({"week": {"mon": ["9-17"]}}, sla.CalendarError, "/week/mon/0"),
        ({"colour": "red"}, sla.CalendarError, "/colour"),
    ],
)
def test_a_calendar_that_is_wrong(change, kind, pointer):
    with pytest.raises(kind) as caught:
        sla.Calendar.parse(json.dumps({**DESK, **change}, indent=1), "desk.json")
    assert (caught.value.pointer, caught.value.source) == (pointer, "desk.json")
    assert caught.value.line > 0


def test_what_is_no_calendar():
    with pytest.raises(sla.ParseError):
        sla.Calendar.parse("{")
    with pytest.raises(sla.NotFoundError, match="cn_office"):
        sla.Calendar.bundled("moon")
    with pytest.raises(TypeError):
        sla.Calendar()
    with pytest.raises(FileNotFoundError):
        sla.Calendar.load("/nowhere/desk.json")


def test_from_a_file(tmp_path):
    path = tmp_path / "desk.json"
    path.write_text(json.dumps(DESK))
    assert sla.Calendar.load(path).name == sla.Calendar.load(str(path)).name == "desk"
    if (ROOT / "examples/calendars/cn_office.json").exists():
        assert sla.Calendar.load(ROOT / "examples/calendars/cn_office.json").version == "2026.1"
