"""sla plan --learn: a profile out of a log says what the log shows, and is one.

    plan_learn.py SLA [unittest arguments]
"""
import datetime
import json
import os
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
        self.assertEqual([{}], [kind["attributes"] for kind in self.learn("--by", "")["kinds"]])

    def test_an_attribute_that_no_ticket_has(self):
        self.assertEqual("", self.sla("plan", "--learn", "--by", "grade,graed,kind", "log.jsonl", exit=2))
        self.assertEqual('sla: --by: no ticket has the attribute "graed"\n', self.errors)
        self.sla("plan", "--learn", "--by", "," * 64, "log.jsonl", exit=2)
        self.assertIn("at most 64 attributes", self.errors)

    def test_so_many_kinds_that_a_profile_were_too_long(self):
        def log(kinds, each):
            for number in range(kinds * each):
                begin = {"ticket": str(number), "occurred_at": instant(number % 300)}
                yield {**begin, "fact": "opened", "attributes": {"g": number % kinds}}
                for fact in range(1, 4):
                    after = 300 + number % 61 + 40 * fact
                    yield {**begin, "fact": f"fact_{fact}", "occurred_at": instant(after)}
        self.write("log.jsonl", log(700, 60))
        self.write("profile.json", self.sla("plan", "--learn", "--by", "g", "log.jsonl"))
        self.assertIn("700 kinds: 24 lengths of each wait instead of 99", self.errors)
        self.sla("plan", "-p", "support.json", "-c", "desk.json", "--from", "2026-03-02", "-w", "1", "profile.json")
        self.write("log.jsonl", log(9000, 1))
        self.assertEqual("", self.sla("plan", "--learn", "--by", "g", "log.jsonl", exit=2))
        self.assertRegex(self.errors, r"9000 kinds make a profile of \d+ bytes, more than the limit of 1048576: ")

    @unittest.skipUnless(os.environ.get("SLA_LONG"), "a million tickets; SLA_LONG=1 to run it")
    def test_a_kind_of_more_tickets_than_a_weight_may_be(self):
        line = '{"ticket":"%d","fact":"opened","occurred_at":"2026-03-02T09:00:00Z","attributes":{"grade":%d}}'
        self.write("log.jsonl", (line % (number, 1 + number % 4 // 3) for number in range(2000000)))
        profile = self.learn("--by", "grade")
        self.assertEqual([1000000, 333333], [kind["weight"] for kind in profile["kinds"]])

    def test_it_is_a_profile(self):
        for words in ((), ("--by", "kind,severity", "--zone", "Asia/Shanghai")):
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
