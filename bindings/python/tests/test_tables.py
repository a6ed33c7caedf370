"""Tables as facts: CSV, rows, DataFrames; the same as the command, and what cannot be read says
where and what to write instead."""

import csv
import datetime as dt
import decimal
import io
import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

import sla
from conftest import CALL, SHANGHAI, at

PACKAGE = Path(sla.__file__).parent

POLICY = CALL.replace('"targets"', '"attributes": {"grade": "int", "kind": "string", "vip": "bool"}, "targets"', 1)

#: Of docs/cli.md.
OPEN = """number,kind,grade,came in,waits since
4711,fault,1,2026-03-02 09:00,
4712,fault,2,2026-03-02 11:00,2026-03-02 11:30
"""
MAPPING = {
    "number": "ticket",
    "kind": "attributes.kind",
    "grade": "attributes.grade",
    "came in": "occurred_at",
    "waits since": "fact:waiting",
}


def replay(text, mapping=None, *, name="open.csv", zone="Asia/Shanghai", **options):
    file = io.StringIO(text)
    file.name = name
    return sla.replay(POLICY, file, mapping=mapping, zone=zone, **options)


def facts_of(replay):
    """What is on the record, as far as clocks show it."""
    return [(clock.ticket, clock.state, clock.started_at, clock.ended_at) for clock in replay.clocks()]


def test_a_table_with_a_mapping():
    with replay(OPEN, MAPPING) as one:
        assert facts_of(one) == [("4711", "running", at(2), None), ("4712", "paused", at(2, 11), None)]
        assert one.engine.attributes("4712") == {"kind": "fault", "grade": 2}
        assert one.counts[:2] == (3, 0) and one.passed_over == []


def test_it_is_what_the_command_takes_over(tmp_path):
    """Tickets and facts by the same words as `sla import --map`."""
    (tmp_path / "open.csv").write_text(OPEN + '4713,"fault, or not",,"2026-03-02",2026-03-03T10:00:00Z\n\n4714,,3,yesterday,\n')
    (tmp_path / "call.json").write_text(POLICY)
    maps = [word for column, member in MAPPING.items() for word in ("--map", f"{column}={member}")]
    done = subprocess.run(
        [sys.executable, "-m", "sla", "import", "-p", "call.json", "--offset", "+08:00", "--json", *maps,
         "--store", "sqlite:t.db", "--told-until", "2026-03-09T00:00:00Z", "open.csv"],
        capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent) if "site-packages" not in PACKAGE.parts else ""},
    )  # fmt: skip
    theirs = json.loads(done.stdout.splitlines()[-1])
    rejected = []
    one = sla.replay(POLICY, tmp_path / "open.csv", mapping=MAPPING, zone="+08:00", rejected=rejected)
    assert (one.counts.tickets, one.counts.recorded, one.counts.refused) == (theirs["tickets"], theirs["facts"], 1)
    (refused,) = rejected
    assert (refused.error.source, refused.line, refused.index, refused.error.pointer) == ("open.csv", 6, 3, "/occurred_at")
    said = json.loads(done.stderr.splitlines()[0])
    assert (said["line"], said["pointer"]) == (refused.line, refused.error.pointer) and "yesterday" in refused.error.text


def test_columns_called_like_members_need_no_mapping():
    one = replay("ticket,occurred_at,colour,fact\nA,2026-03-02 09:00,red,opened\nA,2026-03-02 10:00,,answered\n")
    assert facts_of(one) == [("A", "met", at(2), at(2, 10))] and one.passed_over == ["colour"]


def test_a_log_whose_words_are_its_own():
    """One row for each thing that happened, as ticket systems write them."""
    log = "case,activity,at\nA,Insert ticket,2026-03-02 09:00\nA,Assign,2026-03-02 09:10\nA,Closed,2026-03-02 10:00\n"
    mapping = {"case": "ticket", "activity": "fact", "at": "occurred_at"}
    names = {"Insert ticket": "opened", "Closed": "answered", "Assign": ""}
    one = replay(log, mapping, names=names)
    assert facts_of(one) == [("A", "met", at(2), at(2, 10))] and one.counts.recorded == 2
    with pytest.raises(sla.FactError, match="open.csv:2: /fact: the name of a fact is"):
        replay(log, mapping).finish()


def test_the_order_is_that_of_instants_across_tickets():
    text = "ticket,fact:opened,fact:answered\nB,2026-03-02 11:00,2026-03-02 16:00\nA,2026-03-02 09:00,2026-03-02 14:30\n"
    told = [(event.ticket, event.kind, event.told) for event in replay(text)]
    assert [when for _, _, when in told] == sorted(when for _, _, when in told)
    assert [(ticket, kind) for ticket, kind, _ in told if kind in ("breached", "missed")] == [
        ("A", "breached"), ("A", "missed"), ("B", "breached"), ("B", "missed"),
    ]  # fmt: skip
    assert [one.lateness for one in replay(text).clocks()] == [dt.timedelta(hours=1.5), dt.timedelta(hours=1)]


def test_a_row_may_say_all_that_a_fact_can():
    text = (
        "ticket,tenant,id,fact,occurred_at,recorded_at,by,reason,for,cycle,excluded\n"
        "A,north,1,opened,2026-03-02 09:00,2026-03-02 09:05,,,,,\n"
        'A,north,2,waived,2026-03-02 09:30,2026-03-02 09:40,x,"storm, of all things",1:30,1,true\n'
    )
    one = replay(text, until=at(3))
    (clock,) = one.clocks()
    assert (clock.tenant, clock.excluded, one.counts.recorded) == ("north", True, 2)


@pytest.mark.parametrize(
    "member, said, took",
    [
        ("after:answered", "PT90M", 90),
        ("after:answered", "1:30", 90),
        ("after:answered", "0:90:00", 90),
        ("after:answered", "1 day, 2:00:00", 26 * 60),
        ("after:answered:minutes", "37.5", 37.5),
        ("after:answered:hours", "2", 120),
        ("after:answered:days", "1", 24 * 60),
    ],
)
def test_how_long_it_took(member, said, took):
    text = f'ticket,came in,took\nA,2026-03-02 09:00,"{said}"\nB,2026-03-02 09:00,\n'
    for base in ("occurred_at", "fact:opened"):
        one = replay(text, {"came in": base, "took": member})
        ended = [clock.ended_at for clock in one.clocks()]
        assert ended == [at(2) + dt.timedelta(minutes=took), None]


@pytest.mark.parametrize(
    "zone, said, when",
    [
        ("Asia/Shanghai", "2026-03-02 09:00:30.5", "2026-03-02T01:00:30.500000Z"),
        ("Asia/Shanghai", "2026-03-02", "2026-03-01T16:00:00Z"),
        ("Asia/Shanghai", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        ("Asia/Shanghai", "2026-03-02 09:00:00-03:30", "2026-03-02T12:30:00Z"),
        ("-03:30", "2026-03-02 09:00", "2026-03-02T12:30:00Z"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"),  # the first of the two
        (dt.timezone.utc, "2026-03-02 09:00", "2026-03-02T09:00:00Z"),
    ],
)
def test_instants(zone, said, when):
    (clock,) = replay(f"ticket,occurred_at\nA,{said}\n", zone=zone).clocks()
    assert clock.started_at == sla.instants.instant(sla.instants.microseconds(when))


def test_other_ways_to_write_them():
    text = "ticket,occurred_at\nA,02/03/2026 9am\n"
    assert facts_of(replay(text, time_format="%d/%m/%Y %I%p"))[0][2] == at(2)
    text = f"ticket,occurred_at\nA,{at(2).timestamp()}\n"
    seconds = lambda said: dt.datetime.fromtimestamp(float(said), dt.timezone.utc)  # noqa: E731
    assert facts_of(replay(text, time_format=seconds, zone=None))[0][2] == at(2)


def test_what_is_missing():
    text = "ticket,occurred_at,fact:answered,grade\nA,2026-03-02 09:00,NULL,-\n"
    one = replay(text, {"grade": "attributes.grade"}, missing=("NULL", "-"))
    assert facts_of(one) == [("A", "running", at(2), None)] and one.engine.attributes("A") == {}


@pytest.mark.parametrize(
    "type, said, value",
    [("", "007", "007"), ("", "7", 7), ("", "-7", -7), ("", "true", True), ("", "True", "True"), ("", "x", "x"),
     (":text", "7", "7"), (":int", "7", 7), (":bool", "TRUE", True), ("", "1.5", "1.5")],
)  # fmt: skip
def test_types_of_attributes(type, said, value):
    one = sla.replay(CALL, [{"t": "A", "w": at(2), "x": said}], mapping={"t": "ticket", "w": "occurred_at", "x": f"attributes.x{type}"})
    one.finish()
    assert one.engine.attributes("A") == {"x": value}


ROW = "ticket,occurred_at,grade,took\n"
TYPED = {"grade": "attributes.grade:int", "took": "after:answered"}


@pytest.mark.parametrize(
    "row, pointer, why",
    [
        ("A,yesterday,,", "/occurred_at", 'column "occurred_at": "yesterday" is not an instant, such as 2026-03-02T09:00'),
        ("A,2026-02-30 09:00,,", "/occurred_at", "2026-02-30"),
        ("A,1800-01-01 09:00,,", "/occurred_at", "1900 to 2199"),
        ("A,,,", "/occurred_at", "does not say when"),
        (",2026-03-02,,", "/ticket", "of which ticket"),
        ("A,2026-03-02,high,", "/attributes/grade", 'column "grade": "high" is not a whole number'),
        ("A,2026-03-02,,soon", "/occurred_at", 'column "took": "soon" is not a span, such as PT90M, 1:30'),
        ("A,2026-03-02,,90", "/occurred_at", ":minutes behind the member takes a number"),
        ("A,2026-03-02,,PT-1H", "/occurred_at", "took"),
        ("A,2026-03-02", "", "the row has 2 fields, and the first one 4"),
        ('A,2026-03-02,"1"x,', "", "quote"),
        (f"{'A' * 65},2026-03-02,,", "/ticket", "64"),
    ],
)
def test_rows_that_are_refused(row, pointer, why):
    rejected = []
    one = replay(f"{ROW}B,2026-03-02,,\n{row}\nC,2026-03-02,3,1:00\n", TYPED, rejected=rejected)
    assert sorted(clock.ticket for clock in one.clocks()) == ["B", "C"]
    assert [(refused.line, refused.error.source) for refused in rejected] == [(3, "open.csv")]
    assert rejected[0].error.pointer == pointer and why in rejected[0].error.text
    with pytest.raises(sla.SlaError, match="open.csv:3: ") as caught:
        replay(f"{ROW}{row}\n".replace("\n", "\n\n", 1), TYPED).finish()  # nobody takes it
    assert caught.value.line == 3 and caught.value.index == 0


def test_what_happened_before_it_was_opened():
    text = "ticket,occurred_at,fact:answered\nA,2026-03-02 09:00,2026-03-02 08:59\n"
    with pytest.raises(sla.FactError, match='lies before its "opened"'):
        replay(text).finish()


def test_an_instant_of_nobody_knows_which_zone():
    with pytest.raises(sla.FactError, match="give zone="):
        replay("ticket,occurred_at\nA,2026-03-02 09:00\n", zone=None).finish()


@pytest.mark.parametrize(
    "text, options, error, why",
    [
        ("", {}, sla.ParseError, "begins with a row of names"),
        ("ticket,when\n", {}, sla.ArgumentError, 'among "ticket", "when"'),
        ("ticket,when\n", {"mapping": {"whenn": "occurred_at"}}, sla.ArgumentError, '"whenn", which mapping= names; "when" is'),
        ("ticket,when\n", {"mapping": {"when": "occured_at"}}, sla.ArgumentError, 'perhaps "occurred_at"'),
        ("ticket,when\n", {"mapping": {"when": "attributes.Grade"}}, sla.ArgumentError, "no fact has"),
        ("ticket,when\n", {"mapping": {"when": "fact:"}}, sla.ArgumentError, "no fact has"),
        ("ticket,when\n", {"mapping": {"when": "after:x:weeks"}}, sla.ArgumentError, "no fact has"),
        ("ticket,occurred_at,id\n", {"mapping": {"id": "ticket"}}, sla.ArgumentError, 'two columns say ticket: "ticket" and "id"'),
        ("ticket;occurred_at\n", {}, sla.ArgumentError, "separator= says what stands between"),
        ("ticket,occurred_at\n", {"zone": "Mars/Olympus"}, sla.ZoneError, "Mars/Olympus"),
        ("ticket,occurred_at\n", {"separator": ",,"}, sla.ArgumentError, "one character"),
    ],
)
def test_tables_that_are_refused_as_a_whole(text, options, error, why):
    with pytest.raises(error, match=why):
        replay(text, **options)


def test_files(tmp_path):
    plain = "ticket,occurred_at\nA,2026-03-02T09:00:00Z\n"
    for name, text, options in [
        ("a.csv", plain, {}),
        ("a.tsv", plain.replace(",", "\t"), {}),
        ("a.txt", plain.replace(",", ";"), {"separator": ";"}),
        ("b.csv", "\ufeff" + plain.replace("\n", "\r\n"), {}),
        ("ä.csv", plain.replace("A", "Ä"), {"encoding": "latin-1"}),
    ]:
        (tmp_path / name).write_bytes(text.encode(options.get("encoding", "utf-8")))
        assert sla.replay(POLICY, tmp_path / name, **options).counts.recorded == 1
        with (tmp_path / name).open("rb") as file:
            assert sla.replay(POLICY, file, **options).counts.recorded == 1
            assert not file.closed
    with pytest.raises(sla.ParseError, match="encoding= says what it is"):
        sla.replay(POLICY, tmp_path / "ä.csv").finish()
    with pytest.raises(FileNotFoundError):
        sla.replay(POLICY, tmp_path / "none.csv")
    rows = csv.DictReader(io.StringIO(plain))
    assert sla.replay(POLICY, rows, mapping={}).counts.recorded == 1


# ---- pandas


@pytest.fixture
def pandas():
    return pytest.importorskip("pandas")


def test_a_frame_is_what_its_file_is(pandas):
    ours = replay(OPEN, MAPPING)
    frame = pandas.read_csv(io.StringIO(OPEN))
    assert list(sla.replay(POLICY, frame, mapping=MAPPING, zone="Asia/Shanghai", until=at(9))) == list(
        replay(OPEN, MAPPING, until=at(9))
    )
    frame["came in"] = pandas.to_datetime(frame["came in"])
    frame["waits since"] = pandas.to_datetime(frame["waits since"])
    one = sla.replay(POLICY, frame, mapping=MAPPING, zone="Asia/Shanghai")
    assert facts_of(one) == facts_of(ours) and one.engine.attributes("4712") == {"kind": "fault", "grade": 2}
    frame["came in"] = frame["came in"].dt.tz_localize(SHANGHAI)
    frame["waits since"] = frame["waits since"].dt.tz_localize(SHANGHAI)
    assert facts_of(sla.replay(POLICY, frame, mapping=MAPPING)) == facts_of(ours)


def test_values_of_frames(pandas):
    frame = pandas.DataFrame(
        {
            "ticket": [1.0, 2.0],
            "occurred_at": pandas.to_datetime(["2026-03-02T01:00:00Z"] * 2),
            "took": pandas.to_timedelta(["90min", None]),
            "grade": pandas.array([2, None], dtype="Int64"),
            "vip": [True, False],
            "kind": pandas.Categorical(["fault", None]),
        },
        index=["x", "y"],
    )
    mapping = {"took": "after:answered", **{name: f"attributes.{name}" for name in ("grade", "vip", "kind")}}
    one = sla.replay(POLICY, frame, mapping=mapping)
    assert facts_of(one) == [("1", "met", at(2), at(2, 10, 30)), ("2", "running", at(2), None)]
    assert one.engine.attributes("1") == {"grade": 2, "vip": True, "kind": "fault"}
    assert one.engine.attributes("2") == {"vip": False}
    frame["grade"] = ["one", 2]
    with pytest.raises(sla.FactError, match="row x: /attributes/grade"):
        sla.replay(POLICY, frame, mapping={**mapping, "grade": "attributes.grade:int"}).finish()
    figures = pandas.DataFrame(one.compliance("vip"))
    assert list(figures.accepted) == [1, 1] and list(pandas.DataFrame(one.clocks()).state) == ["met", "running"]


def test_pandas_is_not_imported_for_anything_else():
    code = "import sla, sys; sla.replay(sys.argv[1], []).finish(); print('pandas' in sys.modules)"
    path = str(PACKAGE.parent) if "site-packages" not in PACKAGE.parts else ""
    said = subprocess.run(
        [sys.executable, "-c", code, POLICY], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path},
    ).stdout  # fmt: skip
    assert said.strip() == "False"


HALF = "a\udcff"


def test_half_of_a_surrogate_pair_is_refused_and_no_tickets_merge(tmp_path):
    """A file that is no UTF-8, opened with errors="surrogateescape", and rows that came from it."""
    when = "2026-03-02T09:00:00+08:00"
    rows = [
        {"number": HALF, "came in": when, "kind": "fault"},
        {"number": "a\udcfe", "came in": when, "kind": "fault"},
        {"number": "b", "came in": when, "kind": HALF},
        {"number": "c", "came in": when, "kind": "fault"},
    ]
    path = tmp_path / "open.csv"
    lines = ["number,came in,kind"] + [",".join((row["number"], row["came in"], row["kind"])) for row in rows]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        for given in (rows, file):
            rejected = []
            done = sla.replay(POLICY, given, mapping=MAPPING_OF_TWO, rejected=rejected).finish()
            assert [one.error.pointer for one in rejected] == ["/ticket", "/ticket", "/attributes/kind"]
            assert all("surrogate" in one.error.text for one in rejected)
            assert done.counts.recorded == 1


MAPPING_OF_TWO = {"number": "ticket", "came in": "occurred_at", "kind": "attributes.kind"}


def test_a_nul_in_a_text_has_its_column():
    when = "2026-03-02T09:00:00+08:00"
    rows = [{"number": "a\0b", "came in": when}, {"number": "c", "came in": when, "kind": "\0"}]
    rejected = []
    done = sla.replay(POLICY, rows, mapping=MAPPING_OF_TWO, rejected=rejected).finish()
    assert [one.error.pointer for one in rejected] == ["/ticket", "/attributes/kind"]
    assert done.counts.recorded == 0


def test_an_object_that_is_no_text_is_no_ticket():
    """The address of an object is a name that the next run does not find again."""
    pandas = pytest.importorskip("pandas")
    when, some = "2026-03-02T09:00:00+08:00", uuid.UUID(int=5)
    for value in (b"a", object(), ["a"], {"a": 1}):
        rows, rejected = [{"ticket": "T-1", "occurred_at": when}, {"ticket": value, "occurred_at": when}], []
        for given in (pandas.DataFrame(rows), rows):
            one = sla.replay(POLICY, given, mapping={}, rejected=rejected).finish()
            assert [clock.ticket for clock in one.clocks()] == ["T-1"]
        assert [refused.error.pointer for refused in rejected] == ["/ticket"] * 2
        assert f"a text is wanted, not {type(value).__name__}" in rejected[0].error.text
    rows = [{"ticket": value, "occurred_at": when} for value in (7, 8.0, decimal.Decimal("7.5"), some, at(2), True)]
    one = sla.replay(POLICY, rows, mapping={})
    assert [clock.ticket for clock in one.clocks()] == ["7", "8", "7.5", str(some), at(2).isoformat(), "true"]


def test_rows_that_are_none():
    when = "2026-03-02T09:00:00+08:00"
    assert sla.replay(POLICY, [], mapping={"number": "ticket", "when": "occurred_at"}).finish().counts.recorded == 0
    rejected = []
    rows = [{"number": "A", "occurred_at": when}, 5, sla.Fact("B", "opened", when), {"number": "C", "occurred_at": when}]
    one = sla.replay(POLICY, rows, mapping={"number": "ticket"}, rejected=rejected).finish()
    assert one.counts.tickets == 2 and [refused.index for refused in rejected] == [1, 2]
    assert "not int" in rejected[0].error.text and "facts want no mapping=" in rejected[1].error.text
    with pytest.raises(sla.ArgumentError, match="not Fact; facts want no mapping="):
        sla.replay(POLICY, [sla.Fact("B", "opened", when)], mapping={})
    with pytest.raises(sla.ArgumentError, match='no column is called "number"'):
        sla.replay(POLICY, [{}], mapping={"number": "ticket"})


def test_what_is_wrong_with_a_file_of_csv_is_said_in_our_words():
    head, good = "ticket,occurred_at,note\n", "{},2026-03-02T09:00:00Z,{}\n"
    rows = [
        (head + good.format("A", "x" * 200_000) + good.format("B", ""), 2, "csv.field_size_limit", 1),
        (head + good.format("A", '"x') + good.format("B", "") * 2, 2, "is not closed.*lines 2 to 4 were taken for one", 0),
        (head + good.format("A", '"x') + good.format("B", '"y'), 2, "a quote in it; lines 2 to 3 were taken for one", 0),
        (head + good.format("A", "") + good.format("B", "\rC"), 3, 'CR alone: newline=""', 1),
    ]
    for text, line, said, recorded in rows:
        rejected = []
        one = replay(text, {}, rejected=rejected).finish()
        assert one.counts.recorded == recorded and [refused.line for refused in rejected] == [line]
        assert re.search(said, rejected[0].error.text), rejected[0].error.text
    with pytest.raises(sla.ParseError, match='CR alone: newline=""'):
        replay(head.replace("\n", "\r") + "A\r", {})
    read = io.StringIO((head + good.format("A", "")).replace("\n", "\r"), newline="")
    assert sla.replay(POLICY, read, mapping={}).finish().counts.recorded == 1


def test_encodings_that_do_not_fit(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ticket,occurred_at\nA,2026-03-02T09:00:00Z\n")
    for name in ("rot13", "base64", "no-such", "a\0b", ""):
        with pytest.raises(sla.ArgumentError, match="encoding is a name"):
            sla.replay(POLICY, path, encoding=name)
    with pytest.raises(sla.ParseError, match="BOM: encoding= says what it is"):
        sla.replay(POLICY, path, encoding="utf-16")


def test_columns_that_are_numbers_are_mapped_by_them():
    """As pandas numbers the columns of a file without a row of names."""
    pandas = pytest.importorskip("pandas")
    when = "2026-03-02T09:00:00+08:00"
    for mapping in ({0: "ticket", 1: "occurred_at"}, {"0": "ticket", "1": "occurred_at"}):
        for given in (pandas.DataFrame([["A", when], ["B", when]]), [{0: "A", 1: when}, {0: "B", 1: when}]):
            assert sla.replay(POLICY, given, mapping=mapping).finish().counts.recorded == 2
    with pytest.raises(sla.ArgumentError, match='"2".*"0", "1"'):
        sla.replay(POLICY, pandas.DataFrame([["A", when]]), mapping={2: "ticket"})
