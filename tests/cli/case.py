"""What tests of the command `sla` have in common: a policy, a calendar and a day in
a scratch folder, and the command run there.

The path of the command is the first argument of the program, and is taken away.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SLA = pathlib.Path(sys.argv.pop(1)).resolve()

POLICY = {
    "policy": "support", "version": "1", "calendar": "desk",
    "attributes": {"kind": "string", "grade": "int"},
    "match": {"attr": "kind", "eq": "fault"},
    "targets": [
        {"target": "resolution", "stop": "resolved",
         "pauses": [{"reason": "customer", "on": "waiting"}], "resumes": [{"on": "answered"}],
         "goals": [{"when": {"attr": "grade", "eq": 1}, "business": "PT4H"}, {"business": "PT8H"}],
         "steps": [{"step": "half", "percent": 50, "to": "agent"},
                   {"step": "level_1", "after": "PT0S", "level": 1, "to": "team_lead",
                    "repeat": {"every": "PT30M", "max": 2, "until": "next_level"}},
                   {"step": "level_2", "after": "PT2H", "level": 2, "to": "head"}]}
    ],
}
CALENDAR = {"kind": "calendar", "name": "desk", "version": "1", "zone": "UTC",
            "week": {"mon-fri": ["09:00-17:00"]}}


def fact(ticket, name, at, recorded=None, **more):
    line = {"ticket": ticket, "fact": name, "occurred_at": f"2026-03-{at}Z"}
    if recorded:
        line["recorded_at"] = f"2026-03-{recorded}Z"
    line.update(more)
    return line


def opened(ticket, at, grade, **more):
    return fact(ticket, "opened", at, attributes={"kind": "fault", "grade": grade}, **more)


# 2026-03-02 is a Monday.
DAY = [
    opened("A", "02T09:00:00", 1, id="a1"),
    opened("B", "02T10:00:00", 2, id="b1"),
    fact("B", "waiting", "02T11:00:00", id="b2"),
    fact("A", "resolved", "02T12:30:00", id="a2"),
    fact("B", "answered", "02T13:00:00", id="b3"),
    opened("C", "02T13:00:00", 1, id="c1"),
    fact("C", "resolved", "03T10:00:00", id="c2"),
]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("support.json", json.dumps(POLICY))
        self.write("desk.json", json.dumps(CALENDAR))
        self.write("day.jsonl", DAY)

    def path(self, name):
        return pathlib.Path(self.folder.name) / name

    def write(self, name, content):
        if not isinstance(content, str):
            content = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n"
                              for line in content)
        self.path(name).write_text(content, encoding="utf-8")

    def sla(self, *arguments, stdin="", exit=0):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run([SLA, *arguments], input=stdin, capture_output=True, text=True,
                              encoding="utf-8", cwd=self.folder.name, env=environment, timeout=120)
        self.assertEqual(exit, done.returncode, done.stderr + done.stdout)
        self.errors = done.stderr
        return done.stdout

    def lines(self, *arguments, **options):
        return [json.loads(line) for line in self.sla(*arguments, **options).splitlines()]

    def replay(self, *arguments, facts=None, **options):
        if facts is not None:
            self.write("facts.jsonl", facts)
        return self.lines("replay", "-p", "support.json", "-c", "desk.json", *arguments,
                          "day.jsonl" if facts is None else "facts.jsonl", **options)
