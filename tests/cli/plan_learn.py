"""sla plan --learn: a profile out of a log says what the log shows, and is one.

    plan_learn.py SLA [unittest arguments]
"""
import datetime
import json
import pathlib
import unittest

from case import Case

MONDAY = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
DAY = pathlib.Path(__file__).parents[2] / "examples/day/day.jsonl"


def instant(hours):
    return (MONDAY + datetime.timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def two_weeks():
    """Each day at 09:30 four tickets of grade 1 and one of grade 2."""
    for day in range(14):
        for number in range(5):
            name, grade, begin = f"D{day}-{number}", 1 if number < 4 else 2, 24 * day + 9.5
            def line(fact, after, **more):
                return {"ticket": name, "fact": fact, "occurred_at": instant(begin + after), **more}
            yield line("opened", 0, attributes={"kind": "fault", "grade": grade, "customer": name})
            yield line("answered", 0.25 * (1 + number))
            if number == 0:
                yield line("waiting", 1.5)
            yield line("resolved", 2 + grade)


class Learn(Case):
    def learn(self, *words, **options):
        return json.loads(self.sla("plan", "--learn", *words, "log.jsonl", **options))

    def setUp(self):
        super().setUp()
        self.write("log.jsonl", two_weeks())

    def test_what_the_log_shows(self):
        profile = self.learn()
        self.assertAlmostEqual(70 / 13 * 7, profile["arrivals"]["per_week"], delta=0.5)
        for hours in profile["arrivals"]["hours"].values():
            self.assertEqual([0] * 9 + [10] + [0] * 14, hours)
        often, seldom = profile["kinds"]
        self.assertEqual(({"kind": "fault", "grade": 1}, 56), (often["attributes"], often["weight"]))
        self.assertEqual(({"kind": "fault", "grade": 2}, 14), (seldom["attributes"], seldom["weight"]))
        self.assertEqual(["answered", "resolved"], [stage["ends"] for stage in often["life"]])
        waits = [stage["wait"]["empirical"] for stage in often["life"]]
        self.assertEqual(14, waits[0].count("PT15M"))
        self.assertEqual(56, len(waits[0]))
        self.assertEqual({"PT2H", "PT2H15M", "PT2H30M", "PT2H45M"}, set(waits[1]))

    def test_by_and_zone(self):
        profile = self.learn("--by", "grade", "--zone", "Asia/Shanghai")
        self.assertEqual({"grade": 1}, profile["kinds"][0]["attributes"])
        self.assertEqual(10, profile["arrivals"]["hours"]["mon"][17])
        self.assertEqual(1, len(self.learn("--by", "none")["kinds"]))

    def test_it_is_a_profile(self):
        for words in ((), ("--by", "kind,grade,severity", "--zone", "Asia/Shanghai")):
            if words:
                self.write("log.jsonl", DAY.read_text(encoding="utf-8"))
            self.write("profile.json", self.sla("plan", "--learn", *words, "log.jsonl"))
            plan = json.loads(self.sla("plan", "-p", "support.json", "-c", "desk.json", "--from", "2026-03-02",
                                       "--handlers", "1", "--json", "profile.json"))
            self.assertEqual(0, plan["facts_refused"])
            self.assertEqual([None], [answer["handlers"] for answer in plan["answers"]], "nobody works in a log")
            self.assertGreater(plan["tickets"], 80)

    def test_a_kind_that_nothing_happens_to(self):
        self.write("log.jsonl", [*two_weeks(), {"ticket": "N", "fact": "opened", "occurred_at": instant(10),
                                                "attributes": {"kind": "noise"}}])
        noise = self.learn("--by", "kind")["kinds"][1]
        self.assertEqual([{"wait": "PT0S"}], noise["life"])
        self.assertRegex(self.errors, r'kind_2 \{.*noise.*\}: no fact follows the opening in half of its 1 ticket: ')

    def test_a_log_with_lines_that_say_nothing(self):
        self.write("log.jsonl", [*two_weeks(), "{"])
        self.learn(exit=6)
        self.assertRegex(self.errors, r"log\.jsonl:\d+: ")
        self.write("log.jsonl", ["{}"])
        self.sla("plan", "--learn", "log.jsonl", exit=6)
        self.assertIn("no ticket is opened", self.errors)
        self.sla("plan", "--learn", "missing.jsonl", exit=74)
        self.sla("plan", "--learn", "--zone", "Nowhere", "log.jsonl", exit=2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
