"""Figures as Markdown: what bench/run.sh has gathered, as tables for bench/README.md.

    table.py [--aims-only] [--quick] [--machine FILE] [--into README.md] RESULTS.jsonl...

`--machine` is a file that begins with what a subject said of the machine.  `--into` puts the
tables between the marks of that file instead of printing them.  Every aim of bench/aims.txt that has no row in the results is named at the end, and is the
exit status 1.
"""
import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- results -->", "<!-- end of results -->"
AIMS = Path(__file__).resolve().parent / "aims.txt"


@dataclass(frozen=True)
class Aim:
    """A line of aims.txt: some row of the run has to say it."""

    bench: str
    case: str
    figure: str
    aim: str
    when: str

    def is_of(self, row):
        if (row["bench"], row["case"]) != (self.bench, self.case):
            return False
        if row["value"] is None:
            return True  # it says why there is nothing
        return (row["figure"], row["aim"]) == (self.figure, self.aim)

    def __str__(self):
        return f"{self.bench}: {self.case}, {self.figure}, {self.aim}"


def read_aims(path=AIMS):
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [Aim(*(part.strip() for part in line.split("|"))) for line in lines]


def without_rows(rows, quick=False):
    """Aims that no row is about, of the subjects that could be measured at all."""
    subjects = {row["bench"] for row in rows if row["value"] is not None}
    wanted = [aim for aim in read_aims() if aim.bench in subjects and not (quick and aim.when == "full")]
    return [aim for aim in wanted if not any(aim.is_of(row) for row in rows)]


def number(value):
    """Four figures, and thousands kept apart."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def verdict(row):
    return {True: "met", False: "**missed**", None: ""}[row["met"]]


def columns(row):
    figure, _, why = row["figure"].partition(", skipped: ")
    said = [row["case"], f"{row['n']:,}", row["contender"], figure]
    if row["value"] is None:
        return [*said, f"skipped: {why}", "", row["aim"] or "", ""]
    beside = "" if row["ratio"] is None else f"{number(row['ratio'])} × {row['baseline']}"
    return [*said, f"{number(row['value'])} {row['unit']}", beside, row["aim"] or "", verdict(row)]


def table(rows):
    lines = ["| case | n | who | figure | value | beside | aim | |", "|---|---:|---|---|---:|---|---|---|"]
    return lines + [f"| {' | '.join(columns(row))} |" for row in rows]


def summary(rows):
    met = sum(row["met"] is True for row in rows)
    missed = sum(row["met"] is False for row in rows)
    unknown = sum(row["aim"] is not None and row["met"] is None for row in rows)
    return f"{met} rows of aims are met, {missed} are missed, {unknown} were skipped."


def sections(rows, aims_only):
    for bench in sorted({row["bench"] for row in rows}):
        own = [row for row in rows if row["bench"] == bench and (row["aim"] or not aims_only)]
        if own:
            yield from ["", f"### {bench}", "", *table(own)]


def machine(file):
    """The lines that say on what, with which build and seed it was measured."""
    words = ("machine ", "build ", "run ", "warning ")
    said = [line for line in file.read_text().splitlines() if line.startswith(words)]
    return ["", *(f"    {line}" for line in said[:4])]


def put_into(file, text):
    """Replaces what lies between the marks."""
    head, _, rest = file.read_text().partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        raise SystemExit(f"table.py: {file} has no {BEGIN} and {END}")
    file.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aims-only", action="store_true", help="only rows with an aim")
    parser.add_argument("--quick", action="store_true", help="the run was a quick one")
    parser.add_argument("--machine", type=Path, help="what a subject said on standard error")
    parser.add_argument("--into", type=Path, help="the file that has the marks")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    rows = [json.loads(line) for file in options.files for line in file.read_text().splitlines()]
    said = machine(options.machine) if options.machine else []
    text = "\n".join([summary(rows), *said, *sections(rows, options.aims_only)])
    if options.into:
        put_into(options.into, text)
    else:
        print(text)
    missing = without_rows(rows, options.quick)
    for aim in missing:
        print(f"table.py: no row is about {aim}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
