"""bench/table.py says what a row says, and which aims have no row.

    bench_table.py
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path.insert(0, str(BENCH))
import table  # noqa: E402

ROW = {"bench": "start", "case": "rows of live complaints", "n": 1000000, "contender": "service", "figure": "speed",
       "value": 2870123.4, "unit": "tickets/s", "baseline": "a copy of each row", "ratio": 0.68,
       "aim": "value >= 1600000", "met": True}
SKIPPED = {**ROW, "figure": "speed, skipped: no room", "value": None, "baseline": None, "ratio": None, "met": None}

ROWS = [
    ("a value, beside what, and a verdict", ROW,
     "| rows of live complaints | 1,000,000 | service | speed | 2,870,123 tickets/s | "
     "0.68 × a copy of each row | value >= 1600000 | met |"),
    ("a missed aim can be seen", {**ROW, "met": False},
     "| rows of live complaints | 1,000,000 | service | speed | 2,870,123 tickets/s | "
     "0.68 × a copy of each row | value >= 1600000 | **missed** |"),
    ("no baseline, no aim", {**ROW, "value": 12.3456, "baseline": None, "ratio": None, "aim": None, "met": None},
     "| rows of live complaints | 1,000,000 | service | speed | 12.35 tickets/s |  |  |  |"),
    ("why there is no value", SKIPPED,
     "| rows of live complaints | 1,000,000 | service | speed | skipped: no room |  | value >= 1600000 |  |"),
]


def run(*rows, options=()):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return subprocess.run([sys.executable, str(BENCH / "table.py"), *options, str(file)],
                              capture_output=True, text=True, check=False)


def main():
    for why, row, wanted in ROWS:
        assert table.table([row])[2] == wanted, f"{why}: {table.table([row])[2]}"
    whole = run(ROW, {**ROW, "case": "another", "aim": None, "met": None}, options=["--aims-only"])
    assert whole.returncode == 0 and "1 rows of aims are met, 0 are missed, 0 were skipped." in whole.stdout, whole
    assert "another" not in whole.stdout, "a row without an aim is left out where only aims are asked for"
    assert run(SKIPPED).returncode == 0, "a subject that cannot be had here owes no rows"
    assert run(SKIPPED, {**ROW, "case": "another"}).returncode == 0, "a skipped row says enough"
    missing = run({**ROW, "aim": None, "met": None})
    assert missing.returncode == 1 and "no row is about start: rows of live complaints" in missing.stderr, missing
    with tempfile.TemporaryDirectory() as folder:
        readme, said = Path(folder) / "README.md", Path(folder) / "start.txt"
        readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
        said.write_text("machine   a chip, 2 cores\nbuild     libsla\nrun       seed 42, 9 rounds\nprogress  half\n")
        assert run(ROW, options=["--into", str(readme), "--machine", str(said)]).returncode == 0
        text = readme.read_text()
        assert text.startswith("before\n") and text.endswith(f"{table.END}\nafter\n") and "old" not in text, text
        assert "    run       seed 42, 9 rounds\n" in text and "progress" not in text and "| service |" in text, text
        readme.write_text("no marks")
        assert run(ROW, options=["--into", str(readme)]).returncode == 1 and readme.read_text() == "no marks"
    aims = table.read_aims()
    assert len(aims) == len(set(aims)) and all(aim.when in ("", "full") for aim in aims), "an aim stands there twice"
    return 0


sys.exit(main())
