"""Hints are complete: what mypy --strict says of the package, of a program that uses it, and what
stubtest says of the extension's stub."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sla

pytest.importorskip("mypy")
PACKAGE = Path(sla.__file__).parent

PROGRAM = """
from array import array
from datetime import datetime, timedelta, timezone
import sla

now = datetime.now(timezone.utc)
office = sla.Calendar.bundled("cn_office")
reveal_type(office.add(now, "PT4H"))
reveal_type(office.between(now, now))
with sla.Engine(sla.Policies.bundled("complaint"), [office]) as engine:
    reveal_type(engine)
    reveal_type(engine.record(ticket="T", fact="opened").rule)
    reveal_type([event.due_at for event in engine.poll()])
    reveal_type(engine.wakeup())
    reveal_type(engine.explain("T", "t").segments[0].kind)
    engine.record(5)
    engine.record(fact="opened")
    engine.record(ticket="T", fact="opened", grade=1)
    engine.record(sla.Fact("T", "opened"), now=now)
    engine.poll(5)
    [event.nothing for event in engine.poll_many()]
reveal_type(office.add_many(array("q"), "PT4H"))
reveal_type(office.add_many([now], ["PT4H"]))
reveal_type(office.between_many((now,), now))
office.add_many([5], "PT4H")
office.add_many([now], 5)

async def main(service: sla.Service) -> None:
    await service.record(ticket="T", fact="opened", for_="PT1H")
    await service.record(ticket=5, fact="opened")
    await service.record(ticket="T", fact="opened", grade=1)
    await service.record(fact="opened")
    await service.record(None)
"""

REVEALED = [
    "datetime.datetime",
    "datetime.timedelta",
    "sla.engine.Engine",
    "builtins.str",
    "builtins.list[Union[datetime.datetime, None]]",
    "Union[datetime.datetime, None]",
    "sla.explain.ExplainKind",
    "array.array[builtins.int]",
    "builtins.list[datetime.datetime]",
    "builtins.list[datetime.timedelta]",
]


def run(tmp_path, *arguments):
    """Installed, mypy finds the package by its py.typed; in a checkout it has to be told where."""
    folder = str(PACKAGE.parent)
    paths = {} if "site-packages" in PACKAGE.parts else {"PYTHONPATH": folder, "MYPYPATH": folder}
    done = subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **paths}
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("version", ["3.9", "3.11"])
def test_the_package_is_strict(tmp_path, version):
    code, said = run(tmp_path, "mypy", "--strict", "--python-version", version, str(PACKAGE))
    assert code == 0, said


def test_the_stub_of_the_extension(tmp_path):
    code, said = run(tmp_path, "mypy.stubtest", "sla._sla")
    assert code == 0, said


def test_a_program_sees_the_types(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    code, said = run(tmp_path, "mypy", "--strict", "program.py")
    lines = said.splitlines()
    revealed = [line.split('"')[1] for line in lines if "Revealed type" in line]
    assert revealed == REVEALED, said
    errors = [line for line in lines if " error: " in line]
    assert len(errors) == 11 and "Event" in errors[4] and "nothing" in errors[4], said
