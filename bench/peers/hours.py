"""Open time added by pandas, workdays by numpy: a peer of `sla-bench calendar`.

    hours.py aware | naive | busday

Reads an office and its questions as one line of JSON, says "ready", and answers every further
line with the seconds that all questions took and the sum of the answers.  pandas and numpy have
no make-up workdays, so the office has none here.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from time import perf_counter
from typing import Any, Callable

# The work of so many questions, and the sum of what it answers.
Peer = tuple[Callable[[int], Any], Callable[[Any], int]]


def closed(work: dict[str, Any]) -> list[date]:
    return [
        date.fromordinal(day)
        for first, last in work["closed"]
        for day in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)
    ]


def business_hours(work: dict[str, Any], aware: bool) -> Peer:
    """Offsets are made beforehand, one for each need."""
    import pandas
    from pandas.tseries.offsets import CustomBusinessHour

    zone, holidays = work["zone"], closed(work)
    starts, ends = (list(side) for side in zip(*work["hours"]))
    offsets = {
        minutes: CustomBusinessHour(n=minutes // 60, start=starts, end=ends, holidays=holidays)
        for minutes in {minutes for _, minutes, _, _ in work["questions"]}
    }
    questions = [
        (pandas.Timestamp(at, unit="s", tz=zone), offsets[minutes]) for at, minutes, _, _ in work["questions"]
    ]
    if not aware:
        questions = [(at.tz_localize(None), offset) for at, offset in questions]

    def total(answers: list[Any]) -> int:
        return sum(int((answer if aware else answer.tz_localize(zone)).timestamp()) for answer in answers)

    return lambda count: [at + offset for at, offset in questions[:count]], total


def busday(work: dict[str, Any]) -> Peer:
    """Dates and days, not hours: all of them in one call."""
    import numpy

    calendar = numpy.busdaycalendar(weekmask="1111100", holidays=closed(work))
    dates = numpy.array([day for _, _, day, _ in work["questions"]], "int64").astype("datetime64[D]")
    days = numpy.array([days for _, _, _, days in work["questions"]], "int64")

    def add(count: int) -> Any:
        return numpy.busday_offset(dates[:count], days[:count], roll="forward", busdaycal=calendar)

    return add, lambda answers: int(answers.astype("int64").sum())


def main() -> None:
    contender, work = sys.argv[1], json.loads(sys.stdin.readline())
    try:
        ask, total = busday(work) if contender == "busday" else business_hours(work, contender == "aware")
    except ImportError as error:
        print(f"skipped: {error}", flush=True)
        return
    print("ready", flush=True)
    count = len(work["questions"])
    for _ in sys.stdin:
        ask(count // 4)  # not counted: those before may have left nothing of ours in the caches
        start = perf_counter()
        answers = ask(count)
        seconds = perf_counter() - start
        print(f"{seconds:.9f} {total(answers)}", flush=True)


if __name__ == "__main__":
    main()
