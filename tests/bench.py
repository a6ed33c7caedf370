"""sla-bench prints one object a line with the members that bench/README.md names,
and a ratio and a verdict that follow from its own figures; every aim of bench/aims.txt
has a row, every one printed stands there, and bench/table.py makes a table of them.

    bench.py SLA_BENCH SUBJECT
"""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
import table  # noqa: E402

MEMBERS = ["bench", "case", "n", "contender", "figure", "value", "unit", "baseline", "ratio", "aim", "met"]


def met(line):
    """What an aim such as "ratio <= 2" comes to."""
    what, order, bound = line["aim"].split(" ")
    return line[what] <= float(bound) if order == "<=" else line[what] >= float(bound)


def check(line, subject):
    assert list(line) == MEMBERS, f"members are {list(line)}"
    assert line["bench"] == subject and line["n"] > 0, line
    if line["value"] is None:
        assert ", skipped: " in line["figure"] and line["ratio"] is None and line["met"] is None, line
        return
    assert line["value"] > 0, line
    assert (line["baseline"] is None) == (line["ratio"] is None), line
    assert (line["aim"] is None) == (line["met"] is None), line
    assert line["aim"] is None or met(line) == line["met"], line


def main():
    program, subject = sys.argv[1:]
    wrong = subprocess.run([program, subject, "--only", "no-such-part"], capture_output=True, text=True, timeout=10)
    assert (wrong.returncode, wrong.stdout) == (64, ""), wrong
    run = subprocess.run([program, subject, "--quick", "--json", "--rounds", "1"], check=True,
                         stdout=subprocess.PIPE, text=True)
    lines = [json.loads(text) for text in run.stdout.splitlines()]
    for line in lines:
        check(line, subject)
        print(line["case"], line["contender"], line["value"], line["unit"])
    missing = table.without_rows(lines, quick=True)
    assert not missing, f"no row is about {missing[0]}"
    aims = table.read_aims()
    for line in lines:
        assert line["aim"] is None or any(aim.is_of(line) for aim in aims), f"aims.txt lacks {line}"
    assert len(table.table(lines)) == len(lines) + 2
    return 0 if lines else 1


sys.exit(main())
