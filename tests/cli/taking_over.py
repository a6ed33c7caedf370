"""`sla import`: living tickets out of JSON lines and tables, dry and in earnest.

    taking_over.py SLA [unittest arguments]
"""
import fcntl
import json
import sqlite3
import unittest

from case import DAY, Case, fact, opened

POLICIES = ("-p", "support.json", "-c", "desk.json")
NOON = ("--told-until", "2026-03-02T14:00:00Z")  # A has breached, B not


class Import(Case):
    def take(self, *arguments, exit=0, **options):
        words = ("import", *POLICIES, "--store", "sqlite:x.db", "--json", *arguments)
        return json.loads(self.sla(*words, exit=exit, **options))

    def refusals(self):
        said = map(json.loads, self.errors.splitlines())
        return [line for line in said if line["what"] in ("line_refused", "ticket_refused")]

    def query(self, text, name="x.db"):
        with sqlite3.connect(self.path(name)) as file:
            rows = file.execute(text).fetchall()
        file.close()
        return rows


class Lines(Import):
    def test_dry_says_what_earnest_does(self):
        dry = self.take(*NOON, "day.jsonl")
        self.assertFalse(self.path("x.db").exists())
        done = self.take(*NOON, "--yes", "day.jsonl")
        self.assertEqual((True, False), (dry.pop("dry_run"), done.pop("dry_run")))
        self.assertEqual(dry, done)
        self.assertEqual((3, 7, 3, 0), tuple(done[name] for name in ("tickets", "facts", "imported", "refused")))
        self.assertEqual([(3, done["later"])],
                         self.query("select sum(imported), sum(1 - imported) from event"))
        self.assertEqual([("A", 2), ("B", 3), ("C", 2)], self.query("select ticket, facts from ticket order by 1"))
        self.sla("db", "check", "sqlite:x.db")

    def test_what_is_later_is_told_by_run_and_nothing_else(self):
        done = self.take(*NOON, "--yes", "day.jsonl")
        said = self.sla("run", *POLICIES, "--store", "sqlite:x.db", "--until-idle")
        self.assertEqual(done["later"], len(said.splitlines()))
        imported = {tuple(row) for row in self.query("select ticket, step from event where imported")}
        self.assertFalse(imported & {(event["ticket"], event["step"]) for event in map(json.loads, said.splitlines())})

    def test_who_is_told_what_is_later(self):
        self.take(*NOON, "--yes", "day.jsonl")
        self.assertEqual([("exec",), ("standard_output",)], self.query("select name from consumer order by 1"))
        self.take("--consumer", "exec", "--yes", "--store", "sqlite:y.db", "day.jsonl")
        self.assertEqual([("exec", 0)], self.query("select name, through from consumer", "y.db"))

    def test_the_same_events_as_a_replay(self):
        self.take("--yes", "day.jsonl")
        replayed = self.replay("--until", "2026-11-01T00:00:00Z")
        self.assertEqual(sorted((event["ticket"], event["step"], event["repeat"], event["at"][:16]) for event in replayed),
                         sorted(self.query("select ticket, step, repeat, strftime('%Y-%m-%dT%H:%M', at / 1000000, "
                                           "'unixepoch') from event")))

    def test_lines_of_a_ticket_need_not_stand_together(self):
        self.write("mixed.jsonl", DAY[::2] + DAY[1::2])
        self.assertEqual((3, 7), tuple(self.take("mixed.jsonl")[name] for name in ("tickets", "facts")))

    def test_there_already(self):
        self.take("--yes", "day.jsonl")
        self.write("more.jsonl", DAY + [opened("D", "02T09:00:00", 1)])
        for yes in ((), ("--yes",)):
            done = self.take(*yes, "more.jsonl", exit=6)
            self.assertEqual((1, 3, True), (done["tickets"], done["refused"], done["compared"]))
            self.assertEqual({1, 2, 6}, {line["line"] for line in self.refusals()})
            self.assertEqual({"SLA_ERR_EXISTS"}, {line["code"] for line in self.refusals()})
        self.assertEqual([(4,)], self.query("select count(*) from ticket"))

    def test_only_a_store_in_use_is_not_compared(self):
        self.write("x.db", "no database, but long enough to be looked at as one " * 100)
        self.sla("import", *POLICIES, "--store", "sqlite:x.db", "day.jsonl", exit=74)
        self.sla("import", *POLICIES, "--store", "postgresql:host=/nowhere", "day.jsonl", exit=74)
        self.path("x.db").unlink()
        self.take("--yes", "day.jsonl")
        with open(self.path("x.db-lock"), "r+") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            self.assertFalse(self.take("day.jsonl")["compared"])

    def test_no_log_of_what_is_said_of_each(self):
        self.take("--yes", "day.jsonl")
        self.take("--yes", "day.jsonl", exit=6)
        self.assertEqual({"ticket_refused"}, {json.loads(line)["what"] for line in self.errors.splitlines()})

    def test_all_or_nothing_of_a_ticket(self):
        bad = {**fact("B", "answered", "02T13:00:00"), "attributes": {"grade": "high"}}
        self.write("bad.jsonl", [DAY[0], DAY[1], DAY[2], bad, fact("A", "waiting", "xx"), opened("C", "02T09:00:00", 1)])
        for yes in ((), ("--yes",)):
            done = self.take(*yes, "bad.jsonl", exit=6)
            self.assertEqual((1, 2, 1), (done["tickets"], done["refused"], done["lines_refused"]))
            self.assertEqual({(4, "/attributes/grade", "ticket_refused"), (5, "/occurred_at", "line_refused")},
                             {(line["line"], line["pointer"], line["what"]) for line in self.refusals()})
            self.assertTrue(all(line["source"] == "bad.jsonl" and line["column"] for line in self.refusals()))
        self.assertEqual([("C",)], self.query("select distinct ticket from fact"))

    def test_a_line_of_nobody_stops_it(self):
        for line in ("no json", '{"fact":"opened"}', "[1]", '{"ticket":7}'):
            self.write("bad.jsonl", [*DAY, line])
            dry = self.take("bad.jsonl", exit=6)
            self.assertIn("nothing would be taken over", self.errors)
            done = self.take("--yes", "bad.jsonl", exit=6)
            self.assertIn("nothing was taken over", self.errors)
            self.assertEqual((True, False), (dry.pop("dry_run"), done.pop("dry_run")))
            self.assertEqual({**done, "told_until": 0}, {**dry, "told_until": 0})
            self.assertEqual((0, 0, 3, 1), tuple(done[name] for name in ("tickets", "facts", "refused", "lines_refused")))
        self.assertIn("mend the lines first", self.sla("import", *POLICIES, "--store", "sqlite:x.db", "bad.jsonl", exit=6))
        self.assertFalse(self.path("x.db").exists())

    def test_a_store_that_cannot_be_made_is_no_good_dry_run(self):
        for yes in ((), ("--yes",)):
            self.sla("import", *POLICIES, "--store", "sqlite:nowhere/x.db", *yes, "day.jsonl", exit=74)
            self.assertIn("nowhere/x.db", self.errors)

    def test_a_ticket_that_nothing_opens(self):
        self.write("some.jsonl", [*DAY, fact("D", "waiting", "02T09:00:00")])
        for yes in ((), ("--yes",)):
            done = self.take(*yes, "some.jsonl")
            self.assertEqual((4, 1), (done["tickets"], done["unopened"]))
            said, = map(json.loads, self.errors.splitlines())
            self.assertEqual(("ticket_unopened", 8), (said["what"], said["line"]))
            self.assertIn("nothing falls due for it", said["error"])

    def test_recorded_ahead_of_the_clock(self):
        ahead = "2190-01-01T00:00:00Z"
        for line, member in (({**DAY[0], "recorded_at": ahead}, "recorded_at"), ({**DAY[3], "occurred_at": ahead}, "occurred_at")):
            self.write("ahead.jsonl", [DAY[1], {**DAY[0], "id": "a0"}, line])
            self.take("ahead.jsonl", exit=6)
            said, = self.refusals()
            self.assertEqual((3, f"/{member}"), (said["line"], said["pointer"]))
            self.assertTrue(said["column"])
            self.assertIn("mend the instant, or set the clock right", said["error"])

    def test_text_and_progress_and_standard_input(self):
        many = "".join(json.dumps(opened(f"T-{number}", "02T09:00:00", 1)) + "\n" for number in range(3000))
        said = self.sla("import", *POLICIES, *NOON, "--store", "memory:", "--progress=always", stdin=many)
        self.assertIn("would take over 3000 tickets with 3000 facts", said)
        self.assertIn("due before 2026-03-02T14:00:00Z", said)
        self.assertRegex(self.errors, r"3000 tickets, \d+ a second, \d+\.\d s")
        self.assertIn("took over 3000 tickets", self.sla("import", *POLICIES, "--store=sqlite:m.db", "-y", stdin=many))

    def test_words(self):
        for words, said in (((), "no policy"), ((*POLICIES, "--yes", "--dry-run"), "one of them"),
                            ((*POLICIES, "--map", "a=ticket"), "of a table"),
                            ((*POLICIES, "--csv", "--map", "a=tickets"), "--map is"),
                            ((*POLICIES, "--csv", "--map", "ticket"), "--map is"),
                            ((*POLICIES, "--csv", "--map", "a=attributes.b:float"), "--map is"),
                            ((*POLICIES, "--csv=ab"), "one character"), ((*POLICIES, "--offset", "8"), "--offset"),
                            ((*POLICIES, "--told-until", "today"), "--told-until"), ((*POLICIES, "a", "b"), "one file"),
                            ((*POLICIES, "--told-until", "2199-01-01T00:00:00Z"), "--told-until: lies in the future"),
                            ((*POLICIES, "--yes", "--store", "memory:"), "--yes: memory:")):
            self.sla("import", *words, exit=2)
            self.assertIn(said, self.errors)
        self.sla("import", *POLICIES, "--consumer", "Exec", exit=2)
        self.sla("import", *POLICIES, "nothing", exit=74)
        self.sla("import", "-p", "nothing", exit=74)


class Tables(Import):
    MAP = ("--map", "number=ticket", "--map", "Kind=attributes.kind:text", "--map", "Grade=attributes.grade",
           "--map", "Came in=occurred_at", "--map", "Waits since=fact:waiting", "--offset", "+08:00")

    def test_a_row_is_a_ticket(self):
        self.write("t.csv", 'number,Kind,Grade,Came in,Waits since\r\n'
                            'A,fault,1,2026-03-02 17:00,2026-03-02T10:00:00Z\r\n'
                            '"B, ""the second""",fault,2,2026-03-02,\r\n\r\n'
                            '"C\u00e9",fault,,"2026-03-02T17:00:00.5+08:00",')
        done = self.take(*self.MAP, "--yes", "t.csv")
        self.assertEqual((3, 4, 0), (done["tickets"], done["facts"], done["refused"]))
        self.assertEqual([("A", "1", 1772442000), ('B, "the second"', "2", 1772380800), ("C\u00e9", None, 1772442000)],
                         self.query("select ticket, grade, opened_at / 1000000 from ticket order by 1"))
        self.assertEqual([("waiting", 1772445600)],
                         self.query("select name, occurred_at / 1000000 from fact where name <> 'opened'"))
        self.assertEqual("", self.errors)

    def test_instants_are_those_of_somewhere(self):
        self.write("t.csv", "ticket,occurred_at,fact:waiting\nA,2026-03-02 09:00,\nB,2026-03-02,\n"
                            "C,2026-03-02T09:00:00Z,2026-03-02 10:00\nD,2026-03-02T09:00:00Z,\nE,02.03.2026,\n")
        done = self.take("t.csv", exit=6)
        self.assertEqual((1, 4, 4), (done["tickets"], done["refused"], done["lines_refused"]))
        for line in self.refusals()[:3]:
            self.assertIn("give --offset, such as", line["error"])
            self.assertEqual("/occurred_at", line["pointer"])
        self.assertIn("or, with --offset, 2026-03-02 09:00 or 2026-03-02", self.refusals()[3]["error"])
        self.assertEqual(4, self.take("--offset", "+00:00", "t.csv", exit=6)["tickets"])

    def test_what_happened_before_it_was_opened(self):
        self.write("t.csv", "ticket,occurred_at,fact:resolved\nA,2026-03-02T09:00:00Z,2026-03-02T08:59:59Z\n"
                            "B,2026-03-02T09:00:00Z,2026-03-02T09:00:00Z\n")
        done = self.take("t.csv", exit=6)
        self.assertEqual((1, 1, 1), (done["tickets"], done["refused"], done["lines_refused"]))
        said, = self.refusals()
        self.assertEqual((2, "/occurred_at"), (said["line"], said["pointer"]))
        self.assertIn("lies before its \"opened\"", said["error"])

    def test_of_one_instant_opened_is_first_and_others_go_by_columns(self):
        for columns in ("fact:opened,fact:resolved", "fact:resolved,fact:opened", "fact:resolved,occurred_at"):
            self.write("t.csv", f"ticket,{columns}\nA,2026-03-02T09:00:00Z,2026-03-02T09:00:00Z\n")
            store = f"sqlite:{columns.replace(':', '-')}.db"
            done = self.take("--yes", "--store", store, "t.csv")
            self.assertEqual((2, 0, 0), (done["facts"], done["refused"], done["later"]))
            self.assertEqual([("opened",), ("resolved",)],
                             self.query("select name from fact order by seq", store[len("sqlite:"):]))
        self.write("t.csv", "ticket,fact:resumed,fact:waiting,occurred_at\nA" + ",2026-03-02T09:00:00Z" * 3 + "\n")
        self.take("--yes", "t.csv")
        self.assertEqual([("opened",), ("resumed",), ("waiting",)], self.query("select name from fact order by seq"))

    def test_an_empty_field_of_the_column_fact_opens_nothing(self):
        self.write("t.csv", "ticket,fact,occurred_at\nA,,2026-03-02T09:00:00Z\nB,opened,2026-03-02T09:00:00Z\n")
        done = self.take("t.csv", exit=6)
        self.assertEqual((1, 1, 1), (done["tickets"], done["refused"], done["lines_refused"]))
        said, = self.refusals()
        self.assertEqual((2, "/fact"), (said["line"], said["pointer"]))
        self.assertIn("does not say what happened", said["error"])

    def test_nothing_of_a_row_is_recorded_before_the_row_was(self):
        for first in ("occurred_at", "fact:opened"):
            self.write("t.csv", f"ticket,fact:waiting,fact:resolved,{first},recorded_at\n"
                                "A,2026-03-02T09:00:00Z,2026-03-02T12:00:00Z,2026-03-02T09:00:00Z,2026-03-02T11:00:00Z\n"
                                "B,2026-03-02T09:00:00Z,,2026-03-02T09:00:00Z,\n")
            name = f"{first[:4]}.db"
            self.take("--yes", "--store", f"sqlite:{name}", "t.csv")
            self.assertEqual([("A", "opened", 2), ("A", "waiting", 2), ("A", "resolved", 0), ("B", "opened", 0), ("B", "waiting", 0)],
                             self.query("select ticket, name, (recorded_at - occurred_at) / 3600000000 from fact order by 1, seq", name))
        self.write("t.csv", "ticket,fact,occurred_at,recorded_at,fact:waiting\n"
                            "A,opened,2026-03-02T08:00:00Z,,\n"
                            "A,note,2026-03-02T11:00:00Z,2026-03-02T12:00:00Z,2026-03-02T10:00:00Z\n")
        self.take("--yes", "t.csv")
        self.assertEqual([("opened", 0), ("waiting", 2), ("note", 1)],
                         self.query("select name, (recorded_at - occurred_at) / 3600000000 from fact order by seq"))

    def test_names_that_are_members(self):
        self.write("t.csv", "tenant;ticket;fact:opened;fact:resolved;attributes.kind;attributes.grade;Name\n"
                            "north;A;2026-03-02T09:00:00Z;2026-03-02T10:00:00Z;fault;1;x\n")
        done = self.take("--csv=;", "--yes", "t.csv")
        self.assertEqual((1, 2), (done["tickets"], done["facts"]))
        self.assertEqual([("north", "A", "1", 0)], self.query("select tenant, ticket, grade, live from ticket"))
        self.assertIn('column \\"Name\\" is passed over', self.errors)

    def test_a_row_is_a_fact(self):
        self.write("t.csv", "ticket\tid\tfact\toccurred_at\trecorded_at\treason\n"
                            "A\t1\topened\t2026-03-02T09:00:00Z\t\t\n"
                            "A\t2\twaiting\t2026-03-02T09:30:00Z\t2026-03-02T11:00:00Z\tcustomer\n")
        self.take("--csv=\\t", "--yes", "t.csv")
        self.assertEqual([("1", "opened", 0), ("2", "waiting", 5400)],
                         self.query("select id, name, (recorded_at - occurred_at) / 1000000 from fact order by seq"))

    def test_refusals_have_their_row(self):
        self.write("t.csv", 'number,Kind,Grade,Came in,Waits since\n'
                            'A,fault,high,2026-03-02,\n'
                            'B,"fa\nult",1,2026-03-02,\n'
                            'C,fault,1,yesterday,\n'
                            'D,fault,1,"2026-03-02"",""x"":""",\n'
                            'E,fault,1,2026-03-02,2026-02-30\n'
                            'F,fault\n'
                            'G,"open')
        done = self.take(*self.MAP, "t.csv", exit=6)
        self.assertEqual((0, 5, 5), (done["tickets"], done["refused"], done["lines_refused"]))  # one row is of nobody
        self.assertEqual([2, 5, 6, 7, 8, 9], sorted(line["line"] for line in self.refusals()))
        self.assertTrue(all("column" not in line for line in self.refusals()), self.errors)
        self.sla("import", *POLICIES, *self.MAP, "--yes", "t.csv", exit=6)
        self.assertIn("nothing was taken over", self.errors)

    def test_headers_that_do_not_do(self):
        for header, said in (("", "begins with a row of names"), ("a,b\n", 'no column is called "number"'),
                             ("number,x\n", 'no column is called "Kind"')):
            self.write("t.csv", header)
            self.sla("import", *POLICIES, *self.MAP, "t.csv", exit=2)
            self.assertIn(said, self.errors)
        self.write("t.csv", "ticket,when\nA,2026-03-02\n")
        self.sla("import", *POLICIES, "t.csv", exit=2)
        self.assertIn('a table needs a column "ticket", and one "occurred_at"', self.errors)


if __name__ == "__main__":
    unittest.main(verbosity=1)
