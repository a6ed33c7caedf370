"""Real tickets, and what other people's systems decided about them, once more through Python: two
cities' deadlines, twenty years of China's holidays, every change of clocks in fourteen zones.

The rows are those that tests/test_calendar_oracle.c and test_zone.c take; the READMEs of the
shared data say what each folder is.
"""

import csv
import gzip
import json
import shutil
import subprocess
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

import sla
from conftest import SHANGHAI, hours, shared

EASTERN = ZoneInfo("America/New_York")


def rows(relative):
    with gzip.open(shared(relative), "rt", newline="") as file:
        yield from csv.DictReader(file)


def wall(instant):
    return instant.astimezone(EASTERN).replace(tzinfo=None)


# ---- Boston: a business day, and 120 days

ONE_DAY = "Pick up Dead Animal"
BOSTON = {
    "policy": "boston", "version": "1", "calendar": "boston", "attributes": {"type": "string"},
    "targets": [{
        "target": "pickup", "stop": "closed",
        "goals": [
            {"when": {"attr": "type", "eq": ONE_DAY}, "workdays": {"days": 1, "exact_fit": "next_open"}},
            {"days": 120},
        ],
    }],
}  # fmt: skip


def boston_calendar():
    with open(shared("boston311-pickup/boston_city_holidays_2013_2019.csv")) as file:
        holidays = [{"date": line[:10]} for line in list(file)[1:]]
    document = {
        "kind": "calendar", "name": "boston", "version": "1", "zone": "America/New_York",
        "week": {"mon-fri": ["08:30-17:00"]}, "known_until": "2020-12-31", "holidays": holidays,
    }  # fmt: skip
    return sla.Calendar.parse(json.dumps(document))


def eastern(text):
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


def boston_rows():
    return [
        row
        for row in rows("boston311-pickup/boston311_pickup_2013_2019.csv.gz")
        if row["type"] != "Animal Noise Disturbances"
    ]


def boston_verdicts(calendar, table):
    """The clock of each case as its end was told, or its breach where it is open still."""
    facts = []
    for row in table:
        ticket, opened = row["case_id"], eastern(row["open_local"])
        facts.append(sla.Fact(ticket, "opened", opened, attributes={"type": row["type"]}))
        if row["closed_local"]:
            facts.append(sla.Fact(ticket, "closed", max(opened, eastern(row["closed_local"]))))
    facts.sort(key=lambda fact: fact.occurred_at)  # stable: a case is opened before it is closed
    with sla.Engine(json.dumps(BOSTON), [calendar]) as engine:
        events = engine.record_many(facts, until=facts[-1].occurred_at + timedelta(days=200))
        engine.verify()
    found = {event.ticket: event for event in events if event.kind == "breached"}
    found.update((event.ticket, event) for event in events if event.kind in ("met", "missed"))
    return found


def test_boston_promises_a_business_day_and_120_days():
    calendar, table = boston_calendar(), boston_rows()
    told = boston_verdicts(calendar, table)
    tally = {True: Counter(), False: Counter()}
    for row in table:
        event, count = told[row["case_id"]], tally[row["type"] == ONE_DAY]
        off = abs((wall(event.due_at) - datetime.fromisoformat(row["target_local"])).total_seconds())
        explained = row["explained_300s"] == "1"
        count.update(rows=1, near=off <= 300, exact=off == 0, missed=explained and off > 300)
        if row["closed_local"] and explained:
            in_time = eastern(row["closed_local"]) <= event.due_at
            assert in_time == (event.kind == "met")
            count.update(judged=1, wrong=in_time != (row["on_time"] == "ONTIME"))
    for what, count in (("one day", tally[True]), ("120 days", tally[False])):
        print(
            f"{what}: {count['rows']} rows, {count['near']} within 300 s ({100 * count['near'] / count['rows']:.3f} %), "
            f"{count['exact']} exact, {count['wrong']} of {count['judged']} outcomes wrong"
        )
    one, many = tally[True], tally[False]
    assert one["rows"] == 21687 and one["near"] >= 0.9989 * one["rows"] and one["wrong"] == 0
    assert many["rows"] == 6125 and many["missed"] == 0 and many["wrong"] == 0 and many["judged"] > 1000


def test_boston_in_rows():
    """A workday is 8.5 hours that end at the next opening; many at once say the same as one."""
    calendar = boston_calendar()
    opened = [eastern(row["open_local"]) for row in boston_rows() if row["type"] == ONE_DAY]
    due = calendar.add_many(opened, "PT8H30M", fit=sla.Fit.NEXT_OPEN)
    assert due == [calendar.add_workdays(at, 1, fit=sla.Fit.NEXT_OPEN) for at in opened]
    assert due == [calendar.add(at, "PT8H30M", fit=sla.Fit.NEXT_OPEN) for at in opened]


# ---- Baltimore: days on the wall clock


def baltimore_limits(table):
    """type -> days, of types that have one limit in every other row; others are None."""
    limits = {}
    for kind, created, due in table[::2]:
        span = due - created
        days = None if span % timedelta(days=1) else span.days
        limits[kind] = days if limits.get(kind, days) == days else None
    return limits


def test_baltimore_promises_days_on_the_wall_clock():
    document = {
        "kind": "calendar", "name": "always", "version": "1", "zone": "America/New_York",
        "week": {"mon-sun": ["00:00-24:00"]},
    }  # fmt: skip
    calendar = sla.Calendar.parse(json.dumps(document))
    table = [
        (row["SRType"], *(datetime.strptime(row[name], "%m/%d/%Y %I:%M:%S %p") for name in ("CreatedDate", "DueDate")))
        for row in rows("baltimore311/baltimore311_sample.csv.gz")
        if row["DueDate"]
    ]
    limits = baltimore_limits(table)
    count = Counter()
    for kind, created, due in table:
        days = limits.get(kind)
        if days is not None:
            start = created.replace(tzinfo=EASTERN)
            got = calendar.add_days(start, days)
            count.update(rows=1, exact=wall(got) == due, over_change=got.utcoffset() != start.utcoffset())
    constant = sum(days is not None for days in limits.values())
    print(
        f"{len(limits)} types, {constant} with one constant limit; {count['rows']} rows, {count['exact']} exact "
        f"({100 * count['exact'] / count['rows']:.3f} %), {count['over_change']} across a change of offset"
    )
    assert constant >= 150 and count["rows"] > 9000 and count["over_change"] > 700
    assert count["exact"] >= 0.999 * count["rows"]


# ---- China: every day as announced


def announced():
    """date -> whether it is off; what is not in it is as the week has it."""
    said = {}
    for year in range(2007, 2028):
        days = json.loads(shared(f"cn-holidays/holiday-cn/{year}.json").read_text())["days"]
        said.update((date.fromisoformat(day["date"]), day["isOffDay"]) for day in days)
    return said


def test_china_works_and_rests_as_announced_every_day(office):
    said, count = announced(), Counter()
    day = date(2007, 1, 1)
    while day < date(2027, 1, 1):
        midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
        off = said.get(day)
        working = day.weekday() < 5 if off is None else not off
        assert office.between(midnight, midnight + timedelta(days=1)) == hours(9 if working else 0), day
        (segment,) = office.segments(midnight + hours(10), midnight + hours(11))
        usual = sla.SegmentKind.OPEN if working else sla.SegmentKind.CLOSED
        assert segment.kind == {None: usual, True: sla.SegmentKind.HOLIDAY, False: sla.SegmentKind.MAKEUP}[off], day
        assert bool(segment.label) == (off is not None), day
        count.update(days=1, off=off is True, worked=off is False)
        day += timedelta(days=1)
    print(f"{count['days']} days, {count['off']} off, {count['worked']} make-up workdays")
    assert count["days"] == 7305 and office.known_until == midnight + timedelta(days=1)


# ---- every change of clocks


def transitions(text):
    """(zone, line, UTC, wall) of a listing by zdump."""
    for line in text.splitlines():
        zone, _, rest = line.partition("  ")
        if " UT = " in rest and "gmtoff=" in rest:
            utc, _, there = rest.partition(" UT = ")
            moments = [datetime.strptime(" ".join(part.split()[1:5]), "%b %d %H:%M:%S %Y") for part in (utc, there)]
            yield zone, " ".join(line.split()), *moments


def test_every_change_of_clocks_on_which_this_machine_agrees():
    if shutil.which("zdump") is None:
        pytest.skip("no zdump on this machine")
    listed = list(transitions(gzip.decompress(shared("tz-transitions/zdump-1970-2037.txt.gz").read_bytes()).decode()))
    zones = sorted({zone for zone, *_ in listed})
    here = subprocess.run(["zdump", "-v", "-c", "1970,2038", *zones], capture_output=True, text=True).stdout
    agreed = {line for _, line, *_ in transitions(here)}
    document = {"kind": "calendar", "name": "always", "version": "1", "week": {"mon-sun": ["00:00-24:00"]}}
    calendars = {
        zone: sla.Calendar.parse(json.dumps({**document, "zone": zone, "horizon": {"from_year": 1970, "to_year": 2037}}))
        for zone in zones
    }
    asked = 0
    for zone, line, utc, there in listed:
        if line in agreed:
            assert calendars[zone].offset(utc.replace(tzinfo=timezone.utc)) == there - utc, line
            asked += 1
    print(f"{asked} of {len(listed)} lines")
    assert asked > 1000
