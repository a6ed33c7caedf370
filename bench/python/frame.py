"""How a subject says what it measured: rows of a table, or the lines of JSON of sla-bench."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Callable, Iterable, Literal, Sequence

#: of the project
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Run:
    """What the command line asked for, and how many aims were missed so far."""

    json: bool = False
    quick: bool = False  #: small work, same shape: does it run, not how fast is it
    seed: int = 42
    rounds: int = 0
    programs: Path = ROOT / "build/bin"  #: where `sla` and `sla-day` lie
    missed: int = 0


@dataclass(frozen=True)
class Aim:
    """What is hoped for, of the ratio to the baseline."""

    sign: Literal[">=", "<="]
    bound: float

    def __str__(self) -> str:
        return f"ratio {self.sign} {self.bound:g}"

    def met(self, ratio: float) -> bool:
        return ratio >= self.bound if self.sign == ">=" else ratio <= self.bound


@dataclass(frozen=True)
class Row:
    """One contender's figure.  `values` are those of the rounds, and their median counts."""

    contender: str
    n: int
    values: Sequence[float]
    aim: Aim | None = None


def report(run: Run, case: str, figure: str, unit: str, rows: Iterable[Row]) -> None:
    """Says the rows, each beside the first one, which is the baseline."""
    first: Row | None = None
    for row in rows:
        value = median(row.values)
        ratio = None if first is None else value / median(first.values)
        met = None if row.aim is None or ratio is None else row.aim.met(ratio)
        run.missed += met is False
        line = {
            "bench": "python",
            "case": case,
            "n": row.n,
            "contender": row.contender,
            "figure": figure,
            "value": float(f"{value:.12g}"),
            "unit": unit,
            "baseline": None if first is None else first.contender,
            "ratio": None if ratio is None else float(f"{ratio:.6g}"),
            "aim": None if row.aim is None else str(row.aim),
            "met": met,
        }
        print(json.dumps(line) if run.json else _table_row(line), flush=True)
        first = first or row


def skipped(run: Run, case: str, contender: str, figure: str, unit: str, why: str) -> None:
    """A row that cannot be had here."""
    line = {"bench": "python", "case": case, "n": 0, "contender": contender, "figure": f"{figure}, skipped: {why}"}
    line |= {"value": None, "unit": unit, "baseline": None, "ratio": None, "aim": None, "met": None}
    print(json.dumps(line) if run.json else f"{case:<26} {contender:<34} {figure:<8} skipped: {why}", flush=True)


def _table_row(line: dict[str, object]) -> str:
    ratio = "" if line["ratio"] is None else f"{line['ratio']:.4g} x {line['baseline']}"
    aim = "" if line["aim"] is None else f"{line['aim']}: {'met' if line['met'] else 'not met'}"
    text = f"{line['case']:<26} {line['n']:>8}  {line['contender']:<34} {line['figure']:<8}"
    return f"{text} {line['value']:>12.6g} {line['unit']:<8} {ratio:<30} {aim}".rstrip()


def complain(text: str) -> None:
    """To standard error."""
    print(f"bench/python: {text}", file=sys.stderr, flush=True)


#: What a subject is: does its work and reports it; raises where it cannot be done.
Subject = Callable[[Run], None]
