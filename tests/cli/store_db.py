"""`sla db`: tables made, brought up, looked at, in a SQLite file and in a PostgreSQL of the
test's own.

    store_db.py SLA [unittest arguments]
"""
import json
import signal
import sqlite3
import subprocess

import in_store
from case import CALENDAR, SLA, Case
from in_store import InPostgres, InSqlite
from live import PATIENCE, Running, fact, main

setUpModule = in_store.setUpModule


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
            in_store.SERVER.psql(f"\\c {self.name}\nset search_path = sla;\n{text};")
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
        in_store.SERVER.psql("CREATE ROLE boss LOGIN SUPERUSER PASSWORD 'sesame'")
        self.addCleanup(lambda: in_store.SERVER.psql("DROP ROLE boss"))
        boss = f"postgresql://boss:sesame@/{self.name}?host={in_store.SERVER.folder}"
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
