"""What if? Last year's tickets under two policies, compliance side by side.

    python3 examples/whatif.py                       # a year of 2,400 invented tickets
    python3 examples/whatif.py --json
    python3 examples/whatif.py --picture months.png  # with matplotlib
    python3 examples/whatif.py --tickets-to year.csv # the table, to look at

With one's own tickets and policies, the columns named as for `sla import`:

    python3 examples/whatif.py --policy now.json --policy stricter.json --calendar desk.json \\
        --map number=ticket --map "came in=occurred_at" --map solved=fact:repaired \\
        --map grade=attributes.grade --zone Asia/Shanghai --by grade tickets.csv
"""

import argparse
import csv
import gzip
import io
import json
import random
import sys
import zlib
from datetime import datetime, timedelta

import sla

# Two policies: how faults are repaired today, and what the product manager would like to promise.
NOW = """{
  "policy": "repair", "version": "now", "calendar": "office", "attributes": {"grade": "int"},
  "targets": [{"target": "repaired", "stop": "repaired",
    "pauses": [{"reason": "customer", "on": "waiting"}], "resumes": [{"on": "answered"}],
    "goals": [{"when": {"attr": "grade", "eq": 1}, "business": "PT4H"}, {"business": "PT16H"}],
    "steps": [{"step": "level_1", "after": "PT0S", "level": 1, "to": "team_lead"}]}]}"""
WHAT_IF = NOW.replace('"now"', '"what if"').replace("PT16H", "PT12H").replace('"PT4H"', '"PT3H"')

COLUMNS = {
    "number": "ticket",
    "grade": "attributes.grade",
    "came in": "occurred_at",
    "customer asked": "fact:waiting",
    "customer answered": "fact:answered",
    "repaired": "fact:repaired",
}


def invented_year(count, seed):
    """A table of tickets of 2025: the same for the same seed, everywhere."""
    rng, office = random.Random(seed), sla.Calendar.bundled("office")
    table = io.StringIO()
    out = csv.writer(table, lineterminator="\n")
    out.writerow(COLUMNS)
    first = datetime.fromisoformat("2025-01-01T00:00:00+08:00")
    for number in range(1, count + 1):
        came_in = first + timedelta(minutes=rng.randrange(365 * 24 * 60))
        grade = 1 if rng.random() < 0.25 else 2
        busy = 1.35 if came_in.month in (6, 7, 8) else 1  # thunderstorms
        work = timedelta(minutes=int(rng.gammavariate(2.2, (50 if grade == 1 else 190) * busy)) + 5)
        asked = answered = ""
        if rng.random() < 0.2:
            asked = office.add(came_in, work / 3)
            answered = office.add(asked, timedelta(minutes=rng.randrange(30, 1500)))
            repaired = office.add(answered, work * 2 / 3)
        else:
            repaired = office.add(came_in, work)
        moments = [moment and f"{moment:%Y-%m-%d %H:%M}" for moment in (came_in, asked, answered, repaired)]
        out.writerow([f"T-{number:05}", grade, *moments])
    table.seek(0)
    return table


def open_table(path):
    if path is None:
        return None
    opened = gzip.open if path.endswith(".gz") else open
    return opened(path, "rt", encoding="utf-8", newline="")


def run(policies, table, options):
    """Each policy over the same tickets: its replay, finished."""
    for name, policy in policies.items():
        table.seek(0)
        refused = []
        replay = sla.replay(
            policy, table, calendars=options.calendar, mapping=options.mapping, zone=options.zone, rejected=refused
        )
        replay.finish()
        for one in refused[:5]:
            print(f"whatif: {one.error}", file=sys.stderr)
        if len(refused) > 5:
            print(f"whatif: ... and {len(refused) - 5} more rows were refused", file=sys.stderr)
        yield name, replay


def shown(row):
    return f"{row.in_time:6} /{row.accepted:6} {row.share:7.1%}" if row and row.accepted else f"{'-':>22}"


def print_side_by_side(figures):
    """One line for each target, value and period; one column for each policy."""
    names = list(figures)
    tables = {name: {(row.target, row.value or "", row.period): row for row in rows} for name, rows in figures.items()}
    keys = sorted({key for table in tables.values() for key in table})
    if not keys:
        sys.exit("whatif: no clock was accepted: there is nothing to compare")
    widths = [max(len(key[part]) for key in keys) for part in range(3)]
    print(" ".join(" " * width for width in widths), *(f"{name:>22}" for name in names), f"{'change':>9}", sep="  ")
    for key in keys:
        rows = [tables[name].get(key) for name in names]
        change = ""
        if all(row and row.accepted for row in rows):
            change = f"{(rows[-1].share - rows[0].share) * 100:+8.1f}"
        words = " ".join(word.ljust(width) for word, width in zip(key, widths))
        print(words, *map(shown, rows), f"{change:>9}", sep="  ")


def print_json(replays, figures):
    document = {
        name: {
            "facts": replay.counts._asdict(),
            "rows": [{**row._asdict(), "share": row.share} for row in figures[name]],
        }
        for name, replay in replays.items()
    }
    json.dump(document, sys.stdout, indent=1)
    print()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", help="a CSV file, also .gz; without it a year is invented")
    parser.add_argument("--policy", action="append", default=[], help="a file; twice")
    parser.add_argument("--calendar", action="append", default=[], help="a file; others are the bundled ones")
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=MEMBER", help="what a column holds")
    parser.add_argument("--zone", default="Asia/Shanghai", help="of instants without an offset (%(default)s)")
    parser.add_argument("--by", help="an attribute to divide by")
    parser.add_argument("--per", help="day, week, month, quarter or year")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--picture", metavar="FILE", help="draw them, by month")
    parser.add_argument("--lateness", metavar="FILE", help="draw how late clocks ended")
    parser.add_argument("--tickets", type=int, default=2400, help="how many are invented (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tickets-to", metavar="FILE", help="write the invented table there")
    options = parser.parse_args()
    if len(options.policy) not in (0, 2):
        parser.error("two policies are compared: --policy NOW --policy WHAT_IF")
    if options.tickets < 1:
        parser.error("--tickets is 1 or more")
    if options.table and not options.policy:
        parser.error("one's own tickets want policies: --policy NOW --policy WHAT_IF")
    if options.table and options.tickets_to:
        parser.error("--tickets-to is for the invented table")
    if wrong := [one for one in options.map if "=" not in one]:
        parser.error(f"--map is COLUMN=MEMBER, not {wrong[0]}")
    maps = [one.rpartition("=") for one in options.map]
    options.mapping = {column: member for column, _, member in maps} if options.table else COLUMNS
    return options


def main():
    options = arguments()
    table = open_table(options.table) or invented_year(options.tickets, options.seed)
    if options.tickets_to:
        with open(options.tickets_to, "w", newline="", encoding="utf-8") as file:
            file.write(table.getvalue())
    policies = {"now": NOW, "what if": WHAT_IF}
    if options.policy:
        policies = dict(zip(policies, options.policy))
    replays = dict(run(policies, table, options))
    by, per = options.by or (None if options.table else "grade"), options.per
    figures = {name: replay.compliance(by, per=per, zone=options.zone) for name, replay in replays.items()}
    if options.json:
        print_json(replays, figures)
    else:
        print_side_by_side(figures)
    if options.picture:
        months = {name: replay.compliance(per="month", zone=options.zone) for name, replay in replays.items()}
        sla.plot.compliance(months).savefig(options.picture, dpi=150)
    if options.lateness:
        clocks = {name: replay.clocks() for name, replay in replays.items()}
        sla.plot.lateness(clocks).savefig(options.lateness, dpi=150)


if __name__ == "__main__":
    try:
        main()
    except (sla.SlaError, OSError, ImportError, EOFError, zlib.error, ValueError) as error:
        sys.exit(f"whatif: {error}")
