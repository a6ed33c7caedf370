"""What the command keeps: `sla run --store`, `sla replay --store`, `sla db`, in a SQLite
file and in a PostgreSQL of the test's own.

    store.py SLA [unittest arguments]
"""
import contextlib
import fcntl
import json
import os
import pathlib
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from case import CALENDAR, DAY, SLA, Case, opened
from live import PATIENCE, Live, Running, fact, main
from own_postgres import Unavailable, own_postgres

SERVER = None  # of setUpModule, or why there is none


def setUpModule():
    global SERVER
    try:
        made = own_postgres()
        SERVER = made.__enter__()
        unittest.addModuleCleanup(made.__exit__, None, None, None)
        SERVER.psql("CREATE ROLE crm LOGIN PASSWORD 'sesame'")
    except Unavailable as why:
        SERVER = str(why)
        print(f"PostgreSQL skipped: {why}")


class InSqlite:
    """A store in a file; `query` reads it as anybody would."""

    def new_store(self):
        return f"sqlite:{self.path('x.db')}"

    def let_go(self):
        """What a killed service holds goes with it."""

    def query(self, text):
        with sqlite3.connect(self.path("x.db")) as file:
            rows = file.execute(text).fetchall()
        file.close()
        return [tuple(map(str, row)) for row in rows]


class InPostgres:
    def new_store(self):
        if isinstance(SERVER, str):
            self.skipTest(SERVER)
        self.name = f"t{os.getpid()}_{id(self)}"
        SERVER.psql(f"CREATE DATABASE {self.name} OWNER crm")
        self.addCleanup(lambda: SERVER.psql(f"DROP DATABASE {self.name} WITH (FORCE)"))
        uri = f"postgresql://crm:sesame@/{self.name}?host={SERVER.folder}"
        self.sla("db", "init", uri)
        return uri

    def let_go(self):
        """Its lease runs out in 15 s; no test has so much time."""
        SERVER.psql(f"\\c {self.name}\nUPDATE sla.shard SET expires_at = clock_timestamp();")

    def query(self, text):
        text = re.sub(r"\b(from|join) (\w+)", r"\1 sla.\2", text)
        said = SERVER.psql("\\c " + self.name + "\n" + text.rstrip(";") + ";")
        return [tuple(line.split("|")) for line in said.splitlines() if line]


class Replaying:
    def replayed(self, *arguments, **options):
        return self.sla("replay", "-p", "support.json", "-c", "desk.json", *arguments, "day.jsonl", **options)

    def test_the_same_bytes_and_all_of_it_in_the_store(self):
        store = self.new_store()
        said = self.replayed("--until", "2026-03-04T00:00:00Z")
        self.assertEqual(said, self.replayed("--until", "2026-03-04T00:00:00Z", "--store", store))
        told = [(event["ticket"], event["event"], event["step"]) for event in map(json.loads, said.splitlines())]
        self.assertEqual(told, self.query("select ticket, kind, step from event order by number"))
        self.assertEqual([(line["ticket"], line["fact"]) for line in DAY],
                         self.query("select ticket, name from fact order by recorded_at, ticket, seq"))
        self.assertEqual([("A", "2", "1"), ("B", "3", "2"), ("C", "2", "1")],
                         self.query("select ticket, facts, grade from ticket order by ticket"))
        self.assertEqual([("1",)], self.query("select count(*) from world"))
        self.sla("db", "check", store)
        self.replayed("--store", store, exit=2)
        self.assertIn("has a record already", self.errors)
        self.assertIn("name another, or remove the", self.errors)

    def test_a_service_goes_on_with_it(self):
        store = self.new_store()
        self.replayed("--store", store)
        before = len(self.query("select 1 from event"))
        self.sla("run", "-p", "support.json", "-c", "desk.json", "--store", store, "--until-idle", "--verbose")
        self.assertNotRegex(self.errors, "unreadable|newer|adopted|refused")
        self.assertIn("tickets=1", self.errors)  # B is open
        late = self.query("select ticket, kind from event order by number")[before:]
        self.assertIn(("B", "breached"), late)


class Lives:
    def start_on(self, store, *arguments, **options):
        return self.start(*arguments, store=store, **options)

    def test_a_killed_one_goes_on(self):
        store = self.new_store()
        running = self.start_on(store)
        running.say(fact("T-1", "opened"), fact("T-2", "opened"), fact("T-2", "answered"))
        running.wait_for_events(2)
        running.process.kill()
        running.process.wait()
        running.wait_for(lambda: not running.open, "all that it had written")
        first = running.events()
        self.let_go()
        running = self.start_on(store, "--until-idle")
        running.process.stdin.close()
        events = first + running.end()
        found = {}
        for event in events:
            found.setdefault((event["ticket"], event["step"]), set()).add(json.dumps(event))
        self.assertEqual({("T-2", "met"), ("T-1", "half"), ("T-1", "breach"), ("T-1", "level_1")}, set(found))
        self.assertTrue(all(len(same) == 1 for same in found.values()), found)

    def test_what_a_program_did_not_take_comes_at_the_next_start(self):
        store = self.new_store()
        running = self.start_on(store, "--exec", "false")
        running.say(fact("T-1", "opened"))
        running.wait_for_words("attempt=1")
        time.sleep(2.2)
        running.end(signal.SIGTERM, exit=7)
        self.assertIn("undelivered: events=3\n", running.said())
        running = self.start_on(store, "--until-idle", "--exec", "cat")
        running.process.stdin.close()
        running.end()
        self.assertEqual(["warning", "breached", "escalated"],
                         [event["event"] for event in running.events()])
        running = self.start_on(store, "--until-idle", "--exec", "cat")
        self.assertEqual([], running.end())

    def test_a_reload_is_ready_when_it_is_on_the_record(self):
        store = self.new_store()
        running = self.start_on(store, "--verbose")
        running.say(fact("T-1", "opened"))
        running.wait_for_events(1)
        self.write("call.json", self.path("call.json").read_text().replace('"version": "1"', '"version": "2"'))
        for _ in range(3):
            running.process.send_signal(signal.SIGHUP)
        running.wait_for_words("reloaded")
        self.assertEqual([("2",)], self.query("select count(*) from world"))
        running.end(signal.SIGTERM)


class SqliteReplay(InSqlite, Replaying, Case):
    pass


class PgReplay(InPostgres, Replaying, Case):
    pass


class SqliteRun(InSqlite, Lives, Live):
    def test_the_usual_one_is_said_once(self):
        running = self.start("--until-idle", store=None)
        running.say(fact("T-1", "opened"), fact("T-1", "answered"))
        running.end()
        self.assertEqual("sla: info: store: the record is in sqlite:sla.db; --store names another\n", running.said())
        self.assertTrue(self.path("sla.db").exists())
        self.path("sla.db").write_bytes(b"no database, but long enough to be looked at as one" * 100)
        running = self.start("--until-idle", store=None)
        running.end(exit=74)
        self.assertNotIn("the record is in", running.said())

    def test_a_second_one_is_refused(self):
        first = self.start("--metrics", "sla.prom", store=self.new_store())
        first.wait_for(lambda: self.read("sla.prom"), "its begin", [first.process.stderr])
        for command in (("run", "-p", "call.json", "--until-idle"), ("import", "-p", "call.json", "--yes", "empty")):
            self.write("empty", "")
            self.sla(*command, "--store", self.new_store(), exit=75)
            self.assertIn("is in use by another", self.errors)
        first.end(signal.SIGTERM)


class PgRun(InPostgres, Lives, Live):
    def test_one_until_idle_leaves_it_to_who_has_it(self):
        first = self.started()
        store = f"postgresql://crm:sesame@/{self.name}?host={SERVER.folder}"
        self.sla("run", "-p", "call.json", "--until-idle", "--store-timeout", "PT1S", "--store", store,
                 stdin=fact("T-1", "opened"), exit=75)
        self.assertIn("waited for 1 s: another service holds the store", self.errors)
        self.assertIn("unrecorded: lines=1\n", self.errors)
        first.end(signal.SIGTERM)
        again = self.start("--until-idle", "--store-timeout", "PT5S", store=store)
        again.say(fact("T-1", "opened"), fact("T-1", "answered"))
        again.end()

    def started(self, *arguments):
        running = self.start("--metrics", "sla.prom", *arguments, store=self.new_store())
        self.begun(running)
        return running

    def begun(self, running):
        running.wait_for(lambda: self.read("sla.prom"), "its begin", [running.process.stderr])

    def test_a_second_one_waits_and_an_import_does_not(self):
        first = self.started()
        store = f"postgresql:host={SERVER.folder} user=crm dbname={self.name}"
        self.write("empty", "")
        self.sla("import", "-p", "call.json", "--yes", "empty", "--store", store, exit=75)
        self.assertIn("another service holds the store", self.errors)
        self.sla("replay", "-p", "call.json", "empty", "--store", store, exit=75)
        self.assertIn("another service holds the lease", self.errors)
        second = self.start("--metrics", "second.prom", store=store)
        time.sleep(0.5)
        first.end(signal.SIGTERM)
        second.wait_for(lambda: self.read("second.prom"), "its begin", [second.process.stderr])
        second.end(signal.SIGTERM)

    def test_one_that_was_fenced_ends(self):
        running = self.started("--exec", "sleep", "1000")
        running.say(fact("T-1", "opened"))
        running.wait_for(lambda: self.query("select 1 from event"), "its first event", [running.process.stderr])
        SERVER.psql(f"\\c {self.name}\nUPDATE sla.shard SET epoch = epoch + 1, owner = '\\x00';")
        running.say(fact("T-2", "opened"))
        running.end(exit=75)
        self.assertIn("fenced", running.said())

    def test_one_that_refuses_ends_it(self):
        uri = self.new_store().replace("crm:sesame", "{}:sesame")
        SERVER.psql("CREATE ROLE " + self.name + " LOGIN PASSWORD 'sesame'")
        self.addCleanup(lambda: SERVER.psql("DROP ROLE " + self.name))
        for who, schema, why in (("crm", "missing", "the schema is not there"), (self.name, "sla", "permission denied")):
            store = uri.format(who)
            running = self.start("--schema", schema, store=store)
            running.wait_for(lambda: not running.open, "the end of its output")
            self.assertEqual(74, running.process.wait(PATIENCE), running.said())
            self.assertIn(why, running.said())
            self.write("empty", "")
            self.sla("import", "-p", "call.json", "--yes", "empty", "--schema", schema, "--store", store, exit=74)
            self.assertIn(why, self.errors)

    def test_what_is_missing_is_said_whole_with_advice(self):
        store = self.new_store()
        for change, why in (("ALTER TABLE sla.mark RENAME TO gone", "relation 'sla.mark' does not exist"),
                            ("ALTER TABLE sla.gone RENAME TO mark; ALTER TABLE sla.mark RENAME number TO gone",
                             "column m.number does not exist")):
            SERVER.psql(f"\\c {self.name}\n{change};")
            running = self.start(store=store)
            running.wait_for(lambda: not running.open, "the end of its output")
            self.assertEqual(74, running.process.wait(PATIENCE), running.said())
            self.assertIn(why + " ('sla db check' says what is missing)\"\n", running.said())
            self.assertIn("mark", self.sla("db", "check", store, exit=1))

    def test_a_password_shows_nowhere(self):
        running = self.start("--verbose", "--metrics", "sla.prom", store=self.new_store())
        running.wait_for(lambda: self.read("sla.prom"), "its begin", [running.process.stderr])
        words = pathlib.Path(f"/proc/{running.process.pid}/cmdline").read_bytes()
        self.assertIn(b"postgresql://crm:xxxxxx@/", words)
        running.end(signal.SIGTERM)
        wrong = f"postgresql:host=/nowhere user=crm password = 'open sesame' dbname={self.name}"
        self.sla("db", "check", wrong, exit=74)
        for text in (running.said(), self.errors, self.read("sla.prom"), words.decode()):
            self.assertNotIn("sesame", text)


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
    AWAY = Ends.AWAY

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


class Files(InSqlite, Case):
    """The file of a store and those beside it are nothing else besides."""
    WORDS = ("-p", "support.json", "-c", "desk.json")
    BESIDE = ("", "-wal", "-shm", "-journal", "-lock")

    def spellings(self, name):
        self.path("folder").mkdir(exist_ok=True)
        link = self.path("link" + name)
        if not link.is_symlink():
            link.symlink_to(name)
        return name, "./" + name, "folder/../" + name, str(self.path(name)), link.name

    def test_none_is_written_over(self):
        store = self.new_store()
        replay = ("replay", *self.WORDS, "--store", store)
        for old in (False, True):
            before = {name: self.path(name).read_bytes() for name in self.there()}
            for name in (spelling for end in self.BESIDE for spelling in self.spellings("x.db" + end)):
                for words in ((*replay, "-o", name, "day.jsonl"), (*replay, "-r", name, "day.jsonl"),
                              ("run", *self.WORDS, "--store", store, "--until-idle", "--metrics", name)):
                    self.sla(*words, exit=2)
                    self.assertRegex(self.errors, "would be written over", words)
            self.assertEqual(before, {name: self.path(name).read_bytes() for name in self.there()})
            self.sla(*replay, "day.jsonl", exit=2 if old else 0)
        for stream in ("stdout", "stderr"):
            for name in ("x.db", "x.db-lock"):
                before = self.path(name).read_bytes()
                for words in (("run", "--until-idle"), ("replay",), ("import",)):
                    with open(self.path(name), "ab") as file:
                        done = subprocess.run([SLA, words[0], *self.WORDS, "--store", store, *words[1:]],
                                              stdin=subprocess.DEVNULL, cwd=self.folder.name, **{stream: file})
                    self.assertEqual((2, before), (done.returncode, self.path(name).read_bytes()), (stream, words))

    def there(self):
        return sorted(path.name for path in self.path(".").iterdir() if path.name.startswith("x.db"))

    def test_none_is_read(self):
        self.sla("db", "init", self.new_store())
        self.write("x.db-lock", "")
        self.path("link.db").symlink_to("x.db")
        for store in ("sqlite:x.db", "sqlite:link.db"):
            self.sla("import", *self.WORDS, "--store", store, "x.db-lock", exit=2)
            self.sla("replay", *self.WORDS, "--store", store, "x.db-lock", exit=2)
            self.sla("run", "-p", "x.db-lock", "--store", store, exit=2)
            self.assertIn("is read already", self.errors)

    def test_what_is_no_file_is_no_store(self):
        os.mkfifo(self.path("pipe"))
        self.path("a folder").mkdir()
        self.write("empty", "")
        for name, why in (("a folder", "is a folder"), ("a folder/", "is a folder"), ("pipe", "is a pipe"), ("/dev/null", "is a device")):
            for words in (("run", *self.WORDS, "--store"), ("db", "check"), ("db", "init"),
                          ("replay", *self.WORDS, "empty", "--store"), ("import", *self.WORDS, "empty", "--store")):
                self.sla(*words, "sqlite:" + name, exit=74)
                self.assertIn(why, self.errors)

    def test_a_file_that_may_not_grow_is_said(self):
        done = subprocess.run([SLA, "db", "init", "sqlite:small.db"], cwd=self.folder.name, capture_output=True, text=True,
                              restore_signals=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
        self.assertEqual(74, done.returncode, done.stderr)
        self.assertIn("small.db", done.stderr)
        self.assertIn("may not grow", done.stderr)

    def test_what_is_read_is_no_store(self):
        for name in ("day.jsonl", "support.json"):
            self.sla("replay", "-p", "support.json", "-c", "desk.json", "--store", f"sqlite:{name}", "day.jsonl", exit=2)
            self.assertIn("is read already", self.errors)
        self.sla("run", "-p", "support.json", "postgresql://crm:sesame@/x", exit=2)
        self.assertNotIn("sesame", self.errors)


class Secrets(Live):
    """No password of a command line shows, however it is written and wherever it stands."""
    FORMS = ("postgresql://crm:{}@/nowhere?host=/nowhere", "postgresql://crm:TAIL/{}@x@/nowhere?host=/nowhere",
             "postgresql:///nowhere?host=/nowhere&user=crm&password={}&sslmode=disable",
             "postgresql:///nowhere?host=/nowhere&p%61ssword={}", "postgresql:///nowhere?host=/nowhere&sslpassword={}",
             "postgresql:host=/nowhere password={}", "postgresql:host=/nowhere password = '{}'",
             "postgresql:host=/nowhere password='abc\\'{}'", "postgresql:host=/nowhere password='{}",
             "postgresql:host=/nowhere password=abc\\ {}", "postgresql:host=/nowhere sslpassword\t=\t'x {}' user=x",
             "host=/nowhere password={}", "sqlite:postgresql://crm:{}@/x", "sqlite:x.db?password={}")

    def places(self, uri):
        yield ("run", "-p", "call.json", "--store", uri)
        yield ("run", "-p", "call.json", "--store=" + uri)
        for command in ("init", "migrate", "check"):
            yield ("db", command, uri)
        yield ("db", "check", "sqlite:x.db", uri)
        yield ("db", uri, "check")
        yield (uri,)
        yield ("run", "-p", uri)
        yield ("run", "-p", "call.json", uri)
        yield ("run", "-p", "call.json", "--stroe=" + uri)
        yield ("run", "-p", "call.json", "--until-idle", "--store", "memory:", "--metrics", uri)
        yield ("check", uri)
        yield ("replay", "-p", "call.json", uri)
        yield ("replay", "-p", "call.json", "-o", uri, "empty")
        yield ("import", "-p", "call.json", "--store", uri, "empty")
        yield ("import", "-p", "call.json", uri)
        yield ("import", "-p", "call.json", "--told-until", uri)

    def test_none_shows(self):
        self.write("empty", "")
        for form in self.FORMS:
            for words in self.places(form.format("TAIL")):
                if words[0] == "run" and form.startswith("postgresql:") and words[-1] != "memory:" and any(
                        word.startswith("--store") for word in words) and "--metrics" not in words:
                    continue  # it waits for it: below
                done = subprocess.run([SLA, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      cwd=self.folder.name, timeout=PATIENCE)
                self.assertNotIn("TAIL", done.stdout + done.stderr, words)

    def test_no_list_of_processes_has_it(self):
        for form in self.FORMS[:11]:
            running = self.start(store=form.format("TAIL"))
            running.wait_for(lambda: running.said(), "what it says of the store")
            self.assertNotIn("TAIL", pathlib.Path(f"/proc/{running.process.pid}/cmdline").read_text())
            self.assertNotIn("TAIL", running.said())
            running.process.kill()

    def test_a_program_is_told_what_was_said(self):
        running = self.start("--until-idle", "--exec", "echo", "password=abc", "x://y:z@w")
        running.say(fact("T-1", "opened"), fact("T-1", "answered"))
        running.process.stdin.close()
        running.wait_for(lambda: not running.open, "the end")
        self.assertEqual("password=abc x://y:z@w\n", running.texts[running.process.stdout].decode())


class Db(InSqlite, Case):
    def test_a_life(self):
        store = self.new_store()
        self.sla("db", "check", store, exit=74)
        self.assertIn("no such file", self.errors)
        self.sla("db", "migrate", store, exit=74)
        for _ in range(2):
            self.assertIn("the tables are there", self.sla("db", "init", store))
        self.assertIn("this release's", self.sla("db", "migrate", store))
        self.assertIn("all is well", self.sla("db", "check", store))
        self.assertEqual({"did": "check", "store": str(self.path("x.db")), "complaints": [], "tickets": [],
                          "looked_at": 0, "fine": True},
                         json.loads(self.sla("db", "check", "--json", store)))

    def test_what_does_not_fit(self):
        store = self.new_store()
        self.sla("replay", "-p", "support.json", "-c", "desk.json", "--store", store, "day.jsonl")
        with sqlite3.connect(self.path("x.db")) as file:
            file.execute("update ticket set facts = 9 where ticket = 'A'")
        file.close()
        self.assertNotEqual("", self.sla("db", "check", store, exit=1))
        document = json.loads(self.sla("db", "check", "--json", store, exit=1))
        self.assertEqual((False, "SLA_ERR_STORE"), (document["fine"], document["code"]))
        self.assertEqual(1, len(document["complaints"]), document)

    def test_words(self):
        self.write("text.db", "no database, but long enough to be looked at as one " * 100)
        for words, said in ((("init",), "the URI of a store"), (("look", "sqlite:x.db"), "none of init"),
                            (("init", "x.db"), "a store is"), (("check", "memory:"), "no tables"),
                            (("check", "sqlite:x.db", "--schema", "s"), "of PostgreSQL"),
                            (("check", "sqlite:x.db", "y"), "one URI"), (("init", "a", "b"), "one URI"),
                            (("init", "sqlite:x.db?mode=ro"), "no parameters"),
                            (("init", "sqlite:file:x.db"), "a path, not another URI"),
                            (("init", "sqlite:///tmp/x.db?mode=ro"), "no parameters")):
            self.sla("db", *words, exit=2)
            self.assertIn(said, self.errors)
        self.sla("db", "check", f"sqlite:{self.path('text.db')}", exit=74)
        self.sla("db", "init", "sqlite:./y.db?mode=ro")
        self.assertTrue(self.path("y.db?mode=ro").exists())
        self.assertNotIn("x.db", [path.name for path in self.path(".").iterdir()])


class Looking:
    """`sla db check` takes in every ticket."""

    def changed(self, text):
        if isinstance(self, InPostgres):
            SERVER.psql(f"\\c {self.name}\nset search_path = sla;\n{text};")
        else:
            with sqlite3.connect(self.path("x.db")) as file:
                file.execute(text)
            file.close()

    def filled(self):
        """Many live tickets, under two worlds, and one that is over."""
        store = self.new_store()
        for desk, tickets in (("09:00-17:00", "AB"), ("08:00-18:00", "CD")):
            self.write("desk.json", json.dumps({**CALENDAR, "week": {"mon-sun": [desk]}}))
            self.write("live.jsonl", [json.loads(fact(f"{name}{i}", "opened", attributes={"kind": "fault", "grade": 2}))
                                      for name in tickets for i in range(20)] +
                       [json.loads(fact("E0", name)) for name in ("opened", "resolved") if "A" in tickets])
            self.sla("import", "-p", "support.json", "-c", "desk.json", "--yes", "--store", store, "live.jsonl")
        return store

    def found(self, store):
        document = json.loads(self.sla("db", "check", "--json", store, exit=1))
        self.assertFalse(document["fine"])
        return document

    def test_those_of_older_worlds_are_fine(self):
        store = self.filled()
        self.assertIn("all is well (81 tickets)", self.sla("db", "check", store))
        self.assertEqual("", self.errors)
        self.sla("db", "check", "--progress", "always", store)
        self.assertRegex(self.errors, "81 tickets, ")

    def test_what_is_not_right_is_said_of_each(self):
        store = self.filled()
        bytes_of = "'\\x{}'" if isinstance(self, InPostgres) else "x'{}'"
        rows = (("A1", "level = 3", "level is 3, its state says 0"),
                ("A2", "next_at = NULL", "next_at is NULL, its state says 20[0-9-]+T"),
                ("B1", "due_at = NULL, rank = 7", "due_at is NULL, its state says 20.*; rank is 7, its state says 0"),
                ("B2", "clocks = '[]'", "clocks are not those of its state"),
                ("C1", "live = 2, facts = 1", "live is 2, its state says 1"),
                ("C2", "state = " + bytes_of.format("01"), "cannot be taken in: the bytes are no packed ticket"),
                ("C3", "state = " + bytes_of.format("63"), "cannot be taken in: the ticket was packed by a newer"),
                ("C4", "live = 0, next_at = NULL", "next_at is NULL, its state says 20.*; live is 0, its state says 1"),
                ("D1", "breached = (1 = 1)", "breached is 1, its state says 0"))
        for ticket, change, _ in rows:
            self.changed(f"update ticket set {change} where ticket = '{ticket}'")
        document = self.found(store)
        self.assertEqual(81, document["looked_at"])
        tickets = {found["ticket"]: found for found in document["tickets"]}
        self.assertEqual([ticket for ticket, _, _ in rows], sorted(tickets))
        for ticket, _, what in rows:
            self.assertRegex(tickets[ticket]["what"], what)
            self.assertEqual("", tickets[ticket]["tenant"])
            self.assertNotEqual("", tickets[ticket]["advice"])
        self.assertRegex(self.sla("db", "check", store, exit=1), "(?m)^ticket A1: level is 3, its state says 0[.] a service")

    def test_worlds_that_do_not_come_into_force(self):
        store = self.filled()
        self.changed("update document set text = '{}' where world = 2")
        self.assertIn("adoption 2 of the record does not come into force", self.found(store)["error"])
        self.assertIn("adoption 2 of the record", self.sla("db", "check", store, exit=1))


class SqliteLooking(Looking, InSqlite, Case):
    def test_beside_a_service(self):
        running = Running(self, "-p", "support.json", "-c", "desk.json", store=self.filled())
        running.say(fact("E1", "opened", attributes={"kind": "fault", "grade": 1}))
        running.wait_for(lambda: ("E1",) in self.query("select ticket from ticket"), "a ticket", [running.process.stderr])
        self.assertIn("all is well", self.sla("db", "check", self.new_store()))
        running.end(signal.SIGTERM)


class PgLooking(Looking, InPostgres, Case):
    pass


class PgDb(InPostgres, Case):
    def test_what_a_service_would_be_refused_for_is_said_before(self):
        self.sla("db", "check", self.new_store(), exit=0)
        SERVER.psql("CREATE ROLE boss LOGIN SUPERUSER PASSWORD 'sesame'")
        self.addCleanup(lambda: SERVER.psql("DROP ROLE boss"))
        boss = f"postgresql://boss:sesame@/{self.name}?host={SERVER.folder}"
        said = self.sla("db", "check", boss, exit=1)
        self.assertIn("superuser", said)
        self.sla("db", "init", boss, exit=0)
        self.assertIn("note: a service refuses to run as a superuser", self.errors)
        self.sla("run", "-p", "complaint", "--until-idle", "--store", boss, exit=74)
        self.assertIn("superuser", self.errors)

    def test_a_life(self):
        store = self.new_store()
        self.assertIn("the tables are there", self.sla("db", "init", store))
        self.assertIn("this release's", self.sla("db", "migrate", store))
        self.assertIn("all is well", self.sla("db", "check", store))
        self.sla("db", "check", store, "--schema", "other", exit=74)
        self.sla("db", "init", store, "--schema", "no such name", exit=2)
        self.sla("db", "init", store, "--schema", "other", "--json")

    def test_two_at_once(self):
        uri = self.new_store()
        many = [subprocess.Popen([SLA, "db", "init", uri, "--schema", "both"], stdout=subprocess.DEVNULL)
                for _ in range(4)]
        self.assertEqual([0] * 4, [one.wait(PATIENCE) for one in many])


if __name__ == "__main__":
    main()
