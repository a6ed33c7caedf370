"""Policies are read from text, bytes, files, or from those that come with the library."""

import json
from pathlib import Path

import pytest

import sla
from conftest import CALL


def test_from_anywhere(tmp_path):
    path = tmp_path / "call.json"
    path.write_text(CALL)
    for document in (CALL, CALL.encode(), path, str(path), "\n " + CALL):
        policies = sla.Policies(document)
        assert policies.names == ["call"] and policies.versions == {"call": "1"} and len(policies) == 1
    assert "call 1" in repr(sla.Policies(CALL))
    assert len(sla.Policies()) == 0


def test_bundled():
    every = sla.Policies.bundled(*sla.Policies.bundled_names())
    assert len(every) > 10
    assert sla.Policies.bundled("complaint").calendars == ["cn_office"]
    with pytest.raises(sla.NotFoundError, match="complaint"):
        sla.Policies.bundled("nothing")


def test_a_complaint_names_the_file(tmp_path):
    path = Path(tmp_path) / "broken.json"
    path.write_text('{"policy": "p", "version": "1", "targets": [{"target": "T"}]}')
    with pytest.raises(sla.PolicyError) as caught:
        sla.Policies(path)
    assert caught.value.source == "broken.json" and caught.value.pointer
    with pytest.raises(sla.PolicyError) as caught:
        sla.Policies(CALL, CALL)
    assert caught.value.source == "policy 2"
    with pytest.raises(sla.ParseError):
        sla.Policies("{")
    with pytest.raises(FileNotFoundError):
        sla.Policies(tmp_path / "nothing.json")


def test_lint(office):
    remarks = sla.Policies.bundled("complaint").lint([office], now="2026-12-01T00:00:00Z")
    assert [remark.code for remark in remarks] == ["calendar_ends_soon"]
    assert remarks[0].source == "cn_office" and remarks[0].line > 0
    assert sla.Policies.bundled("complaint").lint([office], now="2026-03-01T00:00:00Z") == []
    with pytest.raises(sla.NotFoundError, match="cn_office"):
        sla.Policies.bundled("complaint").lint()


def test_more_remarks_than_there_is_room_for():
    steps = [{"step": f"late_{n}", "before": f"PT{n + 5}H", "to": "nobody"} for n in range(31)]
    target = {"stop": "answered", "goals": [{"elapsed": "PT4H"}], "steps": steps}
    document = {"policy": "p", "version": "1", "targets": [{"target": f"t{n}", **target} for n in range(4)]}
    remarks = sla.Policies(json.dumps(document)).lint(now="2026-03-01T00:00:00Z")
    assert sum(remark.code == "step_before_start" for remark in remarks) == 4 * 31
