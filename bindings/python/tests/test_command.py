"""`python -m sla` is the command `sla`: same outputs, same exits, good and bad."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sla
from conftest import ROOT

PACKAGE = Path(sla.__file__).parent
DAY = ROOT / "examples/day/day.jsonl"
pytestmark = pytest.mark.skipif(not DAY.exists(), reason="not in a checkout")

DESK = "-p complaint -p service -p fault"

# What is asked, and how it has to end.
ASKED = [
    ("--help", 0),
    ("--version", 0),
    ("", 2),
    ("check complaint --at 2026-11-21T00:00:00Z", 1),
    ("check --json complaint cn_office --at 2026-11-21T00:00:00Z", 1),
    ("check --json bad.json", 3),
    ("check nothing.json", 74),
    ("calendar eval cn_office questions.jsonl", 6),
    ("replay DESK day.jsonl", 0),
    ("replay DESK --by-occurred --text day.jsonl", 0),
    ("replay DESK --summary --json day.jsonl", 0),
    ("replay DESK --summary --by channel_no_ticket_has day.jsonl", 2),
    ("replay DESK --cloudevents mixed.jsonl", 6),
    ("replay DESK --text --cloudevents day.jsonl", 2),
    ("replay DESK nothing.jsonl", 74),
    ("replay DESK --store sqlite:STORE day.jsonl", 0),
    ("explain DESK --ticket NONE day.jsonl", 1),
    ("explain DESK --ticket TICKET --json day.jsonl", 0),
    ("story DESK --json --offset +08:00 day.jsonl", 0),
    ("import DESK --store sqlite:STORE --json --told-until 2026-05-10T00:00:00Z day.jsonl", 0),
    ("run -p complaint --store sqlite:STORE nothing.jsonl", 2),
    ("run -p complaint --store nonsense:STORE day.jsonl", 2),
    ("db check sqlite:nothing.db", 74),
    ("db init --json sqlite:STORE", 0),
]


def program():
    """The command that was built, if it was: beside the tests' virtual environment, or in build/."""
    for folder in (Path(sys.prefix, "../.."), ROOT / "build"):
        if (folder / "bin/sla").exists():
            return str((folder / "bin/sla").resolve())
    return os.environ.get("SLA_PROGRAM") or shutil.which("sla")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("command")
    lines = DAY.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "day.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "mixed.jsonl").write_text("".join([*lines[:40], "{]\n", '{"ticket": "A"}\n', *lines[40:60]]), encoding="utf-8")
    (folder / "bad.json").write_text('{"policy": "bad", "version": "1",\n "targets": [{"target": "a", "within": "P1M"}]}')
    (folder / "questions.jsonl").write_text(
        '{"op":"add","from":"2026-03-02T09:00:00+08:00","for":"PT8H"}\n{"op":"add","from":"2026-03-02T09:00:00"}\n'
    )
    return folder


def ticket():
    """One that the complaint policy holds."""
    with DAY.open(encoding="utf-8") as lines:
        return next(line for line in lines if '"complaint"' in line and '"opened"' in line).split('"ticket":"')[1].split('"')[0]


def told(text):
    """Without what differs anyway: the name of a store, the time of a line of the log."""
    return re.sub(rb'"time":"[^"]*"', b"", text.replace(b"p-", b"c-"))


def said(folder, *command):
    path = str(PACKAGE.parent) if "site-packages" not in PACKAGE.parts else ""
    done = subprocess.run(command, capture_output=True, cwd=folder, env={**os.environ, "PYTHONPATH": path})
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("words, end", ASKED, ids=[words.split(" -")[0] + f"-{n}" for n, (words, _) in enumerate(ASKED)])
def test_it_is_the_command(folder, words, end):
    words = words.replace("TICKET", ticket()).replace("DESK", DESK)
    code, out, err = said(folder, sys.executable, "-m", "sla", *words.replace("STORE", f"p-{hash(words)}.db").split())
    assert code == end, err
    assert out or err
    if program() is None:
        pytest.skip("the program sla is not there to compare with")
    theirs = said(folder, program(), *words.replace("STORE", f"c-{hash(words)}.db").split())
    assert (code, told(out), told(err)) == (theirs[0], told(theirs[1]), told(theirs[2]))


def test_the_examples_of_its_guide(tmp_path):
    """Every console of docs/cli.md, with `python -m sla` under the name of the program."""
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3, which some of them ask")
    shim = tmp_path / "sla"
    path = f'PYTHONPATH="{PACKAGE.parent}" ' if "site-packages" not in PACKAGE.parts else ""
    shim.write_text(f'#!/bin/sh\n{path}exec "{sys.executable}" -m sla "$@"\n')
    shim.chmod(0o755)
    code, out, err = said(tmp_path, sys.executable, str(ROOT / "tests/cli/docs.py"), str(shim), str(ROOT / "docs/cli.md"))
    assert code == 0, out + err


def test_unbuffered_it_still_says_why_it_cannot_write():
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-u", "-m", "sla", "check", "complaint"], stdout=full, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent) if "site-packages" not in PACKAGE.parts else ""},
        )  # fmt: skip
    assert done.returncode == 74 and "No space left on device" in done.stderr


def test_no_list_of_processes_shows_a_password(tmp_path):
    """The words are blotted out where the system lists them, not in a copy."""
    command = [sys.executable, "-m", "sla", "run", "-p", "complaint", "--store", "postgresql://u:geheim@127.0.0.1:9/x"]
    path = str(PACKAGE.parent) if "site-packages" not in PACKAGE.parts else ""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
    ) as running:  # fmt: skip
        try:
            running.stderr.readline()  # it has begun
            words = Path(f"/proc/{running.pid}/cmdline").read_bytes()
        finally:
            running.kill()
    assert b"geheim" not in words and b"postgresql://u:" in words
