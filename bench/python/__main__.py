"""Measures the package `sla` beside what a Python program would take instead.

    sh bench/python/run.sh [SUBJECT...] [--json] [--quick] [--seed N] [--rounds N]

Exit status: 0 the work was done, aims met or not; 1 contenders disagreed or the work could not
be done; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from frame import Run, Subject, complain
from hours import hours
from machine import describe
from memory import memory
from replay import replay
from speed import speed

SUBJECTS: dict[str, Subject] = {"speed": speed, "memory": memory, "hours": hours, "replay": replay}
ROUNDS, ROUNDS_QUICK = 101, 1


def parse() -> tuple[Run, list[str]]:
    parser = argparse.ArgumentParser(prog="bench/python", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}; all")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    parser.add_argument("--quick", action="store_true", help="small work: does it run, not how fast is it")
    parser.add_argument("--seed", type=int, default=42, help="of the work (42)")
    parser.add_argument("--rounds", type=int, default=0, help=f"of each contender ({ROUNDS}, quick {ROUNDS_QUICK})")
    parser.add_argument(
        "--programs",
        type=Path,
        default=os.environ.get("SLA_PROGRAMS", Run.programs),
        help="folder of sla and sla-day ($SLA_PROGRAMS, build/bin)",
    )
    given = parser.parse_args()
    for name in given.subjects:
        if name not in SUBJECTS:
            parser.error(f"there is no subject {name!r}")
    rounds = given.rounds or (ROUNDS_QUICK if given.quick else ROUNDS)
    run = Run(json=given.json, quick=given.quick, seed=given.seed, rounds=rounds, programs=given.programs)
    return run, given.subjects or list(SUBJECTS)


def main() -> int:
    run, subjects = parse()
    describe(run)
    for name in subjects:
        try:
            SUBJECTS[name](run)
        except (RuntimeError, OSError) as error:
            complain(f"{name}: {error}")
            return 1
    print(f"aims      {run.missed} not met", file=sys.stderr if run.json else sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
