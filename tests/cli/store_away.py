"""A store that is away, hangs, or does not want any more: what the command says, and when it ends.

    store_away.py SLA [unittest arguments]
"""
import contextlib
import fcntl
import json
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import threading
import time

from case import SLA, opened
from in_store import InSqlite
from live import PATIENCE, Live, fact, main


class Ends(InSqlite, Live):
    """SIGTERM while somebody else has to do something first."""
    AWAY = "postgresql:host=/nowhere"

    def test_nothing_was_read_and_no_store_was_there(self):
        running = self.start(store=self.AWAY)
        running.wait_for_words("store_lost")
        began = time.monotonic()
        running.end(signal.SIGTERM, exit=74)
        self.assertIn("untold: the store cannot be reached", running.said())
        self.assertLess(time.monotonic() - began, PATIENCE / 2)

    def test_lines_that_no_store_takes(self):
        running = self.start("--end-timeout", "PT2S", store=self.AWAY)
        running.say(fact("T-1", "opened"), fact("T-2", "opened"), fact("T-2", "answered")[:-1])
        running.wait_for_words("store_lost")
        time.sleep(0.3)
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        running.wait_for_words("waits_to_end: for the store, 2 s at most; a second signal ends it at once")
        running.wait_for(lambda: not running.open, "the end")
        self.assertEqual(74, running.process.wait(PATIENCE))
        self.assertGreaterEqual(time.monotonic() - began, 1.9)
        self.assertIn("unrecorded: lines=2\n", running.said())  # the third had no end

    def test_a_second_signal(self):
        running = self.start(store=self.AWAY)
        running.say(fact("T-1", "opened"))
        running.wait_for_words("store_lost")
        time.sleep(0.3)
        running.process.send_signal(signal.SIGTERM)
        running.wait_for_words("waits_to_end")
        running.end(signal.SIGTERM, exit=-signal.SIGTERM)

    def test_a_reader_who_does_not_read(self):
        read_end, write_end = os.pipe()
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
        store = self.new_store()
        running = self.start("--end-timeout", "PT2S", store=store, stdout=write_end)
        os.close(write_end)
        running.say(fact("T-0", "opened"), fact("T-0", "answered"))
        running.wait_for(lambda: os.read(read_end, 1), "the first event")
        running.say(*(fact(f"T-{number}", name) for number in range(1, 100) for name in ("opened", "answered")))
        running.wait_for(lambda: self.query("select 1 from event where number = 100"), "the events", [running.process.stderr])
        running.process.send_signal(signal.SIGTERM)
        running.wait_for_words("waits_to_end: for the reader of standard output, 2 s at most")
        running.wait_for(lambda: not running.open, "the end")
        self.assertEqual(7, running.process.wait(PATIENCE), running.said())
        left = int(re.search("undelivered: events=([0-9]+)\n", running.said())[1])
        read = os.read(read_end, 1 << 16).count(b"\n")
        os.close(read_end)
        self.assertTrue(80 < left < 100 and left + read <= 101, (left, read))
        again = self.start("--until-idle", store=store)
        again.process.stdin.close()
        self.assertEqual(left, len(again.end()))

    def test_a_store_that_is_away_for_long(self):
        if os.environ.get("SLA_LONG") != "1":
            self.skipTest("a minute: SLA_LONG=1")
        running = self.start(store=self.AWAY)
        running.wait_for_words("store_lost")
        time.sleep(61)
        running.wait_for_words('store_lost: still why="the store')
        running.end(signal.SIGTERM, exit=74)


class Away(InSqlite, Live):
    """A server that is not there, or does not answer: nothing waits without end."""
    AWAY = "postgresql:host=/nowhere"

    def silent(self):
        """A server that takes connections and says nothing."""
        folder = str(self.path("."))
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(str(self.path(".s.PGSQL.5432")))
        server.listen(64)
        return f"postgresql:host={folder} user=x dbname=x"

    def test_who_answers_and_is_no_postgresql_is_said_so(self):
        for mode in ("disable", "prefer"):
            server = socket.create_server(("127.0.0.1", 0))
            self.addCleanup(server.close)

            def answer(server=server):
                with contextlib.suppress(OSError):
                    while True:
                        with server.accept()[0] as one:
                            one.recv(100)
                            one.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

            threading.Thread(target=answer, daemon=True).start()
            self.sla("db", "check", f"postgresql:host=127.0.0.1 port={server.getsockname()[1]} user=x sslmode={mode}", exit=74)
            self.assertIn("no PostgreSQL", self.errors, mode)

    def within(self, seconds, *words, exit=74, **options):
        began = time.monotonic()
        self.sla(*words, exit=exit, **options)
        self.assertLess(time.monotonic() - began, seconds)

    def test_an_import_waits_and_then_says_so(self):
        words = ("import", "-p", "support.json", "-c", "desk.json", "day.jsonl", "--store-timeout", "PT1S", "--yes")
        for store in (self.AWAY, self.silent()):
            self.within(PATIENCE / 2, *words, "--store", store)
            self.assertIn("waited for 1 s: the store cannot be reached", self.errors)
            self.assertIn("nothing was taken over", self.errors)
        for bad in ("1", "PT0S", "P2D"):
            self.sla(*words, "--store-timeout", bad, exit=2)
            self.assertIn("PT1S to PT24H", self.errors)

    def test_a_store_that_goes_away_under_an_import(self):
        self.write("many.jsonl", [opened(f"T-{i}", "02T09:00:00", 1) for i in range(6000)])
        store = self.new_store()
        self.sla("db", "init", store)
        limit = 3 << 20
        done = subprocess.run(
            [SLA, "import", "-p", "support.json", "-c", "desk.json", "--store", store, "--store-timeout", "PT1S",
             "--yes", "many.jsonl"], cwd=self.folder.name, capture_output=True, text=True, timeout=PATIENCE * 2,
            preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
        self.assertEqual(74, done.returncode, done.stderr)
        there, unknown = map(int, re.search(r"sla: ([0-9]+) tickets were taken over, of ([0-9]+) it is not known",
                                            done.stderr).groups())
        kept = int(self.query("select count(*) from ticket")[0][0])
        self.assertTrue(0 < there <= kept <= there + unknown, (there, kept, unknown))
        self.assertEqual(kept, int(self.query("select count(*) from fact")[0][0]))
        document = json.loads(self.sla("import", "-p", "support.json", "-c", "desk.json", "--store", store, "--yes",
                                       "--json", "many.jsonl", exit=6))
        self.assertEqual((6000 - kept, kept), (document["tickets"], document["refused"]))
        self.sla("db", "check", store)

    def test_a_run_until_idle_waits_and_then_says_so(self):
        words = ("run", "-p", "call.json", "--until-idle", "--store-timeout", "PT1S")
        line = fact("T-1", "opened")
        for store in (self.AWAY, self.silent()):
            for lines in ("", line, line + "no fact\n"):
                self.within(PATIENCE / 2, *words, "--store", store, stdin=lines)
                self.assertIn("waited for 1 s: the store cannot be reached", self.errors)
                self.assertIn("untold: the store cannot be reached", self.errors)
                self.assertEqual(lines != "", "unrecorded: lines=1\n" in self.errors, self.errors)
        for bad in ("1", "PT0S", "P2D"):
            self.sla(*words[:-1], bad, exit=2)
            self.assertIn("PT1S to PT24H", self.errors)
        self.sla("run", "-p", "call.json", "--store-timeout", "PT1S", exit=2)
        self.assertIn("--until-idle", self.errors)

    def test_it_does_so_while_more_could_come(self):
        running = self.start("--until-idle", "--store-timeout", "PT1S", store=self.AWAY)
        running.say(fact("T-1", "opened"))
        running.wait_for(lambda: not running.open, "the end of its output")
        self.assertEqual(74, running.process.wait(PATIENCE), running.said())
        self.assertIn("unrecorded: lines=1\n", running.said())

    def test_a_store_that_answers_is_not_given_up(self):
        running = self.start("--until-idle", "--store-timeout", "PT1S", store=self.new_store())
        running.say(fact("T-1", "opened"))
        running.process.stdin.close()
        running.wait_for(lambda: not running.open, "the end of its output")
        self.assertEqual(0, running.process.wait(PATIENCE), running.said())
        self.assertEqual(["warning", "breached", "escalated"], self.words(running.events(), "T-1"))

    def test_the_other_commands_end_at_once(self):
        for words in (("db", "check"), ("db", "init"), ("db", "migrate"),
                      ("import", "-p", "support.json", "-c", "desk.json", "day.jsonl", "--store"),
                      ("replay", "-p", "support.json", "-c", "desk.json", "day.jsonl", "--store")):
            self.within(PATIENCE / 2, *words, self.AWAY)
            self.assertIn("cannot be reached", self.errors)
        self.within(PATIENCE / 2, "db", "check", self.silent())
        self.assertIn("does not answer", self.errors)

    def test_a_record_that_cannot_be_used_ends_it(self):
        store = self.new_store()
        self.sla("import", "-p", "support.json", "-c", "desk.json", "--store", store, "--yes", "day.jsonl")
        with sqlite3.connect(self.path("x.db")) as file:
            file.execute("insert into world select 2, adopted_at + 1 from world")
            file.execute("insert into document select 2, position, source, kind, name, version, text from document")
        file.close()
        for words in (("run", "--until-idle"), ("import", "--yes", "day.jsonl")):
            self.within(PATIENCE, *words, "-p", "support.json", "-c", "desk.json", "--store", store)
            self.assertIn("a world on the record does not come into force", self.errors)


if __name__ == "__main__":
    main()
