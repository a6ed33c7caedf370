"""sla plan --store: the same facts by way of a service, in a file, in a PostgreSQL of the
test's own, and in memory.

    plan_store.py SLA [unittest arguments]
"""
import json
import pathlib
import re
import resource
import signal
import subprocess
import unittest

import in_store
from plan import FILES, PROFILE
from case import SLA, Case
from in_store import InPostgres, InSqlite

setUpModule = in_store.setUpModule


class Measured(Case):
    def setUp(self):
        super().setUp()
        few = {**PROFILE, "arrivals": {"hours": {"mon-sun": [1] * 24}}}
        self.write("profile.json", json.dumps(few))

    def plan(self, uri, **options):
        # Without weeks that only fill the desks, what is counted is all there is.
        words = (*FILES, "--warm-up", "0", "--desk", "front", "--handlers", "4", "--store", uri, "--json", "profile.json")
        said = self.sla("plan", *words, **options)
        return json.loads(said) if said else None

    def measured(self, uri):
        plan = self.plan(uri)
        there = plan["store"]
        self.assertEqual((plan["facts"], plan["events"]), (there["facts"], there["events"]))
        hour = there["busiest_hour"]
        for late in (hour["late_s"], there["herd"]["late_s"]):
            self.assertTrue(0 < late["p50"] <= late["p99"] <= late["most"])
        self.assertEqual(plan["herd"]["events"], there["herd"]["late_s"]["events"])
        self.assertEqual(3600, hour["played_s"])
        self.assertEqual(hour["events"], hour["late_s"]["events"])
        busiest = max(plan["hours"], key=lambda of: of["facts"] + of["events"])
        self.assertEqual(busiest["facts"] + busiest["events"], hour["facts"] + hour["events"])
        self.assertAlmostEqual(1, hour["units"] / busiest["commits"], delta=0.2, msg="counted, and measured")
        if there["full_speed"]["facts"] >= 500:
            self.assertLess(0, there["full_speed"]["facts_per_second"])
            self.assertEqual(plan["events"], there["full_speed"]["late_s"]["events"])
            self.assertTrue(0 < there["busiest_hour_load"] < 1)
        self.assertLess(there["full_speed"]["facts"] + hour["facts"], there["facts"] + 1)
        return plan


class Kept:
    def test_what_is_measured_is_there(self):
        uri = self.new_store()
        plan = self.measured(uri)
        self.assertEqual([(str(plan["tickets"]),)], self.query("select count(*) from ticket"))
        self.assertEqual([(str(plan["facts"]),)], self.query("select count(*) from fact"))
        self.assertEqual([(str(plan["events"]),)], self.query("select count(*) from event"))
        disk = plan["store"]["disk"]
        taken = disk["tables"] + disk["indexes"]
        self.assertLess(plan["rows"]["bytes_per_ticket"] * plan["tickets"], taken)
        self.assertAlmostEqual(taken * 720 / 168, disk["bytes_per_month"], delta=taken / 1000)
        self.sla("db", "check", uri)
        self.plan(uri, exit=2)
        self.assertIn("has a record already", self.errors)


# What a number of each type takes in docs/store.md, in bytes; all else is text or bytes.
WIDTHS = {"SMALL": 2, "NUMBER": 4, "LARGE": 8, "INSTANT": 8, "FLAG": 1}
COLUMN = re.compile(r'\w+\("(\w+)", (\w+),|\{"(\w+)", SLA__COLUMN_(\w+),')


class File(Kept, InSqlite, Measured):
    def test_a_disk_that_is_full(self):
        """What was found without the store is said all the same."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (150000, 150000))
        words = (*FILES, "--desk", "front", "--handlers", "4", "--store", "sqlite:full.db", "--json", "profile.json")
        done = subprocess.run([SLA, "plan", *words], capture_output=True, text=True, cwd=self.folder.name,
                              preexec_fn=limit, timeout=60)
        self.assertEqual(74, done.returncode, done.stderr)
        plan = json.loads(done.stdout)
        self.assertNotIn("store", plan)
        self.assertTrue(plan["answers"])
        self.assertIn("the store was not measured", done.stderr)

    def test_a_measurement_that_is_stopped(self):
        self.write("profile.json", json.dumps(PROFILE))
        words = (*FILES, "--desk", "front", "--handlers", "4", "--weeks", "6", "--on-time", "1", "--store", "sqlite:new.db")
        plan = subprocess.Popen([SLA, "plan", *words, "--json", "--progress", "always", "profile.json"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder.name)
        while "facts on the record" not in plan.stderr.readline():
            self.assertIsNone(plan.poll())
        plan.send_signal(signal.SIGINT)
        out, said = plan.communicate(timeout=60)
        self.assertEqual(-signal.SIGINT, plan.returncode, said)
        self.assertIn("the store was not measured", said)
        figures = json.loads(out)
        self.assertTrue(figures["stopped"])
        self.assertNotIn("store", figures)
        self.assertEqual(1, len(figures["answers"]), "that was known")

    def test_rows_weigh_what_is_in_the_file(self):
        plan = self.measured(self.new_store())
        self.assertIn("facts_per_second", plan["store"]["full_speed"])
        for table, count in (("fact", plan["facts"]), ("event", plan["events"]), ("ticket", plan["tickets"])):
            source = (pathlib.Path(__file__).parents[2] / f"lib/store/{table}_row.c").read_text(encoding="utf-8")
            columns = [(a or c, b or d) for a, b, c, d in COLUMN.findall(source)]
            sizes = [f"length(cast({name} as blob))" if kind not in WIDTHS
                     else f"case when {name} is null then 0 else {WIDTHS[kind]} end" for name, kind in columns]
            (there,), = self.query(f"select sum({' + '.join(f'coalesce({size}, 0)' for size in sizes)}) from {table}")
            weighed = plan["rows"][f"{table}_bytes"] * count
            self.assertAlmostEqual(weighed / int(there), 1, delta=0.02 if table == "ticket" else 1e-4, msg=table)


CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' "


class Postgres(Kept, InPostgres, Measured):
    def measured(self, uri):
        plan = super().measured(uri)
        there, hour = plan["store"], plan["store"]["busiest_hour"]
        self.assertLess(100 * hour["facts"], hour["wal_bytes"])
        self.assertLess(0, there["wal_bytes_per_month"])
        counted = plan["database"]["rows_per_second"]["mean"] * 3600 * 168
        self.assertTrue(plan["facts"] + plan["events"] + plan["tickets"] < there["rows_written"] < 1.05 * counted,
                        f"{there['rows_written']} rows, {counted} counted")
        self.assertTrue(0 < hour["server_cpu_s"] < 60, "the server is on this machine")
        self.assertLess(0, there["disk"]["indexes"])
        return plan


    def disturbed(self, *statements):
        """The figures of a plan during whose measurement something is said to the server."""
        uri = self.new_store()
        self.write("profile.json", json.dumps(PROFILE))
        words = (*FILES, "--weeks", "3", "--warm-up", "0", "--desk", "front", "--handlers", "4", "--on-time", "1", "--store", uri, "--json")
        plan = subprocess.Popen([SLA, "plan", *words, "--progress", "always", "profile.json"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder.name)
        while "facts on the record" not in plan.stderr.readline():
            self.assertIsNone(plan.poll())
        for statement in statements:
            in_store.SERVER.psql(statement.format(name=self.name))
        out, said = plan.communicate(timeout=60)
        self.assertEqual(0, plan.returncode, said)
        return json.loads(out), said

    def test_a_connection_that_is_lost_for_a_moment(self):
        plan, said = self.disturbed(CUT + "and application_name = 'sla'")
        for name in ("fact", "event"):
            self.assertEqual([(str(plan[f"{name}s"]),)], self.query(f"select count(*) from {name}"))

        self.assert_sound(plan)
        self.assertNotIn("server_cpu_s", plan["store"]["full_speed"], "one that is gone had some")
        self.assertIn("a session of the service was lost", said)

    def assert_sound(self, plan):
        for part in (plan["store"], plan["store"]["full_speed"], plan["store"]["busiest_hour"]):
            for name, value in part.items():
                if isinstance(value, (int, float)):
                    self.assertTrue(0 <= value < 1e12, f"{name}: {value}")

    def test_a_measuring_session_that_is_lost(self):
        plan, said = self.disturbed(CUT + "and application_name <> 'sla'")
        self.assert_sound(plan)
        self.assertLess(100 * plan["facts"], plan["store"]["full_speed"]["wal_bytes"], "another was there to ask")
        self.assertNotIn("lost", said)

    def test_nobody_answers_what_the_server_does(self):
        self.addCleanup(lambda: in_store.SERVER.psql("alter role crm login"))
        plan, said = self.disturbed("alter role crm nologin", CUT + "and application_name <> 'sla'")
        self.assert_sound(plan)
        for name in ("disk", "rows_written"):
            self.assertNotIn(name, plan["store"])
        self.assertNotIn("wal_bytes", plan["store"]["full_speed"])
        self.assertIn("the session that asks the server what it does was lost", said)


class Memory(Measured):
    def test_memory_takes_no_disk(self):
        self.assertNotIn("disk", self.measured("memory:")["store"])

    def test_the_herd_is_in_the_busiest_hour(self):
        """Tickets of a night are begun at 09:00, and all fall due four hours later."""
        late = json.loads(json.dumps(PROFILE))
        late["arrivals"] = {"hours": {"thu": [0] * 20 + [40] + [0] * 3}}
        late["kinds"][0]["life"] = [{"wait": "P4D", "ends": "resolved"}]
        self.write("profile.json", json.dumps(late))
        plan = self.measured("memory:")
        self.assertEqual("2026-03-06T13:00:00Z", plan["store"]["busiest_hour"]["from"])

    def test_a_handful_of_facts_is_no_speed(self):
        """Nearly all of the facts are in the busiest hour."""
        handful = {**PROFILE, "arrivals": {"hours": {"mon": [0] * 9 + [40] + [0] * 14}}}
        for profile in (handful, {**PROFILE, "arrivals": {"per_week": 1, "hours": {"mon": [1] * 24}}}):
            self.write("profile.json", json.dumps(profile))
            store = self.plan("memory:")["store"]
            self.assertLess(store["full_speed"]["facts"], 200)
            for name in ("facts_per_second", "late_s"):
                self.assertNotIn(name, store["full_speed"])
            self.assertNotIn("busiest_hour_load", store)
            said = self.sla("plan", *FILES, "--warm-up", "0", "--desk", "front", "--handlers", "4", "--store", "memory:", "profile.json")
            self.assertRegex(said, r"at full speed: only \d+ facts, too few to say how fast the store is")
            self.assertNotIn("within 0 ms", said)

    def test_the_text_says_it(self):
        words = (*FILES, "--desk", "front", "--handlers", "4", "--store", "sqlite:x.db", "profile.json")
        self.assertRegex(self.sla("plan", *words), r"the store: \d+ facts(?s:.*)on the disk: \d+ bytes a ticket")


if __name__ == "__main__":
    unittest.main(verbosity=1)
