"""What tests of `sla run` have in common: the command running beside them, and facts of now.

Every process that a test starts is ended by its own object; sockets are local ones.
"""
import concurrent.futures
import datetime
import json
import os
import selectors
import subprocess
import sys
import time
import unittest

from case import SLA, Case

POLICY = {
    "policy": "call", "version": "1",
    "targets": [{"target": "answer", "stop": "answered", "goals": [{"elapsed": "PT1S"}],
                 "steps": [{"step": "half", "percent": 50, "to": "agent"},
                           {"step": "level_1", "after": "PT1S", "level": 1, "to": "team_lead"}]}],
}
PATIENCE = 30  # seconds; a machine may be busy
LATE = 2       # seconds that a telling may be late on such a machine


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def fact(ticket, name, **more):
    return json.dumps({"ticket": ticket, "fact": name, "occurred_at": now().isoformat(), **more}) + "\n"


class Running:
    """A command that runs, with its two streams as lines."""

    def __init__(self, case, *arguments, environment=None, store="memory:", **options):
        self.case = case
        where = ("--store", store) if store else ()
        self.process = subprocess.Popen(
            [SLA, "run", *where, *arguments], stdin=subprocess.PIPE,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}, cwd=case.folder.name,
            env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", **(environment or {})})
        self.streams = [s for s in (self.process.stdout, self.process.stderr) if s is not None]
        self.texts = {stream: b"" for stream in self.streams}
        self.open = set(self.streams)
        case.addCleanup(self.clean_up)

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, *self.streams):
            stream.close()

    def say(self, *lines):
        self.process.stdin.write("".join(lines).encode())
        self.process.stdin.flush()

    def listen(self, seconds, streams=None):
        """What comes on the streams within some time, or at once when something does."""
        with selectors.DefaultSelector() as selector:
            for stream in self.open & set(streams or self.streams):
                selector.register(stream, selectors.EVENT_READ)
            if not selector.get_map():
                time.sleep(min(seconds, 0.01))
            for key, _ in selector.select(seconds) if selector.get_map() else ():
                got = os.read(key.fileobj.fileno(), 1 << 16)
                self.texts[key.fileobj] += got
                if not got:
                    self.open.discard(key.fileobj)

    def wait_for(self, found, why, streams=None):
        end = time.monotonic() + PATIENCE
        while not (result := found()):
            ended = not self.open and self.process.poll() is not None
            if (ended and not found()) or time.monotonic() > end:
                self.case.fail(f"{why}: not in {PATIENCE} s; events {self.events()}, said {self.said()}")
            self.listen(0.05, streams)
        return result

    def events(self):
        text = self.texts.get(self.process.stdout, b"")
        return [json.loads(line) for line in text.decode().split("\n")[:-1]]

    def said(self):
        return self.texts.get(self.process.stderr, b"").decode()

    def wait_for_events(self, count):
        return self.wait_for(lambda: len(self.events()) >= count and self.events(), f"{count} events")

    def wait_for_words(self, words):
        return self.wait_for(lambda: words in self.said(), words, [self.process.stderr])

    def end(self, number=None, exit=0):
        """Until it has ended, after a signal where one is given."""
        if number is not None:
            self.process.send_signal(number)
        if number is None and not self.process.stdin.closed:
            self.process.stdin.close()
        self.wait_for(lambda: not self.open, "the end of its output")
        self.case.assertEqual(exit, self.process.wait(PATIENCE), self.said())
        return self.events()


class Live(Case):
    def setUp(self):
        super().setUp()
        self.write("call.json", json.dumps(POLICY))

    def start(self, *arguments, **options):
        return Running(self, "-p", "call.json", *arguments, **options)

    def words(self, events, ticket):
        return [event["event"] for event in events if event["ticket"] == ticket]

    def read(self, name):
        return self.path(name).read_text(encoding="utf-8") if self.path(name).exists() else ""


def all_at_once():
    """They mostly wait for the clock, so they wait together."""
    def run(test):
        result = unittest.TestResult()
        test.run(result)
        return [(test.id(), text) for _, text in result.failures + result.errors]

    def flat(suite):
        return [suite] if isinstance(suite, unittest.TestCase) else [t for part in suite for t in flat(part)]

    module = sys.modules["__main__"]
    getattr(module, "setUpModule", lambda: None)()
    tests = flat(unittest.defaultTestLoader.loadTestsFromModule(module))
    with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
        failures = [failure for found in pool.map(run, tests) for failure in found]
    unittest.doModuleCleanups()
    for name, text in failures:
        print(f"FAILED {name}\n{text}")
    print(f"{len(tests)} tests, {len({name for name, _ in failures})} of them failed")
    return 1 if failures or not tests else 0


def main():
    if len(sys.argv) > 1:
        unittest.main(verbosity=1)
    sys.exit(all_at_once())
