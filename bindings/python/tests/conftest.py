"""What the tests share: where the project is, and a small world to ask."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import sla

ROOT = Path(__file__).resolve().parents[3]
SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG = os.environ.get("SLA_LONG") == "1"

CALL = """{"policy": "call", "version": "1", "targets": [{"target": "answer", "stop": "answered",
 "pauses": [{"reason": "customer", "on": "waiting"}], "resumes": [{"on": "back"}],
 "goals": [{"elapsed": "PT4H"}],
 "steps": [{"step": "warn", "before": "PT1H", "to": "agent"},
           {"step": "level_1", "after": "PT1H", "level": 1, "to": "lead"}]}]}"""


def shared(relative: str) -> Path:
    """A file of the shared data, in SLA_SHARED_DATA or beside the project; skips where it is not."""
    path = Path(os.environ.get("SLA_SHARED_DATA") or ROOT.parent / "shared/data") / relative
    if not path.exists():
        pytest.skip(f"shared data is not here: {relative} (set SLA_SHARED_DATA)")
    return path


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of March 2026 in Shanghai."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def pytest_terminal_summary(terminalreporter) -> None:
    """What passing tests measured and from which seed, why others did not run, and the line that
    tests/tally.py adds up."""
    stats = terminalreporter.stats
    for report in stats.get("passed", ()):
        for line in report.capstdout.splitlines():
            terminalreporter.write_line(line)
    for report in stats.get("skipped", ()):
        terminalreporter.write_line(f"skipped: {report.longrepr[2].removeprefix('Skipped: ')}")
    passed, failed, skipped = (
        sum(len(stats.get(kind, ())) for kind in kinds) for kinds in (("passed",), ("failed", "error"), ("skipped",))
    )
    terminalreporter.write_line(f"tally: {passed} passed, {failed} failed, {skipped} skipped")


@pytest.fixture
def office() -> sla.Calendar:
    return sla.Calendar.bundled("cn_office")


@pytest.fixture
def complaint(office):
    """An engine with the bundled complaint policy."""
    with sla.Engine(sla.Policies.bundled("complaint"), [office]) as engine:
        yield engine


@pytest.fixture
def engine():
    """An engine whose tickets want an answer within four hours."""
    with sla.Engine(CALL) as engine:
        yield engine


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
