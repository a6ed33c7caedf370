"""What `sla run` does in real time: events on time, programs that fail, hang and die,
files read again, signals, the manager's socket, pipes that are slow or closed.

Every process that a test starts is ended by its own object; sockets are local ones.

    run.py SLA [unittest arguments]
"""
import collections
import concurrent.futures
import datetime
import json
import os
import pathlib
import re
import selectors
import signal
import socket
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

    def __init__(self, case, *arguments, environment=None, **options):
        self.case = case
        self.process = subprocess.Popen(
            [SLA, "run", *arguments], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
            **{"stdout": subprocess.PIPE, **options}, cwd=case.folder.name,
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
        return self.texts[self.process.stderr].decode()

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
            done = subprocess.run([SLA, "run", "-p", "call.json", "--until-idle"], stdin=facts,
                                  capture_output=True, cwd=self.folder.name, timeout=4 * PATIENCE)
        self.assertEqual((0, b""), (done.returncode, done.stderr))
        met = collections.Counter(event["ticket"] for event in map(json.loads, done.stdout.splitlines())
                                  if event["event"] == "met")
        self.assertEqual((count, {1}), (len(met), set(met.values())))


PROGRAM = """\
#!/bin/sh
# What it was given, and how it went: the first time as the ticket's name says.
line=$(cat)
ticket=$(echo "$line" | sed 's/.*"ticket":"\\([^"]*\\)".*/\\1/')
event=$(echo "$line" | sed 's/.*"event":"\\([^"]*\\)".*/\\1/')
echo "begin $ticket $event $$" >>log
if ! test -e "seen.$ticket"; then
    : >"seen.$ticket"
    case $ticket in
    fails) exit 1 ;;
    hangs) exec sleep 1000 ;;
    polite) trap 'exit 0' TERM; sleep 1000 & wait ;;
    stays) trap '' TERM; sleep 1000 & while :; do wait; sleep 0.1; done ;;
    dies) kill -KILL $$ ;;
    esac
fi
case $ticket in slow*) sleep 0.3 ;; esac
echo "end $ticket $event $$" >>log
"""


class Programs(Live):
    def setUp(self):
        super().setUp()
        self.write("program", PROGRAM)
        self.path("program").chmod(0o755)
        self.exec = ("--exec", "./program")

    def log(self, word=""):
        return [line.split()[1:3] for line in self.read("log").splitlines() if line.startswith(word)]

    def told(self, ticket):
        return [event for name, event in self.log("end") if name == ticket]

    def test_failures_are_delivered_again_in_order(self):
        running = self.start("--until-idle", "--exec-timeout", "PT1S", "--exec-jobs=8", *self.exec)
        tickets = ("good", "fails", "hangs", "polite", "dies")
        running.say(*(fact(ticket, "opened") for ticket in tickets))
        self.assertEqual([], running.end())
        for ticket in tickets:
            self.assertEqual(["warning", "breached", "escalated"], self.told(ticket), ticket)
        tries = collections.Counter(ticket for ticket, _ in self.log("begin"))
        self.assertEqual({"good": 3, "fails": 4, "hangs": 4, "polite": 4, "dies": 4}, tries)
        for reason, times in (("exit=1", 1), ("timeout_s=1", 2), ("signal=9", 1)):
            self.assertEqual(times, running.said().count(reason), running.said())
        self.assertEqual(4, len(running.said().splitlines()))

    def test_never_more_at_once_than_allowed(self):
        running = self.start("--until-idle", "--exec-jobs", "2", *self.exec)
        running.say(*(fact(f"slow-{number}", name) for number in range(6) for name in ("opened", "answered")))
        running.end()
        at_once = most = 0
        for line in self.read("log").splitlines():
            at_once += 1 if line.startswith("begin") else -1
            most = max(most, at_once)
        self.assertEqual((0, 2, 6), (at_once, most, len(self.log("end"))))

    def test_no_shell_in_between(self):
        self.write("words", '#!/bin/sh\nfor word; do echo "[$word]"; done\ncat\n')
        self.path("words").chmod(0o755)
        running = self.start("--until-idle", "--exec", "./words", "a b", "$HOME; exit 1", "-v", "--json", "")
        running.say(fact("T-1", "opened"), fact("T-1", "answered"))
        running.process.stdin.close()
        running.wait_for(lambda: not running.open, "the end")
        *words, event, empty = running.texts[running.process.stdout].decode().split("\n")
        self.assertEqual(["[a b]", "[$HOME; exit 1]", "[-v]", "[--json]", "[]"], words)
        self.assertEqual(("met", ""), (json.loads(event)["event"], empty))
        self.assertEqual(0, running.process.wait(PATIENCE))

    def test_an_orderly_end_waits_for_them(self):
        running = self.start(*self.exec)
        running.say(fact("slow", "opened"), fact("slow", "answered"))
        running.wait_for(lambda: self.log("begin"), "a program that runs")
        running.end(signal.SIGTERM)
        self.assertEqual(["met"], self.told("slow"))

    def test_a_second_signal_ends_at_once(self):
        running = self.start(*self.exec)
        running.say(fact("stays", "opened"), fact("stays", "answered"))
        running.wait_for(lambda: self.log("begin"), "a program that runs")
        pid = int(self.read("log").split()[3])
        self.addCleanup(lambda: self.end_sleepers(pid))
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        self.assertIsNone(running.process.poll())
        running.process.send_signal(signal.SIGTERM)
        self.assertEqual(-signal.SIGTERM, running.process.wait(PATIENCE))
        running.wait_for(lambda: self.is_gone(pid), "the end of its program")

    @staticmethod
    def status(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None

    def is_gone(self, pid):
        status = self.status(pid)
        return status is None or status[0] == "Z"

    def end_sleepers(self, group):
        """What the program itself has started is in its group, and only that."""
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            status = self.status(path.name)
            if status is not None and int(status[2]) == group:
                os.kill(int(path.name), signal.SIGKILL)

    def test_one_that_ignores_the_question_is_made_to_end(self):
        running = self.start("--until-idle", "--exec-timeout=PT1S", *self.exec)
        running.say(fact("stays", "opened"), fact("stays", "answered"))
        running.wait_for(lambda: self.log("begin"), "a program that runs")
        pid = int(self.read("log").split()[3])
        self.addCleanup(lambda: self.end_sleepers(pid))
        running.process.stdin.close()
        running.wait_for(lambda: self.told("stays"), "its second try")
        self.assertTrue(self.is_gone(pid))
        self.assertEqual(0, running.process.wait(PATIENCE))


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

    def test_an_end_with_a_program_that_fails(self):
        running = self.start("--exec", "false")
        running.say(fact("T-1", "opened"), fact("T-1", "answered"), fact("T-2", "opened"), fact("T-2", "answered"))
        running.wait_for_words("attempt=2")
        running.end(signal.SIGTERM)

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
        command = f"trap '' INT; exec {SLA} run -p call.json"
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


class Manager(Live):
    def listen_at(self, name):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(made.close)
        made.bind(name)
        made.settimeout(PATIENCE)
        return made

    def receive_until(self, heard, manager, words):
        while words not in "\n".join(heard).split("\n"):
            heard.append(manager.recv(4096).decode())
        return heard

    def test_a_life(self):
        name = str(self.path("notify"))
        manager = self.listen_at(name)
        running = self.start(environment={"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"})
        heard = self.receive_until([], manager, "READY=1")
        self.assertTrue(any(line.startswith("STATUS=0 live tickets") for line in heard), heard)
        heard = [self.receive_until([], manager, "WATCHDOG=1") for _ in range(3)]
        running.process.send_signal(signal.SIGHUP)
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        heard = self.receive_until([], manager, "RELOADING=1")
        stamp = int(re.search(r"MONOTONIC_USEC=(\d+)", heard[-1])[1])
        self.assertLess(abs(stamp - before), PATIENCE * 1_000_000)
        self.receive_until([], manager, "READY=1")
        running.process.send_signal(signal.SIGTERM)
        self.receive_until([], manager, "STOPPING=1")
        running.end()

    def test_in_the_abstract_and_no_child_hears_of_it(self):
        name = f"sla-test-{os.getpid()}-{id(self)}"
        manager = self.listen_at("\0" + name)
        running = self.start("--until-idle", "--exec", "sh", "-c", "env",
                             environment={"NOTIFY_SOCKET": "@" + name, "WATCHDOG_USEC": "200000"})
        self.receive_until([], manager, "READY=1")
        running.say(fact("T-1", "opened"), fact("T-1", "answered"))
        running.process.stdin.close()
        running.wait_for(lambda: not running.open, "the end")
        environment = running.texts[running.process.stdout].decode()
        self.assertIn("PATH=", environment)
        self.assertNotRegex(environment, "NOTIFY|WATCHDOG")

    def test_the_watchdog_of_somebody_else(self):
        name = str(self.path("notify"))
        manager = self.listen_at(name)
        running = self.start(environment={"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": "1"})
        self.receive_until([], manager, "READY=1")
        time.sleep(0.2)
        running.process.send_signal(signal.SIGTERM)
        heard = self.receive_until([], manager, "STOPPING=1")
        self.assertNotIn("WATCHDOG=1", heard)
        running.end()

    def test_a_socket_that_is_not_there(self):
        for name in (str(self.path("nothing")), "relative"):
            running = self.start(environment={"NOTIFY_SOCKET": name})
            running.end(exit=74)
            self.assertIn("NOTIFY_SOCKET", running.said())


METRIC = re.compile(r'([a-z_][a-z0-9_]*)(\{[a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*\})? (-?[0-9.e+-]+|NaN|[+-]Inf)')


class Metrics(Live):
    def parse(self):
        values, types = {}, {}
        for line in self.read("sla.prom").splitlines():
            if line.startswith("#"):
                self.assertRegex(line, r"^# (HELP [a-z_]\w* .+|TYPE [a-z_]\w* (counter|gauge|histogram))$")
                if line.startswith("# TYPE"):
                    types[line.split()[2]] = line.split()[3]
                continue
            found = METRIC.fullmatch(line)
            self.assertIsNotNone(found, line)
            values[found[1] + (found[2] or "")] = float(found[3])
        for name in values:
            base = name.partition("{")[0]
            self.assertTrue(base in types or re.sub("_(bucket|sum|count)$", "", base) in types, name)
        return values

    def test_from_begin_to_end(self):
        running = self.start("--metrics", "sla.prom", "--exec", "sh", "-c", "exit 0")
        running.wait_for(lambda: self.read("sla.prom"), "the first figures")
        self.assertEqual(0, self.parse()["sla_run_lines_total"])
        running.say(fact("T-1", "opened"), fact("T-1", "answered"), "bad\n")
        running.wait_for_words("standard input:3")
        running.end(signal.SIGTERM, exit=6)
        values = self.parse()
        self.assertEqual([3, 1, 1, 0], [values[f"sla_run_{name}_total"] for name in
                                        ("lines", "lines_refused", "exec_started", "exec_failed")])
        self.assertEqual(2, values["sla_facts_recorded_total"])
        self.assertEqual([], [path.name for path in self.path(".").glob("sla.prom.*")])

    def test_where_it_cannot_be_written(self):
        running = self.start("--metrics", "nowhere/sla.prom")
        running.end(exit=74)
        self.assertIn("metrics_failed", running.said())
        self.sla("run", "-p", "call.json", "--metrics", "call.json", exit=2)
        self.sla("run", "-p", "call.json", "--metrics", "/dev/null", exit=2)


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
                (("--exec-jobs", "2"), "give --exec"), (("--exec-timeout", "PT1S"), "give --exec"))
        for arguments, said in rows:
            self.sla("run", "-p", "call.json", *arguments, exit=2)
            self.assertIn(said, self.errors, arguments)
        self.sla("run", exit=2)
        self.sla("run", "-p", "desk.json", exit=2)
        self.sla("run", "-p", "nothing", exit=74)
        self.write("bad.json", '{"policy": "bad"}')
        self.sla("run", "-p", "bad.json", exit=3)
        for program in ("./nothing", "nothing-of-this-name", "./call.json"):
            self.sla("run", "-p", "call.json", "--exec", program, exit=74)
            self.assertIn(program, self.errors)


def all_at_once():
    """They mostly wait for the clock, so they wait together."""
    def run(test):
        result = unittest.TestResult()
        test.run(result)
        return [(test.id(), text) for _, text in result.failures + result.errors]

    def flat(suite):
        return [suite] if isinstance(suite, unittest.TestCase) else [t for part in suite for t in flat(part)]

    tests = flat(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
        failures = [failure for found in pool.map(run, tests) for failure in found]
    for name, text in failures:
        print(f"FAILED {name}\n{text}")
    print(f"{len(tests)} tests, {len({name for name, _ in failures})} of them failed")
    return 1 if failures or not tests else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        unittest.main(verbosity=1)
    sys.exit(all_at_once())
