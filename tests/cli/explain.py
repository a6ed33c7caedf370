"""What `sla explain` shows, held against what was worked out by hand.

    explain.py SLA [unittest arguments]
"""
import json
import re
import unittest

from case import DAY, POLICY, Case, fact, opened


class Explain(Case):
    GIVEN = ("explain", "-p", "support.json", "-c", "desk.json")

    def explain(self, *arguments, exit=0):
        return json.loads(self.sla(*self.GIVEN, "--json", *arguments, "day.jsonl", exit=exit))

    def test_a_ticket_that_looks_like_a_secret(self):
        self.write("day.jsonl", [opened("a password=b", "02T09:00:00", 1)])
        self.assertEqual(1, len(self.explain("--ticket", "a password=b")["clocks"]))

    def test_a_pause_is_shown_and_the_rest_adds_up(self):
        found = self.explain("--ticket", "B")
        clock, = found["clocks"]
        self.assertEqual("2026-03-03T10:00:00Z", found["as_of"])
        self.assertEqual(("2026-03-03T12:00:00Z", "2026-03-03T10:00:00Z", "PT2H", "PT8H", "PT8H"),
                         tuple(clock[k] for k in ("due_at", "first_due_at", "credited", "need", "counted")))
        self.assertEqual([
            ("2026-03-02T10:00:00Z", "ran", "PT1H", None), ("2026-03-02T11:00:00Z", "paused", None, "customer"),
            ("2026-03-02T13:00:00Z", "credit", None, "customer"),
            ("2026-03-02T13:00:00Z", "ran", "PT4H", None), ("2026-03-02T17:00:00Z", "closed", None, None),
            ("2026-03-03T09:00:00Z", "ran", "PT1H", None), ("2026-03-03T10:00:00Z", "ran", "PT2H", None),
        ], [(s["from"], s["kind"], s.get("counted"), s.get("label")) for s in clock["segments"]])
        self.assertTrue(clock["segments"][-1]["ahead"])
        self.assertEqual({"from": "2026-03-02T13:00:00Z", "to": "2026-03-02T13:00:00Z", "kind": "credit",
                          "credit": "PT2H", "due_at": "2026-03-03T12:00:00Z", "label": "customer"},
                         clock["segments"][2])

    def test_as_of_an_instant(self):
        found = self.explain("--ticket", "B", "--at", "2026-03-02T12:00:00Z")
        self.assertEqual(("paused", "2026-03-03T10:00:00Z"),
                         tuple(found["clocks"][0][k] for k in ("state", "due_at")))

    def test_a_clock_that_stands_still(self):
        given = ("--ticket", "B", "--at", "2026-03-02T12:00:00Z")
        clock, = self.explain(*given)["clocks"]
        self.assertEqual(("PT8H", "PT7H", "PT1H"), tuple(clock[k] for k in ("need", "counted", "held")))
        text = self.sla(*self.GIVEN, *given, "day.jsonl")
        self.assertRegex(text, r"(?m) PT5H +the clock would run$")
        self.assertRegex(text, r"(?m)^  sum +PT7H \+ PT1H held by the pause so far = goal PT8H$")
        self.assertNotIn("the clock ran (to come)", text)

    def test_clocks_are_changed(self):
        self.write("desk.json", json.dumps({"kind": "calendar", "name": "desk", "version": "1",
                                            "zone": "America/New_York", "week": {"mon-sun": ["00:00-24:00"]}}))
        for day, before, after, shift in (("2026-03-08", "02:00:00-05:00", "03:00:00-04:00", "PT1H"),
                                          ("2026-11-01", "02:00:00-04:00", "01:00:00-05:00", "-PT1H")):
            self.write("day.jsonl", [{**opened("A", "02T00:00:00", 2), "occurred_at": f"{day}T05:00:00Z"}])
            with self.subTest(day):
                clock, = self.explain("--ticket", "A")["clocks"]
                self.assertEqual([("ran", None), ("dst_shift", shift), ("ran", None)],
                                 [(s["kind"], s.get("shift")) for s in clock["segments"]])
                self.assertEqual(sorted(s["from"] for s in clock["segments"]), [s["from"] for s in clock["segments"]])
                self.assertIn(f"  {day}T{before}   {day}T{after}   -            the clocks were changed by {shift}",
                              self.sla(*self.GIVEN, "--ticket", "A", "day.jsonl"))

    def test_extended_and_waived(self):
        granted = {"policy": "support", "target": "resolution", "approver": "head"}
        self.write("day.jsonl", DAY[:1] + [
            fact("A", "extended", "02T10:00:00", **granted, **{"for": "PT1H"}),
            fact("A", "waived", "02T11:00:00", **{**granted, "approver": "chief", "reason": "drill", "for": "PT2H"})])
        text = self.sla(*self.GIVEN, "--ticket", "A", "day.jsonl")
        self.assertRegex(text, r"(?m) - +- +extended PT1H, due .*, approver head$")
        self.assertRegex(text, r"(?m) - +- +waived PT2H: drill, approver chief$")
        self.assertRegex(text, r"(?m)^  due .*, extended by PT1H, waived PT2H: adjusted due 2026")
        self.assertRegex(text, r"(?m)^  sum +PT\d+H = goal PT\d+H \+ extended PT1H$")
        clock, = self.explain("--ticket", "A")["clocks"]
        self.assertEqual(clock["due_at"], [s["due_at"] for s in clock["segments"] if s["kind"] == "extension"][-1])
        self.assertEqual([("extension", "PT1H", "head", None), ("waiver", "PT2H", "chief", "drill")],
                         [(s["kind"], s["credit"], s["approver"], s.get("label"))
                          for s in clock["segments"] if "approver" in s])
        self.assertIn("adjusted_due_at", clock)

    def test_all_reasons_of_a_pause(self):
        target = {**POLICY["targets"][0], "pauses": [{"reason": r, "on": r} for r in ("first", "second", "third")]}
        self.write("support.json", json.dumps({**POLICY, "targets": [target]}))
        self.write("day.jsonl", DAY[:1] + [fact("A", "third", "02T10:00:00"), fact("A", "first", "02T11:00:00")])
        self.assertIn("paused: first, third\n", self.sla(*self.GIVEN, "--ticket", "A", "day.jsonl"))
        clock, = self.explain("--ticket", "A")["clocks"]
        self.assertEqual([("first", ["first", "third"])],
                         [(s["label"], s["reasons"]) for s in clock["segments"] if "reasons" in s])

    def test_what_ended_is_explained_after_a_migration(self):
        before = self.sla(*self.GIVEN, "--ticket", "A", "day.jsonl")
        self.write("day.jsonl", DAY + [fact("A", "migrated", "03T12:00:00")])
        after = self.sla(*self.GIVEN, "--ticket", "A", "day.jsonl")
        self.assertRegex(after, r"(?m)^  state    (met|missed) at ")
        self.assertEqual(*(re.findall(r"(?m)^  (?:goal|due|sum) .*", text) for text in (before, after)))

    def test_until(self):
        found = self.explain("--ticket", "B", "--until", "2026-03-03T13:00:00Z")
        self.assertTrue(found["clocks"][0]["breached"])
        self.assertFalse(any(s.get("ahead") for s in found["clocks"][0]["segments"]))

    def test_text(self):
        text = self.sla(*self.GIVEN, "--ticket", "B", "--target", "support.resolution", "day.jsonl")
        self.assertIn("paused: customer", text)
        self.assertRegex(text, r"(?m)^  sum +PT8H = goal PT8H$")
        self.assertEqual(text, self.sla(*self.GIVEN, "--ticket", "B", "--target", "resolution", "day.jsonl"))

    def test_cycles(self):
        policy = {**POLICY["targets"][0], "on_reopen": "new_cycle"}
        self.write("support.json", json.dumps({**POLICY, "targets": [policy]}))
        self.write("day.jsonl", DAY + [fact("A", "reopened", "03T12:00:00")])
        self.assertEqual([1, 2], [c["cycle"] for c in self.explain("--ticket", "A")["clocks"]])
        self.assertEqual([2], [c["cycle"] for c in self.explain("--ticket", "A", "--cycle", "2")["clocks"]])

    def test_what_is_not_there(self):
        self.sla(*self.GIVEN, "--ticket", "Z", "day.jsonl", exit=1)
        self.assertIn('no ticket "Z"', self.errors)
        self.sla(*self.GIVEN, "--ticket", "A", "--cycle", "7", "day.jsonl", exit=1)
        self.sla(*self.GIVEN, "--ticket", "A", "--target", "other.resolution", "day.jsonl", exit=1)
        self.assertIn("no such clock", self.errors)

    def test_tenants(self):
        self.write("day.jsonl", [opened("A", "02T09:00:00", 1, tenant=t) for t in ("north", "south")])
        self.sla(*self.GIVEN, "--ticket", "A", "day.jsonl", exit=2)
        self.assertIn("--tenant", self.errors)
        self.assertEqual("south", self.explain("--ticket", "A", "--tenant", "south")["tenant"])
        self.write("day.jsonl", [opened("A", "02T09:00:00", 1, tenant="north")])
        self.assertEqual("north", self.explain("--ticket", "A")["tenant"])

    def test_a_bad_line_beside_it(self):
        self.write("day.jsonl", DAY + ["nonsense"])
        self.assertEqual(1, len(self.explain("--ticket", "A", exit=6)["clocks"]))


if __name__ == "__main__":
    unittest.main(verbosity=1)
