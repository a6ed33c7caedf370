"""What `sla run` says of itself: to a manager, in figures, on standard error.

    run_says.py SLA [unittest arguments]
"""
import fcntl
import json
import os
import re
import signal
import socket
import time

from live import PATIENCE, Live, fact, main


class Usage(Live):
    def test_what_is_wrong_with_the_words_is_json_too(self):
        for words, said in ((("--store", "sqlite:a?b"), "takes no parameters"), (("--nothing",), "--nothing"),
                            (("--exec-jobs", "0"), "--exec-jobs is a number"), (("x",), "facts come on standard input"),
                            (("--schema", "x"), "of PostgreSQL")):
            for line in (("--json", *words), (*words, "--json")):
                self.sla("run", "-p", "call.json", *line, exit=2)
                spoken, = map(json.loads, self.errors.splitlines())
                self.assertEqual("complaint", spoken["what"])
                self.assertIn(said, spoken["text"])
        self.sla("run", "--nothing", "--exec", "sh", "--json", exit=2)
        self.assertIn("sla run: unrecognized option", self.errors)
        self.sla("import", "-p", "call.json", "--map", "x", "--json", exit=2)
        self.assertIn("--map is", json.loads(self.errors)["text"])


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

    def test_where_it_cannot_be(self):
        for name, why in (("", "is missing"), ("nowhere/sla.prom", "the folder nowhere/: No such"),
                          ("call.json/sla.prom", "Not a directory"), ("./", "is a folder"), (".", "no regular file"),
                          ("call.json", "is read already"), ("/dev/null", "no regular file")):
            self.sla("run", "-p", "call.json", "--metrics", name, exit=2)
            self.assertIn(why, self.errors, name)

    def test_not_over_its_own_streams(self):
        for stream in ("stdout", "stderr"):
            with open(self.path("stream"), "wb") as file:
                running = self.start("--metrics", "stream", **{stream: file})
                self.assertEqual(2, running.process.wait(PATIENCE), stream)
            said = running.said() if stream == "stderr" else ""
            self.assertEqual("", said)
        self.assertIn("which is written already", self.read("stream"))


class NobodyReads(Live):
    """Standard error fills up: nothing waits for it, and what was dropped is counted."""
    LINES = 3000

    def fill(self, write_end, read_end):
        flags = fcntl.fcntl(write_end, fcntl.F_GETFL)
        running = self.start("--metrics", "sla.prom", stderr=write_end)
        running.say(*(f"no json {number}\n" for number in range(self.LINES)),
                    fact("T-1", "opened"), fact("T-1", "answered"))
        self.assertEqual(["met"], [event["event"] for event in running.wait_for_events(1)])
        self.assertEqual(flags, fcntl.fcntl(write_end, fcntl.F_GETFL))
        os.close(write_end)
        self.addCleanup(os.close, read_end)
        return running

    def pairs(self):
        yield tuple(reversed(os.pipe()))
        yield tuple(one.detach() for one in socket.socketpair())

    def drain(self, read_end):
        text = b""
        while got := os.read(read_end, 1 << 16):
            text += got
        return text.decode()

    def test_it_goes_on_and_ends(self):
        for ends in self.pairs():
            running = self.fill(*ends)
            began = time.monotonic()
            running.process.send_signal(signal.SIGTERM)
            self.assertEqual(6, running.process.wait(PATIENCE))
            self.assertLess(time.monotonic() - began, PATIENCE / 2)
            self.assertGreater(len(self.drain(ends[1]).splitlines()), 100)

    def test_a_second_signal(self):
        write_end, read_end = reversed(os.pipe())
        running = self.fill(write_end, read_end)
        for _ in range(2):
            running.process.send_signal(signal.SIGTERM)
        self.assertIn(running.process.wait(PATIENCE), (-signal.SIGTERM, 6))

    def test_what_was_dropped_is_counted(self):
        for write_end, read_end in self.pairs():
            running = self.fill(write_end, read_end)
            text = os.read(read_end, 1 << 16).decode()
            while "lines_dropped" not in text:
                text += os.read(read_end, 1 << 16).decode()
            running.process.send_signal(signal.SIGTERM)
            text += self.drain(read_end)
            self.assertEqual(6, running.process.wait(PATIENCE))
            dropped = sum(map(int, re.findall("lines_dropped: lines=([0-9]+)", text)))
            told = len(re.findall(r"(?m)^sla: standard input:[0-9]+:[0-9]+: ", text))
            self.assertEqual(self.LINES, told + dropped)
            self.assertGreater(dropped, 0)



if __name__ == "__main__":
    main()
