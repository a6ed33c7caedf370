"""What `sla run` does in real time: events on time, lines that are wrong, signals, files
read again, pipes that are slow or closed.

    run.py SLA [unittest arguments]
"""
import collections
import json
import re
import signal
import subprocess
import time

from case import SLA
from live import LATE, PATIENCE, POLICY, Live, fact, instant, main, now


class OnTime(Live):
    def test_a_ticket(self):
        running = self.start("--until-idle")
        running.say(fact("T-1", "opened"), fact("T-2", "opened"), fact("T-2", "answered"))
        events = running.end()
        self.assertEqual(["warning", "breached", "escalated"], self.words(events, "T-1"))
        self.assertEqual(["met"], self.words(events, "T-2"))
        for event in events:
            late = instant(event["told"]) - instant(event["at"])
            self.assertGreaterEqual(late.total_seconds(), 0, event)
            self.assertLess(late.total_seconds(), LATE, event)

    def test_the_end_of_input_is_not_the_end(self):
        running = self.start()
        running.say(fact("T-1", "opened"))
        running.process.stdin.close()
        self.assertEqual(["warning", "breached", "escalated"],
                         self.words(running.wait_for_events(3), "T-1"))
        self.assertIsNone(running.process.poll())
        running.end(signal.SIGINT)

    def test_the_clock_is_the_machines(self):
        running = self.start("--until-idle")
        running.say(fact("T-1", "opened", recorded_at="2026-03-02T09:00:00Z"))
        first = running.end()[0]
        self.assertLess(abs((instant(first["told"]) - now()).total_seconds()), PATIENCE)


class Lines(Live):
    def test_bad_ones_are_reported_and_the_rest_goes_on(self):
        running = self.start("--until-idle")
        running.say("no json\n", "\n", '{"ticket":"T-1","fact":"opened"}\n', "x" * (1 << 20), "xx\n",
                    fact("T-2", "opened", id="1"), fact("T-2", "opened", id="2"),
                    fact("T-2", "answered").rstrip("\n"))
        self.assertEqual(["met"], self.words(running.end(exit=6), "T-2"))
        said = running.said()
        for number in (1, 3, 4, 6):
            self.assertRegex(said, rf"(?m)^sla: standard input:{number}:")
        self.assertIn("longer than 1048576 bytes", said)
        self.assertEqual(4, len(said.splitlines()), said)

    def test_as_json(self):
        running = self.start("--until-idle", "--json")
        running.say('{"ticket":"T-1","fact":"opened","occurred_at":"today"}\n')
        running.end(exit=6)
        line, = map(json.loads, running.said().splitlines())
        self.assertLess(abs((instant(line.pop("time")) - now()).total_seconds()), PATIENCE)
        self.assertIn('"today"', line.pop("error"))
        self.assertEqual({"level": "warning", "what": "line_refused", "source": "standard input",
                          "line": 1, "column": 47, "code": "SLA_ERR_FACT", "pointer": "/occurred_at"}, line)

    def test_a_line_that_comes_in_pieces(self):
        running = self.start("--until-idle")
        for piece in re.findall("(?s).{1,20}", fact("T-1", "opened") + fact("T-1", "answered")):
            running.say(piece)
            time.sleep(0.005)
        self.assertEqual(["met"], self.words(running.end(), "T-1"))

    def test_very_many(self):
        """More than there is room for under way: reading waits, and nothing is lost."""
        count = 5_000
        self.write("many.jsonl", [line.rstrip("\n") for number in range(count)
                                  for line in (fact(f"T-{number}", "opened"), fact(f"T-{number}", "answered"))])
        with open(self.path("many.jsonl"), "rb") as facts:
            done = subprocess.run([SLA, "run", "-p", "call.json", "--store", "memory:", "--until-idle"], stdin=facts,
                                  capture_output=True, cwd=self.folder.name, timeout=4 * PATIENCE)
        self.assertEqual((0, b""), (done.returncode, done.stderr))
        met = collections.Counter(event["ticket"] for event in map(json.loads, done.stdout.splitlines())
                                  if event["event"] == "met")
        self.assertEqual((count, {1}), (len(met), set(met.values())))


class Signals(Live):
    def test_what_was_taken_up_is_told(self):
        running = self.start()
        running.say("".join(fact(f"T-{number}", name) for number in range(100)
                            for name in ("opened", "answered")))
        running.wait_for_events(1)
        events = running.end(signal.SIGTERM)
        self.assertEqual({f"T-{number}" for number in range(100)},
                         {event["ticket"] for event in events if event["event"] == "met"})

    def test_all_of_it_also_when_it_is_much(self):
        """More than may wait for an acknowledgement at once, and nobody has read yet."""
        running = self.start("--metrics", "sla.prom")
        count = 4000
        running.say(*(fact(f"T-{number}", name) for number in range(count) for name in ("opened", "answered")))
        running.wait_for(lambda: "sla_run_lines_total" in self.read("sla.prom"), "the begin", [])
        time.sleep(0.5)  # what is in the pipe by now is read
        met = collections.Counter(event["ticket"] for event in running.end(signal.SIGTERM)
                                  if event["event"] == "met")
        self.assertEqual((count, {1}), (len(met), set(met.values())))

    def test_files_are_read_again(self):
        running = self.start("--json", "--verbose")
        running.say(fact("old", "opened"))
        running.wait_for_events(1)
        newer = json.loads(json.dumps(POLICY).replace('"agent"', '"boss"').replace('"1"', '"2"'))
        self.write("call.json", json.dumps(newer))
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_words('"reloaded"')
        for broken in ('{"policy": "call", "version": "3"}', "{", None):
            if broken is None:
                self.path("call.json").unlink()
            else:
                self.write("call.json", broken)
            before = running.said().count('"reload_refused"')
            running.process.send_signal(signal.SIGHUP)
            running.wait_for(lambda: running.said().count('"reload_refused"') > before, "a refusal")
        running.say(fact("new", "opened"))
        events = running.wait_for(lambda: any(e["ticket"] == "new" for e in running.events()) and running.events(),
                                  "an event of the new ticket")
        told = {event["ticket"]: (event["policy_version"], event["to"]) for event in events
                if event["event"] == "warning"}
        self.assertEqual({"old": ("1", "agent"), "new": ("2", "boss")}, told)
        running.end(signal.SIGTERM)
        lines = [json.loads(line) for line in running.said().splitlines()]
        self.assertEqual({"complaint"}, {line["what"] for line in lines if "error" in line})

    def test_an_interrupt_that_is_ignored_stays_so(self):
        command = f"trap '' INT; exec {SLA} run --store memory: -p call.json"
        process = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   cwd=self.folder.name)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdin.write((fact("T-1", "opened") + fact("T-1", "answered")).encode())
        process.stdin.close()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(PATIENCE))


class Pipes(Live):
    def test_closed_while_nothing_is_to_be_told(self):
        running = self.start()
        running.say(fact("T-1", "opened"), fact("T-1", "answered"))
        running.wait_for_events(1)
        running.process.stdout.close()
        running.streams.remove(running.process.stdout)
        running.open.discard(running.process.stdout)
        self.assertEqual(74, running.process.wait(PATIENCE))
        running.wait_for_words("standard output: cannot be written: Broken pipe")

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            running = self.start(stdout=full)
            running.say(fact("T-1", "opened"), fact("T-1", "answered"))
            self.assertEqual(74, running.process.wait(PATIENCE))
            running.wait_for_words("No space left on device")

    def test_a_slow_reader_holds_nothing_up(self):
        """Nobody reads: it reloads, records and takes its time; then all is there once."""
        running = self.start("--verbose", "--metrics", "sla.prom")
        count = 3000
        errors = [running.process.stderr]
        running.say(*(fact(f"T-{number}", name) for number in range(count) for name in ("opened", "answered")))
        running.process.send_signal(signal.SIGHUP)
        running.wait_for(lambda: "reloaded" in running.said(), "a reload", errors)
        self.assertIsNone(running.process.poll())
        running.wait_for(lambda: sum(e["event"] == "met" for e in running.events()) >= count, "all events")
        met = collections.Counter(event["ticket"] for event in running.end(signal.SIGTERM)
                                  if event["event"] == "met")
        self.assertEqual((count, {1}), (len(met), set(met.values())))


class Words(Live):
    def test_what_is_refused(self):
        rows = ((("x.jsonl",), "standard input"), (("--exec",), "requires"), (("--exec", ""), "missing"),
                (("--exec-jobs", "0", "--exec", "true"), "--exec-jobs"),
                (("--exec-jobs", "4x", "--exec", "true"), "--exec-jobs"),
                (("--exec-timeout", "30", "--exec", "true"), "--exec-timeout"),
                (("--exec-timeout", "PT0S", "--exec", "true"), "--exec-timeout"),
                (("--store", "file:x"), "a store is sqlite:PATH"), (("--store", "sqlite:"), "the path of a file"),
                (("--store", "sqlite://host/x"), "a store is"), (("--schema", "x"), "of PostgreSQL"),
                (("--pooled", "--store", "memory:"), "of PostgreSQL"),
                (("--exec-jobs", "2"), "give --exec"), (("--exec-timeout", "PT1S"), "give --exec"))
        for arguments, said in rows:
            self.sla("run", "-p", "call.json", *arguments, exit=2)
            self.assertIn(said, self.errors, arguments)
        self.sla("run", exit=2)
        self.sla("run", "-p", "desk.json", exit=2)
        self.sla("run", "-p", "nothing", exit=74)
        self.write("bad.json", '{"policy": "bad"}')
        self.sla("run", "-p", "bad.json", exit=3)


if __name__ == "__main__":
    main()
