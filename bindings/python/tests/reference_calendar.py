"""A slow calendar, written from docs/calendar.md and docs/semantics.md (rules 15 to 17) alone.

It shares nothing with `sla`: it reads the JSON with `json`, asks `zoneinfo` what a clock on the
wall shows, and walks day after day through what is open.  Instants are whole microseconds
since 1970 UTC; a time on the wall ("wall") is counted alike, from 1970-01-01 00:00 there.
"""

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSE, NEXT_OPEN = "close", "next_open"


class Beyond(Exception):
    """The question or its answer lies outside the years of the calendar."""


def day_number(text):
    """Days from 1970-01-01 to a date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def time_of_day(text):
    hour, minute, *second = map(int, text.split(":"))
    return (hour * 3600 + minute * 60 + sum(second)) * SECOND


def windows_of(texts):
    """[start, end) after 00:00; one that ends at or before its start goes past midnight."""
    windows = []
    for text in texts:
        start, end = map(time_of_day, text.split("-"))
        windows.append((start, end if end > start else end + DAY))
    return sorted(windows)


def without(windows, cuts):
    """What is left of windows when others are cut out."""
    for cut_start, cut_end in cuts:
        left = []
        for start, end in windows:
            left += [(start, min(end, cut_start)), (max(start, cut_end), end)]
        windows = [(start, end) for start, end in left if start < end]
    return windows


class Wall:
    """A clock on a wall somewhere."""

    def __init__(self, zone):
        self.zone = ZoneInfo(zone)

    def offset(self, at):
        return datetime.fromtimestamp(at // SECOND, self.zone).utcoffset() // timedelta(microseconds=1)

    def shown(self, at):
        return at + self.offset(at)

    @lru_cache(maxsize=None)
    def pieces(self, utc_day):
        """The UTC day in stretches (start, end, offset) in which nobody touches the clock."""
        start, end = utc_day * DAY, (utc_day + 1) * DAY
        pieces = [[start, end, self.offset(start)]]
        for known in range(start, end, HOUR):  # nobody touches it twice within an hour
            before, after = self.offset(known), self.offset(known + HOUR)
            if before == after:
                continue
            low, high = known, known + HOUR
            while high - low > SECOND:
                middle = (low + high) // 2 // SECOND * SECOND
                low, high = (middle, high) if self.offset(middle) == before else (low, middle)
            if high < end:
                pieces[-1][1] = high
                pieces.append([high, end, after])
        return pieces

    def instants(self, wall):
        """When it shows this: once, twice, or never, and then when it is moved past it."""
        found, passed = [], None
        for utc_day in range(wall // DAY - 2, wall // DAY + 3):
            for start, end, offset in self.pieces(utc_day):
                if start <= wall - offset < end:
                    found.append(wall - offset)
                if passed is None and end + offset > wall:
                    passed = start
        return found or [passed]

    def instant(self, wall):
        return self.instants(wall)[0]

    def of_wall(self, start, end):
        """The instants at which it shows a time in [start, end), as stretches."""
        found = []
        for utc_day in range(start // DAY - 2, end // DAY + 3):
            for piece_start, piece_end, offset in self.pieces(utc_day):
                a, b = max(piece_start, start - offset), min(piece_end, end - offset)
                if a < b:
                    found.append((a, b))
        return found


class Reference:
    """The calendar of a document of docs/calendar.md."""

    def __init__(self, text):
        document = json.loads(text)
        self.wall = Wall(document["zone"])
        self.cut = document.get("overnight") == "cut"
        self.week = {name: [] for name in WEEKDAYS}
        for names, texts in document["week"].items():
            first, _, last = names.partition("-")
            for name in WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last or first) + 1]:
                self.week[name] = windows_of(texts)
        self.dates, self.breaks = {}, {}
        for kind in ("holidays", "makeup", "special", "breaks"):
            for entry in document.get(kind, ()):
                self._take(kind, entry)
        self.known_until = None
        if "known_until" in document:
            self.known_until = self.wall.instant((day_number(document["known_until"]) + 1) * DAY)
        years = document.get("horizon", {"from_year": 2000, "to_year": 2050})
        self.first = self.wall.instant(day_number(f"{years['from_year']}-01-01") * DAY)
        self.last = self.wall.instant(day_number(f"{years['to_year'] + 1}-01-01") * DAY)

    def _take(self, kind, entry):
        first = day_number(entry.get("from") or entry["date"])
        last = day_number(entry.get("to") or entry["date"])
        label = entry.get("name", "")
        label = label if isinstance(label, str) else next(iter(label.values()))
        for day in range(first, last + 1):
            if kind == "breaks":
                self.breaks[day] = windows_of(entry["cut"])
            elif kind == "holidays":
                self.dates[day] = ("holiday", [], label)
            else:
                hours = self._weekly(WEEKDAYS.index(entry["as"])) if "as" in entry else windows_of(entry["hours"])
                self.dates[day] = (kind, hours, label)

    def _weekly(self, weekday):
        """The hours of a day of the week, with `cut` as they lie on the date."""
        hours = self.week[WEEKDAYS[weekday]]
        if not self.cut:
            return hours
        late = [(0, end - DAY) for _, end in self.week[WEEKDAYS[weekday - 1]] if end > DAY]
        return late + [(start, min(end, DAY)) for start, end in hours]

    # ---- what is open

    def on(self, day):
        """(kind, windows, label) of a date."""
        return self.dates.get(day) or ("open", self._weekly((day + 3) % 7), "")

    @lru_cache(maxsize=None)
    def hours(self, day):
        """The instants of the hours that begin on a date, as stretches in order."""
        windows = [(day * DAY + start, day * DAY + end) for start, end in self.on(day)[1]]
        for other in range(day - 1, day + 3):
            windows = without(windows, [(other * DAY + a, other * DAY + b) for a, b in self.breaks.get(other, ())])
        return sorted(stretch for window in windows for stretch in self.wall.of_wall(*window))

    @lru_cache(maxsize=None)
    def open_on(self, utc_day):
        """The open stretches (start, end, date they belong to) of a UTC day, in order."""
        first, last = max(utc_day * DAY, self.first), min((utc_day + 1) * DAY, self.last)
        cut = (
            (max(start, first), min(end, last), day)
            for day in range(utc_day - 3, utc_day + 3)
            for start, end in self.hours(day)
        )
        return sorted(one for one in cut if one[0] < one[1])

    def _inside(self, at):
        if not self.first <= at < self.last:
            raise Beyond

    def _known(self, at):
        """An answer, which may be the very end of what is known."""
        if not self.first <= at <= self.last:
            raise Beyond
        return at

    def _from(self, at):
        """Open stretches that end after `at`, the first one cut there."""
        for utc_day in range(at // DAY, self.last // DAY + 1):
            for start, end, _ in self.open_on(utc_day):
                if end > at:
                    yield max(start, at), end

    def _back_from(self, at):
        for utc_day in range(at // DAY, self.first // DAY - 1, -1):
            for start, end, _ in reversed(self.open_on(utc_day)):
                if start < at:
                    yield start, min(end, at)

    def owner(self, at):
        """The date whose hours `at` is in, or None."""
        return next((day for start, end, day in self.open_on(at // DAY) if start <= at < end), None)

    def is_open(self, at):
        return self.first <= at < self.last and self.owner(at) is not None

    def provisional(self, at):
        return self.known_until is not None and at > self.known_until

    def next_open(self, at):
        self._inside(at)
        for start, _ in self._from(at):
            return start
        raise Beyond

    def next_close(self, at):
        self._inside(at)
        closing = None
        for start, end in self._from(at):
            if closing is not None and start > closing:
                break
            closing = end
        if closing is None or closing == self.last:
            raise Beyond
        return closing

    def segments(self, start, end):
        """(start, end, kind, label), each the longest of its kind and label."""
        self._inside(start)
        edges = {start, end}
        for utc_day in range(start // DAY - 1, end // DAY + 2):
            edges.update(edge for one in self.open_on(utc_day) for edge in one[:2])
            edges.update(piece[0] for piece in self.wall.pieces(utc_day))
            edges.update(self.wall.instants(utc_day * DAY))
        edges = sorted(edge for edge in edges if start <= edge <= end)
        rows = []
        for a, b in zip(edges, edges[1:]):
            what = self._why(a)
            if rows and rows[-1][2:] == what:
                rows[-1] = (rows[-1][0], b, *what)
            else:
                rows.append((a, b, *what))
        return rows

    def _why(self, at):
        owner = self.owner(at)
        if owner is not None:
            kind, _, label = self.on(owner)
            return kind, label
        kind, _, label = self.on(self.wall.shown(at) // DAY)
        return ("holiday", label) if kind == "holiday" else ("closed", "")

    # ---- spans of open time

    def add(self, at, need, fit=CLOSE):
        self._inside(at)
        if need == 0 and fit == CLOSE:
            return at
        for start, end in self._from(at):
            if need < end - start or (need == end - start and fit == CLOSE):
                return start + need
            need -= end - start
        raise Beyond

    def sub(self, at, need):
        self._inside(at)
        if need == 0:
            return at
        for start, end in self._back_from(at):
            if need <= end - start:
                return end - need
            need -= end - start
        raise Beyond

    def between(self, start, end):
        if end < start:
            return 0
        self._known(start), self._known(end)
        total = 0
        for utc_day in range(start // DAY, end // DAY + 1):
            total += sum(max(0, min(b, end) - max(a, start)) for a, b, _ in self.open_on(utc_day))
        return total

    # ---- days

    def date_of(self, at):
        """The date that an instant counts for."""
        owner = self.owner(at)
        return self.wall.shown(at) // DAY if owner is None else owner

    def workday(self, day, count):
        """`count` working dates after a date, or before it."""
        step = 1 if count > 0 else -1
        while count:
            day += step
            self._inside(self.wall.instant(day * DAY))
            count -= step if self.hours(day) else 0
        return day

    def _rolled(self, at, roll):
        """(date, time on the wall after its 00:00, instant) with which a count of dates begins."""
        if roll == "forward":
            at = self.next_open(at)
        day = self.date_of(at)
        since = self.wall.shown(at) - day * DAY
        if roll == "forward" or self.hours(day):
            return day, since, at
        day = self.workday(day, -1 if roll == "backward" else 1)
        if roll == "forward_day":
            at = self.hours(day)[0][0]
            return day, self.wall.shown(at) - day * DAY, at
        return day, since, self.wall.instant(day * DAY + since)

    def add_workdays(self, at, days, roll="forward", end="same_time", fit=CLOSE):
        self._inside(at)
        day, since, at = self._rolled(at, roll)
        day = self.workday(day, days)
        if end == "close":
            return self.hours(day)[-1][1]
        if end == "day":
            return self._known(self.wall.instant((day + 1) * DAY))
        same = self._known(self.wall.instant(day * DAY + since) if days else at)
        if end == "last_hour":
            return min(same, self.hours(day)[-1][1])
        if self._is_closing(same):
            return self.next_open(same) if fit == NEXT_OPEN else same
        return self.next_open(same) if end == "same_time_in_hours" else same

    def _is_closing(self, at):
        return self.is_open(at - 1) and not self.is_open(at)

    def add_days(self, at, days, end="same_time"):
        self._inside(at)
        shown = self.wall.shown(at)
        if end == "day":
            midnight = (shown // DAY + days + 1) * DAY
            return self._known(self._not_before(at, midnight) or self.wall.instant(midnight))
        return self._known(self.wall.instant(shown + days * DAY)) if days else at

    def end_of_day(self, at, close=False):
        self._inside(at)
        if not close:
            day = self.wall.shown(at) // DAY
            return self._known(min(filter(None, (self._not_before(at, one * DAY) for one in (day, day + 1)))))
        day = self.date_of(at)
        if not self.hours(day) or self.hours(day)[-1][1] < at:
            day = self.workday(day, 1)
        return self.hours(day)[-1][1]

    def _not_before(self, at, wall):
        """When the wall shows it, not before `at`: of two times perhaps the second."""
        return next((one for one in self.wall.instants(wall) if one >= at), None)

    def cutoff(self, at, before, today, later, days=1, workdays=False):
        """Times of day in microseconds after 00:00."""
        self._inside(at)
        day, time = divmod(self.wall.shown(at), DAY)
        if time < before and (self.hours(day) or not workdays):
            return self._known(self._not_before(at, day * DAY + today))
        to = self.workday(day, days) if workdays else day + days
        return self._known(self._not_before(at, to * DAY + later))

    def snap(self, at, before, today, later, days=1, workdays=False):
        self._inside(at)
        day = self.wall.shown(at) // DAY - 2
        while True:
            ends = []
            for one in range(day, day + 4):  # those of neighbouring dates may be mixed
                if self.hours(one) or not workdays:
                    ends += [self._not_before(at, one * DAY + time) for time in (today, later)]
            if any(ends):
                return self._known(min(filter(None, ends)))
            day += 1
