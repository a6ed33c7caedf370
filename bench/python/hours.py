"""Open time added: a desk's calendar beside CustomBusinessHour of pandas.

20,000 seeded questions: instants of 2026, needs of 1 to 48 hours, a desk in Shanghai from Monday
to Friday, 09:00-12:00 and 13:00-18:00, with the holidays of the year.  pandas has no make-up
workdays, so nobody has them here.  All answers must be the same; where a need ends exactly with
a window, pandas answers the next opening, so it is compared with `fit=NEXT_OPEN`.
"""

from __future__ import annotations

from array import array
from datetime import date, datetime, timedelta, timezone
from functools import partial
from itertools import cycle
from random import Random
from typing import Any, Callable, Iterator
from zoneinfo import ZoneInfo

import sla
from frame import Aim, Run, report
from turns import Contender, Turn, race, timed

CASES, CASES_QUICK = 20_000, 200
SHARE = 1_000  # of them in a turn, asked one by one
PANDAS, PANDAS_SHARE = 300, 15  # pandas is that slow
MINUTES = (60, 120, 240, 480, 1440, 2880)
ZONE = ZoneInfo("Asia/Shanghai")
HOLIDAYS = (
    ("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)  # fmt: skip
ONE_BY_ONE, IN_A_ROW = Aim(">=", 40), Aim(">=", 1500)


def desk() -> sla.Calendar:
    closed = ",".join(f'{{"from":"{first}","to":"{last}"}}' for first, last in HOLIDAYS)
    return sla.Calendar.parse(
        '{"kind":"calendar","name":"desk","version":"1","zone":"Asia/Shanghai","known_until":"2026-12-31",'
        f'"week":{{"mon-fri":["09:00-12:00","13:00-18:00"]}},"holidays":[{closed}]}}'
    )


def cases(run: Run) -> list[tuple[datetime, timedelta]]:
    random = Random(run.seed)
    first = int(datetime(2026, 1, 5, tzinfo=timezone.utc).timestamp())
    last = int(datetime(2026, 11, 30, tzinfo=timezone.utc).timestamp())
    count = CASES_QUICK if run.quick else CASES
    return [
        (datetime.fromtimestamp(random.randrange(first, last), ZONE), timedelta(minutes=random.choice(MINUTES)))
        for _ in range(count)
    ]


def _checksum(answers: Any) -> int:
    return sum(round(answer.timestamp()) for answer in answers)


def _shares(questions: list[Any], size: int) -> Iterator[list[Any]]:
    """As many at a time, round and round."""
    return cycle([questions[at : at + size] for at in range(0, len(questions), size)])


# ---- pandas


def _offsets() -> dict[timedelta, Any]:
    from pandas.tseries.offsets import CustomBusinessHour

    closed = [
        date.fromordinal(day)
        for first, last in HOLIDAYS
        for day in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)
    ]
    return {
        timedelta(minutes=minutes): CustomBusinessHour(
            n=minutes // 60, start=["09:00", "13:00"], end=["12:00", "18:00"], holidays=closed
        )
        for minutes in MINUTES
    }


def pandas_adds(run: Run, aware: bool) -> Callable[[], Turn]:
    """Offsets are made beforehand, one for each need."""
    import pandas

    offsets = _offsets()
    questions = [(pandas.Timestamp(at), offsets[need]) for at, need in cases(run)[:PANDAS]]
    if not aware:
        questions = [(at.tz_localize(None), offset) for at, offset in questions]
    shares = _shares(questions, PANDAS_SHARE)

    def turn() -> Turn:
        share = next(shares)
        seconds, answers = timed(
            lambda: [at + offset for at, offset in share[: len(share) // 4]],
            lambda: [at + offset for at, offset in share],
        )
        if not aware:
            answers = [answer.tz_localize(ZONE) for answer in answers]
        return Turn(len(share), seconds, _checksum(answers))

    return turn


# ---- libsla


def _agreed(run: Run, calendar: sla.Calendar) -> Iterator[int]:
    """What pandas must have answered, turn by turn."""
    for share in _shares(cases(run)[:PANDAS], PANDAS_SHARE):
        yield _checksum(calendar.add(at, need, fit=sla.Fit.NEXT_OPEN) for at, need in share)


def adds(run: Run, zone: Any) -> Callable[[], Turn]:
    calendar = desk()
    shares = _shares([(at.astimezone(zone), need) for at, need in cases(run)], SHARE)
    agreed = _agreed(run, calendar)

    def turn() -> Turn:
        add, share = calendar.add, next(shares)
        seconds, answers = timed(
            lambda: [add(at, need) for at, need in share[: len(share) // 4]],
            lambda: [add(at, need) for at, need in share],
        )
        at, need = share[-1]
        if calendar.between(at, answers[-1]) != need:
            raise AssertionError("what was added is not between")
        return Turn(len(share), seconds, next(agreed))

    return turn


def rows(run: Run, shape: str) -> Callable[[], Turn]:
    """Instants and needs as they lie in an analyst's program."""
    import numpy
    import pandas

    calendar = desk()
    instants, needs = zip(*cases(run))
    moments: Any = array("q", (round(at.timestamp() * 1e6) for at in instants))
    spans: Any = array("q", (need // timedelta(microseconds=1) for need in needs))
    if shape != "int64":
        moments = numpy.frombuffer(moments, "int64").view("datetime64[us]")
        spans = numpy.frombuffer(spans, "int64").view("timedelta64[us]")
    if shape == "pandas":
        moments = pandas.Series(moments).dt.tz_localize("UTC").dt.tz_convert(ZONE)
        spans = pandas.Series(spans)
    agreed = _agreed(run, calendar)
    first = len(instants) // 4

    def add(to: int | None) -> Any:
        return calendar.add_many(moments[:to], spans[:to])

    def turn() -> Turn:
        seconds, answers = timed(partial(add, first), partial(add, None))
        return Turn(len(answers), seconds, next(agreed))

    return turn


def hours(run: Run) -> None:
    contenders = [
        Contender("pandas, aware", partial(pandas_adds, aware=True), "add"),
        Contender("pandas, naive", partial(pandas_adds, aware=False), "add"),
        Contender("Calendar.add, in the desk's zone", partial(adds, zone=ZONE), "add", ONE_BY_ONE),
        Contender("Calendar.add, UTC", partial(adds, zone=timezone.utc), "add", ONE_BY_ONE),
        Contender("add_many, array of int64", partial(rows, shape="int64"), "add", IN_A_ROW),
        Contender("add_many, numpy datetime64", partial(rows, shape="numpy"), "add", IN_A_ROW),
        Contender("add_many, pandas Series", partial(rows, shape="pandas"), "add", IN_A_ROW),
    ]
    report(run, "open time added", "rate", "1/s", race(run, contenders))
