"""What `sla run --exec` does: programs that fail, hang, die, vanish, and its end with them.

    run_exec.py SLA [unittest arguments]
"""
import collections
import json
import os
import pathlib
import re
import signal
import time

from live import PATIENCE, Live, fact, main

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
    late) sleep 1; exit 1 ;;
    esac
fi
case $ticket in never*) exit 1 ;; esac
case $ticket-$event in first-warning) exit 1 ;; esac
case $ticket in slow*) sleep 0.3 ;; esac
echo "end $ticket $event $$" >>log
"""


class Told(Live):
    def setUp(self):
        super().setUp()
        self.write("program", PROGRAM)
        self.path("program").chmod(0o755)
        self.exec = ("--exec", "./program")

    def log(self, word=""):
        return [line.split()[1:3] for line in self.read("log").splitlines() if line.startswith(word)]

    def told(self, ticket):
        return [event for name, event in self.log("end") if name == ticket]


class Programs(Told):
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

    def test_the_wait_counts_from_the_failure(self):
        running = self.start("--until-idle", *self.exec)
        began = time.monotonic()
        running.say(fact("late", "opened"), fact("late", "answered"))
        running.wait_for(lambda: self.log("end"), "its second try")
        self.assertGreater(time.monotonic() - began, 2)
        running.end()
        self.assertEqual(1, running.said().count("attempt=1 exit=1"), running.said())


class TheEnd(Told):
    """Each event gets its one try at the end; what is left is told and is the exit."""

    def test_a_ticket_that_always_fails(self):
        running = self.start(*self.exec)
        running.say(fact("never", "opened"), fact("good", "opened"), fact("good", "answered"))
        running.wait_for_words("attempt=2")
        time.sleep(2.2)
        running.end(signal.SIGTERM, exit=7)
        tried = {event for ticket, event in self.log("begin") if ticket == "never"}
        self.assertEqual({"warning", "breached", "escalated"}, tried)
        self.assertEqual(["met"], self.told("good"))
        self.assertRegex(running.said(), "(?m)^sla: error: undelivered: events=3$")

    def test_what_follows_one_that_fails(self):
        running = self.start(*self.exec)
        running.say(fact("first", "opened"))
        running.wait_for_words("attempt=2")
        time.sleep(2.2)
        running.end(signal.SIGTERM, exit=7)
        self.assertEqual(["breached", "escalated"], self.told("first"))
        self.assertIn("undelivered: events=1\n", running.said())

    def test_very_many(self):
        """More than may wait for an acknowledgement at once, and all of them fail."""
        count = 1500
        running = self.start("--metrics", "sla.prom", "--exec-jobs", "16", "--exec", "false")
        running.say(*(fact(f"T-{number}", name) for number in range(count) for name in ("opened", "answered")))
        running.wait_for(lambda: f"sla_run_lines_total {2 * count}\n" in self.read("sla.prom"), "all lines",
                         [running.process.stderr])
        running.end(signal.SIGTERM, exit=7)
        left = int(re.search("undelivered: events=([0-9]+)", running.said())[1])
        self.assertGreaterEqual(left, count)
        tried = set(re.findall("event=([0-9]+)", running.said()))
        self.assertEqual(left, len(tried))


class Starting(Live):
    def program(self, name, text, mode=0o755):
        self.write(name, text)
        self.path(name).chmod(mode)

    def test_what_cannot_be_started(self):
        self.program("shapeless", "echo no interpreter\n")
        self.program("lost", "#!/nowhere/sh\n")
        self.program("locked", "#!/bin/sh\n", 0o644)
        for name, why in (("./nothing", "No such file"), ("nothing-of-this-name", "No such file"),
                          ("./call.json", "denied"), ("./locked", "denied"),
                          ("./shapeless", "is no program: a script begins with #!"),
                          ("./lost", "its interpreter is not")):
            self.sla("run", "-p", "call.json", "--exec", name, exit=74)
            self.assertIn(f"--exec: {name}: ", self.errors)
            self.assertIn(why, self.errors, name)

    def test_looking_does_not_run_it(self):
        self.program("writes", "#!/bin/sh\n: >ran\n")
        self.sla("run", "-p", "call.json", "--until-idle", "--exec", "./writes")
        self.assertFalse(self.path("ran").exists())

    def test_one_that_vanishes(self):
        self.program("vanishes", "#!/bin/sh\nexit 0\n")
        running = self.start("--metrics", "sla.prom", "--exec", "./vanishes")
        running.wait_for(lambda: self.read("sla.prom"), "the begin", [running.process.stderr])
        self.path("vanishes").unlink()
        running.say(fact("T-1", "opened"), fact("T-1", "answered"))
        running.wait_for_words("attempt=2 error=is not there")
        time.sleep(0.5)
        self.assertNotIn("attempt=3", running.said())
        running.end(signal.SIGTERM, exit=7)



if __name__ == "__main__":
    main()
