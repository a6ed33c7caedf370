"""sla plan --store: the same facts by way of a service, in a file, in a PostgreSQL of the
test's own, and in memory.

    plan_store.py SLA [unittest arguments]
"""
import json
import unittest

import store
from plan import FILES, PROFILE
from case import Case
from store import InPostgres, InSqlite

setUpModule = store.setUpModule


class Measured(Case):
    def setUp(self):
        super().setUp()
        few = {**PROFILE, "arrivals": {"hours": {"mon-sun": [1] * 24}}}
        self.write("profile.json", json.dumps(few))

    def plan(self, uri, **options):
        # Without weeks that only fill the desks, what is counted is all there is.
        words = (*FILES, "--warm-up", "0", "--handlers", "4", "--store", uri, "--json", "profile.json")
        said = self.sla("plan", *words, **options)
        return json.loads(said) if said else None

    def measured(self, uri):
        plan = self.plan(uri)
        there = plan["store"]
        self.assertEqual((plan["facts"], plan["events"]), (there["facts"], there["events"]))
        self.assertTrue(0 <= there["late_s"]["p50"] <= there["late_s"]["p99"] <= there["late_s"]["most"])
        self.assertLess(0, there["facts_per_second"])
        self.assertTrue(0 < there["busiest_hour_load"] < 1)
        return plan


class Kept:
    def test_what_is_measured_is_there(self):
        uri = self.new_store()
        plan = self.measured(uri)
        self.assertEqual([(str(plan["tickets"]),)], self.query("select count(*) from ticket"))
        self.assertEqual([(str(plan["facts"]),)], self.query("select count(*) from fact"))
        self.assertEqual([(str(plan["events"]),)], self.query("select count(*) from event"))
        there = plan["store"]
        self.assertLess(100 * plan["tickets"], there["bytes"])
        self.assertAlmostEqual(there["bytes"] * 720 / 168, there["bytes_per_month"], delta=there["bytes"] / 1000)
        self.sla("db", "check", uri)
        self.plan(uri, exit=2)
        self.assertIn("has a record already", self.errors)


class File(Kept, InSqlite, Measured):
    pass


class Postgres(Kept, InPostgres, Measured):
    pass


class Memory(Measured):
    def test_memory_takes_no_disk(self):
        self.assertNotIn("bytes", self.measured("memory:")["store"])

    def test_the_text_says_it(self):
        words = (*FILES, "--handlers", "4", "--store", "sqlite:x.db", "profile.json")
        self.assertRegex(self.sla("plan", *words), r"the store: \d+ facts(?s:.*)on the disk: \d+ bytes a ticket")


if __name__ == "__main__":
    unittest.main(verbosity=1)
