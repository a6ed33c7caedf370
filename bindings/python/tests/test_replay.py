"""A replay is what the command says of the same facts: events, figures, refusals."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sla
from conftest import CALL, ROOT, at

PACKAGE = Path(sla.__file__).parent
DAY = ROOT / "examples/day/day.jsonl"
NAMES = ("complaint", "service", "fault")
in_checkout = pytest.mark.skipif(not DAY.exists(), reason="not in a checkout")


def command(*words):
    path = str(PACKAGE.parent) if "site-packages" not in PACKAGE.parts else ""
    policies = [word for name in NAMES for word in ("-p", name)]
    done = subprocess.run(
        [sys.executable, "-m", "sla", "replay", *policies, *words, str(DAY)], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def day(facts=DAY, **options):
    return sla.replay(sla.Policies.bundled(*NAMES), facts, **options)


@in_checkout
@pytest.mark.parametrize("by_occurred", [False, True])
def test_its_events_are_those_of_the_command(by_occurred):
    theirs = command(*["--by-occurred"] * by_occurred).splitlines()
    with day(by_occurred=by_occurred) as replay:
        assert [event.json() for event in replay] == theirs and len(theirs) > 1000


@in_checkout
def test_its_figures_are_those_of_the_command():
    theirs = json.loads(command("--summary", "--json"))
    replay = day()
    assert replay.told == theirs["told"]
    assert {str(level): count for level, count in replay.escalated.items()} == theirs["escalated"]
    facts = dict(theirs["facts"], refused=theirs["facts"].pop("lines_refused"), tickets=theirs["tickets"])
    assert replay.counts._asdict() == facts
    rows = [one._asdict() for one in replay.compliance("grade")]
    for row in theirs["targets"]:
        row["highest_level"] = {int(level): count for level, count in row["highest_level"].items()}
        row.pop("attribute")
        row.setdefault("display", "")
        row["period"] = ""
    assert rows == theirs["targets"]


@in_checkout
def test_facts_one_by_one_as_mappings_or_as_text_are_the_same():
    with DAY.open(encoding="utf-8") as lines:
        facts = [json.loads(line) for line in lines]
    told = list(map(sla.Event.json, day()))
    assert list(map(sla.Event.json, day(iter(facts)))) == told
    assert list(map(sla.Event.json, day(DAY.read_text(encoding="utf-8")))) == told
    with DAY.open("rb") as binary, DAY.open(encoding="utf-8") as text:
        assert list(map(sla.Event.json, day(binary))) == told
        assert list(map(sla.Event.json, day(text))) == told
        assert not binary.closed and not text.closed
    shuffled = sorted(facts, key=lambda fact: fact["ticket"])
    by_occurred = list(map(sla.Event.json, day(by_occurred=True)))
    assert len(list(day(shuffled, by_occurred=True))) == len(by_occurred)


def call(facts, **options):
    return sla.replay(CALL, facts, **options)


OPENED = {"ticket": "A", "fact": "opened", "occurred_at": at(2)}
ANSWERED = {"ticket": "A", "fact": "answered", "occurred_at": at(2, 15)}


def test_events_are_taken_while_it_goes_on():
    seen = []

    def facts():
        for day in range(2, 20):
            for number in range(4096):  # as many as are taken at once
                yield {"ticket": f"{day}-{number}", "fact": "opened", "occurred_at": at(day)}
            seen.append(day)

    replay = call(facts())
    assert next(replay).ticket == "2-0"
    assert len(seen) < 5
    replay.close()
    replay.close()
    with pytest.raises(sla.StateError):
        replay.counts


def test_figures_let_the_rest_run():
    replay = call([OPENED, ANSWERED], until=at(9))
    assert next(replay).kind == "warning"
    assert replay.told == {"warning": 1, "breached": 1, "escalated": 1, "missed": 1}
    assert list(replay) == []
    (clock,) = replay.clocks()
    assert (clock.ticket, clock.target, clock.state, clock.level) == ("A", "answer", "missed", 1)
    assert clock.lateness.total_seconds() == 2 * 3600 and clock.due_at == at(2, 13)
    (row,) = replay.compliance()
    assert (row.in_time, row.accepted, row.late, row.share, row.highest_level) == (0, 1, 1, 0.0, {1: 1})
    assert replay.engine.explain("A", "answer", now=at(9)).first_due_at == at(2, 13)


def test_time_passes_to_until():
    assert [event.kind for event in call([OPENED])] == []
    assert [event.told for event in call([OPENED], until=at(2, 14))] == [at(2, 12), at(2, 13), at(2, 14)]


def test_by_period_and_by_what_a_function_says():
    facts = [
        {"ticket": f"{month}-{n}", "fact": "opened", "occurred_at": f"2026-{month:02}-01T00:30:00+08:00", "attributes": {"vip": n > 1}}
        for month in (1, 2, 3)
        for n in range(month)
    ]
    replay = call(facts, zone="Asia/Shanghai")
    rows = replay.compliance(per="month", zone="Asia/Shanghai")
    assert [(row.period, row.accepted) for row in rows] == [("2026-01", 1), ("2026-02", 2), ("2026-03", 3)]
    assert [row.period for row in replay.compliance(per="month")] == ["2025-12", "2026-01", "2026-02"]
    assert [row.period for row in replay.compliance(per="quarter", zone="+08:00")] == ["2026-Q1"]
    assert [(row.value, row.accepted) for row in replay.compliance("vip")] == [("false", 5), ("true", 1)]
    rows = replay.compliance(lambda clock: clock.ticket[:2])
    assert [(row.value, row.accepted) for row in rows] == [("1-", 1), ("2-", 2), ("3-", 3)]
    with pytest.raises(sla.ArgumentError, match='no ticket has an attribute "channel"'):
        replay.compliance("channel")
    with pytest.raises(sla.ArgumentError, match="per is one of day"):
        replay.compliance(per="fortnight")


LINES = b"""{"ticket": "A", "fact": "opened", "occurred_at": "2026-03-02T09:00:00+08:00"}
{]

{"ticket": "A", "fact": "opened", "occurred_at": "2026-03-02T09:30:00+08:00"}
{"ticket": "A", "fact": "answered", "occurred_at": "2026-03-02T10:00:00+08:00", "colour": 1}
{"ticket": "A", "fact": "answered", "occurred_at": "2026-03-02T11:00:00+08:00"}"""


@pytest.mark.parametrize("by_occurred", [False, True])
def test_refused_lines_say_where_and_what_instead(tmp_path, by_occurred):
    path = tmp_path / "lines.jsonl"
    path.write_bytes(LINES)
    rejected = []
    replay = call(path, rejected=rejected, by_occurred=by_occurred)
    assert replay.counts[:5] == (2, 0, 0, 0, 3) and replay.told == {"met": 1}
    assert sorted(one.line for one in rejected) == [2, 4, 5]
    assert {(one.error.source, one.error.line) for one in rejected} == {("lines.jsonl", line) for line in (2, 4, 5)}
    (colour,) = [one for one in rejected if one.line == 5]
    assert colour.error.pointer == "/colour" and "attributes" in colour.error.text


def test_without_anybody_to_take_refusals_the_first_ends_it(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_bytes(LINES)
    replay = call(path)
    with pytest.raises(sla.ParseError, match="lines.jsonl:2:2") as caught:
        list(replay)
    assert caught.value.line == 2
    with pytest.raises(sla.StateError, match="ended before its end"):
        replay.counts
    bad = [OPENED, {"ticket": 5, "fact": "answered", "occurred_at": at(2, 10)}, ANSWERED, OPENED]
    with pytest.raises(sla.FactError) as caught:
        call(bad).finish()
    assert (caught.value.index, caught.value.pointer) == (1, "/ticket")
    rejected = []
    assert call(bad, rejected=rejected).counts.recorded == 2
    assert [one.index for one in rejected] == [1, 3]


@pytest.mark.parametrize(
    "facts, error, why",
    [
        ("nothing.jsonl", FileNotFoundError, "nothing.jsonl"),
        (OPENED, sla.ArgumentError, "list"),
        (7, sla.ArgumentError, "not int"),
        ([7], sla.FactError, "a fact is a Fact or a mapping, not int"),
        ([{**OPENED, "occurred_at": at(2).replace(tzinfo=None)}], sla.FactError, "has no time zone"),
    ],
)
def test_what_is_no_source_is_refused(facts, error, why):
    with pytest.raises(error, match=why):
        call(facts).finish()


def test_calendars_that_nobody_gave_are_bundled_ones(office):
    policy = CALL.replace('"version"', '"calendar": "NAME", "version"').replace('"elapsed"', '"business"')
    (clock,) = sla.replay(policy.replace("NAME", "cn_office"), [{**OPENED, "occurred_at": at(6, 16)}]).clocks()
    assert clock.due_at == office.add(at(6, 16), "PT4H") > at(9)
    with pytest.raises(sla.NotFoundError, match="nowhere"):
        sla.replay(policy.replace("NAME", "nowhere"), [OPENED])
    with pytest.raises(sla.PolicyError):
        sla.replay(CALL.replace("PT4H", "4 hours"), [OPENED])


def test_a_ticket_of_many_clocks():
    """More than are asked for at once."""
    policy = CALL.replace('"stop": "answered"', '"stop": "answered", "recur": {"from": "fact", "limit": 300}')
    minutes = [(10 + minute // 60, minute % 60) for minute in range(300)]
    facts = [OPENED, *({**ANSWERED, "occurred_at": at(2, *minute)} for minute in minutes)]
    clocks = list(sla.replay(policy, [{**OPENED, "ticket": "0"}, *facts]).clocks())
    assert [clock.cycle for clock in clocks] == [1, *range(1, 301)]
    assert {clock.state for clock in clocks[1:]} == {"met"}


def test_a_file_that_ends_within_a_row_of_bytes(monkeypatch):
    from sla import _sources

    whole = list(call(io.BytesIO(LINES), rejected=[]))
    monkeypatch.setattr(_sources, "_BYTES_AT_ONCE", 7)
    rejected = []
    assert list(call(io.BytesIO(LINES), rejected=rejected)) == whole
    assert [one.line for one in rejected] == [2, 4, 5]


NINE = "2026-03-02T09:00:00Z"


@pytest.mark.parametrize(
    "opened",
    [
        sla.Fact("A", "opened", recorded_at=NINE),
        {"ticket": "A", "fact": "opened", "recorded_at": NINE},
        {"ticket": "A", "fact": "opened", "recorded_at": NINE, "occurred_at": None},
    ],
)
def test_what_says_only_when_it_was_recorded_happened_then(opened):
    later = sla.Fact("A", "answered", occurred_at="2026-03-02T09:30:00Z")
    for facts in ([opened, later], [later, opened]):
        replay = sla.replay(CALL, facts, by_occurred=True)
        assert [event.kind for event in replay] == ["met"] and replay.counts.late == 0


class Pipe:
    """Gives what it has, and None while it waits for more, as what does not block does."""

    def __init__(self, *blocks):
        self.blocks = list(blocks)

    def read(self, size=-1):
        return self.blocks.pop(0) if self.blocks and size else b""


LINE = b'{"ticket":"%s","fact":"opened","occurred_at":"2026-03-02T09:00:00Z"}\n'
ROW = b"%s,2026-03-02T09:00:00Z\n"


@pytest.mark.parametrize("what, why", [(None, "does not wait for what has not come"), (5, "gives text or bytes, not int")])
@pytest.mark.parametrize("options", [{}, {"by_occurred": True}, {"mapping": {}}])
def test_a_file_that_gives_nothing_for_now_has_not_ended(what, why, options):
    head, one = (b"ticket,occurred_at\n", ROW) if "mapping" in options else (b"", LINE)
    blocks = head + one % b"A", bytearray(one % b"B")
    with sla.replay(CALL, Pipe(*blocks), **options) as replay:
        assert replay.counts.recorded == 2
    with pytest.raises(sla.ArgumentError, match=why):
        sla.replay(CALL, Pipe(blocks[0], what, blocks[1]), **options).finish()


@pytest.mark.parametrize("options", [{}, {"mapping": {}}])
@pytest.mark.parametrize("mode", ["rb", "r"])
def test_a_pipe_that_does_not_block(mode, options):
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    with open(ours, mode) as file, open(theirs, "wb") as writer:
        writer.write(b"ticket,occurred_at\n" if options else b"")
        writer.write((ROW if options else LINE) % b"A")
        writer.flush()
        with pytest.raises(sla.ArgumentError, match="os.set_blocking"):
            sla.replay(CALL, file, **options).finish()


def test_a_replay_closed_before_its_end_has_no_figures():
    facts = [{"ticket": "T", "fact": "opened", "occurred_at": at(2)}]
    for takes in (0, 1):
        with sla.replay(CALL, facts, until=at(3)) as replay:
            for _ in range(takes):
                next(replay)
        replay.close()
        for ask in (lambda: replay.told, lambda: replay.escalated, lambda: replay.counts, lambda: list(replay)):
            with pytest.raises(sla.StateError, match="closed before its end"):
                ask()
    with sla.replay(CALL, facts, until=at(3)) as replay:
        told = replay.told
    assert replay.told == told != {}
