"""examples/whatif.py, run as a reader would run it, and the same over a real city's requests."""

import csv
import gzip
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import sla
from conftest import ROOT

PROGRAM = ROOT / "examples/whatif.py"
PACKAGE = Path(sla.__file__).parent
DATA = Path(os.environ.get("SLA_SHARED_DATA", ROOT.parent / "shared/data")) / "boston311-pickup"
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="not in a checkout")


def whatif(*words, cwd=None, exit=0):
    paths = {} if "site-packages" in PACKAGE.parts else {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, words)], capture_output=True, text=True, cwd=cwd, env={**os.environ, **paths}
    )  # fmt: skip
    assert done.returncode == exit, done.stderr
    return done.stdout, done.stderr


def test_the_invented_year_is_the_same_everywhere():
    """Compared figure by figure: a promise of less time cannot be kept more often."""
    said, complaints = whatif("--per", "quarter")
    lines = said.splitlines()
    assert lines[0].split() == ["now", "what", "if", "change"] and complaints == ""
    assert lines[1].split() == "repaired 1 2025-Q1 131 / 138 94.9% 121 / 138 87.7% -7.2".split()
    assert len(lines) == 9 and all(line.split()[-1].startswith("-") for line in lines[1:])


def test_json_is_what_a_replay_says(tmp_path):
    said, _ = whatif("--json", "--tickets", 300, "--seed", 7, "--per", "month", "--tickets-to", tmp_path / "year.csv")
    document = json.loads(said)
    program = runpy.run_path(str(PROGRAM))
    for name, policy in (("now", program["NOW"]), ("what if", program["WHAT_IF"])):
        replay = sla.replay(policy, tmp_path / "year.csv", mapping=program["COLUMNS"], zone="Asia/Shanghai")
        rows = replay.compliance("grade", per="month", zone="Asia/Shanghai")
        for row in document[name]["rows"]:
            row["highest_level"] = {int(level): count for level, count in row["highest_level"].items()}
        assert document[name]["rows"] == [{**row._asdict(), "share": row.share} for row in rows]
        assert document[name]["facts"] == replay.counts._asdict() and replay.counts.refused == 0
    assert sum(row["accepted"] for row in document["now"]["rows"]) == 300


def test_pictures(tmp_path):
    pytest.importorskip("matplotlib")
    whatif("--tickets", 200, "--picture", "months.png", "--lateness", "late.png", cwd=tmp_path)
    assert all((tmp_path / name).stat().st_size > 5000 for name in ("months.png", "late.png"))


def test_what_is_wrong_is_said_in_a_line(tmp_path):
    (tmp_path / "bad.json").write_text('{"policy": "bad"}')
    _, complaints = whatif("--policy", "bad.json", "--policy", "bad.json", "table.csv", cwd=tmp_path, exit=1)
    assert complaints.startswith("whatif: ") and len(complaints.splitlines()) == 1
    whatif("--policy", "one.json", exit=2)


def test_what_is_wrong_with_ones_own_table_is_said_in_a_line(tmp_path):
    program = runpy.run_path(str(PROGRAM))
    whatif("--tickets", 20, "--tickets-to", "year.csv", cwd=tmp_path)
    table = (tmp_path / "year.csv").read_bytes()
    (tmp_path / "head.csv").write_bytes(table[: table.index(b"\n") + 1])
    packed = gzip.compress(table)
    (tmp_path / "short.csv.gz").write_bytes(packed[:-40])
    (tmp_path / "broken.csv.gz").write_bytes(packed[:30] + bytes(40) + packed[70:])
    (tmp_path / "latin.csv").write_bytes(table + "Büro".encode("latin-1"))
    (tmp_path / "now.json").write_text(program["NOW"])
    own = ["--policy", "now.json", "--policy", "now.json"]
    maps = [word for column, member in program["COLUMNS"].items() for word in ("--map", f"{column}={member}")]
    rows = [
        (["head.csv"], "nothing to compare"),
        (["short.csv.gz"], "end-of-stream"),
        (["broken.csv.gz"], "decompress"),
        (["latin.csv"], "year.csv|utf-8|UTF-8"),
        (["--picture", "p.xyz", "year.csv"], "xyz|matplotlib"),
    ]
    for words, said in rows:
        _, complaints = whatif(*own, *maps, *words, cwd=tmp_path, exit=1)
        assert re.fullmatch(f"whatif: .*({said}).*\n", complaints), (words, complaints)
    for words, said in ((["--map", "grade"], "not grade"), (["--tickets-to", "year.csv"], "the invented table")):
        _, complaints = whatif(*own, *words, "year.csv", cwd=tmp_path, exit=2)
        assert complaints.splitlines()[-1].endswith(said)
    assert (tmp_path / "year.csv").read_bytes() == table


# ---- Boston's requests to pick something up, 2013 to 2019, with deadlines that the city's system wrote

CALENDAR = {
    "kind": "calendar", "name": "boston", "version": "1", "zone": "America/New_York",
    "week": {"mon-fri": ["08:30-17:00"]}, "known_until": "2020-12-31",
}  # fmt: skip
POLICY = {
    "policy": "pickup", "version": "1", "calendar": "boston",
    "attributes": {"type": "string"}, "match": {"attr": "type", "eq": "Pick up Dead Animal"},
    "targets": [{"target": "picked_up", "stop": "closed", "goals": [{"business": "PT8H30M", "exact_fit": "next_open"}]}],
}  # fmt: skip
MAPS = {"case_id": "ticket", "type": "attributes.type", "open_local": "occurred_at", "closed_local": "fact:closed"}


@pytest.fixture
def boston(tmp_path):
    if not DATA.exists():
        pytest.skip(f"{DATA} is not there (SLA_SHARED_DATA says where)")
    holidays = (DATA / "boston_city_holidays_2013_2019.csv").read_text().split()[1:]
    (tmp_path / "boston.json").write_text(json.dumps({**CALENDAR, "holidays": [{"date": day} for day in holidays]}))
    (tmp_path / "now.json").write_text(json.dumps(POLICY))
    (tmp_path / "half.json").write_text(json.dumps(POLICY).replace("PT8H30M", "PT4H15M"))
    return tmp_path


def test_a_real_table(boston):
    """In time or not: what the city's own system said of the closed requests."""
    path = DATA / "boston311_pickup_2013_2019.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as table:
        refused = []
        replay = sla.replay(
            boston / "now.json", table, calendars=[boston / "boston.json"], mapping=MAPS, zone="America/New_York",
            rejected=refused,
        )  # fmt: skip
        ours = {clock.ticket: clock.state == "met" for clock in replay.clocks() if clock.ended_at}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as table:
        theirs = {row["case_id"]: row["on_time"] == "ONTIME" for row in csv.DictReader(table)}
    agreed = sum(theirs[ticket] == met for ticket, met in ours.items())
    assert len(ours) > 15000 and agreed / len(ours) > 0.999, (len(ours), agreed)
    assert 0 < len(refused) < 20 and all("lies before" in one.error.text for one in refused)  # closed before opened
    maps = [word for column, member in MAPS.items() for word in ("--map", f"{column}={member}")]
    said, complaints = whatif(
        "--policy", "now.json", "--policy", "half.json", "--calendar", "boston.json", *maps,
        "--zone", "America/New_York", "--json", path, cwd=boston,
    )  # fmt: skip
    assert complaints.count("lies before") == 2 * min(len(refused), 5)
    now, half = (part["rows"][0] for part in json.loads(said).values())
    assert now["accepted"] == half["accepted"] and half["in_time"] < now["in_time"] == sum(ours.values())


@pytest.mark.parametrize("count", [0, -1])
def test_a_year_of_no_tickets_is_refused(count):
    _, complaints = whatif("--tickets", count, exit=2)
    assert complaints.endswith("--tickets is 1 or more\n")
