"""Every choice of a calendar against a slow one over `zoneinfo` (reference_calendar.py): calendars
that come with the library and random ones, in zones whose clocks are moved by an hour, by half
an hour, by a day and never, asked at random, and most of all where something changes."""

import json
import os
import random
from array import array
from datetime import date, datetime, timedelta, timezone

import pytest

import sla
from conftest import LONG, ROOT
from reference_calendar import CLOSE, DAY, HOUR, NEXT_OPEN, SECOND, WEEKDAYS, Beyond, Reference

SEED = int(os.environ.get("SLA_SEED", "15"))
ROUNDS = int(os.environ.get("SLA_CALENDARS", "240" if LONG else "12"))  # random calendars in all
QUESTIONS = 60  # of each kind to each calendar
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

#: A zone, and a year in which it has something to show.
PLACES = [
    ("Asia/Shanghai", 2026),
    ("Europe/Berlin", 2025),
    ("America/New_York", 2026),
    ("Australia/Lord_Howe", 2025),  # half an hour
    ("Asia/Kolkata", 2024),
    ("America/Sao_Paulo", 2018),  # at midnight
    ("America/St_Johns", 2010),  # a minute after midnight
    ("Pacific/Apia", 2011),  # a date that never was
    ("Africa/Casablanca", 2025),  # four times a year
    ("Asia/Tehran", 2021),
    ("Asia/Shanghai", 1988),
    ("UTC", 2024),
]

ROLLS = {roll.name.lower(): roll for roll in sla.Roll}
ENDS = {end.name.lower(): end for end in sla.DayEnd}
FITS = {CLOSE: sla.Fit.CLOSE, NEXT_OPEN: sla.Fit.NEXT_OPEN}


def moment(at):
    return EPOCH + timedelta(microseconds=at)


def counted(instant):
    return (instant - EPOCH) // timedelta(microseconds=1)


def span(need):
    return timedelta(microseconds=need)


# ---- calendars made up


def clock(seconds):
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


class Maker:
    """Random calendars of one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def hours(self, late):
        """A few windows in order, of which the last may go past midnight."""
        step = self.random.choice((3600, 1800, 900, 60, 1))
        edges = sorted(self.random.sample(range(0, 86400 + 1, step), 2 * self.random.randint(1, 3)))
        windows = [[start, end] for start, end in zip(edges[::2], edges[1::2])]
        if late and self.chance(40) and windows[-1][0] < 86400:
            windows[-1][1] = self.random.randrange(0, windows[0][0] + 1, step)
        if len(windows) > 1 and self.chance(20):
            windows[1][0] = windows[0][1]  # they touch
        return [f"{clock(start)}-{clock(end)}" for start, end in windows]

    def date(self, year):
        return date(year, 1, 1) + timedelta(days=self.random.randrange(365))

    def document(self, zone, year):
        """A calendar that is mostly valid: windows of neighbouring dates may overlap by chance."""
        late, cut = self.chance(50), self.chance(30)
        document = {
            "kind": "calendar", "name": "made_up", "version": "1", "zone": zone,
            "overnight": "cut" if cut else "day_of_start",
            "horizon": {"from_year": year - 1, "to_year": year + 1},
        }  # fmt: skip
        if self.chance(8):
            document["week"] = {"mon-sun": ["00:00-24:00"]}
        elif self.chance(40):
            document["week"] = {"mon-thu": self.hours(late), "sat": self.hours(late)}
        else:
            document["week"] = {name: self.hours(late) for name in WEEKDAYS if self.chance(75)}
        worked = list(document["week"])[0].partition("-")[0] if document["week"] else "mon"
        taken = set()

        def dates(count, longest=1):
            for _ in range(count):
                first = self.date(year)
                last = first + timedelta(days=self.random.randrange(longest))
                days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
                if last.year == year and not days & taken:
                    taken.update(days)
                    yield {"date": str(first)} if first == last else {"from": str(first), "to": str(last)}

        late = late and not cut  # with `cut` a date's own hours end with it
        document["holidays"] = [{**where, "name": f"day {n}"} for n, where in enumerate(dates(12, 4))]
        document["makeup"] = [
            {**where, **({"as": worked} if n % 2 else {"hours": self.hours(late)}), "name": {"en": f"work {n}"}}
            for n, where in enumerate(dates(6))
        ]
        document["special"] = [{**where, "hours": self.hours(late)} for where in dates(6, 2)]
        taken.clear()
        document["breaks"] = [{**where, "cut": self.hours(True)} for where in dates(8)]
        document["known_until"] = f"{year}-12-31"
        return document


def made(seed, zone, year):
    """A random document that the library takes, and how often it did not."""
    maker = Maker(seed)
    while True:
        text = json.dumps(maker.document(zone, year))
        try:
            return text, sla.Calendar.parse(text)
        except sla.CalendarError as error:  # by chance, and nothing else
            assert any(word in error.text for word in ("overlap", "no open time", "could be cut")), (error, text)


# ---- questions


class Asker:
    """Asks both, and says what was asked where they differ."""

    def __init__(self, seed, text, calendar, window=None):
        self.random = random.Random(f"questions {seed}")
        self.text, self.calendar, self.reference = text, calendar, Reference(text)
        self.first, self.last = window or (self.reference.first, self.reference.last)
        self.edges = self._edges()
        self.asked = 0

    def _edges(self):
        """Where something changes: the clocks on the wall, and hours here and there."""
        reference, edges = self.reference, []
        for utc_day in range(self.first // DAY, self.last // DAY):
            pieces = reference.wall.pieces(utc_day)
            edges += 20 * [piece[0] for piece in pieces[1:]]
        for _ in range(40):
            utc_day = self.random.randrange(self.first, self.last) // DAY
            edges += [edge for one in reference.open_on(utc_day) for edge in one[:2]]
            edges.append(reference.wall.instant(utc_day * DAY))
        return edges

    def at(self):
        """An instant, often near an edge; seldom near the end of what is known."""
        if self.random.randrange(100) < 60:
            near = self.random.choice((0, 1, SECOND, 1800 * SECOND, 3 * HOUR, 30 * HOUR))
            at = self.random.choice(self.edges) + self.random.randint(-near, near)
        else:
            at = self.random.randrange(self.first, self.last)
        if self.random.randrange(4):
            at -= at % (60 * SECOND)
        # Who belongs to hours that began before the horizon does is not asked.
        return at + DAY if self.reference.first <= at < self.reference.first + DAY else at

    def need(self):
        unit = self.random.choice((1, SECOND, 60 * SECOND, 1800 * SECOND, HOUR, 8 * HOUR, DAY))
        return unit * self.random.randrange(0, 12)

    def exact_need(self, at):
        """One that fills a window exactly, or any."""
        try:
            return self.reference.between(at, self.reference.next_close(at))
        except Beyond:
            return self.need()

    def time(self):
        return self.random.randrange(0, 86401, self.random.choice((3600, 900, 1)))

    def compare(self, what, at, *question, slow, fast):
        try:
            want = slow(at, *question)
        except Beyond:
            want = "HorizonError"
        try:
            got = fast(moment(at), *question)
        except sla.HorizonError:
            got = "HorizonError"
        if isinstance(got, datetime):
            got = counted(got)
        elif isinstance(got, timedelta):
            got = got // timedelta(microseconds=1)
        self.asked += 1
        shown = [moment(one) if isinstance(one, int) and one > 10**12 else one for one in (want, got)]
        assert want == got, f"{what} from {moment(at)} {question}: want {shown[0]}, got {shown[1]}\n{self.text}"

    def ask_all(self, count):
        """Every question, `count` times each."""
        ours, theirs = self.reference, self.calendar
        for _ in range(count):
            at, other = self.at(), self.at()
            self.compare("is_open", at, slow=ours.is_open, fast=theirs.is_open)
            self.compare("provisional", at, slow=ours.provisional, fast=theirs.provisional)
            self.compare("offset", at, slow=ours.wall.offset, fast=theirs.offset)
            self.compare("next_open", at, slow=ours.next_open, fast=theirs.next_open)
            self.compare("next_close", at, slow=ours.next_close, fast=theirs.next_close)
            self.ask_spans(self.at(), other)
            self.ask_days(self.at())
            self.ask_ends(self.at())

    def ask_spans(self, at, other):
        ours, theirs = self.reference, self.calendar
        for need in (self.need(), self.exact_need(at)):
            for fit, option in FITS.items():
                self.compare(
                    f"add {fit}", at, need, slow=lambda at, need: ours.add(at, need, fit),
                    fast=lambda at, need: theirs.add(at, span(need), fit=option),
                )  # fmt: skip
            self.compare("sub", at, need, slow=ours.sub, fast=lambda at, need: theirs.sub(at, span(need)))
        self.compare("between", at, other, slow=ours.between, fast=lambda at, to: theirs.between(at, moment(to)))

    def ask_days(self, at):
        ours, theirs = self.reference, self.calendar
        days = self.random.choice((0, 0, 1, 1, 2, 3, 10, -1, -2, -10))
        for roll, roll_option in ROLLS.items():
            end, fit = self.random.choice(list(ENDS)), self.random.choice(list(FITS))
            self.compare(
                f"add_workdays {roll} {end} {fit}", at, days,
                slow=lambda at, days: ours.add_workdays(at, days, roll, end, fit),
                fast=lambda at, days: theirs.add_workdays(at, days, roll=roll_option, end=ENDS[end], fit=FITS[fit]),
            )  # fmt: skip
        for end in ("same_time", "day"):
            self.compare(
                f"add_days {end}", at, days, slow=lambda at, days: ours.add_days(at, days, end),
                fast=lambda at, days: theirs.add_days(at, days, end=ENDS[end]),
            )  # fmt: skip

    def ask_ends(self, at):
        ours, theirs = self.reference, self.calendar
        for close in (False, True):
            self.compare(
                "end_of_day", at, close, slow=ours.end_of_day, fast=lambda at, close: theirs.end_of_day(at, close=close)
            )
        before, today = sorted((self.time(), self.time()))
        rule = (before, today, self.time(), self.random.randint(1, 3), self.random.random() < 0.5)
        times = [time * SECOND for time in rule[:3]]
        option = sla.Cutoff(*map(clock, rule[:3]), *rule[3:])
        for what in ("cutoff", "snap"):
            self.compare(
                what, at, rule, slow=lambda at, rule: getattr(ours, what)(at, *times, *rule[3:]),
                fast=lambda at, rule: getattr(theirs, what)(at, option),
            )  # fmt: skip

    def ask_rows(self):
        """Many at once, of those that have an answer."""
        rows = [at for at in (self.at() for _ in range(QUESTIONS)) if self.first <= at < self.last - 200 * DAY]
        needs = array("q", (self.need() for _ in rows))
        row = array("q", rows)
        for fit, option in FITS.items():
            want = [self.reference.add(at, need, fit) for at, need in zip(rows, needs)]
            assert list(self.calendar.add_many(row, needs, fit=option)) == want, self.text
        want = [self.reference.between(at, end) for at, end in zip(rows, reversed(rows))]
        assert list(self.calendar.between_many(row, row[::-1])) == want, self.text
        self.asked += 3 * len(rows)

    def ask_segments(self, count):
        for _ in range(count):
            start = self.at()
            end = min(start + self.random.randrange(1, 20 * DAY), self.last)
            if not self.first <= start < end:
                continue
            want = self.reference.segments(start, end)
            got = [
                (counted(one.start), counted(one.end), one.kind.name.lower(), one.label)
                for one in self.calendar.segments(moment(start), moment(end))
            ]
            assert want == got, f"segments from {moment(start)} to {moment(end)}:\n{want}\n{got}\n{self.text}"
            self.asked += 1


def ask(seed, text, calendar, window=None):
    asker = Asker(seed, text, calendar, window)
    reference = asker.reference
    assert calendar.known_until == (None if reference.known_until is None else moment(reference.known_until))
    assert calendar.horizon == (moment(reference.first), moment(reference.last))
    asker.ask_all(QUESTIONS)
    asker.ask_segments(QUESTIONS // 6)
    asker.ask_rows()
    return asker.asked


@pytest.mark.parametrize("zone, year", PLACES, ids=[f"{zone.split('/')[-1]}_{year}" for zone, year in PLACES])
def test_calendars_made_up(zone, year):
    asked = 0
    for number in range(max(1, ROUNDS // len(PLACES))):
        seed = f"{SEED} {zone} {year} {number}"
        asked += ask(seed, *made(seed, zone, year))
    print(f"seed {SEED}, {zone} {year}: {asked} questions")
    assert asked > 1000


@pytest.mark.parametrize("name", sla.Calendar.bundled_names())
def test_calendars_that_come_with_the_library(name):
    calendar = sla.Calendar.bundled(name)
    years = [counted(datetime(year, 1, 1, tzinfo=timezone.utc)) for year in (2025, 2028)]
    print(f"seed {SEED}, {name}: {ask(f'{SEED} {name}', calendar._document[0], calendar, years)} questions")


def test_the_calendar_of_the_page():
    """docs/calendar.md begins with one that has everything."""
    text = (ROOT / "docs/calendar.md").read_text().split("```json\n")[1].split("```")[0]
    calendar = sla.Calendar.parse(text)
    years = [counted(datetime(year, 1, 1, tzinfo=timezone.utc)) for year in (2026, 2027)]
    print(f"seed {SEED}: {ask(f'{SEED} page', text, calendar, years)} questions")
