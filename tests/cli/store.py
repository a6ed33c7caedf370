"""What the command keeps: `sla run --store` and `sla replay --store`, in a SQLite file and in
a PostgreSQL of the test's own.

    store.py SLA [unittest arguments]
"""
import json
import pathlib
import signal
import time

import in_store
from case import DAY, Case
from in_store import InPostgres, InSqlite
from live import PATIENCE, Live, fact, main

setUpModule = in_store.setUpModule


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
        store = f"postgresql://crm:sesame@/{self.name}?host={in_store.SERVER.folder}"
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
        store = f"postgresql:host={in_store.SERVER.folder} user=crm dbname={self.name}"
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
        in_store.SERVER.psql(f"\\c {self.name}\nUPDATE sla.shard SET epoch = epoch + 1, owner = '\\x00';")
        running.say(fact("T-2", "opened"))
        running.end(exit=75)
        self.assertIn("fenced", running.said())

    def test_one_that_refuses_ends_it(self):
        uri = self.new_store().replace("crm:sesame", "{}:sesame")
        in_store.SERVER.psql("CREATE ROLE " + self.name + " LOGIN PASSWORD 'sesame'")
        self.addCleanup(lambda: in_store.SERVER.psql("DROP ROLE " + self.name))
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
            in_store.SERVER.psql(f"\\c {self.name}\n{change};")
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


if __name__ == "__main__":
    main()
