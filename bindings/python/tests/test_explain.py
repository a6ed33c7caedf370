"""Explanations come through whole, and their two sums hold."""

from datetime import timedelta

import pytest

import sla
from conftest import at, hours

POLICY = """{"policy": "fix", "version": "1", "calendar": "cn_office", "targets": [{"target": "fixed",
 "stop": "fixed", "goals": [{"business": "PT16H"}],
 "pauses": [{"reason": "customer", "on": "asked"}], "resumes": [{"on": "heard"}]}]}"""


@pytest.fixture
def explained(office):
    with sla.Engine(POLICY, [office]) as engine:
        for fact, moment in (("opened", at(5, 14)), ("asked", at(6, 10)), ("heard", at(6, 11))):
            engine.record(ticket="T", fact=fact, now=moment)
        engine.record(
            ticket="T", fact="extended", now=at(6, 12), for_="PT1H", approver="boss", reason="parts", policy="fix", target="fixed"
        )
        yield engine.explain("T", "fixed", now=at(6, 13))


def test_the_sums(explained):
    assert explained.goal == "business" and explained.need == hours(16) and explained.business
    assert explained.extended == hours(1) and explained.credited == hours(1)
    counted = sum((segment.counted for segment in explained), timedelta())
    assert counted == explained.counted
    assert counted + explained.held == explained.need + explained.extended
    assert explained.clock.due_at > explained.first_due_at


def test_the_stretches_have_no_gap(explained):
    stretches = [segment for segment in explained if segment.start < segment.end]
    assert stretches[0].start == explained.clock.started_at and stretches[-1].end == explained.clock.due_at
    for one, following in zip(stretches, stretches[1:]):
        assert one.end == following.start
    paused = [segment for segment in explained if segment.kind is sla.ExplainKind.PAUSED]
    assert [(one.label, one.reasons, one.end - one.start) for one in paused] == [("customer", ("customer",), hours(1))]
    extension = [segment for segment in explained if segment.kind == "extension"]
    assert [(one.label, one.approver, one.credit) for one in extension] == [("parts", "boss", hours(1))]
    assert any(segment.ahead for segment in explained) and not explained.segments[0].ahead


def test_as_text(explained):
    lines = str(explained).splitlines()
    assert lines[0].startswith("fix/fixed cycle 1: running, due 2026-03-")
    assert len(lines) == len(explained.segments) + 1
    assert any("extended; parts; credit PT1H" in line for line in lines)
    assert all("+08:00" in line for line in lines)


def test_what_has_no_explanation(explained, complaint):
    complaint.record(ticket="T", fact="opened", now=at(2), attributes={"kind": "complaint", "grade": 2})
    with pytest.raises(sla.StateError):
        complaint.explain("T", "contact", now=at(2))
    for ticket, target in (("T", "nothing"), ("U", "contact")):
        with pytest.raises(sla.NotFoundError):
            complaint.explain(ticket, target, now=at(2))
    with pytest.raises(sla.NotFoundError):
        complaint.explain("T", "resolution", cycle=7, now=at(2))


def test_more_stretches_than_there_is_room_for(office):
    with sla.Engine(POLICY.replace("PT16H", "P60D"), [office]) as engine:
        engine.record(ticket="T", fact="opened", now=at(2))
        explained = engine.explain("T", "fixed", now=at(2))
    assert len(explained.segments) > 200
    assert sum((segment.counted for segment in explained), timedelta()) == timedelta(days=60)
